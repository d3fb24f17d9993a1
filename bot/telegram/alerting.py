"""
Alerts of a running bot: what is new is matched as it is stored, and told.

One process at a time does this over one store, see `bot.alerts.lease`.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from bot.alerts.lease import Lease
from bot.alerts.watcher import Watcher
from bot.telegram.alert_delivery import Delivery
from bot.telegram.background import Repeated
from bot.telegram.flood import GROUP
from bot.telegram.office import Office, now
from retrieval.errors import StoreError

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.3
"""The store is asked for what is new, and the outbox for what is due."""

TIMES_EVERY = timedelta(seconds=15)
"""Digests and what has grown too old go by the minute; a look at them costs a query each."""


REMEMBERED = timedelta(seconds=GROUP.period_s)
"""What an earlier run sent so lately counts towards the limits still."""


class Alerting:
    """Watches and delivers. A ``background.Part``."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._book = office.alerts
        desk = office.desk
        self._lease = Lease(desk.folder)

        def rarity(term: str) -> float:
            return desk.index.idf(term)  # the desk may come to another index

        self._watcher = Watcher(desk.store, rarity)
        self._thread = ThreadPoolExecutor(1, "alerts")  # a watcher is for one thread
        self._delivery = Delivery(office)
        self._has_begun = False  # the thread's
        self._is_ours = False  # the loop's
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_ending = threading.Event()
        self._times_at: datetime | None = None
        self._watch = Repeated("the watch for alerts", self._watch_once, LOOK_EVERY_S)
        self._deliver = Repeated("the delivery of alerts", self._deliver_once, LOOK_EVERY_S)

    def start(self) -> None:
        """Match and deliver from now on, as soon as no other process does."""
        self._loop = asyncio.get_running_loop()
        self._watch.start()
        self._deliver.start()

    async def stop(self, grace_s: float) -> None:
        """Match nothing more, give up waiting for turns, and let another process go on."""
        self._is_ending.set()
        await self._watch.stop(grace_s)
        await self._deliver.stop(grace_s)
        await self._delivery.stop(grace_s)
        await asyncio.to_thread(self._thread.shutdown)
        self._lease.release()

    async def _watch_once(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            notes = await loop.run_in_executor(self._thread, self._follow)
        except StoreError as e:
            log.warning("alerts cannot be made now: %s", e)
        else:
            if notes:
                await self._deliver_once()

    async def _deliver_once(self) -> None:
        if not self._is_ours:
            return
        try:
            await self._delivery.look()
        except StoreError as e:
            log.warning("alerts cannot be delivered now: %s", e)

    # --- in the thread ------------------------------------------------------------

    def _follow(self) -> int:
        """Take in what is new, where that is this process's work; how many messages changed."""
        if not self._has_begun and not self._begin():
            return 0
        notes = 0
        while not self._is_ending.is_set() and self._watcher.is_behind():
            seen = self._watcher.watch(now())
            notes += seen.notes
            if seen.matches:
                log.info(
                    "alerts changes=%d matches=%d messages=%d",
                    seen.changes,
                    seen.matches,
                    seen.notes,
                )
            notes += self._keep_times()
        return notes + self._keep_times()

    def _begin(self) -> bool:
        """Whether no other process does it; then what an earlier one left is decided on."""
        if not self._lease.take():
            return False
        at = now()
        lately = self._book.outbox.lately(at - REMEMBERED, at)
        unsure = self._book.outbox.recover(self._office.settings.alerts_unsure)
        if unsure:
            log.warning("%d alerts may have been sent by an earlier run", unsure)
        self._watcher.begin()
        self._has_begun = True
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._go, lately)
        return True

    def _go(self, lately: Sequence[tuple[int, datetime]]) -> None:
        """Deliver from now on; Telegram's limits know of no restarts."""
        at = now()
        for chat_id, sent in lately:
            self._office.flood.recall(chat_id, max((at - sent).total_seconds(), 0.0))
        self._is_ours = True

    def _keep_times(self) -> int:
        """What goes by the clock: what is news no more, and digests; how many of these."""
        at = now()
        if self._times_at is not None and at - self._times_at < TIMES_EVERY:
            return 0
        self._times_at = at
        self._book.outbox.expire(at)
        return self._book.digests.make_due(at)
