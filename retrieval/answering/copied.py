"""Copies in an answer: one of them is read, and its quotes name the others that hold the words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import regex

from retrieval.answering.candidates import analysed
from retrieval.answering.near_identical import say_the_same
from retrieval.index.snapshot import Group, host_of
from retrieval.store import Store
from retrieval.types import Article, Context, Filters, Quote, Sentence, Span

_LAST = datetime.max.replace(tzinfo=UTC)


class Copies:
    """What the store knows of the copies among some ranked passages' articles."""

    def __init__(self, store: Store, contexts: Sequence[Context]) -> None:
        self._store = store
        self._of = store.copies_of({context.article.id for context in contexts})

    def without(self, contexts: Sequence[Context]) -> list[Context]:
        """
        *contexts* with one article of each group of copies: the best in rank, and of those
        that score the same the earliest.
        """
        chosen: set[str] = set()
        dropped: set[str] = set()
        for context in sorted(contexts, key=lambda c: (-c.hit.score, _date(c.article))):
            article_id = context.article.id
            if article_id in self._of and article_id not in dropped | chosen:
                chosen.add(article_id)
                dropped.update(self._of[article_id])
        return [context for context in contexts if context.article.id not in dropped]

    def also_in(self, quote: Quote, filters: Filters) -> Quote:
        """*quote* with the copies of its article that hold its words, the earliest first."""
        known = {quote.article.id, *(other.article.id for other in quote.also_in)}
        ids = [one for one in self._of.get(quote.article.id, ()) if one not in known]
        articles = sorted(self._store.get_many(ids).values(), key=_date)
        found = [
            place
            for article in articles
            if _satisfies(article, filters) and (place := self._place(quote, article)) is not None
        ]
        return replace(quote, also_in=(*quote.also_in, *found))

    def _place(self, quote: Quote, article: Article) -> Quote | None:
        """Where *article* has the words of *quote*, or nearly those of one of its sentences."""
        words = map(regex.escape, quote.text.split())
        match = regex.search(r"\s+".join(words), article.text, regex.IGNORECASE)
        sentences = self._sentences(article)
        if match is not None:
            place = Span(*match.span())
            paragraph = next((s.paragraph for s in sentences if s.span.overlaps(place)), 1)
            return Quote(article, place, paragraph, quote.score)
        quoted = [
            analysed(s.span.of(quote.article.text), quote.article.lang)
            for s in self._sentences(quote.article)
            if quote.span.holds(s.span)
        ]
        for sentence in sentences:
            said = analysed(sentence.span.of(article.text), article.lang)
            if any(say_the_same(said, one) for one in quoted):
                return Quote(article, sentence.span, sentence.paragraph, quote.score)
        return None

    def _sentences(self, article: Article) -> list[Sentence]:
        return [
            sentence
            for stored in self._store.article_passages(article.id)
            for sentence in stored.passage.sentences
            if sentence.is_complete and len(sentence.span)
        ]


def _satisfies(article: Article, filters: Filters) -> bool:
    group = Group(article.source, host_of(article.url), article.lang)
    at = article.published
    return (
        group.satisfies(filters)
        and (not filters.articles or article.id in filters.articles)
        and (filters.after is None or (at is not None and at >= filters.after))
        and (filters.before is None or (at is not None and at < filters.before))
    )


def _date(article: Article) -> datetime:
    return article.published or _LAST
