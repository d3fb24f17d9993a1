"""The sender against the fake Bot API: a network that fails, and the order of messages."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from sender_world import KEYBOARD, World, run
from telegram.error import NetworkError
from telegram_api import FakeTelegram
from telegram_api.rates import find_violations

from bot.telegram.flood import Budget, FloodControl, Priority
from bot.telegram.sender import PATIENCE_S, Place


@pytest.fixture
def fake() -> Iterator[FakeTelegram]:
    with FakeTelegram() as fake:
        yield fake


@pytest.fixture
def chat(fake: FakeTelegram) -> Any:
    return fake.private(fake.user(7))


# The network


def test_nobody_at_home_is_tried_until_patience_ends(fake: FakeTelegram) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{free.getsockname()[1]}"

        async def play(world: World) -> None:
            with pytest.raises(NetworkError, match="ConnectError"):
                await world.sender.send(Place(7), "x")

        world = run(fake, play, base_url=nowhere)

    assert world.pauses[:7] == [0.5, 1, 2, 4, 8, 15, 15]
    assert PATIENCE_S - 15 < sum(world.pauses) <= PATIENCE_S


def test_pauses_are_up_to_twice_as_long_by_chance(fake: FakeTelegram, chat: Any) -> None:
    async def play(world: World) -> None:
        world.request.failures.extend([httpx.ConnectError("")] * 7)
        assert await world.sender.send(Place(7), "x")

    assert run(fake, play, jitter=1.0).pauses == [1, 2, 4, 8, 16, 30, 30]


def test_patience_starts_anew_with_each_message(fake: FakeTelegram, chat: Any) -> None:
    async def play(world: World) -> None:
        for _ in range(3):
            world.request.failures.extend([httpx.ConnectTimeout("")] * 20)
            assert await world.sender.send(Place(7), "x")

    assert sum(run(fake, play).pauses) > 2 * PATIENCE_S


@pytest.mark.parametrize(("after_work", "arrived"), [(False, 1), (True, 2)])
def test_a_lost_connection_is_answered_by_one_more_try(
    fake: FakeTelegram, chat: Any, after_work: bool, arrived: int
) -> None:
    fake.reset("sendMessage", after_work=after_work)

    async def play(world: World) -> None:
        assert await world.sender.send(Place(7), "x")

    world = run(fake, play)

    assert len(fake.messages(chat)) == arrived
    assert world.pauses == [0.5]


def test_a_connection_lost_twice_is_an_error(fake: FakeTelegram, chat: Any) -> None:
    fake.reset("sendMessage", times=2, after_work=True)

    async def play(world: World) -> None:
        with pytest.raises(NetworkError, match="httpx"):
            await world.sender.send(Place(7), "x")

    run(fake, play)

    assert len(fake.messages(chat)) == 2


def test_no_answer_is_answered_by_one_more_try(fake: FakeTelegram, chat: Any) -> None:
    fake.black_hole("sendMessage", 1.0)

    async def play(world: World) -> None:
        assert await world.sender.send(Place(7), "x")

    world = run(fake, play)

    assert len(fake.messages(chat)) == 1
    assert world.pauses == [0.5]


def test_an_edit_done_though_the_connection_was_lost_is_done(fake: FakeTelegram, chat: Any) -> None:
    fake.reset("editMessageText", after_work=True)

    async def play(world: World) -> None:
        message = await world.sender.send(Place(7), "x")
        assert message is not None
        assert await world.sender.edit(7, message.message_id, "y") is True

    run(fake, play)

    assert [m.text for m in fake.messages(chat)] == ["y"]


@pytest.mark.parametrize("with_json", [True, False])
def test_a_broken_gateway_is_tried_five_times(
    fake: FakeTelegram, chat: Any, with_json: bool
) -> None:
    def break_it(times: int) -> None:
        if with_json:
            fake.fail(
                "sendMessage", code=500, description="Internal Server Error: busy", times=times
            )
        else:
            fake.bad_gateway("sendMessage", times)

    async def play(world: World) -> None:
        break_it(4)
        assert await world.sender.send(Place(7), "x")
        break_it(5)
        with pytest.raises(NetworkError):
            await world.sender.send(Place(7), "y")

    world = run(fake, play)

    assert [m.text for m in fake.messages(chat)] == ["x"]
    assert world.pauses == [0.5, 1, 2, 4] * 2


def test_a_closed_bot_is_an_error_at_once(fake: FakeTelegram) -> None:
    async def play(world: World) -> None:
        await world.request.shutdown()
        with pytest.raises(NetworkError, match="not initialized"):
            await world.sender.send(Place(7), "x")

    assert run(fake, play).pauses == []


# Order, turns and ends


def test_messages_keep_their_order_though_the_first_is_tried_again(
    fake: FakeTelegram, chat: Any
) -> None:
    other = fake.private(fake.user(8))

    async def play(world: World) -> None:
        world.request.failures.extend([httpx.ConnectError("")] * 5)
        await asyncio.gather(
            *(world.sender.send(Place(7), str(n)) for n in range(4)),
            world.sender.send(Place(8), "to another"),
        )

    run(fake, play)

    assert [m.text for m in fake.messages(chat)] == ["0", "1", "2", "3"]
    assert len(fake.messages(other)) == 1


def test_edits_keep_their_order_though_the_first_is_tried_again(
    fake: FakeTelegram, chat: Any
) -> None:
    async def play(world: World) -> None:
        message = await world.sender.send(Place(7), "x")
        assert message is not None
        world.request.failures.extend([httpx.ConnectError("")] * 5)
        await asyncio.gather(*(world.sender.edit(7, message.message_id, str(n)) for n in range(3)))

    run(fake, play)

    assert [m.text for m in fake.messages(chat)] == ["2"]


def test_priorities_reach_the_flood_control(fake: FakeTelegram, chat: Any) -> None:
    async def play(world: World) -> None:
        message = await world.sender.send(Place(7), "x")
        assert message is not None
        await asyncio.gather(
            world.sender.send(Place(7), "alert", priority=Priority.ALERT),
            world.sender.edit_keyboard(7, message.message_id, KEYBOARD, priority=Priority.NOTICE),
            world.sender.edit(7, message.message_id, "edit"),
            world.sender.send(Place(7), "answer"),
        )

    run(fake, play, flood=FloodControl(private=Budget(1, 0, 0.05)))

    assert [call.params.get("text", "keyboard") for call in fake.calls] == [
        "x",
        "answer",
        "edit",
        "keyboard",
        "alert",
    ]


def test_a_flood_is_waited_for_and_the_message_sent_once(fake: FakeTelegram, chat: Any) -> None:
    fake.flood(7, 1)

    async def play(world: World) -> None:
        assert await world.sender.send(Place(7), "x")

    world = run(fake, play)

    refused, done = fake.calls
    assert done.at - refused.at >= 1
    assert world.pauses == []
    assert len(fake.messages(chat)) == 1


def test_telegram_s_limits_hold_by_telegram_s_clock(fake: FakeTelegram) -> None:
    fake.enforce_limits = True
    chats = [fake.private(fake.user(user_id)) for user_id in range(1, 41)]
    group = fake.group(-5)

    async def play(world: World) -> None:
        await asyncio.gather(
            *(world.sender.send(Place(chat["id"]), "x") for chat in chats),
            *(world.sender.send(Place(1), f"more {n}") for n in range(2)),
            *(world.sender.send(Place(-5), str(n)) for n in range(15)),
            *(world.sender.typing(Place(-5)) for _ in range(10)),
        )

    run(fake, play, flood=FloodControl())

    assert find_violations(fake.calls) == []
    assert [call.error for call in fake.calls if not call.ok] == []
    assert [m.text for m in fake.messages(chats[0])] == ["x", "more 0", "more 1"]
    assert [m.text for m in fake.messages(group)] == [str(n) for n in range(15)]


def test_a_cancelled_message_makes_room_for_the_next(fake: FakeTelegram, chat: Any) -> None:
    async def play(world: World) -> None:
        world.request.failures.extend([httpx.ConnectError("")] * 3)
        first = asyncio.create_task(world.sender.send(Place(7), "cancelled"))
        await world.paused.wait()
        first.cancel()
        with suppress(asyncio.CancelledError):
            await first
        world.request.failures.clear()

        assert first.cancelled()
        assert await world.sender.send(Place(7), "next")

    run(fake, play)

    assert [m.text for m in fake.messages(chat)] == ["next"]


def test_chats_written_to_are_not_kept(fake: FakeTelegram, chat: Any) -> None:
    async def play(world: World) -> None:
        await world.sender.send(Place(7), "x")
        await world.sender.edit(7, 1, "y")

        assert not world.sender._turns  # noqa: SLF001  # what months would add up to

    run(fake, play)
