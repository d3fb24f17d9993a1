"""Flood control: what Telegram allows, what costs nothing, and what a 429 does."""

import asyncio

import pytest
from telegram.error import RetryAfter
from virtual_telegram import Chat, Server, assert_kept, make, now, run

from bot.telegram.flood import FloodControl, Priority

# What Telegram allows


def test_a_private_chat_gets_one_message_a_second() -> None:
    async def main() -> None:
        server = Server()
        ask = make(server)

        await asyncio.gather(*(ask(7, str(n)) for n in range(10)))

        assert server.names() == [str(n) for n in range(10)]
        assert_kept(server.times(), 1, 1.0)
        assert now() < 10 * 1.03

    run(main())


@pytest.mark.parametrize("chat", [-100123, "@news", "-100123"])
def test_a_group_or_channel_gets_twenty_messages_a_minute(chat: Chat) -> None:
    async def main() -> None:
        server = Server()
        ask = make(server)

        await asyncio.gather(*(ask(chat, priority=Priority.ANSWER) for _ in range(45)))

        assert_kept(server.times(), 20, 60.0)
        assert server.times()[19] < 1
        assert now() < 123

    run(main())


@pytest.mark.parametrize(
    ("written", "chat"), [(7, 7), ("7", 7), ("-100123", -100123), ("@News", "@news")]
)
def test_a_chat_is_the_same_in_whatever_spelling(written: Chat, chat: Chat) -> None:
    async def main() -> None:
        server = Server()
        server.refusals[written] = [5]
        flood = FloodControl(clock=now)
        message = make(server, flood=flood)(written)
        await asyncio.sleep(0.1)

        assert set(flood.held()) == {chat}
        await message

    run(main())


@pytest.mark.parametrize("chats", [range(1, 201), range(-200, 0)], ids=["private", "groups"])
def test_all_chats_together_get_thirty_messages_a_second(chats: range) -> None:
    async def main() -> None:
        server = Server()
        ask = make(server)

        await asyncio.gather(*(ask(chat, priority=Priority.ANSWER) for chat in chats))

        assert_kept(server.times(), 30, 1.0)
        assert now() < 7

    run(main())


@pytest.mark.parametrize(
    "endpoint", ["sendPhoto", "copyMessage", "forwardMessage", "editMessageText"]
)
def test_whatever_shows_a_message_costs(endpoint: str) -> None:
    async def main() -> None:
        server = Server()
        ask = make(server)

        await asyncio.gather(ask(7), ask(7, endpoint=endpoint))

        assert_kept(server.times(), 1, 1.0)

    run(main())


def test_a_message_sent_inline_is_edited_at_the_rate_of_a_group() -> None:
    async def main() -> None:
        server = Server()
        flood = FloodControl(clock=now)

        await asyncio.gather(
            *(
                flood.process_request(
                    server.handle,
                    ("", ""),
                    {},
                    "editMessageText",
                    {"inline_message_id": "AbC"},
                    Priority.EDIT,
                )
                for _ in range(21)
            )
        )

        assert_kept(server.times(), 20, 60.0)

    run(main())


# What costs nothing


def test_typing_signs_cost_a_group_nothing() -> None:
    async def main() -> None:
        server = Server()
        ask = make(server)
        await asyncio.gather(*(ask(-5, endpoint="sendChatAction") for _ in range(50)))
        before = now()

        await asyncio.gather(*(ask(-5, priority=Priority.ANSWER) for _ in range(20)))

        assert now() - before < 1
        assert len(server.stamps) == 70

    run(main())


@pytest.mark.parametrize(
    "endpoint",
    ["answerCallbackQuery", "answerInlineQuery", "getChatMember", "setMyCommands", "deleteMessage"],
)
def test_free_calls_wait_for_nobody(endpoint: str) -> None:
    async def main() -> None:
        server = Server()
        server.refusals[-5] = [60]
        ask = make(server)
        waiting = [ask(-5) for _ in range(30)] + [ask(chat) for chat in range(1, 101)]
        await asyncio.sleep(0.5)
        before = now()

        chat = None if endpoint.startswith("answer") else -5
        await asyncio.gather(*(ask(chat, "free", endpoint=endpoint) for _ in range(40)))

        assert now() - before == pytest.approx(0.02)
        for task in waiting:
            task.cancel()

    run(main())


def test_a_short_429_of_a_free_call_is_waited_for_once() -> None:
    async def main() -> None:
        server = Server()
        server.refusals[""] = [3]
        ask = make(server)

        assert await ask(None, endpoint="answerInlineQuery") is True
        assert server.times() == pytest.approx([0.01, 3.03])

        server.refusals[""] = [3, 3]
        with pytest.raises(RetryAfter):
            await ask(None, endpoint="answerInlineQuery")
        server.refusals[""] = [6]
        with pytest.raises(RetryAfter):
            await ask(None, endpoint="setMyCommands")

    run(main())


def test_a_429_of_a_free_call_holds_nothing() -> None:
    async def main() -> None:
        server = Server()
        server.refusals[7] = [60]
        flood = FloodControl(clock=now)
        ask = make(server, flood=flood)
        with pytest.raises(RetryAfter):
            await ask(7, endpoint="sendChatAction")

        assert flood.held() == {}
        assert await ask(7)
        assert now() < 1

    run(main())


# 429


def test_a_429_holds_its_chat_for_its_whole_time_whatever_else_ends() -> None:
    async def main() -> None:
        server = Server()
        server.refusals[7] = [9]
        flood = FloodControl(clock=now)
        ask = make(server, flood=flood)
        first = ask(7, "first")
        await asyncio.sleep(0.1)
        assert flood.held() == {7: pytest.approx(8.92)}
        assert flood.waiting() == 1

        others = []
        for chat in range(100, 108):  # each ends while chat 7 is held
            others.append(ask(chat))
            others.append(ask(7, f"later {chat}"))
            await asyncio.sleep(0.7)
        await asyncio.gather(first, *others)

        assert [s.at for s in server.stamps if s.chat == 7][1] >= 0.01 + 9
        assert server.names(7)[:3] == ["first", "first", "later 100"]
        assert flood.held() == {}
        assert flood.waiting() == 0

    run(main())


def test_a_429_in_one_chat_delays_no_other() -> None:
    async def main() -> None:
        server = Server()
        server.refusals[-5] = [3600]
        ask = make(server)
        stuck = [ask(-5, priority=Priority.ANSWER) for _ in range(50)]
        await asyncio.sleep(0.1)
        before = now()

        await asyncio.gather(*(ask(chat) for chat in (-6, 7, "@news")))

        assert now() - before < 0.1
        for task in stuck:
            task.cancel()

    run(main())


def test_a_held_chat_stays_held_though_nobody_waits() -> None:
    async def main() -> None:
        server = Server()
        server.refusals[7] = [30]
        flood = FloodControl(clock=now)
        ask = make(server, flood=flood)
        impatient = ask(7)
        await asyncio.sleep(0.1)
        impatient.cancel()
        await asyncio.sleep(10)

        assert flood.held() == {7: pytest.approx(19.92)}
        await ask(7)

        assert server.times()[1] >= 30

    run(main())


def test_a_429_is_obeyed_as_often_as_it_comes() -> None:
    async def main() -> None:
        server = Server()
        server.refusals[7] = [2, 30, 1]
        ask = make(server)

        assert await ask(7) is True

        assert server.times(7) == pytest.approx([0.01, 2.03, 32.05, 33.07])

    run(main())


def test_a_typing_sign_for_a_held_chat_is_dropped() -> None:
    async def main() -> None:
        server = Server()
        server.refusals[7] = [5]
        ask = make(server)
        message = ask(7, "message")
        await asyncio.sleep(0.1)

        assert await ask(7, "typing", endpoint="sendChatAction") is True
        await message
        await ask(7, "typing", endpoint="sendChatAction")

        assert server.names() == ["message", "message", "typing"]

    run(main())
