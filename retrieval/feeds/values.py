"""What the parts of the feeds pass to each other: frozen, and valid by construction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from retrieval.sources.fetch import Validators

PauseReason = Literal["asked", "gone"]
"""Somebody paused it, or its server said that it is gone for good (410)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOptions:
    """
    What a person may choose for a feed.

    Attributes:
        name: What it is called, and the outlet of its articles; None for the feed's own title.
        every: How often it is polled; None adapts to how often it changes.
        full_text: Whether the pages are read that entries with a summary only link to.
        lang: The language of its articles; None for what it says, or their text tells.
        withdrawals: Whether an article is deleted when its entry vanishes from among newer
            and older ones.
    """

    name: str | None = None
    every: timedelta | None = None
    full_text: bool = False
    lang: str | None = None
    withdrawals: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRecord:
    """
    A feed and how its polls went; moments are aware, in UTC.

    Attributes:
        id: A number that stays, and is never given twice.
        url: A web address, or the absolute path of a file.
        host: ``""`` for a file.
        name: What people call it; unique, letter case aside.
        is_named: Whether a person chose the name.
        title: The feed's own, from the last poll that told one.
        ttl: How long the feed wants to be left alone between polls; None if it says nothing.
        paused: Since when it is not polled, and why (``pause_reason``).
        backfilled: When the first poll had taken in all that was there.
        last_new: When it last listed something new.
        interval: Between polls that go well.
        failures: Polls in a row that went wrong, since ``failing_since``; ``error`` is why
            the last of them did, in words.
        told_dead: When it was told that the feed has long been failing; None if it was not.
        holder: Who polls it at the moment, until ``held_until`` at the most.
    """

    id: int
    url: str
    host: str
    name: str
    is_named: bool
    title: str | None
    lang: str | None
    every: timedelta | None
    full_text: bool
    withdrawals: bool
    added: datetime
    paused: datetime | None
    pause_reason: PauseReason | None
    validators: Validators
    ttl: timedelta | None
    backfilled: datetime | None
    last_poll: datetime | None
    last_success: datetime | None
    last_new: datetime | None
    interval: timedelta
    next_poll: datetime
    failures: int
    failing_since: datetime | None
    error: str | None
    told_dead: datetime | None
    holder: str | None
    held_until: datetime | None

    def is_held(self, now: datetime) -> bool:
        """Whether somebody polls it at *now*."""
        return self.held_until is not None and self.held_until > now


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """
    Digests by which an entry is known again; None where it has no such thing.

    Attributes:
        content: Of title and text.
    """

    guid: bytes | None
    link: bytes | None
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEntry:
    """
    An entry that a feed listed before, and the article that it became.

    Attributes:
        is_ours: The article comes from this feed; not so if another had it before.
    """

    key: int
    marks: Marks
    article_id: str
    is_ours: bool
    published: datetime | None


News = Literal["dead", "back", "gone"] | None


@dataclass(frozen=True, slots=True)
class Polled:
    """
    What one poll of a feed came to.

    Attributes:
        feed: As it is after the poll.
        new: Articles taken in; ``changed`` and ``withdrawn`` likewise.
        is_unchanged: The server said that nothing has changed since the last time.
        error: Why it went wrong, in words; None if it went well.
        pages_failed: Linked pages that could not be read; the feed's own text was taken.
        news: What the operator should be told once: the feed has been failing for days, is
            gone for good, or is back.
    """

    feed: FeedRecord
    new: int = 0
    changed: int = 0
    withdrawn: int = 0
    is_unchanged: bool = False
    error: str | None = None
    pages_failed: int = 0
    news: News = None

    @property
    def has_changes(self) -> bool:
        """Whether any article came, changed or went."""
        return bool(self.new or self.changed or self.withdrawn)
