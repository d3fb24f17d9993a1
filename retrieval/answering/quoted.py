"""
A quote as the highlight sees it: its words, those of the question in it, and its frame.

The frame is what is no news for itself: a dateline ("CAIRO —"), and the capital that opens
a sentence or a quotation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import regex

from retrieval.answering.candidates import QuestionView
from retrieval.language.analysis import Term, analyze
from retrieval.types import Article, Span

_DATELINE = regex.compile(
    r"(?:^|(?<=\n))[\s\"“]*(?:[\p{Lu}\p{N}][^\n—–(:]{1,60}?)?"
    r"(?:\((?:\p{Lu}[\p{L}. ]{1,20})\)\s*[—–-]+\s|(?<=\p{Lu}{3}[^\n—–(]{0,40})\s?(?:—|–|--|-)\s)"
)
# What a sentence, a quotation or a list's item begins behind.
_OPENING = regex.compile(
    r"(?:^|\n|[.!?…:;。！？：]['\"”’»)]*\s|[—–]\s|[\"“„«¿¡‘(\[•]\s*)[\s\"“„«¿¡‘'(\[*•—–-]*\Z"
)
_BREAK = regex.compile(r"[,;:.!?()—–，；：。！？（）、،؛]\s?")
_BREAK_WIDTH = 12  # a break between clauses parts two words as so many characters do
_BEFORE = 12  # characters looked at for an opening


@dataclass(frozen=True)
class Quoted:
    """
    The text of *span* in an article, read with a question in mind; places are within it.

    Attributes:
        view: The question, as the article's language sees it.
        article: That is quoted.
        span: Of the quote, in the article's text.
    """

    view: QuestionView
    article: Article
    span: Span

    @cached_property
    def text(self) -> str:
        """What is quoted."""
        return self.span.of(self.article.text)

    @cached_property
    def terms(self) -> Sequence[Term]:
        """All of the text."""
        return analyze(self.text, self.article.lang)

    @cached_property
    def matched(self) -> list[Term]:
        """The question's terms in the text."""
        return [term for term in self.terms if term.text in self.view.weights]

    @cached_property
    def predicates(self) -> list[Term]:
        """Those of ``matched`` that are no names: what is asked about them."""
        return [term for term in self.matched if term.text not in self.view.names]

    @property
    def is_told(self) -> bool:
        """Whether the text says something of what is asked, not only of whom."""
        return bool(self.predicates) or self.view.weights.keys() <= self.view.names

    @cached_property
    def dateline(self) -> Span:
        """The place and the agency at the head of a report; empty where there is none."""
        found = _DATELINE.match(self.text)
        return Span(*found.span()) if found is not None else Span(0, 0)

    def is_opening(self, at: int) -> bool:
        """Whether a capital at *at* may be there only because a sentence begins."""
        if at == self.dateline.stop:
            return True
        return _OPENING.search(self.text, max(at - _BEFORE, 0), at) is not None

    def nearness(self, place: Span, terms: Sequence[Term] | None = None) -> float:
        """How near to the question's words in the text; breaks between them count as distance."""
        return math.fsum(
            self.view.weights[term.text]
            / math.sqrt(1 + self.gap(place, Span(term.start, term.stop)))
            for term in (self.matched if terms is None else terms)
        )

    def gap(self, one: Span, other: Span) -> int:
        """The characters between two places, and more for each break."""
        start, stop = min(one.stop, other.stop), max(one.start, other.start)
        return max(stop - start, 0) + _BREAK_WIDTH * self._breaks(start, stop)

    def is_unbroken(self, one: Span, other: Span) -> bool:
        """Whether no comma or bracket parts two places."""
        return not self._breaks(min(one.stop, other.stop), max(one.start, other.start))

    def _breaks(self, start: int, stop: int) -> int:
        return len(_BREAK.findall(self.text, start, stop)) if start < stop else 0
