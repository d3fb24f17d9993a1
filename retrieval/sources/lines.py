"""
Byte streams of any size -> decoded lines, in constant memory, for line formats.

A line ends with a line feed and with nothing else: U+2028 and its like may stand
inside a record. What a line holds is for ``records`` to know.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Final

from retrieval.errors import SourceError
from retrieval.sources.encoding import (
    SAMPLE_BYTES,
    detect_encoding,
    refuse_binary,
    undecodable,
)
from retrieval.sources.files import MAX_RECORD_BYTES, ByteStream

# In these a line feed is more than one byte, or a byte 10 may be part of a character.
_WIDE: Final = ("utf-16", "utf-32")


def iter_lines(
    stream: ByteStream, max_bytes: int = MAX_RECORD_BYTES
) -> Iterator[str | SourceError]:
    """
    The lines of *stream* without their line feeds; for a bad line, its error.

    A line that is longer than *max_bytes*, or is not in the encoding of the
    first ``SAMPLE_BYTES``, costs one error and no other line.

    Raises:
        SourceError: If the stream is no text, in no known encoding, or damaged.
    """
    head = stream.head(SAMPLE_BYTES + 1)
    refuse_binary(head, stream.name)
    encoding = detect_encoding(head[:SAMPLE_BYTES], is_cut=len(head) > SAMPLE_BYTES)
    if encoding is None:
        raise undecodable(stream.name)
    chunks = stream.chunks()
    if encoding.startswith(_WIDE):
        chunks, encoding = _recoded(chunks, encoding, stream.name), "utf-8"
    for number, line in enumerate(split_lines(chunks, max_bytes), start=1):
        if line is None:
            message = f"line is longer than {max_bytes >> 20} MB; split it"
            yield SourceError(f"{stream.name}:{number}", message)
            continue
        try:
            # The mark stands in the first line only; "utf-8-sig" would look in each.
            text = line.decode("utf-8" if encoding == "utf-8-sig" and number > 1 else encoding)
        except UnicodeDecodeError:
            message = f"line is not {encoding} as the lines before it; convert the file to UTF-8"
            yield SourceError(f"{stream.name}:{number}", message)
            continue
        yield text


def _recoded(chunks: Iterator[bytes], encoding: str, name: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in chunks:
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeDecodeError as error:
        raise undecodable(name, encoding) from error


def split_lines(chunks: Iterator[bytes], max_bytes: int) -> Iterator[bytes | None]:
    """
    Lines of bytes without their line feeds; None for one of more than *max_bytes*, whose
    bytes are let go as they come.
    """
    pending: list[bytes] = []
    size = 0
    for chunk in chunks:
        first, *others = chunk.split(b"\n")
        size += len(first)
        if size <= max_bytes:
            pending.append(first)
        else:
            pending.clear()
        if not others:
            continue
        yield b"".join(pending) if size <= max_bytes else None
        *whole, last = others
        for line in whole:
            yield line if len(line) <= max_bytes else None
        pending, size = [last], len(last)
    if size:
        yield b"".join(pending) if size <= max_bytes else None
