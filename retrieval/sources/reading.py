"""
The entry point of the readers: locations -> articles.

Which reader takes a file is decided here, by its name where the name is
plain and by its first characters otherwise; how a format is read is in its module.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator
from typing import Final, Literal

from retrieval.errors import SourceError
from retrieval.sources.encoding import (
    SAMPLE_BYTES,
    detect_encoding,
    refuse_binary,
)
from retrieval.sources.feeds import read_feed
from retrieval.sources.fields import chosen_keys, field_of
from retrieval.sources.files import (
    ByteStream,
    FileLocation,
    SkippedFile,
    iter_locations,
    open_location,
)
from retrieval.sources.html import read_html
from retrieval.sources.markdown import read_markdown
from retrieval.sources.plaintext import read_plaintext
from retrieval.sources.records import DELIMITERS, read_csv, read_json, read_jsonl
from retrieval.types import Article

__all__ = ["FileLocation", "SkippedFile", "iter_locations", "read_articles"]

Format = Literal["text", "markdown", "html", "feed", "jsonl", "json", "csv", "tsv"]

_READERS: Final[dict[Format, Callable[[ByteStream], Iterator[Article | SourceError]]]] = {
    "text": read_plaintext,
    "markdown": read_markdown,
    "html": read_html,
    "feed": read_feed,
    "jsonl": read_jsonl,
    "json": read_json,
    "csv": read_csv,
    "tsv": functools.partial(read_csv, delimiter="\t"),
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
}
_FEED_SUFFIXES = frozenset((".rss", ".atom", ".rdf"))
_PAGE_SUFFIXES = frozenset((".html", ".htm", ".xhtml"))

_PROLOG = r"(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)*+"
_ROOT_OF_FEED = re.compile(
    rf"{_PROLOG}<(?:[a-z]+:)?(?:rss|feed|rdf)[\s>]", re.DOTALL | re.IGNORECASE
)
_ROOT_OF_PAGE = re.compile(
    rf"(?:<!DOCTYPE html|{_PROLOG}<(?:html|head|body|article)[\s>])", re.DOTALL | re.IGNORECASE
)
_JSON_TOP = re.compile(r"""\{\s*"|\[\s*\{""")


def read_articles(
    location: FileLocation, on_bytes: Callable[[int], None] | None = None
) -> Iterator[Article | SourceError]:
    """
    The articles of *location*, in order, as they are read; for what cannot be read, its error.

    A bad record or line costs itself; a damaged file costs what comes after the damage.
    Nothing is raised for a bad input.

    Args:
        location: From ``iter_locations``.
        on_bytes: Called with the number of bytes, as stored, of each read: for a progress bar.
    """
    try:
        with open_location(location, on_bytes) as stream:
            yield from _READERS[_format_of(location, stream)](stream)
    except SourceError as error:
        yield error


def _format_of(location: FileLocation, stream: ByteStream) -> Format:
    head = stream.head(SAMPLE_BYTES + 1)
    if not head:
        raise SourceError(location.name, "is empty; add an article or remove the file")
    refuse_binary(head, location.name)
    suffix = location.suffix
    named = _BY_SUFFIX.get(suffix)
    if named is not None and named != "json":
        return named
    encoding = detect_encoding(head[:SAMPLE_BYTES], is_cut=len(head) > SAMPLE_BYTES) or "ascii"
    top = head[:SAMPLE_BYTES].decode(encoding, "ignore").lstrip("\ufeff \t\r\n")
    if named == "json":
        return _records_in(top) or named
    if suffix in _FEED_SUFFIXES or _ROOT_OF_FEED.match(top):
        return "feed"
    if suffix in _PAGE_SUFFIXES or _ROOT_OF_PAGE.match(top):
        return "html"
    if suffix == ".xml" or top.startswith("<?xml"):
        message = "is XML, but neither a feed nor a page; convert it to JSONL"
        raise SourceError(location.name, message)
    return _records_in(top) or "text"


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
