"""The last days of a corpus: which of its articles a query may match, found by the index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from retrieval.desk import Desk
from retrieval.percolator import LEAST, Match, Percolator
from retrieval.query import StandingQuery
from retrieval.types import Article, Filters

MOST_READ = 150_000
"""Characters that are read for one query: some tenth of a second. What is over is estimated."""

_STEP = 50  # articles fetched at a time
_MOST_LISTED = 20_000
_A_MOMENT = timedelta(microseconds=1)
_ONLY = 1  # the id of the query in a percolator of its own


@dataclass(frozen=True, slots=True)
class Window:
    """
    The days that are looked back at.

    Attributes:
        until: Now or, where nothing was published in the days before, when the newest
            article was.
        articles: How many are of then.
    """

    after: datetime
    until: datetime
    articles: int

    @property
    def filters(self) -> Filters:
        """Those of a search in it."""
        return Filters(after=self.after, before=self.until + _A_MOMENT)


@dataclass(frozen=True, slots=True)
class Found:
    """
    What a query matches in a window.

    Attributes:
        matches: The newest article first.
        read: How many articles were compared with the query, the newest, of ``candidates``
            that might match.
    """

    matches: tuple[tuple[Article, Match], ...]
    read: int
    candidates: int

    @property
    def scale(self) -> float:
        """By how much what was found is to be multiplied."""
        return self.candidates / self.read if self.read else 1.0


def window(desk: Desk, now: datetime, days: int) -> Window:
    """The last *days* before *now* or, if nothing is of then, before the newest article."""
    until, span = now, timedelta(days=days)
    articles = desk.store.count_dated(until - span, until + _A_MOMENT)
    if not articles:
        newest = next(iter(desk.store.iter_latest(before=until)), None)
        if newest is not None:
            until = desk.store.get(newest.id).published or until
            articles = desk.store.count_dated(until - span, until + _A_MOMENT)
    return Window(until - span, until, articles)


def find(
    desk: Desk, query: StandingQuery, within: Window, *, least: float = LEAST, most: int = MOST_READ
) -> Found:
    """
    The articles of a window that *query* matches, the newest first.

    Args:
        desk: Whose articles.
        query: Any.
        within: The window.
        least: The score from which an article is about a topic.
        most: So many characters are read; then the rest is left out.
    """
    percolator = Percolator(desk.index.idf)
    percolator.add(_ONLY, query, least=least)
    ids = _candidates(desk, percolator, within)
    matches: list[tuple[Article, Match]] = []
    read = characters = 0
    while read < len(ids) and characters < most:
        step = ids[read : read + _STEP]
        articles = desk.store.get_many(step)
        for article in (articles[i] for i in step if i in articles):
            characters += len(article.text)
            matches += ((article, match) for match in percolator.match(article))
        read += len(step)
    return Found(tuple(matches), read, len(ids))


def _candidates(desk: Desk, percolator: Percolator, within: Window) -> Sequence[str]:
    """The ids of the articles that may match, the newest first."""
    terms: set[str] = set()
    for lang in desk.index.langs():
        keys = percolator.keys(_ONLY, lang)
        if keys is None:
            newest = desk.store.iter_latest(within.filters.after, within.filters.before)
            return [row.id for row in islice(newest, _MOST_LISTED)]
        terms |= keys
    hits = desk.index.search(sorted(terms), within.filters, desk.index.count())
    return desk.store.latest_of((hit.passage_id for hit in hits), _MOST_LISTED)
