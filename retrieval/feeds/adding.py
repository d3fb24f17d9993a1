"""Adding a feed: an address or a file, a page's address finds its feed by itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from retrieval.errors import SourceError
from retrieval.feeds.documents import Tools, parse, read_file
from retrieval.sources.feeds import Feed
from retrieval.sources.fetch import Fetched, fetch

CANDIDATES_MAX = 5
"""Feeds of a page that are tried, until one can be read."""


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """
    A feed that can be added.

    Attributes:
        url: Where it is; the absolute path of a file.
        feed: What it holds now.
        others: Further feeds that the page names.
    """

    url: str
    feed: Feed
    others: tuple[str, ...] = ()


def find_feed(location: str, tools: Tools) -> FoundFeed:
    """
    The feed at *location*, or the first that the page there names and that can be read.

    Args:
        location: A web address, with or without its scheme, or a file.
        tools: What polls share.

    Raises:
        SourceError: If there is none.
    """
    location = location.strip()
    if "://" not in location:
        path = Path(location).expanduser()
        if location and path.exists():
            return _in_file(path.absolute(), tools)
        if "." not in location.partition("/")[0] or " " in location:
            raise SourceError(location, "is neither a web address nor a file")
        location = f"https://{location}"
    page = fetch(location, policy=tools.policy, resolve=tools.resolve)
    url = page.moved_to or location
    try:
        return FoundFeed(url, parse(page, page.url, tools.workers))
    except SourceError as e:
        candidates = _named_on(page, tools)
        if not candidates:
            raise SourceError(location, f"no feed is there, and none is named ({e.message})") from e
    failures: list[SourceError] = []
    for candidate in candidates[:CANDIDATES_MAX]:
        try:
            document = fetch(candidate, policy=tools.policy, resolve=tools.resolve)
            others = tuple(other for other in candidates if other != candidate)
            feed = parse(document, document.url, tools.workers)
            return FoundFeed(document.moved_to or candidate, feed, others)
        except SourceError as e:
            failures.append(e)
    raise failures[0]


def _in_file(path: Path, tools: Tools) -> FoundFeed:
    name = str(path)
    return FoundFeed(name, parse(read_file(name, tools.policy.max_bytes), name, tools.workers))


def _named_on(page: Fetched, tools: Tools) -> tuple[str, ...]:
    # imported on use: few give a page's address
    from retrieval.sources.discovery import feeds_on_page  # noqa: PLC0415

    find = partial(feeds_on_page, encoding=page.encoding)
    found: tuple[str, ...] = tools.workers.run(find, page.body, page.url, name=page.url)
    return found
