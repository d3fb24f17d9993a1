"""Flood control for what is noted before and after it is sent, and over restarts."""

import asyncio

import pytest
from telegram.error import BadRequest, NetworkError, RetryAfter
from telegram_api import FakeTelegram
from virtual_telegram import Server, assert_kept, make, now, run

from bot.telegram.flood import FloodControl, Priority, on_turn


def test_turn_is_told_when_it_comes_and_a_429_is_raised() -> None:
    async def main() -> None:
        server = Server()
        ask = make(server)
        turns: list[float] = []

        async def begin() -> None:
            turns.append(now())

        await ask(7, "first")
        server.refusals[7] = [5]
        on_turn.set(begin)
        with pytest.raises(RetryAfter):
            await ask(7, "second", priority=Priority.ALERT)
        await ask(7, "second", priority=Priority.ALERT)

        assert 1.0 <= turns[0] < 1.1  # and not when it was asked for
        assert turns[1] >= turns[0] + 5
        assert server.names() == ["first", "second", "second"]

    run(main())


def test_what_is_raised_at_the_turn_is_raised_and_the_chat_goes_on() -> None:
    async def main() -> None:
        server = Server()
        ask = make(server)

        async def refuse() -> None:
            raise LookupError

        on_turn.set(refuse)
        with pytest.raises(LookupError):
            await ask(-7, "no")
        on_turn.set(None)
        await ask(-7, "yes")

        assert server.names() == ["yes"]

    run(main())


def test_edits_of_alerts_come_after_new_ones() -> None:
    async def main() -> None:
        server = Server()
        ask = make(server)
        first = ask(7, "first")
        await asyncio.sleep(0)
        edit = ask(7, "edit", priority=Priority.ALERT_EDIT, endpoint="editMessageText")
        alert = ask(7, "alert", priority=Priority.ALERT)
        await asyncio.gather(first, edit, alert)

        assert server.names() == ["first", "alert", "edit"]

    run(main())


def test_what_an_earlier_run_sent_counts() -> None:
    async def main() -> None:
        server = Server()
        flood = FloodControl(clock=now)
        await asyncio.sleep(100)
        begun = now()
        for age in (70.0, *[30.0] * 15, *[0.5] * 4):
            flood.recall(-7, age)
        flood.recall(8, 0.25)
        ask = make(server, flood=flood)

        await asyncio.gather(*(ask(-7) for _ in range(17)), ask(8), ask(9))

        earlier = [begun - 30.0] * 15 + [begun - 0.5] * 4
        assert_kept(sorted(earlier + server.times(-7)), 20, 60.0)
        assert server.times(8)[0] >= begun + 0.75
        assert server.times(9)[0] < begun + 0.1

    run(main())


def test_recalled_chats_are_forgotten_in_time() -> None:
    async def main() -> None:
        flood = FloodControl(clock=now)
        await asyncio.sleep(100)
        flood.recall(-7, 90.0)
        flood.recall(-8, 10.0)
        await asyncio.sleep(51)

        assert flood._lanes == {}  # noqa: SLF001  # nothing outside tells of them

    run(main())


def test_sent_once_raises_what_else_is_tried_again() -> None:
    import sender_world
    from telegram_api import Json

    from bot.telegram.sender import Place

    with FakeTelegram() as fake:
        chat: Json = fake.private(fake.user(7))
        turns = 0

        async def begin() -> None:
            nonlocal turns
            turns += 1

        async def play(world: sender_world.World) -> None:
            for fault in (
                lambda: fake.flood(7, 1),
                lambda: fake.bad_gateway("sendMessage"),
                lambda: fake.reset("sendMessage"),
            ):
                fault()
                with pytest.raises((RetryAfter, NetworkError)):
                    await world.sender.send_once(Place(7), "x", begin)
            fake.fail("sendMessage", code=400, description="Bad Request: strange")
            with pytest.raises(BadRequest):
                await world.sender.send_once(Place(7), "x", begin)
            assert (await world.sender.send_once(Place(7), "x", begin, silent=True)) is not None

        world = sender_world.run(fake, play)

        assert (turns, world.pauses) == (5, [])
        assert [message.silent for message in fake.messages(chat)] == [True]
