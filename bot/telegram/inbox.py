"""
Updates on their way in: kept in the ledger before Telegram is told that they arrived,
and taken off it when they are done.

Telegram forgets an update once it is confirmed (by the next poll, or by the webhook's
answer). One that is kept first outlives a kill between its arrival and its answer; one
that comes twice is done once.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from datetime import UTC, datetime
from typing import Any

from telegram import Update
from telegram.error import InvalidToken, NetworkError, TelegramError
from telegram.ext import ExtBot

from bot.ledger import Ledger
from bot.telegram.flood import Priority
from bot.telegram.health import Health
from retrieval.errors import StoreError

log = logging.getLogger(__name__)

_PASSING = ("inline_query",)
"""Kinds of updates that are worth nothing a minute later, and come with every key pressed."""


class Inbox:
    """What has arrived and is not done; for the event loop's thread."""

    def __init__(self, ledger: Ledger, executor: Executor) -> None:
        self._ledger = ledger
        self._executor = executor
        self._new: set[int] = set()
        self._failed: dict[int, str] = {}
        self.replayed: set[int] = set()

    async def keep(self, updates: Sequence[Update]) -> None:
        """
        Write *updates* down, all or none.

        Raises:
            StoreError: If they cannot be kept; then they must not be confirmed.
        """
        lasting = [update for update in updates if not _is_passing(update)]
        self._new.update(update.update_id for update in updates if _is_passing(update))
        if lasting:
            rows = [(u.update_id, _user_id(u), u.to_json()) for u in lasting]
            self._new.update(await self._run(self._ledger.keep, rows, _now()))

    def take(self, update: Update) -> bool:
        """Whether *update* is to be worked on: the first time that it is taken, and no more."""
        if update.update_id not in self._new:
            return False
        self._new.discard(update.update_id)
        return True

    def is_kept(self, update: Update) -> bool:
        """Whether *update* is written down and not yet taken."""
        return update.update_id in self._new

    def failed(self, update: Update, reason: str) -> None:
        """Remember that *update* is given up; why is kept for /status when it is done."""
        self._failed[update.update_id] = reason

    async def done(self, update: Update) -> None:
        """Take *update* off: it was answered, needs no answer, or is given up."""
        self.replayed.discard(update.update_id)
        reason = self._failed.pop(update.update_id, None)
        if _is_passing(update):
            return
        if reason is None:
            await self._run(self._ledger.done, update.update_id, _now())
        else:
            await self._run(self._ledger.fail, update.update_id, reason, _now())

    async def replay(self, bot: ExtBot[Priority]) -> list[Update]:
        """What an earlier run left undone, oldest first, ready to be taken."""
        found = []
        for update_id, body in await self._run(self._ledger.undone):
            update = Update.de_json(json.loads(body), bot)
            self._new.add(update_id)
            self.replayed.add(update_id)
            found.append(update)
        return found

    async def _run(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work, *arguments)


class Arrivals(asyncio.Queue[object]):
    """The queue between PTB's updater and its application: what is put in is kept first."""

    def __init__(self, inbox: Inbox) -> None:
        super().__init__()
        self._inbox = inbox

    async def put(self, item: object) -> None:
        """Put *item* in; an update is written down before, if it is not yet."""
        if isinstance(item, Update) and not self._inbox.is_kept(item):
            await self._inbox.keep([item])
        await super().put(item)


class DeskBot(ExtBot[Priority]):
    """A bot whose polls are watched, and whose updates are kept before they are confirmed."""

    def __init__(self, *args: Any, inbox: Inbox, health: Health, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        with self._unfrozen():
            self._inbox = inbox
            self._health = health

    def __repr__(self) -> str:
        return f"DeskBot({self._bot_user.username if self._bot_user else 'not started'!r})"

    async def get_updates(self, *args: Any, **kwargs: Any) -> tuple[Update, ...]:
        """
        The next updates, written down in one transaction.

        Raises:
            NetworkError: Also when they cannot be kept: they come again with the next poll.
        """
        try:
            updates = await super().get_updates(*args, **kwargs)
        except InvalidToken:
            self._health.doubt_token()
            raise
        except TelegramError as e:
            self._health.failed_poll(e)
            raise
        self._health.polled()
        try:
            await self._inbox.keep(updates)
        except StoreError as e:
            log.error("updates cannot be kept, they will be fetched again: %s", e)  # noqa: TRY400  # the reason says all
            raise NetworkError("updates cannot be kept") from e
        return updates


def _is_passing(update: Update) -> bool:
    return any(getattr(update, kind) is not None for kind in _PASSING)


def _user_id(update: Update) -> int | None:
    return None if update.effective_user is None else update.effective_user.id


def _now() -> datetime:
    return datetime.now(UTC)
