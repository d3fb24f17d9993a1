"""
An index follows the store: changes past its position go in, then the position moves.

The index holds what the store holds *now*, so following twice, or after a crash
between the two steps, ends in the same index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from retrieval.index import Entry, Index
from retrieval.index.snapshot import host_of
from retrieval.language.analysis import ANALYZER_VERSION, terms
from retrieval.store import IndexRow, Store

# What a passage's entry is made of; changes with `_entries`, and then rebuilds every index.
_INDEXED = "title+text+article:2"

_BATCH = 1000  # changes at a time: a few MB of text

OnFollow = Callable[[int, int], None]  # changes taken in, changes in all


def fingerprint(store: Store) -> str:
    """Names all that an index of *store* is made from; another one means another index."""
    return f"{store.uuid} {_INDEXED} analyzer:{ANALYZER_VERSION}"


def follow(store: Store, index: Index, on_progress: OnFollow | None = None) -> int:
    """
    Bring *index* up to the store's last change.

    Returns:
        How many changes were taken in.
    """
    first, taken = index.position, 0
    last = store.last_seq()
    while changes := store.changes_since(index.position, _BATCH):
        added = [passage_id for change in changes for passage_id in change.added]
        removed = [passage_id for change in changes for passage_id in change.removed]
        # What is read of the store from here on is at least as new as the last change is
        index.update(_entries(store.index_rows(added)), removed, changes[-1].seq)
        index.position = changes[-1].seq
        taken += len(changes)
        if on_progress is not None:
            on_progress(index.position - first, max(last, index.position) - first)
    return taken


def _entries(rows: Iterable[IndexRow]) -> Iterator[Entry]:
    """Entries of passages; the title counts as a part of each of them."""
    titled: tuple[str | None, str | None] = (None, None)
    title_terms: list[str] = []
    for row in rows:
        if (row.title, row.lang) != titled:  # passages of an article come together
            titled = (row.title, row.lang)
            title_terms = terms(row.title, row.lang) if row.title else []
        yield Entry(
            row.passage_id,
            title_terms + terms(row.text, row.lang),
            source=row.source,
            host=host_of(row.url),
            published=row.published,
            lang=row.lang,
            article_id=row.article_id,
        )
