"""From which score on an article is about a topic: chosen by how a corpus scores on it."""

from __future__ import annotations

from datetime import datetime

from bot.alerts.recent import find, window
from retrieval.desk import Desk
from retrieval.percolator import LEAST
from retrieval.query import StandingQuery

DAYS = 30
"""How far back is looked."""

MOST_A_DAY = 5.0
"""Articles a day that a topic may bring; one that brings more is taken more strictly."""

LEAST_IN_ALL = 2
"""Articles of the whole time that a topic brings at least, if so many come near it."""

LOWEST, HIGHEST = 0.3, 0.6
"""
Between these the score is chosen. Of 40 topics over three months of two outlets' feeds, hardly
one article in four below .3 was about the topic, and two of three from .35 to .42; from .6
on an article must be short and hold nearly every word.
"""


def calibrate(desk: Desk, query: StandingQuery, *, now: datetime) -> float:
    """
    The least score for a subscription to *query*; ``percolator.LEAST`` for one of words.

    A score depends on how long articles are and on how common the topic's words are among
    them, so the articles of the last ``DAYS`` days are scored. ``LEAST`` holds unless they
    speak against it: where more than ``MOST_A_DAY`` a day reach it, the score is raised to
    what the best so many have, at most to ``HIGHEST``; where less than ``LEAST_IN_ALL`` in
    all those days do, it is lowered to what the best so many have, at least to ``LOWEST``:
    a topic of which nothing is written stays silent.
    """
    if not query.is_topic:
        return LEAST
    found = find(desk, query, window(desk, now, DAYS), least=LOWEST)
    scores = sorted((match.score or 0.0 for _, match in found.matches), reverse=True)
    most = max(round(MOST_A_DAY * DAYS / found.scale), 1)
    reaching = sum(score >= LEAST for score in scores)
    if reaching > most:
        return min(scores[most - 1], HIGHEST)
    if reaching < LEAST_IN_ALL and len(scores) > reaching:
        return scores[min(LEAST_IN_ALL, len(scores)) - 1]
    return LEAST
