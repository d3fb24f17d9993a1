"""
Find the weights of the dump splitter: ``fit_dump_weights.py signs|suspicion --sets SET_DIR...``.

Logistic regression (Newton's method, a ridge of 1) on dumps and single articles that
``split_dumps.Maker`` makes from every second article, those that ``split_dumps.py`` does not
judge by. Prints the lines for the table in ``retrieval/sources/dump``; nothing is written. Weights
in ``BY_HAND`` stay as the table has them: the sets hardly have these signs.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from split_dumps import Made, Maker, read_texts

from retrieval.sources.dump import signs, split_dump, suspicion
from retrieval.sources.dump.layout import Block, read_blocks, split_lines
from retrieval.sources.dump.ties import Terms, chain_strengths, read_terms

BY_HAND = (
    "kicker", "dateline", "dateline_again", "headline", "rule", "weak_rule", "extra_blanks", "fewer_blanks",
    "opener_continues", "small_letter", "list_or_turn", "no_paragraph",
)  # fmt: skip
# How often each kind is made; singles count for more, for most texts are single articles.
CUT_KINDS = {
    "story + 4": 4, "story + 8": 2, "story + 1": 1, "short teasers": 2, "long teasers": 1, "blank lines": 1, "kickers": 1,
    "ellipsis": 1, "read more": 1, "titles": 1, "teasers first": 2, "only teasers": 1, "wrapped story": 1,
}  # fmt: skip
WHOLE_KINDS = {"lines": 6, "blank lines": 2, "as is": 6, "wrapped": 3, "cut off": 8}
# Where both a weight too low and one too high cost a cut, a wrong cut costs more: it misattributes.
WRONG_CUT = 3.0

Row = dict[str, float]


def made(maker: Maker, share: float) -> Iterator[Made]:
    for kind, count in CUT_KINDS.items():
        for _ in range(max(1, round(count * share))):
            yield maker.dump(kind)
    for kind, count in WHOLE_KINDS.items():
        for _ in range(max(1, round(count * share))):
            yield maker.single(kind)


def candidates(text: str, starts: set[int]) -> Iterator[tuple[Row, bool]]:
    """Every line's signs, as they are when all cuts before it were right."""
    blocks = read_blocks(split_lines(text))
    terms = read_terms([block.text for block in blocks])
    around = signs.survey(blocks, terms)
    story = signs.Story()
    for i, block in enumerate(blocks):
        is_start = block.first + 1 in starts
        if i:
            yield signs.sizes_at(i, around, story), is_start
        if is_start:
            story = signs.Story()
        story.add(block, terms.of_block[i])


def fit(
    rows: list[Row], gold: list[bool], costs: list[float], fixed: Row, ridge: float = 1.0
) -> Row:
    """The weights of the signs that are not *fixed*."""
    names = sorted({name for row in rows for name in row} - set(fixed))
    x: Any = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    offset: Any = np.array([sum(fixed.get(k, 0.0) * v for k, v in row.items()) for row in rows])
    y: Any = np.array(gold, float)
    w: Any = np.array(costs)
    b: Any = np.zeros(len(names))
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(x @ b + offset, -30, 30)))
        slope = x.T @ (w * (y - p)) - ridge * b
        bend = (x.T * (w * p * (1 - p))) @ x + ridge * np.eye(len(names))
        b = b + np.linalg.solve(bend, slope)
    return dict(zip(names, map(float, b), strict=True))


def fit_signs(makers: list[Maker], share: float) -> Row:
    rows: list[Row] = []
    gold: list[bool] = []
    for maker in makers:
        for text, starts in made(maker, share):
            for row, is_start in candidates(text, starts):
                rows.append(row)
                gold.append(is_start)
    print(f"# {len(rows)} lines, {sum(gold)} of them starts")
    fixed = {name: signs.WEIGHTS[name] for name in BY_HAND}
    return fit(rows, gold, [1.0 if start else WRONG_CUT for start in gold], fixed)


def fit_suspicion(makers: list[Maker], share: float) -> Row:
    """Five finished articles in a row against single ones; their likeliest gaps found anew in every round."""
    pages: list[tuple[list[Block], Terms, bool]] = []
    for maker in makers:
        for _ in range(round(10 * share)):
            texts = [
                maker.dump("five finished")[0],
                *(maker.single(kind)[0] for kind in ("lines", "as is")),
            ]
            for text in texts:
                if len(split_dump(text)) == 1:
                    blocks = read_blocks(split_lines(text))
                    terms = read_terms([block.text for block in blocks])
                    pages.append((blocks, terms, text is texts[0]))
    fixed = {"many_blocks": suspicion.WEIGHTS["many_blocks"]}
    weights = dict(suspicion.WEIGHTS)
    for _ in range(4):
        rows, gold = [], []
        for blocks, terms, several in pages:
            row = suspicion.likeliest(blocks, terms, chain_strengths(terms), weights)
            if row:
                rows.append(row)
                gold.append(several)
        weights = fit(rows, gold, [1.0] * len(rows), fixed) | fixed
    print(f"# {len(rows)} pages")
    for quantile in (0.90, 0.95, 0.98):
        odds = sorted(
            suspicion.log_odds(row, weights)
            for row, several in zip(rows, gold, strict=True)
            if not several
        )
        print(
            f"# {100 - 100 * quantile:.0f} of 100 single ones are above {odds[int(quantile * len(odds))]:.2f}"
        )
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(description="find the weights of the dump splitter")
    parser.add_argument("table", choices=("signs", "suspicion"))
    parser.add_argument("--sets", nargs="+", type=Path, required=True, metavar="SET_DIR")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=5.0, help="how many dumps of each kind")
    given = parser.parse_args()
    makers = [
        Maker(read_texts(folder, 0), random.Random(given.seed + n))
        for n, folder in enumerate(given.sets)
    ]
    found = (fit_signs if given.table == "signs" else fit_suspicion)(makers, given.share)
    for name, weight in sorted(found.items(), key=lambda pair: -abs(pair[1])):
        print(f'    "{name}": {weight:.2f},')


if __name__ == "__main__":
    main()
