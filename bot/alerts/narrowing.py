"""Queries that bring less than one that brings too much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from retrieval.errors import QueryError
from retrieval.language.analysis import analyze
from retrieval.percolator import Match, Percolator
from retrieval.query import AllOf, AnyOf, StandingQuery, Words, parse_standing
from retrieval.types import Article

Way = Literal["word", "title", "phrase"]
Matches = Sequence[tuple[Article, Match]]

MOST_SHOWN = 3

# Words are looked for, and tried, in so many of the newest matches; so many are tried.
_SAMPLE = 100
_TRIED = 8
# A word in fewer of them narrows to hardly anything, in more to hardly less.
_LEAST_SHARE, _MOST_SHARE = 0.02, 0.5
_SHORTEST = 3
_SHORTEST_DENSE = 2  # characters of a script without spaces


@dataclass(frozen=True, slots=True)
class Narrowing:
    """
    A query that is to be used instead.

    Attributes:
        query: As it is to be written.
        way: What was done: a word added, or all looked for in titles, or as a phrase.
        per_day: Messages that it would have brought.
    """

    query: str
    way: Way
    per_day: float


def narrowings(
    query: StandingQuery,
    matches: Matches,
    now: datetime,
    budget: int,
    rate: Callable[[Collection[str], Collection[str]], float],
) -> tuple[Narrowing, ...]:
    """
    Queries that bring at most *budget* messages a day, those that keep the most first.

    Args:
        query: Of words: a topic is narrowed by its score.
        matches: What it brings, the newest first.
        now: From which relative dates count.
        budget: Messages a day.
        rate: How many messages a day it would be, if of the articles with the second ids only
            those with the first had matched.
    """
    if query.is_topic:
        return ()
    percolator = Percolator(lambda term: float(len(term)))
    tried: list[tuple[str, Way]] = []
    for text, way in _candidates(query, matches):
        try:
            percolator.add(len(tried), parse_standing(text, now))
        except QueryError:  # the query's words and one more may be too many
            continue
        tried.append((text, way))
    sample = [article for article, _ in matches[:_SAMPLE]]
    ids = {article.id for article in sample}
    kept: dict[int, set[str]] = {}
    for article in sample:
        for found in percolator.match(article):
            kept.setdefault(found.query_id, set()).add(article.id)
    rated = [Narrowing(*tried[number], rate(some, ids)) for number, some in kept.items()]
    fitting = [one for one in rated if 0 < one.per_day <= budget]
    return tuple(sorted(fitting, key=lambda one: -one.per_day)[:MOST_SHOWN])


def _candidates(query: StandingQuery, matches: Matches) -> Iterator[tuple[str, Way]]:
    matcher, text = query.matcher, query.text.strip()
    if isinstance(matcher, Words) and not matcher.in_title:
        yield f"title:{text}", "title"
    if isinstance(matcher, AllOf):
        words = [node for node in matcher.nodes if isinstance(node, Words)]
        if len(words) == len(matcher.nodes) and not any(w.is_phrase or w.in_title for w in words):
            yield '"{}"'.format(" ".join(word.text for word in words)), "phrase"
    whole = f"({text})" if isinstance(matcher, AnyOf) else text
    for word in _words(matches):
        yield f"{whole} {word}", "word"


def _words(matches: Matches) -> list[str]:
    """Words of the titles that part of the articles hold, those that most do first."""
    surfaces: dict[str, Counter[str]] = {}
    sample = matches[:_SAMPLE]
    for article, match in sample:
        title = article.title or ""
        seen: set[str] = set()
        for term in analyze(title, article.lang):
            word = title[term.start : term.stop]
            is_taken = any(s.start < term.stop and term.start < s.stop for s in match.title_spans)
            if term.is_stop or is_taken or term.text in seen or not _is_word(word):
                continue
            seen.add(term.text)
            surfaces.setdefault(term.text, Counter())[word.lower()] += 1
    counts = {term: forms.total() for term, forms in surfaces.items()}
    fitting = [
        term
        for term, count in counts.items()
        if _LEAST_SHARE * len(sample) <= count <= _MOST_SHARE * len(sample)
    ]
    fitting.sort(key=lambda term: (-counts[term], term))
    return [surfaces[term].most_common(1)[0][0] for term in fitting[:_TRIED]]


def _is_word(word: str) -> bool:
    dense = not word.isascii() and word.lower() == word.upper()
    return word.isalpha() and len(word) >= (_SHORTEST_DENSE if dense else _SHORTEST)
