"""
Whether an article that was not cut may still hold two.

Finished articles with no mark between them differ only in their words: at the
gap hardly any word runs on. Single articles change their subject too, so this
only warns; it never cuts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from retrieval.sources.dump.layout import Block
from retrieval.sources.dump.marks import continues
from retrieval.sources.dump.ties import Terms, chain_strengths

# Found by logistic regression on every second article of ten English, Chinese, Russian, Spanish and
# Arabic sets: five finished articles in a row against single ones, the likeliest gap of each.
_WEIGHTS = {
    "prior": 0.13,
    "shared_around": -5.76,
    "words_run_on": -4.49,
    "shared_by_first": -7.09,
    "opener_continues": -0.80,
    "enough_words": 2.95,
}
# A long page has more gaps, and one of them always looks weak. Set by hand after the fit.
_PER_LOG_BLOCK = -0.35
# Swept from -1.0 to 0.2 on the articles that the fit did not see (so their figures flatter it): suspects
# no single Reuters story, one scraped page or encyclopedia article in twenty or so.
_THRESHOLD = -0.2
# Around a gap, words are compared within this reach, on sides of at least this size.
_REACH_COLUMNS = 1_200
_REACH_BLOCKS = 8
_LEAST_COLUMNS = 250
# Where more of the words run on, nothing else can make a gap suspect; most gaps end here.
_RUN_ON = 0.15
# Weight of the words of some ten lines; fewer prove little.
_ENOUGH_WEIGHT = 60.0


def suspected_gaps(blocks: Sequence[Block], terms: Terms) -> Iterator[int]:
    """The blocks, by their number in *blocks*, that another article may begin at; mostly none."""
    strengths = chain_strengths(terms)
    total = sum(block.columns for block in blocks)
    penalty = _PER_LOG_BLOCK * math.log(len(blocks))
    before = 0
    for i, block in enumerate(blocks):
        sides = min(before, total - before)
        before += block.columns
        if sides < _LEAST_COLUMNS or strengths[i] > _RUN_ON or not terms.of_block[i]:
            continue
        if _log_odds(i, blocks, terms, strengths[i]) + penalty > _THRESHOLD:
            yield i


def _log_odds(i: int, blocks: Sequence[Block], terms: Terms, run_on: float) -> float:
    left = _words_near(range(i - 1, max(-1, i - 1 - _REACH_BLOCKS), -1), blocks, terms)
    right = _words_near(range(i, min(len(blocks), i + _REACH_BLOCKS)), blocks, terms)
    smaller = max(1.0, min(terms.weight(left), terms.weight(right)))
    first = terms.of_block[i]
    sizes = {
        "prior": 1.0,
        "shared_around": math.sqrt(terms.weight(left & right) / smaller),
        "words_run_on": math.sqrt(max(0.0, run_on)),
        "shared_by_first": math.sqrt(terms.weight(first & left) / max(1.0, terms.weight(first))),
        "opener_continues": float(continues(blocks[i].text)),
        "enough_words": min(1.0, smaller / _ENOUGH_WEIGHT),
    }
    return sum(_WEIGHTS[name] * size for name, size in sizes.items())


def _words_near(order: Iterable[int], blocks: Sequence[Block], terms: Terms) -> frozenset[str]:
    """The terms of the blocks in this order, as far as the reach goes."""
    words: set[str] = set()
    columns = 0
    for j in order:
        words |= terms.of_block[j]
        columns += blocks[j].columns
        if columns >= _REACH_COLUMNS:
            break
    return frozenset(words)
