"""Polls as they fall due: some at once, none twice, whatever becomes of who does them."""

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from feed_life import World, feed, item, rss
from poll_timing import counted, eventually
from web_site import answer

from retrieval.errors import StoreError
from retrieval.feeds import FeedBook, FeedRecord, Poller
from retrieval.feeds import poller as poller_module

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
    said, most = counted(0.01)

    for n in range(12):
        w.says("a.example", said, f"/{n}")
        w.add("a.example", f"/{n}")

    w.poller().drain()

    assert len(w.polled) == 12
    assert max(most) == 1


def test_no_more_at_once_than_wished(w: World) -> None:
    said, most = counted(0.05)

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
