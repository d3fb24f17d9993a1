"""
Dumps: several articles in one text, cut apart by scored signs.

A page dump is one full story, a paragraph a line, with the teasers of other
stories glued on. ``score_boundaries`` judges every block in order and says why;
``split_dump`` cuts where the score is above 0. Finished articles without a mark
between them cannot be cut honestly: they stay whole and are called suspect.
``layout`` reads lines into blocks, ``marks`` looks at one line, ``ties`` at the
words that come back, ``runs`` at where breaking off is the rule; ``signs`` weighs,
``suspicion`` warns. What an article's text tells about itself is in
``retrieval.sources.facts``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from retrieval.sources.dump.layout import Block, is_cut, read_blocks, split_lines
from retrieval.sources.dump.marks import kicker_of
from retrieval.sources.dump.signs import WEIGHTS, Story, Surroundings, may_begin, sizes_at, survey
from retrieval.sources.dump.suspicion import is_suspect
from retrieval.sources.dump.ties import Terms, chain_strengths, read_terms

__all__ = ["Boundary", "Piece", "score_boundaries", "split_dump"]


@dataclass(frozen=True, slots=True)
class Piece:
    """
    One article of a dump.

    Attributes:
        first_line: From 1, in the text that was given.
        last_line: Inclusive.
        text: Those lines verbatim, without the last line's end.
        kicker: The words in capitals before the story, without the colon.
        is_truncated: The last paragraph breaks off in mid-sentence.
        is_suspect: There may be another article inside, and no sign is strong enough to cut.
    """

    first_line: int
    last_line: int
    text: str
    kicker: str | None = None
    is_truncated: bool = False
    is_suspect: bool = False


@dataclass(frozen=True, slots=True)
class Boundary:
    """
    A line that an article might begin at, with what speaks for and against it.

    Attributes:
        line: From 1.
        score: The sum of ``signs``: the log-odds that an article begins here; cut above 0.
        signs: Each sign's share of the score, by its name in ``signs.WEIGHTS``.
    """

    line: int
    score: float
    signs: Mapping[str, float] = field(hash=False)

    @property
    def is_cut(self) -> bool:
        """Whether the dump is cut before the line."""
        return self.score > 0


def split_dump(text: str, lang: str | None = None) -> list[Piece]:  # noqa: ARG001 - the callers' contract
    """
    The articles of *text*, in order; a single article comes back as one piece.

    The pieces hold every line that has a word, once; blank lines and rules
    between articles are in none of them.

    Args:
        text: With any kind of line end.
        lang: Accepted for callers that know it; the signs need no language.
    """
    dump = _read(text)
    cuts = [i for i, boundary in _judge(dump, only_likely=True) if boundary.is_cut]
    starts = [0, *cuts, len(dump.blocks)]
    offsets = _line_offsets(dump.lines)
    pieces = []
    for start, stop in pairwise(starts):
        blocks = dump.blocks[start:stop]
        if blocks:
            terms = dump.terms.part(start, stop) if cuts else dump.terms
            strengths = chain_strengths(terms) if cuts else dump.around.run_on
            suspect = is_suspect(blocks, terms, strengths)
            pieces.append(_piece(text, dump.lines, offsets, blocks, is_suspect=suspect))
    return pieces


def score_boundaries(text: str, lang: str | None = None) -> list[Boundary]:  # noqa: ARG001 - the callers' contract
    """What ``split_dump`` decides by: every line but the first that an article might begin at."""
    return [boundary for _, boundary in _judge(_read(text), only_likely=False)]


@dataclass(frozen=True, slots=True)
class _Dump:
    lines: list[str]
    blocks: list[Block]
    terms: Terms
    around: Surroundings


def _read(text: str) -> _Dump:
    lines = split_lines(text)
    blocks = read_blocks(lines)
    terms = read_terms([block.text for block in blocks])
    return _Dump(lines, blocks, terms, survey(blocks, terms))


def _judge(dump: _Dump, *, only_likely: bool) -> Iterator[tuple[int, Boundary]]:
    """The boundary before each block, by its number; *only_likely* leaves out most that are no cut."""
    around = dump.around
    likely = [i for i in range(1, len(dump.blocks)) if not only_likely or may_begin(i, around)]
    story, told = Story(), 0
    for i in likely:
        for block, terms in zip(dump.blocks[told:i], dump.terms.of_block[told:i], strict=True):
            story.add(block, terms)
        told = i
        sizes = sizes_at(i, around, story)
        shares = {name: WEIGHTS[name] * size for name, size in sizes.items()}
        boundary = Boundary(dump.blocks[i].first + 1, sum(shares.values()), shares)
        yield i, boundary
        if boundary.is_cut:
            story = Story()


def _line_offsets(lines: list[str]) -> list[int]:
    offsets, at = [], 0
    for line in lines:
        offsets.append(at)
        at += len(line) + 1
    return offsets


def _piece(
    text: str, lines: list[str], offsets: list[int], blocks: list[Block], *, is_suspect: bool
) -> Piece:
    first, last = blocks[0].first, blocks[-1].last
    stop = offsets[last] + len(lines[last].removesuffix("\r"))
    return Piece(
        first_line=first + 1,
        last_line=last + 1,
        text=text[offsets[first] : stop],
        kicker=_kicker(blocks),
        is_truncated=is_cut(blocks[-1]),
        is_suspect=is_suspect,
    )


def _kicker(blocks: list[Block]) -> str | None:
    """The first block's kicker; labels on several blocks are the speakers of a transcript."""
    kicker = kicker_of(blocks[0].text)
    if kicker is None or any(kicker_of(block.text) is not None for block in blocks[1:8]):
        return None
    return kicker
