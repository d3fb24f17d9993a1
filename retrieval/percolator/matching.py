"""
Which queries an article matches.

The usual search is turned round: queries are kept by a word that an article must hold to
match at all, the rarest there is, so that an article is compared with the few queries whose
word it holds. What that gives is what comparing it with every query would give.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from retrieval.language.scripts import base_language
from retrieval.percolator.document import Document, Place
from retrieval.percolator.topics import LEAST, Nearness, nearness
from retrieval.percolator.words import PREFIX_MARK, Test, compiled
from retrieval.query.tree import StandingQuery, Topic
from retrieval.types import Article, Span

EVIDENCE_MAX: Final = 60
"""Places told of a match."""


@dataclass(frozen=True, slots=True)
class Match:
    """
    An article matches a query.

    Attributes:
        query_id: The query's.
        spans: The words that made it match, in the article's text, in order; empty where
            they stand in the title only, or the query asks for no word.
        title_spans: The same in its title.
        score: Of a topic, from 0 to 1; None for a query of words.
    """

    query_id: int
    spans: tuple[Span, ...] = ()
    title_spans: tuple[Span, ...] = ()
    score: float | None = None


class Percolator:
    """
    Queries that wait for articles.

    Not for several threads at once.

    Args:
        rarity: The weight of a term, an inverse document frequency: the higher, the rarer.
    """

    def __init__(self, rarity: Callable[[str], float]) -> None:
        self._rarity = rarity
        self._queries: dict[int, tuple[StandingQuery, float]] = {}
        self._by_lang: dict[str | None, _Compiled] = {}

    def __len__(self) -> int:
        return len(self._queries)

    def __contains__(self, query_id: int) -> bool:
        return query_id in self._queries

    def add(self, query_id: int, query: StandingQuery, *, least: float = LEAST) -> None:
        """Keep *query*, in place of another of this id; *least* is the score of a topic's match."""
        self.remove(query_id)
        self._queries[query_id] = query, least
        for queries in self._by_lang.values():
            queries.add(query_id, query, least)

    def remove(self, query_id: int) -> None:
        """Forget a query; nothing if there is none of this id."""
        if self._queries.pop(query_id, None) is not None:
            for queries in self._by_lang.values():
                queries.remove(query_id)

    def match(self, article: Article) -> list[Match]:
        """The matches of *article*, by the queries' ids."""
        queries, document = self._prepared(article)
        matches = (queries.match(i, document) for i in queries.candidates(document))
        return [match for match in matches if match is not None]

    def match_all(self, article: Article) -> list[Match]:
        """The same by comparing with every query: slow, and the measure for ``match``."""
        queries, document = self._prepared(article)
        matches = (queries.match(i, document) for i in sorted(self._queries))
        return [match for match in matches if match is not None]

    def keys(self, query_id: int, lang: str | None) -> frozenset[str] | None:
        """
        Terms of which an article in *lang* holds at least one if it matches: what to look up
        where articles are indexed. None where there are none, as in ``tank*`` or ``-football``.
        """
        keys = self._for(base_language(lang)).keys(query_id)
        if keys is None or any(key.startswith(PREFIX_MARK) for key in keys):
            return None
        return keys

    def _prepared(self, article: Article) -> tuple[_Compiled, Document]:
        return self._for(base_language(article.lang)), Document(article)

    def _for(self, lang: str | None) -> _Compiled:
        queries = self._by_lang.get(lang)
        if queries is None:
            queries = self._by_lang[lang] = _Compiled(lang, self._rarity)
            for query_id, (query, least) in self._queries.items():
                queries.add(query_id, query, least)
        return queries


class _Compiled:
    """The queries for articles in one language."""

    def __init__(self, lang: str | None, rarity: Callable[[str], float]) -> None:
        self._lang = lang
        self._rarity = rarity
        self._tests: dict[int, Test | Nearness] = {}
        self._keys: dict[int, frozenset[str]] = {}
        self._by_key: dict[str, set[int]] = {}
        self._prefixes = 0
        self._always: set[int] = set()

    def add(self, query_id: int, query: StandingQuery, least: float) -> None:
        if isinstance(query.matcher, Topic):
            test: Test | Nearness = nearness(query.matcher, self._lang, self._rarity, least)
        else:
            test = compiled(query.matcher, self._lang)
        keys = test.keys(self._rarity)
        self._tests[query_id] = test
        if keys is None:
            self._always.add(query_id)
            return
        self._keys[query_id] = keys
        for key in keys:
            self._by_key.setdefault(key, set()).add(query_id)
            self._prefixes += key.startswith(PREFIX_MARK)

    def remove(self, query_id: int) -> None:
        del self._tests[query_id]
        self._always.discard(query_id)
        for key in self._keys.pop(query_id, ()):
            self._by_key[key].discard(query_id)
            if not self._by_key[key]:
                del self._by_key[key]
            self._prefixes -= key.startswith(PREFIX_MARK)

    def keys(self, query_id: int) -> frozenset[str] | None:
        """See ``Percolator.keys``; prefixes are among them."""
        return self._keys.get(query_id)

    def candidates(self, document: Document) -> list[int]:
        """The queries one of whose keys *document* holds, in order."""
        found = set(self._always)
        for key in self._by_key.keys() & document.slots.keys():
            found |= self._by_key[key]
        if self._prefixes:
            for letters in document.prefix_keys():
                found |= self._by_key.get(PREFIX_MARK + letters, _NOBODY)
        return sorted(found)

    def match(self, query_id: int, document: Document) -> Match | None:
        test = self._tests[query_id]
        found: list[Place] = []
        if isinstance(test, Nearness):
            score = test.score(document, found)
            return None if score < test.least else _match(query_id, document, found, score)
        return _match(query_id, document, found, None) if test.holds(document, found) else None


_NOBODY: frozenset[int] = frozenset()


def _match(query_id: int, document: Document, found: Iterable[Place], score: float | None) -> Match:
    spans = [(slot, Span(document.places[slot].start, stop)) for slot, stop in sorted(set(found))]
    gap = document.title_stop
    title = _merged(span for slot, span in spans if slot < gap)
    text = _merged(span for slot, span in spans if slot > gap)
    return Match(query_id, text, title, score)


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """*spans*, in order, those that overlap as one: a character of Han and the two after it."""
    merged: list[Span] = []
    for span in spans:
        if merged and span.overlaps(merged[-1]):
            merged[-1] = Span(merged[-1].start, max(merged[-1].stop, span.stop))
        else:
            merged.append(span)
    return tuple(merged[:EVIDENCE_MAX])
