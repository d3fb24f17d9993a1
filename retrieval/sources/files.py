"""
Locations -> bytes: files, folders, ``.gz``, ``.zst`` and standard input.

A web address is known as one here and fetched elsewhere. Nothing here knows a format or
an encoding; every operating system's or compressor's complaint leaves as a SourceError.
"""

from __future__ import annotations

import logging
import stat
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from retrieval.errors import SourceError
from retrieval.sources.addresses import refuse_userinfo
from retrieval.sources.encoding import SAMPLE_BYTES, binary_kind, replace_surrogates
from retrieval.sources.unpacking import GZIP_MAGIC, ZSTD_MAGIC, gunzipped, unzstd

if TYPE_CHECKING:
    import os

log = logging.getLogger(__name__)

STANDARD_INPUT: Final = "-"
_WEB_SCHEMES = ("http://", "https://")
MAX_DOCUMENT_BYTES: Final = 64 << 20
"""Most that a document read as a whole may hold, unpacked; a novel has 1 MB."""
MAX_RECORD_BYTES: Final = 64 << 20
"""Most that one line of a line format may hold, unpacked."""

_CHUNK_BYTES = 1 << 16
_PACKED = {".gz": GZIP_MAGIC, ".zst": ZSTD_MAGIC}

# Files that stand beside saved pages and hold no article; a file named by the user is read.
_NEVER_ARTICLES = frozenset((".css", ".js", ".mjs", ".map", ".svg", ".opml"))
_TEXT_SUFFIXES = frozenset(
    (
        *(".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml", ".xml", ".rss", ".atom"),
        *(".rdf", ".jsonl", ".ndjson", ".jl", ".json", ".csv", ".tsv"),
        *(".warc", ".mbox", ".mbx", ".eml", ".zip"),
    )
)


# What a desk keeps in its data folder, which may lie among the articles; by the names
# in ``desk.py`` and the program, known by the first of them.
_DESK_STORE = "clipdesk.db"
_OF_DESK = frozenset(
    (_DESK_STORE, "clipdesk.db-wal", "clipdesk.db-shm", "index", "history", "demo")
)


@dataclass(frozen=True, slots=True)
class FileLocation:
    """
    A file or a web page to read.

    Attributes:
        path: As the user wrote it or as its folder holds it; ``-`` is standard input.
        size: In bytes as stored (packed, if it is packed); None for a pipe and a page.
    """

    path: str
    size: int | None = None

    @property
    def name(self) -> str:
        """The path as it can be shown and stored, whatever bytes the file's name has."""
        return replace_surrogates(self.path)

    @property
    def is_web(self) -> bool:
        """Whether the path is a web address, which ``iter_locations`` gives in one spelling."""
        return self.path.startswith(_WEB_SCHEMES)

    @property
    def suffix(self) -> str:
        """What the name ends in, lower case, without ``.gz`` or ``.zst``; ``""`` for none."""
        path = Path(self.path)
        return (path.with_suffix("") if path.suffix.lower() in _PACKED else path).suffix.lower()

    @property
    def packing(self) -> str:
        """The very last suffix, lower case: ``.gz`` of a packed file, else as ``suffix``."""
        return Path(self.path).suffix.lower()


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file or folder inside a folder that is not read, which is no error."""

    path: str
    reason: str


def _log_skipped(skipped: SkippedFile) -> None:
    log.info("skipped %s reason=%r", skipped.path, skipped.reason)


def iter_locations(
    paths: Sequence[str], on_skipped: Callable[[SkippedFile], None] = _log_skipped
) -> Iterator[FileLocation | SourceError]:
    """
    The files and pages that *paths* name, in order; folders are entered, sorted by name.

    In a folder, hidden files, files that hold no text and links to what was read
    already are skipped, each with one call of *on_skipped* (default: a line in the
    log). What is named in *paths* itself is never skipped: if it cannot be
    read, that is an error. A folder that holds nothing to read is an error too.
    """
    for path in paths:
        if path == STANDARD_INPUT:
            yield FileLocation(path)
            continue
        if path.lower().startswith(_WEB_SCHEMES):
            yield _web_location(path)
            continue
        try:
            status = Path(path).stat()
        except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
            yield _cannot_open(path, error)
            continue
        if stat.S_ISDIR(status.st_mode):
            yield from _Folder(Path(path), on_skipped).locations()
        else:
            yield FileLocation(path, status.st_size if stat.S_ISREG(status.st_mode) else None)


def _web_location(url: str) -> FileLocation | SourceError:
    try:
        refuse_userinfo(url)  # here already, so that no report can show it
    except SourceError as error:
        return error
    scheme, _, rest = url.partition("://")
    return FileLocation(f"{scheme.lower()}://{rest}")


class _Folder:
    """One walk through a folder that the user named."""

    def __init__(self, path: Path, on_skipped: Callable[[SkippedFile], None]) -> None:
        self._path = path
        self._on_skipped = on_skipped
        self._folders: set[tuple[int, int]] = set()  # device and inode of each one entered
        self._skipped = 0

    def locations(self) -> Iterator[FileLocation | SourceError]:
        is_empty = True
        for found in self._enter(self._path, self._path.stat(), ()):
            is_empty = False
            yield found
        if is_empty:
            skipped = f" ({self._skipped} skipped)" if self._skipped else ""
            yield SourceError(
                replace_surrogates(str(self._path)),
                f"holds no file to read{skipped}; put articles into it or name another folder",
            )

    def _enter(
        self, path: Path, status: os.stat_result, within: tuple[tuple[int, int], ...]
    ) -> Iterator[FileLocation | SourceError]:
        identity = status.st_dev, status.st_ino
        if identity in within:
            yield SourceError(
                replace_surrogates(str(path)), "links to a folder that it lies in; remove the link"
            )
            return
        if identity in self._folders:
            self._skip(path, "links to a folder that is read already")
            return
        self._folders.add(identity)
        try:
            inside = sorted(path.iterdir())
        except OSError as error:
            yield _cannot_open(str(path), error)
            return
        is_desk = any(child.name == _DESK_STORE for child in inside)
        for child in inside:
            if is_desk and child.name in _OF_DESK:
                self._skip(child, "belongs to a data folder of Clipdesk")
            else:
                yield from self._take(child, (*within, identity))

    def _take(
        self, path: Path, within: tuple[tuple[int, int], ...]
    ) -> Iterator[FileLocation | SourceError]:
        if path.name.startswith("."):
            self._skip(path, "hidden")
            return
        try:
            status = path.stat()
            if stat.S_ISDIR(status.st_mode):
                yield from self._enter(path, status, within)
                return
            reason = _reason_to_skip(path, status)
        except OSError as error:
            yield _cannot_open(str(path), error)
            return
        if reason is None:
            yield FileLocation(str(path), status.st_size)
        else:
            self._skip(path, reason)

    def _skip(self, path: Path, reason: str) -> None:
        self._skipped += 1
        self._on_skipped(SkippedFile(replace_surrogates(str(path)), reason))


def _reason_to_skip(path: Path, status: os.stat_result) -> str | None:
    if not stat.S_ISREG(status.st_mode):
        return "not a regular file"

    def head() -> bytes:
        with path.open("rb") as file:
            return file.read(SAMPLE_BYTES)

    return reason_to_skip(FileLocation(str(path)), head)


def reason_to_skip(location: FileLocation, head: Callable[[], bytes]) -> str | None:
    """
    Why a file that stands among others is not read; None if it is.

    Args:
        location: Of the file.
        head: Gives its first ``SAMPLE_BYTES``, as stored; called where the name is not enough.
    """
    suffix = location.suffix
    if suffix in _NEVER_ARTICLES:
        return f"{suffix} files hold no articles"
    # A file that is named as text is opened once, by its reader; a broken one is then an error.
    if suffix in _TEXT_SUFFIXES or location.packing in _PACKED:
        return None
    return binary_kind(head())


class ByteStream:
    """
    The unpacked bytes of one location, in chunks, read once.

    Every way to read raises SourceError where the file is damaged; what came
    before the damage has been handed out by then.
    """

    def __init__(self, name: str, chunks: Iterator[bytes]) -> None:
        self.name = name
        self._chunks = chunks
        self._ahead: list[bytes] = []

    def head(self, max_bytes: int) -> bytes:
        """
        The first bytes, which stay in the stream; all of them if there are fewer. Damage
        behind the first of them is met again when it is read.
        """
        size = sum(map(len, self._ahead))
        try:
            while size < max_bytes and (chunk := next(self._chunks, None)) is not None:
                self._ahead.append(chunk)
                size += len(chunk)
        except SourceError as error:
            if not self._ahead:
                raise
            self._chunks = _failing(error)
        return b"".join(self._ahead)[:max_bytes]

    def chunks(self) -> Iterator[bytes]:
        """All bytes, from the first."""
        yield from self._ahead
        self._ahead = []
        yield from self._chunks

    def read_all(self, max_bytes: int) -> bytes:
        """All bytes; SourceError if there are more than *max_bytes*."""
        whole = bytearray()
        for chunk in self.chunks():
            whole += chunk
            if len(whole) > max_bytes:
                raise SourceError(
                    self.name,
                    f"holds more than {max_bytes >> 20} MB in one document; split it, or make it JSONL",
                )
        return bytes(whole)


def _failing(error: SourceError) -> Iterator[bytes]:
    yield from ()
    raise error


@contextmanager
def open_location(
    location: FileLocation, on_bytes: Callable[[int], None] | None = None
) -> Iterator[ByteStream]:
    """
    Open *location* as a stream; ``.gz`` and ``.zst`` are unpacked as they are read.

    Args:
        location: What to open.
        on_bytes: Called with the number of bytes, as stored, of each read: for a progress bar.

    Raises:
        SourceError: If it cannot be opened, or is not packed as its name says.
    """
    if location.path == STANDARD_INPUT:
        yield unpacked(location, _chunks_of(sys.stdin.buffer, on_bytes))
        return
    with open_file(location) as file:
        yield unpacked(location, _chunks_of(file, on_bytes))


@contextmanager
def open_file(location: FileLocation) -> Iterator[BinaryIO]:
    """Open *location* as it is stored; SourceError if it cannot be opened."""
    try:
        file = Path(location.path).open("rb")  # noqa: SIM115  # closed below; only opening is translated
    except (OSError, ValueError) as error:
        raise _cannot_open(location.path, error) from error
    with file:
        yield file


def unpacked(location: FileLocation, chunks: Iterator[bytes]) -> ByteStream:
    """
    The stored bytes of *location* as a stream that unpacks ``.gz`` and ``.zst``.

    Raises:
        SourceError: If it is not packed as its name says.
    """
    packed = ByteStream(location.name, _translated(location.name, chunks))
    magic = packed.head(len(ZSTD_MAGIC))
    promised = _PACKED.get(location.packing)
    if promised is not None and magic and not magic.startswith(promised):
        raise SourceError(
            location.name,
            f"is named {Path(location.path).suffix} but is not packed so; rename it or fetch it again",
        )
    if magic.startswith(GZIP_MAGIC):
        return ByteStream(location.name, _translated(location.name, gunzipped(packed.chunks())))
    if magic == ZSTD_MAGIC:
        return ByteStream(location.name, _translated(location.name, unzstd(packed.chunks())))
    return packed


def _chunks_of(file: BinaryIO, on_bytes: Callable[[int], None] | None) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK_BYTES):
        if on_bytes is not None:
            on_bytes(len(chunk))
        yield chunk


def _translated(name: str, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """*chunks*, with what the system and the compressors raise as a SourceError."""
    try:
        for chunk in chunks:
            if chunk:
                yield chunk
    except EOFError as error:
        raise SourceError(
            name, "is cut off; what was whole has been read, fetch it again for the rest"
        ) from error
    except zlib.error as error:
        raise SourceError(
            name, f"is damaged and cannot be unpacked ({error}); fetch it again"
        ) from error
    except OSError as error:
        raise _cannot_open(name, error) from error


def _cannot_open(path: str, error: Exception) -> SourceError:
    """What went wrong with *path*, and what to do about it."""
    if isinstance(error, FileNotFoundError):
        message = (
            "is a link to a file that is gone; remove the link or restore the file"
            if Path(path).is_symlink()
            else "no such file or folder; check the path"
        )
    elif isinstance(error, PermissionError):
        message = "may not be read; change its permissions (chmod u+r) or run as its owner"
    elif isinstance(error, OSError):
        message = f"cannot be read ({error.strerror})"
    else:
        message = f"cannot be a path ({error})"
    return SourceError(replace_surrogates(path), message)
