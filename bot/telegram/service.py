"""Running the bot: signing in, taking updates, watching over it, and ending well."""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from telegram import User
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application
from telegram.request import HTTPXRequest

from bot.errors import UsageProblem
from bot.ledger import Ledger
from bot.settings import TELEGRAM_URL, Settings
from bot.telegram.access import Access
from bot.telegram.answering import Answering
from bot.telegram.application import ALLOWED_UPDATES, add_handlers
from bot.telegram.flood import FloodControl
from bot.telegram.health import Health
from bot.telegram.inbox import Arrivals, DeskBot, Inbox
from bot.telegram.lanes import Lanes
from bot.telegram.office import Office, now
from bot.telegram.quota import Quota
from bot.telegram.registration import register
from bot.telegram.sender import Sender
from retrieval.desk import Desk
from retrieval.errors import RetrievalError

log = logging.getLogger(__name__)

ANSWERING_THREADS = 4
"""More would only wait for each other: answering is Python, and short."""

POLL_S = 25
"""How long Telegram may hold a poll open; a dead connection is noticed soon after."""

CONNECTIONS = 64
GRACE_S = 8.0
"""What is begun at SIGTERM may take so long to end; Docker kills after ten seconds."""

FOLLOW_EVERY_S = 2.0
WATCH_EVERY_S = 5.0
WEBHOOK_CHECK_EVERY_S = 60.0
PRUNE_EVERY_S = 24 * 3600.0
CONFLICT_AGAIN_S = 3600.0
SIGN_IN_WAIT_S = 30.0

TOKEN_REFUSED = (
    "Telegram refuses the bot's token; get the right one from @BotFather, "  # noqa: S105  # words
    "set CLIPDESK_TELEGRAM_TOKEN and start again"
)


def check_settings(settings: Settings) -> None:
    """
    Raises:
        UsageProblem: If what `clipdesk serve` needs is not set, or cannot be.
    """
    if settings.telegram_token is None:
        raise UsageProblem(
            "CLIPDESK_TELEGRAM_TOKEN is not set; get a token from @BotFather, see .env.example"
        )
    if settings.telegram_mode != "webhook":
        return
    if settings.telegram_webhook_url is None:
        raise UsageProblem(
            "CLIPDESK_TELEGRAM_WEBHOOK_URL is not set; webhook mode needs it, see .env.example"
        )
    # A local Bot API server also takes plain addresses
    url = urlsplit(settings.telegram_webhook_url)
    if settings.telegram_base_url == TELEGRAM_URL and url.scheme != "https":
        raise UsageProblem("CLIPDESK_TELEGRAM_WEBHOOK_URL: Telegram takes https addresses only")


class Service:
    """One bot over one desk."""

    def __init__(self, settings: Settings, desk: Desk) -> None:
        check_settings(settings)
        self._settings = settings
        self._desk = desk
        self._ledger = Ledger.open(desk.store)
        self._health = Health()
        self._flood = FloodControl()
        self._executor = ThreadPoolExecutor(ANSWERING_THREADS, "answering")
        self._writer = ThreadPoolExecutor(1, "inbox")
        self._inbox = Inbox(self._ledger, self._writer)
        self._arrivals = Arrivals(self._inbox)
        self._lanes = Lanes(self._inbox)
        # None given: Telegram is told a new one at each start
        given = settings.telegram_secret
        self._secret = given.get_secret_value() if given else secrets.token_urlsafe(32)
        self._bot = self._make_bot()
        self._application: Application[Any, Any, Any, Any, Any, Any] = (
            Application.builder()
            .bot(self._bot)
            .update_queue(self._arrivals)
            .concurrent_updates(self._lanes)
            .build()
        )
        self._stop = asyncio.Event()
        self._failure: UsageProblem | None = None
        self._tasks: list[asyncio.Task[None]] = []

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

    def _make_bot(self) -> DeskBot:
        settings = self._settings
        assert settings.telegram_token is not None
        return DeskBot(
            settings.telegram_token.get_secret_value(),
            base_url=f"{settings.telegram_base_url}/bot",
            base_file_url=f"{settings.telegram_base_url}/file/bot",
            request=HTTPXRequest(
                connection_pool_size=CONNECTIONS,
                connect_timeout=10.0,
                read_timeout=20.0,
                write_timeout=20.0,
                pool_timeout=60.0,
            ),
            # More than one: a poll that hangs must not keep the next one waiting
            get_updates_request=HTTPXRequest(
                connection_pool_size=4, connect_timeout=10.0, read_timeout=10.0, pool_timeout=10.0
            ),
            rate_limiter=self._flood,
            inbox=self._inbox,
            health=self._health,
        )

    # --- begin and end ------------------------------------------------------

    async def _sign_in(self) -> User | None:
        """Who the bot is; tries until Telegram can be reached. None when stopped before."""
        wait_s = 1.0
        while not self._stop.is_set():
            try:
                await self._application.initialize()
            except InvalidToken:
                raise UsageProblem(TOKEN_REFUSED) from None
            except TelegramError as e:
                log.warning("Telegram cannot be reached, trying again in %.0f s: %s", wait_s, e)
                await self._pause(wait_s)
                wait_s = min(2 * wait_s, SIGN_IN_WAIT_S)
            else:
                return self._bot.bot
        return None

    async def _serve(self, me: User) -> None:
        office = self._open_office(me)
        add_handlers(self._application, office)
        await self._application.start()
        try:
            await asyncio.to_thread(_warm_up, self._desk)
            for update in await self._inbox.replay(self._bot):
                await self._arrivals.put(update)
            await self._take_updates()
            log.info("serving as @%s by %s", me.username, self._settings.telegram_mode)
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
        try:
            await updater.start_webhook(
                listen=settings.telegram_listen,
                port=settings.telegram_port,
                url_path=urlsplit(settings.telegram_webhook_url).path,
                webhook_url=settings.telegram_webhook_url,
                secret_token=self._secret,
                allowed_updates=ALLOWED_UPDATES,
                bootstrap_retries=-1,
            )
        except OSError as e:
            place = f"{settings.telegram_listen}:{settings.telegram_port}"
            raise UsageProblem(
                f"cannot listen on {place} ({e.strerror}); "
                "set CLIPDESK_TELEGRAM_LISTEN and CLIPDESK_TELEGRAM_PORT"
            ) from e

    async def _end(self) -> None:
        """Take no more; answer what is begun, as far as the time allows; the rest is kept."""
        log.info("stopping")
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        updater = self._application.updater
        assert updater is not None
        if updater.running:
            try:
                await asyncio.wait_for(updater.stop(), GRACE_S / 2)
            except (TelegramError, TimeoutError) as e:
                log.warning("updates could not be confirmed: %s", type(e).__name__)
        stopped = await self._lanes.finish(GRACE_S)
        if stopped:
            log.warning("%d updates are kept for the next start", stopped)
        await self._application.stop()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        task.add_done_callback(self._ended)
        self._tasks.append(task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("background work ended", exc_info=error)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stop.wait(), seconds)
        except TimeoutError:
            return

    # --- watching -----------------------------------------------------------

    async def _watch(self, office: Office) -> None:
        """Start polling anew when it is silent; tell the admins; end when nothing helps."""
        conflict_told: float | None = None
        checked = time.monotonic()
        while True:
            await asyncio.sleep(WATCH_EVERY_S)
            if self._health.is_doubted.is_set():
                await self._confirm_token()
            if self._settings.telegram_mode == "webhook":
                if time.monotonic() - checked >= WEBHOOK_CHECK_EVERY_S:
                    checked = time.monotonic()
                    await self._check_webhook()
            elif self._health.is_stalled():
                await self._poll_anew()
            for seconds, reason in self._health.take_outages():
                await office.tell_admins(
                    "health.outage", minutes=str(max(round(seconds / 60), 1)), reason=reason
                )
            if self._health.is_conflict and (
                conflict_told is None or time.monotonic() - conflict_told > CONFLICT_AGAIN_S
            ):
                conflict_told = time.monotonic()
                await office.tell_admins("health.conflict")

    async def _confirm_token(self) -> None:
        self._health.is_doubted.clear()
        try:
            await self._bot.get_me()
        except InvalidToken:
            self._failure = UsageProblem(TOKEN_REFUSED)
            self._stop.set()
        except TelegramError as e:
            log.warning("the token cannot be checked: %s", e)
            self._health.is_doubted.set()

    async def _poll_anew(self) -> None:
        log.error("no updates for %.0f s; polling starts anew", self._health.silence_s)
        self._health.restarted()
        updater = self._application.updater
        assert updater is not None
        if updater.running:
            try:
                await asyncio.wait_for(updater.stop(), GRACE_S)
            except (TelegramError, TimeoutError) as e:
                log.warning("polling did not end by itself: %s", type(e).__name__)
        if not updater.running:
            await self._take_updates()

    async def _check_webhook(self) -> None:
        try:
            info = await self._bot.get_webhook_info()
        except InvalidToken:
            self._health.doubt_token()
            return
        except TelegramError as e:
            self._health.failed_poll(e)
            return
        if info.url != self._settings.telegram_webhook_url:
            log.error("the webhook was changed elsewhere; it is set anew")
            await self._bot.set_webhook(
                self._settings.telegram_webhook_url or "",
                allowed_updates=ALLOWED_UPDATES,
                secret_token=self._secret,
            )
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
            await asyncio.sleep(PRUNE_EVERY_S)

    async def _migrated(self, old: int, new: int) -> None:
        log.info("group %d became supergroup %d", old, new)
        await self._run(self._ledger.migrate_chat, old, new)

    async def _refused(self, chat_id: int, reason: str) -> None:
        log.info("chat %d takes no messages: %s", chat_id, reason)
        await self._run(self._ledger.suspend, chat_id, reason, now())

    async def _run(self, work: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work, *arguments)


def _warm_up(desk: Desk) -> None:
    """Load what the first question would have to wait for."""
    desk.ask("When was it, and who was there?")
