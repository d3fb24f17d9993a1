"""RSS as text, and the feed that is parsed from it."""

from datetime import UTC, datetime
from typing import Any

from retrieval.sources.feeds import Entry, Feed, parse_feed

NOW = datetime(2024, 3, 10, 12, tzinfo=UTC)


def parse(feed: str | bytes, **how: Any) -> Feed:
    data = feed if isinstance(feed, bytes) else feed.encode("utf-8", "surrogatepass")
    return parse_feed(data, "a feed", now=NOW, **how)


def rss(items: str, channel: str = "", prolog: str = '<?xml version="1.0"?>') -> str:
    return (
        f'{prolog}<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
        ' xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">'
        f"<channel>{channel}{items}</channel></rss>"
    )


def only(feed: Feed) -> Entry:
    (entry,) = feed.entries
    return entry


def item(guid: str | None, link: str, title: str, day: int | None = None) -> str:
    date = "" if day is None else f"<pubDate>0{day} Mar 2024 00:00:00 GMT</pubDate>"
    ident = "" if guid is None else f'<guid isPermaLink="false">{guid}</guid>'
    return f"<item>{ident}<link>https://h.example/{link}</link><title>{title}</title>{date}</item>"
