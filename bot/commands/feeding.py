"""``clipdesk feeds``: add, look at, poll and exchange feeds."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.errors import UsageProblem
from bot.messages import Messages
from bot.render import feeds as words
from bot.render.lines import visible_line
from bot.render.progress import progress_bar
from bot.render.records import json_line, moment
from bot.render.screen import open_screen
from bot.services import feed_facts, feed_tools, open_desk
from bot.settings import Settings
from retrieval.errors import FeedError, SourceError
from retrieval.feeds import FeedBook, FeedOptions, FeedRecord, Polled, Poller, find_feed
from retrieval.sources.fields import lang_tag
from retrieval.sources.opml import Listed, read_opml, write_opml

if TYPE_CHECKING:
    from retrieval.desk import Desk
    from retrieval.feeds import Tools

_EVERY = re.compile(r"(\d{1,5})\s*(m|min|h|d)", re.IGNORECASE | re.ASCII)
_UNITS = {
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
EVERY_MAX = timedelta(days=30)

_SHOWN = 10  # errors and the like that are told one by one


def run_add(
    settings: Settings,
    location: str,
    *,
    every: str | None,
    full_text: bool,
    name: str | None,
    lang: str | None,
    withdrawals: bool,
) -> int:
    """Find the feed at *location*, add it and poll it; 1 if that cannot be done."""
    options = FeedOptions(
        name=_name(name),
        every=None if every is None else span_in(every),
        full_text=full_text,
        lang=None if lang is None else _lang(lang),
        withdrawals=withdrawals,
    )
    with _book(settings) as (desk, book, tools):
        found = find_feed(location, tools)
        feed = book.add(found.url, options, title=found.feed.title, now=tools.now())
        click.echo(visible_line(f"added {feed.name} ({feed.url})"))
        for other in found.others[:_SHOWN]:
            click.echo(visible_line(f"the page also names {other}"))
        polled = Poller(book, tools).poll_one(feed.id)
        desk.follow()
    if polled is not None:
        click.echo(_outcome(polled))
    return 0


def span_in(text: str, *, option: str = "--every") -> timedelta:
    """
    ``15m``, ``2h``, ``1d``.

    Raises:
        UsageProblem: If it is none, or below a minute, or above `EVERY_MAX`.
    """
    found = _EVERY.fullmatch(text.strip())
    span = timedelta(0) if found is None else int(found[1]) * _UNITS[found[2].lower()]
    if not timedelta(minutes=1) <= span <= EVERY_MAX:
        raise UsageProblem(f"{option} takes 1m to 30d, such as 15m, 2h or 1d, not {text!r}")
    return span


def _lang(text: str) -> str:
    lang = lang_tag(text)
    if lang is None:
        raise UsageProblem(f"no language code: {text!r}; write for example en or zh-Hant")
    return lang


def _name(text: str | None) -> str | None:
    if text is None:
        return None
    name = " ".join(text.split())
    if not name or name.isdecimal():
        raise UsageProblem(f"a feed cannot be called {text!r}; choose a name with letters")
    return name


def run_list(settings: Settings, *, as_json: bool) -> int:
    """Print the feeds, one a line."""
    with open_desk(settings) as desk:
        feeds = FeedBook.open(desk.store).all()
    if as_json:
        for feed in feeds:
            click.echo(json_line(_object(feed)))
        return 0
    messages = Messages(settings.language)
    if not feeds:
        click.echo(messages.text("feeds.none"))
        return 0
    screen = open_screen()
    table = screen.table(
        messages.text("feeds.number"),
        messages.text("feeds.name"),
        messages.text("feeds.address"),
        numbers=(0,),
    )
    for feed in feeds:
        table.add_row(*map(screen.text, (str(feed.id), feed.name, feed.url)))
    screen.draw(table)
    return 0


def run_status(settings: Settings, *, as_json: bool) -> int:
    """Print how each feed is."""
    now = datetime.now(UTC)
    with open_desk(settings) as desk:
        facts = feed_facts(FeedBook.open(desk.store), now)
    if as_json:
        for one in facts:
            click.echo(json_line(_object(one.feed) | {"new_a_day": round(one.rate, 2)}))
        return 0
    messages = Messages(settings.language)
    if not facts:
        click.echo(messages.text("feeds.none"))
        return 0
    screen = open_screen()
    headings = ("number", "name", "last", "next", "day", "state")
    table = screen.table(*(messages.text(f"feeds.{h}") for h in headings), numbers=(0,))
    for one in facts:
        cells = (
            str(one.feed.id),
            one.feed.name,
            words.ago(one.feed.last_success, now, messages),
            words.next_poll(one.feed, now, messages),
            words.rate(one, messages),
            words.state(one.feed, now, messages),
        )
        table.add_row(*map(screen.text, cells))
    screen.draw(table)
    click.echo(words.summary([one.feed for one in facts], messages))
    return 0


def run_show(settings: Settings, wanted: str, *, as_json: bool) -> int:
    """Print all that is known of a feed."""
    now = datetime.now(UTC)
    with open_desk(settings) as desk:
        book = FeedBook.open(desk.store)
        feed = book.find(wanted)
        [facts] = feed_facts(book, now, only=feed)
    if as_json:
        click.echo(json_line(_object(feed) | {"new_a_day": round(facts.rate, 2)}))
        return 0
    messages = Messages(settings.language)
    rows = {
        "Feed": f"{feed.id}, {feed.name}",
        "Address": feed.url,
        "Its title": feed.title or "not told",
        "State": words.state(feed, now, messages),
        "Last success": words.ago(feed.last_success, now, messages),
        "Last new": words.ago(feed.last_new, now, messages),
        "Next poll": words.next_poll(feed, now, messages) or "none",
        "Interval": f"{words.span(feed.interval, messages)}, "
        + ("as it changes" if feed.every is None else "as was set"),
        "New": words.rate(facts, messages),
        "Text": "of linked pages, where it has summaries" if feed.full_text else "of the feed",
        "Language": feed.lang or "as the feed or the text tells",
        "Withdrawals": "delete articles" if feed.withdrawals else "change nothing",
        "Added": words.ago(feed.added, now, messages),
    }
    for name, value in rows.items():
        click.echo(f"{name + ':':14}{visible_line(value)}")
    return 0


def run_pause(settings: Settings, wanted: str) -> int:
    """Pause a feed."""
    with open_desk(settings) as desk:
        book = FeedBook.open(desk.store)
        feed = book.find(wanted)
        book.pause(feed.id, "asked", datetime.now(UTC))
    click.echo(visible_line(f"paused {feed.name}"))
    return 0


def run_resume(settings: Settings, wanted: str) -> int:
    """Poll a feed again."""
    with open_desk(settings) as desk:
        book = FeedBook.open(desk.store)
        feed = book.find(wanted)
        book.resume(feed.id, datetime.now(UTC))
    click.echo(visible_line(f"resumed {feed.name}; it is polled next"))
    return 0


def run_remove(settings: Settings, wanted: str) -> int:
    """Forget a feed."""
    with open_desk(settings) as desk:
        book = FeedBook.open(desk.store)
        feed = book.find(wanted)
        book.remove(feed.id)
    click.echo(visible_line(f"removed {feed.name}; its articles stay"))
    return 0


def run_poll(settings: Settings, wanted: str | None, *, is_now: bool, as_json: bool) -> int:
    """Poll the feeds that are due, all, or one; 1 if each that was polled went wrong."""
    told: list[Polled] = []
    with _book(settings) as (desk, book, tools), progress_bar("Polling") as on_step:
        if is_now and wanted is None:
            for feed in book.all():
                book.make_due(feed.id, tools.now())
        due = 1 if wanted is not None else book.count_due(tools.now())

        def tell(polled: Polled) -> None:
            told.append(polled)
            if as_json:
                click.echo(json_line(_polled_object(polled)))
            elif due <= _SHOWN or polled.error is not None or polled.has_changes:
                click.echo(_outcome(polled))
            on_step(len(told), max(due, len(told)), "")

        poller = Poller(book, tools, on_polled=tell)
        try:
            if wanted is not None:
                polled = poller.poll_one(book.find(wanted).id)
                if polled is None:
                    raise FeedError("is being polled by another process; try again soon", wanted)
                tell(polled)
            else:
                poller.drain()
        finally:
            desk.follow()  # what was stored before Ctrl-C is found as well
        is_empty = not told and not book.all()
    if not as_json and wanted is None:
        if is_empty:
            click.echo(Messages(settings.language).text("feeds.none"))
        else:
            click.echo(_summary(told))
    return 1 if told and all(polled.error is not None for polled in told) else 0


def _summary(told: Sequence[Polled]) -> str:
    if not told:
        return "no feed is due; --now polls all"
    failed = sum(polled.error is not None for polled in told)
    count = f"{len(told):,} feeds" if len(told) > 1 else "1 feed"
    said = f"{count} polled: {_counted(told)}"
    return f"{said}; {failed:,} failed" if failed else said


def _counted(told: Sequence[Polled]) -> str:
    """``3 new, 1 changed``; ``nothing new`` where all is as it was."""
    counts = {
        "new": sum(polled.new for polled in told),
        "changed": sum(polled.changed for polled in told),
        "withdrawn": sum(polled.withdrawn for polled in told),
    }
    return ", ".join(f"{n:,} {name}" for name, n in counts.items() if n) or "nothing new"


def run_import(settings: Settings, file: str, *, full_text: bool) -> int:
    """Add the feeds of an OPML file; 1 if none of them could be."""
    body = sys.stdin.buffer.read() if file == "-" else _bytes_of(file)
    listed = read_opml(body, file)
    added = known = 0
    now = datetime.now(UTC)
    with open_desk(settings) as desk, progress_bar("Adding") as on_step:
        book = FeedBook.open(desk.store)
        with desk.store.transaction():
            for number, one in enumerate(listed, start=1):
                if book.by_url(one.url) is None:
                    book.add(one.url, FeedOptions(full_text=full_text), title=one.name, now=now)
                    added += 1
                else:
                    known += 1
                on_step(number, len(listed), "")
    click.echo(f"{added:,} added, {known:,} there already")
    if added:
        click.echo("clipdesk feeds poll polls them now; clipdesk serve does by itself")
    return 0


def run_export(settings: Settings, file: str) -> int:
    """Write the feeds as OPML."""
    with open_desk(settings) as desk:
        feeds = FeedBook.open(desk.store).all()
    listed = [Listed(url=feed.url, name=feed.name, group=None) for feed in feeds if feed.host]
    opml = write_opml(listed, "Clipdesk")
    if len(listed) < len(feeds):
        click.echo(f"{len(feeds) - len(listed):,} left out, which are files", err=True)
    if file == "-":
        click.echo(opml, nl=False)
        return 0
    try:
        Path(file).write_text(opml, encoding="utf-8")
    except OSError as e:
        raise UsageProblem(f"{file!r} cannot be written ({e.strerror})") from e
    click.echo(f"{len(listed):,} feeds written", err=True)
    return 0


# --- parts ------------------------------------------------------------------------


@contextmanager
def _book(settings: Settings) -> Iterator[tuple[Desk, FeedBook, Tools]]:
    with open_desk(settings) as desk, feed_tools(settings) as tools:
        yield desk, FeedBook.open(desk.store), tools


def _bytes_of(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as e:
        raise SourceError(file, f"cannot be read ({e.strerror})") from e


def _outcome(polled: Polled) -> str:
    """``BBC News: 3 new, 1 changed``."""
    said = polled.error if polled.error is not None else _counted([polled])
    if polled.pages_failed:
        said += f"; {polled.pages_failed:,} pages not read, the feed's own text taken"
    return visible_line(f"{polled.feed.name}: {said}")


def _polled_object(polled: Polled) -> dict[str, object]:
    return {
        "feed": polled.feed.id,
        "name": polled.feed.name,
        "url": polled.feed.url,
        "new": polled.new,
        "changed": polled.changed,
        "withdrawn": polled.withdrawn,
        "unchanged": polled.is_unchanged,
        "error": polled.error,
        "pages_failed": polled.pages_failed,
    }


def _object(feed: FeedRecord) -> dict[str, object]:
    return {
        "id": feed.id,
        "name": feed.name,
        "url": feed.url,
        "title": feed.title,
        "lang": feed.lang,
        "every_s": None if feed.every is None else feed.every.total_seconds(),
        "full_text": feed.full_text,
        "withdrawals": feed.withdrawals,
        "paused": moment(feed.paused),
        "pause_reason": feed.pause_reason,
        "last_poll": moment(feed.last_poll),
        "last_success": moment(feed.last_success),
        "last_new": moment(feed.last_new),
        "next_poll": moment(feed.next_poll),
        "interval_s": feed.interval.total_seconds(),
        "failures": feed.failures,
        "failing_since": moment(feed.failing_since),
        "error": feed.error,
    }
