"""What watches over the bot outlives its own failures, and asks before it gives up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest
from telegram.error import InvalidToken, NetworkError

from bot.errors import UsageProblem
from bot.telegram import watch
from bot.telegram.background import Repeated, Tasks
from bot.telegram.inbox import DeskBot
from bot.telegram.watch import REFUSALS, TOKEN_REFUSED, token_check


async def until(is_so: Callable[[], bool]) -> None:
    for _ in range(500):
        if is_so():
            return
        await asyncio.sleep(0.002)
    raise AssertionError("it never came to that")


def test_repeated_work_outlives_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    times = 0

    async def work() -> None:
        nonlocal times
        times += 1
        if times == 2:
            raise KeyError("bug")

    async def scene() -> None:
        part = Repeated("the watch", work, 0.001)
        part.start()
        await until(lambda: times > 3)
        await part.stop(1)
        ended_at = times
        await asyncio.sleep(0.01)
        assert times == ended_at

    asyncio.run(scene())
    assert [record.message for record in caplog.records] == ["the watch failed and goes on"]


def test_a_task_that_fails_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise KeyError("bug")

    async def scene() -> None:
        tasks = Tasks()
        task = tasks.start(fail())
        await asyncio.wait({task})
        await tasks.stop()

    asyncio.run(scene())
    assert [record.message for record in caplog.records] == ["background work ended"]


class Doubtful:
    """A bot whose token is refused by turns."""

    def __init__(self, *says: Exception | None) -> None:
        self.says = list(says)

    async def get_me(self) -> None:
        said = self.says.pop(0)
        if said is not None:
            raise said


REFUSED = InvalidToken("404")


@pytest.mark.parametrize(
    ("says", "is_revoked"),
    [
        ([REFUSED] * REFUSALS, True),
        ([REFUSED, None], False),  # a proxy's brief 404
        ([REFUSED, NetworkError("no way"), REFUSED, REFUSED, None], False),
        ([REFUSED, NetworkError("no way"), *[REFUSED] * REFUSALS], True),
    ],
)
def test_a_token_is_revoked_when_it_is_refused_several_times(
    monkeypatch: pytest.MonkeyPatch, says: list[Any], is_revoked: bool
) -> None:
    monkeypatch.setattr(watch, "REFUSED_AGAIN_S", 0)
    monkeypatch.setattr(watch, "WATCH_EVERY_S", 0)
    failures: list[UsageProblem] = []
    bot = Doubtful(*says)

    async def scene() -> None:
        doubted = asyncio.Event()

        def fail(failure: UsageProblem) -> None:
            failures.append(failure)
            doubted.clear()

        part = token_check(cast(DeskBot, bot), doubted, fail)
        part.start()
        doubted.set()
        await until(lambda: not doubted.is_set())
        await part.stop(0)

    asyncio.run(scene())
    assert list(map(str, failures)) == [TOKEN_REFUSED] * is_revoked
    assert bot.says == []
