"""
How fast requests go to Telegram: budgets, priorities, and the order within a chat.

What a request says and what an error means is `sender`'s; here are only turns. Of
Telegram's limits these are kept: messages a second in a private chat, messages a minute in
a group, messages a second in all (core.telegram.org/bots/faq).

**Why the windows hold at the server.** Telegram counts a request at a moment that we do not
know; it lies between our start of the request and the arrival of its answer. A request starts
here only while ``running + finished within the last period < limit``. Take any request that
Telegram stamps at *s*, started at *a*, so *a <= s*. Every other request that was started
before it and does not count was finished at *a - period* or earlier, so it was stamped then
or earlier: it lies outside the period that ends at *s*. Thus at most ``limit - 1`` others are
inside, however slow the network is and however the answers overtake one another.
The one thing that a clock on our side cannot know is when Telegram got a request that we
gave up on (cancelled, timed out, connection lost); it is taken to run for ``grace_s`` more.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
import math
import time
from bisect import insort
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum
from typing import Any

from telegram.error import BadRequest, NetworkError, RetryAfter
from telegram.ext import BaseRateLimiter

log = logging.getLogger(__name__)

Chat = int | str
Result = bool | dict[str, Any] | list[dict[str, Any]]
Request = Callable[[], Coroutine[Any, Any, Result]]


class Priority(IntEnum):
    """
    What goes first: the lower number; passed to every method of the bot as ``rate_limit_args``.

    Counted from 1, since `ExtBot` takes a false value for none given.
    """

    ANSWER = 1
    EDIT = 2
    NOTICE = 3
    ALERT = 4
    ALERT_EDIT = 5


@dataclass(frozen=True, slots=True)
class Budget:
    """*limit* requests in *period_s* seconds, *reserved* of them for answers and edits."""

    limit: int
    reserved: int
    period_s: float

    def share(self, priority: Priority) -> int:
        """How many requests may be under way or counted, this one included."""
        return self.limit if priority <= Priority.EDIT else self.limit - self.reserved


PRIVATE = Budget(limit=1, reserved=0, period_s=1.0)
GROUP = Budget(limit=20, reserved=5, period_s=60.0)
OVERALL = Budget(limit=30, reserved=5, period_s=1.0)

GRACE_S = 1.0
"""How long a request may still be on its way to Telegram after we gave up on it."""

SHORT_WAIT_S = 5.0
"""The longest wait that a request without a turn of its own takes upon itself after a 429."""

on_turn: ContextVar[Callable[[], Awaitable[None]] | None] = ContextVar("on_turn", default=None)
"""
Awaited when a request's turn has come, before it is made; what it raises is raised instead.

Where one is set a 429 is raised too, when the chat is held: who is told that a request is
made now has to be told as well that it came to nothing.
"""

_COSTLY = ("send", "copy", "forward", "edit")  # the rest shows no message to anybody
_CHAT_ACTION = "sendChatAction"


class _Window:
    """The requests that count against one budget: those running and those lately finished."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._finished: deque[float] = deque()
        self.running = 0

    def opens_at(self, priority: Priority, now: float) -> float:
        """When one more may start: *now*, or later; infinity while only a finish can tell."""
        period = self._budget.period_s
        while self._finished and self._finished[0] + period <= now:
            self._finished.popleft()
        excess = self.running + len(self._finished) - self._budget.share(priority)
        if excess < 0:
            return now
        return self._finished[excess] + period if excess < len(self._finished) else math.inf

    def empties_at(self) -> float:
        return self._finished[-1] + self._budget.period_s if self._finished else -math.inf

    def start(self) -> None:
        self.running += 1

    def finish(self, now: float) -> None:
        self.running -= 1
        self._finished.append(now)

    def withdraw(self) -> None:
        """Takes back a start after which nothing was sent."""
        self.running -= 1


@dataclass(slots=True, eq=False)
class _Lane:
    """One chat: who waits for it, in order, and what it has had."""

    chat: Chat
    window: _Window
    waiting: list[_Waiter] = field(default_factory=list)
    held_until: float = -math.inf
    timer: asyncio.TimerHandle | None = None

    def opens_at(self, now: float) -> float:
        """When the first who waits may start, as far as this chat is concerned."""
        if self.window.running:  # one at a time: the order of arrival is the order of sending
            return math.inf
        return max(self.held_until, self.window.opens_at(self.waiting[0].priority, now))


@dataclass(slots=True, order=True)
class _Waiter:
    priority: Priority
    number: int
    lane: _Lane = field(compare=False)
    turn: asyncio.Future[None] = field(compare=False)


class FloodControl(BaseRateLimiter[Priority]):
    """
    Lets each request go when Telegram's limits allow it, the most urgent first.

    Sends, copies, forwards and edits wait for their turn; everything else goes at once and
    costs nothing. Within a chat they go one at a time, in order of priority, then of arrival.
    After a 429 the chat is held for as long as Telegram says, then the same request is made
    again in its place, but see `on_turn`; no other chat waits for it. A typing sign for a held chat is dropped.
    Calls that are free and meet a 429 of at most `SHORT_WAIT_S` are made once more after it;
    otherwise they raise `telegram.error.RetryAfter`.

    An album counts as one message, though Telegram counts its parts: this bot sends none.

    Args:
        private: What a private chat may have.
        group: What a group, a supergroup or a channel may have.
        overall: What all chats together may have.
        grace_s: How long a request that was given up counts as running.
        clock: Seconds that only grow; the pauses themselves are the event loop's timers.
    """

    def __init__(
        self,
        *,
        private: Budget = PRIVATE,
        group: Budget = GROUP,
        overall: Budget = OVERALL,
        grace_s: float = GRACE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._private = private
        self._group = group
        self._overall = _Window(overall)
        self._grace_s = grace_s
        self._clock = clock
        self._numbers = itertools.count()
        self._lanes: dict[Chat, _Lane] = {}
        self._ready: list[_Waiter] = []
        """A heap of first-in-lane waiters whose chats are open; stale ones are dropped at the top."""
        self._timer: asyncio.TimerHandle | None = None

    def held(self) -> Mapping[Chat, float]:
        """The chats that Telegram told us to leave alone, and for how many seconds more."""
        now = self._clock()
        return {
            chat: lane.held_until - now
            for chat, lane in self._lanes.items()
            if lane.held_until > now
        }

    def waiting(self) -> int:
        """How many requests wait for their turn."""
        return sum(len(lane.waiting) for lane in self._lanes.values())

    def recall(self, chat: Chat, age_s: float) -> None:
        """
        Count a message that an earlier run of the program sent to *chat*, *age_s* seconds ago.

        To be called with the oldest first, before any request.
        """
        at = self._clock() - age_s
        lane = self._lane(chat)
        for window in (lane.window, self._overall):
            window.start()
            window.finish(at)
        self._place(lane)

    async def initialize(self) -> None:
        """Nothing to do: timers belong to the loop that a request runs in."""

    async def shutdown(self) -> None:
        """Cancel whoever still waits; requests under way end by themselves."""
        for lane in self._lanes.values():
            for waiter in lane.waiting:
                waiter.turn.cancel()

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Result]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Priority | None,
    ) -> Result:
        """Make the request when its turn has come; `Priority.NOTICE` where none is given."""

        def request() -> Coroutine[Any, Any, Result]:
            return callback(*args, **kwargs)

        chat = _chat_of(data)
        if endpoint == _CHAT_ACTION:
            lane = None if chat is None else self._lanes.get(chat)
            is_held = lane is not None and lane.held_until > self._clock()
            return is_held or await request()
        if chat is None or not endpoint.startswith(_COSTLY):
            return await _go_at_once(request)
        return await self._go_in_turn(chat, rate_limit_args or Priority.NOTICE, request)

    async def _go_in_turn(self, chat: Chat, priority: Priority, request: Request) -> Result:
        number = next(self._numbers)
        while True:
            lane = await self._turn(chat, priority, number)
            is_lost = False
            begin = on_turn.get()
            try:
                if begin is not None:
                    await begin()
                return await request()
            except RetryAfter as e:
                wait_s = _seconds(e)
                lane.held_until = max(lane.held_until, self._clock() + wait_s)
                log.warning("told to wait chat=%s seconds=%g", chat, wait_s)
                if begin is not None:
                    raise
            except BadRequest:  # a NetworkError by name, but Telegram has answered
                raise
            except (NetworkError, asyncio.CancelledError):
                is_lost = True
                raise
            finally:
                if is_lost:
                    loop = asyncio.get_running_loop()
                    loop.call_later(self._grace_s, self._finish, lane)
                else:
                    self._finish(lane)

    async def _turn(self, chat: Chat, priority: Priority, number: int) -> _Lane:
        """Wait for the turn; who returns from here must end it with `_finish`."""
        lane = self._lane(chat)
        turn = asyncio.get_running_loop().create_future()
        waiter = _Waiter(priority, number, lane, turn)
        insort(lane.waiting, waiter)
        if lane.waiting[0] is waiter:
            self._place(lane)
            self._release()
        try:
            await turn
        except asyncio.CancelledError:
            self._withdraw(waiter)
            raise
        return lane

    def _lane(self, chat: Chat) -> _Lane:
        lane = self._lanes.get(chat)
        if lane is None:
            budget = self._private if isinstance(chat, int) and chat > 0 else self._group
            lane = self._lanes[chat] = _Lane(chat, _Window(budget))
        return lane

    def _withdraw(self, waiter: _Waiter) -> None:
        lane = waiter.lane
        if waiter.turn.cancelled():
            lane.waiting.remove(waiter)
        else:  # the turn had come, and nobody is left to take it
            lane.window.withdraw()
            self._overall.withdraw()
        self._place(lane)
        self._release()

    def _finish(self, lane: _Lane) -> None:
        now = self._clock()
        lane.window.finish(now)
        self._overall.finish(now)
        self._place(lane)
        self._release()

    def _place(self, lane: _Lane) -> None:
        """Put a lane that has changed where it will be found: ready, on a timer, or forgotten."""
        if lane.timer is not None:
            lane.timer.cancel()
            lane.timer = None
        if lane.window.running:
            return
        now = self._clock()
        if lane.waiting:
            at = lane.opens_at(now)
            if at <= now:
                heapq.heappush(self._ready, lane.waiting[0])
                return
        else:
            at = max(lane.held_until, lane.window.empties_at())
            if at <= now:
                del self._lanes[lane.chat]
                return
        lane.timer = asyncio.get_running_loop().call_later(at - now, self._wake, lane)

    def _wake(self, lane: _Lane) -> None:
        self._place(lane)
        self._release()

    def _release(self) -> None:
        """Give turns to those who are ready, the most urgent first, while all chats' budget lasts."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now = self._clock()
        while self._ready:
            first = self._ready[0]
            lane = first.lane
            if not _may_start(first, now):
                heapq.heappop(self._ready)
                continue
            at = self._overall.opens_at(first.priority, now)
            if at > now:  # nor may any behind it: they are no more urgent
                if at < math.inf:
                    loop = asyncio.get_running_loop()
                    self._timer = loop.call_later(at - now, self._release)
                return
            heapq.heappop(self._ready)
            lane.waiting.pop(0)
            lane.window.start()
            self._overall.start()
            first.turn.set_result(None)


def _may_start(first: _Waiter, now: float) -> bool:
    """Whether what was true when it became ready still is; else its lane is placed anew."""
    if first.turn.cancelled():  # it leaves its lane when its task wakes
        return False
    lane = first.lane
    return bool(lane.waiting) and lane.waiting[0] is first and lane.opens_at(now) <= now


async def _go_at_once(request: Request) -> Result:
    try:
        return await request()
    except RetryAfter as e:
        wait_s = _seconds(e)
        if wait_s > SHORT_WAIT_S:
            raise
        log.warning("told to wait seconds=%g", wait_s)
    await asyncio.sleep(wait_s)
    return await request()


def _chat_of(data: Mapping[str, Any]) -> Chat | None:
    """The chat of a request; a message sent inline is edited without one and counts as its own."""
    chat = data.get("chat_id", data.get("inline_message_id"))
    if chat is None or isinstance(chat, int):
        return chat
    name = str(chat)
    return int(name) if name.removeprefix("-").isdecimal() else name.casefold()


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after  # a timedelta when PTB_TIMEDELTA is set, and always in a later PTB
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
