"""
The entry point of the readers: locations -> articles.

Which reader takes a file is decided here, by its name where the name is
plain and by its first characters otherwise; how a format is read is in its module.
A page from the web is a file whose name the server's content type gives, and so is a
page or a member of an archive.
"""

from __future__ import annotations

import functools
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final, Literal
from urllib.parse import urlsplit

from retrieval.errors import SourceError
from retrieval.sources.archive import ZIP_MAGIC, ZIP_SUFFIX, read_zip
from retrieval.sources.encoding import (
    READABLE,
    SAMPLE_BYTES,
    detect_encoding,
    recoded,
    refuse_binary,
)
from retrieval.sources.feeds import read_feed
from retrieval.sources.fetch import Fetched, FetchPolicy, fetch
from retrieval.sources.fields import chosen_keys, field_of
from retrieval.sources.files import (
    ByteStream,
    FileLocation,
    SkippedFile,
    iter_locations,
    open_file,
    open_location,
)
from retrieval.sources.html import read_html
from retrieval.sources.jsonfeed import is_json_feed
from retrieval.sources.mail import is_mbox, read_mail, read_mbox
from retrieval.sources.markdown import read_markdown
from retrieval.sources.plaintext import read_plaintext
from retrieval.sources.records import DELIMITERS, read_csv, read_json, read_jsonl
from retrieval.sources.robots import Robots
from retrieval.sources.warc import WARC_MAGIC, read_warc
from retrieval.types import Article

__all__ = ["FileLocation", "SkippedFile", "iter_locations", "read_articles"]

Format = Literal[
    "text", "markdown", "html", "feed", "jsonl", "json", "csv", "tsv", "warc", "mail", "mbox"
]

_READERS: Final[dict[Format, Callable[[ByteStream], Iterator[Article | SourceError]]]] = {
    "text": read_plaintext,
    "markdown": read_markdown,
    "html": read_html,
    "feed": read_feed,
    "jsonl": read_jsonl,
    "json": read_json,
    "csv": read_csv,
    "tsv": functools.partial(read_csv, delimiter="\t"),
    "warc": lambda stream: read_warc(stream, _read_captured, is_page_type=_is_page_type),
    "mail": read_mail,
    "mbox": read_mbox,
}

_BY_SUFFIX: Final[dict[str, Format]] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".jl": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".warc": "warc",
    ".eml": "mail",
    ".mbox": "mbox",
    ".mbx": "mbox",
}
_NESTED = "is an archive in an archive of the web; unpack it first"
_ARCHIVES: Final[frozenset[Format]] = frozenset(("warc", "mail", "mbox"))
_PROSE: Final[frozenset[Format]] = frozenset(("text", "markdown"))
_FEED_SUFFIXES = frozenset((".rss", ".atom", ".rdf"))
_PAGE_SUFFIXES = frozenset((".html", ".htm", ".xhtml"))

# What a server calls a document -> what a file with it would be named.
_SUFFIX_OF_TYPE: Final = {
    "text/html": ".html",
    "application/xhtml+xml": ".xhtml",
    "application/rss+xml": ".rss",
    "application/atom+xml": ".atom",
    "application/rdf+xml": ".rdf",
    **dict.fromkeys(("application/xml", "text/xml"), ".xml"),
    **dict.fromkeys(("application/json", "application/feed+json", "text/json"), ".json"),
    **dict.fromkeys(("application/jsonl", "application/x-jsonlines"), ".jsonl"),
    **dict.fromkeys(("application/ndjson", "application/x-ndjson"), ".jsonl"),
    **dict.fromkeys(("text/markdown", "text/x-markdown"), ".md"),
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/warc": ".warc",
    "message/rfc822": ".eml",
    "application/mbox": ".mbox",
    **dict.fromkeys(("application/zip", "application/x-zip-compressed"), ZIP_SUFFIX),
}
# What a server calls that of which it knows no more; then the address's own ending counts.
_VAGUE_TYPES = frozenset(
    (
        *("", "text/plain", "application/octet-stream", "binary/octet-stream"),
        *("application/gzip", "application/x-gzip"),
    )
)

_PROLOG = r"(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)*+"
_ROOT_OF_FEED = re.compile(
    rf"{_PROLOG}<(?:[a-z]+:)?(?:rss|feed|rdf)[\s>]", re.DOTALL | re.IGNORECASE
)
_ROOT_OF_PAGE = re.compile(
    rf"(?:<!DOCTYPE html|{_PROLOG}<(?:html|head|body|article)[\s>])", re.DOTALL | re.IGNORECASE
)
_JSON_TOP = re.compile(r"""\{\s*"|\[\s*\{""")


def read_articles(
    location: FileLocation,
    on_bytes: Callable[[int], None] | None = None,
    *,
    fetch_policy: FetchPolicy = FetchPolicy(),  # noqa: B008  # frozen
    robots: Robots | None = None,
) -> Iterator[Article | SourceError]:
    """
    The articles of *location*, in order, as they are read; for what cannot be read, its error.

    A web address is fetched; its reader is the one that the server's content type asks for,
    unless the first characters speak against it. The site's robots.txt is asked first, for what
    an address holds is not known before; a feed that is known as one is polled without. A bad record or line costs itself; a damaged file costs what comes after the damage.
    Nothing is raised for a bad input.

    Args:
        location: From ``iter_locations``.
        on_bytes: Called with the number of bytes, as stored, of each read: for a progress bar.
        fetch_policy: How far the fetch of a web address may go.
        robots: What sites let programs read, of this and other locations; None to ask anew.
    """
    try:
        if location.is_web:
            check = (robots or Robots(fetch_policy)).check
            page = fetch(location.path, policy=fetch_policy, check=check)
            if on_bytes is not None:
                on_bytes(len(page.body))
            yield from _read_fetched(page, location.name)
        elif location.packing == ZIP_SUFFIX:
            with open_file(location) as file:
                yield from read_zip(file, location.name, _read_stream, on_bytes)
        else:
            with open_location(location, on_bytes) as stream:
                yield from _read_stream(stream, location.suffix)
    except SourceError as error:
        yield error


def _read_stream(stream: ByteStream, suffix: str) -> Iterator[Article | SourceError]:
    return _READERS[_format_of(stream, suffix)](stream)


def _read_captured(page: Fetched, name: str) -> Iterator[Article | SourceError]:
    """A page of an archive; what would be an archive in it is refused, however it is called."""
    return _read_fetched(page, name, is_captured=True)


def _read_fetched(
    page: Fetched, name: str, *, is_captured: bool = False
) -> Iterator[Article | SourceError]:
    if not page.body:
        raise SourceError(name, "page is empty")
    suffix = _suffix_of(page, name)
    if is_captured and suffix == ZIP_SUFFIX:
        raise SourceError(name, _NESTED)
    if suffix == ZIP_SUFFIX:
        yield from read_zip(io.BytesIO(page.body), name, _read_stream)
        return
    stream = ByteStream(name, iter((recoded(page.body, page.encoding),)))
    kind = _format_of(stream, suffix)
    if is_captured and kind in _ARCHIVES:
        raise SourceError(name, _NESTED)
    if kind == "html":
        yield from read_html(stream, address=page.url)
    elif kind == "feed":
        yield from read_feed(stream, address=page.url)
    elif kind in _PROSE:
        for item in _READERS[kind](stream):
            if isinstance(item, Article) and item.url is None:
                yield replace(item, url=page.url)
            else:
                yield item
    else:
        yield from _READERS[kind](stream)  # a record has an address of its own


def _suffix_of(page: Fetched, name: str) -> str:
    """What the document would be named as a file; SourceError if it is nothing to read."""
    if page.content_type in _VAGUE_TYPES:
        return FileLocation(urlsplit(page.url).path).suffix
    suffix = _SUFFIX_OF_TYPE.get(page.content_type)
    if suffix is None:
        raise SourceError(name, f"is {page.content_type}; what is read is {READABLE}")
    return suffix


def _is_page_type(content_type: str) -> bool:
    """Whether what a server calls so is read when it stands in an archive of the web."""
    suffix = _SUFFIX_OF_TYPE.get(content_type)
    if suffix is None:
        return content_type in {"", "text/plain"}
    return suffix != ZIP_SUFFIX and _BY_SUFFIX.get(suffix) not in _ARCHIVES


def _format_of(stream: ByteStream, suffix: str) -> Format:
    head = stream.head(SAMPLE_BYTES + 1)
    if not head:
        raise SourceError(stream.name, "is empty; add an article or remove the file")
    named = _archive_in(head, suffix) or _BY_SUFFIX.get(suffix)
    if named in _ARCHIVES:  # these may hold any byte
        return named
    if head.startswith(ZIP_MAGIC):
        message = "is a ZIP archive or an office document; an archive is read as a file named .zip"
        raise SourceError(stream.name, message)
    refuse_binary(head, stream.name)
    if named is not None and named != "json":
        return named
    encoding = detect_encoding(head[:SAMPLE_BYTES], is_cut=len(head) > SAMPLE_BYTES) or "ascii"
    top = head[:SAMPLE_BYTES].decode(encoding, "ignore").lstrip("\ufeff \t\r\n")
    if is_json_feed(top):
        return "feed"
    if named == "json":
        return _records_in(top) or named
    return _markup_in(top, suffix, stream.name) or _records_in(top) or "text"


def _archive_in(head: bytes, suffix: str) -> Format | None:
    """An archive of many pages or messages, by its first characters."""
    if head.startswith(WARC_MAGIC):
        return "warc"
    return "mbox" if suffix not in _BY_SUFFIX and is_mbox(head) else None


def _markup_in(top: str, suffix: str, name: str) -> Format | None:
    """A feed or a page, by the name or the first characters; SourceError for other XML."""
    if suffix in _FEED_SUFFIXES or _ROOT_OF_FEED.match(top):
        return "feed"
    if suffix in _PAGE_SUFFIXES or _ROOT_OF_PAGE.match(top):
        return "html"
    if suffix == ".xml" or top.startswith("<?xml"):
        raise SourceError(name, "is XML, but neither a feed nor a page; convert it to JSONL")
    return None


def _records_in(top: str) -> Format | None:
    """JSON Lines, JSON or CSV, if the first characters of a file can be no other thing."""
    first_line = top.partition("\n")[0]
    if _JSON_TOP.match(top):
        try:
            first = json.loads(first_line)
        except (ValueError, RecursionError):
            return "json"  # it goes on below, or is broken: the reader says so
        return "jsonl" if isinstance(first, dict) and "text" in chosen_keys(first) else "json"
    for delimiter in DELIMITERS:
        fields = [field_of(name.strip().strip('"')) for name in first_line.split(delimiter)]
        # A sentence does not consist of the names of columns.
        if "text" in fields and len(fields) >= 2 and None not in fields:
            return "csv"
    return None
