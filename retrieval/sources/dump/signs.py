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
from retrieval.sources.dump.runs import Runs, cut_runs
from retrieval.sources.dump.ties import Terms, chain_strengths

# Log-odds. The first nine by benchmarks/fit_dump_weights.py (signs, --share 25) on 73,000 candidate lines
# of dumps and single articles, from every second article of reuters21578, realtimeqa, wikiqa, drcd,
# rgb_zh_refine, xquad_es and xquad_ar; split_dumps.py judges on the others. The rest by hand, for those
# sets hardly have them: a mark is worth more the less often a single article bears it, and a rule across
# the page outweighs everything. Without a sign of a cut, ``prior`` lets nothing be cut but at a
# rule or at a repeated dateline behind a wider gap.
WEIGHTS: dict[str, float] = {
    "shared_with_story": -11.46,
    "run_is_clear": 10.95,
    "prior": -7.53,
    "words_run_on": -5.68,
    "previous_cut_off_unrelated": 2.46,
    "cut_off_unrelated": 2.01,
    "run_unrelated": 1.45,
    "cut_off": 1.35,
    "previous_cut_off": 0.87,
    "kicker": 1.50,
    "dateline": 1.50,
    "dateline_again": 6.50,
    "headline": 1.00,
    "rule": 26.00,
    "weak_rule": 6.50,
    "extra_blanks": 2.00,
    "fewer_blanks": -0.50,
    "opener_continues": -0.80,
    "small_letter": -1.50,
    "list_or_turn": -1.00,
    "no_paragraph": -0.30,
}


# "***" may part two scenes; a rule across the page parts two articles.
_LONG_RULE = 10
# So much log-likelihood makes a run of teasers as good as certain.
_SUPPORT = 10.0
_RECENT_BLOCKS = 8
# An article of fewer columns has hardly begun: its dateline may still come.
_BEGUN_COLUMNS = 400
# Names and rare words that show what a line is about; fewer show it in part.
_TELLING_TERMS = 20


class Story:
    """The article that is being read: its words and size so far."""

    def __init__(self) -> None:
        self.columns = 0
        self.blocks = 0
        self.has_dateline = False
        self._last: dict[str, int] = {}
        self._again: set[str] = set()

    def add(self, block: Block, terms: frozenset[str]) -> None:
        self._again.update(self._last.keys() & terms)
        self._last.update(dict.fromkeys(terms, self.blocks))
        self.columns += block.columns
        if self.blocks < 2:
            self.has_dateline = self.has_dateline or marks.has_dateline(block.text)
        self.blocks += 1

    def shared(self, terms: frozenset[str]) -> frozenset[str]:
        """Those of *terms* that the story used twice, or of late; a long one has used any word once."""
        last, recent = self._last, self.blocks - _RECENT_BLOCKS
        return frozenset(t for t in terms if t in self._again or last.get(t, -1) >= max(0, recent))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of a dump before any of its blocks is judged."""

    blocks: Sequence[Block]
    terms: Terms
    run_on: Sequence[float]
    runs: Runs
    blanks: int
    labels: int


def survey(blocks: Sequence[Block], terms: Terms) -> Surroundings:
    """
    Count what a single block cannot show.

    ``blanks`` is the usual number of blank lines between blocks, ``labels`` how
    many finished blocks open with a label in capitals.
    """
    gaps = sorted(block.blanks for block in blocks[1:])
    return Surroundings(
        blocks=blocks,
        terms=terms,
        run_on=chain_strengths(terms),
        runs=cut_runs([block.cut for block in blocks]),
        blanks=gaps[len(gaps) // 2] if gaps else 0,
        labels=sum(marks.kicker_of(b.text) is not None and not is_cut(b) for b in blocks),
    )


def may_begin(i: int, around: Surroundings) -> bool:
    """Whether block *i* bears a sign without which no score is above 0: a cheap gate before the words."""
    block, before, runs = around.blocks[i], around.blocks[i - 1], around.runs
    return bool(
        block.cut
        or before.cut
        or before.has_trailer
        or block.separator
        or i >= runs.first
        or i <= runs.stop
        or (block.blanks > around.blanks and marks.has_dateline(block.text))
    )


def sizes_at(i: int, around: Surroundings, story: Story) -> dict[str, float]:
    """Each sign's size at block *i* (from 1), *story* being what the blocks before it tell."""
    terms = around.terms.of_block[i]
    total = around.terms.totals[i]
    share = around.terms.weight(story.shared(terms)) / total if total else 0.0
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
    cut, before = around.blocks[i].cut, around.blocks[i - 1]
    previous_cut = 1.0 if before.has_trailer else before.cut
    runs = around.runs
    if cut:
        sizes["cut_off"] = cut
        sizes["cut_off_unrelated"] = cut * unrelated
    if previous_cut:
        sizes["previous_cut_off"] = previous_cut
        sizes["previous_cut_off_unrelated"] = previous_cut * unrelated
    if i >= runs.first:
        sizes["run_is_clear"] = min(1.0, runs.first_support / _SUPPORT)
        sizes["run_unrelated"] = unrelated
    elif i <= runs.stop:
        sizes["run_is_clear"] = min(1.0, runs.stop_support / _SUPPORT)
        sizes["run_unrelated"] = unrelated


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
    # Reports of one round-up have datelines too; only with a wider gap do they part articles.
    if has_dateline and story.has_dateline and block.blanks > around.blanks:
        sizes["dateline_again"] = unrelated


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
