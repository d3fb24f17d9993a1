"""
The index on disk: which folder is the current one, who writes, and when it is made anew.

Below the engine's folder each index has a folder of its own, and a file names the current
one. A new index is made beside it and takes its place in one step when it has caught up,
so that there is always one to ask. One process at a time writes, others read what it wrote.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from retrieval.engines import is_unfit
from retrieval.errors import IndexingError
from retrieval.follower import OnFollow, fingerprint, follow
from retrieval.index.disk import BusyIndex, DiskIndex
from retrieval.index.lock import FileLock
from retrieval.store import Store

log = logging.getLogger(__name__)

FOLDER = "disk"
_CURRENT = "current"

WAIT_S = 10.0
"""How long to wait for another process that is writing. One that serves follows every two
seconds, one that has written lets go after ``IDLE_S``."""

IDLE_S = 3.0
"""Writing goes on so long after the last change: to begin anew takes the merging of
segments, which nothing can interrupt."""

_POLL_S = 0.05


class DiskKept:
    """A ``KeptIndex``."""

    name = "disk"
    why = "set"
    is_elsewhere = False

    def __init__(
        self, folder: Path, store: Store, *, on_wait: Callable[[], None] = lambda: None
    ) -> None:
        """
        Args:
            folder: The engines' folder of the desk.
            store: Whose passages are in the index.
            on_wait: Called again and again while another process is waited for.
        """
        self._store = store
        self._on_wait = on_wait
        self._folder = folder / FOLDER
        self._lock = FileLock(self._folder / "lock")
        self._following = threading.Lock()
        self._idle: threading.Timer | None = None
        self._index: DiskIndex | None = None
        self.problem = ""
        self._open()

    @property
    def index(self) -> DiskIndex:
        """See ``KeptIndex``; IndexingError before the first ``follow``, if there was none."""
        if self._index is None:
            raise IndexingError(self.problem)
        return self._index

    @property
    def is_there(self) -> bool:
        """Whether there is an index to ask, even if it has to follow."""
        return self._index is not None

    def is_on_disk(self) -> bool:
        """See ``KeptIndex``."""
        return True

    def _open(self) -> None:
        """The current index as it is on disk; none where there is none, or it is damaged."""
        self.problem = ""
        current = self._current()
        while current is not None:
            try:
                if self._index is None or self._index.folder != current:
                    self._index = DiskIndex.open(current, fingerprint(self._store))
                else:
                    self._index.refresh()
            except IndexingError as e:
                self._index = None
                tried, current = current, self._current()
                if current == tried:  # or another process has put a new one in its place
                    log.warning("the disk index is made anew: %s", e)
                    self.problem = str(e)
                    return
            else:
                return
        self._index = None
        self.problem = f"no index on disk yet: {str(self._folder)!r}"

    def _current(self) -> Path | None:
        try:
            return self._folder / (self._folder / _CURRENT).read_text(encoding="ascii")
        except (OSError, ValueError):
            return None

    def _is_usable(self) -> bool:
        return self._index is not None and not is_unfit(self._index, self._store)

    def _is_current(self) -> bool:
        return self._is_usable() and self.index.position == self._store.last_seq()

    # --- following ----------------------------------------------------------

    def follow(self, on_follow: OnFollow | None = None, *, is_waiting: bool = True) -> int:
        """
        See ``KeptIndex.follow``.

        While another process writes, it is left to that one, and waited for; as long as it
        takes where there is nothing to ask yet.
        """
        with self._following:
            before = 0 if self._index is None else self._index.position
            self._open()
            if self._is_current() and not self._difference():
                self._remember()
                return max(self.index.position - before, 0)
            if not self._begin(is_waiting=is_waiting):
                return max(self.index.position - before, 0)
            try:
                taken = self._drain(on_follow)
            finally:
                self._let_go_later()
            return taken

    def _begin(self, *, is_waiting: bool) -> bool:
        """Whether this process is the one that writes; false where another has done, or does, all."""
        deadline = time.monotonic() + (WAIT_S if is_waiting else 0)
        while not self._lock.take():
            if self._is_usable() and (self._is_current() or time.monotonic() >= deadline):
                return False
            self._on_wait()
            time.sleep(_POLL_S)
            self._open()
        self._open()  # what another wrote before it let go
        return True

    def _drain(self, on_follow: OnFollow | None) -> int:
        if not self._is_usable():
            return self._build(on_follow)
        try:
            with self.index.hold():
                taken = follow(self._store, self.index, on_follow)
        except BusyIndex:
            raise
        except IndexingError as e:
            log.warning("the disk index is made anew: %s", e)
            return self._build(on_follow)
        if difference := self._difference():
            log.warning("the disk index is made anew: %s", difference)
            taken = self._build(on_follow)
        return taken

    def _difference(self) -> str:
        """
        Between the passages of the index and those of the store, in words; "" if there is none.

        To count them takes a while, so it is done once, and again after a crash.
        """
        if self.index.is_compared:
            return ""
        with self._store.snapshot():
            if self.index.position != self._store.last_seq():
                return ""  # another process goes on writing: there is nothing to compare yet
            stored = self._store.counts().passages
        if self.index.count() == stored:
            self.index.is_compared = True
            return ""
        return f"it holds {self.index.count():,} passages, the store {stored:,}"

    def _remember(self) -> None:
        """That it was compared just now, for processes to come."""
        if not self.index.is_remembered and self._lock.take():
            self.index.remember()
            self._let_go_later()

    # --- making anew --------------------------------------------------------

    def _build(self, on_follow: OnFollow | None) -> int:
        """Make an index beside the current one, and put it in its place."""
        old = self._index
        if old is not None:
            old.release(is_waiting=False)
        self._remove_others(old)
        folder = self._folder / uuid.uuid4().hex[:12]
        try:
            new = DiskIndex.create(folder, fingerprint(self._store))
            with new.hold():
                taken = follow(self._store, new, on_follow)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self._index = new
        new.is_compared = True
        pointer = self._folder / f"{_CURRENT}.tmp"
        pointer.write_text(folder.name, encoding="ascii")
        pointer.replace(self._folder / _CURRENT)
        self._remove_others(new)
        return taken

    def _remove_others(self, kept: DiskIndex | None) -> None:
        """Old indexes, and those that were not finished; who has one open can go on reading it."""
        for path in self._folder.iterdir():
            if path.is_dir() and (kept is None or path != kept.folder):
                shutil.rmtree(path, ignore_errors=True)

    def rebuild(self, on_follow: OnFollow | None = None) -> int:
        """See ``KeptIndex.rebuild``."""
        with self._following:
            deadline = time.monotonic() + WAIT_S
            while not self._lock.take():
                if time.monotonic() > deadline:
                    raise IndexingError("another process is writing the index; stop it first")
                time.sleep(_POLL_S)
            try:
                self._build(on_follow)
            finally:
                self._let_go_later()
            return self.index.count()

    # --- letting go ---------------------------------------------------------

    def _let_go_later(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        self._idle = threading.Timer(IDLE_S, self._let_go)
        self._idle.daemon = True
        self._idle.start()

    def _let_go(self) -> None:
        with self._following:
            try:
                if self._index is not None:
                    self._index.release()
            except IndexingError as e:
                log.warning("the index could not be tidied up: %s", e)
            finally:
                self._lock.free()

    def size(self) -> int:
        """See ``KeptIndex.size``."""
        return sum(path.stat().st_size for path in self._folder.rglob("*") if path.is_file())

    def close(self) -> None:
        """See ``KeptIndex.close``."""
        if self._idle is not None:
            self._idle.cancel()
            self._let_go()
