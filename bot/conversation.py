"""
A chat's side of asking: questions in, replies out, with what was shown remembered.

Knows no platform: the REPL and Telegram hold one `Conversation` a chat. Finding and
choosing quotes is the desk's work, sentences and drawing are render's.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from retrieval.query import parse_question
from retrieval.types import Answer, Filters

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retrieval.store import SourceSummary
    from retrieval.types import NoAnswer, Quote, Span

PAGE = 3
"""Quotes shown at once; the first page is the answer."""

TURNS_MAX = 20
"""Turns remembered; a chat that runs for months must not grow."""


class Asks(Protocol):
    """What a conversation needs of a desk. Any method can raise RetrievalError."""

    def ask(self, question: str, *, filters: Filters, k: int, quotes: int) -> Answer | NoAnswer: ...

    def sources(self) -> list[SourceSummary]: ...

    def around(self, quote: Quote, neighbours: int = 1) -> list[Span]: ...


class NoSuchQuote(Exception):  # named for what is missing, as in retrieval.errors
    """
    A number that stands before no quote of the last turn.

    Attributes:
        count: How many quotes there are; 0 when there are none, None before any question.
    """

    def __init__(self, number: int, count: int | None) -> None:
        super().__init__(f"no such quote: {number}; shown so far: {count}")
        self.number = number
        self.count = count


@dataclass(frozen=True, slots=True)
class Turn:
    """
    One question and what was shown for it.

    Attributes:
        question: Without its filters.
        shown: The quotes shown so far, ``/more`` included; quote N is ``shown[N - 1]``.
    """

    question: str
    filters: Filters
    reply: Answer | NoAnswer
    shown: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Further quotes, numbered from ``first``; as little an answer as the first page was."""

    first: int
    quotes: tuple[Quote, ...]
    is_answer: bool


class Conversation:
    """One chat with a desk. Not safe to use from two threads at once."""

    def __init__(
        self,
        desk: Asks,
        *,
        k: int = 10,
        page: int = PAGE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._desk = desk
        self._k = k
        self._page = page
        self._now = now
        self._turns: deque[Turn] = deque(maxlen=TURNS_MAX)

    @property
    def turns(self) -> Sequence[Turn]:
        """The turns so far, oldest first: what follow-up questions will be completed from."""
        return tuple(self._turns)

    @property
    def last(self) -> Turn | None:
        """The turn that commands refer to."""
        return self._turns[-1] if self._turns else None

    def ask(self, text: str) -> Turn:
        """
        Ask *text*, which may hold filters.

        Raises:
            QueryError: If a filter does not parse; nothing is remembered then.
        """
        question, filters = parse_question(text, self._now())
        reply = self._desk.ask(question, filters=filters, k=self._k, quotes=self._page)
        turn = Turn(question, filters, reply, _quotes(reply))
        self._turns.append(turn)
        return turn

    def more(self) -> Page:
        """
        The next quotes for the last question; empty when there are no others.

        Raises:
            NoSuchQuote: Before any question.
        """
        last = self._turn(1)
        first = len(last.shown) + 1
        reply = self._desk.ask(
            last.question, filters=last.filters, k=self._k, quotes=len(last.shown) + self._page
        )
        # Asked for more, the desk may join or collapse others: what was seen is left out by place
        fresh = [quote for quote in _quotes(reply) if not _is_shown(quote, last.shown)]
        quotes = tuple(fresh[: self._page])
        self._turns[-1] = replace(last, shown=last.shown + quotes)
        return Page(first, quotes, isinstance(last.reply, Answer))

    def quote(self, number: int) -> Quote:
        """
        Quote *number* of the last turn, from 1.

        Raises:
            NoSuchQuote: If it was not shown, or nothing was asked.
        """
        shown = self._turn(number).shown
        if not 1 <= number <= len(shown):
            raise NoSuchQuote(number, len(shown))
        return shown[number - 1]

    def around(self, quote: Quote, neighbours: int = 1) -> list[Span]:
        """The paragraphs of *quote* and its *neighbours* on both sides."""
        return self._desk.around(quote, neighbours)

    def sources(self) -> list[SourceSummary]:
        """The sources of the corpus."""
        return self._desk.sources()

    def forget(self) -> None:
        """Start anew."""
        self._turns.clear()

    def _turn(self, number: int) -> Turn:
        if not self._turns:
            raise NoSuchQuote(number, None)
        return self._turns[-1]


def _quotes(reply: Answer | NoAnswer) -> tuple[Quote, ...]:
    return reply.quotes if isinstance(reply, Answer) else reply.nearest


def _is_shown(quote: Quote, shown: Sequence[Quote]) -> bool:
    seen = [other for one in shown for other in (one, *one.also_in)]
    return any(
        (quote.article.id, quote.article.version) == (other.article.id, other.article.version)
        and quote.span.overlaps(other.span)
        for other in seen
    )
