"""
Which updates wait for which: those of one chat for each other, and for nobody else.

Within a chat answers come in the order of the questions. A chat that Telegram holds, or
that asks without end, keeps only its own lane busy.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.telegram.background import Tasks
from bot.telegram.inbox import Inbox

log = logging.getLogger(__name__)

MOST_AT_ONCE = 100_000
"""PTB wants a number; what holds a chat back is its own lane."""

LANE_MAX = 200
"""Updates of one chat that may wait: ten minutes of answers in a group."""


_INGEST = "/ingest"


async def _tell_nobody(_: Update) -> None:
    """Before there is anybody who could tell it."""


DROP_AFTER_S = 0.1
"""Updates that are dropped within such a time are taken off together."""


class Lanes(BaseUpdateProcessor):
    """
    Works on the updates of each lane in order, and on all lanes at once.

    Attributes:
        on_full: Awaited with the first update that finds its lane full, and is dropped.
    """

    def __init__(self, inbox: Inbox) -> None:
        super().__init__(MOST_AT_ONCE)
        self.on_full: Callable[[Update], Awaitable[None]] = _tell_nobody
        self._inbox = inbox
        self._newest: dict[Hashable, int] = {}
        self._full: set[Hashable] = set()
        self._dropped: list[Update] = []
        self._notes = Tasks()
        self._locks: dict[Hashable, asyncio.Lock] = {}
        self._waiting: Counter[Hashable] = Counter()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._is_closed = False

    @property
    def busy(self) -> int:
        """Updates that are being worked on, or wait in a lane."""
        return len(self._tasks)

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to release."""

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Work on *update* when those before it in its lane are done, then take it off the inbox."""
        # Once closed, an update stays in the inbox
        if self._is_closed or not isinstance(update, Update) or not self._inbox.take(update):
            _close(coroutine)
            return
        key = lane_of(update)
        if self._waiting[key] >= LANE_MAX:
            _close(coroutine)
            await self._drop(update, key)
            return
        task = asyncio.current_task()
        assert task is not None  # PTB runs this as a task of its own
        self._tasks.add(task)
        self._waiting[key] += 1
        self._newest[key] = update.update_id
        lock = self._locks.setdefault(key, asyncio.Lock())
        try:
            async with lock:
                if update.inline_query is not None and self._newest[key] != update.update_id:
                    _close(coroutine)  # the user has typed on
                else:
                    await coroutine
            await self._inbox.done(update)
        except asyncio.CancelledError:  # at the end: the update stays in the inbox
            _close(coroutine)
            raise
        finally:
            self._tasks.discard(task)
            self._waiting[key] -= 1
            if not self._waiting[key]:
                del self._waiting[key], self._locks[key], self._newest[key]
                self._full.discard(key)

    async def _drop(self, update: Update, key: Hashable) -> None:
        """Take *update* off; with others that are dropped meanwhile, in one transaction."""
        if key not in self._full:
            self._full.add(key)
            log.warning("updates are dropped: %d wait in their lane already: %r", LANE_MAX, key)
            self._notes.start(self._tell_full(update))
        self._dropped.append(update)
        if len(self._dropped) > 1:
            return  # whoever dropped the first takes them along
        await asyncio.sleep(DROP_AFTER_S)
        dropped, self._dropped = self._dropped, []
        await self._inbox.give_up(dropped)

    async def _tell_full(self, update: Update) -> None:
        await self.on_full(update)

    async def finish(self, grace_s: float) -> int:
        """Begin nothing more; let what is begun end, for *grace_s*; gives how many were stopped."""
        self._is_closed = True
        await self._notes.stop()
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=grace_s)
        stopped = [task for task in self._tasks if not task.done()]
        for task in stopped:
            task.cancel()
        if stopped:
            await asyncio.wait(stopped, timeout=1.0)
        return len(stopped)


def lane_of(update: Update) -> Hashable:
    """
    What *update* has to wait for.

    Messages wait for those of their chat; what a person presses or types inline waits for
    that person's, so that a button answers at once in a chat that is being held. A page that
    is slow to read keeps no other command of its admin waiting.
    """
    if update.message is not None and (update.message.text or "").startswith(_INGEST):
        return "ingest", update.message.chat.id
    if update.callback_query is not None:
        return "button", update.callback_query.from_user.id
    if update.inline_query is not None:
        return "inline", update.inline_query.from_user.id
    return "chat", None if update.effective_chat is None else update.effective_chat.id


def _close(coroutine: Awaitable[Any]) -> None:
    close = getattr(coroutine, "close", None)
    if close is not None:  # one that was never awaited would warn about it
        close()
