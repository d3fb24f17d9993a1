"""
Plain text -> articles.

A block of ``Key: value`` lines at the very top, closed by a blank line, is the
source speaking of the article and not part of it. Where one article ends and the
next begins is for ``dump`` to say; no title is ever taken from the text.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Final

from retrieval.errors import SourceError
from retrieval.sources.encoding import decode
from retrieval.sources.fields import chosen_keys, field_of, lang_tag, make_article
from retrieval.sources.files import MAX_DOCUMENT_BYTES, ByteStream
from retrieval.types import Article, Location

_ORIGIN: Final = "header"

_HEADER_LINE = re.compile(r"(?P<key>[^\W\d_][\w -]{0,30}):(?:[ \t]+(?P<value>.*))?")
_MOST_HEADER_LINES = 30
# What a header says of the whole file; the rest it says of the first article alone.
_SHARED_FIELDS = frozenset(("source", "lang"))


def universal_newlines(text: str) -> str:
    r"""*text* with ``\r\n`` and ``\r`` as ``\n``: the line ends are the file's, not the article's."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_plaintext(stream: ByteStream) -> Iterator[Article | SourceError]:
    """
    The articles of a text file: one, or those of a page dump.

    Raises:
        SourceError: If the file holds no text.
    """
    # imported on use: the splitter's tables are not needed to read other formats
    from retrieval.sources.dump import split_dump  # noqa: PLC0415

    text = universal_newlines(decode(stream.read_all(MAX_DOCUMENT_BYTES), stream.name))
    said, lines_above = split_header(text)
    body = text.split("\n", lines_above)[lines_above] if lines_above else text
    if not body or body.isspace():
        what = "holds a header and no text below it" if said else "is empty"
        raise SourceError(stream.name, f"{what}; add the text or remove the file")
    chosen = chosen_keys(said)
    shared = {key: said[key] for field, key in chosen.items() if field in _SHARED_FIELDS}
    lang = lang_tag(said.get(chosen.get("lang", "")))
    pieces = split_dump(body, lang)
    is_whole = len(pieces) == 1 and not said
    for number, piece in enumerate(pieces):
        first_line, last_line = piece.first_line + lines_above, piece.last_line + lines_above
        article = make_article(
            shared if number else said,
            piece.text,
            location=Location(stream.name)
            if is_whole
            else Location(stream.name, first_line, last_line),
            place=f"{stream.name}:{first_line}",
            published_origin=_ORIGIN,
        )
        yield dataclasses.replace(
            article,
            kicker=piece.kicker,
            is_truncated=piece.is_truncated,
            is_suspect=piece.is_suspect,
        )


def split_header(text: str) -> tuple[dict[str, str], int]:
    """
    What the header says, and the number of lines that it and the blank below it take.

    It is a header only if at least half of its lines have a key that is known: a
    story may well open with "Note: ...". No header is ``({}, 0)``.
    """
    said: dict[str, str] = {}
    for number, line in enumerate(
        text.split("\n", _MOST_HEADER_LINES + 1)[: _MOST_HEADER_LINES + 1]
    ):
        if not line or line.isspace():
            known = sum(field_of(key) not in (None, "text") for key in said)
            return (said, number + 1) if known and known * 2 >= len(said) else ({}, 0)
        found = _HEADER_LINE.fullmatch(line)
        if found is None:
            break
        said[found["key"].strip()] = (found["value"] or "").strip()
    return {}, 0
