"""Lanes over a real inbox: who waits for whom, and what the end leaves behind."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from telegram import Update

from bot.ledger import Ledger
from bot.telegram import inbox as inbox_module
from bot.telegram import lanes as lanes_module
from bot.telegram.inbox import Inbox
from bot.telegram.lanes import Lanes, lane_of
from retrieval.errors import StoreError
from retrieval.store import Store

USER = {"id": 7, "is_bot": False, "first_name": "Ada"}


def message(update_id: int, chat_id: int, kind: str = "message", text: str = "x") -> Update:
    chat = {"id": chat_id, "type": "private" if chat_id > 0 else "supergroup", "title": "x"}
    said = {"message_id": update_id, "date": 1, "chat": chat, "from": USER, "text": text}
    return Update.de_json({"update_id": update_id, kind: said}, None)


def press(update_id: int, user_id: int, chat_id: int) -> Update:
    under = {"message_id": 1, "date": 1, "chat": {"id": chat_id, "type": "private"}}
    query = {"id": "1", "from": USER | {"id": user_id}, "chat_instance": "1", "message": under}
    return Update.de_json({"update_id": update_id, "callback_query": query}, None)


def typed(update_id: int, user_id: int) -> Update:
    query = {"id": "1", "from": USER | {"id": user_id}, "query": "x", "offset": ""}
    return Update.de_json({"update_id": update_id, "inline_query": query}, None)


def membership(update_id: int, user_id: int, chat_id: int) -> Update:
    change = {
        "chat": {"id": chat_id, "type": "supergroup", "title": "x"},
        "from": USER | {"id": user_id},
        "date": 1,
        "old_chat_member": {"user": USER, "status": "left"},
        "new_chat_member": {"user": USER, "status": "member"},
    }
    return Update.de_json({"update_id": update_id, "my_chat_member": change}, None)


@dataclass
class Works:
    """Lanes at work; each update takes until its gate is opened."""

    ledger: Ledger
    inbox: Inbox
    lanes: Lanes
    begun: list[int] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    gates: dict[int, asyncio.Event] = field(default_factory=dict)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def arrive(self, *updates: Update) -> None:
        await self.inbox.keep(updates)
        for update in updates:
            work = self._work(update.update_id)
            self.tasks.append(asyncio.create_task(self.lanes.do_process_update(update, work)))
        await asyncio.sleep(0)

    async def _work(self, number: int) -> None:
        self.begun.append(number)
        await self.gates.setdefault(number, asyncio.Event()).wait()
        self.ended.append(number)

    async def open(self, *numbers: int) -> None:
        """Let those end, and wait until they are off the inbox."""
        for number in numbers:
            self.gates.setdefault(number, asyncio.Event()).set()
        for _ in range(200):
            if not {n for n, _ in self.ledger.undone()} & set(numbers):
                break
            await asyncio.sleep(0.005)
        await asyncio.sleep(0)

    def waiting(self) -> list[int]:
        return [number for number, _ in self.ledger.undone()]


Play = Callable[[Callable[[Works], Awaitable[None]]], None]


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Play]:
    with Store.open(tmp_path / "store.db") as store, ThreadPoolExecutor(1) as executor:

        def start(scene: Callable[[Works], Awaitable[None]]) -> None:
            ledger = Ledger.open(store)
            inbox = Inbox(ledger, executor)

            async def run() -> None:
                works = Works(ledger, inbox, Lanes(inbox))
                await scene(works)
                await works.lanes.finish(0)
                await asyncio.gather(*works.tasks, return_exceptions=True)
                assert works.lanes.busy == 0

            asyncio.run(run())

        yield start


def test_a_chat_is_answered_in_order_and_others_meanwhile(play: Play) -> None:
    async def scene(works: Works) -> None:
        await works.arrive(message(1, 5), message(2, 5), message(3, 6), message(4, -7))
        assert works.begun == [1, 3, 4]
        await works.open(3, 4)
        assert works.waiting() == [1, 2]
        works.gates.setdefault(2, asyncio.Event()).set()
        await asyncio.sleep(0)  # its gate is open, but it is not its turn
        assert works.begun == [1, 3, 4]
        await works.open(1)
        await works.open(2)
        assert works.ended == [3, 4, 1, 2]
        assert works.waiting() == []

    play(scene)


def test_buttons_and_inline_queries_do_not_wait_for_the_chat(play: Play) -> None:
    async def scene(works: Works) -> None:
        await works.arrive(message(1, 7), press(2, 7, 7), typed(3, 7), press(4, 7, 7), typed(5, 7))
        assert works.begun == [1, 2, 3]

    play(scene)


@pytest.mark.parametrize(
    ("update", "lane"),
    [
        (message(1, 5), ("chat", 5)),
        (message(1, -5, "edited_message"), ("chat", -5)),
        (press(1, 7, 5), ("button", 7)),
        (typed(1, 7), ("inline", 7)),
        (membership(1, 7, -5), ("chat", -5)),
        (Update(1), ("chat", None)),
    ],
)
def test_the_lane_of(update: Update, lane: tuple[str, int | None]) -> None:
    assert lane_of(update) == lane


def test_a_failure_keeps_neither_the_lane_nor_the_update_from_going_on(play: Play) -> None:
    async def scene(works: Works) -> None:
        async def fail() -> None:
            raise KeyError("bug")

        first = message(1, 5)
        await works.inbox.keep([first])
        with pytest.raises(KeyError):
            await works.lanes.do_process_update(first, fail())
        await works.arrive(message(2, 5))
        assert works.begun == [2]

    play(scene)


def test_what_is_given_up_is_kept_with_its_reason(play: Play) -> None:
    async def scene(works: Works) -> None:
        update = message(1, 5)
        await works.arrive(update)
        works.inbox.failed(update, "BadRequest")
        await works.open(1)
        assert works.waiting() == []
        assert [(f.update_id, f.reason) for f in works.ledger.failures()] == [(1, "BadRequest")]

    play(scene)


def test_a_lane_takes_so_many_and_no_more(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes_module, "LANE_MAX", 3)

    async def scene(works: Works) -> None:
        await works.arrive(*(message(n, 5) for n in range(1, 6)), message(9, 6))
        for _ in range(200):
            if len(works.ledger.failures()) == 2:
                break
            await asyncio.sleep(0.005)
        assert sorted(f.update_id for f in works.ledger.failures()) == [4, 5]
        assert works.waiting() == [1, 2, 3, 9]
        await works.open(1, 2, 3)
        await works.arrive(message(10, 5))  # there is room again
        await works.open(10)
        assert works.ended == [1, 2, 3, 10]

    play(scene)


def test_an_update_is_worked_on_once(play: Play) -> None:
    async def scene(works: Works) -> None:
        update = message(1, 5)
        await works.arrive(update, update)
        await works.open(1)
        await works.arrive(update)
        assert works.begun == [1]

    play(scene)


def test_what_is_stopped_stays_in_the_inbox(play: Play) -> None:
    async def scene(works: Works) -> None:
        await works.arrive(message(1, 5), message(2, 5), message(3, 6))
        works.gates[3].set()

        assert await works.lanes.finish(0.05) == 2

        assert works.ended == [3]
        assert works.waiting() == [1, 2]

    play(scene)


def test_what_comes_after_the_end_stays_in_the_inbox(play: Play) -> None:
    async def scene(works: Works) -> None:
        assert await works.lanes.finish(5) == 0
        await works.arrive(message(1, 5))
        assert works.begun == []
        assert works.waiting() == [1]

    play(scene)


def test_what_is_no_update_is_left_alone(play: Play) -> None:
    async def scene(works: Works) -> None:
        await works.lanes.do_process_update("stop", works._work(1))  # noqa: SLF001
        assert works.begun == []

    play(scene)


def test_a_full_lane_is_told_and_logged_once(
    play: Play, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(lanes_module, "LANE_MAX", 2)
    monkeypatch.setattr(lanes_module, "DROP_AFTER_S", 0)
    told: list[int] = []

    async def tell(update: Update) -> None:
        told.append(update.update_id)

    async def scene(works: Works) -> None:
        works.lanes.on_full = tell
        await works.arrive(*(message(n, 5) for n in range(1, 8)))
        await works.open(3, 4, 5, 6, 7)
        assert told == [3]
        await works.open(1, 2)
        await works.arrive(*(message(n, 5) for n in range(8, 12)))  # full once more
        await works.open(10, 11, 8, 9)
        assert told == [3, 10]

    play(scene)
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]


def test_what_is_dropped_is_taken_off_in_few_transactions(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes_module, "LANE_MAX", 1)
    written: list[int] = []
    fail_all = Ledger.fail_all

    def counting(ledger: Ledger, ids: Sequence[int], reason: str, now: datetime) -> None:
        written.append(len(ids))
        fail_all(ledger, ids, reason, now)

    monkeypatch.setattr(Ledger, "fail_all", counting)

    async def scene(works: Works) -> None:
        await works.arrive(*(message(n, 5) for n in range(1, 802)))
        await works.open(*range(2, 802))
        assert works.waiting() == [1]

    play(scene)
    assert sum(written) == 800
    assert len(written) < 5


def test_of_what_a_person_types_inline_only_the_newest_is_answered(play: Play) -> None:
    async def scene(works: Works) -> None:
        await works.arrive(*(typed(n, 7) for n in range(1, 6)), typed(9, 8))
        assert works.begun == [1, 9]
        works.gates[1].set()
        for _ in range(10):
            await asyncio.sleep(0)
        assert works.begun == [1, 9, 5]

    play(scene)


def test_a_page_that_is_slow_to_read_holds_nothing_up(play: Play) -> None:
    async def scene(works: Works) -> None:
        slow = message(1, 7, text="/ingest https://slow.example/")
        await works.arrive(slow, message(2, 7, text="/status"))
        assert works.begun == [1, 2]

    play(scene)


def test_an_update_is_taken_off_when_the_store_can_be_written_again(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "DONE_AGAIN_S", (0.01, 0.01))
    errors = [StoreError("busy", is_passing=True), StoreError("busy", is_passing=True)]
    done = Ledger.done

    def failing(ledger: Ledger, update_id: int, now: datetime) -> None:
        if errors:
            raise errors.pop()
        done(ledger, update_id, now)

    monkeypatch.setattr(Ledger, "done", failing)

    async def scene(works: Works) -> None:
        await works.arrive(message(1, 5))
        await works.open(1)
        assert works.waiting() == []

    play(scene)
    assert errors == []
