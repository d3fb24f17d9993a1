"""
The corpus as JSON Lines: what ``sources.records`` takes back exactly, and others can read.

Which keys a record has, and how it is read, lives in ``sources.exported``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

from retrieval.index.snapshot import Group, host_of
from retrieval.sources.exported import record_of
from retrieval.store import Store
from retrieval.types import Article, Filters

# What some readers take for the end of a line, and what UTF-8 cannot hold; JSON may
# escape any character, and leaves these as they are.
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def iter_lines(
    store: Store,
    filters: Filters = Filters(),  # noqa: B008  # frozen
    on_article: Callable[[], None] = lambda: None,
) -> Iterator[str]:
    """
    A line of JSON, with its line feed, for each current article, in the order they first came.

    All are of one moment, whoever writes meanwhile; memory holds some hundred of them.

    Args:
        store: The corpus.
        filters: What the articles must satisfy.
        on_article: Told of each article that was looked at.
    """
    with store.snapshot():
        for article in store.iter_articles():
            on_article()
            if _is_wanted(article, filters):
                line = json.dumps(record_of(article), ensure_ascii=False)
                yield _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", line) + "\n"


def _is_wanted(article: Article, filters: Filters) -> bool:
    """Whether an index would find the article with *filters*."""
    if not Group(article.source, host_of(article.url), article.lang).satisfies(filters):
        return False
    if filters.articles and article.id not in filters.articles:
        return False
    if filters.after is None and filters.before is None:
        return True
    at = article.published
    if at is None or (filters.after is not None and at < filters.after):
        return False
    return filters.before is None or at < filters.before
