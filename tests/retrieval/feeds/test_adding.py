"""Finding the feed that somebody means."""

import gzip
from pathlib import Path

import pytest
from feed_life import World, item, rss, story_page
from web_site import answer

from retrieval.errors import SourceError
from retrieval.feeds import FeedOptions, find_feed

LINKS = (
    '<link rel="alternate" type="application/rss+xml" href="/broken">'
    '<link rel="alternate" type="application/rss+xml" href="/feed">'
    '<link rel="alternate" type="application/atom+xml" href="/atom">'
)


def page(head: str = "") -> bytes:
    return story_page("Words.").replace(b"</head>", f"{head}</head>".encode())


def test_address_of_a_feed(w: World) -> None:
    w.says("a.example", rss(item(1), title="Ｑｕａｙ 港灣"))

    found = find_feed(w.life.url("a.example"), w.tools)

    assert (found.url, found.feed.title, found.others) == (
        *(w.life.url("a.example"), "Ｑｕａｙ 港灣", ()),
    )


def test_address_that_moved_is_the_new_one(w: World) -> None:
    w.says("a.example", answer(status=301, location=w.life.url("b.example")))
    w.says("b.example", rss(item(1)))

    assert find_feed(w.life.url("a.example"), w.tools).url == w.life.url("b.example")


def test_page_names_its_feed(w: World) -> None:
    w.says("a.example", answer(page(LINKS), content_type="text/html"), "/")
    w.says("a.example", rss(item(1)))

    found = find_feed(w.life.url("a.example", "/"), w.tools)

    assert found.url == w.life.url("a.example")  # the first of them is a 404
    assert found.others == (w.life.url("a.example", "/atom"), w.life.url("a.example", "/broken"))


def test_page_whose_feeds_cannot_be_read(w: World) -> None:
    w.says("a.example", answer(page(LINKS), content_type="text/html"), "/")

    with pytest.raises(SourceError, match=r"status 404 \(not found\): '.*/atom'"):
        find_feed(w.life.url("a.example", "/"), w.tools)


def test_page_without_a_feed(w: World) -> None:
    w.says("a.example", answer(page(), content_type="text/html"), "/")

    with pytest.raises(SourceError, match="no feed is there, and none is named"):
        find_feed(w.life.url("a.example", "/"), w.tools)


@pytest.mark.parametrize("name", ["feed.xml", "訂閱.xml", "feed.xml.gz"])
def test_file(w: World, tmp_path: Path, name: str) -> None:
    body = rss(item(1))
    (tmp_path / name).write_bytes(gzip.compress(body) if name.endswith("gz") else body)

    found = find_feed(str(tmp_path / name), w.tools)

    assert found.url == str(tmp_path / name)
    assert len(found.feed.entries) == 1
    a = w.book.add(found.url, FeedOptions(), title=found.feed.title, now=w.clock())
    assert w.counts(a) == (1, 0, 0)
    (tmp_path / name).unlink()
    assert "no such file" in str(w.poll(a).error)


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("nonsense", "is neither a web address nor a file"),
        ("two words.example", "is neither a web address nor a file"),
        ("", "is neither a web address nor a file"),
        ("ftp://a.example/feed", "neither http nor https"),
        ("http://private.example/feed", "is not public"),
        ("http://127.0.0.1/feed", "not public"),
        ("nowhere.invalid/feed", "not public"),
    ],
)
def test_nonsense(w: World, location: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        find_feed(location, w.tools)
