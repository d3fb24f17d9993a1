"""
The store: articles, their versions, passages and the change feed in one SQLite file.

It is the truth: every index can be deleted and rebuilt from it. ``Store`` is put
together here; its parts are one module each: ``articles.py`` reads, ``latest.py`` lists by date,
``places.py`` by file, ``saving.py`` writes, ``expiring.py`` lets go, ``copies.py`` knows copies,
``changes.py`` feeds, ``checking.py`` examines, ``connection.py`` owns the file,
``schema.py`` the tables, ``rows.py`` the way from rows to values.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Self

from retrieval.store.articles import Articles, StoredHead
from retrieval.store.changes import ChangeFeed
from retrieval.store.checking import problems
from retrieval.store.connection import BUSY_TIMEOUT_S, Database, Mode
from retrieval.store.copies import Copies
from retrieval.store.expiring import Cited, Dropped, Excess, Expiring, Retention, Wait
from retrieval.store.latest import Latest
from retrieval.store.places import Places
from retrieval.store.rows import (
    Change,
    Counts,
    IndexRow,
    Listed,
    PackedPassage,
    Saved,
    SourceSummary,
    digest,
    pack,
)

__all__ = [
    "Change",
    "Cited",
    "Counts",
    "Dropped",
    "Excess",
    "IndexRow",
    "Listed",
    "PackedPassage",
    "Retention",
    "Saved",
    "SourceSummary",
    "Store",
    "StoredHead",
    "Wait",
    "digest",
    "pack",
]


class Store(Articles, Latest, Places, Copies, Expiring, ChangeFeed):
    """
    One open store; usable from any thread, beside other processes that use the file.

    Every method raises ``StoreError`` if the file cannot be used: damaged, locked for
    too long, disk full, closed. It says what to do.

    Attributes:
        uuid: Made with the file; tells an index whether it belongs to this store.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.uuid: str = database.value("SELECT uuid FROM store")

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        must_exist: bool = False,
        read_only: bool = False,
        busy_timeout_s: float | None = None,
    ) -> Self:
        """
        Open the store at *path*; make it, and its folder, if it is not there.

        Args:
            path: A file; what is not ours is never overwritten.
            must_exist: Raise instead of making a new store.
            read_only: Never write; works while another process ingests. The store
                must exist and be of this program's version.
            busy_timeout_s: How long to wait while another process writes; None: BUSY_TIMEOUT_S.

        Raises:
            StoreError: If there is none, or the file is damaged, not a store (it is
                left as it is) or of a newer version.
        """
        mode: Mode = "ro" if read_only else "rw" if must_exist else "rwc"
        wait_s = BUSY_TIMEOUT_S if busy_timeout_s is None else busy_timeout_s
        database = Database(path, mode, wait_s)
        try:
            return cls(database)
        except BaseException:
            database.close()
            raise

    @property
    def path(self) -> Path:
        """The file; SQLite keeps two more beside it while it is open."""
        return self.database.path

    def close(self) -> None:
        """Close the file in all threads; no other thread may be using it. Safe to repeat."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def transaction(self) -> AbstractContextManager[None]:
        """All that is written inside is committed together, or not at all."""
        return self.database.transaction()

    def snapshot(self) -> AbstractContextManager[None]:
        """All that is read inside sees one state, whoever writes meanwhile."""
        return self.database.snapshot()

    def check(self) -> list[str]:
        """What is wrong with the store, in words; empty if nothing is. Reads all of it."""
        return problems(self.database)

    def free_bytes(self) -> int:
        """How much of the file holds nothing and is used again by what comes."""
        pages = self.database.value("PRAGMA freelist_count")
        return int(pages * self.database.value("PRAGMA page_size"))
