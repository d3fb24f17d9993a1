"""How feeds are, in words: the same for the terminal and for a chat. Nothing here draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.render.citation import day

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from bot.messages import Messages
    from retrieval.feeds import FeedRecord


@dataclass(frozen=True, slots=True)
class FeedFacts:
    """
    A feed and what is counted of it.

    Attributes:
        news: Entries that came in the last week, without what the first poll found.
        days: Over how many days these were counted; less than 7 for a young feed.
    """

    feed: FeedRecord
    news: int
    days: float

    @property
    def rate(self) -> float:
        """New articles a day."""
        return self.news / max(self.days, 1.0)


def state(feed: FeedRecord, now: datetime, messages: Messages) -> str:
    """Whether it is polled, and why not, or why that goes wrong."""
    if feed.pause_reason == "gone":
        return messages.text("feeds.gone")
    if feed.paused is not None:
        return messages.text("feeds.paused")
    if feed.error is not None:
        since = day(feed.failing_since or now, messages)
        count = messages.number(feed.failures)
        return messages.text("feeds.failing", day=since, count=count, reason=feed.error)
    if feed.is_held(now):
        return messages.text("feeds.polling")
    return messages.text("feeds.new" if feed.last_success is None else "feeds.well")


def summary(feeds: list[FeedRecord], messages: Messages) -> str:
    """How many are well, failing and paused."""
    paused = sum(feed.paused is not None for feed in feeds)
    failing = sum(feed.paused is None and feed.error is not None for feed in feeds)
    counts = {"well": len(feeds) - paused - failing, "failing": failing, "paused": paused}
    return messages.text(
        "feeds.well_and_more", **{name: messages.number(n) for name, n in counts.items()}
    )


def ago(moment: datetime | None, now: datetime, messages: Messages) -> str:
    """``12 min ago``; ``never`` for None."""
    if moment is None:
        return messages.text("feeds.never")
    return messages.text("feeds.ago", span=span(now - moment, messages))


def next_poll(feed: FeedRecord, now: datetime, messages: Messages) -> str:
    """``in 12 min``; nothing for a feed that is paused."""
    if feed.paused is not None:
        return ""
    if feed.next_poll <= now:
        return messages.text("feeds.due")
    return messages.text("feeds.in", span=span(feed.next_poll - now, messages))


def rate(facts: FeedFacts, messages: Messages) -> str:
    """``12 a day``, with a decimal where it is few."""
    count = f"{facts.rate:.1f}" if 0 < facts.rate < 10 else messages.number(round(facts.rate))
    return messages.text("feeds.rate", count=count)


def span(length: timedelta, messages: Messages) -> str:
    """A length of time in its largest unit, of which there are at least two: ``90 min``, ``3 h``."""
    seconds = max(round(length.total_seconds()), 0)
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return messages.text(f"feeds.span.{unit}", count=messages.number(seconds // size))
    return messages.text("feeds.span.seconds", count=messages.number(seconds))
