"""
Standing queries against new articles: which of many thousand match, and by which words.

Pure: no store, no clock, no chat. The usual search is turned round: queries are kept by a
word that an article must hold to match at all, the rarest there is, so that an article is
compared with the few queries whose word it holds. What that gives is what comparing it with
every query would give.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

from retrieval.index.snapshot import Group, host_of
from retrieval.language.analysis import analyze, query_terms
from retrieval.language.folding import normalise
from retrieval.language.scripts import base_language
from retrieval.query.tree import (
    AllOf,
    Node,
    NoneOf,
    Prefix,
    StandingQuery,
    Topic,
    Where,
    Words,
)
from retrieval.types import Article, Filters, Span

K1: Final = 1.2
B: Final = 0.75

WINDOW: Final = 100
"""Tokens of an article that are looked at together for a topic: a passage's length."""

LEAST: Final = 0.35
"""
The score from which an article is about a topic, unless the subscription has its own.

All words of the topic once in a passage of usual length give .45.
"""

PREFIX_KEY: Final = 3  # the letters of a prefix that queries are kept by

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
        for compiled in self._by_lang.values():
            compiled.add(query_id, query, least)

    def remove(self, query_id: int) -> None:
        """Forget a query; nothing if there is none of this id."""
        if self._queries.pop(query_id, None) is not None:
            for compiled in self._by_lang.values():
                compiled.remove(query_id)

    def match(self, article: Article) -> list[Match]:
        """The matches of *article*, by the queries' ids."""
        compiled, document = self._prepared(article)
        matches = (compiled.match(i, document) for i in compiled.candidates(document))
        return [match for match in matches if match is not None]

    def match_all(self, article: Article) -> list[Match]:
        """The same by comparing with every query: slow, and the measure for ``match``."""
        compiled, document = self._prepared(article)
        matches = (compiled.match(i, document) for i in sorted(self._queries))
        return [match for match in matches if match is not None]

    def _prepared(self, article: Article) -> tuple[_Compiled, _Document]:
        lang = base_language(article.lang)
        compiled = self._by_lang.get(lang)
        if compiled is None:
            compiled = self._by_lang[lang] = _Compiled(lang, self._rarity)
            for query_id, (query, least) in self._queries.items():
                compiled.add(query_id, query, least)
        return compiled, _Document(article)


class _Document:
    """
    An article's tokens, title first, numbered: a term's *slots* are where it stands.

    Between title and text a number is left out, so that nothing stands in a row across.
    """

    def __init__(self, article: Article) -> None:
        self.article = article
        self.slots: dict[str, list[int]] = {}
        self.places: list[Span] = []
        self._surfaces: dict[str, list[tuple[str, int]]] | None = None
        self._read(article.title or "", article.lang)
        self.title_stop = len(self.places)
        self.places.append(Span(0, 0))
        self._read(article.text, article.lang)

    def _read(self, text: str, lang: str | None) -> None:
        slots, places = self.slots, self.places
        start = -1
        for term in analyze(text, lang):
            if term.start != start:
                start = term.start
                places.append(Span(start, term.stop))
            else:
                places[-1] = Span(start, max(places[-1].stop, term.stop))
            slots.setdefault(term.text, []).append(len(places) - 1)

    def beginning_with(self, prefix: str) -> list[int]:
        """The slots of words that begin so."""
        words = self._surface_words().get(prefix[:PREFIX_KEY], ())
        return [slot for word, slot in words if word.startswith(prefix)]

    def _surface_words(self) -> dict[str, list[tuple[str, int]]]:
        """The words as they are written, folded, by their first letters; made when asked for."""
        if self._surfaces is None:
            self._surfaces = {}
            for slot, place in enumerate(self.places):
                if len(place):
                    word = _folded(place.of(self._text_of(slot)))
                    self._surfaces.setdefault(word[:PREFIX_KEY], []).append((word, slot))
        return self._surfaces

    def prefix_keys(self) -> Collection[str]:
        """The first letters of all words."""
        return self._surface_words().keys()

    def _text_of(self, slot: int) -> str:
        return (self.article.title or "") if slot < self.title_stop else self.article.text


class _Compiled:
    """The queries for articles in one language."""

    def __init__(self, lang: str | None, rarity: Callable[[str], float]) -> None:
        self._lang = lang
        self._rarity = rarity
        self._tests: dict[int, _Test | _Nearness] = {}
        self._keys: dict[int, frozenset[str]] = {}
        self._by_key: dict[str, set[int]] = {}
        self._prefixes = 0
        self._always: set[int] = set()

    def add(self, query_id: int, query: StandingQuery, least: float) -> None:
        if isinstance(query.matcher, Topic):
            test: _Test | _Nearness = _nearness(query.matcher, self._lang, self._rarity, least)
        else:
            test = _compile(query.matcher, self._lang)
        keys = test.keys(self._rarity)
        self._tests[query_id] = test
        if keys is None:
            self._always.add(query_id)
            return
        self._keys[query_id] = keys
        for key in keys:
            self._by_key.setdefault(key, set()).add(query_id)
            self._prefixes += key.startswith(_PREFIX_MARK)

    def remove(self, query_id: int) -> None:
        del self._tests[query_id]
        self._always.discard(query_id)
        for key in self._keys.pop(query_id, ()):
            self._by_key[key].discard(query_id)
            if not self._by_key[key]:
                del self._by_key[key]
            self._prefixes -= key.startswith(_PREFIX_MARK)

    def candidates(self, document: _Document) -> list[int]:
        """The queries one of whose keys *document* holds, in order."""
        found = set(self._always)
        for key in self._by_key.keys() & document.slots.keys():
            found |= self._by_key[key]
        if self._prefixes:
            for letters in document.prefix_keys():
                found |= self._by_key.get(_PREFIX_MARK + letters, _NOBODY)
        return sorted(found)

    def match(self, query_id: int, document: _Document) -> Match | None:
        test = self._tests[query_id]
        found: list[int] = []
        if isinstance(test, _Nearness):
            score = test.score(document, found)
            return None if score < test.least else _match(query_id, document, found, score)
        return _match(query_id, document, found, None) if test.holds(document, found) else None


_PREFIX_MARK = "\x00"  # stands in no term
_NOBODY: frozenset[int] = frozenset()


def _match(query_id: int, document: _Document, slots: Iterable[int], score: float | None) -> Match:
    ordered = sorted(set(slots))
    stop = document.title_stop
    title = _merged(document.places[slot] for slot in ordered if slot < stop)
    text = _merged(document.places[slot] for slot in ordered if slot > stop)
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


# --- queries of words -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    """Words in a row, as their terms and how far behind the first slot each stands."""

    terms: tuple[tuple[str, int], ...]
    length: int
    in_title: bool

    def holds(self, document: _Document, found: list[int]) -> bool:
        starts = self._starts(document)
        for start in starts:
            found.extend(range(start, start + self.length))
        return bool(starts)

    def _starts(self, document: _Document) -> list[int]:
        slots = [document.slots.get(term) for term, _ in self.terms]
        if not slots or None in slots:
            return []
        (_, first), *_ = self.terms
        starts = {slot - first for slot in slots[0] or ()}
        for (_, offset), those in zip(self.terms[1:], slots[1:], strict=True):
            starts &= {slot - offset for slot in those or ()}
        stop = document.title_stop
        return sorted(
            start
            for start in starts
            if start >= 0 and (start + self.length <= stop or (start > stop and not self.in_title))
        )

    def keys(self, rarity: Callable[[str], float]) -> frozenset[str] | None:
        # Of no terms the key is one that no article holds, as it never matches
        return frozenset([max((term for term, _ in self.terms), key=rarity, default="")])


@dataclass(frozen=True, slots=True)
class _Beginning:
    prefix: str
    in_title: bool

    def holds(self, document: _Document, found: list[int]) -> bool:
        slots = [
            slot
            for slot in document.beginning_with(self.prefix)
            if slot < document.title_stop or not self.in_title
        ]
        found += slots
        return bool(slots)

    def keys(self, _: Callable[[str], float]) -> frozenset[str] | None:
        return frozenset([_PREFIX_MARK + self.prefix[:PREFIX_KEY]])


@dataclass(frozen=True, slots=True)
class _Of:
    where: Where

    def holds(self, document: _Document, _: list[int]) -> bool:
        return satisfies(document.article, self.where.filters)

    def keys(self, _: Callable[[str], float]) -> frozenset[str] | None:
        return None


@dataclass(frozen=True, slots=True)
class _All:
    tests: tuple[_Test, ...]

    def holds(self, document: _Document, found: list[int]) -> bool:
        return all(test.holds(document, found) for test in self.tests)

    def keys(self, rarity: Callable[[str], float]) -> frozenset[str] | None:
        """Of the part that is rarest: whose most common key is the least common."""
        choices = [keys for test in self.tests if (keys := test.keys(rarity)) is not None]
        return max(choices, key=lambda keys: _rarest(keys, rarity), default=None)


@dataclass(frozen=True, slots=True)
class _Any:
    tests: tuple[_Test, ...]

    def holds(self, document: _Document, found: list[int]) -> bool:
        # All of them, not just the first: each that holds is evidence
        return sum(test.holds(document, found) for test in self.tests) > 0

    def keys(self, rarity: Callable[[str], float]) -> frozenset[str] | None:
        all_keys: set[str] = set()
        for test in self.tests:
            keys = test.keys(rarity)
            if keys is None:
                return None
            all_keys |= keys
        return frozenset(all_keys)


@dataclass(frozen=True, slots=True)
class _None:
    test: _Test

    def holds(self, document: _Document, _: list[int]) -> bool:
        return not self.test.holds(document, [])

    def keys(self, _: Callable[[str], float]) -> frozenset[str] | None:
        return None


_Test = _Row | _Beginning | _Of | _All | _Any | _None


def _rarest(keys: Collection[str], rarity: Callable[[str], float]) -> float:
    """How rare the most common of *keys* is; a beginning counts as common as any."""
    return min((0.0 if key.startswith(_PREFIX_MARK) else rarity(key) for key in keys), default=1e9)


def _compile(node: Node, lang: str | None) -> _Test:
    if isinstance(node, Words):
        return _row(node, lang)
    if isinstance(node, Prefix):
        return _Beginning(_folded(node.text), node.in_title)
    if isinstance(node, Where):
        return _Of(node)
    if isinstance(node, NoneOf):
        return _None(_compile(node.node, lang))
    tests = tuple(_compile(inner, lang) for inner in node.nodes)
    return _All(tests) if isinstance(node, AllOf) else _Any(tests)


def _row(words: Words, lang: str | None) -> _Row:
    terms: list[tuple[str, int]] = []
    slot, start = -1, -1
    for term in analyze(words.text, lang):
        if term.start != start:
            start = term.start
            slot += 1
        terms.append((term.text, slot))
    return _Row(tuple(terms), slot + 1, words.in_title)


def _folded(word: str) -> str:
    """*word* without case and marks, as it is typed."""
    bare = unicodedata.normalize("NFD", normalise(word).casefold())
    return "".join(sign for sign in bare if not unicodedata.combining(sign))


def satisfies(article: Article, filters: Filters) -> bool:
    """Whether the article's outlet, language and date are those wanted, as in a search."""
    if not Group(article.source, host_of(article.url), article.lang).satisfies(filters):
        return False
    if filters.after is None and filters.before is None:
        return True
    when = article.published
    return (
        when is not None
        and (filters.after is None or when >= filters.after)
        and (filters.before is None or when < filters.before)
    )


# --- topics -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Nearness:
    """
    How much of a topic's weight a passage of the article holds: BM25, as the index has it,
    divided by the most that it could be (Robertson and Zaragoza 2009, doi:10.1561/1500000019).
    """

    topic: Topic
    weights: Mapping[str, float]
    least: float
    total: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "total", sum(self.weights.values()))

    def keys(self, _: Callable[[str], float]) -> frozenset[str] | None:
        """
        The heaviest terms: without any of them, the others cannot reach the least score.
        """
        light_first = sorted(self.weights.items(), key=lambda item: item[1])
        sums = accumulate(weight for _, weight in light_first)
        least = self.least * self.total
        return frozenset(
            term for (term, _), so_far in zip(light_first, sums, strict=True) if so_far >= least
        )

    def score(self, document: _Document, found: list[int]) -> float:
        if not satisfies(document.article, self.topic.filters) or not self.total:
            return -1.0
        slots = {t: document.slots[t] for t in self.weights if t in document.slots}
        best, best_window = 0.0, range(0)
        for window in _windows(document):
            score = self._score(document, slots, window)
            if score > best:
                best, best_window = score, window
        found += (
            slot
            for those in slots.values()
            for slot in those
            if slot in best_window or slot < document.title_stop
        )
        return best / self.total

    def _score(
        self, document: _Document, slots: Mapping[str, Sequence[int]], window: range
    ) -> float:
        title = document.title_stop
        norm = K1 * (1 - B + B * (len(window) + title) / WINDOW)
        score = 0.0
        for term, those in slots.items():
            count = sum(slot < title or slot in window for slot in those)
            score += self.weights[term] * count / (count + norm)
        return score


def _windows(document: _Document) -> Iterator[range]:
    """Stretches of the text of ``WINDOW`` tokens, each half in the next."""
    start, stop = document.title_stop + 1, len(document.places)
    yield range(start, min(start + WINDOW, stop))
    for at in range(start + WINDOW // 2, stop - WINDOW // 2, WINDOW // 2):
        yield range(at, min(at + WINDOW, stop))


def _nearness(
    topic: Topic, lang: str | None, rarity: Callable[[str], float], least: float
) -> _Nearness:
    weights = {term: rarity(term) for term in query_terms(topic.text, [lang])}
    return _Nearness(topic, weights, least)
