"""
An article that an alert tells of, in a chat's markup: its title, its quote, the words that
matched in bold.

Each of these has a bounded length and a bounded number of formatted stretches.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.alerts.quoting import words_in
from bot.render.cited import TITLE_MAX, Citations, fitted
from bot.render.markup import Html, anchor, escape, joined, one_line, tag
from retrieval.types import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.alerts.views import Report
    from bot.render.highlight import Piece

MARKS_MAX = 30
"""Stretches of a quote in bold: past that nobody sees which word it was, and a message may have
100 formatted stretches in all."""

TITLE_MARKS_MAX = 8

# Stand around a word of a title while it is cut. Telegram shows neither, so no title loses them.
_ON, _OFF = "\ufdd0", "\ufdd1"


def heading(report: Report, citations: Citations) -> Html:
    """The title in bold, linked, with the words that matched underlined; else what stands for it."""
    title = report.article.title or ""
    marked = one_line(_with_marks(title, report.title_words), TITLE_MAX + 2 * TITLE_MARKS_MAX)
    if not marked.replace(_ON, "").replace(_OFF, "").strip():
        return tag("b", citations.heading(report.quote))
    first, *rest = marked.split(_ON)
    shown = [escape(first)]
    for part in rest:
        word, _, behind = part.partition(_OFF)
        shown += [tag("u", escape(word)), escape(behind)]
    return tag("b", anchor(citations.link(report.quote), joined(shown)))


def quotation(report: Report, max_units: int) -> Html:
    """The quote, of at most so many UTF-16 units, with the words that matched in bold."""
    words = _in_rows(words_in(report.quote, report.words), report.article.text)[:MARKS_MAX]
    # What is too long is cut around the first word that matched
    quote = replace(report.quote, answer=words[0] if words else None)
    shown = fitted(quote, max_units)
    return tag("blockquote", joined(_bold(piece, words) for piece in shown))


def struck_quotation(report: Report, max_units: int) -> Html:
    """The quote of an article that was withdrawn, struck through."""
    shown = fitted(replace(report.quote, answer=None), max_units)
    return tag("blockquote", tag("s", joined(escape(piece.text) for piece in shown)))


def _with_marks(title: str, words: Iterable[Span]) -> str:
    """*title* with a mark before and behind each of *words*."""
    # Telegram shows these characters as U+FFFD, so as such they stay
    text = title.replace(_ON, "\ufffd").replace(_OFF, "\ufffd")
    found = _in_rows([span for span in words if span.stop <= len(text)], text)
    for span in reversed(found[:TITLE_MARKS_MAX]):
        text = text[: span.start] + _ON + span.of(text) + _OFF + text[span.stop :]
    return text


def _in_rows(words: Sequence[Span], text: str) -> list[Span]:
    """*words*, in order, those with nothing but white space between them as one."""
    rows: list[Span] = []
    for span in words:
        if rows and not text[rows[-1].stop : span.start].strip():
            rows[-1] = Span(rows[-1].start, span.stop)
        else:
            rows.append(span)
    return rows


def _bold(piece: Piece, words: Iterable[Span]) -> Html:
    if piece.kind == "elided":
        return escape(piece.text)
    shown: list[Html] = []
    at = piece.span.start
    for word in words:
        start, stop = max(word.start, piece.span.start), min(word.stop, piece.span.stop)
        if start < stop:
            text, begin = piece.text, piece.span.start
            shown.append(escape(text[at - begin : start - begin]))
            shown.append(tag("b", escape(text[start - begin : stop - begin])))
            at = stop
    return joined([*shown, escape(piece.text[at - piece.span.start :])])
