"""
Text as Telegram takes it: made safe, cut to a length, put into tags.

Everything foreign goes through `escape` (a text that must stay as it is) or `name` (a title
or an outlet, which goes on a line with others); the type `Html` tells what has been through.
What Telegram does to a text is done here beforehand, so that it shows what was sent:

- Carriage returns, U+2028 and U+2029, which it drops (and so joins two words), become line
  breaks; every other C0 control becomes a space, as it does there.
- The embeddings and overrides U+202A to U+202E, which it drops, are dropped.
- Of U+0333, U+033F and U+030A, which it drops, only the last is part of a language: the ring
  is kept where one character has it (``a`` and U+030A are sent as ``å``), else dropped.
- Of several direction marks (U+200E, U+200F) in a row, all but the last of which it turns
  into U+200C, the last is sent.
- Lone surrogates and noncharacters become U+FFFD.

After tdlib, ``clean_input_string`` and ``replace_offending_characters``. What is quoted and what
is said is decided in html.py.
"""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from typing import TYPE_CHECKING, Literal, NewType

from bot.render.highlight import ELLIPSIS

if TYPE_CHECKING:
    from collections.abc import Iterable

LIMIT = 4096
"""Of a message, in UTF-16 units, after its tags and entities are parsed."""

ENTITIES_MAX = 100
"""Of a message; Telegram drops the formatting of what comes after."""

Html = NewType("Html", str)
"""Markup that Telegram parses: whatever is foreign in it has been escaped."""

REPLACEMENT = "\ufffd"
FIRST_STRONG_ISOLATE = "\u2068"
POP_ISOLATE = "\u2069"

_LINE_BREAKS = re.compile("\r\n?|[\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f]")
_RING = re.compile("(.)\u030a", re.DOTALL)
_DROPPED = re.compile("[\u202a-\u202e\u0333\u033f\u030a]")
_NOT_TEXT = re.compile(
    "[\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
    + "]"
)
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
_TAG = re.compile("<[^>]*>")
_REPEATED_MARK = re.compile("[\u200e\u200f](?=(?:<[^>]*>)*[\u200e\u200f])")
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_WHITE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


def escape(text: str) -> Html:
    """*text* with markup written out, as Telegram will show it; see above."""
    text = _LINE_BREAKS.sub("\n", text)
    text = _CONTROLS.sub(" ", text)
    text = _RING.sub(_with_ring, text)
    text = _DROPPED.sub("", text)
    text = _NOT_TEXT.sub(REPLACEMENT, text)
    return _without_repeated_marks(text.translate(_MARKUP))


def _with_ring(found: re.Match[str]) -> str:
    composed = unicodedata.normalize("NFC", found[0])
    return composed if len(composed) == 1 else found[1]


def _without_repeated_marks(html: str) -> Html:
    return Html(_REPEATED_MARK.sub("", html))


def name(text: str, max_units: int) -> Html:
    """`one_line`, as markup."""
    return escape(one_line(text, max_units))


def one_line(text: str, max_units: int) -> str:
    """
    A foreign name or title for a line that it shares: without line breaks, and cut with an ellipsis.

    Marks that turn the direction are taken out, and a name in a right-to-left script is isolated
    (U+2068, U+2069; two units more), so that it cannot turn round what stands beside it.
    """
    line = _WHITE.sub(" ", _DIRECTION.sub("", text)).strip()
    shown = cut(line, max_units)
    if any(unicodedata.bidirectional(character) in {"R", "AL", "AN"} for character in shown):
        return FIRST_STRONG_ISOLATE + shown + POP_ISOLATE
    return shown


def cut(text: str, max_units: int) -> str:
    """*text*, or as many of its characters (as a reader sees them) as fit with an ellipsis."""
    if utf16_length(text) <= max_units:
        return text
    import regex  # noqa: PLC0415  # imported on use: most texts are never cut

    room = max_units - utf16_length(ELLIPSIS)
    stop = 0
    for found in regex.finditer(r"\X", text):
        room -= utf16_length(found[0])
        if room < 0:
            break
        stop = found.end()
    return text[:stop].rstrip() + ELLIPSIS


def tag(kind: Literal["b", "i", "u", "s", "blockquote"], inside: Html) -> Html:
    """*inside* a tag; nothing where there is nothing, as Telegram has no empty entities."""
    return Html(f"<{kind}>{inside}</{kind}>") if inside else inside


def folded(inside: Html) -> Html:
    """A quotation that shows three lines until it is touched."""
    return Html(f"<blockquote expandable>{inside}</blockquote>") if inside else inside


def anchor(address: str | None, inside: Html) -> Html:
    """*inside* linked to *address*, which is a web address or None."""
    if address is None or not inside:
        return inside
    return Html(f'<a href="{address.translate(_MARKUP)}">{inside}</a>')


def joined(pieces: Iterable[Html], between: str = "") -> Html:
    """The *pieces* that are not empty, with *between* (plain) between them."""
    return _without_repeated_marks(escape(between).join(piece for piece in pieces if piece))


def utf16_length(text: str) -> int:
    """What *text* counts of Telegram's limits."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def shown_length(html: Html) -> int:
    """The UTF-16 units of what a reader sees of *html*."""
    return utf16_length(visible_text(html))


def visible_text(html: str) -> str:
    """What a reader sees of *html*: also the text to send where the markup was refused."""
    return unescape(_TAG.sub("", html))


def entities(html: Html) -> int:
    """How many stretches of *html* are formatted."""
    return html.count("</")
