"""A sender behind the real bot, over real HTTP, whose pauses take no time."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import NetworkError
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest
from telegram_api import FakeTelegram

from bot.telegram.flood import Budget, FloodControl, Priority
from bot.telegram.sender import Sender

WIDE = Budget(10_000, 0, 1.0)
KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("More", callback_data="m:1")]])


class Request(HTTPXRequest):
    """The real one; before it sends, it fails as often as there are failures to come."""

    def __init__(self) -> None:
        # Without the certificates of the world, which take 0.1 s to read.
        super().__init__(read_timeout=0.3, httpx_kwargs={"verify": False})
        self.failures: deque[Exception | None] = deque()

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        failure = self.failures.popleft() if self.failures else None
        if failure is not None:
            raise NetworkError(repr(failure)) from failure
        return await super().do_request(*args, **kwargs)


@dataclass
class World:
    """A sender, and what it did."""

    sender: Sender
    bot: ExtBot[Priority]
    request: Request
    migrated: list[tuple[int, int]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    paused: asyncio.Event = field(default_factory=asyncio.Event)


Play = Callable[[World], Awaitable[None]]


def run(
    fake: FakeTelegram,
    play: Play,
    *,
    jitter: float = 0.0,
    base_url: str | None = None,
    flood: FloodControl | None = None,
) -> World:
    """Plays in a world whose pauses take no time, and whose limits are wide unless given."""
    wide = FloodControl(private=WIDE, group=WIDE, overall=WIDE, grace_s=0.0)

    async def main() -> World:
        request = Request()
        bot: ExtBot[Priority] = ExtBot(
            fake.token,
            base_url=f"{base_url or fake.base_url}/bot",
            request=request,
            get_updates_request=request,
            rate_limiter=flood or wide,
        )
        world: World

        async def on_migrated(old: int, new: int) -> None:
            world.migrated.append((old, new))

        async def on_refused(chat_id: int, reason: str) -> None:
            world.refused.append((chat_id, reason))

        async def sleep(seconds: float) -> None:
            world.pauses.append(seconds)
            world.paused.set()
            await asyncio.sleep(0)

        sender = Sender(
            bot,
            on_migrated=on_migrated,
            on_refused=on_refused,
            clock=lambda: sum(world.pauses),
            sleep=sleep,
            jitter=lambda: jitter,
        )
        world = World(sender, bot, request)
        await request.initialize()
        try:
            await play(world)
        finally:
            await request.shutdown()
        return world

    return asyncio.run(main())
