"""
What a query would have brought: told to somebody who is about to subscribe, no words here.

Quick rather than complete: the index finds what may match, the newest of that is read, and
what is left is estimated.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.alerts.narrowing import Narrowing, narrowings
from bot.alerts.nearmisses import NearMisses, near_misses
from bot.alerts.recent import Found, Window, find, window
from bot.alerts.values import DEFAULT_BUDGET
from retrieval.desk import Desk
from retrieval.percolator import Match
from retrieval.query import StandingQuery
from retrieval.stories import Stories, opening_terms
from retrieval.types import Article

DAYS = 7
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Example:
    """An article that would have been told; the first of its story."""

    article: Article
    match: Match


@dataclass(frozen=True, slots=True)
class TooMany:
    """
    There are more messages a day than the budget allows.

    Attributes:
        budget: A day.
        narrower: Queries that bring fewer, the best first; there may be none. A digest is
            another way.
    """

    budget: int
    narrower: tuple[Narrowing, ...]


Proposal = TooMany | NearMisses


@dataclass(frozen=True, slots=True)
class Backtest:
    """
    What would have been sent in the days before ``until``.

    Attributes:
        messages: Stories, of which each is one message.
        articles: That match.
        per_day: Messages a day.
        until: The moment of the test or, where nothing had been published for so long, when
            the newest article was.
        looked_at: How many articles are of these days.
        is_estimate: Only the newest that may match were read.
        examples: The last ones, the newest first.
        proposal: How to get less, or anything at all; None where it is well as it is.
    """

    messages: int
    articles: int
    per_day: float
    days: int
    until: datetime
    looked_at: int
    is_estimate: bool
    examples: tuple[Example, ...]
    proposal: Proposal | None


def backtest(
    desk: Desk,
    query: StandingQuery,
    *,
    least: float,
    now: datetime,
    days: int = DAYS,
    budget: int = DEFAULT_BUDGET,
) -> Backtest:
    """
    What *query* would have sent in the last *days*; articles without a date are left out.

    Args:
        desk: Whose articles.
        query: To be subscribed to.
        least: The score from which an article is about it, if it is a topic.
        now: Aware.
        days: To look back.
        budget: Messages a day; more call for a proposal.
    """
    within = window(desk, now, days)
    found = find(desk, query, within, least=least)
    stories = _stories(desk, found.matches)
    messages = round(len(stories) * found.scale)
    per_day = messages / days
    return Backtest(
        messages=messages,
        articles=round(len(found.matches) * found.scale),
        per_day=per_day,
        days=days,
        until=within.until,
        looked_at=within.articles,
        is_estimate=found.read < found.candidates,
        examples=tuple(Example(*story[0]) for story in stories[:EXAMPLES]),
        proposal=_proposal(desk, query, within, found, stories, per_day, budget),
    )


def _stories(
    desk: Desk, matches: Sequence[tuple[Article, Match]]
) -> list[list[tuple[Article, Match]]]:
    """The matches by story, each from its first article on; the newest story first."""
    known = Stories(idf=desk.index.idf)
    by_story: dict[str, list[tuple[Article, Match]]] = {}
    for article, match in reversed(matches):
        if article.published is not None:  # all of them: they were found by date
            story = known.assign(article.id, opening_terms(article), article.published)
            by_story.setdefault(story, []).append((article, match))
    return list(by_story.values())[::-1]


def _proposal(
    desk: Desk,
    query: StandingQuery,
    within: Window,
    found: Found,
    stories: Sequence[Sequence[tuple[Article, Match]]],
    per_day: float,
    budget: int,
) -> Proposal | None:
    if not found.matches:
        return near_misses(desk, query, within)
    if per_day <= budget:
        return None
    story_of = {article.id: n for n, story in enumerate(stories) for article, _ in story}

    def rate(ids: Collection[str], of: Collection[str]) -> float:
        """Messages a day, if of those articles of a sample only these had matched."""
        return per_day * len({story_of[i] for i in ids}) / len({story_of[i] for i in of})

    return TooMany(budget, narrowings(query, found.matches, within.until, budget, rate))
