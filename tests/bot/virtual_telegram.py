"""A Bot API that counts requests at moments of its own, in virtual time; for tests of flood control."""

import asyncio
import selectors
from collections import defaultdict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from telegram.error import RetryAfter

from bot.telegram.flood import GRACE_S, FloodControl, Priority

Chat = int | str


class _JumpingSelector(selectors.DefaultSelector):
    """Does not wait; says how long it would have."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        assert timeout is not None, "everybody waits and no timer is set"
        self.now += timeout
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """Sleeps take no time."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now

    def spend(self, seconds: float) -> None:
        """As if the step that runs took so long."""
        self._jumping.now += seconds


def run(main: Coroutine[Any, Any, None]) -> None:
    wrong: list[dict[str, Any]] = []
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.get_loop().set_exception_handler(lambda _, context: wrong.append(context))
        runner.run(main)
    assert wrong == []  # such as an error in a timer, which no task sees


def now() -> float:
    return asyncio.get_running_loop().time()


@dataclass(frozen=True)
class Stamp:
    """What the server saw, and when."""

    at: float
    chat: Chat
    name: str
    retry_after: int | None = None


@dataclass
class Server:
    """Stamps each request *there_s* after its start, and answers *back_s* later."""

    there_s: float = 0.01
    back_s: float = 0.01
    stamps: list[Stamp] = field(default_factory=list)
    refusals: dict[Chat, list[int]] = field(default_factory=lambda: defaultdict(list))
    """For each chat, the 429s to come."""
    under_way: dict[Chat, int] = field(default_factory=lambda: defaultdict(int))
    most_under_way: int = 0

    async def handle(
        self,
        chat: Chat,
        name: str,
        there_s: float | None = None,
        back_s: float | None = None,
        error: Exception | None = None,
    ) -> bool:
        there_s = self.there_s if there_s is None else there_s
        start = now()
        self.under_way[chat] += 1
        self.most_under_way = max(self.most_under_way, self.under_way[chat])
        try:
            await asyncio.sleep(there_s)
        except asyncio.CancelledError:
            # It is on its way, and nobody can call it back.
            rest_s = min(start + there_s - now(), GRACE_S * 0.999)
            asyncio.get_running_loop().call_later(rest_s, self._stamp, chat, name)
            raise
        else:
            retry_after = self._stamp(chat, name)
            await asyncio.sleep(self.back_s if back_s is None else back_s)
        finally:
            self.under_way[chat] -= 1
        if retry_after is not None:
            raise RetryAfter(retry_after)
        if error is not None:
            raise error
        return True

    def _stamp(self, chat: Chat, name: str) -> int | None:
        retry_after = self.refusals[chat].pop(0) if self.refusals[chat] else None
        self.stamps.append(Stamp(now(), chat, name, retry_after))
        return retry_after

    def times(self, chat: Chat | None = None) -> list[float]:
        return sorted(s.at for s in self.stamps if chat in (None, s.chat))

    def names(self, chat: Chat | None = None) -> list[str]:
        return [s.name for s in self.stamps if chat in (None, s.chat)]


def make(server: Server, **options: Any) -> Callable[..., asyncio.Task[Any]]:
    """A function that makes requests to *server* through a flood control of its own."""
    flood = options.pop("flood", None)
    if flood is None:
        flood = FloodControl(clock=now, **options)

    def ask(
        chat: Chat | None,
        name: str = "",
        *,
        priority: Priority | None = None,
        endpoint: str = "sendMessage",
        **fate: Any,
    ) -> asyncio.Task[Any]:
        return asyncio.create_task(
            flood.process_request(
                server.handle,
                ("" if chat is None else chat, name),
                fate,
                endpoint,
                {} if chat is None else {"chat_id": chat},
                priority,
            )
        )

    return ask


def assert_kept(times: list[float], limit: int, period_s: float) -> None:
    for first, later in zip(times, times[limit:], strict=False):
        assert later - first >= period_s - 1e-9
