"""What the parts of the alerts share: the store, and one way to read and write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from bot.alerts.schema import COMPONENT, MIGRATIONS
from retrieval.store import Store

CURSOR = "alerts"
"""What the watcher is called among the readers of the change feed."""


class AlertsPart:
    """
    A part of the alerts over an open store; usable from any thread, beside other processes.

    Every method is one transaction, or joins the caller's, and raises ``StoreError`` if the
    file cannot be used.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._database = store.database

    @classmethod
    def open(cls, store: Store) -> Self:
        """The part over *store*, whose tables are made or brought up to date first."""
        store.database.migrate(COMPONENT, MIGRATIONS)
        return cls(store)

    def _rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._database.rows(sql, parameters)

    def _row(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        return self._database.row(sql, parameters)

    def _write(self, sql: str, parameters: Sequence[Any]) -> int:
        """One statement, committed unless it stands in the caller's transaction; the row id."""
        with self._database.transaction():
            return self._database.write(sql, parameters)
