"""
RSS, Atom and JSON Feed -> entries, and those of a file -> articles. Nothing is fetched.

Only what the entry itself holds is read; following its link is for others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from retrieval.errors import SourceError
from retrieval.sources.encoding import decode, mended, recoded
from retrieval.sources.entries import Entry, Feed, make_feed
from retrieval.sources.fields import make_article
from retrieval.sources.files import MAX_DOCUMENT_BYTES, ByteStream
from retrieval.sources.jsonfeed import parse_json_feed
from retrieval.sources.xmlfeed import parse_xml_feed
from retrieval.types import Article, Location

__all__ = ["MAX_FEED_BYTES", "Entry", "Feed", "parse_feed", "read_feed"]

MAX_FEED_BYTES: Final = 32 << 20
"""Most that a feed from the web may hold; 10,000 long stories have 30 MB."""


def parse_feed(
    body: bytes,
    name: str,
    *,
    address: str | None = None,
    encoding: str | None = None,
    now: datetime | None = None,
) -> Feed:
    """
    The feed in *body*: RSS, Atom, RDF or JSON Feed; its entries are as ``Entry`` says.

    A feed that is not well-formed is used as far as it was understood. What it costs in time and
    memory is not bounded here: run it in ``Workers`` if the feed is not one's own.

    Args:
        body: As it was fetched, unpacked.
        name: For errors.
        address: Where it was fetched, to resolve links.
        encoding: The charset that the server named.
        now: Dates far ahead of it are not believed; None for the clock's.

    Raises:
        SourceError: If the body is no feed, or holds more than ``MAX_FEED_BYTES``.
    """
    if len(body) > MAX_FEED_BYTES:
        limit = f"{MAX_FEED_BYTES >> 20} MB"
        raise SourceError(name, f"holds more than {limit}, too much for a feed; find a smaller one")
    return _parse(body, name, address=address, encoding=encoding, now=now)


def _parse(
    body: bytes, name: str, *, address: str | None, encoding: str | None, now: datetime | None
) -> Feed:
    if b"\x00" not in body[:4]:  # nor is it UTF-16, in which half of the bytes are zeros
        body = body.replace(b"\x00", b"")
    text = decode(mended(recoded(body, encoding)), name).lstrip("\ufeff \t\r\n")
    if not text:
        raise SourceError(name, "is empty; save the feed again")
    said = (parse_json_feed if text.startswith(("{", "[")) else parse_xml_feed)(text, name)
    return make_feed(said, name, address=address, now=now or datetime.now(UTC))


def read_feed(stream: ByteStream, *, address: str | None = None) -> Iterator[Article | SourceError]:
    """
    One article an entry: the content if there is any, else the summary.

    The source is the feed's title, or that of the feed which an entry was taken from;
    ``published_origin`` is ``feed``, or ``feed:updated`` where no other date is given.

    Args:
        stream: The feed.
        address: Where it was fetched; None for a file.

    Raises:
        SourceError: If the file is no feed or has no entries.
    """
    body = stream.read_all(MAX_DOCUMENT_BYTES)
    feed = _parse(body, stream.name, address=address, encoding=None, now=None)
    if not feed.entries and not feed.is_cut:
        raise SourceError(stream.name, "holds a feed without entries; save the feed again")
    for entry in feed.entries:
        try:
            yield _article(entry, feed, Location(stream.name))
        except SourceError as error:
            yield error
    if feed.is_cut:
        message = "is cut off; what was whole has been read, fetch it again for the rest"
        raise SourceError(stream.name, message)


def _article(entry: Entry, feed: Feed, location: Location) -> Article:
    said = {
        "id": entry.guid or entry.url,
        "title": entry.title,
        "source": entry.source or feed.title,
        "url": entry.url,
        "lang": entry.lang,
        "author": entry.author,
    }
    article = make_article(
        said, entry.text, location=location, place=entry.place, published_origin=""
    )
    return replace(
        article,
        published=entry.published,
        published_origin=None if entry.published is None else entry.published_origin,
        extra=entry.extra,
    )
