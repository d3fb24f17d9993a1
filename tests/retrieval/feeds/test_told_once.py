"""Feeds of the real web, over real HTTP: what is news, and that nothing is told twice."""

from collections.abc import Callable
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest
from feed_life import DAY, FOUR, HOUR, START, STORIES, World, feed, item, rss
from web_site import answer

from retrieval.feeds import Listed
from retrieval.store.expiring import Retention

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
