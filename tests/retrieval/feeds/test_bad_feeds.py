"""Feeds that are hostile, endless or no feeds, over real HTTP: none harms another or the process."""

import gzip
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from feed_life import FOUR, STORIES, World, feed, item, rss, story_page
from web_site import Answer, answer

from retrieval.feeds import Poller

ROOT = Path(__file__).parents[3]
TESTS = (ROOT / "tests", ROOT / "tests" / "retrieval")


def drip(request: BaseHTTPRequestHandler) -> None:
    """A byte now and then: no read ever times out."""
    request.send_response(200)
    request.end_headers()
    for _ in range(300):
        request.wfile.write(b" ")
        time.sleep(0.1)


def never(request: BaseHTTPRequestHandler) -> None:
    threading.Event().wait(30)


BOMB = gzip.compress(rss(*FOUR)[:-16] + b" " * 60_000_000)
ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a0 "boom">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]><rss version='2.0'><channel><title>&a9;</title><item><title>&a9;</title></item></channel></rss>"
).encode()

BAD: dict[str, Answer] = {
    "drip": drip,
    "never": never,
    "bomb": feed(BOMB, content_encoding="gzip"),
    "entities": feed(ENTITIES),
    "html": answer(story_page(*STORIES), content_type="text/html"),
    "empty": feed(b""),
    "cut": feed(rss(*FOUR)[:120]),
    "noise": feed(bytes(range(256)) * 40),
    "not-gzip": feed(b"no gzip at all", content_encoding="gzip"),
    "cut-gzip": feed(gzip.compress(rss(*FOUR))[:80], content_encoding="gzip"),
    "unknown-coding": feed(rss(*FOUR), content_encoding="compress"),
    "local-file": feed(
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        b"<rss version='2.0'><channel><title>&x;</title></channel></rss>"
    ),
    "loop": answer(status=302, location="/feed"),
    "to-private": answer(status=302, location="http://private.example/feed"),
    "to-loopback": answer(status=301, location="http://127.0.0.1:1/feed"),
    "to-metadata": answer(status=302, location="http://169.254.169.254/latest/meta-data"),
    "to-decimal": answer(status=302, location="http://2130706433/"),
    "to-file": answer(status=302, location="file:///etc/passwd"),
    "404": answer(status=404),
    "503": answer(status=503, retry_after="60"),
}


def test_bad_feeds_delay_no_other_and_break_nothing(w: World) -> None:
    for name, said in BAD.items():
        w.says(f"{name}.example", said)
        w.add(f"{name}.example")
    # Its name is looked up to loopback, and is not among the hosts that may
    w.says("private.example", rss(item(99)))
    w.add("private.example")
    good = [w.add(f"good{n}.example") for n in range(12)]
    for n, _ in enumerate(good):
        w.says(f"good{n}.example", rss(*(item(20 * n + i) for i in range(20)), title=f"Good {n}"))
    started, done = time.monotonic(), {}

    def tell(polled):  # type: ignore[no-untyped-def]
        w.polled.append(polled)
        done[polled.feed.host] = time.monotonic() - started

    Poller(w.book, w.tools, on_polled=tell).drain()

    errors = {polled.feed.host.partition(".")[0]: polled.error for polled in w.polled}
    assert len(errors) == len(BAD) + 1 + len(good)
    assert [errors[f"good{n}"] for n in range(12)] == [None] * 12
    harmless = {"local-file", "entities", "cut"}  # read as far as they make sense
    assert all(errors[name] for name in (*BAD, "private") if name not in harmless), errors
    assert w.life.count("private.example") == 0
    for path in {path for _, path, _ in w.life.asked}:
        assert path == "/feed"
    texts = [f"{article.title} {article.text}" for article in w.articles()]
    assert len([text for text in texts if "Story" in text]) >= 240
    assert not any("root:" in text or len(text) > 10_000 for text in texts)
    # They wait for the deadline of the slow ones (4 s) at most, and not for each in turn
    assert max(seconds for host, seconds in done.items() if host.startswith("good")) < 10
    assert all(not feed.is_held(w.clock()) for feed in w.book.all())


# Polls what is due in a store, and says how much memory the process had at the most, in kB.
POLL = """
import re, sys
from pathlib import Path
from feed_life import AnyHost, loopback
from retrieval.feeds import FeedBook, Poller, Tools
from retrieval.sources.fetch import FetchPolicy
from retrieval.sources.robots import Robots
from retrieval.sources.workers import Workers
from retrieval.store import Store
if __name__ == "__main__":
    policy = FetchPolicy(allow_hosts=AnyHost())
    with Store.open(Path(sys.argv[1])) as store, Workers(2) as workers:
        tools = Tools(workers=workers, policy=policy, robots=Robots(policy), resolve=loopback)
        Poller(FeedBook.open(store), tools).drain()
    print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="tells no process's memory")
def test_bombs_and_long_feeds_leave_the_process_small(w: World) -> None:
    long = rss(*(item(n) for n in range(3_000)))
    for n in range(16):
        said = (BAD["bomb"], BAD["entities"], BAD["noise"], feed(long))[n % 4]
        w.says(f"h{n}.example", said)
        w.add(f"h{n}.example")
    path = os.pathsep.join((str(ROOT), *map(str, TESTS)))

    done = subprocess.run(
        [sys.executable, "-c", POLL, str(w.store.database.path)],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )

    assert int(done.stdout) < 300 << 10  # 300 MB, of which the libraries take 80
    assert w.store.counts().articles >= 3_000
    errors = [record.error for record in w.book.all()]
    assert errors[0] == "page is larger than 10 MB"
