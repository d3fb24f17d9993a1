"""Feeds of the real web, over real HTTP: nothing crashes, and nothing is told twice."""

import gzip
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from feed_life import START, STORIES, World, feed, item, rss, story_page
from web_site import Answer, answer

from retrieval.feeds import Listed, Poller
from retrieval.store.expiring import Retention

ROOT = Path(__file__).parents[3]
TESTS = (ROOT / "tests", ROOT / "tests" / "retrieval")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FOUR = tuple(item(n) for n in range(4))


@pytest.mark.parametrize(
    ("header", "asked_with", "version"),
    [
        ("ETag", "If-None-Match", 'W/"v1"'),
        ("Last-Modified", "If-Modified-Since", "Wed, 03 Apr 2024 07:00:00 GMT"),
    ],
)
def test_what_has_not_changed_is_not_read_again(
    w: World, header: str, asked_with: str, version: str
) -> None:
    def conditional(request: BaseHTTPRequestHandler) -> None:
        known = request.headers.get(asked_with) == version
        said = {header: version}
        (answer(status=304, **said) if known else feed(rss(*FOUR), **said))(request)

    w.says("a.example", conditional)
    a = w.add("a.example")

    assert w.counts(a) == (4, 0, 0)
    again = w.poll(a)

    assert again.is_unchanged
    assert w.life.asked[-1][2][asked_with] == version
    assert w.record(a).last_success == w.clock()
    assert w.record(a).last_new == START + HOUR


@pytest.mark.parametrize(("status", "moves"), [(301, True), (308, True), (302, False)])
def test_address_follows_permanent_redirects_only(w: World, status: int, moves: bool) -> None:
    a = w.add("a.example")
    there = w.life.url("b.example")
    w.says("a.example", answer(status=status, location=there))
    w.says("b.example", rss(*FOUR))

    assert w.counts(a) == (4, 0, 0)

    assert w.record(a).url == (there if moves else a.url)
    assert w.record(a).host == ("b.example" if moves else "a.example")
    # Its articles are its own, whatever it is called now
    w.says("b.example", rss(item(0, "Corrected: " + STORIES[0]), *FOUR[1:]))
    assert w.counts(a) == (0, 1, 0)


def test_address_is_updated_when_nothing_else_has_changed(w: World) -> None:
    a = w.add("a.example")
    w.says("a.example", feed(rss(*FOUR), ETag='"1"'))
    w.poll(a)
    w.says("a.example", answer(status=301, location=w.life.url("b.example")))
    w.says("b.example", answer(status=304))

    assert w.poll(a).is_unchanged
    assert w.record(a).url == w.life.url("b.example")


def test_move_to_the_address_of_another_feed_is_not_noted(w: World) -> None:
    a, b = w.add("a.example"), w.add("b.example")
    w.says("a.example", answer(status=301, location=b.url))
    w.says("b.example", rss(*FOUR))

    assert w.counts(a) == (4, 0, 0)
    assert w.counts(b) == (0, 0, 0)
    assert w.record(a).url == a.url


def test_gone_feed_is_paused_and_told_once_and_comes_back(w: World) -> None:
    a = w.add("a.example")
    w.says("a.example", answer(status=410))

    gone = w.poll(a)

    assert (gone.news, gone.error) == ("gone", "status 410 (gone)")
    assert w.record(a).pause_reason == "gone"
    w.clock.turn(40 * DAY)
    w.poller().drain()
    assert w.life.count("a.example") == 1
    w.says("a.example", rss(*FOUR))
    assert w.poll(a).news == "back"
    assert w.record(a).paused is None


@pytest.mark.parametrize("status", [404, 403, 500])
def test_failing_feed_is_asked_less_and_less(w: World, status: int) -> None:
    a = w.add("a.example")
    w.says("a.example", answer(status=status))
    waits = []

    for _ in range(9):
        w.poll(a)
        waits.append(w.record(a).next_poll - w.clock())

    minutes = [wait / timedelta(minutes=1) for wait in waits]
    assert minutes == [10, 20, 40, 80, 160, 320, 640, 1280, 1440]
    assert w.record(a).failures == 9
    assert w.articles() == []


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_retry_after_is_kept_to_the_second(w: World, status: int, chance: float) -> None:
    a = w.add("a.example")
    w.says("a.example", answer(status=status, retry_after="7200"))
    object.__setattr__(w.tools, "chance", lambda: chance)

    w.poll(a)

    assert w.record(a).next_poll >= w.clock() + 2 * HOUR
    assert "try again in 7200 s" in str(w.record(a).error)


def test_dead_is_told_once_after_three_days_and_back_once(w: World) -> None:
    a = w.add("a.example")
    w.says("a.example", rss(*FOUR))
    w.poll(a)
    w.says("a.example", answer(status=500))

    told = [w.poll(a, DAY).news for _ in range(6)]

    assert told == [None, None, None, "dead", None, None]
    w.says("a.example", rss(*FOUR))
    assert [w.poll(a).news for _ in range(3)] == ["back", None, None]
    assert w.record(a).failing_since is None


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


Change = Callable[[int], bytes]

SIX = range(6)

# What a feed does from poll to poll while its stories stay the same.
HABITS: dict[str, Change] = {
    "alternates two guids": lambda p: rss(*(item(n, guid=f"{'ab'[p % 2]}{n}") for n in SIX)),
    "guids new each time": lambda p: rss(*(item(n, guid=f"{p}-{n}") for n in SIX)),
    "guids and no links": lambda p: rss(*(item(n, guid=f"{p}-{n}", link=None) for n in SIX)),
    "links new each time": lambda p: rss(
        *(item(n, guid=None, link=f"http://post.example/{p}/{n}") for n in SIX)
    ),
    "both new": lambda p: rss(
        *(item(n, guid=f"{p}-{n}", link=f"http://m{p}.example/{n}") for n in SIX)
    ),
    "dates move": lambda p: rss(*(item(n, date=START + p * HOUR) for n in SIX)),
    "dates move, guids new": lambda p: rss(
        *(item(n, guid=f"{p}-{n}", date=START + p * DAY) for n in SIX)
    ),
    "no dates, guids or links": lambda p: rss(
        *(item(n, STORIES[n] * 2, guid=None, link=None, date=None) for n in SIX)
    ),
    "order": lambda p: rss(*(item(n) for n in (SIX if p % 2 else reversed(SIX)))),
    "encoding": lambda p: (
        rss(*(item(n) for n in SIX))
        .decode()
        .replace("?>", f' encoding="{("utf-8", "utf-16")[p % 2]}"?>', 1)
        .encode(("utf-8", "utf-16")[p % 2])
    ),
    "listed twice": lambda p: rss(*(item(n) for n in SIX), *(item(n) for n in SIX)),
}


@pytest.mark.parametrize("habit", HABITS.values(), ids=HABITS)
def test_habits_that_are_no_news(w: World, habit: Change) -> None:
    a = w.add("a.example")
    found = []

    for number in range(5):
        w.says("a.example", habit(number))
        found.append(w.counts(a))

    assert found == [(6, 0, 0), *[(0, 0, 0)] * 4]
    assert len(w.articles()) == 6


def test_one_entry_at_a_time_that_links_to_the_home_page(w: World) -> None:
    a = w.add("a.example")

    for number in range(5):
        title = f"Water level of day {number}"  # much alike, and not the same
        text = f"The river stands at {200 + number} cm at the old bridge this morning."
        home = item(number, text, title=title, link="http://post.example/")
        w.says("a.example", rss(home))
        assert w.counts(a) == (1, 0, 0)
        assert w.counts(a) == (0, 0, 0)

    assert len(w.articles()) == 5


def test_edit_is_a_version_of_its_article(w: World) -> None:
    a = w.add("a.example")
    w.says("a.example", rss(*FOUR))
    w.poll(a)
    [before] = [one for one in w.articles() if one.title == "Story 1"]

    w.says("a.example", rss(FOUR[0], item(1, STORIES[1] + " Corrected."), *FOUR[2:]))

    assert w.counts(a) == (0, 1, 0)
    [after] = [one for one in w.articles() if one.title == "Story 1"]
    assert (after.id, after.version) == (before.id, 2)
    assert w.store.get_version(before.id, 1).text == before.text


def test_first_poll_is_backfill_and_later_ones_are_news(w: World) -> None:
    a = w.add("a.example")
    w.says("a.example", answer(status=500))
    w.poll(a)
    w.says("a.example", rss(*FOUR))
    w.poll(a)
    w.says("a.example", rss(item(9), *FOUR))
    w.poll(a)

    changes = w.store.changes_since(0, 100)
    assert [change.is_backfill for change in changes] == [True] * 4 + [False]


def test_withdrawal_is_believed_at_the_second_time(w: World) -> None:
    dated = [item(n, date=START - n * HOUR) for n in range(6)]
    keeps, drops = w.add("a.example", withdrawals=False), w.add("b.example", withdrawals=True)
    for host in ("a.example", "b.example"):
        w.says(host, rss(*dated, title=host).replace(b"post.example", host.encode()))
    assert w.counts(keeps) == (6, 0, 0)
    assert w.counts(drops) == (6, 0, 0)

    for host in ("a.example", "b.example"):
        left = rss(*dated[:2], *dated[3:5], title=host)  # 2 is withdrawn, 5 is just old
        w.says(host, left.replace(b"post.example", host.encode()))

    assert [w.counts(keeps) for _ in range(3)] == [(0, 0, 0)] * 3
    assert [w.counts(drops) for _ in range(3)] == [(0, 0, 0), (0, 0, 1), (0, 0, 0)]
    assert len(w.articles()) == 11
    w.says("b.example", rss())
    assert w.counts(drops) == (0, 0, 0)  # an empty feed withdraws nothing


def test_two_feeds_of_one_article(w: World) -> None:
    here, there = w.add("a.example", withdrawals=True), w.add("b.example", withdrawals=True)
    shared = [item(n, guid=f"http://post.example/{n}", date=START - n * HOUR) for n in range(4)]
    w.says("a.example", rss(*shared, title="World"))
    w.says("b.example", rss(*shared, title="All"))

    assert w.counts(here) == (4, 0, 0)
    assert w.counts(there) == (0, 0, 0)
    for _ in range(3):  # each in its own words
        w.says("b.example", rss(item(0, "Other words", guid="http://post.example/0"), *shared[1:]))
        assert (w.counts(here), w.counts(there)) == ((0, 0, 0), (0, 0, 0))
    assert {article.source for article in w.articles()} == {"World"}
    assert {article.version for article in w.articles()} == {1}
    # The one that it does not come from cannot withdraw it either
    w.says("b.example", rss(*shared[:1], *shared[2:]))
    assert [w.counts(there) for _ in range(3)] == [(0, 0, 0)] * 3
    assert len(w.articles()) == 4


def test_removed_and_added_again_it_knows_its_articles(w: World) -> None:
    a = w.add("a.example")
    w.says("a.example", rss(*FOUR))
    w.poll(a)
    assert w.book.remove(a.id)
    assert not w.book.remove(a.id)

    a = w.add("a.example")
    w.says("a.example", rss(*FOUR[:3], item(3, "Corrected: " + STORIES[3])))

    assert w.counts(a) == (0, 1, 0)
    assert len(w.articles()) == 4


def test_ten_thousand_entries(w: World) -> None:
    a = w.add("a.example")
    many = rss(*(item(n, date=START - timedelta(minutes=n)) for n in range(10_000)))
    w.says("a.example", many)

    assert w.counts(a) == (10_000, 0, 0)
    assert w.counts(a) == (0, 0, 0)
    assert w.store.counts().articles == 10_000


def test_deleted_and_expired_articles_do_not_come_back_with_an_edit(w: World) -> None:
    a = w.add("a.example")
    w.says("a.example", rss(*FOUR))
    w.poll(a)
    deleted, expired = (one.id for one in w.articles() if one.title in {"Story 0", "Story 1"})
    w.store.delete(deleted)
    later = w.clock() + 400 * DAY
    w.store.expire(Retention(days=30), later, lambda _: False)
    w.store.drop_texts(Retention(days=30), later, (), lambda _: False)
    assert w.articles() == []

    edited = (item(n, f"In other words. {STORIES[-1]}", title=f"Now {n}", link=None) for n in SIX)
    w.says("a.example", rss(*edited))

    assert w.counts(a) == (2, 0, 0)  # those that were not listed before
    assert not {deleted, expired} & {one.id for one in w.articles()}


def test_news_are_counted_without_the_backfill(w: World) -> None:
    a = w.add("a.example")
    w.says("a.example", rss(*FOUR))
    w.poll(a)
    w.says("a.example", rss(item(8), item(9), *FOUR))
    w.poll(a)

    assert Listed(w.store).news(a.id, START) == 2
    assert Listed(w.store).news(a.id, w.clock() + HOUR) == 0


def test_undated_entries_of_the_first_poll_do_not_make_a_feed_busy(w: World) -> None:
    a = w.add("a.example")
    w.says("a.example", rss(*(item(n, date=None) for n in SIX)))

    w.poll(a)
    w.poll(a)

    assert w.record(a).interval == HOUR


def test_what_a_feed_has_not_listed_for_long_is_forgotten(w: World) -> None:
    a = w.add("a.example")
    w.says("a.example", rss(*FOUR))
    w.poll(a)
    w.says("a.example", rss(*FOUR[:2]))

    w.poll(a, 91 * DAY)

    assert w.store.database.value("SELECT count(*) FROM feed_entries") == 2
    # It comes again, and is the article that it was
    w.says("a.example", rss(*FOUR))
    assert w.counts(a) == (0, 0, 0)


def test_adaptive_interval_and_jitter(w: World) -> None:
    a = w.add("a.example")
    w.says("a.example", rss(*(item(n, date=START - n * HOUR) for n in range(1, 25))))
    object.__setattr__(w.tools, "chance", lambda: 1.0)

    w.poll(a)

    record = w.record(a)  # an entry an hour
    assert timedelta(minutes=14) < record.interval < timedelta(minutes=17)
    assert record.next_poll == w.clock() + 1.1 * timedelta(seconds=937.5)


def test_feed_that_asks_for_rest_has_it(w: World) -> None:
    a = w.add("a.example")
    w.says("a.example", rss(*FOUR, head="<ttl>180</ttl>"))
    w.poll(a)
    assert w.record(a).interval == 3 * HOUR

    w.says("a.example", feed(rss(*FOUR), cache_control="max-age=18000"))
    w.poll(a)
    assert w.record(a).interval == 5 * HOUR


def test_feed_that_breaks_off_is_asked_for_whole_the_next_time(w: World) -> None:
    a = w.add("a.example", withdrawals=True)
    body = rss(*FOUR)
    w.says("a.example", feed(body[: body.rindex(b"<item>") + 20], ETag='"1"'))

    polled = w.poll(a)

    assert (polled.new, polled.error) == (3, None)
    assert w.record(a).validators.etag is None
    w.says("a.example", feed(body, ETag='"1"'))
    assert w.counts(a) == (1, 0, 0)
    assert w.record(a).validators.etag == '"1"'


def test_text_of_an_article_that_another_feed_brings_at_the_same_moment(w: World) -> None:
    shared = rss(item(0, guid="http://post.example/0"))
    a, b = w.add("a.example"), w.add("b.example")
    w.says("b.example", shared)

    def meanwhile(request: BaseHTTPRequestHandler) -> None:
        w.poller().poll_one(b.id)
        feed(rss(item(0, "In its own words.", guid="http://post.example/0")))(request)

    w.says("a.example", meanwhile)

    assert w.counts(a) == (0, 0, 0)
    assert [article.version for article in w.articles()] == [1]


def test_guid_that_is_given_to_another_story(w: World) -> None:
    a = w.add("a.example")
    w.says("a.example", rss(item(0)))
    w.poll(a)

    w.says("a.example", rss(item(0, STORIES[1], title="Apples", link="http://post.example/9")))
    assert w.counts(a) == (1, 0, 0)

    w.says("a.example", rss(item(0, STORIES[1] + " So far.", link="http://post.example/8")))
    assert w.counts(a) == (0, 1, 0)
    assert len(w.articles()) == 2


def test_poll_without_news_has_no_changes(w: World) -> None:
    a = w.add("a.example")
    w.says("a.example", rss(*FOUR))

    assert [w.poll(a).has_changes for _ in range(2)] == [True, False]
