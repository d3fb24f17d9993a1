"""
Replies as messages for Telegram, in its HTML: one message each, within its limits.

A quote stands in a quotation of its own, verbatim; what does not fit is left out with a
visible ellipsis, never from the answer. Long quotations are folded to three lines. Here
is decided what a message says and how much room each part gets; markup.py makes text safe,
cited.py draws quotes and citations, lists.py what is listed. Nothing here sends.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.render import lists, wording
from bot.render.cited import Citations, drawn, fitted
from bot.render.highlight import ELLIPSIS, Piece, pieces
from bot.render.markup import (
    LIMIT,
    Html,
    cut,
    escape,
    folded,
    joined,
    one_line,
    shown_length,
    tag,
    utf16_length,
    visible_text,
)
from retrieval.types import Answer, Filters, NoAnswer, Quote, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.messages import Messages
    from bot.render.feeds import FeedFacts
    from retrieval.store import SourceSummary
    from retrieval.types import Article

__all__ = [
    "LIMIT",
    "ChatRenderer",
    "InlineText",
    "Numbered",
    "escape",
    "utf16_length",
    "visible_text",
]

BLANK_LINE = "\n\n"

NOTE_MAX = 600
"""UTF-16 units of what is said before and behind the quotes, each."""

QUESTION_MAX = 200
"""UTF-16 units of a question that is repeated."""

QUOTE_MIN = 200
"""UTF-16 units that every quote gets; where there is less, fewer are shown, and counted."""

FIRST_QUOTE_WEIGHT = 2
"""How much more room than each other quote the first one gets, where not all fit."""

FOLDED_FROM = 600
FOLDED_FROM_LATER = 320
FOLDED_FROM_AROUND = 1000
"""UTF-16 units of a quotation that is folded: the first past some fifteen lines on a phone,
others past eight, and a context, which was asked for, past a screen."""

SEEN_OF_FOLDED = 100
"""UTF-16 units of a folded quotation that are seen on any phone: three lines."""

INLINE_TITLE_MAX = 64
INLINE_DESCRIPTION_MAX = 160


@dataclass(frozen=True, slots=True)
class Numbered:
    """A quote with the number that it was shown under."""

    quote: Quote
    number: int


@dataclass(frozen=True, slots=True)
class InlineText:
    """
    An inline result.

    Attributes:
        title: Where it is from; plain text, as is ``description``.
        description: How the quote begins, or the words around its answer.
        html: The message that is sent when it is chosen.
    """

    title: str
    description: str
    html: str


class ChatRenderer:
    """
    Draws in the words of one catalogue.

    Args:
        messages: The words to use.
        link_to: A link for a quote whose article has no web address, or None.
    """

    def __init__(
        self,
        messages: Messages,
        *,
        link_to: Callable[[Quote], str | None] = lambda _: None,
    ) -> None:
        self._messages = messages
        self._citations = Citations(messages, link_to)

    def answer(
        self,
        reply: Answer | NoAnswer,
        filters: Filters,
        *,
        understood: Sequence[str] = (),
        as_of: str | None = None,
    ) -> str:
        """
        The quotes that answer, or why there are none and, folded, what comes closest.

        Args:
            reply: What the desk gave.
            filters: What the question asked for, told when they are the reason.
            understood: What the question was taken for, in small print before the rest.
            as_of: How new the corpus is, in small print behind the rest.
        """
        said = self._verdict(reply, filters)
        head = [
            _small(cut("\n".join(understood), NOTE_MAX)),
            Html("") if said is None else escape(cut(said, NOTE_MAX)),
        ]
        is_answer = isinstance(reply, Answer)
        return self._message(
            joined(head, BLANK_LINE),
            reply.quotes if isinstance(reply, Answer) else reply.nearest,
            1,
            closest=None if is_answer else self._messages.text("no_answer.nearest"),
            foot=joined(
                [
                    escape(cut(wording.accounts(reply, self._messages) or "", NOTE_MAX)),
                    escape(wording.partial(reply, self._messages) or ""),
                    _small(cut(as_of or "", NOTE_MAX)),
                ],
                BLANK_LINE,
            ),
        )

    def page(self, quotes: Sequence[Quote], first: int, *, is_answer: bool, question: str) -> str:
        """Further quotes for *question*, numbered from *first*."""
        if not quotes:
            return escape(self._messages.text("more.none"))
        asked = self._messages.text("chat.more_for", question=one_line(question, QUESTION_MAX))
        return self._message(
            _small(asked),
            quotes,
            first,
            closest=None if is_answer else self._messages.text("more.not_answer"),
        )

    def context(self, numbered: Numbered, spans: Sequence[Span]) -> str:
        """A quote in its place: the paragraphs *spans* around it, with the quote in bold."""
        return self._in_place(numbered.quote, spans, numbered.number)

    def article_at(self, quote: Quote, spans: Sequence[Span]) -> str:
        """An article opened at a quote, in the paragraphs *spans*; with no number."""
        return self._in_place(quote, spans, None)

    def inline(self, numbered: Numbered, question: str) -> InlineText:
        """
        A quote ready to be sent to any chat, with its source.

        Args:
            numbered: The quote; its number is not shown, as it stands alone.
            question: Repeated above the quote, so it must be one that the quote answers;
                empty otherwise.
        """
        quote = numbered.quote
        source = self._citations.origin(quote.article) or self._citations.line(quote)
        begins = "".join(piece.text for piece in fitted(quote, INLINE_DESCRIPTION_MAX))
        return InlineText(
            title=cut(visible_text(source), INLINE_TITLE_MAX),
            description=one_line(begins, INLINE_DESCRIPTION_MAX),
            html=self._message(_small(one_line(question, QUESTION_MAX)), [quote], None),
        )

    def sources_of(self, quotes: Sequence[Quote], first: int) -> str:
        """All that is known about where *quotes* (numbered from *first*) stand."""
        return lists.sources_of(quotes, first, self._citations, self._messages)

    def corpus_sources(self, summaries: Sequence[SourceSummary], wanted: str) -> str:
        """The outlets that have *wanted* in their names, with their articles and dates."""
        return lists.corpus_sources(summaries, wanted, self._messages)

    def feeds(self, facts: Sequence[FeedFacts], now: datetime) -> str:
        """How the feeds are, those that fail first."""
        return lists.feeds(facts, now, self._messages)

    def latest(self, articles: Sequence[Article], topic: str | None, filters: Filters) -> str:
        """*articles*, the newest first, about *topic* if there is one, within *filters*."""
        kept = wording.describe(filters, self._messages)
        small = _small(cut(self._messages.text("understood.filters", filters=kept), NOTE_MAX))
        found = lists.latest(
            articles, topic, self._citations, self._messages, is_filtered=bool(kept)
        )
        return joined([found, small], BLANK_LINE) if kept else found

    def say(self, sentence: str) -> str:
        """A plain sentence as a message; an ellipsis where it has nothing to show."""
        said = escape(cut(sentence.strip(), LIMIT))
        return said if visible_text(said).strip() else escape(ELLIPSIS)

    def _verdict(self, reply: Answer | NoAnswer, filters: Filters) -> str | None:
        if isinstance(reply, NoAnswer) and reply.reason == "empty_corpus":
            return self._messages.text("chat.no_articles")  # here nobody can type a command line
        if isinstance(reply, NoAnswer) and reply.reason == "no_terms":
            return self._messages.text("chat.no_terms", more=self._messages.text("button.more"))
        return wording.verdict(reply, filters, self._messages)

    def _message(
        self,
        head: Html,
        quotes: Sequence[Quote],
        first: int | None,
        *,
        closest: str | None = None,
        foot: Html = Html(""),  # noqa: B008  # a string
    ) -> Html:
        """Quotes between *head* and *foot*; under the heading *closest* they are no answer."""
        around = [head, foot] if closest is None else [head, foot, escape(closest)]
        sources = [
            self._source(quote, None if first is None else first + n, is_quiet=closest is not None)
            for n, quote in enumerate(quotes)
        ]
        room = LIMIT - sum(shown_length(part) + len(BLANK_LINE) for part in around)
        count, room = _fitting(sources, room)
        shares = _shares([utf16_length(quote.text) for quote in quotes[:count]], room)
        rest = lists.and_more(len(quotes) - count, self._messages)
        if closest is None:
            texts = [
                _quotation(fitted(quote, share), FOLDED_FROM if n == 0 else FOLDED_FROM_LATER)
                for n, (quote, share) in enumerate(zip(quotes, shares, strict=False))
            ]
        else:
            texts = [
                drawn(fitted(replace(quote, answer=None), share))
                for quote, share in zip(quotes, shares, strict=False)
            ]
        shown = [joined(pair, "\n") for pair in zip(texts, sources, strict=False)]
        if closest is not None and shown:
            inside = joined([*shown, rest], BLANK_LINE)
            shown, rest = [folded(joined([tag("b", escape(closest)), inside], "\n"))], Html("")
        return joined([head, *shown, rest, foot], BLANK_LINE)

    def _source(self, quote: Quote, number: int | None, *, is_quiet: bool) -> Html:
        """The citation, in italics where it does not stand under a quotation of its own."""
        line, also = self._citations.line(quote, number), self._citations.also_in(quote)
        cited = joined([line, also], "\n")
        return tag("i", cited) if is_quiet else cited

    def _in_place(self, quote: Quote, spans: Sequence[Span], number: int | None) -> Html:
        head = tag("b", self._citations.heading(quote))
        cited = self._citations.line(quote, number, is_named=False)
        foot = joined(
            [
                self._citations.origin(quote.article) if number is None else cited,
                _small(lists.facts(quote.article, self._messages)),
            ],
            "\n",
        )
        room = LIMIT - shown_length(head) - shown_length(foot) - 4 * len("\n")
        before, marked, behind = _marked(quote, spans, room)
        whole = joined([before, marked, behind])
        if shown_length(whole) <= FOLDED_FROM_AROUND:
            return joined([head, tag("blockquote", whole), foot], "\n")
        # Folded in one, a quote past the third line would be hidden from who asked for more
        place = [
            _folded_from(FOLDED_FROM_LATER, Html(before.strip())),
            _folded_from(FOLDED_FROM_AROUND, marked),
            _folded_from(FOLDED_FROM_LATER, Html(behind.strip())),
        ]
        return joined([head, *place, foot], "\n")


def _small(sentence: str) -> Html:
    return tag("i", escape(sentence))


def _quotation(shown: Sequence[Piece], folded_from: int) -> Html:
    """The quote, folded where it is long, unless that would hide the answer."""
    inside = drawn(shown)
    seen = next((n for n, piece in enumerate(shown) if piece.kind == "answer"), 0)
    is_answer_seen = sum(utf16_length(piece.text) for piece in shown[:seen]) <= SEEN_OF_FOLDED
    if shown_length(inside) > folded_from and is_answer_seen:
        return folded(inside)
    return tag("blockquote", inside)


def _fitting(sources: Sequence[Html], room: int) -> tuple[int, int]:
    """How many quotes fit into *room* with their *sources*, and the room left for their words."""
    for count in range(len(sources), 0, -1):
        left = room - sum(shown_length(s) + len("\n") + len(BLANK_LINE) for s in sources[:count])
        if count < len(sources):
            left -= lists.MORE_MAX
        if left >= count * QUOTE_MIN:
            return count, left
    return 0, room


def _shares(needs: Sequence[int], room: int) -> list[int]:
    """
    How much of *room* each quote gets: what it needs, where that is no more than its share.

    What is left over goes to those that need more; the first counts double.
    """
    shares = [0] * len(needs)
    waiting = set(range(len(needs)))
    while waiting:
        unit = room // sum(_weight(n) for n in waiting)
        content = {n for n in waiting if needs[n] <= unit * _weight(n)} or set(waiting)
        for n in content:
            shares[n] = min(needs[n], unit * _weight(n))
            room -= shares[n]
        waiting -= content
    return shares


def _weight(n: int) -> int:
    return FIRST_QUOTE_WEIGHT if n == 0 else 1


def _folded_from(limit: int, inside: Html) -> Html:
    return folded(inside) if shown_length(inside) > limit else tag("blockquote", inside)


def _marked(quote: Quote, spans: Sequence[Span], room: int) -> tuple[Html, Html, Html]:
    """
    The article's words from the first of *spans* to the last, as what stands before the
    quote, the quote in bold, and what stands behind it.
    """
    text = quote.article.text
    whole = Span(
        min([quote.span.start, *(span.start for span in spans)]),
        max([quote.span.stop, *(span.stop for span in spans)]),
    )
    before = ELLIPSIS + "\n" if text[: whole.start].strip() else ""
    behind = "\n" + ELLIPSIS if text[whole.stop :].strip() else ""
    room -= len(before) + len(behind)
    place = replace(quote, span=whole, answer=quote.span)
    shown = fitted(place, room)
    if all(piece.kind != "answer" for piece in shown):  # the quote alone is too long
        return Html(""), drawn(fitted(quote, room)), Html("")
    # An ellipsis is said once, also where both the paragraphs and the article go on
    before = "" if shown[0].kind == "elided" else before
    behind = "" if shown[-1].kind == "elided" else behind
    at = next(n for n, piece in enumerate(shown) if piece.kind == "answer")
    texts = [escape(piece.text) for piece in shown]
    return (
        joined([escape(before), *texts[:at]]),
        tag("b", drawn(pieces(quote), "u")),
        joined([*texts[at + 1 :], escape(behind)]),
    )
