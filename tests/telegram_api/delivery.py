"""
Updates -> the webhook, through a proxy that stands for the operator's reverse proxy.

As Telegram does it: one update of a chat at a time, up to ``max_connections`` at once,
again and again with a short back-off until the bot says 2xx. Runs in the server's loop.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

from tornado.httpclient import AsyncHTTPClient, HTTPError, HTTPRequest

from telegram_api.state import State

_FIRST_WAIT_S = 0.05
_LONGEST_WAIT_S = 1.0
_TIMEOUT_S = 60.0


class Delivery:
    """Posts every pending update to the webhook, if one is set and a proxy is known."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.proxy: str | None = None
        self._tasks: dict[int, asyncio.Task[None]] = {}  # by update id
        self._busy: dict[str, int] = {}  # lane -> the update under way
        self._client: AsyncHTTPClient | None = None

    def start(self) -> None:
        """Start as many deliveries as may be under way; to be called in the loop."""
        with self._state.changed:
            hook, pending = self._state.webhook, dict(self._state.queue.pending)
        if hook is None or self.proxy is None:
            return
        for update_id, text in pending.items():
            if len(self._tasks) >= hook["max_connections"]:
                return
            lane = _lane(json.loads(text))
            if update_id in self._tasks or lane in self._busy:
                continue
            self._busy[lane] = update_id
            task = asyncio.create_task(self._deliver(update_id, text, lane))
            self._tasks[update_id] = task

    async def close(self) -> None:
        """End all deliveries."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._client is not None:
            self._client.close()

    async def _deliver(self, update_id: int, text: str, lane: str) -> None:
        wait_s = _FIRST_WAIT_S
        try:
            while update_id in self._state.queue.pending and self._state.webhook is not None:
                problem = await self._post(text)
                if problem is None:
                    with self._state.changed:
                        self._state.queue.confirm(update_id)
                        self._state.changed.notify_all()
                    break
                with self._state.changed:
                    self._state.webhook_error = (self._state.timestamp(), problem)
                    self._state.changed.notify_all()
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
        finally:
            self._tasks.pop(update_id, None)
            self._busy.pop(lane, None)
        self.start()

    async def _post(self, text: str) -> str | None:
        """Post one update; why the bot did not take it, if it did not."""
        hook, proxy = self._state.webhook, self.proxy
        if hook is None or proxy is None:
            return "Webhook was removed"
        if self._client is None:
            self._client = AsyncHTTPClient(force_instance=True, max_clients=100)
        url = urlsplit(hook["url"])
        headers = {"Content-Type": "application/json", "Host": url.netloc}
        if hook["secret_token"]:
            headers["X-Telegram-Bot-Api-Secret-Token"] = hook["secret_token"]
        path = (url.path or "/") + (f"?{url.query}" if url.query else "")
        request = HTTPRequest(
            proxy.rstrip("/") + path,
            method="POST",
            headers=headers,
            body=text,
            follow_redirects=False,
            request_timeout=_TIMEOUT_S,
        )
        try:
            await self._client.fetch(request)
        except HTTPError as error:
            return f"Wrong response from the webhook: {error.code}"
        except OSError as error:
            return f"Connection failed: {error}"
        return None


def _lane(update: dict[str, Any]) -> str:
    """Updates of one lane come one after another: those of a chat, or else of a user."""
    (body,) = (value for name, value in update.items() if name != "update_id")
    chat = body.get("chat") or body.get("message", {}).get("chat")
    if chat is not None:
        return f"chat {chat['id']}"
    return f"user {body.get('from', {}).get('id')}"
