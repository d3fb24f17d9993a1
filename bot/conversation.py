"""
A chat's side of asking: questions in, replies out, with what was shown remembered.

Knows no platform: the REPL and Telegram hold one `Conversation` a chat. Finding and
choosing quotes is the desk's work, how a follow-up is made whole `followups`', sentences
and drawing are render's.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol

from bot.followups import Completion, Earlier, Rule, complete, is_borne_out
from bot.render.wording import CLEAR_CONFIDENCE, is_clear
from retrieval.asking import ask_parsed
from retrieval.query import parse_question, read_period
from retrieval.types import Answer, Filters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from retrieval.asking import Found
    from retrieval.query import ParsedQuestion
    from retrieval.store import SourceSummary
    from retrieval.types import NoAnswer, Quote, Span

PAGE = 3
"""Quotes shown at once; the first page is the answer."""

TURNS_MAX = 20
"""Turns remembered; a chat that runs for months must not grow."""


DOUBTED = CLEAR_CONFIDENCE - 0.01
"""The most confidence in a quote that does not bear out what was put into a follow-up."""


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
        question: As it was asked of the desk: a follow-up made whole, without its filters.
        filters: Those that the reply keeps to, whether written, understood or carried over.
        shown: The quotes shown so far, ``/more`` included; quote N is ``shown[N - 1]``.
        completion: How the question was made whole; None where it was whole by itself.
        widened: The filters within which nothing answers, where the reply is an answer
            from outside of them.
    """

    question: str
    filters: Filters
    reply: Answer | NoAnswer
    shown: tuple[Quote, ...]
    completion: Completion | None = None
    widened: Filters | None = None


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
        turns: Iterable[Turn] = (),
    ) -> None:
        self._desk = desk
        self._k = k
        self._page = page
        self._now = now
        self._turns: deque[Turn] = deque(turns, maxlen=TURNS_MAX)

    @property
    def turns(self) -> Sequence[Turn]:
        """The turns so far, oldest first: what follow-up questions are completed from."""
        return tuple(self._turns)

    @property
    def last(self) -> Turn | None:
        """The turn that commands refer to."""
        return self._turns[-1] if self._turns else None

    def ask(self, text: str, *, now: datetime | None = None, about: Turn | None = None) -> Turn:
        """
        Ask *text*, which may hold filters, and may be a follow-up to the turns before.

        Args:
            text: As it was typed.
            now: What "since Monday" counts from; None is this moment.
            about: The turn that *text* was sent in reply to; it counts as the last one.

        Raises:
            QueryError: If a filter does not parse; nothing is remembered then.
        """
        now = self._now() if now is None else now
        turns = self.turns if about is None else (about,)
        parsed = parse_question(text, now)
        completion = complete(
            parsed.question,
            [_earlier(turn, is_replied_to=about is not None) for turn in turns],
            is_filtered=bool(parsed.filters),
        )
        if completion is None:
            found = self._ask(parsed)
        else:
            found = self._ask_completed(
                completion, parsed.filters, turns, now, is_reply=about is not None
            )
        turn = Turn(
            found.question,
            found.filters,
            found.reply,
            _quotes(found.reply),
            completion,
            found.widened,
        )
        self._turns.append(turn)
        return turn

    def _ask(self, parsed: ParsedQuestion) -> Found:
        return ask_parsed(self._desk, parsed, k=self._k, quotes=self._page)

    def _ask_completed(
        self,
        completion: Completion,
        filters: Filters,
        turns: Sequence[Turn],
        now: datetime,
        *,
        is_reply: bool,
    ) -> Found:
        """
        The answer from the article that was quoted, or from all of them.

        A reply points at that article, so it is asked first. Otherwise it is asked where
        the others do not answer: asked alone, an article seems surer than it is.
        """
        if not filters and completion.rule in _SAME_QUESTION:
            filters = _carried(turns[-completion.back].filters, completion.question, now)
        ask = partial(self._ask_doubting, completion)
        everywhere = partial(ask, read_period(completion.question, filters, now))
        if not completion.articles or completion.rule in _ELSEWHERE:
            return everywhere()
        narrow = replace(filters, articles=completion.articles)
        there = partial(ask, read_period(completion.question, narrow, now))
        first, second = (there, everywhere) if is_reply else (everywhere, there)
        found = first()
        if is_clear(found.reply) or (not is_reply and isinstance(found.reply, Answer)):
            return found
        other = second()
        return other if is_reply or is_clear(other.reply) else found

    def _ask_doubting(self, completion: Completion, parsed: ParsedQuestion) -> Found:
        """As `_ask`; an answer that does not bear the completion out is not taken for clear."""
        found = self._ask(parsed)
        reply = found.reply
        if not isinstance(reply, Answer) or is_borne_out(completion, reply.quotes[0]):
            return found
        return replace(found, reply=replace(reply, confidence=min(reply.confidence, DOUBTED)))

    def more(self) -> Page:
        """
        The next quotes for the last question; empty when there are no others.

        Raises:
            NoSuchQuote: Before any question.
        """
        last = self._turn(1)
        first = len(last.shown) + 1
        wanted = len(last.shown) + self._page
        reply = self._desk.ask(
            last.question, filters=last.filters, k=max(self._k, wanted), quotes=wanted
        )
        # Asked for more, the desk may join or collapse others: what was seen is left out by place
        fresh = [quote for quote in _quotes(reply) if not quote.repeats(last.shown)]
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


_SAME_QUESTION: tuple[Rule, ...] = ("again", "name", "kind")
"""Rules by which the question before is asked again, and so within the same filters."""

_ELSEWHERE: tuple[Rule, ...] = ("again", "name")
"""Rules by which something is asked that the same article is not likely to say."""


def _carried(filters: Filters, question: str, now: datetime) -> Filters:
    """*filters* of an earlier turn for *question*, without their dates if it has one of its own."""
    undated = replace(filters, after=None, before=None, articles=())
    is_dated = read_period(question, undated, now).narrowed is not None
    return undated if is_dated else replace(filters, articles=())


def _earlier(turn: Turn, *, is_replied_to: bool) -> Earlier:
    quotes = turn.shown if isinstance(turn.reply, Answer) else ()
    return Earlier(turn.question, quotes, is_replied_to)


def _quotes(reply: Answer | NoAnswer) -> tuple[Quote, ...]:
    return reply.quotes if isinstance(reply, Answer) else reply.nearest
