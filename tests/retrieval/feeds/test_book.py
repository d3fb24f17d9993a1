"""The book of feeds: names, turns, leases, outcomes."""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from feed_life import START as NOW

from retrieval.errors import FeedError, StoreError
from retrieval.feeds import FeedBook, FeedOptions, FeedRecord, Listed
from retrieval.feeds.schema import COMPONENT, MIGRATIONS
from retrieval.sources.fetch import Validators
from retrieval.store import Store

MINUTE = timedelta(minutes=1)
LEASE = MINUTE


@pytest.fixture
def book(tmp_path: Path) -> Iterator[FeedBook]:
    with Store.open(tmp_path / "store.db") as store:
        yield FeedBook.open(store)


def add(book: FeedBook, url: str, name: str | None = None, title: str | None = None) -> FeedRecord:
    return book.add(url, FeedOptions(name=name), title=title, now=NOW)


def taken(book: FeedBook, holder: str, limit: int = 9, now=NOW) -> list[int]:  # type: ignore[no-untyped-def]
    return [feed.id for feed in book.take_due(holder, LEASE, now, limit)]


def succeed(book: FeedBook, feed: FeedRecord, **more: object) -> FeedRecord | None:
    said = {
        "validators": Validators('"v"', None),
        "ttl": None,
        "title": None,
        "interval": timedelta(hours=1),
        "next_poll": NOW + timedelta(hours=1),
        "has_news": True,
        "is_whole": True,
        "now": NOW,
    }
    return book.record_success(feed, **(said | more))  # type: ignore[arg-type]


def test_feed_is_kept_as_it_was_added(book: FeedBook) -> None:
    options = FeedOptions(
        name="港灣時報 🌧", every=15 * MINUTE, full_text=True, lang="zh-Hant", withdrawals=True
    )

    feed = book.add("https://a.example/feed", options, title="Its title", now=NOW)

    assert book.all() == [feed]
    assert book.get(feed.id) == book.by_url("https://a.example/feed") == feed
    assert (feed.name, feed.is_named, feed.host) == ("港灣時報 🌧", True, "a.example")
    assert (feed.every, feed.interval, feed.next_poll) == (15 * MINUTE, 15 * MINUTE, NOW)
    assert (feed.full_text, feed.withdrawals, feed.lang) == (True, True, "zh-Hant")
    assert book.get(99) is None


@pytest.mark.parametrize(
    ("url", "title", "name"),
    [
        ("https://a.example/feed", "Quay  Post\n", "Quay Post"),
        ("https://a.example/feed", None, "a.example"),
        ("https://a.example/feed", " ", "feed"),
        ("/feeds/quay.xml", None, "/feeds/quay.xml"),
        ("https://a.example/feed", "x" * 200, "x" * 80),
        ("https://a.example/feed", "أخبار الميناء", "أخبار الميناء"),
    ],
)
def test_name_is_made_from_what_is_known(
    book: FeedBook, url: str, title: str | None, name: str
) -> None:
    assert add(book, url, title=title).name == name


def test_names_are_unique(book: FeedBook) -> None:
    names = [add(book, f"https://a.example/{n}", title="News").name for n in range(3)]

    assert names == ["News", "News (2)", "News (3)"]
    with pytest.raises(FeedError, match="another feed has this name; choose another: 'NEWS'"):
        add(book, "https://a.example/x", name="NEWS")
    with pytest.raises(FeedError, match="is there already, as 'News'"):
        add(book, "https://a.example/0", name="Other")


def test_find(book: FeedBook) -> None:
    bbc, world, quay = (
        add(book, f"https://a.example/{name}", title=name)
        for name in ("BBC News", "BBC World", "港灣時報")
    )

    for wanted, feed in (
        ("1", bbc),
        ("https://a.example/BBC World", world),
        ("bbc news", bbc),
        ("wor", world),
        ("港灣", quay),
        (" 3 ", quay),
    ):
        assert book.find(wanted) == feed
    with pytest.raises(FeedError, match=r"several feeds are called so \('BBC News', 'BBC World'\)"):
        book.find("bbc")
    for unknown in ("", "4", "9" * 30, "²", "none"):
        with pytest.raises(FeedError, match="no such feed"):
            book.find(unknown)


def test_longest_due_is_taken_first_and_by_one_holder_only(book: FeedBook) -> None:
    feeds = [add(book, f"https://{host}.example/feed") for host in "abc"]
    with book.store.transaction():
        book.store.database.write("UPDATE feeds SET next_poll = next_poll - id")
        book.store.database.write("UPDATE feeds SET paused = 1 WHERE id = 2")

    assert book.count_due(NOW) == 2
    assert taken(book, "one", 1) == [feeds[2].id]
    assert taken(book, "two") == [feeds[0].id]
    assert taken(book, "three") == []
    assert book.take(feeds[0].id, "three", LEASE, NOW) is None
    assert sorted(book.holders()) == ["one", "two"]


def test_one_feed_a_host_at_a_time(book: FeedBook) -> None:
    first, second = add(book, "https://a.example/1"), add(book, "https://a.example/2")
    files = [add(book, "/1.xml"), add(book, "/2.xml")]

    assert taken(book, "one") == [first.id, *(file.id for file in files)]
    assert taken(book, "two") == []
    held = book.get(first.id)
    assert held is not None
    assert held.is_held(NOW)
    assert succeed(book, held) is not None
    assert taken(book, "two") == [second.id]


def test_lease_ends_and_can_be_renewed(book: FeedBook) -> None:
    feed = add(book, "https://a.example/1")
    assert taken(book, "one") == [feed.id]

    book.renew([feed.id], "one", LEASE, NOW + MINUTE / 2)
    book.renew([feed.id], "two", LEASE, NOW + 9 * MINUTE)  # holds nothing

    assert taken(book, "two", now=NOW + MINUTE) == []
    assert taken(book, "two", now=NOW + 1.5 * MINUTE) == [feed.id]
    book.release("one")
    assert book.is_held_by(feed.id, "two")
    book.release("two")
    assert book.holders() == []


def test_only_who_holds_a_feed_can_say_what_came_of_it(book: FeedBook) -> None:
    add(book, "https://a.example/1")
    [mine] = book.take_due("one", LEASE, NOW, 1)
    [theirs] = book.take_due("two", LEASE, NOW + MINUTE, 1)

    assert succeed(book, mine) is None
    assert book.record_failure(mine, "x", next_poll=NOW, told_dead=False, now=NOW) is None
    after = succeed(book, theirs)

    assert after is not None
    assert (after.holder, after.last_success, after.backfilled) == (None, NOW, NOW)
    assert after.validators.etag == '"v"'


def test_failures_count_until_a_success(book: FeedBook) -> None:
    add(book, "https://a.example/1")
    for number in range(1, 4):
        [feed] = book.take_due("one", LEASE, NOW, 1)
        after = book.record_failure(
            feed, f"broken {number}", next_poll=NOW, told_dead=number > 1, now=NOW + number * MINUTE
        )
        assert after is not None
        assert (after.failures, after.error) == (number, f"broken {number}")
        assert after.failing_since == NOW + MINUTE
    assert after.told_dead == NOW + 2 * MINUTE
    [feed] = book.take_due("one", LEASE, NOW, 1)
    well = succeed(book, feed, has_news=False, is_whole=False)

    assert well is not None
    assert (well.failures, well.error, well.failing_since, well.told_dead) == (0, None, None, None)
    assert (well.last_new, well.backfilled) == (None, None)


def test_pause_and_resume(book: FeedBook) -> None:
    feed = add(book, "https://a.example/1")

    book.pause(feed.id, "asked", NOW)
    book.pause(feed.id, "gone", NOW + MINUTE)

    paused = book.get(feed.id)
    assert paused is not None
    assert (paused.paused, paused.pause_reason) == (NOW, "asked")
    assert taken(book, "one") == []
    book.resume(feed.id, NOW)
    assert book.get(feed.id) == feed


def test_make_due_and_move(book: FeedBook) -> None:
    feed, other = add(book, "https://a.example/1"), add(book, "https://b.example/1")
    [held] = book.take_due("one", LEASE, NOW, 1)
    succeed(book, held)

    book.make_due(feed.id, NOW)

    assert book.count_due(NOW) == 2
    assert not book.move(feed.id, other.url)
    assert book.move(feed.id, "https://c.example/1")
    moved = book.get(feed.id)
    assert moved is not None
    assert (moved.url, moved.host) == ("https://c.example/1", "c.example")


def test_removed_feed_takes_what_it_listed_along(book: FeedBook) -> None:
    feed = add(book, "https://a.example/1")
    assert book.remove(feed.id)
    assert not book.remove(feed.id)
    assert book.store.database.value("SELECT count(*) FROM feed_entries") == 0
    assert add(book, "https://a.example/1").id == feed.id + 1  # a number is not given twice


def test_tables_of_the_first_version_are_brought_up_to_date(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.db") as store:
        store.database.migrate(COMPONENT, MIGRATIONS[:1])
        book = FeedBook.open(store)
        assert Listed(store).known(1, []) == []
        assert add(book, "https://a.example/1").id == 1
    with sqlite3.connect(tmp_path / "store.db") as connection:
        connection.execute("UPDATE components SET version = 99 WHERE name = 'feeds'")
    with (
        Store.open(tmp_path / "store.db") as store,
        pytest.raises(StoreError, match="update the program"),
    ):
        FeedBook.open(store)
