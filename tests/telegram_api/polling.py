"""
The long poll: getUpdates, one at a time. Runs in the server's loop.

Telegram answers a second poll within 0.5 s for the same offset with one update only;
that is not imitated.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from telegram_api.records import ApiError, Call, bot_fault
from telegram_api.state import State
from telegram_api.webhooks import remember_allowed

MAX_TIMEOUT_S = 50
MAX_LIMIT = 100
TERMINATED = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is "
    "running"
)
_WEBHOOK_SET = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete "
    "the webhook first"
)


class Polling:
    """The poll that waits, if one does."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._waiting: asyncio.Future[bool] | None = None

    def wake(self) -> None:
        """Let the waiting poll look again; to be called in the loop."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(True)

    def yield_(self) -> None:
        """Let the waiting poll end without updates, so that the next meets what is to come."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(False)

    def terminate(self, error: ApiError) -> bool:
        """Let the waiting poll fail; whether there was one. To be called in the loop."""
        if self._waiting is None or self._waiting.done():
            return False
        self._waiting.set_exception(error)
        return True

    async def get_updates(self, call: Call) -> list[Any]:
        """
        The updates that *call* asks for, after at most its timeout.

        Raises:
            ApiError: 409 if a webhook is set or a newer poll came.
        """
        params = call.params
        limit = params.get("limit", MAX_LIMIT)
        if not 1 <= limit <= MAX_LIMIT:
            raise bot_fault(f"limit must be from 1 to {MAX_LIMIT}")
        loop = asyncio.get_running_loop()
        end = loop.time() + min(params.get("timeout", 0), MAX_TIMEOUT_S)
        self.terminate(ApiError(TERMINATED, code=409))
        offset = params.get("offset", 0)
        while True:
            with self._state.changed:
                if self._state.webhook is not None:
                    raise ApiError(_WEBHOOK_SET, code=409)
                remember_allowed(self._state, params)
                found = self._state.queue.take(offset, limit)
            left = end - loop.time()
            if found or left <= 0:
                return [json.loads(text) for text in found]
            offset = max(offset, 0)  # a negative one drops once
            waiting = self._waiting = loop.create_future()
            try:
                if not await asyncio.wait_for(waiting, left):
                    end = loop.time()
            except TimeoutError:
                end = loop.time()
            finally:
                if self._waiting is waiting:
                    self._waiting = None
