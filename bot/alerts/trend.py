"""
How many articles a day match a query, outlet by outlet; pure but for reading the store.

Days are those of the chat's calendar. An article of which only the day is known, as midnight
in UTC, is of that day everywhere.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from retrieval.index.snapshot import Group, host_of
from retrieval.percolator import LEAST, Percolator
from retrieval.query import AllOf, Node, StandingQuery, Topic, Where
from retrieval.store import Listed, Store
from retrieval.types import Article, Filters

DAYS = 30

OUTLETS_MAX = 6
"""Outlets that are told apart: more colours are not."""

_STEP = 100  # articles that are read at a time
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OutletDays:
    """
    The articles of an outlet.

    Attributes:
        outlet: Its name; None for articles that name none.
        counts: One a day.
    """

    outlet: str | None
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """Articles in all."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Trend:
    """
    Articles a day that match a query.

    Attributes:
        first: The first day; the others follow it.
        outlets: Those with the most articles, at most six, the most first; none where nothing
            matches.
        rest: The articles of all other outlets, one count a day; empty if there are none.
    """

    first: date
    days: int
    outlets: tuple[OutletDays, ...] = ()
    rest: tuple[int, ...] = ()

    @property
    def total(self) -> int:
        """Articles in all."""
        return sum(outlet.total for outlet in self.outlets) + sum(self.rest)

    @property
    def last(self) -> date:
        """The last day."""
        return self.first + (self.days - 1) * _DAY

    def day(self, n: int) -> date:
        """The day of the count at *n*."""
        return self.first + n * _DAY


def trend(
    store: Store,
    query: StandingQuery,
    now: datetime,
    *,
    zone: ZoneInfo,
    rarity: Callable[[str], float],
    days: int = DAYS,
    least: float = LEAST,
) -> Trend:
    """
    Count the current articles of the last *days* days, today among them, that match.

    Args:
        store: What is counted; articles without a date are not.
        query: What they must match.
        now: Aware.
        zone: Whose midnights part the days.
        rarity: The weight of a term, see ``Percolator``; only a topic asks for it.
        days: How many, at least 1.
        least: The score of a topic's match.
    """
    first = now.astimezone(zone).date() - (days - 1) * _DAY
    percolator = Percolator(rarity)
    percolator.add(0, query, least=least)
    counts: defaultdict[str | None, Counter[int]] = defaultdict(Counter)
    names: dict[str | None, str | None] = {}
    for article in _articles(store, first, now, _wanted(query.matcher)):
        # Listed by its date, it has one
        at = 0 if article.published is None else (_day_of(article.published, zone) - first).days
        if 0 <= at < days and percolator.match(article):
            named = (article.source or "").strip() or None
            key = None if named is None else named.casefold()
            names.setdefault(key, named)
            counts[key][at] += 1
    ranked = sorted(counts, key=lambda key: (-counts[key].total(), key is None, key or ""))
    kept = ranked[:OUTLETS_MAX]
    rest = sum((counts[key] for key in ranked[OUTLETS_MAX:]), Counter[int]())
    return Trend(
        first,
        days,
        tuple(OutletDays(names[key], _row(counts[key], days)) for key in kept),
        _row(rest, days) if rest else (),
    )


def _row(counted: Counter[int], days: int) -> tuple[int, ...]:
    return tuple(counted[n] for n in range(days))


def _day_of(published: datetime, zone: ZoneInfo) -> date:
    is_day_only = published.time() == time(0)
    return (published if is_day_only else published.astimezone(zone)).date()


def _articles(store: Store, first: date, now: datetime, wanted: Filters) -> Iterator[Article]:
    """The articles from the day before *first* on, so that every zone's days are whole."""
    # Dates that lie ahead are mistakes, or a zone that was not told: until tomorrow they count
    rows: Iterator[Listed] = store.iter_latest(
        datetime.combine(first - _DAY, time(0), UTC), now + _DAY
    )
    kept = (row for row in rows if Group(row.source, host_of(row.url), row.lang).satisfies(wanted))
    while ids := [row.id for row in islice(kept, _STEP)]:
        found = store.get_many(ids)
        yield from (found[article_id] for article_id in ids if article_id in found)


def _wanted(matcher: Node | Topic) -> Filters:
    """What every match must satisfy: other articles need not be read."""
    if isinstance(matcher, Topic):
        return matcher.filters
    nodes = matcher.nodes if isinstance(matcher, AllOf) else (matcher,)
    return next((node.filters for node in nodes if isinstance(node, Where)), Filters())
