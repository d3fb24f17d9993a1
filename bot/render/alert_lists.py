"""
Subscriptions, what was missed and when a chat is told, in a chat's markup.

Times are those of the chat's clocks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.alerts.planning import MORNING
from bot.render.citation import SEPARATOR, day
from bot.render.cited import NAME_MAX, TITLE_MAX, Citations
from bot.render.lists import listed
from bot.render.markup import Html, escape, joined, name, one_line, tag

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, time
    from zoneinfo import ZoneInfo

    from bot.alerts.values import ChatSettings, Subscription
    from bot.alerts.views import Missed, SubscriptionView
    from bot.messages import Messages

BLANK_LINE = "\n\n"

QUERY_MAX = 200
"""UTF-16 units of a query in a list."""

DETAIL_MAX = 160
"""UTF-16 units of what Telegram said."""


def local_day(moment: datetime, zone: ZoneInfo, messages: Messages) -> str:
    """The day of *moment* on the chat's calendar."""
    return day(moment.astimezone(zone), messages)


def clock(at: time | datetime) -> str:
    """``07:00``, in every language."""
    return f"{at:%H:%M}"


def local_time(moment: datetime, zone: ZoneInfo, now: datetime, messages: Messages) -> str:
    """``07:00`` of the same day as *now*, else ``9 Mar 2026, 07:00``."""
    local = moment.astimezone(zone)
    if local.date() == now.astimezone(zone).date():
        return clock(local)
    return messages.text("alerts.moment", day=day(local, messages), time=clock(local))


# --- subscriptions ---------------------------------------------------------------


def subscriptions(
    views: Sequence[SubscriptionView],
    chat: ChatSettings,
    now: datetime,
    first: int,
    messages: Messages,
) -> Html:
    """One entry a subscription, numbered from *first*."""
    if not views:
        return escape(messages.text("alerts.none"))
    entries = []
    for number, view in enumerate(views, first):
        told = SEPARATOR.join(
            [
                messages.text(f"alerts.mode.{view.subscription.mode}"),
                messages.count("alerts.told", view.told),
                *_rest(view.subscription, chat, now, messages),
            ]
        )
        head = joined([tag("b", escape(str(number))), _asked(view, QUERY_MAX, messages)], " ")
        entries.append(joined([head, escape(told)], "\n"))
    title = tag("b", escape(messages.text("alerts.title")))
    return listed(joined([title, _suspended(chat, messages)], "\n"), entries, BLANK_LINE, messages)


def card(view: SubscriptionView, now: datetime, messages: Messages) -> Html:
    """A fact a line."""
    subscription, chat = view.subscription, view.chat
    say = messages.text
    budget = messages.count("alerts.budget", subscription.budget)
    mode = say(f"alerts.mode.{subscription.mode}")
    rest = _rest(subscription, chat, now, messages)
    lines = [
        say("alerts.sent", mode=SEPARATOR.join([mode, *rest])),
        *([] if subscription.mode == "digest" else [budget]),
        *([say("alerts.topic", least=round(100 * subscription.least))] if view.is_topic else []),
        say(
            "alerts.week",
            told=messages.count("backtest.messages", view.told),
            matched=messages.count("alerts.matched", view.matched),
        ),
        *(
            []
            if view.last is None
            else [say("alerts.last", time=local_time(view.last, chat.zone, now, messages))]
        ),
    ]
    head = tag("b", _asked(view, 2 * QUERY_MAX, messages))
    facts = escape("\n".join(lines))
    return joined([joined([head, facts], "\n"), _suspended(chat, messages)], BLANK_LINE)


def _asked(view: SubscriptionView, max_units: int, messages: Messages) -> Html:
    if view.subscription.story is None:
        return name(view.subscription.query, max_units)
    title = one_line(view.title or view.subscription.query, TITLE_MAX)
    return escape(messages.text("alerts.story", title=title))


def _rest(
    subscription: Subscription, chat: ChatSettings, now: datetime, messages: Messages
) -> list[str]:
    """That it rests, until when."""
    said = []
    if subscription.paused is not None:
        since = local_day(subscription.paused, chat.zone, messages)
        said.append(messages.text("alerts.paused", day=since))
    if subscription.muted_until is not None and subscription.muted_until > now:
        until = local_time(subscription.muted_until, chat.zone, now, messages)
        said.append(messages.text("alerts.muted", time=until))
    return said


def _suspended(chat: ChatSettings, messages: Messages) -> Html:
    if chat.suspended is None:
        return Html("")
    reason = one_line(chat.suspended_for or "?", DETAIL_MAX)
    return tag("i", escape(messages.text("alerts.suspended", reason=reason)))


# --- what was missed ---------------------------------------------------------------


def missed(
    found: Sequence[Missed],
    chat: ChatSettings,
    since: datetime,
    now: datetime,
    citations: Citations,
    messages: Messages,
) -> Html:
    """Each article's title, where it is from, and why it was not told."""
    begin = local_time(since, chat.zone, now, messages)
    if not found:
        return escape(messages.text("missed.none", since=begin))
    entries = [
        joined(
            [
                citations.called(one.article),
                citations.origin(one.article),
                tag("i", escape(_why_missed(one, chat, now, messages))),
            ],
            "\n",
        )
        for one in found
    ]
    head = tag("b", escape(messages.text("missed.title", since=begin)))
    return listed(head, entries, BLANK_LINE, messages)


def _why_missed(one: Missed, chat: ChatSettings, now: datetime, messages: Messages) -> str:
    values: dict[str, str] = {}
    if one.reason in {"held", "digest", "over_budget"}:
        values["time"] = local_time(one.until or now, chat.zone, now, messages)
    if one.reason in {"failed", "suspended"}:
        values["detail"] = one_line(one.detail or "?", DETAIL_MAX)
    said = messages.text(f"missed.reason.{one.reason}", **values)
    if one.subscription is None:
        return said
    query = one_line(one.subscription.query, NAME_MAX)
    return messages.text("missed.of_query", query=query, reason=said)


# --- when a chat is told -------------------------------------------------------------


def settings(chat: ChatSettings, now: datetime, messages: Messages) -> Html:
    """The time zone, the quiet hours and the digest, with how to change each."""
    say = messages.text
    zone = say("alert_settings.zone", zone=chat.zone.key, time=clock(now.astimezone(chat.zone)))
    lines = [escape(zone), escape(_quiet(chat, messages)), escape(_digest(chat, messages))]
    return joined([*lines, _suspended(chat, messages)], "\n")


def _quiet(chat: ChatSettings, messages: Messages) -> str:
    quiet = chat.quiet
    if quiet is None:
        return messages.text("alert_settings.quiet_none")
    how = "silent" if quiet.is_silent else "held"
    start, stop = clock(quiet.start), clock(quiet.stop)
    return messages.text(f"alert_settings.quiet_how.{how}", start=start, stop=stop)


def _digest(chat: ChatSettings, messages: Messages) -> str:
    digest = chat.digest
    if digest is None:
        return messages.text("alert_settings.digest_none", time=clock(MORNING.at))
    at = clock(digest.at)
    if digest.weekday is None:
        return messages.text("alert_settings.digest_daily", time=at)
    weekday = messages.text("alert_settings.weekdays").split()[digest.weekday]
    return messages.text("alert_settings.digest_weekly", weekday=weekday, time=at)
