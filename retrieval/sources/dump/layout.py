"""
What a dump looks like: its lines, and the blocks that can stand for themselves.

A block is a paragraph (one line, or a run of hard-wrapped lines), together with
the headline lines above it and a "Read more" below it. Boundaries lie only
between blocks. Nothing here compares words or decides anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from retrieval.sources.dump.marks import (
    ends_finished,
    ends_open,
    ends_with_ellipsis,
    ends_with_initials,
    ends_with_link,
    is_list_item,
    is_separator,
    is_trailer,
    width,
    without_trailer,
)

# Mail wraps at 60 to 100 columns, Chinese at up to 70 wide letters; wider lines are paragraphs.
_WRAP_COLUMNS = (36, 160)
# A run of wrapped lines fills the column nearly always; lists and verse do not.
_WRAP_SHARE = 0.8
# Columns that a headline may fill; longer ones are sentences without a full stop.
_HEADLINE_COLUMNS = 120
# Title, subtitle, byline, date: more short lines in a row are a list or a table, and only the last may be a title.
_HEADLINE_LINES = 4
# Unfinished lines narrower than the first are headings and captions; from the second on they break off.
_CUT_COLUMNS = (90, 220)
_CUT = 0.5
# One long paragraph in five with a full stop shows that its writer uses them.
_STOPS_SHARE = 5
# Captions end in a credit in brackets; few sentences break off just there.
_CREDIT = 0.4


@dataclass(frozen=True, slots=True)
class Block:
    """
    Lines that belong together, ``first <= body <= last``, counted from 0.

    Attributes:
        body: The line that the paragraph begins in, after the headline lines.
        text: The paragraph, its lines joined by a space.
        cut: 0 where the paragraph ends as paragraphs do, 1 where it breaks off.
        columns: Of the paragraph; a wide character fills two.
        is_headline: Nothing but short lines without a full stop.
        blanks: Blank lines before the block.
        separator: The line of ``===`` or the like before the block, or "".
        has_trailer: A "Read more" follows the paragraph.
        header: The headline lines above the paragraph.
        body_blanks: Blank lines between them and the paragraph.
    """

    first: int
    body: int
    last: int
    text: str
    cut: float
    columns: int
    is_headline: bool
    blanks: int
    separator: str
    has_trailer: bool = False
    header: tuple[_Paragraph, ...] = ()
    body_blanks: int = 0


def is_cut(block: Block) -> bool:
    """Whether the block breaks off, or says that it goes on elsewhere."""
    return block.cut >= _CUT or block.has_trailer


def split_lines(text: str) -> list[str]:
    """The lines with their carriage returns; a text of carriage returns alone is split there."""
    return text.split("\n") if "\n" in text or "\r" not in text else text.split("\r")


def read_blocks(lines: Sequence[str]) -> list[Block]:
    """The blocks of the lines, in order; blank lines and separators are in none."""
    paragraphs = _paragraphs(lines)
    has_stops = _has_full_stops([p.text for p in paragraphs])
    blocks: list[Block] = []
    header: list[_Paragraph] = []
    for paragraph in paragraphs:
        if header and paragraph.separator:
            blocks.extend(_loose(header))
            header = []
        if is_trailer(paragraph.text):
            blocks.extend(_loose(header))
            header = []
            if blocks and not paragraph.separator:
                blocks[-1] = replace(blocks[-1], last=paragraph.last, has_trailer=True)
                continue
        if _is_headline(paragraph):
            header.append(paragraph)
            continue
        if len(header) > _HEADLINE_LINES:
            blocks.extend(_loose(header[:-1]))
            header = header[-1:]
        blocks.append(_block(paragraph, header, has_stops=has_stops))
        header = []
    blocks.extend(_loose(header))
    return list(_without_stray_headlines(blocks))


def _without_stray_headlines(blocks: Sequence[Block]) -> Iterator[Block]:
    """
    The blocks; those that break off keep no more headline lines than is usual for them here.

    Teasers of one page are made alike: a line more above one of them is the
    caption or the notice that ends the story before it.
    """
    lines = sorted(len(block.header) for block in blocks if is_cut(block))
    usual = lines[(len(lines) - 1) // 2] if lines else 0
    for block in blocks:
        extra = len(block.header) - usual
        if extra <= 0 or not is_cut(block):
            yield block
            continue
        yield from _loose(block.header[:extra])
        top = block.header[extra] if usual else None
        yield replace(
            block,
            first=top.first if top else block.body,
            header=block.header[extra:],
            blanks=top.blanks if top else block.body_blanks,
            separator=top.separator if top else "",
        )


@dataclass(frozen=True, slots=True)
class _Paragraph:
    first: int
    last: int
    text: str
    blanks: int
    separator: str


def _paragraphs(lines: Sequence[str]) -> list[_Paragraph]:
    """Non-blank lines, hard-wrapped runs joined, with what lies before each."""
    joined = _wrapped(lines)
    paragraphs: list[_Paragraph] = []
    blanks, separator = 0, ""
    number = 0
    while number < len(lines):
        line = lines[number].strip()
        if not line:
            blanks += 1
            number += 1
            continue
        if is_separator(line):
            separator = line
            number += 1
            continue
        last = number
        while last + 1 in joined:
            last += 1
        text = line if last == number else " ".join(x.strip() for x in lines[number : last + 1])
        paragraphs.append(_Paragraph(number, last, text, blanks, separator))
        blanks, separator = 0, ""
        number = last + 1
    return paragraphs


def _wrapped(lines: Sequence[str]) -> set[int]:
    """
    The lines that continue the line above because a column was full.

    Wrapping is greedy: a line was broken only where the next word did not fit.
    A run of narrow lines is wrapped when nearly all of its unfinished lines
    obey that for the widest of them.
    """
    continued: set[int] = set()
    run: list[int] = []
    for number in range(len(lines) + 1):
        columns = width(lines[number].rstrip()) if number < len(lines) else 0
        if 0 < columns <= _WRAP_COLUMNS[1]:
            run.append(number)
            continue
        if len(run) > 1:
            continued.update(_wrapped_in(lines, run))
        run = []
    return continued


def _wrapped_in(lines: Sequence[str], run: Sequence[int]) -> list[int]:
    columns = [width(lines[n].rstrip()) for n in run]
    full = max(columns)
    if full < _WRAP_COLUMNS[0]:
        return []
    unfinished, continued = 0, []
    for n, filled in zip(run[:-1], columns, strict=False):
        below = lines[n + 1].strip()
        if is_list_item(below):
            continue
        fits = filled + _first_word_columns(below) <= full
        finished = ends_finished(lines[n])
        unfinished += not finished
        # A finished line may still be in mid-paragraph; it continues when it is full.
        if not fits:
            continued.append((n + 1, finished))
    open_ends = sum(not finished for _, finished in continued)
    if open_ends < 2 or open_ends < _WRAP_SHARE * unfinished:
        return []
    return [n for n, _ in continued]


def _first_word_columns(line: str) -> int:
    """Columns that the first word of *line* would need on the line above, its space included."""
    first = line.split(maxsplit=1)[0]
    columns = width(first)
    # Scripts without spaces break between any two characters.
    return 2 if columns > len(first) else columns + 1


def _has_full_stops(texts: Sequence[str]) -> bool:
    """Whether this text marks the ends of its sentences; Thai and telegrams do not."""
    long = [text for text in texts if width(text) > _CUT_COLUMNS[0]]
    stops = sum(ends_finished(text) or bool(_STOP_INSIDE.search(text)) for text in long)
    return stops * _STOPS_SHARE >= len(long)


_STOP_INSIDE = re.compile(r"[.!?؟۔।](?=[\s\"”’»)])|[。！？]")


def _is_headline(paragraph: _Paragraph) -> bool:
    text = paragraph.text
    return (
        width(text) <= _HEADLINE_COLUMNS
        and paragraph.first == paragraph.last
        and (
            text[-1] not in ".。．,，、;；:："
            or ends_with_ellipsis(text)
            or ends_with_initials(text)
        )
        and not (ends_finished(text.rstrip("?!？！")) and not ends_with_initials(text))
        and not is_list_item(text)
        and not text[0].islower()
    )


def _block(paragraph: _Paragraph, header: Sequence[_Paragraph], *, has_stops: bool) -> Block:
    top = header[0] if header else paragraph
    columns = width(paragraph.text)
    return Block(
        first=top.first,
        body=paragraph.first,
        last=paragraph.last,
        text=paragraph.text,
        cut=_cut(paragraph.text, columns, has_stops=has_stops),
        columns=columns,
        is_headline=False,
        blanks=top.blanks,
        separator=top.separator,
        header=tuple(header),
        body_blanks=paragraph.blanks,
    )


def _cut(text: str, columns: int, *, has_stops: bool) -> float:
    low, high = _CUT_COLUMNS
    prose = without_trailer(text)
    if ends_with_ellipsis(prose):
        return 1.0 if columns > low else 0.0
    if ends_finished(prose) or prose[-1] in ":：" or ends_with_link(prose):
        return 0.0
    if not has_stops or (columns < high and is_list_item(text)):
        return 0.0
    grade = min(1.0, max(0.0, (columns - low) / (high - low)))
    if prose[-1] in ")）]":
        return grade * _CREDIT
    return min(1.0, grade * 2) if ends_open(prose) else grade


def _loose(header: Sequence[_Paragraph]) -> list[Block]:
    """Short lines that no paragraph follows, or too many of them to be its headline."""
    return [
        Block(
            p.first, p.first, p.last, p.text, 0.0, width(p.text), True, p.blanks, p.separator, False
        )
        for p in header
    ]
