"""All that is kept about the alerts, opened together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from bot.alerts.digest import Digests
from bot.alerts.outbox import Outbox
from bot.alerts.subscriptions import Subscriptions
from bot.alerts.upkeep import Upkeep
from retrieval.store import Store


@dataclass(frozen=True, slots=True)
class AlertBook:
    """The parts of the alerts over one store; usable from any thread."""

    store: Store
    subscriptions: Subscriptions
    outbox: Outbox
    digests: Digests
    upkeep: Upkeep

    @classmethod
    def open(cls, store: Store) -> Self:
        """
        The alerts of *store*, whose tables are made or brought up to date first.

        Raises:
            StoreError: If they are of a newer version than this program, or cannot be written.
        """
        subscriptions = Subscriptions.open(store)
        return cls(store, subscriptions, Outbox(store), Digests(store), Upkeep(store))
