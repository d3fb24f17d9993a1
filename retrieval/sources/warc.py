"""
Web archives (WARC 0.17 to 1.1) -> the articles of the pages that they hold.

A record is a page that was fetched at another time, so it is read as one; how is for
``reading`` to say. warcio takes headers and chunked bodies apart. Where records begin
and end is found here, because one bad record must cost no other.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any, Final
from urllib.parse import urlsplit

from retrieval.errors import SourceError
from retrieval.sources.addresses import without_userinfo
from retrieval.sources.canonical import clean_url
from retrieval.sources.encoding import replace_surrogates
from retrieval.sources.fetch import Fetched, Validators
from retrieval.sources.fields import web_address
from retrieval.sources.files import MAX_DOCUMENT_BYTES, ByteStream
from retrieval.sources.headers import charset, content_type
from retrieval.sources.unpacking import BY_CODING, Unpack
from retrieval.types import Article, content_id

MAX_BLOCK_BYTES: Final = MAX_DOCUMENT_BYTES
"""Most that a record may hold, as stored; the same bounds its payload, unpacked."""

WARC_MAGIC: Final = b"WARC/"

_VERSIONS = [f"WARC/{version}" for version in ("1.1", "1.0", "0.18", "0.17")]
_PAGES = frozenset(("response", "resource", "conversion"))
_MAX_HEADER_BYTES = 1 << 20
_SLICE_BYTES = 1 << 13

Found = Iterator[Article | SourceError]
ReadPage = Callable[[Fetched, str], Found]


@dataclass(frozen=True, slots=True)
class _Record:
    """A record that holds a page; ``block`` is its content as stored, HTTP headers included."""

    type: str
    address: str
    content_type: str
    block: bytes
    is_cut: bool  # by the one who archived it, who says so


def read_warc(
    stream: ByteStream, read_page: ReadPage, *, is_page_type: Callable[[str], bool]
) -> Found:
    """
    The articles of all pages, in order; memory does not grow with the file.

    Read are records of an http address that hold a page, feed, text or records: responses
    with status 200, resources and conversions. All others (requests, revisits, images,
    ``robots.txt``) are passed over. A record that cannot be read is one error, and the
    rest goes on. A page's address is its id, so that a later capture is a later version;
    the day of the capture is nobody's date.

    Args:
        stream: The archive, unpacked.
        read_page: Reads a page; its second argument is the place.
        is_page_type: Whether a content type may hold articles.

    Raises:
        SourceError: If the archive holds no page, or is damaged.
    """
    is_empty = True
    for number, record in enumerate(_records(_Reader(stream.chunks())), start=1):
        place = f"{stream.name}/record {number}"
        try:
            if isinstance(record, str):
                raise SourceError(place, record)  # noqa: TRY301  # all errors of a record in one place
            page = None if record is None else _page(record, place, is_page_type)
            if record is None or page is None:
                continue
            for item in _with_address(read_page(page, place), page.url):
                is_empty = False
                if record.is_cut and isinstance(item, Article):
                    yield replace(item, is_truncated=True)
                else:
                    yield item
        except SourceError as error:
            is_empty = False
            yield error
    if is_empty:
        raise SourceError(stream.name, "holds no page, feed or text that was fetched with success")


def _with_address(items: Found, address: str) -> Found:
    """*items*; if it is one article without an id of its own, with *address* for its id."""
    first, second = next(items, None), next(items, None)
    if isinstance(first, Article) and second is None:
        is_content_keyed = first.id == content_id(first.text)
        first = replace(first, id=address) if is_content_keyed and first.url == address else first
    yield from (item for item in (first, second) if item is not None)
    yield from items


def _page(record: _Record, place: str, is_page_type: Callable[[str], bool]) -> Fetched | None:
    """The page in a record as if it had just been fetched; None if there is none to read."""
    body, stated = record.block, {"content-type": record.content_type}
    if record.type == "response":
        # imported on use: no other format needs it
        from warcio.statusandheaders import (  # noqa: PLC0415
            StatusAndHeadersParser,
            StatusAndHeadersParserException,
        )

        block = BytesIO(body)
        try:
            headers = StatusAndHeadersParser(["HTTP/1.0", "HTTP/1.1", "HTTP/2"]).parse(block)
        except (StatusAndHeadersParserException, EOFError) as error:
            raise SourceError(place, "holds no answer of a web server") from error
        stated = {"content-type": headers.get_header("content-type", "")}
        if headers.get_statuscode() != "200" or not is_page_type(content_type(stated)):
            return None
        body = _body(block, headers, place)
    elif not is_page_type(content_type(stated)):
        return None
    return Fetched(
        url=record.address,
        status=200,
        content_type=content_type(stated),
        encoding=charset(stated),
        body=body,
        validators=Validators(),
        is_unchanged=False,
        moved_to=None,
        fresh_for=None,
    )


def _body(block: BytesIO, headers: Any, place: str) -> bytes:
    """The body behind the HTTP headers, joined and unpacked; as it is where it is not packed as said."""
    if headers.get_header("transfer-encoding", "").strip().lower() == "chunked":
        from warcio.bufferedreaders import ChunkedDataReader  # noqa: PLC0415  # imported on use: as above

        body: bytes = ChunkedDataReader(block).read()
    else:
        body = block.read()
    for coding in reversed(headers.get_header("content-encoding", "").split(",")):
        unpack = BY_CODING.get(coding.strip().lower())
        if unpack is not None and body:
            body = _unpacked(body, unpack, place)
    return body


def _unpacked(body: bytes, unpack: Unpack, place: str) -> bytes:
    starts = range(0, len(body), _SLICE_BYTES)
    whole = bytearray()
    try:
        for piece in unpack(body[start : start + _SLICE_BYTES] for start in starts):
            whole += piece
            if len(whole) > MAX_BLOCK_BYTES:
                raise SourceError(place, f"page is larger than {MAX_BLOCK_BYTES >> 20} MB")
    except (EOFError, zlib.error) as error:
        if whole:
            raise SourceError(place, "page is packed, and damaged or cut off") from error
        return body  # some archivers unpack it and leave the header as it was
    return bytes(whole)


class _Reader:
    """Bytes and lines out of chunks, no more at once than was asked for."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._chunk = b""
        self._at = 0

    def read(self, size: int) -> Iterator[bytes]:
        """The next *size* bytes in pieces, fewer at the end."""
        while size > 0 and self._fill():
            piece = self._chunk[self._at : self._at + size]
            self._at += len(piece)
            size -= len(piece)
            yield piece

    def line(self) -> bytes:
        """The next line with its end, or as much as a header may hold; b"" at the end."""
        parts: list[bytes] = []
        size = 0
        while size < _MAX_HEADER_BYTES and self._fill():
            stop = self._chunk.find(b"\n", self._at) + 1 or len(self._chunk)
            parts.append(self._chunk[self._at : stop])
            size += stop - self._at
            self._at = stop
            if parts[-1].endswith(b"\n"):
                break
        return b"".join(parts)

    def skip_to_record(self, line: bytes) -> bytes:
        """The first line of the next record, from *line* on; b"" if there is none."""
        is_line_start = True
        while line and not (is_line_start and line.startswith(WARC_MAGIC)):
            is_line_start = line.endswith(b"\n")
            line = self.line()
        return line

    def _fill(self) -> bool:
        """Whether there is a byte left."""
        while self._at >= len(self._chunk):
            chunk = next(self._chunks, None)
            if chunk is None:
                return False
            self._chunk, self._at = chunk, 0
        return True


def _records(reader: _Reader) -> Iterator[_Record | str | None]:
    """The records in order: None for one that holds no page, what is wrong with a bad one."""
    line = _first_line(reader)
    while line:
        if not line.startswith(WARC_MAGIC):
            line = reader.skip_to_record(line)
            yield "is no WARC record, or the one before it has a wrong length"
            continue
        record, line = _record(reader, line)
        yield record
        line = line or _first_line(reader)


def _first_line(reader: _Reader) -> bytes:
    """The next line that is not blank; two blank ones stand behind a record."""
    return next((line for line in iter(reader.line, b"") if line.strip()), b"")


def _record(reader: _Reader, line: bytes) -> tuple[_Record | str | None, bytes]:
    """The record that *line* begins, and the first line of the next one if it was met already."""
    from warcio.statusandheaders import (  # noqa: PLC0415  # imported on use: as above
        StatusAndHeadersParser,
        StatusAndHeadersParserException,
    )

    header = bytearray(line)
    while (line := reader.line()).strip():
        header += line
        if len(header) > _MAX_HEADER_BYTES:
            return "has headers without an end", reader.skip_to_record(reader.line())
    try:
        headers = StatusAndHeadersParser(_VERSIONS).parse(BytesIO(header))
        length = int(headers.get_header("content-length", ""))
        if length < 0:
            raise ValueError(length)  # noqa: TRY301  # as any other that is no length
    except (StatusAndHeadersParserException, ValueError):
        return "has a broken header", reader.skip_to_record(reader.line())
    address = _address(headers.get_header("warc-target-uri", ""))
    kind = headers.get_header("warc-type", "")
    if kind not in _PAGES or address is None or length > MAX_BLOCK_BYTES:
        is_whole = sum(map(len, reader.read(length))) == length
        is_passed_over = kind not in _PAGES or address is None
        too_large = None if is_passed_over else f"holds more than {MAX_BLOCK_BYTES >> 20} MB"
        return too_large if is_whole else _CUT, b""
    block = b"".join(reader.read(length))
    if len(block) < length:
        return _CUT, b""
    is_cut = any(map(headers.get_header, ("warc-truncated", "warc-segment-number")))
    return _Record(kind, address, headers.get_header("content-type", ""), block, is_cut), b""


_CUT: Final = "is cut off; what was whole has been read, fetch the archive again for the rest"


def _address(stated: str) -> str | None:
    """The address of a page that may hold articles; None for any other."""
    address = web_address(stated.strip().removeprefix("<").removesuffix(">").replace(" ", "%20"))
    if address is None:
        return None
    try:
        address = clean_url(without_userinfo(address))
        path = urlsplit(address).path
    except ValueError:  # an unbalanced "["
        return None
    return None if path == "/robots.txt" else replace_surrogates(address)
