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
    is_credit,
    is_list_item,
    is_separator,
    is_trailer,
    width,
    without_trailer,
)

# Mail wraps at 60 to 100 columns, Chinese at up to 70 wide letters; wider lines are paragraphs.
_WRAP_COLUMNS = (36, 160)
_LONGEST_WRAPPED = 2 * _WRAP_COLUMNS[1]
# A run of wrapped lines fills the column nearly always; lists and verse do not.
_WRAP_SHARE = 0.8
# Columns that a headline may fill; longer ones are sentences without a full stop.
_HEADLINE_COLUMNS = 120
# Title, subtitle, byline, date: more short lines in a row are a list or a table, and only the last may be a title.
_HEADLINE_LINES = 4
# Unfinished lines narrower than the first are headings and captions; from the second on they break off.
_CUT_COLUMNS = (90, 150)
_CUT = 0.5
# No page has so many paragraphs; beyond, short lines are taken together, so many at a time, to save time.
_HUGE = 5_000
_SHORT = _CUT_COLUMNS[0]
_GATHERED = 40
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
    if len(paragraphs) > _HUGE:
        paragraphs = list(_gathered(paragraphs))
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
    return list(_without_stray_headlines(_cut_at_trailers(blocks)))


def _cut_at_trailers(blocks: Sequence[Block]) -> list[Block]:
    """
    The blocks, those with a "Read more" counted as cut off where that is the page's habit.

    Where the teasers have none, it stands below the story and says nothing about its last line.
    """
    trailers = sum(block.has_trailer for block in blocks)
    others = sum(block.cut >= _CUT for block in blocks if not block.has_trailer)
    if not trailers or trailers < others:
        return list(blocks)
    return [replace(block, cut=1.0) if block.has_trailer else block for block in blocks]


def _gathered(paragraphs: Sequence[_Paragraph]) -> Iterator[_Paragraph]:
    """The paragraphs, short lines in a row taken together: none of them can break off."""
    group: list[_Paragraph] = []
    for p in paragraphs:
        is_short = len(p.text) <= _SHORT and width(p.text) <= _SHORT and not is_trailer(p.text)
        if group and (not is_short or p.blanks or p.separator or len(group) == _GATHERED):
            yield _list_of(group)
            group = []
        if is_short:
            group.append(p)
        else:
            yield p
    if group:
        yield _list_of(group)


def _list_of(group: Sequence[_Paragraph]) -> _Paragraph:
    text = " ".join(p.text for p in group)
    return replace(group[0], last=group[-1].last, text=text, is_list=len(group) > 1)


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
    is_list: bool = False


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
        line = lines[number] if number < len(lines) else ""
        # Wide letters only add to the columns of a line that is too long by its characters.
        columns = width(line.rstrip()) if len(line) <= _LONGEST_WRAPPED else 0
        if 0 < columns <= _WRAP_COLUMNS[1]:
            run.append(number)
            continue
        if len(run) > 1:
            continued.update(_wrapped_in(lines, run))
        run = []
    return continued


def _wrapped_in(lines: Sequence[str], run: Sequence[int]) -> list[int]:
    """By columns, as mail is wrapped, or by characters, as programs wrap Chinese."""
    texts = [lines[n].strip() for n in run]
    finished = [ends_finished(text) for text in texts]
    columns = [width(lines[n].rstrip()) for n in run]
    if max(columns) < _WRAP_COLUMNS[0]:
        return []
    by_columns = _full_before(texts, finished, columns, [*map(_first_columns, texts)])
    if by_columns or all(text.isascii() for text in texts):
        return [run[i] for i in by_columns]
    letters = [len(lines[n].rstrip()) for n in run]
    first_words = [len(text.split(maxsplit=1)[0]) + 1 for text in texts]
    return [run[i] for i in _full_before(texts, finished, letters, first_words)]


def _full_before(
    texts: Sequence[str], finished: Sequence[bool], filled: Sequence[int], first: Sequence[int]
) -> list[int]:
    """
    The texts that continue the one above: it was too full to take their first word.

    None unless that holds for nearly all texts that break off, and for two of them.
    """
    full = max(filled)
    continued, open_ends, unfinished = [], 0, 0
    for i in range(1, len(texts)):
        if is_list_item(texts[i]):
            continue
        unfinished += not finished[i - 1]
        # A finished line may still be in mid-paragraph; it continues when it is full.
        if filled[i - 1] + first[i] > full:
            continued.append(i)
            open_ends += not finished[i - 1]
    return continued if open_ends > 1 and open_ends >= _WRAP_SHARE * unfinished else []


def _first_columns(line: str) -> int:
    """Columns that the first word of *line* would need on the line above, its space included."""
    first = line.split(maxsplit=1)[0]
    columns = width(first)
    # Scripts without spaces break between any two characters.
    return 2 if columns > len(first) else columns + 1


# Thai and Lao part sentences by spaces, and some only by a new line.
_UNSTOPPED = re.compile(r"[\u0e00-\u0eff]")
_UNSTOPPED_SHARE = 0.3
_UNSTOPPED_CHARACTERS = 200


def _is_unstopped(text: str) -> bool:
    if text.isascii():
        return False
    head = text[:_UNSTOPPED_CHARACTERS]
    return len(_UNSTOPPED.findall(head)) > _UNSTOPPED_SHARE * len(head)


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
        cut=0.0 if paragraph.is_list else _cut(paragraph.text, columns, has_stops=has_stops),
        columns=columns,
        is_headline=False,
        blanks=top.blanks,
        separator=top.separator,
        header=tuple(header),
        body_blanks=paragraph.blanks,
    )


def _cut(text: str, columns: int, *, has_stops: bool) -> float:
    low, high = _CUT_COLUMNS
    if columns <= low:
        return 0.0
    prose = without_trailer(text)
    if ends_with_ellipsis(prose):
        return 1.0
    if ends_finished(prose) or prose[-1] in ":：" or ends_with_link(prose) or is_credit(prose):
        return 0.0
    if not has_stops or _is_unstopped(prose) or (columns < high and is_list_item(text)):
        return 0.0
    grade = min(1.0, (columns - low) / (high - low))
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
