"""Question -> terms -> ranked passages with their articles, from an index and the store."""

from __future__ import annotations

from retrieval.index import Index
from retrieval.language.analysis import query_terms
from retrieval.language.detect import detect_language
from retrieval.store import Store
from retrieval.types import Context, Filters

# A language of fewer passages than this share is taken for a slip of the detector,
# and is not asked for when the question's own language is uncertain.
_LEAST_SHARE = 0.01
_MOST_LANGS = 4

# Of the weight of a topic's words: one of two is too few, unless the other is hardly one.
_ABOUT = 0.75


class Retriever:
    """BM25 over the passages of a store."""

    def __init__(self, store: Store, index: Index) -> None:
        self._store = store
        self._index = index

    def question_langs(self, question: str) -> list[str | None]:
        """
        The languages whose rules give the question's terms.

        Its own, if the corpus has it and the question is long enough to tell;
        otherwise the corpus's main ones, since a name has no language.
        """
        sizes = self._index.langs()
        least = _LEAST_SHARE * sum(sizes.values())
        main = sorted((lang for lang in sizes if sizes[lang] >= least), key=lambda x: -sizes[x])
        known = [lang for lang in main if lang is not None]
        own = detect_language(question, among=known) if known else None
        return [own] if own is not None else main[:_MOST_LANGS]

    def query_terms(self, question: str, lang: str | None = None) -> list[str]:
        """The distinct terms to look up; *lang* overrules detection."""
        return query_terms(question, [lang] if lang else self.question_langs(question))

    def about(self, topic: str, filters: Filters) -> set[int]:
        """
        The passages that are about *topic*: they hold nearly all of its content words.

        That is most of them by idf, in a language that the topic may be in; how often they
        are said and how long the passage is count for nothing.
        """
        found: set[int] = set()
        everything = self._index.count()
        for lang in self.question_langs(topic):
            weights = {term: self._index.idf(term) for term in query_terms(topic, [lang])}
            held: dict[int, float] = {}
            for term, weight in weights.items():
                for hit in self._index.search([term], filters, everything):
                    held[hit.passage_id] = held.get(hit.passage_id, 0.0) + weight
            least = _ABOUT * sum(weights.values())
            found.update(passage_id for passage_id, share in held.items() if share >= least)
        return found

    def retrieve(self, terms: list[str], filters: Filters, k: int) -> list[Context]:
        """The best *k* passages for *terms*, best first."""
        hits = self._index.search(terms, filters, k)
        passages = self._store.passages([hit.passage_id for hit in hits])
        # A passage may have been replaced since the index was searched: then it is gone.
        held = [hit for hit in hits if hit.passage_id in passages]
        articles = self._store.get_many({passages[hit.passage_id].article_id for hit in held})
        return [
            Context(hit, articles[stored.article_id], stored.passage)
            for hit in held
            if (stored := passages[hit.passage_id]).article_id in articles
            and articles[stored.article_id].version == stored.version
        ]
