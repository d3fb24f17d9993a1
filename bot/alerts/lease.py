"""One process at a time delivers the alerts of a store: a lock that ends with its holder."""

from __future__ import annotations

import sqlite3
from pathlib import Path

LOCK_FILE = "delivery.lock"


class Lease:
    """
    The right to deliver, beside other processes over the same folder.

    It is SQLite's lock on an empty file of its own: the system takes it back when a process
    ends, however it ends, and no child process inherits it.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK_FILE
        self._connection: sqlite3.Connection | None = None

    def take(self) -> bool:
        """Whether this process has it, from now until it ends or lets go."""
        if self._connection is not None:
            return True
        connection = None
        try:
            connection = sqlite3.connect(
                self._path, timeout=0.0, isolation_level=None, check_same_thread=False
            )
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error:  # locked; or the folder cannot be written, as the store cannot
            if connection is not None:
                connection.close()
            return False
        self._connection = connection
        return True

    def release(self) -> None:
        """Let another process have it; nothing if it is not ours."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
