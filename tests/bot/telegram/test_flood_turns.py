"""Flood control: who goes first, who goes away, and that the windows hold whatever happens."""

import asyncio
import itertools
import time
from collections import defaultdict
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import Message
from telegram.error import BadRequest, NetworkError
from telegram.ext import ExtBot
from telegram.request import BaseRequest, RequestData
from virtual_telegram import Chat, Server, Stamp, VirtualLoop, assert_kept, make, now, run

from bot.telegram.flood import GRACE_S, Budget, FloodControl, Priority

# What goes first


def test_answers_go_before_anything_else() -> None:
    async def main() -> None:
        server = Server()
        ask = make(server)
        alerts = [ask(chat, "alert", priority=Priority.ALERT) for chat in range(1, 301)]
        await asyncio.sleep(2.5)
        before = now()

        await asyncio.gather(
            *(ask(chat, "answer", priority=Priority.ANSWER) for chat in range(400, 405))
        )

        assert now() - before == pytest.approx(0.02)
        await asyncio.gather(*alerts)
        assert_kept(server.times(), 30, 1.0)

    run(main())


def test_part_of_a_group_s_budget_is_kept_for_answers() -> None:
    async def main() -> None:
        server = Server()
        ask = make(server)
        alerts = [ask(-5, "alert", priority=Priority.ALERT) for _ in range(20)]
        await asyncio.sleep(10)
        assert len(server.stamps) == 15

        answers = [ask(-5, "answer", priority=Priority.ANSWER) for _ in range(6)]
        await asyncio.sleep(1)

        assert server.names()[15:] == ["answer"] * 5
        await asyncio.gather(*alerts, *answers)
        assert_kept(server.times(), 20, 60.0)

    run(main())


def test_within_a_chat_the_urgent_go_first_and_equals_in_order() -> None:
    async def main() -> None:
        server = Server()
        ask = make(server)

        await asyncio.gather(
            ask(7, "n1"),  # nobody is before it
            ask(7, "l1", priority=Priority.ALERT),
            ask(7, "n2"),
            ask(7, "a1", priority=Priority.ANSWER),
            ask(7, "e1", priority=Priority.EDIT),
            ask(7, "a2", priority=Priority.ANSWER),
            ask(7, "n3", priority=Priority.NOTICE),
        )

        assert server.names() == ["n1", "a1", "a2", "e1", "n2", "n3", "l1"]

    run(main())


def test_a_quick_request_does_not_overtake_a_slow_one_of_its_chat() -> None:
    async def main() -> None:
        server = Server()
        ask = make(server)

        await asyncio.gather(ask(-5, "slow", there_s=3.0), ask(-5, "quick"))

        assert server.names() == ["slow", "quick"]

    run(main())


def test_one_at_a_time_also_when_a_more_urgent_one_came_while_all_waited() -> None:
    async def main() -> None:
        server = Server()
        ask = make(server)
        others = [ask(chat, priority=Priority.ANSWER) for chat in range(1, 31)]
        await asyncio.sleep(0.5)

        await asyncio.gather(
            ask(-5, "first", priority=Priority.EDIT),
            ask(-5, "second", priority=Priority.ANSWER),
            *others,
        )

        assert server.names(-5) == ["second", "first"]
        assert server.most_under_way == 1

    run(main())


def test_a_slow_chat_delays_no_other() -> None:
    async def main() -> None:
        server = Server()
        ask = make(server)
        slow = ask(1, there_s=30.0)

        await asyncio.gather(*(ask(chat) for chat in range(2, 12)))

        assert now() < 0.1
        await slow

    run(main())


# What ends otherwise


@pytest.mark.parametrize(
    ("error", "next_at"),
    [(BadRequest("Chat not found"), 1.03), (NetworkError("Bad Gateway"), 1.03 + GRACE_S)],
)
def test_an_error_is_the_caller_s_and_the_next_goes_on(error: Exception, next_at: float) -> None:
    async def main() -> None:
        server = Server()
        ask = make(server)
        wrong = ask(7, error=error)
        right = ask(7)

        with pytest.raises(type(error)):
            await wrong

        assert await right is True
        assert server.times() == pytest.approx([0.01, next_at])

    run(main())


def test_a_request_given_up_counts_until_it_must_have_arrived() -> None:
    async def main() -> None:
        server = Server()
        ask = make(server)
        given_up = ask(7, "given up", there_s=5.0)
        await asyncio.sleep(0.5)
        given_up.cancel()

        await ask(7, "next")

        assert server.names() == ["given up", "next"]
        assert server.times()[1] >= 0.5 + GRACE_S + 1.0

    run(main())


def test_cancelled_waiters_are_never_sent() -> None:
    async def main() -> None:
        server = Server()
        flood = FloodControl(clock=now)
        ask = make(server, flood=flood)
        tasks = [ask(7, str(n)) for n in range(6)]
        await asyncio.sleep(0.1)
        for n in (1, 2, 4):  # the first in line, and one from within
            tasks[n].cancel()

        await asyncio.gather(*tasks, return_exceptions=True)

        assert server.names() == ["0", "3", "5"]
        assert flood.waiting() == 0

    run(main())


def test_a_turn_that_comes_to_a_cancelled_waiter_is_given_on() -> None:
    async def main() -> None:
        server = Server()
        ask = make(server, overall=Budget(1, 0, 0.1))
        first, second, third = (ask(7, name) for name in ("first", "second", "third"))
        await first
        # Within one step of the loop: the timer gives the turn, and before the task wakes…
        asyncio.get_running_loop().call_at(now() + 1.0 + 1e-10, second.cancel)

        await third

        assert second.cancelled()
        assert server.names() == ["first", "third"]
        assert server.times()[1] == pytest.approx(1.03)

    run(main())


def test_a_waiter_cancelled_as_its_turn_comes_is_passed_over() -> None:
    async def main() -> None:
        server = Server()
        ask = make(server, overall=Budget(1, 0, 1.0))
        await ask(-4)
        behind = ask(-5, "behind")
        first = ask(-5, "first", priority=Priority.ANSWER)
        await asyncio.sleep(0.99)
        # In one step: a request that will give turns, the time for it, and the cancellation,
        # of which the task hears only after that.
        other = ask(-6)
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        loop.spend(0.02)
        first.cancel()

        await asyncio.gather(behind, other)

        assert first.cancelled()
        assert server.names(-5) == ["behind"]

    run(main())


def test_shutdown_cancels_whoever_waits() -> None:
    async def main() -> None:
        server = Server()
        flood = FloodControl(clock=now)
        ask = make(server, flood=flood)
        tasks = [ask(7, str(n)) for n in range(3)]
        await asyncio.sleep(0)

        await flood.shutdown()
        results = await asyncio.gather(*tasks, return_exceptions=True)

        assert results[0] is True
        assert [type(r) for r in results[1:]] == [asyncio.CancelledError] * 2
        assert flood.waiting() == 0

    run(main())


def test_chats_are_forgotten_once_they_are_at_rest() -> None:
    async def main() -> None:
        server = Server()
        server.refusals[3] = [120]
        flood = FloodControl(clock=now, overall=Budget(100_000, 0, 1.0))
        ask = make(server, flood=flood)
        tasks = [ask(chat) for chat in range(-500, 501) if chat]
        await asyncio.sleep(30)
        tasks.extend(ask(chat) for chat in range(1000, 1100))
        for task in tasks[-50:]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

        await asyncio.sleep(120)

        assert len(server.stamps) == 1000 + 1 + 50
        assert not flood._lanes  # noqa: SLF001  # what months would add up to
        assert not flood._ready  # noqa: SLF001

    run(main())


def test_many_waiting_chats_cost_little_each() -> None:
    async def main() -> None:
        server = Server()
        ask = make(server)
        start = time.perf_counter()

        await asyncio.gather(*(ask(chat, priority=Priority.ALERT) for chat in range(1, 5001)))

        assert now() < 5000 / 25 * 1.05
        assert time.perf_counter() - start < 5  # 0.4 s here; a scan for each event takes 20 s

    run(main())


# Any order of events

PRIVATE = Budget(1, 0, 1.0)
GROUP = Budget(4, 1, 6.0)
OVERALL = Budget(5, 2, 1.0)
SECONDS = st.floats(0, 2.5).map(lambda s: round(s, 2))


@dataclass(frozen=True)
class Ask:
    at: float
    chat: Chat
    priority: Priority
    there_s: float
    back_s: float
    retry_afters: tuple[int, ...]
    cancelled_after: float | None


ASKS = st.lists(
    st.builds(
        Ask,
        at=SECONDS,
        chat=st.sampled_from([1, 1, 2, 3, 4, 5, 6, 7, -1, -1, -1, "@c"]),
        priority=st.sampled_from(Priority),
        there_s=SECONDS,
        back_s=SECONDS,
        retry_afters=st.sampled_from([(), (), (), (1,), (4, 1)]),
        cancelled_after=st.none() | SECONDS,
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(ASKS)
def test_whatever_happens_the_windows_hold_at_the_server(asks: list[Ask]) -> None:
    async def main() -> None:
        server = Server()
        flood = FloodControl(clock=now, private=PRIVATE, group=GROUP, overall=OVERALL)
        ask = make(server, flood=flood)
        for one in asks:
            server.refusals[one.chat].extend(one.retry_afters)
        started: dict[str, Ask] = {}

        async def play(name: str, one: Ask) -> None:
            await asyncio.sleep(one.at)
            task = ask(
                one.chat, name, priority=one.priority, there_s=one.there_s, back_s=one.back_s
            )
            started[name] = one
            if one.cancelled_after is not None:
                await asyncio.sleep(one.cancelled_after)
                task.cancel()
            with suppress(asyncio.CancelledError):
                await task

        await asyncio.gather(*(play(str(n), one) for n, one in enumerate(asks)))
        await asyncio.sleep(GRACE_S)
        _assert_promises(server, started)
        assert flood.waiting() == 0
        await asyncio.sleep(20)
        assert not flood._lanes  # noqa: SLF001

    run(main())


def _assert_promises(server: Server, started: dict[str, Ask]) -> None:
    assert_kept(server.times(), OVERALL.limit, OVERALL.period_s)
    for chat in {s.chat for s in server.stamps}:
        budget = PRIVATE if isinstance(chat, int) and chat > 0 else GROUP
        assert_kept(server.times(chat), budget.limit, budget.period_s)
        _assert_held([s for s in server.stamps if s.chat == chat])
    assert server.most_under_way <= 1
    done = [s.name for s in server.stamps if s.retry_after is None]
    assert len(done) == len(set(done))
    kept = [name for name, one in started.items() if one.cancelled_after is None]
    assert set(kept) <= set(done)
    order = {name: place for place, name in enumerate(done)}
    lines: dict[tuple[Chat, Priority], list[int]] = defaultdict(list)
    for name in kept:  # in the order of their arrival
        lines[started[name].chat, started[name].priority].append(order[name])
    assert all(places == sorted(places) for places in lines.values())


def _assert_held(stamps: Iterable[Stamp]) -> None:
    for stamp, later in itertools.pairwise(stamps):
        # A refusal that nobody waited for any more was not heard.
        if stamp.retry_after is not None and later.name == stamp.name:
            assert later.at >= stamp.at + stamp.retry_after


# Behind the real bot


class _Recorder(BaseRequest):
    """Answers every request, and keeps what each one said."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    @property
    def read_timeout(self) -> float:
        return 5.0

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, **_: Any
    ) -> tuple[int, bytes]:
        assert request_data is not None
        self.texts.append(request_data.parameters["text"])
        chat = b'{"id": 7, "type": "private"}'
        return 200, b'{"ok": true, "result": {"message_id": 1, "date": 0, "chat": ' + chat + b"}}"


def test_the_bot_hands_every_priority_on() -> None:
    async def main() -> None:
        request = _Recorder()
        bot: ExtBot[Priority] = ExtBot(
            "1:TEST", request=request, rate_limiter=FloodControl(clock=now)
        )

        def send(priority: Priority) -> Coroutine[Any, Any, Message]:
            return bot.send_message(7, priority.name, rate_limit_args=priority)

        await asyncio.gather(
            bot.send_message(7, "first"), *(send(p) for p in sorted(Priority, reverse=True))
        )

        assert request.texts == ["first", "ANSWER", "EDIT", "NOTICE", "ALERT", "ALERT_EDIT"]

    run(main())
