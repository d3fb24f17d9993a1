"""What runs beside the answering, from the moment the bot serves to its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine
from typing import Any, Protocol

log = logging.getLogger(__name__)

CANCEL_AGAIN_S = 0.2
"""PTB's updater takes a first cancellation for the end of its poll, and makes one more."""


class Part(Protocol):
    """One thing that the service starts, and stops at its end; on the event loop's thread."""

    def start(self) -> None:
        """Begin; returns at once."""

    async def stop(self, grace_s: float) -> None:
        """End, within *grace_s* seconds."""


class Repeated:
    """
    Awaits *work* again and again, *every_s* seconds apart.

    A failure is logged and the work goes on: a watch that ended with the first bug would be
    missed by nobody.
    """

    def __init__(self, name: str, work: Callable[[], Awaitable[None]], every_s: float) -> None:
        self._name = name
        self._work = work
        self._every_s = every_s
        self._tasks = Tasks()

    def start(self) -> None:
        """Begin with the first time."""
        self._tasks.start(self._go_on())

    async def stop(self, grace_s: float) -> None:  # noqa: ARG002  # what comes again can be given up
        """Give up what is being done."""
        await self._tasks.stop()

    async def _go_on(self) -> None:
        while True:
            try:
                await self._work()
            except Exception:  # whatever it is, the next time may go well
                log.exception("%s failed and goes on", self._name)
            await asyncio.sleep(self._every_s)


class Tasks:
    """The owner of tasks that nobody waits for; how one fails is logged."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do *work* from now on."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def stop(self) -> None:
        """Cancel all of them, and wait for them to end."""
        await end_within(0.0, self._tasks)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("background work ended", exc_info=error)


async def end_within(seconds: float, tasks: Collection[asyncio.Task[None]]) -> None:
    """Wait for *tasks*, cancel those that take longer, and wait for them to end."""
    late = set(tasks)
    timeout = max(seconds, 0.0)
    while late:
        ended, late = await asyncio.wait(late, timeout=timeout)
        for task in ended:  # nobody wants to know any more how it ended
            task.cancelled() or task.exception()
        for task in late:
            task.cancel()
        timeout = CANCEL_AGAIN_S
