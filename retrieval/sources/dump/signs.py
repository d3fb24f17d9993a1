"""
The signs that an article begins at a block, and what each weighs.

A sign has a name, a size (mostly 0 to 1) and a weight; the sum over a block's
signs is the log-odds that it opens an article. Nothing here reads lines or cuts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.sources.dump import marks
from retrieval.sources.dump.layout import Block, is_cut
from retrieval.sources.dump.ties import Terms, chain_strengths

# Log-odds, by logistic regression (l2 = 1) on 69,000 candidate lines of dumps and single articles made
# from every second article of ten sets; benchmarks/split_dumps.py measures on the others. Set by hand,
# not fitted, for those sets hardly have them: kicker, dateline and headline signs, rules, blanks, small_letter,
# opener_continues, list_or_turn, no_paragraph. Without a sign of a cut, ``prior`` lets nothing be cut
# but at a rule or a repeated dateline. Failures on the other half were read while the signs were
# designed, so its figures are not those of unseen text.
WEIGHTS: dict[str, float] = {
    "prior": -6.71,
    "previous_cut_off": 4.15,
    "cut_off": 3.20,
    "only_cut_off_follow": 7.36,
    "only_cut_off_before": 4.31,
    "kicker": 1.50,
    "dateline": 1.50,
    "headline": 1.00,
    "rule": 14.00,
    "weak_rule": 6.50,
    "extra_blanks": 0.50,
    "shared_with_story": -3.18,
    "words_run_on": -3.34,
    "opener_continues": -0.80,
    "small_letter": -1.50,
    "list_or_turn": -1.00,
    "no_paragraph": -0.30,
    "cut_off_unrelated": 0.39,
    "fewer_blanks": -0.50,
    "previous_cut_off_unrelated": 0.87,
    "cut_off_in_mid_story": -0.54,
    "headline_with_dateline_or_byline": 5.00,
    "dateline_again": 7.50,
}


# So many lines that break off in mid-story are the habit of its page.
_SCATTERED = 4
# "***" may part two scenes; a rule across the page parts two articles.
_LONG_RULE = 10
# A run of teasers ends for good where two in a row are finished.
_CUT_RUN_PATIENCE = 3
# An article of fewer columns has hardly begun: its dateline may still come.
_BEGUN_COLUMNS = 400
# Names and rare words that show what a line is about; fewer show it in part.
_TELLING_TERMS = 20


class Story:
    """The article that is being read: its words and size so far."""

    def __init__(self) -> None:
        self.terms: set[str] = set()
        self.columns = 0
        self.blocks = 0
        self.has_dateline = False

    def add(self, block: Block, terms: frozenset[str]) -> None:
        self.terms |= terms
        self.columns += block.columns
        if self.blocks < 2:
            self.has_dateline = self.has_dateline or marks.has_dateline(block.text)
        self.blocks += 1


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of a dump before any of its blocks is judged."""

    blocks: Sequence[Block]
    terms: Terms
    run_on: Sequence[float]
    only_cut_from: int
    only_cut_to: int
    blanks: int
    labels: int
    scattered: float


def survey(blocks: Sequence[Block], terms: Terms) -> Surroundings:
    """
    Count what a single block cannot show.

    ``only_cut_from`` is the first block of the cut-off ones at the end,
    ``only_cut_to`` the block after those at the start; ``blanks`` is the usual
    number of blank lines between blocks, ``labels`` how many blocks open with a label in capitals.
    """
    first = len(blocks) - _run_of_cut(list(reversed(blocks)))
    stop = _run_of_cut(blocks)
    gaps = sorted(block.blanks for block in blocks[1:])
    return Surroundings(
        blocks=blocks,
        terms=terms,
        run_on=chain_strengths(terms),
        only_cut_from=first,
        only_cut_to=stop,
        blanks=gaps[len(gaps) // 2] if gaps else 0,
        scattered=min(1.0, sum(map(is_cut, blocks[stop:first])) / _SCATTERED),
        labels=sum(marks.kicker_of(b.text) is not None and not is_cut(b) for b in blocks),
    )


def _run_of_cut(blocks: Sequence[Block]) -> int:
    """
    How many blocks at the start nearly all break off.

    One in three may look finished: cut behind "U.S." or by chance behind a full stop.
    """
    best, length, balance = 0, 0, 0
    for i, block in enumerate(blocks, 1):
        balance += 1 if is_cut(block) else -2
        if balance > best:
            best, length = balance, i
        elif balance < best - _CUT_RUN_PATIENCE:
            break
    return length


def sizes_at(i: int, around: Surroundings, story: Story) -> dict[str, float]:
    """Each sign's size at block *i* (from 1), *story* being what the blocks before it tell."""
    terms = around.terms.of_block[i]
    total = around.terms.totals[i]
    share = around.terms.weight(terms & story.terms) / total if total else 0.0
    # A line of few words says little about what it belongs to.
    unrelated = (1.0 - share) * min(1.0, len(terms) / _TELLING_TERMS)
    sizes = {"prior": 1.0, "shared_with_story": share, "words_run_on": around.run_on[i]}
    _add_cuts(sizes, i, around, unrelated)
    _add_head(sizes, around.blocks[i], around, story, unrelated)
    _add_gap(sizes, around.blocks[i], around)
    if around.blocks[i].first == around.blocks[i].body:
        _add_opener(sizes, around.blocks[i])
    return sizes


def _add_cuts(sizes: dict[str, float], i: int, around: Surroundings, unrelated: float) -> None:
    block, before = around.blocks[i], around.blocks[i - 1]
    cut = 1.0 if block.has_trailer else block.cut
    previous_cut = 1.0 if before.has_trailer else before.cut
    if cut:
        sizes["cut_off"] = cut
        sizes["cut_off_unrelated"] = cut * unrelated
        # The last block alone may be where a single story breaks off.
        if around.only_cut_from <= min(i, len(around.blocks) - 2):
            sizes["only_cut_off_follow"] = 1.0
    if previous_cut:
        sizes["previous_cut_off"] = previous_cut
        sizes["previous_cut_off_unrelated"] = previous_cut * unrelated
        if i <= around.only_cut_to:
            sizes["only_cut_off_before"] = 1.0
    if around.scattered and (cut or previous_cut):
        sizes["cut_off_in_mid_story"] = around.scattered * max(cut, previous_cut)


def _add_head(
    sizes: dict[str, float], block: Block, around: Surroundings, story: Story, unrelated: float
) -> None:
    has_dateline = marks.has_dateline(block.text)
    if has_dateline:
        sizes["dateline"] = 1.0
    if block.header:
        sizes["headline"] = 1.0
    if around.labels <= 1 and marks.kicker_of(block.text) is not None:
        sizes["kicker"] = 1.0
    if story.columns < _BEGUN_COLUMNS:
        return
    if has_dateline and story.has_dateline:
        sizes["dateline_again"] = unrelated
    if block.header and (has_dateline or any(marks.is_byline(p.text) for p in block.header)):
        sizes["headline_with_dateline_or_byline"] = unrelated


def _add_gap(sizes: dict[str, float], block: Block, around: Surroundings) -> None:
    if block.separator:
        is_rule = block.separator[0] in "=═＝" or len(block.separator) >= _LONG_RULE
        sizes["rule" if is_rule else "weak_rule"] = 1.0
    if block.blanks > around.blanks:
        sizes["extra_blanks"] = 1.0
    elif block.blanks < around.blanks:
        sizes["fewer_blanks"] = 1.0


def _add_opener(sizes: dict[str, float], block: Block) -> None:
    if block.is_headline:
        sizes["no_paragraph"] = 1.0
    if block.text[0].islower():
        sizes["small_letter"] = 1.0
    elif marks.continues(block.text):
        sizes["opener_continues"] = 1.0
    if marks.is_list_item(block.text) and not block.cut:
        sizes["list_or_turn"] = 1.0
