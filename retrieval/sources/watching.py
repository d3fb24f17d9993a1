"""
A folder -> what is written, moved and deleted in it, as it happens.

What counts as a file to read is what a walk of ``files`` finds, so a folder that is
watched gives what it gives when it is read. Nothing here reads a file.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from retrieval.errors import SourceError
from retrieval.sources.encoding import replace_surrogates
from retrieval.sources.files import iter_locations

QUIET_S: Final = 0.3
"""A file is taken when it has been as it is for so long: half a file is no article."""
LONGEST_WAIT_S: Final = 2.0
"""A file that never comes to rest is taken every so often."""
GONE_AFTER_S: Final = 1.0
"""A file is gone when it has been missing for so long: some editors save by deleting."""

_STEP_MS = 50  # without an event that events are collected
_TICK_MS = 250  # between looks while something waits
_LOOK_ANYWAY_S = 30.0  # not every file system tells of its changes, nor of all of them

# What editors and downloads call a file that is not finished; hidden ones are skipped anyway.
_UNFINISHED = ("~", ".tmp", ".temp", ".part", ".partial", ".crdownload", ".swp", ".bak")


class _Stamp(NamedTuple):
    """Tells two states of a file apart; equal under two names, it is one that was moved."""

    device: int
    inode: int
    size: int
    mtime_ns: int


class _Waiting(NamedTuple):
    stamp: _Stamp
    since: float  # as it is now
    first: float  # not as it was taken


@dataclass(frozen=True, slots=True)
class FolderChanges:
    """
    What happened in a folder; paths as a walk of it gives them.

    Attributes:
        written: New or changed, and at rest.
        moved: From, to; the contents are the same.
        gone: Deleted.
    """

    written: tuple[str, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    gone: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.written or self.moved or self.gone)


class WatchedFolder:
    """
    The files of a folder as they were last told of.

    Raises:
        SourceError: If it is no folder.
    """

    def __init__(self, path: str, *, now: Callable[[], float] = time.monotonic) -> None:
        self.path = path
        self._now = now
        self._identity = self._look_at_root()
        self._told = self._files()
        self._waiting: dict[str, _Waiting] = {}
        self._missing: dict[str, float] = {}

    @property
    def is_unsettled(self) -> bool:
        """Whether a file waits to come to rest, or to be missed for good."""
        return bool(self._waiting or self._missing)

    def files(self) -> tuple[str, ...]:
        """All that were told of, or were there at the beginning."""
        return tuple(self._told)

    def check(self) -> None:
        """Raise a SourceError if the folder is gone, or another one is in its place."""
        if self._look_at_root() != self._identity:
            raise SourceError(
                replace_surrogates(self.path), "is another folder than before; start again"
            )

    def look(self) -> FolderChanges:
        """
        What changed since the last look and has come to rest.

        Raises:
            SourceError: If the folder is gone; then nothing in it counts as deleted.
        """
        self.check()
        now, found = self._now(), self._files()
        self.check()  # gone meanwhile?
        moved = self._moved(found)
        gone = self._gone(found, now)
        written = []
        waiting: dict[str, _Waiting] = {}
        for path, stamp in found.items():
            if self._told.get(path) == stamp:
                continue
            before = self._waiting.get(path)
            first = now if before is None else before.first
            since = before.since if before is not None and before.stamp == stamp else now
            if now - since >= QUIET_S or now - first >= LONGEST_WAIT_S:
                written.append(path)
                self._told[path] = stamp
            else:
                waiting[path] = _Waiting(stamp, since, first)
        self._waiting = waiting
        return FolderChanges(tuple(written), moved, gone)

    def _moved(self, found: dict[str, _Stamp]) -> tuple[tuple[str, str], ...]:
        vanished = {stamp: path for path, stamp in self._told.items() if path not in found}
        moved = []
        for path, stamp in found.items():
            if path not in self._told and stamp in vanished:
                old = vanished.pop(stamp)
                moved.append((old, path))
                self._told[path] = self._told.pop(old)
                self._missing.pop(old, None)
        return tuple(moved)

    def _gone(self, found: dict[str, _Stamp], now: float) -> tuple[str, ...]:
        missing = {
            path: self._missing.get(path, now)
            for path in self._told
            if path not in found and _is_missing(path)
        }
        gone = tuple(path for path, since in missing.items() if now - since >= GONE_AFTER_S)
        for path in gone:
            del self._told[path], missing[path]
        self._missing = missing
        return gone

    def _files(self) -> dict[str, _Stamp]:
        files = {}
        for found in iter_locations([self.path], lambda _skipped: None):
            if isinstance(found, SourceError) or found.path.lower().endswith(_UNFINISHED):
                continue  # the reading of a folder tells of what it cannot read
            with suppress(OSError):  # gone since the walk
                status = os.stat(found.path)  # noqa: PTH116  # a plain string
                files[found.path] = _Stamp(
                    status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
                )
        return files

    def _look_at_root(self) -> tuple[int, int]:
        try:
            status = Path(self.path).stat()
        except (OSError, ValueError) as error:
            raise SourceError(
                replace_surrogates(self.path), "folder is gone, or was never there; check the path"
            ) from error
        if not Path(self.path).is_dir():
            raise SourceError(replace_surrogates(self.path), "is no folder, which can be watched")
        return status.st_dev, status.st_ino


def _is_missing(path: str) -> bool:
    """Whether there is no such file; not if it merely cannot be reached."""
    try:
        os.stat(path)  # noqa: PTH116  # as above
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def iter_changes(folder: WatchedFolder) -> Iterator[FolderChanges]:
    """
    The changes of *folder* as they happen, without an end; what happened before the first
    step is in it too. Ctrl-C leaves as KeyboardInterrupt.

    Raises:
        SourceError: If the folder is gone, or cannot be watched.
    """
    import watchfiles  # noqa: PLC0415  # imported on use: nothing else watches

    looked = -_LOOK_ANYWAY_S
    try:
        for changed in watchfiles.watch(
            folder.path,
            watch_filter=None,  # what a walk finds decides
            debounce=4 * _STEP_MS,
            step=_STEP_MS,
            rust_timeout=_TICK_MS,
            yield_on_timeout=True,
            ignore_permission_denied=True,
        ):
            folder.check()
            is_due = time.monotonic() - looked >= _LOOK_ANYWAY_S
            if changed or folder.is_unsettled or is_due:
                looked = time.monotonic()
                if changes := folder.look():
                    yield changes
    except (OSError, RuntimeError) as error:
        folder.check()
        message = f"cannot be watched ({error})"
        raise SourceError(replace_surrogates(folder.path), message) from error
