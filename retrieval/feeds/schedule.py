"""
When a feed is polled next: pure, of what is known of it.

A feed that lists something new thrice an hour is asked every five minutes, one that has
been silent for weeks once a day; what the feed and its server ask for comes before that,
and an interval that a person set before all but a server's "not before".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

SHORTEST = timedelta(minutes=5)
LONGEST = timedelta(days=1)

FIRST = timedelta(hours=1)
"""Until there is a day's experience, and the feed's entries tell nothing."""

WINDOW = timedelta(days=7)
"""Entries of so many days tell how often a feed changes: a week has quiet days too."""

POLLS_AN_ENTRY = 4
"""
Polls between two entries, so that one waits for an eighth of their distance on average.

Half as many polls would double that wait; twice as many would find nothing seven times
out of eight.
"""

JITTER = 0.1
"""Share of the interval by which polls are spread, so that feeds added together drift apart."""

DEAD_AFTER = timedelta(days=3)
"""A feed that has failed for so long is told to the operator, once."""

SERVER_MAX = timedelta(hours=6)
"""The longest that cache headers and ``ttl`` may hold polls back: many of them are careless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a feed and its server ask for; None where they say nothing."""

    ttl: timedelta | None = None
    fresh_for: timedelta | None = None


def interval_after_success(
    entries_in_window: int, watched: timedelta, every: timedelta | None, wishes: Wishes
) -> timedelta:
    """
    The time between polls of a feed that is well, between `SHORTEST` and `LONGEST`.

    Args:
        entries_in_window: Entries dated within the last `WINDOW`.
        watched: Since the feed's oldest known entry, at most `WINDOW`: over so long the
            entries were counted. A feed of few entries that move fast shows hours only.
        every: What a person set; it alone counts.
        wishes: Of the feed and its server, heeded up to `SERVER_MAX`.
    """
    if every is not None:
        return every
    watched = min(watched, WINDOW)
    if entries_in_window and watched > timedelta(0):
        adapted = watched / (entries_in_window * POLLS_AN_ENTRY)
    else:
        adapted = LONGEST if watched >= WINDOW else FIRST
    asked = max((w for w in (wishes.ttl, wishes.fresh_for) if w is not None), default=SHORTEST)
    return min(max(adapted, SHORTEST, min(asked, SERVER_MAX)), LONGEST)


def wait_after_failure(
    failures: int, every: timedelta | None, retry_after: timedelta | None
) -> timedelta:
    """
    How long to leave a feed alone after *failures* polls in a row that went wrong.

    Ten minutes, then twice as long each time, up to a day; at least what the server asked
    for, and never more often than a person set.
    """
    doublings = min(failures, 16)  # far past the longest wait, far from overflow
    wait = min(SHORTEST * 2.0**doublings, LONGEST)
    return max(wait, every or wait, retry_after or wait)


def spread(wait: timedelta, chance: float) -> timedelta:
    """*wait*, longer or shorter by at most `JITTER` of it; *chance* is a number from 0 to 1."""
    return wait * (1 + JITTER * (2 * chance - 1))
