"""
The values that the parts pass to each other: frozen, and valid by construction.

A span counts code points of the *article text*, whatever passage or sentence it
was found in. Nothing here reads, searches or renders.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """
    A half-open range of code points, ``start <= stop``.

    Raises:
        ValueError: If the range is negative or reversed.
    """

    start: int
    stop: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.stop:
            raise ValueError(f"span is reversed or negative: {self!r}")

    def __len__(self) -> int:
        return self.stop - self.start

    def of(self, text: str) -> str:
        """The characters of *text* in the span; ValueError if it ends past the text."""
        if self.stop > len(text):
            raise ValueError(f"span ends past the text: {self!r}, {len(text)} characters")
        return text[self.start : self.stop]

    def holds(self, other: Span) -> bool:
        """Whether *other* lies within this span."""
        return self.start <= other.start and other.stop <= self.stop

    def shifted(self, by: int) -> Span:
        """The same range *by* code points further on."""
        return Span(self.start + by, self.stop + by)

    def overlaps(self, other: Span) -> bool:
        """Whether the two share at least one code point."""
        return max(self.start, other.start) < min(self.stop, other.stop)


@dataclass(frozen=True, slots=True)
class Location:
    """
    Where an article was read from.

    ``first_line`` and ``last_line`` count from 1, both inclusive, and are None
    where the article is the whole of the file or the format has no lines.
    """

    path: str
    first_line: int | None = None
    last_line: int | None = None


@dataclass(frozen=True, slots=True)
class Alias:
    """A name and what stands in brackets behind it: ``Shein (希音)``."""

    name: str
    alias: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """
    One news article; ``None`` means that the source did not say.

    Attributes:
        id: The id that the source gave, or one made from the content.
        text: The body exactly as it was read; every span counts its code points.
        published: Aware, in UTC.
        published_origin: Where the date was found: ``"record"``, ``"feed"``,
            ``"html:meta"`` and the like.
        lang: BCP 47, with the script for Chinese: ``en``, ``zh-Hant``, ``zh-Hans``.
        kicker: A line in capitals set before the story, where there is one.
        is_truncated: The text breaks off in mid-sentence (a teaser).
        is_suspect: The text may hold more than one article, and no sign is
            strong enough to cut it.
        agencies: News agencies and papers that the text cites, in text order.
        extra: Keys of the source record that Clipdesk does not know, kept.
        version: From 1, counted by the store; 0 for an article not yet stored.
    """

    id: str
    text: str
    title: str | None = None
    source: str | None = None
    url: str | None = None
    published: datetime | None = None
    published_origin: str | None = None
    lang: str | None = None
    author: str | None = None
    kicker: str | None = None
    location: Location | None = None
    is_truncated: bool = False
    is_suspect: bool = False
    agencies: tuple[str, ...] = ()
    aliases: tuple[Alias, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)
    version: int = 0

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("article has an empty id")
        if self.published is not None and self.published.utcoffset() != timedelta(0):
            raise ValueError(f"published is not in UTC: {self.published!r}, {self.id!r}")


_CONTENT_ID_DIGITS = 16


def content_id(text: str) -> str:
    """
    The id of an article whose source gave none: 16 hex digits of SHA-256 over
    its text with white space folded, so that re-wrapping keeps the id.
    """
    folded = " ".join(text.split())
    digest = hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()
    return digest[:_CONTENT_ID_DIGITS]


def is_content_keyed(article: Article) -> bool:
    """Whether its source gave no id, so that it is known by its text."""
    return len(article.id) == _CONTENT_ID_DIGITS and content_id(article.text) == article.id


@dataclass(frozen=True, slots=True)
class Sentence:
    """
    A sentence of an article.

    Attributes:
        span: Without the white space around it.
        paragraph: From 1, within the article.
        is_complete: False for the fragment that a truncated article ends with;
            such a sentence is never quoted.
    """

    span: Span
    paragraph: int
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class Passage:
    """
    The unit that is indexed: some whole sentences in a row of one article.

    ``sentences`` is not empty, in text order, and lies within ``span``.
    Neighbouring passages may share a sentence.
    """

    span: Span
    sentences: tuple[Sentence, ...]

    def __post_init__(self) -> None:
        if not self.sentences or not all(self.span.holds(s.span) for s in self.sentences):
            raise ValueError(f"passage does not hold its sentences: {self.span!r}")


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as the store holds it, with its article's id and version."""

    id: int
    article_id: str
    version: int
    passage: Passage


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage id that an index found; ``rank`` counts from 1."""

    passage_id: int
    score: float
    rank: int


@dataclass(frozen=True, slots=True)
class Filters:
    """
    What the articles of an answer must satisfy; None and () ask for nothing.

    Attributes:
        sources: Any of these, compared case-blind as a part of the source's name
            or of the host of its link.
        after: Published at this instant or later. An article without a date
            satisfies neither ``after`` nor ``before``.
        before: Published earlier than this instant.
        langs: Any of these; ``zh`` holds for ``zh-Hant`` and ``zh-Hans``.
        articles: Any of these article ids.
    """

    sources: tuple[str, ...] = ()
    after: datetime | None = None
    before: datetime | None = None
    langs: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != Filters()


@dataclass(frozen=True, slots=True)
class Context:
    """A ranked passage with its article: what retrieval hands to answering."""

    hit: Hit
    article: Article
    passage: Passage


@dataclass(frozen=True, slots=True)
class Quote:
    """
    A verbatim quotation: ``text`` is cut from the article, so it cannot misquote.

    Attributes:
        span: In the text of ``article``.
        paragraph: Of the quote's first sentence, from 1.
        score: The answerer's score of the sentence; higher is better.
        answer: The words that answer, within ``span``, where their kind is clear.
        features: Each named feature's share of ``score``.
        also_in: Other articles that say nearly the same, best first.
    """

    article: Article
    span: Span
    paragraph: int
    score: float
    answer: Span | None = None
    features: Mapping[str, float] = field(default_factory=dict, hash=False)
    also_in: tuple[Quote, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.span.start < self.span.stop <= len(self.article.text):
            raise ValueError(f"quote is empty or past its article: {self.span!r}")
        if self.answer is not None and not self.span.holds(self.answer):
            raise ValueError(f"answer lies outside its quote: {self.answer!r}, {self.span!r}")

    @property
    def text(self) -> str:
        """The quoted words."""
        return self.span.of(self.article.text)

    def repeats(self, others: Iterable[Quote]) -> bool:
        """Whether one of *others*, or what it is also in, holds words of this quote's place."""
        return any(
            (self.article.id, self.article.version) == (one.article.id, one.article.version)
            and self.span.overlaps(one.span)
            for other in others
            for one in (other, *other.also_in)
        )


@dataclass(frozen=True, slots=True)
class Account:
    """
    One value that articles of a story give for an answer, in digits, with who gives it.

    ``quotes`` is newest first, one an article, each with its ``answer``.
    """

    value: str
    quotes: tuple[Quote, ...]

    def __post_init__(self) -> None:
        if not self.quotes:
            raise ValueError(f"account without a quote: {self.value!r}")


Reason = Literal[
    "empty_corpus",  # nothing has been ingested
    "no_terms",  # the question holds no word that can be looked up
    "filters",  # articles exist, none of them satisfies the filters
    "no_match",  # no passage shares a word with the question
    "low_confidence",  # passages were found; none of them answers well enough
    "other_language",  # what comes closest is in another language than the question
]


@dataclass(frozen=True, slots=True)
class Answer:
    """
    The corpus answers: at least one quote, best first.

    Attributes:
        confidence: Calibrated probability that the first quote answers.
        contexts: The ranked passages that the quotes were chosen from.
        accounts: What several articles of one story say the figure is, newest first: one
            account is agreement, more are a conflict; empty where neither can be told.
        is_partial: A part of the index did not answer, so there may be more.
    """

    question: str
    quotes: tuple[Quote, ...]
    confidence: float
    contexts: tuple[Context, ...]
    accounts: tuple[Account, ...] = ()
    is_partial: bool = False

    def __post_init__(self) -> None:
        if not self.quotes:
            raise ValueError("an answer needs a quote; use NoAnswer")


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """
    The corpus does not hold the answer; ``nearest`` is what comes closest.

    ``confidence`` is the probability that the first of ``nearest`` answers all
    the same; 0.0 where there is none. ``is_partial`` is as in ``Answer``: the rest of
    the index may well hold the answer.
    """

    question: str
    reason: Reason
    nearest: tuple[Quote, ...] = ()
    confidence: float = 0.0
    contexts: tuple[Context, ...] = ()
    is_partial: bool = False
