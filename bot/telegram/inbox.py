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
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from telegram import Update
from telegram.error import InvalidToken, NetworkError, TelegramError
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bot.ledger import Ledger
from bot.settings import Settings
from bot.telegram.flood import FloodControl, Priority
from bot.telegram.health import Health
from retrieval.errors import StoreError

log = logging.getLogger(__name__)

T = TypeVar("T")

CONNECTIONS = 64
"""To the Bot API at once; twice what it takes in a second."""

_AT_ONCE = timedelta(0)
"""The timeout of PTB's last poll, which only confirms; all others wait."""

DONE_AGAIN_S = (1.0, 5.0, 15.0, 60.0)
"""Pauses before an update is tried once more to be taken off, while the store cannot be written:
one that stays is answered a second time at the next start."""

TOO_MANY = "too many updates of one chat"

_PASSING = ("inline_query",)
"""Kinds of updates that are worth nothing a minute later, and come with every key pressed."""


class Inbox:
    """What has arrived and is not done; for the event loop's thread."""

    def __init__(self, ledger: Ledger, executor: Executor) -> None:
        self._ledger = ledger
        self._executor = executor
        self._kept: dict[int, bool] = {}
        """Kept and not yet taken: whether to be worked on, or seen before."""
        self._failed: dict[int, str] = {}
        self._left: set[int] = set()
        self.replayed: set[int] = set()

    async def keep(self, updates: Sequence[Update]) -> None:
        """
        Write *updates* down, all or none.

        Raises:
            StoreError: If they cannot be kept; then they must not be confirmed.
        """
        # To its end, also when the poll is cancelled meanwhile: what is written down without
        # being known here as new would be taken for done when it comes again
        await asyncio.shield(self._keep(updates))

    def take(self, update: Update) -> bool:
        """Whether *update* is to be worked on: the first time that it is taken, and no more."""
        return self._kept.pop(update.update_id, False)

    def is_kept(self, update: Update) -> bool:
        """Whether *update* went through `keep` and is not yet taken."""
        return update.update_id in self._kept

    def failed(self, update: Update, reason: str) -> None:
        """Remember that *update* is given up; why is kept for /status when it is done."""
        self._failed[update.update_id] = reason

    def leave(self, update: Update) -> None:
        """Let *update* stay for the next start, though it is worked on no more."""
        self._left.add(update.update_id)

    async def done(self, update: Update) -> None:
        """Take *update* off: it was answered, needs no answer, or is given up."""
        self.replayed.discard(update.update_id)
        reason = self._failed.pop(update.update_id, None)
        is_left = update.update_id in self._left
        self._left.discard(update.update_id)
        if is_left or _is_passing(update):
            return
        if reason is None:
            await self._surely(self._ledger.done, update.update_id, _now())
        else:
            await self._surely(self._ledger.fail, update.update_id, reason, _now())

    async def give_up(self, updates: Sequence[Update]) -> None:
        """Take *updates* off together: too many of their chats wait already."""
        ids = [update.update_id for update in updates if not _is_passing(update)]
        self.replayed.difference_update(ids)
        if ids:
            await self._surely(self._ledger.fail_all, ids, TOO_MANY, _now())

    async def replay(self, bot: ExtBot[Priority]) -> list[Update]:
        """What an earlier run left undone, oldest first, ready to be taken."""
        found = []
        for update_id, body in await self._run(self._ledger.undone):
            update = Update.de_json(json.loads(body), bot)
            self._kept[update_id] = True
            self.replayed.add(update_id)
            found.append(update)
        return found

    async def _keep(self, updates: Sequence[Update]) -> None:
        new = {update.update_id for update in updates if _is_passing(update)}
        rows = [(u.update_id, _user_id(u), _as_json(u)) for u in updates if not _is_passing(u)]
        if rows:
            new |= set(await self._run(self._ledger.keep, rows, _now()))
        for update in updates:
            number = update.update_id
            self._kept[number] = number in new or self._kept.get(number, False)

    async def _surely(self, work: Callable[..., Any], *arguments: Any) -> None:
        """Do *work*, again while the store is busy or full."""
        for pause_s in DONE_AGAIN_S:
            try:
                await self._run(work, *arguments)
            except StoreError as e:
                if not e.is_passing:
                    raise
                log.warning("trying again in %.0f s to take an update off: %s", pause_s, e)
                await asyncio.sleep(pause_s)
            else:
                return
        await self._run(work, *arguments)

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
            updates = await self._survive(super().get_updates(*args, **kwargs))
        except TelegramError as e:
            if kwargs.get("timeout") == _AT_ONCE:
                log.warning("updates are not confirmed, those done are known if they return: %s", e)
                return ()
            self._health.failed_poll(e)
            raise
        try:
            await self._inbox.keep(updates)
        except StoreError as e:
            self._health.failed_keep(e)
            raise NetworkError("updates cannot be kept") from e
        self._health.polled()
        return updates

    async def _post(self, endpoint: str, *args: Any, **kwargs: Any) -> Any:
        result = await super()._post(endpoint, *args, **kwargs)
        return [self.readable(raw) for raw in result] if endpoint == "getUpdates" else result

    def readable(self, raw: dict[str, Any]) -> dict[str, Any]:
        """
        *raw*, or nothing but its number if PTB cannot read it.

        One update that it cannot read would keep it from all behind: it would get the
        same ones again, at once and for ever.
        """
        try:
            Update.de_json(raw, self)
        except Exception as e:  # noqa: BLE001  # whatever a field that PTB does not know may raise
            # No more of it: the error's own words may be the user's
            reason = type(e).__name__
            log.error("update %s cannot be read and is left out: %s", raw["update_id"], reason)  # noqa: TRY400
            return {"update_id": raw["update_id"]}
        return raw

    async def set_webhook(self, *args: Any, **kwargs: Any) -> bool:
        """
        As with PTB, but see `NetworkError`.

        Raises:
            NetworkError: Also when the token is refused.
        """
        return await self._survive(super().set_webhook(*args, **kwargs))

    async def delete_webhook(self, *args: Any, **kwargs: Any) -> bool:
        """
        As with PTB, but see `NetworkError`.

        Raises:
            NetworkError: Also when the token is refused.
        """
        return await self._survive(super().delete_webhook(*args, **kwargs))

    async def _survive(self, call: Awaitable[T]) -> T:
        """
        What *call* gives; a refused token looks like trouble that may pass.

        At the first refusal PTB's loops would end for good, with a traceback. Whether the
        token is revoked is found out once, in `service`.
        """
        try:
            return await call
        except InvalidToken as e:
            self._health.doubt_token()
            raise NetworkError(f"the token was refused: {e}") from None


def make_bot(settings: Settings, flood: FloodControl, inbox: Inbox, health: Health) -> DeskBot:
    """The bot of the settings' token, where their Bot API is."""
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
        rate_limiter=flood,
        inbox=inbox,
        health=health,
    )


def _as_json(update: Update) -> str:
    # PTB leaves the date of a message that is out of reach as it was read
    return json.dumps(update.to_dict(), default=lambda moment: int(moment.timestamp()))


def _is_passing(update: Update) -> bool:
    return any(getattr(update, kind) is not None for kind in _PASSING)


def _user_id(update: Update) -> int | None:
    return None if update.effective_user is None else update.effective_user.id


def _now() -> datetime:
    return datetime.now(UTC)
