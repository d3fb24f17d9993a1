"""The index in memory, with its cache file."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from retrieval.engines import is_unfit
from retrieval.errors import IndexingError
from retrieval.follower import OnFollow, fingerprint, follow
from retrieval.index.memory import MemoryIndex
from retrieval.store import Store

log = logging.getLogger(__name__)

CACHE = "memory.bin"


class MemoryKept:
    """A ``KeptIndex``."""

    name = "memory"
    why = "set"
    is_elsewhere = False

    def __init__(self, folder: Path, store: Store) -> None:
        self._store = store
        self._file = folder / CACHE
        self._following = threading.Lock()  # one thread at a time brings the index up to date
        self.problem = ""
        self.index = self._load()

    def _load(self) -> MemoryIndex:
        """The cached index, or an empty one that has everything still to follow."""
        try:
            index = MemoryIndex.load(self._file, fingerprint(self._store))
        except IndexingError as e:
            log.debug("index starts from nothing: %s", e)
            self.problem = str(e)
            return MemoryIndex()
        return MemoryIndex() if is_unfit(index, self._store) else index

    def is_on_disk(self) -> bool:
        """See ``KeptIndex``."""
        return False

    def follow(self, on_follow: OnFollow | None = None, *, is_waiting: bool = True) -> int:  # noqa: ARG002  # nobody else writes
        """
        See ``KeptIndex.follow``.

        The cache file is written when there were any changes. That it cannot be written is
        logged only: it costs the next start some time, and no answer.
        """
        with self._following, self.index.hold():
            if is_unfit(self.index, self._store):
                index = MemoryIndex()
                taken = follow(self._store, index, on_follow)
                self.index = index
            else:
                taken = follow(self._store, self.index, on_follow)
            if taken:
                try:
                    self._save()
                except IndexingError as e:
                    log.warning("index cache not saved: %s", e)
        return taken

    def _save(self) -> None:
        self.index.save(self._file, fingerprint(self._store))

    def rebuild(self, on_follow: OnFollow | None = None) -> int:
        """See ``KeptIndex.rebuild``."""
        with self._following:
            index = MemoryIndex()
            follow(self._store, index, on_follow)
            self.index = index
            self._save()
        return index.count()

    def size(self) -> int:
        """See ``KeptIndex.size``."""
        return self._file.stat().st_size if self._file.exists() else 0

    def close(self) -> None:
        """See ``KeptIndex.close``."""
