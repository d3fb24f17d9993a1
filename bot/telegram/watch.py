"""
Watching over the bot: whether updates come and can be kept, whether the token is good,
whether the corpus has changed; and what follows from it.
"""

from __future__ import annotations

import asyncio
import logging
import math
import threading
import time
from collections.abc import Callable

from telegram.error import InvalidToken, TelegramError

from bot.errors import UsageProblem
from bot.telegram.background import Repeated, Tasks
from bot.telegram.inbox import DeskBot
from bot.telegram.intake import Intake
from bot.telegram.office import Office, now
from retrieval.errors import RetrievalError
from retrieval.expiry import expire

log = logging.getLogger(__name__)

WATCH_EVERY_S = 5.0
FOLLOW_EVERY_S = 2.0
CLEAN_EVERY_S = 24 * 3600.0

TELL_AGAIN_S = 3600.0
"""What lasts is told to the admins so often."""

REFUSALS = 3
"""So many refusals in a row, `REFUSED_AGAIN_S` apart, mean that the token is revoked: a proxy
on the way may also say 404 for some seconds."""

REFUSED_AGAIN_S = 4.0

TOKEN_REFUSED = (
    "Telegram refuses the bot's token; get the right one from @BotFather, "  # noqa: S105  # words
    "set CLIPDESK_TELEGRAM_TOKEN and start again"
)

Fail = Callable[[UsageProblem], None]
"""Ends the service: it cannot go on."""


class Watch:
    """Looks after the intake and the store, and tells the admins. A ``background.Part``."""

    def __init__(self, office: Office, intake: Intake, fail: Fail) -> None:
        self._office = office
        self._intake = intake
        self._fail = fail
        self._told_at: dict[str, float] = {}
        self._messages = Tasks()  # one that cannot be delivered must not hold the watch up
        self._rounds = Repeated("the watch", self.look, WATCH_EVERY_S)

    def start(self) -> None:
        """Look now, and every few seconds."""
        self._rounds.start()

    async def stop(self, grace_s: float) -> None:
        """Look no more."""
        await self._rounds.stop(grace_s)
        await self._messages.stop()

    async def look(self) -> None:
        """What is to be done now."""
        health = self._office.health
        error = health.store_error
        if error is not None and not error.is_passing:
            self._fail(UsageProblem(str(error)))
            return
        for seconds, reason in health.take_outages():
            self._tell("health.outage", minutes=str(max(round(seconds / 60), 1)), reason=reason)
        if health.is_conflict:
            self._tell_at_times("health.conflict")
        if health.is_store_alarming():
            self._tell_at_times("health.store", reason=str(error))
        await self._intake.check()

    def _tell_at_times(self, key: str, **values: str) -> None:
        if time.monotonic() - self._told_at.get(key, -math.inf) > TELL_AGAIN_S:
            self._told_at[key] = time.monotonic()
            self._tell(key, **values)

    def _tell(self, key: str, **values: str) -> None:
        self._messages.start(self._office.tell_admins(key, **values))


def token_check(bot: DeskBot, doubted: asyncio.Event, fail: Fail) -> Repeated:
    """Ends the service when Telegram, asked several times, does not know the token any more."""

    async def check() -> None:
        await doubted.wait()
        for _ in range(REFUSALS):
            await asyncio.sleep(REFUSED_AGAIN_S)
            try:
                await bot.get_me()
            except InvalidToken:
                continue
            except TelegramError as e:
                log.warning("the token cannot be checked: %s", e)
                return
            doubted.clear()
            return
        fail(UsageProblem(TOKEN_REFUSED))

    return Repeated("the check of the token", check, WATCH_EVERY_S)


def corpus_follower(office: Office) -> Repeated:
    """Finds what another process has ingested."""

    async def follow() -> None:
        try:
            if office.desk.is_behind():
                taken = await office.think(office.desk.follow, is_waiting=False)
                if taken:
                    log.info("corpus changed: %d changes taken in", taken)
        except RetrievalError as e:
            log.warning("the corpus cannot be followed now: %s", e)

    return Repeated("following the corpus", follow, FOLLOW_EVERY_S)


class Cleaning:
    """Deletes what has grown old, of the ledger and then of the corpus. A ``background.Part``."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._is_ending = threading.Event()
        self._rounds = Repeated("the cleaning", self.clean, CLEAN_EVERY_S)

    def start(self) -> None:
        """Clean now, and every day."""
        self._rounds.start()

    async def stop(self, grace_s: float) -> None:
        """Let what is expiring end at its next pause."""
        self._is_ending.set()
        await self._rounds.stop(grace_s)

    async def clean(self) -> None:
        """The ledger first: what is no longer cited goes as well."""
        office = self._office
        try:
            await office.run(office.ledger.prune, now())
            await office.run(office.alerts.upkeep.prune, now())
            await office.run(office.alerts.subscriptions.forget_suspended, now())
        except RetrievalError as e:
            log.warning("the ledger cannot be pruned now: %s", e)
        retention = office.settings.retention
        if not retention:
            return
        try:
            report = await office.fetch(
                expire,
                office.desk,
                retention,
                now(),
                cited=lambda: (
                    office.ledger.cited_articles() | office.alerts.upkeep.cited_articles()
                ),
                wait=self._is_ending.wait,
            )
            log.info("kept what is to be kept: %s", report)
        except RetrievalError as e:
            log.warning("articles cannot expire now: %s", e)
