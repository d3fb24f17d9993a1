"""
A quote as pieces to draw: plain words, the words that answer, and what was left out.

The pieces lie one behind the other over the whole quote, so that a renderer cannot
lose or repeat a word; every platform draws from these. Escaping is the renderer's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from retrieval.types import Span

if TYPE_CHECKING:
    from retrieval.types import Quote

ELLIPSIS = "…"

WORD_MAX_CHARS = 24
"""How far a cut moves to stand between words; past that (unspaced scripts) it goes between
characters."""


@dataclass(frozen=True, slots=True)
class Piece:
    """
    A part of a quote.

    Attributes:
        span: In the article's text, of an elided piece too.
        text: The article's words, or the ellipsis (with a space where it stands
            beside whole words) for an elided piece.
    """

    kind: Literal["plain", "answer", "elided"]
    span: Span
    text: str


def pieces(quote: Quote, max_chars: int | None = None) -> tuple[Piece, ...]:
    """
    *quote* in pieces, with no more than *max_chars* of its characters shown.

    The answer is shown whole even where it alone is longer; what is left out is
    marked by an elided piece. None shows everything.
    """
    text = quote.article.text
    shown = quote.span if max_chars is None else _window(quote, max_chars)
    cuts: list[tuple[Literal["plain", "answer", "elided"], Span]] = []
    cuts.append(("elided", Span(quote.span.start, shown.start)))
    if quote.answer is None or len(quote.answer) == 0:
        cuts.append(("plain", shown))
    else:
        cuts.append(("plain", Span(shown.start, quote.answer.start)))
        cuts.append(("answer", quote.answer))
        cuts.append(("plain", Span(quote.answer.stop, shown.stop)))
    cuts.append(("elided", Span(shown.stop, quote.span.stop)))
    return tuple(
        Piece(kind, span, _ellipsis(text, span, quote.span) if kind == "elided" else span.of(text))
        for kind, span in cuts
        if len(span) > 0
    )


def _ellipsis(text: str, span: Span, quote: Span) -> str:
    if span.start == quote.start:
        return ELLIPSIS + " " if text[span.stop - 1].isspace() else ELLIPSIS
    return " " + ELLIPSIS if text[span.start].isspace() else ELLIPSIS


def _window(quote: Quote, max_chars: int) -> Span:
    """The stretch to show: the quote's beginning if that holds the answer, else around it."""
    span = quote.span
    if len(span) <= max_chars:
        return span
    answer = quote.answer or Span(span.start, span.start)
    if answer.stop - span.start <= max_chars:
        start = span.start
    else:
        room = max(max_chars - len(answer), 0)
        start = max(answer.start - room // 2, span.start)
    stop = max(min(start + max_chars, span.stop), answer.stop)
    if stop == span.stop:  # room that is not needed behind the answer goes before it
        start = min(max(stop - max_chars, span.start), answer.start)
    bounds = _character_starts(quote)
    return Span(
        _between_words(quote.article.text, bounds, start, answer.start, span),
        _between_words(quote.article.text, bounds, stop, answer.stop, span),
    )


def _between_words(text: str, bounds: list[int], cut: int, answer: int, quote: Span) -> int:
    """*cut* moved towards the answer until it stands between words, else between characters."""
    if cut in (quote.start, quote.stop, answer):
        return cut
    step = 1 if cut < answer else -1
    place = cut
    while place != answer and abs(place - cut) <= WORD_MAX_CHARS:
        outer, inner = (place - 1, place) if step == 1 else (place, place - 1)
        if text[outer].isspace() and not text[inner].isspace():
            return place
        place += step
    inwards = [bound for bound in bounds if min(cut, answer) <= bound <= max(cut, answer)]
    if not inwards:
        return answer
    return inwards[0] if step == 1 else inwards[-1]


def _character_starts(quote: Quote) -> list[int]:
    """Where a user-perceived character begins: a cut elsewhere would tear accents and emoji."""
    import regex  # noqa: PLC0415  # imported on use: most quotes are never cut

    return [quote.span.start + found.start() for found in regex.finditer(r"\X", quote.text)]
