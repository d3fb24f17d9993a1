"""Updates on their way in: written down first, taken once, there again after the end."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from telegram import Update
from telegram.error import BadRequest, InvalidToken, NetworkError, TelegramError
from telegram.ext import ExtBot
from telegram.request import BaseRequest

from bot.ledger import Ledger
from bot.telegram.health import Health
from bot.telegram.inbox import Arrivals, DeskBot, Inbox
from retrieval.errors import StoreError
from retrieval.store import Store

TOKEN = "123456789:TESTaaBBccDDeeFFggHHiiJJkkLLmmNNooP"  # noqa: S105  # opens nothing


def update(number: int, text: str = "燈塔 🌉 متى") -> Update:
    user = {"id": 7, "is_bot": False, "first_name": "Ada"}
    chat = {"id": 7, "type": "private", "first_name": "Ada"}
    said = {"message_id": 1, "date": 1_750_000_000, "chat": chat, "from": user, "text": text}
    return Update.de_json({"update_id": number, "message": said}, None)


def typed(number: int) -> Update:
    user = {"id": 7, "is_bot": False, "first_name": "Ada"}
    query = {"id": "1", "from": user, "query": "x", "offset": ""}
    return Update.de_json({"update_id": number, "inline_query": query}, None)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Store.open(tmp_path / "store.db", busy_timeout_s=0.01) as store:
        yield Ledger.open(store)


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture
def inbox(ledger: Ledger, executor: ThreadPoolExecutor) -> Inbox:
    return Inbox(ledger, executor)


def waiting(ledger: Ledger) -> list[int]:
    return [number for number, _ in ledger.undone()]


async def twice(inbox: Inbox, one: Update) -> list[bool]:
    arrivals = Arrivals(inbox)
    await arrivals.put(one)
    await arrivals.put(one)
    return [inbox.take(await arrivals.get()) for _ in range(2)]


def test_what_is_put_in_is_kept_and_taken_once(ledger: Ledger, inbox: Inbox) -> None:
    assert asyncio.run(twice(inbox, update(5))) == [True, False]
    assert waiting(ledger) == [5]

    asyncio.run(inbox.done(update(5)))
    assert waiting(ledger) == []
    assert asyncio.run(twice(inbox, update(5))) == [False, False]


def test_an_inline_query_is_taken_but_not_written_down(ledger: Ledger, inbox: Inbox) -> None:
    assert asyncio.run(twice(inbox, typed(5)))[0]
    asyncio.run(inbox.done(typed(5)))

    assert waiting(ledger) == []


def test_what_is_no_update_passes(inbox: Inbox) -> None:
    async def pass_through() -> object:
        arrivals = Arrivals(inbox)
        await arrivals.put("stop")
        return await arrivals.get()

    assert asyncio.run(pass_through()) == "stop"


@pytest.mark.parametrize("text", ["x", "燈塔 🌉 متى", "", "<b>&amp;\u2028", "x" * 4096])
def test_what_is_undone_comes_back_as_it_was(
    ledger: Ledger, executor: ThreadPoolExecutor, text: str
) -> None:
    async def earlier() -> None:
        await Inbox(ledger, executor).keep([update(8, text), update(3, text), typed(4)])

    async def later() -> None:
        inbox = Inbox(ledger, executor)
        bot: ExtBot[Any] = ExtBot(TOKEN)
        first, second = await inbox.replay(bot)
        assert [first.update_id, second.update_id] == [8, 3]
        assert inbox.replayed == {8, 3}
        assert first.message is not None
        assert first.message.text == text
        assert first.to_json() == update(8, text).to_json()
        await inbox.keep([update(8, text)])  # Telegram delivers it once more
        assert [inbox.take(u) for u in (first, second, first)] == [True, True, False]
        await inbox.done(first)
        assert inbox.replayed == {3}
        assert waiting(ledger) == [3]

    asyncio.run(earlier())
    asyncio.run(later())


def test_an_update_whose_poll_is_cancelled_while_it_is_written_down_is_not_lost(
    ledger: Ledger, inbox: Inbox, executor: ThreadPoolExecutor
) -> None:
    async def scene() -> None:
        gate = threading.Event()
        executor.submit(gate.wait)  # the disk is slow
        poll = asyncio.create_task(inbox.keep([update(5)]))
        await asyncio.sleep(0)
        poll.cancel()
        with pytest.raises(asyncio.CancelledError):
            await poll
        gate.set()
        await inbox.keep([update(5)])  # it comes again, since it was not confirmed
        assert inbox.take(update(5))

    asyncio.run(scene())


# --- the bot that polls ---------------------------------------------------------------------


class Answers(BaseRequest):
    """Answers each request with the next of what it was given."""

    def __init__(self, *answers: tuple[int, bytes] | TelegramError) -> None:
        self.answers = list(answers)

    read_timeout = 1.0

    async def initialize(self) -> None:
        pass

    async def shutdown(self) -> None:
        pass

    async def do_request(self, *_: Any, **__: Any) -> tuple[int, bytes]:
        answer = self.answers.pop(0)
        if isinstance(answer, TelegramError):
            raise answer
        return answer


def ok(*updates: Update) -> tuple[int, bytes]:
    return 200, b'{"ok":true,"result":[%s]}' % b",".join(u.to_json().encode() for u in updates)


def refused(code: int) -> tuple[int, bytes]:
    return code, b'{"ok":false,"error_code":%d,"description":"Unauthorized"}' % code


Poll = Callable[[DeskBot], Awaitable[Any]]


def with_bot(inbox: Inbox, poll: Poll, *answers: tuple[int, bytes] | TelegramError) -> Health:
    async def run() -> Health:
        health, request = Health(), Answers(*answers)
        bot = DeskBot(
            TOKEN, request=request, get_updates_request=request, inbox=inbox, health=health
        )
        await poll(bot)
        return health

    return asyncio.run(run())


def test_a_poll_writes_down_what_it_brings(ledger: Ledger, inbox: Inbox) -> None:
    async def poll(bot: DeskBot) -> None:
        assert [u.update_id for u in await bot.get_updates(timeout=1)] == [5, 6]

    health = with_bot(inbox, poll, ok(update(5), update(6)))

    assert waiting(ledger) == [5, 6]
    assert health.trouble is None


def test_what_cannot_be_written_down_is_not_confirmed(ledger: Ledger, tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as executor:
        inbox = Inbox(ledger, executor)
        other = Store.open(tmp_path / "store.db")
        with other.transaction():
            with pytest.raises(StoreError):
                asyncio.run(Arrivals(inbox).put(update(4)))

            async def fail(bot: DeskBot) -> None:
                with pytest.raises(NetworkError, match="cannot be kept"):
                    await bot.get_updates(timeout=1)

            with_bot(inbox, fail, ok(update(5)))
        other.close()

        async def work(bot: DeskBot) -> None:
            [again] = await bot.get_updates(timeout=1)
            assert inbox.take(again)

        with_bot(inbox, work, ok(update(5)))
    assert waiting(ledger) == [5]


@pytest.mark.parametrize("method", ["get_updates", "delete_webhook", "set_webhook"])
def test_a_refused_token_is_doubted_and_ends_no_loop(inbox: Inbox, method: str) -> None:
    async def call(bot: DeskBot) -> None:
        arguments = {"url": "https://x.example"} if method == "set_webhook" else {}
        with pytest.raises(NetworkError, match="the token was refused") as caught:
            await getattr(bot, method)(**arguments)
        assert not isinstance(caught.value, InvalidToken | BadRequest)
        assert TOKEN not in str(caught.value)

    assert with_bot(inbox, call, refused(401)).is_doubted.is_set()


def test_the_last_poll_may_fail(inbox: Inbox) -> None:
    async def poll(bot: DeskBot) -> None:
        for _ in range(2):
            assert await bot.get_updates(timeout=timedelta(0)) == ()

    health = with_bot(inbox, poll, refused(401), NetworkError("gone"))

    assert health.trouble is None


def test_its_repr_tells_no_token(inbox: Inbox) -> None:
    async def show(bot: DeskBot) -> None:
        assert "TEST" not in f"{bot!r} {bot}"

    with_bot(inbox, show)


def test_an_update_that_cannot_be_read_is_left_out_and_the_next_is_not(
    ledger: Ledger, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    odd = b'{"update_id":5,"message":{"message_id":"?"}}'
    body = b'{"ok":true,"result":[%s,%s]}' % (odd, update(6).to_json().encode())

    async def poll(bot: DeskBot) -> None:
        unreadable, readable = await bot.get_updates(timeout=1)
        assert (unreadable.update_id, unreadable.message) == (5, None)
        assert readable.message is not None

    with_bot(inbox, poll, (200, body))

    assert "update 5 cannot be read" in caplog.text
    assert waiting(ledger) == [5, 6]


def test_a_pinned_message_out_of_reach_is_kept_as_it_came(ledger: Ledger, inbox: Inbox) -> None:
    pinned = update(5).to_dict()
    del pinned["message"]["text"]
    chat = pinned["message"]["chat"]
    pinned["message"]["pinned_message"] = {"chat": chat, "message_id": 3, "date": 0}

    asyncio.run(inbox.keep([Update.de_json(pinned, None)]))

    [(_, body)] = ledger.undone()
    assert json.loads(body)["message"]["pinned_message"]["date"] == 0


def test_what_is_left_stays_for_the_next_start(ledger: Ledger, inbox: Inbox) -> None:
    async def work() -> None:
        first = update(5)
        await inbox.keep([first])
        inbox.take(first)
        inbox.leave(first)
        await inbox.done(first)

    asyncio.run(work())

    assert waiting(ledger) == [5]
