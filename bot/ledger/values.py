"""
What the ledger keeps, as frozen values; no SQL.

All moments are aware, in UTC. Ids of chats, users and messages are Telegram's; 0 stands
for no message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple, Protocol, Self

from retrieval.errors import NoSuchArticle
from retrieval.store import Store
from retrieval.types import Article, Filters, Quote, Reason, Span

ChatKind = Literal["private", "group", "supergroup", "channel"]
LinkKind = Literal["quote", "question"]
Label = Literal[1, -1]


class HasArticles(Protocol):
    """The part of a desk that a quote is found again by."""

    def article(self, article_id: str, version: int | None = None) -> Article: ...


@dataclass(frozen=True, slots=True)
class QuoteRef:
    """
    Where a quote stands, without its text: spans count code points of that very version
    of the article, whose text never changes.
    """

    article_id: str
    version: int
    start: int
    stop: int
    paragraph: int
    score: float
    answer: tuple[int, int] | None
    also_in: tuple[QuoteRef, ...] = ()

    @classmethod
    def of(cls, quote: Quote) -> Self:
        """The place of *quote*; its features are not kept."""
        answer = quote.answer
        return cls(
            article_id=quote.article.id,
            version=quote.article.version,
            start=quote.span.start,
            stop=quote.span.stop,
            paragraph=quote.paragraph,
            score=quote.score,
            answer=None if answer is None else (answer.start, answer.stop),
            also_in=tuple(map(cls.of, quote.also_in)),
        )

    def resolve(self, source: Store | HasArticles) -> Quote | None:
        """
        The quote again, in the words that were shown, even if the article has changed or
        was deleted since; None if *source* does not hold that version.
        """
        find = source.get_version if isinstance(source, Store) else source.article
        try:
            article = find(self.article_id, self.version)
        except NoSuchArticle:
            return None
        others = (other.resolve(source) for other in self.also_in)
        return Quote(
            article,
            Span(self.start, self.stop),
            self.paragraph,
            self.score,
            None if self.answer is None else Span(*self.answer),
            also_in=tuple(other for other in others if other is not None),
        )

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "article_id": self.article_id,
            "version": self.version,
            "start": self.start,
            "stop": self.stop,
            "paragraph": self.paragraph,
            "score": self.score,
            "answer": self.answer,
            "also_in": [other.to_json() for other in self.also_in],
        }

    def link_body(self) -> dict[str, Any]:
        """
        As JSON, for a link: the place alone. The score and the answer are those of one
        question, and every question that finds the quote would make another link of it.
        """
        names = ("article_id", "version", "start", "stop", "paragraph")
        return {name: getattr(self, name) for name in names}

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Self:
        """What gave *fields* by ``to_json`` or, the place alone, by ``link_body``."""
        answer = fields.get("answer")
        return cls(
            article_id=fields["article_id"],
            version=fields["version"],
            start=fields["start"],
            stop=fields["stop"],
            paragraph=fields["paragraph"],
            score=fields.get("score", 0.0),
            answer=None if answer is None else (answer[0], answer[1]),
            also_in=tuple(map(cls.from_json, fields.get("also_in", ()))),
        )

    @property
    def place(self) -> tuple[str, int, int, int]:
        """What tells two quotes apart, whatever their scores."""
        return self.article_id, self.version, self.start, self.stop


@dataclass(frozen=True, slots=True)
class ChatRecord:
    """
    A chat and its settings.

    Attributes:
        lang: What ``/language`` chose; None: as the user's client says.
        suspended: Why nothing can be sent there; None if it can.
        seen: When it last spoke, at most an hour too early.
    """

    chat_id: int
    kind: ChatKind
    title: str | None
    lang: str | None
    suspended: str | None
    seen: datetime


class AccountRef(NamedTuple):
    """A value that articles of a story give, and where; see ``retrieval.types.Account``."""

    value: str
    quotes: tuple[QuoteRef, ...]


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """
    An answer that was given, or its refusal.

    Attributes:
        id: 0 before it is stored; never given twice.
        user_id: Who asked; 0 for an alert, which nobody did.
        question_message_id: The message that asked; 0 for none (a deep link).
        message_id: The bot's message; None until it was sent, and after the chat
            became a supergroup, where messages are counted anew.
        text: As typed.
        question: Whole (a follow-up completed), without its filters.
        filters: Those that the reply keeps to.
        widened: Those within which nothing answers, where the reply is from outside of them.
        completion: The rewritten question, if it was a follow-up.
        lang: Of the bot's own words in this answer.
        quotes: All that were shown so far, first page first.
        accounts: What several articles of one story say the figure is.
    """

    id: int
    chat_id: int
    thread_id: int | None
    user_id: int
    question_message_id: int
    message_id: int | None
    asked_at: datetime
    text: str
    question: str
    filters: Filters
    widened: Filters | None
    completion: str | None
    answered: bool
    reason: Reason | None
    confidence: float
    lang: str
    quotes: tuple[QuoteRef, ...]
    accounts: tuple[AccountRef, ...] = ()


class RatedQuote(NamedTuple):
    """A quote that was rated; ``text`` is a copy, None if the store had lost its article."""

    ref: QuoteRef
    text: str | None


@dataclass(frozen=True, slots=True)
class Rating:
    """A 👍 (1) or 👎 (-1) with a copy of what was rated, which outlives the answer."""

    user_id: int
    label: Label
    question: str
    filters: Filters
    answered: bool
    quotes: tuple[RatedQuote, ...]


class KeptRating(NamedTuple):
    """A rating with its moment, to be taken elsewhere."""

    at: datetime
    rating: Rating


class Link(NamedTuple):
    """What a deep link stands for."""

    kind: LinkKind
    body: Mapping[str, Any]


class Forgotten(NamedTuple):
    """
    How much is, or was, kept about a user.

    ``ratings`` are those by the user and those by others of the user's questions;
    ``settings`` is 1 for a private chat in which something was chosen; ``waiting`` counts updates in the inbox, the one
    that is being handled among them.
    """

    questions: int
    ratings: int
    links: int
    settings: int
    waiting: int


class LedgerCounts(NamedTuple):
    """
    What ``/status`` tells.

    ``questions`` are those of the last 24 hours, ``answered_share`` the share of them that
    was answered (None for no questions).
    """

    chats_active: int
    chats_suspended: int
    questions: int
    answered_share: float | None
    ratings: int
    inbox_waiting: int
    inbox_failed: int


class Failure(NamedTuple):
    """An update that was given up."""

    update_id: int
    reason: str
    failed_at: datetime
