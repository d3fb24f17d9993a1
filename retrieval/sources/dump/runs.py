"""
Where the blocks that break off begin or cease to be the rule: a page's run of teasers.

A change point found by likelihood: inside a run nearly every block breaks off,
outside as few as the rest of the page shows. Only grades come in; what a block
says is not looked at.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

# One teaser in twenty looks finished: cut behind "U.S.", or by chance behind a full stop.
_CUT_IN_RUN = 0.95
# Before its blocks are seen, a page is taken to hold ten finished ones and a third of a cut-off one.
_CUT_ELSEWHERE = 0.3
_FINISHED_ELSEWHERE = 10.0


class Runs(NamedTuple):
    """
    The cut-off blocks at a page's two ends.

    Attributes:
        stop: The block after the run at the start; 0 for none.
        stop_support: The log-likelihood that the run adds, at least 0.
        first: The first block of the run at the end; the number of blocks for none.
        first_support: As above.
    """

    stop: int
    stop_support: float
    first: int
    first_support: float


def cut_runs(grades: Sequence[float]) -> Runs:
    """The runs in blocks that break off by these *grades*, each 0 to 1."""
    first, first_support = _run_at_end(grades)
    length, stop_support = _run_at_end(grades[:first][::-1])
    return Runs(first - length, stop_support, first, first_support)


def _run_at_end(grades: Sequence[float]) -> tuple[int, float]:
    count = len(grades)
    before = [0.0, *accumulate(grades)]
    whole = _elsewhere(before[-1], count)
    first, best = count, 0.0
    for at, grade in enumerate(grades):
        if grade:
            support = (
                _elsewhere(before[at], at) + _inside(before[-1] - before[at], count - at) - whole
            )
            if support > best:
                first, best = at, support
    return first, best


def _elsewhere(cut: float, count: int) -> float:
    rate = (cut + _CUT_ELSEWHERE) / (count + _CUT_ELSEWHERE + _FINISHED_ELSEWHERE)
    return cut * math.log(rate) + (count - cut) * math.log1p(-rate)


def _inside(cut: float, count: int) -> float:
    return cut * math.log(_CUT_IN_RUN) + (count - cut) * math.log(1 - _CUT_IN_RUN)
