"""Polls as they fall due: some at once, none twice, whatever becomes of who does them."""

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from feed_life import World, feed, item, rss
from web_site import answer

from retrieval.errors import StoreError
from retrieval.feeds import FeedBook, FeedRecord, Polled, Poller
from retrieval.feeds import poller as poller_module
from retrieval.store import Store

ROOT = Path(__file__).parents[3]
TESTS = (ROOT / "tests", ROOT / "tests" / "retrieval")
SECONDS = timedelta(seconds=1)
LEASE = poller_module.LEASE

# Polls what is due in the store of the first argument; the second is when it is, in seconds.
DRAIN = """
import sys
from pathlib import Path
from datetime import timedelta
from feed_life import AnyHost, Clock, loopback
from retrieval.feeds import FeedBook, Poller, Tools
from retrieval.sources.fetch import FetchPolicy
from retrieval.sources.robots import Robots
from retrieval.sources.workers import Workers
from retrieval.store import Store
if __name__ == "__main__":
    policy = FetchPolicy(allow_hosts=AnyHost())
    clock = Clock()
    clock.turn(timedelta(seconds=float(sys.argv[2])))
    with Store.open(Path(sys.argv[1])) as store, Workers(1) as workers:
        tools = Tools(workers=workers, policy=policy, robots=Robots(policy), resolve=loopback, now=clock)
        book = FeedBook.open(store)
        print("ready", flush=True)
        sys.stdin.readline()
        Poller(book, tools, on_polled=lambda polled: print(polled.feed.id, flush=True)).drain()
"""


def process(w: World) -> subprocess.Popen[str]:
    path = os.pathsep.join((str(ROOT), *map(str, TESTS)))
    seconds = str(w.clock.now.timestamp() - 1712131200)
    started = subprocess.Popen(
        [sys.executable, "-c", DRAIN, str(w.store.database.path), seconds],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


def go(started: subprocess.Popen[str]) -> None:
    assert started.stdin is not None
    started.stdin.write("\n")
    started.stdin.flush()


def eventually(is_so: Callable[[], bool], seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        time.sleep(0.01)
    return is_so()


def waits_for(event: threading.Event) -> Callable[[BaseHTTPRequestHandler], None]:
    def wait(request: BaseHTTPRequestHandler) -> None:
        event.wait(20)
        feed(rss(item(1)))(request)

    return wait


def test_two_processes_poll_no_feed_twice(w: World) -> None:
    hosts = [f"h{n}.example" for n in range(40)]
    for host in hosts:
        w.says(host, rss(item(1)))
        w.add(host)
    two = [process(w), process(w)]

    for one in two:
        go(one)
    told = [one.communicate(timeout=30)[0].split() for one in two]

    assert [one.returncode for one in two] == [0, 0]
    assert [w.life.count(host) for host in hosts] == [1] * 40
    assert sorted(map(int, told[0] + told[1])) == [feed.id for feed in w.book.all()]
    assert all(told)  # both had a share


def test_feed_of_a_killed_process_is_taken_over_at_once(w: World) -> None:
    a = w.add("a.example")
    asked = threading.Event()
    ended = threading.Event()

    def hang(request: BaseHTTPRequestHandler) -> None:
        asked.set()
        ended.wait(20)

    w.says("a.example", hang)
    killed = process(w)
    go(killed)
    assert asked.wait(20)
    w.poller().drain()  # it lives, and has it
    assert w.poller().poll_one(a.id) is None

    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    w.says("a.example", rss(item(1)))
    w.poller().drain()

    ended.set()
    assert [(polled.new, polled.error) for polled in w.polled] == [(1, None)]


def test_feed_held_elsewhere_is_taken_over_after_its_lease(w: World) -> None:
    a = w.add("a.example")
    w.says("a.example", rss(item(1)))
    w.book.take(a.id, "elsewhere:1:ab", LEASE, w.clock())

    w.clock.turn(LEASE - SECONDS)
    w.poller().drain()
    assert w.polled == []
    w.clock.turn(SECONDS)
    w.poller().drain()

    assert [polled.new for polled in w.polled] == [1]


def test_feeds_of_one_host_are_polled_one_after_another(w: World) -> None:
    at_once, most = set(), []

    def said(request: BaseHTTPRequestHandler) -> None:
        at_once.add(request)
        most.append(len(at_once))
        time.sleep(0.01)
        at_once.discard(request)
        feed(rss())(request)

    for n in range(12):
        w.says("a.example", said, f"/{n}")
        w.add("a.example", f"/{n}")

    w.poller().drain()

    assert len(w.polled) == 12
    assert max(most) == 1


def test_no_more_at_once_than_wished(w: World) -> None:
    at_once, most = set(), []

    def said(request: BaseHTTPRequestHandler) -> None:
        at_once.add(request)
        most.append(len(at_once))
        time.sleep(0.05)
        at_once.discard(request)
        feed(rss())(request)

    for n in range(12):
        w.says(f"h{n}.example", said)
        w.add(f"h{n}.example")

    w.poller(at_once=3).drain()

    assert len(w.polled) == 12
    assert max(most) == 3


def test_feed_removed_while_it_is_polled_leaves_nothing(w: World) -> None:
    a, b = w.add("a.example"), w.add("b.example")

    def remove(which: FeedRecord, said: Callable[[BaseHTTPRequestHandler], None]):  # type: ignore[no-untyped-def]
        def write(request: BaseHTTPRequestHandler) -> None:
            w.book.remove(which.id)
            said(request)

        return write

    w.says("a.example", remove(a, feed(rss(item(1)))))
    w.says("b.example", remove(b, answer(status=500)))
    c = w.add("c.example")
    w.says("c.example", feed(rss(item(1)), ETag='"1"'))
    w.poll(c)
    w.says("c.example", remove(c, answer(status=304)))
    w.clock.turn(timedelta(days=1))
    w.says("c.example", remove(c, answer(status=304)))

    w.poller().drain()

    assert w.polled == []
    assert w.book.all() == []
    assert len(w.articles()) == 1


def test_who_lost_a_feed_records_nothing(w: World) -> None:
    a = w.add("a.example")

    def lose(request: BaseHTTPRequestHandler) -> None:
        w.clock.turn(2 * LEASE)  # the machine slept
        w.says("a.example", rss(item(1)))
        w.poller().drain()
        feed(rss(item(1), item(2)))(request)

    w.says("a.example", lose)

    assert w.poller().poll_one(a.id) is None

    assert [polled.new for polled in w.polled] == [1]
    assert len(w.articles()) == 1


def test_lease_is_renewed_while_a_poll_lasts(w: World, caplog: pytest.LogCaptureFixture) -> None:
    a = w.add("a.example")

    class Book(FeedBook):
        fails = True

        def renew(self, *args: object) -> None:
            if self.fails:
                self.fails = False
                raise StoreError("store is busy")
            super().renew(*args)  # type: ignore[arg-type]

    def slow(request: BaseHTTPRequestHandler) -> None:
        before = w.record(a).held_until
        w.clock.turn(SECONDS)
        eventually(lambda: w.record(a).held_until != before)
        assert w.record(a).held_until == w.clock() + 0.2 * SECONDS
        feed(rss(item(1)))(request)

    w.says("a.example", slow)

    polled = Poller(Book.open(w.store), w.tools, lease=0.2 * SECONDS).poll_one(a.id)

    assert polled is not None
    assert polled.new == 1
    assert "leases of feeds cannot be renewed now: store is busy" in caplog.text


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
    w.clock.turn(LEASE)  # nobody renews what could not be recorded
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


@pytest.mark.parametrize(
    ("holder", "is_dead"),
    [
        (f"{socket.gethostname()}:{os.getpid()}:ab", False),
        (f"{socket.gethostname()}:1:ab", False),  # may not be signalled, or may
        (f"{socket.gethostname()}:{2**22 + 1}:ab", True),  # above the largest pid of Linux
        (f"{socket.gethostname()}:{10**30}:ab", False),
        (f"{socket.gethostname()}:x:ab", False),
        (f"elsewhere:{2**22 + 1}:ab", False),
        ("", False),
    ],
    ids=["own", "first", "past the largest", "no pid", "word", "elsewhere", "empty"],
)
def test_process_that_is_dead(holder: str, is_dead: bool) -> None:
    assert poller_module._is_dead(holder) is is_dead  # noqa: SLF001  # pure, and worth a table


def test_what_came_is_logged(w: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    a = w.add("a.example")
    w.says("a.example", feed(rss(item(1)), ETag='"1"'))
    w.poll(a)
    w.says("a.example", answer(status=304))
    w.poll(a)
    w.says("a.example", answer(status=500))
    w.poll(a)

    said = [record.getMessage() for record in caplog.records if "feed" in record.name]
    assert said == [
        f"feed polled {a.url} new=1 changed=0 withdrawn=0",
        f"feed unchanged {a.url}",
        f"feed failed {a.url} failures=1: status 500 (internal server error)",
    ]
