"""
RSS (0.9x, 1.0, 2.0), Atom and RDF -> what they say. Nothing is fetched, no file is opened.
"""

from __future__ import annotations

import io
import re
import sys
from collections import deque
from datetime import timedelta
from html.entities import name2codepoint
from typing import Any, Final

from retrieval.errors import SourceError
from retrieval.sources.entries import Markup, SaidEntry, SaidFeed, bounded_ttl
from retrieval.sources.fields import web_address

# What XML cannot hold. expat stops at it, and the second, lenient parser takes five times as long.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(
    r"(?P<cdata><!\[CDATA\[.*?(?:\]\]>|\Z))"
    r"|&(?:#(?:[xX](?P<hex>[0-9a-fA-F]+)|(?P<decimal>[0-9]+));?|(?P<name>[A-Za-z][A-Za-z0-9]*);)?",
    re.DOTALL,
)
_LONGEST_REFERENCE = 8  # digits; U+10FFFF is 1114111
_OF_XML = frozenset(("amp", "lt", "gt", "quot", "apos"))

_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>|<!--.*?-->|\s)*+(?:<!doctype html|<html)[\s>]", re.IGNORECASE | re.DOTALL
)
_END_OF_FEED = re.compile(r"</(?:[\w.-]+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
_EDGE_OF_ENTRY = re.compile(r"<(?P<end>/?)(?:[\w.-]+:)?(?:item|entry)(?=[\s>])", re.IGNORECASE)

_TEXT_TYPES = frozenset(("text/plain", "text/html", "application/xhtml+xml", "text/xhtml"))
_MINUTES_OF: Final = {
    "hourly": 60, "daily": 1440, "weekly": 10_080, "monthly": 43_200, "yearly": 525_600,
}  # fmt: skip

# What feedparser (its SGML parser, mostly) lets out at documents that are broken enough.
_COMPLAINTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


def parse_xml_feed(text: str, name: str) -> SaidFeed:
    """
    What the feed in *text* says; one that is not well-formed as far as it was understood.

    Raises:
        SourceError: If it is no feed.
    """
    import feedparser  # noqa: PLC0415  # imported on use: 0.1 s, which a question must not pay

    text = _REFERENCE.sub(_legal_reference, _ILLEGAL.sub("", text))
    try:
        # A stream, because feedparser fetches a string that looks like an address.
        found = feedparser.parse(
            io.BytesIO(text.encode()),
            # Decoded already, whatever the XML declaration says.
            response_headers={"content-type": "application/xml; charset=utf-8"},
            # All markup is taken off later; with these on, it takes three times as long.
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except _COMPLAINTS as error:
        message = (
            f"is too broken to be read as a feed ({type(error).__name__}); save the feed again"
        )
        raise SourceError(name, message) from error
    if not found.get("version") and _PAGE.match(text):
        raise SourceError(name, "is an HTML page, not a feed; give the address of its feed")
    if not (found.get("version") or found.entries):
        raise SourceError(name, "is no RSS, Atom or JSON feed; save the feed again")
    entries = [_entry(entry) for entry in found.entries]
    is_cut = bool(found.bozo) and _END_OF_FEED.search(text) is None
    if is_cut and entries and _ends_in_entry(text):
        entries.pop()  # half of a story must not pass for the whole
    feed = found.feed
    return SaidFeed(
        title=_markup(feed.get("title_detail")),
        link=feed.get("link"),
        lang=feed.get("language"),
        ttl=_ttl(feed),
        entries=entries,
        is_cut=is_cut,
    )


def _legal_reference(found: re.Match[str]) -> str:
    """What stands for a reference so that XML holds it; a name of HTML's is no entity there."""
    whole, name = found[0], found["name"]
    if whole == "&":
        return "&amp;"
    if found["cdata"] is not None or name in _OF_XML:
        return whole
    if name is not None:
        code = name2codepoint.get(name)
        return whole if code is None else chr(code)
    digits = (found["hex"] or found["decimal"]).lstrip("0") or "0"
    if len(digits) > _LONGEST_REFERENCE:
        return ""
    code = int(digits, 16 if found["hex"] else 10)
    return f"&#{code};" if code <= sys.maxunicode and not _ILLEGAL.match(chr(code)) else ""


def _ends_in_entry(text: str) -> bool:
    edges = deque(_EDGE_OF_ENTRY.finditer(text), maxlen=1)
    return bool(edges) and not edges[0]["end"]


def _entry(entry: Any) -> SaidEntry:
    contents = [markup for one in entry.get("content", ()) if (markup := _markup(one))]
    return SaidEntry(
        guid=entry.get("id"),
        link=_link(entry),
        title=_markup(entry.get("title_detail")),
        contents=contents,
        summary=_markup(entry.get("summary_detail")),
        # By dict's own get: feedparser's gives one date for the other, with a warning. And as
        # strings, because feedparser takes a zone that it does not know for UTC.
        published=dict.get(entry, "published"),
        updated=dict.get(entry, "updated"),
        author=entry.get("author"),
        source=_source(entry.get("source", {})),
        lang=_lang(entry),
    )


def _source(source: Any) -> Markup | None:
    """The title of a source, which in RSS is an element with a text and nothing else."""
    title = source.get("title")
    return _markup(source.get("title_detail")) or (Markup(title, is_html=True) if title else None)


def _link(entry: Any) -> str | None:
    link: str | None = entry.get("link")
    # feedparser takes a guid for the link where there is no other; "17" is none.
    if link is not None and link == entry.get("id") and web_address(link) is None:
        return None
    return link


def _markup(detail: Any) -> Markup | None:
    """The words of a part and what they are in; None for none, and for what is no text."""
    if not detail or not detail.get("value") or detail.get("type") not in _TEXT_TYPES:
        return None
    return Markup(detail["value"], is_html="html" in detail["type"])


def _lang(entry: Any) -> str | None:
    details = [
        *entry.get("content", ()),
        entry.get("summary_detail", {}),
        entry.get("title_detail", {}),
    ]
    return next((detail["language"] for detail in details if detail.get("language")), None)


def _ttl(feed: Any) -> timedelta | None:
    """From ``ttl`` (minutes, RSS 2.0), else from the syndication module of RSS 1.0."""
    try:
        minutes = float(feed.get("ttl") or 0)
        if not minutes:
            period = _MINUTES_OF.get(feed.get("sy_updateperiod", "").strip().lower(), 0)
            minutes = period / float(feed.get("sy_updatefrequency") or 1)
    except (ValueError, ZeroDivisionError):
        return None
    return bounded_ttl(minutes)
