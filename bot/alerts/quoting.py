"""Which sentence of an article shows why a standing query matched it; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from retrieval.language.analysis import analyze
from retrieval.segment import paragraphs, segment, word_count
from retrieval.types import Article, Quote, Sentence, Span

# Words of a sentence that says something; fewer are a heading, a byline or a place.
_TELLING_WORDS = 5


class Evidence(Protocol):
    """What matched in an article: a ``Match``, or a ``MatchRecord``."""

    @property
    def spans(self) -> tuple[Span, ...]:
        """In the article's text."""

    @property
    def score(self) -> float | None:
        """Of a topic."""


def quote_of(article: Article, match: Evidence) -> Quote:
    """
    The sentence that holds the most different words of those that matched.

    Of several the first one that is no mere heading. Where no word of the text matched,
    but the title or what the article is, the lead is quoted. The fragment in which a
    truncated text breaks off is quoted only where there is nothing else.

    Args:
        article: In the version that matched: spans of another one point at other words.
        match: What matched.

    Raises:
        ValueError: If the article has no text; none is ever stored without.
    """
    sentences = _sentences(article)
    complete = [sentence for sentence in sentences if sentence.is_complete] or sentences
    if not complete:
        return _whole(article, match)
    best = max(complete, key=lambda one: _worth(article, one, match.spans))  # the first of equals
    return Quote(article, best.span, best.paragraph, match.score or 0.0)


def words_in(quote: Quote, spans: Iterable[Span]) -> tuple[Span, ...]:
    """Those of *spans* that lie within *quote*, in the article's text, in order."""
    return tuple(sorted(span for span in spans if len(span) and quote.span.holds(span)))


def _sentences(article: Article) -> list[Sentence]:
    """In text order; neighbouring passages may share some."""
    found = {one.span: one for passage in segment(article) for one in passage.sentences}
    return sorted(found.values(), key=lambda one: one.span)


def _worth(article: Article, sentence: Sentence, spans: Sequence[Span]) -> tuple[int, bool]:
    inside = {
        term.text
        for span in spans
        if sentence.span.holds(span)
        for term in analyze(span.of(article.text), article.lang)
    }
    return len(inside), word_count(sentence.span.of(article.text)) >= _TELLING_WORDS


def _whole(article: Article, match: Evidence) -> Quote:
    """The first paragraph of a text without a letter."""
    blocks = paragraphs(article.text) if article.text.strip() else []
    if not blocks:
        raise ValueError(f"article has no text: {article.id!r}")
    return Quote(article, blocks[0], 1, match.score or 0.0)
