"""In memory while the corpus is small, on disk from then on."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from retrieval.engines.disk import DiskKept
from retrieval.engines.memory import CACHE, MemoryKept
from retrieval.follower import OnFollow
from retrieval.index import Index
from retrieval.store import Store

log = logging.getLogger(__name__)

MOST_IN_MEMORY = 20_000
"""Passages. To take in one article, the index in memory is made anew: half a second's work
at this size, and five at five times of it; a question takes about as long in both."""

_BACK_AT = MOST_IN_MEMORY // 2  # a corpus that shrinks below is small again, at the next start


class AutoKept:
    """A ``KeptIndex`` that moves by itself; the move is told in the log."""

    is_elsewhere = False

    def __init__(self, folder: Path, store: Store) -> None:
        self._folder = folder
        self._store = store
        self._moving = threading.Lock()
        self._kept = self._choose()

    def _choose(self) -> MemoryKept | DiskKept:
        disk = self._disk()
        if disk.is_there and disk.index.count() > MOST_IN_MEMORY:
            return disk  # without counting the store, which takes a while when it is large
        passages = self._store.counts().passages
        if passages > MOST_IN_MEMORY or (passages >= _BACK_AT and disk.is_there):
            return disk
        return MemoryKept(self._folder, self._store)

    def _disk(self) -> DiskKept:
        return DiskKept(self._folder, self._store)

    @property
    def name(self) -> str:
        """See ``KeptIndex``."""
        return self._kept.name

    @property
    def why(self) -> str:
        """See ``KeptIndex``."""
        if isinstance(self._kept, DiskKept):
            return f"auto: more than {MOST_IN_MEMORY:,} passages, or lately so"
        return f"auto: up to {MOST_IN_MEMORY:,} passages"

    @property
    def problem(self) -> str:
        """See ``KeptIndex``."""
        return self._kept.problem

    @property
    def index(self) -> Index:
        """See ``KeptIndex``."""
        return self._kept.index

    def is_on_disk(self) -> bool:
        """See ``KeptIndex``; also where the next ``follow`` moves it there."""
        return isinstance(self._kept, DiskKept) or self._is_outgrown()

    def follow(self, on_follow: OnFollow | None = None, *, is_waiting: bool = True) -> int:
        """See ``KeptIndex.follow``; moves first, where the store has outgrown the memory."""
        with self._moving:
            if isinstance(self._kept, MemoryKept) and self._is_outgrown():
                return self._move(on_follow, is_waiting=is_waiting)
        return self._kept.follow(on_follow, is_waiting=is_waiting)

    def _move(self, on_follow: OnFollow | None, *, is_waiting: bool) -> int:
        log.info("more than %d passages: the index moves to disk", MOST_IN_MEMORY)
        disk = self._disk()
        taken = disk.follow(on_follow, is_waiting=is_waiting)
        self._kept = disk  # until here, questions were answered from memory
        (self._folder / CACHE).unlink(missing_ok=True)
        log.info("the index is on disk now: %d passages", disk.index.count())
        return taken

    def _is_outgrown(self) -> bool:
        is_behind = self._kept.index.position < self._store.last_seq()
        return is_behind and self._store.counts().passages > MOST_IN_MEMORY

    def rebuild(self, on_follow: OnFollow | None = None) -> int:
        """See ``KeptIndex.rebuild``."""
        return self._kept.rebuild(on_follow)

    def size(self) -> int:
        """See ``KeptIndex.size``."""
        return self._kept.size()

    def close(self) -> None:
        """See ``KeptIndex.close``."""
        self._kept.close()
