"""
Taking updates by webhook: the server that Telegram posts to.

PTB's own would answer 400 to an update that it cannot read, which Telegram then posts again
and again, and would read a body of 100 MB before it looks at the secret. What is accepted
here is kept before Telegram is told so.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import time
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from socket import socket
from typing import Any
from urllib.parse import unquote, urlsplit

from telegram import Update, WebhookInfo
from telegram.error import InvalidToken, NetworkError, TelegramError
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from bot.errors import UsageProblem
from bot.settings import Settings
from bot.telegram.application import ALLOWED_UPDATES
from bot.telegram.health import Health
from bot.telegram.inbox import Arrivals, DeskBot
from bot.telegram.office import now
from retrieval.errors import StoreError

log = logging.getLogger(__name__)

BODY_MAX_BYTES = 1024 * 1024
"""An update is some kilobytes; README's nginx passes no more either."""

BODY_TIMEOUT_S = 30.0

CHECK_EVERY_S = 60.0

SET_AGAIN_S = 30.0
"""The longest pause before the webhook is tried to be set once more."""

_MOST_UPDATE_ID = 2**63
"""What the store's integers end below."""

Take = Callable[[bytes], Coroutine[Any, Any, HTTPStatus]]


class Webhook:
    """Has updates sent to us; an ``intake.Intake``."""

    def __init__(
        self, settings: Settings, bot: DeskBot, arrivals: Arrivals, health: Health
    ) -> None:
        assert settings.telegram_webhook_url is not None
        self._url = settings.telegram_webhook_url
        self._listen = settings.telegram_listen, settings.telegram_port
        self._secret = settings.telegram_secret.get_secret_value()
        self._bot = bot
        self._arrivals = arrivals
        self._health = health
        self._checked = time.monotonic()
        self._sockets: list[socket] = []
        self._server: HTTPServer | None = None

    def prepare(self) -> None:
        """
        Listen, before anything is said to Telegram: a second program must not spoil the
        first one's webhook, and then fail.

        Raises:
            UsageProblem: If that is not possible.
        """
        address, port = self._listen
        try:
            self._sockets = bind_sockets(port, address)
        except (OSError, UnicodeError) as e:
            reason = e.strerror if isinstance(e, OSError) else "no such address"
            raise UsageProblem(
                f"cannot listen on {address}:{port} ({reason}); "
                "set CLIPDESK_TELEGRAM_LISTEN and CLIPDESK_TELEGRAM_PORT"
            ) from e

    async def start(self) -> None:
        """Serve, and tell Telegram where; tried until Telegram takes it."""
        given = {"path": urlsplit(self._url).path, "secret": self._secret, "take": self.take}
        self._server = HTTPServer(
            Application([(r".*", _Posts, given)], log_function=lambda _: None),
            max_body_size=BODY_MAX_BYTES,
            body_timeout=BODY_TIMEOUT_S,
        )
        self._server.add_sockets(self._sockets)
        wait_s = 1.0
        while True:
            try:
                await self._set()
            except TelegramError as e:
                log.warning("the webhook cannot be set, trying again in %.0f s: %s", wait_s, e)
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, SET_AGAIN_S)
            else:
                return

    async def stop(self) -> None:
        """Take no more; Telegram keeps what it cannot post."""
        if self._server is None:
            for each in self._sockets:
                each.close()
            return
        self._server.stop()
        await self._server.close_all_connections()

    async def check(self) -> None:
        """Ask Telegram, now and then, whether it can post; set the webhook if it is not ours."""
        if time.monotonic() - self._checked < CHECK_EVERY_S:
            return
        self._checked = time.monotonic()
        try:
            info = await self._bot.get_webhook_info()
            trouble = _trouble_of(info)
            if info.url != self._url or "403" in trouble:  # another address, or another secret
                log.error("the webhook was changed elsewhere; it is set anew")
                await self._set()
            elif trouble and info.pending_update_count:
                raise NetworkError(trouble)
        except InvalidToken:
            self._health.doubt_token()
        except TelegramError as e:
            self._health.failed_poll(e)
        else:
            self._health.polled()

    async def take(self, body: bytes) -> HTTPStatus:
        """Keep the update in *body*; what Telegram is to be told."""
        try:
            raw = json.loads(body)
        except (ValueError, RecursionError):
            raw = None
        number = raw.get("update_id") if isinstance(raw, dict) else None
        if type(number) is not int or not 0 <= number < _MOST_UPDATE_ID:
            log.warning("a post of %d bytes is no update", len(body))
            return HTTPStatus.BAD_REQUEST
        update = Update.de_json(self._bot.readable(raw), self._bot)
        try:
            await self._arrivals.put(update)
        except StoreError as e:
            self._health.failed_keep(e)
            return HTTPStatus.SERVICE_UNAVAILABLE  # Telegram posts it again
        self._health.polled()
        return HTTPStatus.OK

    async def _set(self) -> None:
        await self._bot.set_webhook(
            self._url, allowed_updates=ALLOWED_UPDATES, secret_token=self._secret
        )


class _Posts(RequestHandler):
    """What is posted to the webhook's path by one who knows the secret."""

    def initialize(self, path: str, secret: str, take: Take) -> None:
        self._path = path
        self._expected = secret.encode()
        self._take = take

    def prepare(self) -> None:
        """Keep strangers out."""
        if unquote(self.request.path).rstrip("/") != unquote(self._path).rstrip("/"):
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        given = self.request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode(errors="replace"), self._expected):
            self.send_error(HTTPStatus.FORBIDDEN)

    async def post(self) -> None:
        """An update."""
        self.set_status(await self._take(self.request.body))


def _trouble_of(info: WebhookInfo) -> str:
    """Why Telegram could not deliver lately; "" when it could."""
    at = info.last_error_date
    is_recent = at is not None and (now() - at).total_seconds() < 2 * CHECK_EVERY_S
    return info.last_error_message or "" if is_recent else ""
