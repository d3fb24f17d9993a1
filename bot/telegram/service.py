"""Running the bot: signing in, taking updates, watching over it, and ending well."""

from __future__ import annotations

import asyncio
import logging
import math
import signal
import threading
import time
from collections.abc import Callable, Collection, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from telegram import User, WebhookInfo
from telegram.error import InvalidToken, NetworkError, TelegramError
from telegram.ext import Application
from tornado.netutil import bind_sockets

from bot.errors import UsageProblem
from bot.ledger import Ledger
from bot.settings import Settings, check_telegram
from bot.telegram.access import Access
from bot.telegram.answering import Answering
from bot.telegram.application import ALLOWED_UPDATES, add_handlers
from bot.telegram.flood import FloodControl
from bot.telegram.health import Health
from bot.telegram.inbox import Arrivals, Inbox, make_bot
from bot.telegram.lanes import Lanes
from bot.telegram.office import Office, now
from bot.telegram.quota import Quota
from bot.telegram.registration import register
from bot.telegram.sender import Sender
from retrieval.desk import Desk
from retrieval.errors import RetrievalError
from retrieval.expiry import expire

log = logging.getLogger(__name__)

ANSWERING_THREADS = 4
"""More would only wait for each other: answering is Python, and short."""

POLL_S = 25
"""How long Telegram may hold a poll open; a dead connection is noticed soon after."""

GRACE_S = 8.0
"""What is begun at SIGTERM may take so long to end; Docker kills after ten seconds."""

FOLLOW_EVERY_S = 2.0
WATCH_EVERY_S = 5.0
WEBHOOK_CHECK_EVERY_S = 60.0
PRUNE_EVERY_S = 24 * 3600.0
CONFLICT_AGAIN_S = 3600.0
SIGN_IN_WAIT_S = 30.0
AFTER_CRASH_S = 1.0
"""What an earlier run sent as it was stopped counts towards the same second's limits."""

CANCEL_AGAIN_S = 0.2
"""PTB's updater takes a first cancellation for the end of its poll, and makes one more."""

TOKEN_REFUSED = (
    "Telegram refuses the bot's token; get the right one from @BotFather, "  # noqa: S105  # words
    "set CLIPDESK_TELEGRAM_TOKEN and start again"
)


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
        self._executor = ThreadPoolExecutor(ANSWERING_THREADS, "answering")
        self._writer = ThreadPoolExecutor(1, "inbox")
        self._inbox = Inbox(self._ledger, self._writer)
        self._arrivals = Arrivals(self._inbox)
        self._lanes = Lanes(self._inbox)
        self._secret = settings.telegram_secret.get_secret_value()
        self._bot = make_bot(settings, self._flood, self._inbox, self._health)
        self._application: Application[Any, Any, Any, Any, Any, Any] = (
            Application.builder()
            .bot(self._bot)
            .update_queue(self._arrivals)
            .concurrent_updates(self._lanes)
            .build()
        )
        self._stop = asyncio.Event()
        self._is_ending = threading.Event()
        self._failure: UsageProblem | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """
        Answer until SIGTERM or SIGINT.

        Raises:
            UsageProblem: If Telegram does not take the token, now or later.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        async with AsyncExitStack() as stack:
            stack.callback(self._executor.shutdown, wait=False, cancel_futures=True)
            stack.callback(self._writer.shutdown)
            me = await self._sign_in()
            if me is not None:
                stack.push_async_callback(self._application.shutdown)
                await self._serve(me)
        if self._failure is not None:
            raise self._failure

    # --- begin and end ------------------------------------------------------

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
        office = self._open_office(me)
        add_handlers(self._application, office)
        await self._application.start()
        try:
            await asyncio.to_thread(_warm_up, self._desk)
            undone = await self._inbox.replay(self._bot)
            if undone:
                await self._pause(AFTER_CRASH_S)
            for update in undone:
                await self._arrivals.put(update)
            self._start(self._confirm_token())
            await self._until_stop(self._take_updates())
            if not self._stop.is_set():
                log.info("serving as @%s by %s", me.username, self._settings.telegram_mode)
                self._on_ready(me.username or "")
                self._start(register(office))
                self._start(self._watch(office))
                self._start(self._follow_store())
                self._start(self._prune())
            await self._stop.wait()
        finally:
            await self._end()

    def _open_office(self, me: User) -> Office:
        settings = self._settings
        return Office(
            settings=settings,
            desk=self._desk,
            ledger=self._ledger,
            answering=Answering(
                self._desk, self._ledger, quotes=settings.quotes, bot_name=me.username or ""
            ),
            bot=self._bot,
            sender=Sender(self._bot, on_migrated=self._migrated, on_refused=self._refused),
            flood=self._flood,
            inbox=self._inbox,
            health=self._health,
            access=Access.of(settings.telegram_admins, settings.telegram_allowed_chats),
            quota=Quota(settings.telegram_questions_per_minute),
            executor=self._executor,
            me=me,
        )

    async def _take_updates(self) -> None:
        updater = self._application.updater
        assert updater is not None
        settings = self._settings
        if settings.telegram_mode == "polling":
            await updater.start_polling(
                timeout=timedelta(seconds=POLL_S),
                allowed_updates=ALLOWED_UPDATES,
                bootstrap_retries=-1,
                error_callback=lambda _: None,  # DeskBot has told it
            )
            return
        assert settings.telegram_webhook_url is not None
        # First of all: else a second program would spoil the first one's webhook, and then fail
        _try_to_listen(settings.telegram_listen, settings.telegram_port)
        await updater.start_webhook(
            listen=settings.telegram_listen,
            port=settings.telegram_port,
            url_path=urlsplit(settings.telegram_webhook_url).path,
            webhook_url=settings.telegram_webhook_url,
            secret_token=self._secret,
            allowed_updates=ALLOWED_UPDATES,
            bootstrap_retries=-1,
        )

    async def _end(self) -> None:
        """Take no more; answer what is begun, as far as the time allows; the rest is kept."""
        log.info("stopping")
        self._is_ending.set()
        for task in self._tasks:
            task.cancel()
        self._start(self._take_no_more())
        begun = time.monotonic()
        kept = await self._lanes.finish(GRACE_S)
        if kept:
            log.warning("%d updates are kept for the next start", kept)
        await _end_within(GRACE_S - (time.monotonic() - begun), self._tasks)
        await self._application.stop()

    async def _take_no_more(self) -> None:
        updater = self._application.updater
        assert updater is not None
        if updater.running:
            await updater.stop()

    async def _until_stop(self, work: Coroutine[Any, Any, None]) -> None:
        """Do *work*, and give it up at the stop."""
        task = asyncio.create_task(work)
        stop = asyncio.create_task(self._stop.wait())
        await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if task.done():
            task.result()
        else:
            await _end_within(0.0, {task})

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("background work ended", exc_info=error)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stop.wait(), seconds)
        except TimeoutError:
            return

    # --- watching -----------------------------------------------------------

    async def _watch(self, office: Office) -> None:
        """Start polling anew when it is silent, or set the webhook; tell the admins."""
        conflict_told = -math.inf
        checked = time.monotonic()
        while True:
            await asyncio.sleep(WATCH_EVERY_S)
            if self._settings.telegram_mode == "webhook":
                if time.monotonic() - checked >= WEBHOOK_CHECK_EVERY_S:
                    checked = time.monotonic()
                    await self._check_webhook()
            elif self._health.is_stalled():
                await self._poll_anew()
            # Apart: a message that cannot be delivered must not keep the watch from watching
            for seconds, reason in self._health.take_outages():
                minutes = str(max(round(seconds / 60), 1))
                self._start(office.tell_admins("health.outage", minutes=minutes, reason=reason))
            if self._health.is_conflict and time.monotonic() - conflict_told > CONFLICT_AGAIN_S:
                conflict_told = time.monotonic()
                self._start(office.tell_admins("health.conflict"))

    async def _confirm_token(self) -> None:
        """Stop when Telegram, asked once more, still does not know the token."""
        while True:
            await self._health.is_doubted.wait()
            try:
                await self._bot.get_me()
            except InvalidToken:
                self._failure = UsageProblem(TOKEN_REFUSED)
                self._stop.set()
                return
            except TelegramError as e:
                log.warning("the token cannot be checked: %s", e)
            else:
                self._health.is_doubted.clear()
            await asyncio.sleep(WATCH_EVERY_S)

    async def _poll_anew(self) -> None:
        log.error("no updates for %.0f s; polling starts anew", self._health.silence_s)
        self._health.restarted()
        await _end_within(GRACE_S, {self._start(self._take_no_more())})
        await self._take_updates()

    async def _check_webhook(self) -> None:
        hook = self._settings.telegram_webhook_url or ""
        try:
            info = await self._bot.get_webhook_info()
            trouble = _trouble_of(info)
            if info.url != hook or "403" in trouble:  # another address, or another secret
                log.error("the webhook was changed elsewhere; it is set anew")
                await self._bot.set_webhook(
                    hook, allowed_updates=ALLOWED_UPDATES, secret_token=self._secret
                )
            elif trouble and info.pending_update_count:
                raise NetworkError(trouble)
        except InvalidToken:
            self._health.doubt_token()
        except TelegramError as e:
            self._health.failed_poll(e)
        else:
            self._health.polled()

    async def _follow_store(self) -> None:
        """Find what another process has ingested."""
        while True:
            await asyncio.sleep(FOLLOW_EVERY_S)
            try:
                if self._desk.is_behind():
                    taken = await asyncio.to_thread(self._desk.follow)
                    log.info("corpus changed: %d changes taken in", taken)
            except RetrievalError as e:
                log.warning("the corpus cannot be followed now: %s", e)

    async def _prune(self) -> None:
        while True:
            try:
                await asyncio.get_running_loop().run_in_executor(
                    self._writer, self._ledger.prune, now()
                )
            except RetrievalError as e:
                log.warning("the ledger cannot be pruned now: %s", e)
            await self._expire()  # after it: what is no longer cited goes as well
            await asyncio.sleep(PRUNE_EVERY_S)

    async def _expire(self) -> None:
        if not self._settings.retention:
            return
        try:
            report = await asyncio.to_thread(
                expire,
                self._desk,
                self._settings.retention,
                now(),
                cited=self._ledger.cited_articles,
                wait=self._is_ending.wait,
            )
            log.info("kept what is to be kept: %s", report)
        except RetrievalError as e:
            log.warning("articles cannot expire now: %s", e)

    async def _migrated(self, old: int, new: int) -> None:
        log.info("group %d became supergroup %d", old, new)
        await self._run(self._ledger.migrate_chat, old, new)

    async def _refused(self, chat_id: int, reason: str) -> None:
        log.info("chat %d takes no messages: %s", chat_id, reason)
        await self._run(self._ledger.suspend, chat_id, reason, now())

    async def _run(self, work: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work, *arguments)


async def _end_within(seconds: float, tasks: Collection[asyncio.Task[None]]) -> None:
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


def _try_to_listen(address: str, port: int) -> None:
    try:
        for each in bind_sockets(port, address):
            each.close()
    except OSError as e:
        raise UsageProblem(
            f"cannot listen on {address}:{port} ({e.strerror}); "
            "set CLIPDESK_TELEGRAM_LISTEN and CLIPDESK_TELEGRAM_PORT"
        ) from e


def _trouble_of(info: WebhookInfo) -> str:
    """Why Telegram could not deliver lately; "" when it could."""
    at = info.last_error_date
    is_recent = at is not None and (now() - at).total_seconds() < 2 * WEBHOOK_CHECK_EVERY_S
    return info.last_error_message or "" if is_recent else ""


def _warm_up(desk: Desk) -> None:
    """Load what the first question would have to wait for."""
    desk.ask("When was it, and who was there?")
