"""
The long poll: getUpdates, one at a time. Runs in the server's loop.

Telegram answers a second poll within 0.5 s for the same offset with one update only;
that is not imitated.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field
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


@dataclass(slots=True)
class _Poll:
    """A poll under way; what is to become of it stays known until it looks."""

    woken: asyncio.Event = field(default_factory=asyncio.Event)
    is_over: bool = False
    error: ApiError | None = None


class Polling:
    """The poll that waits, if one does."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._poll: _Poll | None = None

    def wake(self) -> None:
        """Let the waiting poll look again; to be called in the loop."""
        if self._poll is not None:
            self._poll.woken.set()

    def yield_(self) -> None:
        """Let the waiting poll end without updates, so that the next meets what is to come."""
        if self._poll is not None:
            self._poll.is_over = True
            self.wake()

    def terminate(self, error: ApiError) -> None:
        """Let the waiting poll, if there is one, fail; to be called in the loop."""
        if self._poll is not None:
            self._poll.error = error
            self.wake()

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
        poll = self._poll = _Poll()
        try:
            while True:
                poll.woken.clear()
                if poll.error is not None:
                    raise poll.error
                with self._state.changed:
                    if self._state.webhook is not None:
                        raise ApiError(_WEBHOOK_SET, code=409)
                    remember_allowed(self._state, params)
                    found = self._state.queue.take(offset, limit)
                left = end - loop.time()
                if found or poll.is_over or left <= 0:
                    return [json.loads(text) for text in found]
                offset = max(offset, 0)  # a negative one drops once
                with suppress(TimeoutError):
                    async with asyncio.timeout(left):  # wait_for may swallow the server's end
                        await poll.woken.wait()
        finally:
            if self._poll is poll:
                self._poll = None
