"""
JSON Feed 1.0 and 1.1 (jsonfeed.org) -> what it says.

Whatever has the wrong type is taken as not said; only a list of items there must be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from retrieval.errors import SourceError
from retrieval.sources.entries import Markup, SaidEntry, SaidFeed

# PHP escapes its slashes.
_VERSION = re.compile(r'"version"\s*:\s*"https?:(?:\\?/){2}(?:www\.)?jsonfeed\.org')


def is_json_feed(top: str) -> bool:
    """Whether a document that begins with *top* calls itself a JSON Feed."""
    return top.startswith("{") and _VERSION.search(top) is not None


def parse_json_feed(text: str, name: str) -> SaidFeed:
    """
    What the feed in *text* says.

    Raises:
        SourceError: If it is not JSON, or no feed.
    """
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        what = "is nested too deep" if isinstance(error, RecursionError) else "is broken"
        raise SourceError(name, f"is JSON that {what}; save the feed again") from error
    if not isinstance(feed, dict) or "jsonfeed.org" not in str(feed.get("version")):
        raise SourceError(name, "is JSON, but no JSON Feed; give the address of a feed")
    items = feed.get("items")
    if not isinstance(items, list):
        raise SourceError(name, "is a JSON Feed without a list of items; save the feed again")
    return SaidFeed(
        title=_markup(feed.get("title"), is_html=False),
        link=_text(feed.get("home_page_url")) or _text(feed.get("feed_url")),
        lang=_text(feed.get("language")),
        entries=[_entry(item if isinstance(item, dict) else {}, feed) for item in items],
    )


def _entry(item: Mapping[str, Any], feed: Mapping[str, Any]) -> SaidEntry:
    contents = [
        _markup(item.get("content_html"), is_html=True),
        _markup(item.get("content_text"), is_html=False),
    ]
    return SaidEntry(
        guid=item.get("id"),
        link=_text(item.get("url")) or _text(item.get("external_url")),
        title=_markup(item.get("title"), is_html=False),
        # One text in two forms, and the first keeps its paragraphs.
        contents=[markup for markup in contents if markup is not None][:1],
        summary=_markup(item.get("summary"), is_html=False),
        published=item.get("date_published"),
        updated=item.get("date_modified"),
        author=_author(item) or _author(feed),
        lang=_text(item.get("language")),
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _markup(value: Any, *, is_html: bool) -> Markup | None:
    words = _text(value)
    return None if words is None else Markup(words, is_html)


def _author(said: Mapping[str, Any]) -> str | None:
    """The names of the authors, in version 1.1, or of the author, in 1.0."""
    stated = said.get("authors")
    authors = [*stated, said.get("author")] if isinstance(stated, list) else [said.get("author")]
    known = [_text(one.get("name")) for one in authors if isinstance(one, dict)]
    return ", ".join(dict.fromkeys(name for name in known if name is not None)) or None
