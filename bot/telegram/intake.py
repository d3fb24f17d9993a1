"""How updates come in: fetched by polling, or posted to ``webhook``'s server."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Protocol

from telegram.ext import Updater

from bot.telegram.application import ALLOWED_UPDATES
from bot.telegram.background import end_within
from bot.telegram.health import Health

log = logging.getLogger(__name__)

POLL_S = 25
"""How long Telegram may hold a poll open; a dead connection is noticed soon after."""

GIVE_UP_S = 8.0
"""A poll that hangs may take so long to end before another is begun."""


class Intake(Protocol):
    """One way for updates to come in."""

    def prepare(self) -> None:
        """Take hold of what this machine must give; raises UsageProblem."""

    async def start(self) -> None:
        """Let updates come; returns when Telegram has been told."""

    async def stop(self) -> None:
        """Take no more."""

    async def check(self) -> None:
        """Put right what does not work; called every few seconds."""


class Polling:
    """Fetches updates."""

    def __init__(self, updater: Updater, health: Health) -> None:
        self._updater = updater
        self._health = health

    def prepare(self) -> None:
        """Nothing is needed."""

    async def start(self) -> None:
        """Poll from now on, whatever happens."""
        await self._updater.start_polling(
            timeout=timedelta(seconds=POLL_S),
            allowed_updates=ALLOWED_UPDATES,
            bootstrap_retries=-1,
            error_callback=lambda _: None,  # DeskBot has told it
        )

    async def stop(self) -> None:
        """Let the last poll confirm what was taken."""
        if self._updater.running:
            await self._updater.stop()

    async def check(self) -> None:
        """Start anew when polls have ended neither well nor otherwise for long."""
        health = self._health
        if health.store_error is not None or not health.is_stalled():
            return
        log.error("no updates for %.0f s; polling starts anew", health.silence_s)
        health.restarted()
        await end_within(GIVE_UP_S, {asyncio.create_task(self.stop())})
        await self.start()
