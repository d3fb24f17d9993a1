"""The feeds of a running bot: polled beside the answering; admins are told once of what lasts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from bot.services import READERS
from bot.settings import Settings
from bot.telegram.background import Tasks
from retrieval.feeds import FeedBook, Polled, Poller, Tools
from retrieval.sources.robots import Robots
from retrieval.sources.workers import Workers
from retrieval.store import Store

log = logging.getLogger(__name__)

Tell = Callable[..., Coroutine[Any, Any, None]]
"""``Office.tell_admins``: a key of the catalogue, and values."""


class FeedPolling:
    """
    A part of the service, see ``bot.telegram.background``.

    Attributes:
        book: The feeds.
        tools: What a feed that is to be added is looked at with.
    """

    def __init__(self, settings: Settings, store: Store) -> None:
        self._workers = Workers(READERS)
        policy = settings.fetch_policy
        self.book = FeedBook.open(store)
        self.tools = Tools(
            workers=self._workers,
            policy=policy,
            robots=Robots(policy),
            langs=settings.corpus_langs,
        )
        self.tell_admins: Tell | None = None
        self._poller = Poller(self.book, self.tools, on_polled=self._polled)
        self._tasks = Tasks()
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Poll from now on."""
        self._loop = asyncio.get_running_loop()
        self._poller.start()

    async def stop(self, grace_s: float) -> None:
        """Begin no more polls; those under way may end within *grace_s*, or are begun anew."""
        self._loop = None
        await asyncio.to_thread(self._poller.stop, grace_s)
        await asyncio.to_thread(self._workers.close)
        await self._tasks.stop()

    def wake(self) -> None:
        """Look now whether a feed is due."""
        self._poller.wake()

    def _polled(self, polled: Polled) -> None:
        """From the thread that polled: let the loop tell the admins."""
        loop = self._loop
        if polled.news is not None and loop is not None:
            loop.call_soon_threadsafe(self._tell, polled)

    def _tell(self, polled: Polled) -> None:
        if self.tell_admins is None:
            return
        feed = polled.feed
        if polled.news == "dead":
            told = self.tell_admins("feeds.told_dead", name=feed.name, reason=feed.error or "")
        elif polled.news == "gone":
            told = self.tell_admins("feeds.told_gone", name=feed.name, number=str(feed.id))
        else:
            told = self.tell_admins("feeds.told_back", name=feed.name)
        self._tasks.start(told)
