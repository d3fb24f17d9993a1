"""What the parts of the ledger share: the store, and one way to write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from retrieval.store import Store


class LedgerPart:
    """A part of the ``Ledger``, in one module of this folder; all share one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._database = store.database

    def _write(self, sql: str, parameters: Sequence[Any], *, is_lasting: bool = True) -> int:
        """
        One statement, committed unless it stands in the caller's transaction; the row id.

        Not *is_lasting* is what would be done again after a power cut, with its update.
        """
        with self._database.transaction(is_lasting=is_lasting):
            return self._database.write(sql, parameters)
