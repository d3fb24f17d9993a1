"""
The engine in memory: rank-bm25 behind the ``Index`` protocol, with a cache file.

The cache makes a start quick and is never the truth: one that is damaged, made by
another analyzer or for another store is refused, and the store rebuilds it.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from retrieval.errors import IndexingError
from retrieval.index import Entry
from retrieval.index.arrays import load_arrays, save_arrays
from retrieval.index.bm25 import Postings
from retrieval.index.building import Gathering
from retrieval.index.snapshot import Group, Snapshot, TermList
from retrieval.types import Filters, Hit


class MemoryIndex:
    """
    Passages in memory; see ``Index`` for the contract.

    Safe to use from several threads: a search works on a snapshot, and updates
    are merged under a lock by the next search or save; a search beside that does not wait.
    """

    def __init__(self) -> None:
        self.position = 0
        self._snapshot = Snapshot.empty()
        self._gathering = Gathering()
        self._lock = threading.RLock()

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Inside, other threads search what was there before, instead of waiting for merges."""
        with self._lock:
            yield

    def update(self, add: Iterable[Entry], remove: Collection[int], revision: int = 0) -> None:  # noqa: ARG002  # nobody else writes here
        """See ``Index.update``."""
        entries = list(add)  # analysed here as they come: no search must wait for that
        with self._lock:
            self._gathering.remove(remove)
            self._gathering.add(entries)

    def _current(self) -> Snapshot:
        with self._lock:
            if self._gathering:
                self._snapshot = self._gathering.merged(self._snapshot)
                self._gathering = Gathering()
            return self._snapshot

    def _readable(self) -> Snapshot:
        """The current one, or the one before while another thread is at work on it."""
        if not self._lock.acquire(blocking=False):
            return self._snapshot
        try:
            return self._current()
        finally:
            self._lock.release()

    def search(self, terms: Sequence[str], filters: Filters, k: int) -> list[Hit]:
        """See ``Index.search``."""
        return self._readable().search(terms, filters, k)

    def idf(self, term: str) -> float:
        """See ``Index.idf``."""
        return self._readable().idf(term)

    def langs(self) -> dict[str | None, int]:
        """See ``Index.langs``."""
        return self._readable().langs()

    def count(self) -> int:
        """See ``Index.count``."""
        return len(self._current().passage_ids)

    def save(self, path: Path, fingerprint: str) -> None:
        """
        Write the cache; *fingerprint* names all that it was made from.

        Raises:
            IndexingError: If the file cannot be written.
        """
        position = self.position  # before the snapshot: a later change is then followed again
        now = self._current()
        save_arrays(
            path,
            {
                "fingerprint": fingerprint,
                "position": position,
                "groups": [[g.source, g.host, g.lang] for g in now.groups],
            },
            {
                "term_data": now.terms.data,
                "term_stops": now.terms.stops,
                "starts": now.postings.starts,
                "documents": now.postings.documents,
                "frequencies": now.postings.frequencies,
                "lengths": now.postings.lengths,
                "passage_ids": now.passage_ids,
                "group_numbers": now.group_numbers,
                "published": now.published,
                "article_keys": now.article_keys,
            },
        )

    @classmethod
    def load(cls, path: Path, fingerprint: str) -> Self:
        """
        The index that ``save`` wrote.

        Raises:
            IndexingError: If there is none, or it is damaged or made from something else.
        """
        facts, arrays = load_arrays(path)
        if facts["fingerprint"] != fingerprint:
            raise IndexingError(f"the index file was made from something else: {str(path)!r}")
        index = cls()
        index.position = facts["position"]
        index._snapshot = Snapshot(  # our own
            TermList(arrays["term_data"], arrays["term_stops"]),
            Postings(
                arrays["starts"], arrays["documents"], arrays["frequencies"], arrays["lengths"]
            ),
            arrays["passage_ids"],
            arrays["group_numbers"],
            arrays["published"],
            arrays["article_keys"],
            tuple(Group(*fields) for fields in facts["groups"]),
        )
        return index
