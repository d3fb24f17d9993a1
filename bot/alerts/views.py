"""
What a chat is to see of its alerts, as values: a message, a digest, a subscription, what was
missed. ``viewing.py`` makes them; they are drawn elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.alerts.values import ChatSettings, Note, Subscription
from retrieval.index.snapshot import host_of
from retrieval.types import Article, Quote, Span

Standing = Literal["current", "corrected", "withdrawn"]

MissedReason = Literal[
    "muted",
    "held",
    "waiting",
    "digest",
    "over_budget",
    "suspended",
    "failed",
    "unsure",
    "expired",
    "withdrawn",
]
"""
Why what matched is not told: the subscription or the story is muted; quiet hours hold it, or it
waits its turn; it waits for the digest, by choice or since the budget is spent; nothing can be
sent to the chat; Telegram refused the message, or it may have arrived, or came to be too old;
or the article was taken back before it went.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """
    One outlet's article that an alert tells of.

    Attributes:
        article: As it stands now; a withdrawn one as it stood last.
        quote: The sentence that shows why it matched.
        words: What matched in the article's text, in order; empty where a correction took the
            words away.
        title_words: The same in its title.
        standing: Whether it was edited, or withdrawn, since it matched.
    """

    article: Article
    quote: Quote
    words: tuple[Span, ...] = ()
    title_words: tuple[Span, ...] = ()
    standing: Standing = "current"

    @property
    def outlet(self) -> str:
        """What tells outlets apart: the name, else the host, else the article itself."""
        article = self.article
        named = (article.source or "").strip() or host_of(article.url) or f"\0{article.id}"
        return named.casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """
    Why an article was told.

    Attributes:
        subscription: Whose query matched, or that follows the story.
        words: That matched, as they are written in the article, each once; then those of the title.
        score: Of a topic, from 0 to 1; None where each word had to be there.
    """

    subscription: Subscription
    words: tuple[str, ...]
    title_words: tuple[str, ...]
    score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """
    A message about a story.

    Attributes:
        chat: The settings of its chat.
        lead: The first article that was not withdrawn; the first of all if all were.
        others: Of other outlets, one each, the oldest first; first those that were not withdrawn.
        reasons: One a subscription that matched.
        may_be_repeat: An earlier attempt may have arrived.
    """

    note: Note
    chat: ChatSettings
    lead: Report
    others: tuple[Report, ...] = ()
    reasons: tuple[Why, ...] = ()
    may_be_repeat: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    """
    A story in a digest.

    Attributes:
        reports: One an article, the best first; not empty.
    """

    reports: tuple[Report, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverBudget:
    """How many alerts of a subscription were over its day's budget."""

    subscription: Subscription
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    """
    A digest.

    Attributes:
        stories: Those that most articles tell first.
        over: What is in it since a budget was spent.
    """

    note: Note
    chat: ChatSettings
    stories: tuple[StoryView, ...]
    over: tuple[OverBudget, ...] = ()
    may_be_repeat: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionView:
    """
    A subscription with what it brought.

    Attributes:
        told: Messages of the last seven days that tell of what it matched, which is ``matched`` articles.
        last: When one matched last.
        title: Of the story that is followed, where there is one and it is known.
        is_topic: Nearness decides what matches, and not each word.
    """

    subscription: Subscription
    chat: ChatSettings
    told: int
    matched: int
    last: datetime | None
    title: str | None = None
    is_topic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """
    What matched and was not told.

    Attributes:
        until: When it is to be told, where that is known: of ``held`` and ``digest``.
        detail: What Telegram said, of ``failed`` and ``suspended``; plain English of its own.
    """

    article: Article
    subscription: Subscription | None
    reason: MissedReason
    matched: datetime
    until: datetime | None = None
    detail: str | None = None
