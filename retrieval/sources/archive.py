"""
ZIP archives -> the articles of the files in them, each read as the file that it is named.

The place of what a member holds is ``FILE.zip/member``; a member's name is a name only, and
nothing is written under it. What is packed into one stream (``.gz``) is ``files``' work.
"""

from __future__ import annotations

import lzma
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import IO, Final

from retrieval.errors import SourceError
from retrieval.sources.encoding import SAMPLE_BYTES, detect_encoding, replace_surrogates
from retrieval.sources.files import ByteStream, FileLocation, reason_to_skip, unpacked
from retrieval.types import Article

ZIP_SUFFIX: Final = ".zip"
ZIP_MAGIC: Final = b"PK\x03\x04"

MAX_MEMBER_BYTES: Final = 4 << 30
"""Most that one member may hold, unpacked; documents have a lower bound in their readers."""
MAX_ARCHIVE_BYTES: Final = 16 << 30
"""Most that all members may hold together, those of inner archives included."""
MAX_RATIO: Final = 200
"""Of a member's bytes, unpacked to packed, beyond ``FREE_BYTES``; news articles have 3 to 10."""
FREE_BYTES: Final = 16 << 20
MAX_INNER_BYTES: Final = 1 << 30
"""Most that an archive in an archive may hold, as stored: it is copied to be read."""

_CHUNK_BYTES = 1 << 16
_UTF8_NAME = 1 << 11  # bits of a member's flags (APPNOTE 4.4.4)
_ENCRYPTED = 1
_SPOOL_BYTES = 8 << 20  # of an inner archive that stay in memory
# What the zip module raises for damage, beside what every compressor does.
_DAMAGE = (zipfile.BadZipFile, EOFError, zlib.error, lzma.LZMAError, OSError, ValueError)

Found = Iterator[Article | SourceError]
ReadStream = Callable[[ByteStream, str], Found]


class _Budget:
    """What an archive may still unpack."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._left = MAX_ARCHIVE_BYTES

    def spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            message = f"holds more than {MAX_ARCHIVE_BYTES >> 30} GB, unpacked; split it"
            raise _Exhausted(self._name, message)


class _Exhausted(SourceError):
    """Ends the whole archive, and no member alone."""


def read_zip(
    file: IO[bytes],
    name: str,
    read_stream: ReadStream,
    on_bytes: Callable[[int], None] | None = None,
) -> Found:
    """
    The articles of all members, in the archive's order, and of an archive inside (one level).

    Skipped are folders, hidden members, ``__MACOSX`` and what a folder's walk would skip. A
    member that is damaged, encrypted or too large is one error. The list of members is held
    in memory (some 500 bytes each), their contents are not.

    Args:
        file: The archive; it is sought in.
        name: How the archive is called.
        read_stream: Reads a member's bytes, given the suffix of its name.
        on_bytes: Called with the bytes of each member, as stored.

    Raises:
        SourceError: If it is no archive, holds nothing to read, or holds too much.
    """
    yield from _read(file, name, read_stream, on_bytes or (lambda _: None), _Budget(name))


def _read(
    file: IO[bytes],
    name: str,
    read_stream: ReadStream,
    on_bytes: Callable[[int], None],
    budget: _Budget,
    *,
    is_inner: bool = False,
) -> Found:
    try:
        archive = zipfile.ZipFile(file)
    except (*_DAMAGE, NotImplementedError) as error:
        message = "is no ZIP archive, or a part of one; fetch it again"
        raise SourceError(name, message) from error
    with archive:
        is_empty = True
        for member, path in _members(archive):
            place = FileLocation(f"{name}/{path}")
            try:
                packed = ByteStream(place.name, _chunks(archive, member, place.name, budget))
                if reason_to_skip(place, lambda: packed.head(SAMPLE_BYTES)) is not None:  # noqa: B023  # called at once
                    continue
                is_empty = False
                if place.packing != ZIP_SUFFIX:
                    yield from read_stream(unpacked(place, packed.chunks()), place.suffix)
                elif is_inner:
                    message = "is an archive in an archive in an archive; unpack it first"
                    raise SourceError(place.name, message)  # noqa: TRY301  # all errors of a member in one place
                else:
                    yield from _read_inner(packed, read_stream, budget)
            except _Exhausted:
                raise
            except SourceError as error:
                is_empty = False
                yield error
            finally:
                on_bytes(0 if is_inner else member.compress_size)
    if is_empty:
        message = "holds no file to read; put articles into it or remove the file"
        raise SourceError(name, message)


def _read_inner(packed: ByteStream, read_stream: ReadStream, budget: _Budget) -> Found:
    with tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES) as copy:
        size = 0
        for chunk in packed.chunks():
            size += len(chunk)
            if size > MAX_INNER_BYTES:
                message = f"is an inner archive of more than {MAX_INNER_BYTES >> 20} MB; unpack it"
                raise SourceError(packed.name, message)
            copy.write(chunk)
        yield from _read(copy, packed.name, read_stream, lambda _: None, budget, is_inner=True)


def _members(archive: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    """The files to look at, and what they are called."""
    members = archive.infolist()
    # Without the mark of UTF-8 a name may be in any code page, and zipfile takes cp437;
    # all names together tell more than one.
    raw = {id(m): m.filename.encode("cp437") for m in members if not m.flag_bits & _UTF8_NAME}
    encoding = detect_encoding(b"\n".join(raw.values())) or "cp437"
    for member in members:
        path = member.filename
        if id(member) in raw:
            path = raw[id(member)].decode(encoding, "replace")
        path = replace_surrogates(path)
        if not (member.is_dir() or _is_hidden(path)):
            yield member, path


def _is_hidden(path: str) -> bool:
    return any(
        part == "__MACOSX" or (part.startswith(".") and part not in {".", ".."})
        for part in PurePosixPath(path).parts
    )


def _chunks(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, place: str, budget: _Budget
) -> Iterator[bytes]:
    """What *member* holds, unpacked; SourceError where it is damaged or too large."""
    if member.flag_bits & _ENCRYPTED:
        raise SourceError(place, "is encrypted; unpack it with its password first")
    size = 0
    try:
        with archive.open(member) as file:
            while chunk := file.read(_CHUNK_BYTES):
                size += len(chunk)
                budget.spend(len(chunk))
                if size > MAX_MEMBER_BYTES:
                    message = f"holds more than {MAX_MEMBER_BYTES >> 30} GB; split it"
                    raise SourceError(place, message)
                if size > FREE_BYTES + MAX_RATIO * member.compress_size:
                    message = f"is more than {MAX_RATIO} times as large as packed, as no text is"
                    raise SourceError(place, message)
                yield chunk
    except NotImplementedError as error:
        message = "is packed in a way that cannot be unpacked here; pack it anew"
        raise SourceError(place, message) from error
    except _DAMAGE as error:
        raise SourceError(place, f"is damaged and cannot be unpacked ({error})") from error
