"""``clipdesk alerts``: subscribe, look at and change subscriptions, and what became of messages."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from bot.alerts.outbox import Handed, Outbox
from bot.alerts.subscriptions import Subscriptions
from bot.alerts.terminal import TerminalAlerts
from bot.alerts.values import DEFAULT_BUDGET, NO_THREAD, TERMINAL, Mode, Place, Subscription
from bot.alerts.watcher import utc_now
from bot.commands.alert_testing import backtest_object
from bot.commands.feeding import span_in
from bot.errors import UsageProblem
from bot.messages import Messages
from bot.render.lines import visible_line
from bot.render.records import json_line, moment
from bot.render.screen import open_screen
from bot.render.terminal import open_terminal
from bot.repl.alerts import draw_backtest, draw_problem
from bot.services import open_desk
from bot.settings import Settings
from retrieval.errors import QueryError

if TYPE_CHECKING:
    from bot.alerts.values import MatchRecord
    from retrieval.store import Store

MOST_LOGGED = 1000
_TITLES_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How ``add`` was asked."""

    digest: bool
    both: bool
    budget: int | None
    chat: int | None
    topic: int | None
    as_json: bool

    @property
    def mode(self) -> Mode:
        """How it is told."""
        if self.digest and self.both:
            raise UsageProblem("--digest and --both exclude each other; --both has the digest")
        return "digest" if self.digest else "both" if self.both else "instant"

    @property
    def place(self) -> Place:
        """Where it is told."""
        if self.topic is not None and self.chat is None:
            raise UsageProblem("--topic goes with --chat; a terminal has no topics")
        return Place(self.chat or TERMINAL, self.topic or NO_THREAD)


def run_add(settings: Settings, query: str, wanted: Wanted) -> int:
    """Subscribe; 1 if the query cannot be read."""
    now = utc_now()
    terminal = open_terminal(Messages(settings.language))
    budget = DEFAULT_BUDGET if wanted.budget is None else wanted.budget
    mode, place = wanted.mode, wanted.place
    with open_desk(settings) as desk:
        alerts = TerminalAlerts(desk)
        try:
            kept = alerts.subscribe(query, now=now, place=place, mode=mode, budget=budget)
        except QueryError as e:
            draw_problem(open_terminal(terminal.messages, sys.stderr), query, e)
            return 1
        tested = alerts.backtest(kept, now)
    if wanted.as_json:
        click.echo(json_line(_object(kept) | {"backtest": backtest_object(tested)}))
        return 0
    draw_backtest(terminal, tested, query)
    terminal.screen.blank()
    click.echo(f"added, number {kept.id}; {_followed(kept)}")
    return 0


def _followed(kept: Subscription) -> str:
    if kept.place.chat_id == TERMINAL:
        return "clipdesk alerts run tells it here"
    return f"clipdesk serve tells it in chat {kept.place.chat_id}"


def run_list(settings: Settings, *, chat: int | None, as_json: bool) -> int:
    """Print the subscriptions, one a line."""
    now = utc_now()
    with _subscriptions(settings) as subscriptions:
        found = subscriptions.all() if chat is None else subscriptions.of_chat(chat)
        chats = subscriptions.chats()
    if as_json:
        for one in found:
            click.echo(json_line(_object(one)))
        return 0
    if not found:
        click.echo("no subscriptions; clipdesk alerts add QUERY begins one")
        return 0
    screen = open_screen()
    table = screen.table("Number", "Chat", "Query", "Told", "State", numbers=(0,))
    for one in found:
        states = []
        if one.paused is not None:
            states.append("paused")
        if one.muted_until is not None and one.muted_until > now:
            states.append(f"muted until {moment(one.muted_until)}")
        held = chats.get(one.place.chat_id)
        if held is not None and held.suspended is not None:
            states.append(f"chat suspended: {held.suspended_for}")
        row = (
            str(one.id),
            _named(one.place),
            visible_line(one.query),
            f"{one.mode}, {one.budget} a day",
            visible_line(", ".join(states) or "active"),
        )
        table.add_row(*map(screen.text, row))
    screen.draw(table)
    return 0


def run_log(settings: Settings, *, chat: int | None, days: int, as_json: bool) -> int:
    """Print what became of the messages of the last days, the newest first."""
    since = utc_now() - timedelta(days=days)
    with _subscriptions(settings) as subscriptions:
        store = subscriptions.store
        handed = Outbox(store).log(chat, since, MOST_LOGGED)
        queries = {one.id: one.query for one in subscriptions.all()}
        if as_json:
            for one in handed:
                click.echo(json_line(_log_object(one, queries)))
            return 0
        if not handed:
            click.echo(f"no messages in the last {days} days")
            return 0
        screen = open_screen()
        table = screen.table("Message", "Chat", "State", "Made", "Sent", "Tells", numbers=(0,))
        for note, matches in handed:
            state = note.state if note.reason is None else f"{note.state}: {note.reason}"
            row = (
                str(note.id),
                _named(note.place),
                visible_line(state),
                str(moment(note.created.replace(microsecond=0))),
                "" if note.sent is None else str(moment(note.sent.replace(microsecond=0))),
                _titles(store, note.kind, matches),
            )
            table.add_row(*map(screen.text, row))
        screen.draw(table)
        if len(handed) == MOST_LOGGED:
            click.echo(f"only the newest {MOST_LOGGED:,} are shown; --days shows fewer")
    return 0


def run_pause(settings: Settings, number: int) -> int:
    """Let a subscription rest."""
    with _subscriptions(settings) as subscriptions:
        one = _known(subscriptions, number)
        subscriptions.change(replace(one, paused=utc_now()))
    return _tell("paused", one)


def run_resume(settings: Settings, number: int) -> int:
    """Let a subscription go on."""
    with _subscriptions(settings) as subscriptions:
        one = _known(subscriptions, number)
        subscriptions.change(replace(one, paused=None, muted_until=None))
    return _tell("goes on", one)


def run_mute(settings: Settings, number: int, span: str) -> int:
    """Tell nothing of a subscription for a while."""
    until = utc_now() + span_in(span, option="--for")
    with _subscriptions(settings) as subscriptions:
        one = _known(subscriptions, number)
        subscriptions.change(replace(one, muted_until=until))
    return _tell(f"muted until {moment(until.replace(microsecond=0))}", one)


def run_remove(settings: Settings, number: int) -> int:
    """Cancel a subscription."""
    with _subscriptions(settings) as subscriptions:
        one = _known(subscriptions, number)
        subscriptions.remove(number)
    return _tell("removed", one)


# --- parts ------------------------------------------------------------------------


@contextmanager
def _subscriptions(settings: Settings) -> Iterator[Subscriptions]:
    with open_desk(settings) as desk:
        yield Subscriptions.open(desk.store)


def _known(subscriptions: Subscriptions, number: int) -> Subscription:
    found = subscriptions.get(number)
    if found is None:
        raise UsageProblem(f"there is no subscription {number}; clipdesk alerts list shows them")
    return found


def _tell(what: str, one: Subscription) -> int:
    click.echo(visible_line(f"{one.id} {what}: {one.query}"))
    return 0


def _named(place: Place) -> str:
    if place.chat_id == TERMINAL:
        return "terminal"
    topic = "" if place.thread_id == NO_THREAD else f", topic {place.thread_id}"
    return f"{place.chat_id}{topic}"


def _titles(store: Store, kind: str, matches: tuple[MatchRecord, ...]) -> str:
    ids = list(dict.fromkeys(match.article_id for match in matches))
    articles = store.get_many(ids[:_TITLES_SHOWN])
    titles = [
        visible_line(articles[i].title or i if i in articles else i) for i in ids[:_TITLES_SHOWN]
    ]
    more = f" and {len(ids) - _TITLES_SHOWN} more" if len(ids) > _TITLES_SHOWN else ""
    return ("digest: " if kind == "digest" else "") + "; ".join(titles) + more


def _object(one: Subscription) -> dict[str, Any]:
    return {
        "id": one.id,
        "chat": one.place.chat_id,
        "topic": one.place.thread_id,
        "query": one.query,
        "least": round(one.least, 4),
        "mode": one.mode,
        "budget": one.budget,
        "created": moment(one.created),
        "story": one.story,
        "paused": moment(one.paused),
        "muted_until": moment(one.muted_until),
    }


def _log_object(handed: Handed, queries: dict[int, str]) -> dict[str, Any]:
    note, matches = handed
    return {
        "id": note.id,
        "chat": note.place.chat_id,
        "topic": note.place.thread_id,
        "kind": note.kind,
        "state": note.state,
        "reason": note.reason,
        "created": moment(note.created),
        "not_before": moment(note.not_before),
        "sent": moment(note.sent),
        "attempts": note.attempts,
        "message_id": note.message_id,
        "matches": [
            {
                "article_id": match.article_id,
                "subscription": match.subscription_id,
                "query": queries.get(match.subscription_id),
                "outcome": match.outcome,
                "score": match.score,
                "matched": moment(match.matched),
            }
            for match in matches
        ],
    }
