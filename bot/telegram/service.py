"""Running the bot: what it is made of, how it begins, and how it ends."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any

from telegram import User
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application

from bot.alerts.book import AlertBook
from bot.errors import UsageProblem
from bot.ledger import Ledger
from bot.settings import Settings, check_telegram
from bot.telegram.access import Access
from bot.telegram.alert_desk import AlertDesk
from bot.telegram.alert_messages import AlertMessages
from bot.telegram.alerting import Alerting
from bot.telegram.answering import Answering
from bot.telegram.application import add_handlers
from bot.telegram.background import Part, Tasks, end_within
from bot.telegram.feeding import FeedPolling
from bot.telegram.flood import FloodControl
from bot.telegram.health import Health
from bot.telegram.inbox import Arrivals, Inbox, make_bot
from bot.telegram.intake import Intake, Polling
from bot.telegram.lanes import Lanes
from bot.telegram.office import Office
from bot.telegram.quota import Quota
from bot.telegram.registration import register
from bot.telegram.sender import Sender
from bot.telegram.threads import Threads
from bot.telegram.watch import TOKEN_REFUSED, Cleaning, Watch, corpus_follower, token_check
from bot.telegram.webhook import Webhook
from retrieval.desk import Desk

log = logging.getLogger(__name__)

GRACE_S = 5.0
"""What is begun at SIGTERM may take so long to end; Docker kills after ten seconds."""

OVERTIME_S = 2.0
"""After the grace period the process ends, even if a thread is at work that cannot be stopped."""

SIGN_IN_WAIT_S = 30.0
AFTER_CRASH_S = 1.0
"""What an earlier run sent as it was stopped counts towards the same second's limits."""


class Service:
    """
    One bot over one desk; *on_ready* is told its user name when it takes updates.
    """

    def __init__(
        self, settings: Settings, desk: Desk, *, on_ready: Callable[[str], None] = lambda _: None
    ) -> None:
        check_telegram(settings)
        self._settings = settings
        self._desk = desk
        self._on_ready = on_ready
        self._ledger = Ledger.open(desk.store)
        self._health = Health()
        self._flood = FloodControl()
        self._threads = Threads()
        self._inbox = Inbox(self._ledger, self._threads.inbox)
        self._arrivals = Arrivals(self._inbox)
        self._lanes = Lanes(self._inbox)
        self._bot = make_bot(settings, self._flood, self._inbox, self._health)
        self._application: Application[Any, Any, Any, Any, Any, Any] = (
            Application.builder()
            .bot(self._bot)
            .update_queue(self._arrivals)
            .concurrent_updates(self._lanes)
            .build()
        )
        self._alerts = AlertBook.open(desk.store)
        self._feeds = FeedPolling(settings, desk.store)
        self._intake = self._make_intake()
        self._office: Office | None = None  # once it is known who the bot is
        self._parts: list[Part] = []
        self._tasks = Tasks()
        self._stop = asyncio.Event()
        self._failure: UsageProblem | None = None

    async def run(self) -> None:
        """
        Answer until SIGTERM or SIGINT.

        Raises:
            UsageProblem: If it cannot go on: Telegram does not take the token, now or later,
                or the store cannot be written any more.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._begin_to_end)
        async with AsyncExitStack() as stack:
            stack.callback(self._threads.close)
            stack.push_async_callback(self._intake.stop)
            self._intake.prepare()
            me = await self._sign_in()
            if me is not None:
                stack.push_async_callback(self._application.shutdown)
                await self._serve(me)
        if self._failure is not None:
            raise self._failure

    # --- begin --------------------------------------------------------------

    def _make_intake(self) -> Intake:
        if self._settings.telegram_mode == "webhook":
            return Webhook(self._settings, self._bot, self._arrivals, self._health)
        assert self._application.updater is not None
        return Polling(self._application.updater, self._health)

    async def _sign_in(self) -> User | None:
        """Who the bot is; tries until Telegram can be reached. None when stopped before."""
        wait_s = 1.0
        while not self._stop.is_set():
            try:
                await self._until_stop(self._application.initialize())
            except InvalidToken:
                raise UsageProblem(TOKEN_REFUSED) from None
            except TelegramError as e:
                log.warning("Telegram cannot be reached, trying again in %.0f s: %s", wait_s, e)
                await self._pause(wait_s)
                wait_s = min(2 * wait_s, SIGN_IN_WAIT_S)
            else:
                break
        return None if self._stop.is_set() else self._bot.bot

    async def _serve(self, me: User) -> None:
        office = self._office = self._open_office(me)
        add_handlers(self._application, office)
        self._lanes.on_full = office.tell_full
        await self._application.start()
        try:
            await office.think(_warm_up, self._desk)
            undone = await self._inbox.replay(self._bot)
            if undone:
                await self._pause(AFTER_CRASH_S)
            for update in undone:
                await self._arrivals.put(update)
            self._begin(token_check(self._bot, self._health.is_doubted, self._fail))
            await self._until_stop(self._intake.start())
            if not self._stop.is_set():
                log.info("serving as @%s by %s", me.username, self._settings.telegram_mode)
                self._on_ready(me.username or "")
                self._tasks.start(register(office))
                for part in self._make_parts(office):
                    self._begin(part)
            await self._stop.wait()
        finally:
            await self._end()

    def _make_parts(self, office: Office) -> list[Part]:
        """What runs beside the answering."""
        self._feeds.tell_admins = office.tell_admins
        return [
            Watch(office, self._intake, self._fail),
            corpus_follower(office),
            Cleaning(office),
            self._feeds,
            Alerting(office),
        ]

    def _begin(self, part: Part) -> None:
        part.start()
        self._parts.append(part)

    def _open_office(self, me: User) -> Office:
        settings = self._settings
        answering = Answering(
            self._desk, self._ledger, quotes=settings.quotes, bot_name=me.username or ""
        )
        alert_desk = AlertDesk(self._desk, self._ledger, answering, lang=settings.language)
        return Office(
            settings=settings,
            desk=self._desk,
            ledger=self._ledger,
            answering=answering,
            bot=self._bot,
            sender=Sender(self._bot, on_migrated=self._migrated, on_refused=self._refused),
            flood=self._flood,
            inbox=self._inbox,
            health=self._health,
            access=Access.of(settings.telegram_admins, settings.telegram_allowed_chats),
            quota=Quota(settings.telegram_questions_per_minute),
            threads=self._threads,
            feeds=self._feeds,
            alerts=self._alerts,
            alert_desk=alert_desk,
            alert_messages=AlertMessages(alert_desk, self._ledger),
            me=me,
        )

    async def _migrated(self, old: int, new: int) -> None:
        assert self._office is not None
        await self._office.migrate(old, new)

    async def _refused(self, chat_id: int, reason: str) -> None:
        assert self._office is not None
        await self._office.suspend(chat_id, reason)

    # --- end ----------------------------------------------------------------

    def _fail(self, failure: UsageProblem) -> None:
        """End, and say why."""
        self._failure = self._failure or failure
        self._begin_to_end()

    def _begin_to_end(self) -> None:
        if not self._stop.is_set():
            self._stop.set()
            _end_anyway(GRACE_S + OVERTIME_S, self._failure)

    async def _end(self) -> None:
        """Take no more; answer what is begun, as far as the time allows; the rest is kept."""
        log.info("stopping")
        ends_at = time.monotonic() + GRACE_S
        stops = [self._intake.stop(), *(part.stop(GRACE_S) for part in self._parts)]
        stopping = [asyncio.create_task(stop) for stop in (*stops, self._tasks.stop())]
        kept = await self._lanes.finish(GRACE_S)
        if kept:
            log.warning("%d updates are kept for the next start", kept)
        await end_within(ends_at - time.monotonic(), stopping)
        await self._application.stop()

    async def _until_stop(self, work: Coroutine[Any, Any, None]) -> None:
        """Do *work*, and give it up at the stop."""
        task = asyncio.create_task(work)
        stop = asyncio.create_task(self._stop.wait())
        await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if task.done():
            task.result()
        else:
            await end_within(0.0, {task})

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stop.wait(), seconds)
        except TimeoutError:
            return


def _end_anyway(after_s: float, failure: UsageProblem | None) -> None:
    """
    End the process in *after_s* seconds, if it has not ended by then.

    Python waits for every thread, and a thread that reads a page or a name server's answer
    can be told nothing. What was accepted is kept on the disk.
    """

    def end() -> None:
        if failure is not None:
            sys.stderr.write(f"Error: {failure}\n")
        log.warning("ended in the middle of work; it is kept for the next start")
        logging.shutdown()
        sys.stderr.flush()
        os._exit(0 if failure is None else 1)

    timer = threading.Timer(after_s, end)
    timer.daemon = True
    timer.start()


def _warm_up(desk: Desk) -> None:
    """Load what the first question would have to wait for."""
    desk.ask("When was it, and who was there?")
