"""The ids that one file has given so far, on disk, so that a file of any size keeps memory flat."""

from __future__ import annotations

import sqlite3
from typing import Self


class Seen:
    """A set of ids in a private temporary database; 65 bytes an id in memory add up."""

    def __init__(self) -> None:
        # An empty name: a file that SQLite makes once its cache is full, and removes.
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute("CREATE TABLE seen (id BLOB PRIMARY KEY) WITHOUT ROWID")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def add(self, article_id: str) -> None:
        """Put an id in; twice is once."""
        self._connection.execute("INSERT OR IGNORE INTO seen VALUES (?)", (_key(article_id),))

    def __contains__(self, article_id: str) -> bool:
        found = self._connection.execute("SELECT 1 FROM seen WHERE id = ?", (_key(article_id),))
        return found.fetchone() is not None

    def clear(self) -> None:
        """Take all ids out: the next file begins."""
        self._connection.execute("DELETE FROM seen")


def _key(article_id: str) -> bytes:
    return article_id.encode("utf-8", "surrogatepass")
