"""A poller as a service: started and stopped, and what it outlives."""

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest
from feed_life import World, feed, item, rss
from poll_timing import eventually, waits_for

from retrieval.errors import StoreError
from retrieval.feeds import FeedBook, FeedRecord, Polled, Poller
from retrieval.feeds import poller as poller_module
from retrieval.store import Store


def test_runs_until_it_is_stopped(w: World) -> None:
    a = w.add("a.example")
    w.says("a.example", rss(item(1)))
    poller = w.poller()

    poller.start()
    assert eventually(lambda: len(w.polled) == 1)
    w.says("a.example", rss(item(1), item(2)))
    w.book.make_due(a.id, w.clock())
    poller.wake()
    assert eventually(lambda: len(w.polled) == 2)
    poller.stop(5.0)

    w.book.make_due(a.id, w.clock())
    poller.wake()
    assert [polled.new for polled in w.polled] == [1, 1]
    assert w.book.holders() == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("feed")]


def test_stopped_it_waits_for_what_is_under_way_and_tells(w: World) -> None:
    w.add("a.example")
    answered = threading.Event()
    w.says("a.example", waits_for(answered))
    poller = w.poller()
    poller.start()
    assert eventually(lambda: w.life.count("a.example") == 1)

    threading.Timer(0.2, answered.set).start()
    poller.stop(10.0)

    # It was stopped before it could save: begun anew the next time
    assert w.book.holders() == []
    assert w.articles() == []
    w.poller().drain()
    assert [polled.new for polled in w.polled] == [1]


def test_stopped_without_grace_it_lets_go(w: World) -> None:
    w.add("a.example")
    answered = threading.Event()
    w.says("a.example", waits_for(answered))
    poller = w.poller()
    poller.start()
    assert eventually(lambda: w.life.count("a.example") == 1)

    poller.stop(0.0)

    assert w.book.holders() == []
    answered.set()
    w.says("a.example", rss(item(1)))
    w.poller().drain()
    assert [polled.new for polled in w.polled] == [1]


def test_what_cannot_be_told_ends_a_command_and_no_service(
    w: World, caplog: pytest.LogCaptureFixture
) -> None:
    for n in range(3):
        w.says(f"h{n}.example", rss(item(n)))
        w.add(f"h{n}.example")

    def tell(polled: Polled) -> None:
        w.polled.append(polled)
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        Poller(w.book, w.tools, on_polled=tell).drain()
    assert w.book.holders() == []

    w.clock.turn(timedelta(days=1))
    told = len(w.polled)
    poller = Poller(w.book, w.tools, on_polled=tell)
    poller.start()
    assert eventually(lambda: len(w.polled) == told + 3)
    poller.stop(5.0)
    assert "what came of a poll cannot be told" in caplog.text


def test_fault_of_the_program_is_a_failure_of_that_feed(
    w: World, caplog: pytest.LogCaptureFixture
) -> None:
    a, b = w.add("a.example"), w.add("b.example")
    for host in ("a.example", "b.example"):
        w.says(host, rss(item(1)))
    with w.store.transaction():
        w.store.database.write(
            "CREATE TRIGGER fault BEFORE UPDATE OF last_success ON feeds WHEN old.id = 1"
            " BEGIN SELECT raise(ABORT, 'a bug'); END"
        )

    w.poller().drain()

    outcomes = {polled.feed.id: polled.error for polled in w.polled}
    assert outcomes == {a.id: poller_module.FAULT, b.id: None}
    assert "a bug" in caplog.text
    assert w.record(a).next_poll == w.clock() + timedelta(days=1)


def test_fault_in_a_feed_that_was_removed_is_told_to_nobody(w: World) -> None:
    a = w.add("a.example")

    def remove(request: BaseHTTPRequestHandler) -> None:
        w.book.remove(a.id)
        feed(rss(item(1)))(request)

    w.says("a.example", remove)
    object.__setattr__(w.tools, "workers", None)

    assert w.poller().poll_one(a.id) is None


def test_store_that_is_busy_for_long_is_told_and_its_feed_is_polled_later(
    w: World, caplog: pytest.LogCaptureFixture
) -> None:
    a = w.add("a.example")

    def lock(request: BaseHTTPRequestHandler) -> None:
        with w.store.transaction():  # of another connection than the one below
            feed(rss(item(1)))(request)
            locked.wait(10)

    locked = threading.Event()
    w.says("a.example", lock)
    with Store.open(w.store.database.path, busy_timeout_s=0.1) as store:
        poller = Poller(FeedBook.open(store), w.tools)
        with pytest.raises(StoreError, match="store is busy"):
            poller.drain()
        locked.set()
    assert "feed not polled" in caplog.text

    w.says("a.example", rss(item(1)))
    w.clock.turn(poller_module.LEASE)  # nobody renews what could not be recorded
    w.poller().drain()
    assert [polled.new for polled in w.polled] == [1]
    assert w.record(a).failures == 0


def test_store_that_is_closed_while_a_poll_ends_is_no_error(
    w: World, caplog: pytest.LogCaptureFixture
) -> None:
    w.add("a.example")
    answered = threading.Event()
    w.says("a.example", waits_for(answered))
    with Store.open(w.store.database.path) as store:
        poller = Poller(FeedBook.open(store), w.tools)
        poller.start()
        assert eventually(lambda: w.life.count("a.example") == 1)
        poller.stop(0.0)
    answered.set()

    assert eventually(
        lambda: not [thread for thread in threading.enumerate() if thread.name == "feed poll"]
    )
    assert caplog.text == ""


def test_loop_outlives_a_store_that_cannot_be_read_and_bugs(
    w: World, caplog: pytest.LogCaptureFixture
) -> None:
    troubles = [StoreError("store is busy"), ZeroDivisionError("a bug")]

    class Book(FeedBook):
        def take_due(self, *args: object) -> list[FeedRecord]:
            if troubles:
                raise troubles.pop(0)
            return super().take_due(*args)  # type: ignore[arg-type]

        def release(self, holder: str) -> None:
            raise StoreError("store is locked")

    w.says("a.example", rss(item(1)))
    w.add("a.example")
    poller = Poller(Book.open(w.store), w.tools, on_polled=w.polled.append)
    poller.start()
    for _ in range(2):
        assert eventually(lambda: "cannot be looked through" in caplog.text)
        poller.wake()

    assert eventually(lambda: len(w.polled) == 1)
    poller.stop(5.0)

    assert "feeds cannot be looked through now: store is busy" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert "feeds stay held until their lease ends: store is locked" in caplog.text
