"""A lock between processes, that ends with the process which holds it."""

from __future__ import annotations

import os
from pathlib import Path


class FileLock:
    """
    Held by one process, and one ``FileLock`` in it, at a time; the file stays.

    Where the system has no such locks it is always free, and tantivy's own lock keeps two
    writers apart.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def take(self) -> bool:
        """Whether it is held now; taking it again does nothing."""
        if self._file is not None:
            return True
        try:
            import fcntl  # noqa: PLC0415  # not on Windows
        except ImportError:  # pragma: no cover
            return True
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            return False
        self._file = file
        return True

    def free(self) -> None:
        """Let another have it; freeing it again does nothing."""
        file, self._file = self._file, None
        if file is not None:
            os.close(file)
