"""
Whether an article that was not cut may still hold two.

Finished articles with no mark between them differ only in their words: at the
gap hardly any word runs on. Single articles change their subject too, so this
only warns; it never cuts.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from retrieval.sources.dump.layout import Block
from retrieval.sources.dump.marks import continues, has_dateline
from retrieval.sources.dump.ties import Terms

# Log-odds by benchmarks/fit_dump_weights.py (suspicion): five finished articles in a row against single
# ones, the likeliest gaps of each. ``many_blocks`` is by hand: the sets would reward length itself.
WEIGHTS: dict[str, float] = {
    "shared_by_first": -7.18,
    "shared_around": -7.13,
    "words_run_on": -5.54,
    "less_than_usual": 2.08,
    "enough_words": 1.88,
    "opener_continues": -0.91,
    "many_blocks": -0.80,
    "prior": 0.72,
    "dateline": 0.61,
}
# Swept from 0 to 1.6 on articles that the fit did not see. At 0.6 it warns of 35 to 98 in 100 such
# rows (Russian lowest, scraped news highest) and of 0 to 8 in 100 single articles; of 15 where pages carry
# notices of other stories, of 21 in Arabic. Much less of the one is much less of the other.
_THRESHOLD = 0.6
# On a page of more blocks some gap always looks weak.
_FEW_BLOCKS = 20
# Around a gap, words are compared within this reach, on sides of at least this size.
_REACH_COLUMNS = 700
_REACH_BLOCKS = 8
_LEAST_COLUMNS = 250
# Where more of the words run on, nothing else can make a gap suspect; most gaps end here.
_RUN_ON = 0.15
# Weight of the words of some ten lines; fewer prove little.
_ENOUGH_WEIGHT = 60.0
# The weakest gaps by the cheapest sign; the dear ones are counted for these only.
_LOOKED_AT = 24
# Less than this much running on is none, and cannot be halved.
_LEAST_USUAL = 0.01


def is_suspect(blocks: Sequence[Block], terms: Terms, strengths: Sequence[float]) -> bool:
    """Whether the two likeliest gaps look as if another article began there; *strengths* by ``chain_strengths``."""
    sizes = likeliest(blocks, terms, strengths, WEIGHTS)
    return log_odds(sizes, WEIGHTS) > _THRESHOLD


def log_odds(sizes: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The weighted sum; without any size as low as can be."""
    return sum(weights[name] * size for name, size in sizes.items()) if sizes else -math.inf


def likeliest(
    blocks: Sequence[Block],
    terms: Terms,
    strengths: Sequence[float],
    weights: Mapping[str, float],
) -> dict[str, float]:
    """
    The mean of each sign over the two gaps that *weights* find likeliest; nothing for no gap.

    One gap may be weak by chance; a page with hidden starts has mostly several.
    """
    gaps = sorted(_gaps(blocks, terms, strengths), key=lambda sizes: log_odds(sizes, weights))[-2:]
    return {name: sum(gap[name] for gap in gaps) / len(gaps) for gap in gaps for name in gap}


def _gaps(
    blocks: Sequence[Block], terms: Terms, strengths: Sequence[float]
) -> Iterator[dict[str, float]]:
    """The signs, by their names in ``WEIGHTS``, of each gap that could hide a start."""
    total = sum(block.columns for block in blocks)
    if total < 2 * _LEAST_COLUMNS:
        return
    usual = max(sorted(strengths)[len(strengths) // 2], _LEAST_USUAL)
    many = max(0.0, math.log(len(blocks) / _FEW_BLOCKS))
    before, weak = 0, []
    for i, block in enumerate(blocks):
        sides = min(before, total - before)
        before += block.columns
        if sides >= _LEAST_COLUMNS and strengths[i] <= _RUN_ON and terms.of_block[i]:
            weak.append((strengths[i], i))
    for _, i in heapq.nsmallest(_LOOKED_AT, weak):
        sizes = _sizes(i, blocks, terms, strengths[i])
        sizes["less_than_usual"] = 1.0 - min(1.0, max(0.0, strengths[i]) / usual)
        sizes["many_blocks"] = many
        yield sizes


def _sizes(i: int, blocks: Sequence[Block], terms: Terms, run_on: float) -> dict[str, float]:
    left = _words_near(range(i - 1, max(-1, i - 1 - _REACH_BLOCKS), -1), blocks, terms)
    right = _words_near(range(i, min(len(blocks), i + _REACH_BLOCKS)), blocks, terms)
    smaller = max(1.0, min(terms.weight(left), terms.weight(right)))
    first = terms.of_block[i]
    return {
        "prior": 1.0,
        "shared_around": math.sqrt(terms.weight(left & right) / smaller),
        "words_run_on": math.sqrt(max(0.0, run_on)),
        "shared_by_first": math.sqrt(terms.weight(first & left) / max(1.0, terms.weight(first))),
        "opener_continues": float(continues(blocks[i].text)),
        "dateline": float(has_dateline(blocks[i].text)),
        "enough_words": min(1.0, smaller / _ENOUGH_WEIGHT),
    }


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
