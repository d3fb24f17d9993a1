"""Linked pages: read where a feed gives summaries, and left where they are no better."""

from datetime import timedelta

import pytest
from feed_life import START, STORIES, World, item, rss, story_page
from web_site import answer

from retrieval.errors import SourceError
from retrieval.feeds.pages import Pages, is_stub
from retrieval.feeds.polling import PAGES_FOR
from retrieval.sources.robots import Robots

STORY = tuple(f"{story} It took {n} weeks, said the town." for n, story in enumerate(STORIES[:3]))
WALL = "Subscribe to continue reading. Already a subscriber? Sign in to read the whole story. " * 5


def html(*lines: str) -> object:
    return answer(story_page(*lines), content_type="text/html; charset=utf-8")


@pytest.fixture
def full(w: World) -> World:
    """A site whose feed has summaries, and one page."""
    for n in range(3):
        w.says("a.example", html(f"Page {n}.", *STORY), f"/{n}")
    return w


def summaries(w: World, *texts: str, date=START, path="") -> bytes:
    return rss(
        *(
            item(n, text, link=w.life.url("a.example", f"{path}/{n}"), date=date)
            for n, text in enumerate(texts)
        )
    )


def by_title(w: World) -> dict[str | None, str]:
    return {article.title: article.text for article in w.articles()}


def test_story_of_the_page_is_taken_for_a_summary(full: World) -> None:
    a = full.add("a.example", full_text=True)
    full.says("a.example", summaries(full, "In short …", "", "Else …"))

    assert full.counts(a) == (3, 0, 0)

    texts = by_title(full)
    assert all(
        f"Page {n}." in texts[f"Story {n}"] and STORY[2] in texts[f"Story {n}"] for n in range(3)
    )
    assert [path for _, path, _ in full.life.asked].count("/robots.txt") == 1
    assert full.counts(a) == (0, 0, 0)
    assert full.life.count("a.example", "/1") == 1


def test_page_tells_what_the_feed_does_not(full: World) -> None:
    a = full.add("a.example", full_text=True)
    stamp = '<meta property="article:published_time" content="2024-04-01T10:00:00Z">'
    page = story_page(*STORY, title="On the page").replace(b"</head>", f"{stamp}</head>".encode())
    full.says("a.example", answer(page, content_type="text/html"), "/0")
    link = full.life.url("a.example", "/0")
    full.says("a.example", rss(item(0, "In short …", title="", link=link, date=None)))

    full.poll(a)

    [article] = full.articles()
    assert (article.title, article.published_origin) == ("On the page", "html:meta")
    assert article.published.isoformat() == "2024-04-01T10:00:00+00:00"


@pytest.mark.parametrize(
    "page",
    [
        answer(status=404),
        answer(status=500),
        html(WALL),
        html("Gone."),
        answer(b"%PDF-1.4", content_type="application/pdf"),
        answer(b"", content_type="text/html"),
        answer(status=302, location="http://private.example/0"),
        answer(status=302, location="http://127.0.0.1:1/0"),
    ],
)
def test_own_text_of_the_feed_where_the_page_is_no_better(full: World, page: object) -> None:
    a = full.add("a.example", full_text=True)
    full.says("a.example", page, "/0")
    full.says("a.example", summaries(full, "The harbour bridge reopened on Friday …"))

    assert full.counts(a) == (1, 0, 0)

    assert by_title(full) == {"Story 0": "The harbour bridge reopened on Friday …"}


def test_page_that_robots_txt_forbids_is_not_asked_for(full: World) -> None:
    a = full.add("a.example", full_text=True)
    full.says("a.example", answer(b"User-agent: *\nDisallow: /0\n"), "/robots.txt")
    full.says("a.example", summaries(full, "In short …", "Else …"))

    polled = full.poll(a)

    assert (polled.new, polled.pages_failed) == (2, 1)
    assert full.life.count("a.example", "/0") == 0
    assert full.life.count("a.example", "/1") == 1


def test_link_to_a_private_address_is_not_followed(full: World) -> None:
    a = full.add("a.example", full_text=True)
    inside = full.life.url("private.example", "/0")
    full.says("a.example", rss(item(0, "In short …", link=inside)))

    polled = full.poll(a)

    assert (polled.new, polled.pages_failed) == (1, 1)
    assert full.life.count("private.example", "/0") == 0
    assert full.life.count("private.example", "/robots.txt") == 0


def test_without_full_text_no_page_is_asked_for(full: World) -> None:
    a = full.add("a.example")
    full.says("a.example", summaries(full, "In short …"))

    full.poll(a)

    assert {path for _, path, _ in full.life.asked} == {"/feed"}


def test_story_that_was_read_stays_when_its_page_cannot_be_read_again(full: World) -> None:
    a = full.add("a.example", full_text=True)
    full.says("a.example", summaries(full, "In short …"))
    full.poll(a)
    whole = by_title(full)

    full.says("a.example", answer(status=404), "/0")
    full.says("a.example", summaries(full, "In other words …"))

    assert full.counts(a) == (0, 0, 0)
    assert by_title(full) == whole
    # A story that was never read is told in the words of the feed
    full.says("a.example", summaries(full, "In other words …", "More …", path="/none"))
    full.poll(a)
    full.says("a.example", summaries(full, "In other words …", "More of it …", path="/none"))
    assert full.counts(a) == (0, 1, 0)


def test_deleted_story_is_read_again_and_stays_deleted(full: World) -> None:
    a = full.add("a.example", full_text=True)
    full.says("a.example", summaries(full, "In short …"))
    full.poll(a)
    [article] = full.articles()
    full.store.delete(article.id)

    full.says("a.example", answer(status=404), "/0")
    full.says("a.example", summaries(full, "In other words …"))

    assert full.counts(a) == (0, 0, 0)
    assert full.articles() == []


def test_reading_of_pages_ends_after_a_while_and_goes_on_in_the_next_poll(full: World) -> None:
    a = full.add("a.example", full_text=True, withdrawals=True)
    full.says("a.example", answer(b"User-agent: *\nCrawl-delay: 100\n"), "/robots.txt")
    for n in range(8):
        full.says("a.example", html(f"Page {n}.", *STORY), f"/{n}")
    full.says("a.example", summaries(full, *["In short …"] * 8))

    first = full.poll(a)

    begun = START + timedelta(hours=1)
    assert first.new == 4  # at 0, 100, 200 and 300 s
    record = full.record(a)
    assert record.backfilled is None
    wait = record.next_poll - begun - PAGES_FOR - timedelta(minutes=5)
    assert abs(wait) < timedelta(seconds=5)  # the clock of the pages does run
    assert full.counts(a) == (4, 0, 0)
    assert full.record(a).backfilled is not None
    changes = full.store.changes_since(0, 100)
    assert [change.is_backfill for change in changes] == [True] * 8


def test_pages_of_a_host_wait_for_each_other(full: World) -> None:
    time, slept = [0.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        time[0] += seconds

    policy = full.tools.policy
    pages = Pages(
        full.tools.workers,
        policy,
        Robots(policy, resolve=full.tools.resolve),
        resolve=full.tools.resolve,
        sleep=sleep,
        clock=lambda: time[0],
    )
    full.says("b.example", html(*STORY), "/0")

    for host, path in (("a.example", "/0"), ("a.example", "/1"), ("b.example", "/0")):
        assert STORY[0] in pages.read(full.life.url(host, path)).text
    with pytest.raises(SourceError, match="404"):
        pages.read(full.life.url("a.example", "/none"))
    for _ in range(2):  # also where it may not even be asked what it lets programs read
        with pytest.raises(SourceError):
            pages.read(full.life.url("private.example", "/0"))

    assert slept == [0.0, 0.5, 0.0, 0.5, 0.0, 0.5]


@pytest.mark.parametrize(
    ("page", "feed", "expected"),
    [
        ("x" * 300, "x" * 200, False),
        ("x" * 300, "x" * 301, True),
        ("x" * 200, "", True),
        ("x" * 300 + "Subscribe to read on" + "x" * 30, "", True),
        ("Subscribe to our letter" + "x" * 900, "", False),
        ("x" * 3000 + "Subscribe now", "", False),
        ("大橋重新開放。" * 60 + "訂閱後", "", True),
        ("", "", True),
    ],
)
def test_stub(page: str, feed: str, expected: bool) -> None:
    assert is_stub(page, feed) is expected


def test_page_of_an_article_of_another_feed_is_not_asked_for(full: World) -> None:
    brings, lists = full.add("a.example"), full.add("b.example", full_text=True)
    link = full.life.url("a.example", "/0")
    body = rss(item(0, "In short …", guid=link, link=link))
    full.says("a.example", body)
    full.says("b.example", body)

    assert full.counts(brings) == (1, 0, 0)
    assert full.counts(lists) == (0, 0, 0)
    assert full.life.count("a.example", "/0") == 0


def test_entries_with_a_text_of_their_own_among_summaries(full: World) -> None:
    a = full.add("a.example", full_text=True)
    own = [item(n, STORIES[0] * 3, link=None) for n in range(5, 9)]
    short = [item(n, "In short …", link=full.life.url("a.example", f"/{n}")) for n in range(2)]
    full.says("a.example", rss(own[0], own[1], short[0], own[2], short[1], own[3]))

    assert full.counts(a) == (6, 0, 0)
    assert full.counts(a) == (0, 0, 0)
