"""
A process that indexes on disk while this one takes articles in.

Python runs one thread at a time, so within one process reading and indexing take turns,
however many processors there are. The process follows the store as any other does that
has its folder; besides, it is told when all is stored, and ends when its parent dies.
"""

from __future__ import annotations

import logging
import os
import select
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from retrieval.engines.disk import DiskKept
from retrieval.errors import RetrievalError
from retrieval.follower import OnFollow
from retrieval.spawning import Spawned, spawn
from retrieval.store import Store

log = logging.getLogger(__name__)

WORTH_IT = 2_000
"""Articles; a process that starts costs as much as some hundred."""

_FINISH: Final = b"finish\n"

# Each round ends with a commit, and makes a segment that is merged later: it must be worth
# that, and yet what was stored be found soon. The first of a new index is one long round,
# until it has caught up.
_ROUND_CHANGES = 5_000
_ROUND_S = 5.0
_POLL_S = 0.2


class Beside:
    """
    The process, seen from this one; a context manager, that has begun no process yet.

    Args:
        folder: Where the index is kept, as for ``DiskKept``.
        store: What it follows.

    Attributes:
        may_begin: It has not been tried yet.
    """

    def __init__(self, folder: Path, store: Store) -> None:
        self._folder = folder
        self._store = store
        self._process: Spawned | None = None
        self.may_begin = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the process at its next step; what it took in by then stays, unless the index is new."""
        if self._process is not None:
            self._process.end()

    @property
    def pid(self) -> int | None:
        """Of the process, alive or not; None if there is none."""
        return None if self._process is None else self._process.popen.pid

    def begin(self) -> None:
        """Start the process; without one, all is left to this one's own ``follow``."""
        self.may_begin = False
        try:
            self._process = spawn(__name__, str(self._store.path), str(self._folder))
        except OSError as e:
            log.warning("indexing waits until all is read: no process could be started (%s)", e)

    def finish(self, on_follow: OnFollow | None = None) -> None:
        """
        Wait until the process has taken in all that is stored, or has ended otherwise.

        Args:
            on_follow: Told how far it is.
        """
        if self._process is None:
            return
        process, says, hears = self._process
        with suppress(BrokenPipeError):  # it has ended; how, its status tells
            says.write(_FINISH)
            says.flush()
        for line in hears:
            done, total = map(int, line.split())
            if on_follow is not None:
                on_follow(done, total)
        if process.wait():
            log.warning("the process that indexes ended with status %d", process.returncode)


class _Parent:
    """The other side: the process that started this one, by its pipes."""

    def __init__(self, hears: int, tells: int) -> None:
        self._hears = hears
        self._tells = tells
        self.has_stored_all = False

    def listen(self, wait_s: float = 0.0) -> None:
        """Hear what it has to say; SystemExit if it has ended, or wants an end."""
        if select.select([self._hears], [], [], wait_s)[0]:
            if os.read(self._hears, len(_FINISH)) != _FINISH:
                raise SystemExit
            self.has_stored_all = True

    def tell(self, done: int, total: int) -> None:
        """Tell how far the index is, at the end only; before, nobody waits for it."""
        self.listen()
        if self.has_stored_all:
            os.write(self._tells, f"{done} {total}\n".encode())


def run(store_path: Path, folder: Path, hears: int, tells: int) -> None:
    """
    Follow the store until the parent has stored all, and then to its end.

    Args:
        store_path: The store's file.
        folder: Where the index is kept.
        hears: What the parent writes to, and closes.
        tells: What it reads progress from.
    """
    parent = _Parent(hears, tells)
    with Store.open(store_path, must_exist=True) as store:
        kept = DiskKept(folder, store, on_wait=parent.listen)
        try:
            last_round = time.monotonic()
            while not parent.has_stored_all:
                parent.listen(_POLL_S)
                behind = store.last_seq() - (kept.index.position if kept.is_there else 0)
                is_due = behind > 0 and time.monotonic() - last_round >= _ROUND_S
                if is_due or behind >= _ROUND_CHANGES:
                    kept.follow(parent.tell, is_waiting=False)
                    last_round = time.monotonic()
            kept.follow(parent.tell)
        finally:
            kept.close()


def main() -> None:  # pragma: no cover  # in another process
    """What the process does: ``run``, with its arguments and pipes."""
    try:
        run(Path(sys.argv[1]), Path(sys.argv[2]), sys.stdin.fileno(), sys.stdout.fileno())
    except RetrievalError as e:
        sys.exit(str(e))
