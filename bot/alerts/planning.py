"""
What becomes of a match: a message now, later, without a sound, or a line in the digest. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.alerts.hours import DigestTime
from bot.alerts.values import ChatSettings, Subscription

MORNING = DigestTime(time(8))
"""When a digest comes to a chat that has not chosen a time, where there is something in it."""

NEWS_FOR = timedelta(hours=24)
"""An alert that could not be sent for so long is news no more; it is told by /missed."""


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What is to be done with a match that opens a story in its chat.

    Attributes:
        is_told: It makes a message of its own; else it waits for the digest.
        in_digest: It is listed in the digest as well, or instead.
        is_over_budget: The subscription has told as much as it may today.
        not_before: The message waits until then.
        is_silent: It makes no sound.
    """

    is_told: bool
    in_digest: bool
    is_over_budget: bool
    not_before: datetime
    is_silent: bool


def plan(subscription: Subscription, chat: ChatSettings, told_today: int, now: datetime) -> Plan:
    """
    The plan for a match at *now*.

    Args:
        subscription: That matched.
        chat: Its chat's settings.
        told_today: Messages that it has made since the chat's local midnight.
        now: Aware.
    """
    wants_message = subscription.mode in {"instant", "both"}
    is_over = wants_message and told_today >= subscription.budget
    quiet_until = None if chat.quiet is None else chat.quiet.until(now, chat.zone)
    is_silent = quiet_until is not None and chat.quiet is not None and chat.quiet.is_silent
    return Plan(
        is_told=wants_message and not is_over,
        in_digest=subscription.mode in {"digest", "both"} or is_over,
        is_over_budget=is_over,
        not_before=now if quiet_until is None or is_silent else quiet_until,
        is_silent=is_silent,
    )


def next_digest(chat: ChatSettings, now: datetime) -> datetime:
    """When the chat's next digest comes."""
    return (chat.digest or MORNING).next_after(now, chat.zone)
