"""
Text made safe for a terminal, and broken into lines by the width of its characters.

An article may hold anything: an escape sequence in it must not move the cursor,
set the clipboard or turn the text round, so every such character is shown instead
of sent. Lines break between words and, where a script has no spaces, between
characters, but not before a closing mark. No colour here.
"""

from __future__ import annotations

import re
import unicodedata

REPLACEMENT = "�"

# C0 and DEL have pictures of their own (␛); C1, the overrides, embeddings and isolates of
# bidirectional text, line and paragraph separators and lone surrogates have none.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u202a-\u202e\u2066-\u2069\u206a-\u206f\ufff9-\ufffb\ud800-\udfff]"
)
_BLANK_LINES = re.compile(r"[ \t]*(?:(?>\r\n|[\r\n])[ \t]*){2,}")
_WHITE = re.compile(r"[ \t\r\n\v\f\x85\u2028\u2029]+")

CLOSING = frozenset("、。，．：；！？）」』】〉》〕］｝…‥—ー々〻’”)]}.,:;!?»%％°")
"""Marks that do not begin a line."""

OPENING = frozenset("（「『【〈《〔［｛‘“([{«$£¥＄￥￡")
"""Marks that do not end a line."""

_DASHES = frozenset("–—")  # a hyphen holds: "Itar-" at the end of a line reads as a cut word


def visible(text: str) -> str:
    """
    *text* with every control character replaced by one that can be seen.

    White space is folded: a line break of the file becomes a space, an empty line
    stays a line break. All other characters come through unchanged.
    """
    blocks = (_WHITE.sub(" ", block) for block in _BLANK_LINES.split(text))
    return "\n".join(_UNSAFE.sub(_picture, block) for block in blocks)


def visible_line(text: str) -> str:
    """`visible`, on one line, without space around it: for names, titles and paths."""
    return visible(text).replace("\n", " ").strip()


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else REPLACEMENT


def width(text: str) -> int:
    """The columns that *text* takes in a terminal."""
    from rich.cells import cell_len  # noqa: PLC0415  # imported on use: rich

    return cell_len(text)


def break_line(text: str, columns: int) -> list[int]:
    """
    Where to break *text*, which holds no line break, so that no line is wider than *columns*.

    Offsets rise and lie within the text; white space at the end of a line does not count.
    A character wider than *columns* stands alone.
    """
    breaks: list[int] = []
    line_cells = 0
    fits_at: int | None = None  # the last place where the line may break
    cells_there = 0  # the line's width up to that place
    before = ""
    for start, character, cells in _characters(text):
        if before and _may_break(before, character):
            fits_at, cells_there = start, line_cells
        is_over = line_cells + cells > columns and not character.isspace()
        if is_over and line_cells > 0:
            if fits_at is None:
                fits_at, cells_there = start, line_cells
            breaks.append(fits_at)
            line_cells -= cells_there
            fits_at = None
        line_cells += cells
        before = character
    return breaks


def _characters(text: str) -> list[tuple[int, str, int]]:
    """Each user-perceived character with its offset and width."""
    import regex  # noqa: PLC0415  # imported on use: the library has it loaded by then

    found = regex.finditer(r"\X", text)
    return [(match.start(), match[0], width(match[0])) for match in found]


def _may_break(before: str, after: str) -> bool:
    if after.isspace():
        return False
    if before.isspace():
        return True
    if after[0] in CLOSING or before[0] in OPENING:
        return False
    if before in _DASHES:
        return after[0].isalpha()
    return _is_ideographic(before) or _is_ideographic(after)


def _is_ideographic(character: str) -> bool:
    return unicodedata.east_asian_width(character[0]) in "WF"
