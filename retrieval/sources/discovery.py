"""
A page -> the addresses of its feeds, as far as the page itself tells. Nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urldefrag, urlsplit

from retrieval.sources.encoding import decode, mended, recoded
from retrieval.sources.fields import absolute_address
from retrieval.sources.html import parse_page

MAX_FOUND: Final = 50
"""A page that states more is a list of feeds, and nobody chooses among them."""

# In the order in which they are preferred: Atom states its dates and types best.
_TYPES = (
    "application/atom+xml",
    "application/rss+xml",
    "application/feed+json",
    "application/rdf+xml",
)
_COMMENTS = re.compile(r"comment|komment|comentario|commentaire|коммент|評論|评论", re.IGNORECASE)
_LIKE_A_FEED = re.compile(
    # Not below /feeds/: such folders hold articles too.
    r".*(?:/(?:rss2?|feeds?|atom|rdf)/?|\.(?:rss|atom|rdf)"
    r"|/(?:feeds?|rss2?|atom)/[^/]+\.xml|/(?:feed|index|rss2?|atom)\.xml|/feed\.json)",
    re.IGNORECASE,
)
_FEED_QUERY = re.compile(r"(?:^|&)(?:feed=(?:rss2?|atom|rdf)|format=(?:rss|atom|feed)|type=rss)\b")


def feeds_on_page(body: bytes, address: str, *, encoding: str | None = None) -> tuple[str, ...]:
    """
    The feeds that a page names, absolute, the one to prefer first; ``()`` if there are none.

    Feeds that the page states (``<link rel="alternate">``) come before links that look like
    feeds, and feeds of comments after all others of their sort.

    Args:
        body: The page.
        address: Where it was fetched.
        encoding: The charset that the server named.

    Raises:
        SourceError: If the body is no text.
    """
    tree = parse_page(decode(mended(recoded(body, encoding)), address))
    if tree is None:
        return ()
    base = _without_fragment(address, next(iter(tree.xpath("//base/@href")), "")) or address
    ranked = sorted(_iter_ranked(tree, base), key=lambda found: found[0])
    found = dict.fromkeys(url for _, url in ranked if url != urldefrag(address).url)
    return tuple(found)[:MAX_FOUND]


def _iter_ranked(tree: Any, base: str) -> Iterator[tuple[tuple[int, bool, int], str]]:
    """Rank and address of each; equals stay in the order of the page."""
    for link in tree.xpath("//link[@href and @rel]"):
        rels = link.get("rel").lower().split()
        kind = link.get("type", "").partition(";")[0].strip().lower()
        url = _without_fragment(base, link.get("href"))
        if url is None or kind not in _TYPES or not {"alternate", "feed"} & set(rels):
            continue
        about_comments = _COMMENTS.search(f"{link.get('title', '')} {url}") is not None
        yield (0, about_comments, _TYPES.index(kind)), url
    for href in tree.xpath("//a/@href"):
        url = _without_fragment(base, href)
        if url is None:
            continue
        parts = urlsplit(url)
        if _LIKE_A_FEED.fullmatch(parts.path) or _FEED_QUERY.search(parts.query):
            yield (1, _COMMENTS.search(url) is not None, 0), url


def _without_fragment(base: str, href: str) -> str | None:
    address = absolute_address(base, href)
    return None if address is None else urldefrag(address).url
