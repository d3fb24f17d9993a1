"""
What is packed -> its bytes, a little at a time, whatever it was packed as.

However much a few bytes may stand for, no step gives more than some MB: whoever takes
the steps can stop in time. Cut off input is an EOFError, damaged input a zlib.error.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

GZIP_MAGIC: Final = b"\x1f\x8b"
ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"

_CHUNK_BYTES = 1 << 16
# A block of zstd holds at most 128 kB and may take 4 bytes: so much input gives at most
# 2 MB at once, whatever was packed, and 10 MB of prose take 0.05 s (with 1 kB: 0.02 s).
_ZSTD_CHUNK_BYTES = 64
_WEB_WINDOW_BYTES = 8 << 20  # RFC 9659: of zstd as a content coding


def gunzipped(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack gzip of any number of members, at most ``_CHUNK_BYTES`` at a time."""
    member = _gzip_member()
    for chunk in chunks:
        packed = chunk
        while packed:
            if member.eof:
                packed = packed.lstrip(b"\x00")  # padding between members, as gzip(1) allows
                if not packed:
                    break
                member = _gzip_member()
            yield member.decompress(packed, _CHUNK_BYTES)
            packed = member.unused_data if member.eof else member.unconsumed_tail
    if not member.eof:
        raise EOFError


def _gzip_member() -> zlib._Decompress:
    return zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)


def inflated(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack deflate, in the wrapping of zlib (RFC 9110) or, as some servers send it, without."""
    head = b""
    while len(head) < 2 and (chunk := next(chunks, None)) is not None:
        head += chunk
    # RFC 1950: the method is 8, and both bytes as a number a multiple of 31.
    is_wrapped = head[:1] != b"" and head[0] & 15 == 8 and int.from_bytes(head[:2]) % 31 == 0
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS if is_wrapped else -zlib.MAX_WBITS)
    for chunk in itertools.chain((head,), chunks):
        packed, has_more = chunk, True
        while has_more and not unpacker.eof:
            unpacked = unpacker.decompress(packed, _CHUNK_BYTES)
            yield unpacked
            packed = unpacker.unconsumed_tail
            has_more = bool(packed) or len(unpacked) == _CHUNK_BYTES
    if not unpacker.eof:
        raise EOFError


def unbrotlied(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack brotli, little more than ``_CHUNK_BYTES`` at a time."""
    import brotli  # noqa: PLC0415  # imported on use: only some servers pack so

    unpacker = brotli.Decompressor()
    try:
        for chunk in chunks:
            packed = chunk
            # It may hold back output after it has taken all that it was given.
            while unpacked := unpacker.process(packed, output_buffer_limit=_CHUNK_BYTES):
                yield unpacked
                packed = b""
    except brotli.error as error:
        raise zlib.error(str(error)) from error
    if not unpacker.is_finished():
        raise EOFError


def unzstd(chunks: Iterator[bytes], *, max_window_bytes: int = 0) -> Iterator[bytes]:
    """Unpack zstd of any number of frames; 0 for the window that the library allows, 128 MB."""
    import zstandard  # noqa: PLC0415  # imported on use: few corpora are packed

    unpacker = zstandard.ZstdDecompressor(max_window_size=max_window_bytes)
    frame = unpacker.decompressobj()
    try:
        for chunk in chunks:
            for start in range(0, len(chunk), _ZSTD_CHUNK_BYTES):
                packed = chunk[start : start + _ZSTD_CHUNK_BYTES]
                while packed:
                    if frame.eof:
                        frame = unpacker.decompressobj()
                    yield frame.decompress(packed)
                    packed = frame.unused_data if frame.eof else b""
    except zstandard.ZstdError as error:
        raise zlib.error(str(error)) from error
    if not frame.eof:
        raise EOFError


Unpack = Callable[[Iterator[bytes]], Iterator[bytes]]

BY_CODING: Final[Mapping[str, Unpack]] = {
    "gzip": gunzipped,
    "x-gzip": gunzipped,
    "deflate": inflated,
    "br": unbrotlied,
    "zstd": partial(unzstd, max_window_bytes=_WEB_WINDOW_BYTES),
}
"""By the names of HTTP's content codings, lower case."""

BY_MAGIC: Final[Mapping[bytes, Unpack]] = {GZIP_MAGIC: gunzipped, ZSTD_MAGIC: unzstd}
"""By the first bytes of a packed file."""
