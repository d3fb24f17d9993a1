"""
RSS and Atom files -> articles, an entry each. Nothing is fetched.

Only what the entry itself holds is read; following its link is for others.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from retrieval.errors import SourceError
from retrieval.sources.dates import parse_date
from retrieval.sources.encoding import decode
from retrieval.sources.fields import make_article
from retrieval.sources.files import MAX_DOCUMENT_BYTES, ByteStream
from retrieval.sources.html import html_to_text
from retrieval.types import Article, Location


def read_feed(stream: ByteStream) -> Iterator[Article | SourceError]:
    """
    One article an entry: the content if there is any, else the summary.

    A feed that is not well-formed is used as far as it was understood. The
    source is the feed's title, or that of the feed which an entry was taken from;
    ``published_origin`` is ``feed``, or ``feed:updated`` where no other date is given.

    Raises:
        SourceError: If the file is no feed or has no entries.
    """
    import feedparser  # noqa: PLC0415  # imported on use: 0.1 s, which a question must not pay

    text = decode(stream.read_all(MAX_DOCUMENT_BYTES), stream.name)
    # A stream, because feedparser fetches a string that looks like an address.
    feed = feedparser.parse(
        io.BytesIO(text.encode()),
        # Decoded already, whatever the XML declaration says.
        response_headers={"content-type": "application/xml; charset=utf-8"},
        # All markup is taken off below; with these on, it takes three times as long.
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not feed.entries:
        what = "holds a feed without entries" if feed.get("version") else "is no RSS or Atom feed"
        raise SourceError(stream.name, f"{what}; save the feed again")
    for number, entry in enumerate(feed.entries, start=1):
        place = f"{stream.name} entry {number}"
        published, origin = _date(entry)
        said = {
            "id": entry.get("id") or entry.get("link"),
            "title": _words(entry.get("title_detail")),
            "source": _words(
                entry.get("source", {}).get("title_detail") or feed.feed.get("title_detail")
            ),
            "url": entry.get("link"),
            "published": published,
            "lang": _lang(entry) or feed.feed.get("language"),
            "author": entry.get("author"),
        }
        try:
            yield make_article(
                said,
                _text(entry),
                location=Location(stream.name),
                place=place,
                published_origin=origin,
            )
        except SourceError as error:
            yield error


def _words(detail: Any) -> str | None:
    """A title in one line, without markup; None where there is none."""
    if not detail:
        return None
    words: str = detail["value"]
    return html_to_text(words).replace("\n", " ") if "html" in detail["type"] else words


def _text(entry: Any) -> str:
    """The longest of the contents; without any, the summary."""
    contents = [_body(detail) for detail in entry.get("content", ())]
    longest = max(contents, key=len, default="")
    return longest or _body(entry.get("summary_detail", {"type": "text/plain", "value": ""}))


def _body(detail: Any) -> str:
    words: str = detail["value"]
    return html_to_text(words) if "html" in detail["type"] else words


def _lang(entry: Any) -> str | None:
    details = [
        *entry.get("content", ()),
        entry.get("summary_detail", {}),
        entry.get("title_detail", {}),
    ]
    return next((detail["language"] for detail in details if detail.get("language")), None)


def _date(entry: Any) -> tuple[str | None, str]:
    """The date as a string that ``parse_date`` reads, and its origin; else as the feed has it."""
    stated: str | None = None
    for key, origin in (("published", "feed"), ("updated", "feed:updated")):
        # Read anew: feedparser takes a zone that it does not know for UTC. And by dict's own
        # get: feedparser's gives one date for the other, with a warning.
        date = dict.get(entry, key)
        if not date:
            continue
        if parse_date(date) is not None:
            return date, origin
        stated = stated or date
    return stated, "feed"
