"""The feeds that a page names."""

import pytest

from retrieval.errors import SourceError
from retrieval.sources.discovery import MAX_FOUND, feeds_on_page

PAGE = "https://h.example/news/page.html"


def link(kind: str, href: str, rel: str = "alternate", title: str = "") -> str:
    return f'<link rel="{rel}" type="{kind}" title="{title}" href="{href}">'


RSS = "application/rss+xml"


@pytest.mark.parametrize(
    ("head", "body", "found"),
    [
        (link(RSS, "/feed"), "", ["https://h.example/feed"]),
        (link("application/RSS+xml; charset=utf-8", " feed#top ", "Alternate home"), "", ["https://h.example/news/feed"]),
        (link(RSS, "//f.example/feed", rel="feed"), "", ["https://f.example/feed"]),
        ("<base href='/b/'>" + link(RSS, "feed"), "", ["https://h.example/b/feed"]),
        ("<base href='http://[x'>" + link(RSS, "feed"), "", ["https://h.example/news/feed"]),
        # Atom first, comments last, each once.
        (
            link(RSS, "/comments/feed") + link(RSS, "/c", title="Kommentare")
            + link("application/rdf+xml", "/1.rdf") + link("application/feed+json", "/1.json")
            + link(RSS, "/1.rss") + link(RSS, "/2.rss") + link("application/atom+xml", "/1.atom"),
            '<a href="/1.rss">RSS</a>',
            [f"https://h.example/{name}" for name in ("1.atom", "1.rss", "2.rss", "1.json", "1.rdf", "comments/feed", "c")],
        ),
        # Not feeds.
        (
            link("text/html", "/x") + link("application/json", "/x.json") + link(RSS, "javascript:x()")
            + link(RSS, "http://[x") + link(RSS, "http://:80/feed") + link(RSS, "/feed", rel="stylesheet") + link(RSS, PAGE),
            "",
            [],
        ),
        # Plain links, after those that are stated.
        (
            link("application/rdf+xml", "/1.rdf"),
            "".join(
                f'<a href="{href}">x</a>'
                for href in (
                    *("/comments/feed/", "/rss", "/feed/", "/a/1.rss", "1.atom", "/feed.xml", "/index.xml", "/feeds/all.xml"),
                    *("/feed.json", "/?feed=rss2", "?a=1&format=rss", "/rss#x"),
                    *("/feedback", "/press", "/feeds/story-one", "/sitemap.xml", "/a.json", "mailto:a@feed", "http://[/rss"),
                )
            ),
            [
                "https://h.example/1.rdf",
                *(f"https://h.example/{path}" for path in ("rss", "feed/", "a/1.rss", "news/1.atom", "feed.xml", "index.xml", "feeds/all.xml")),
                *(f"https://h.example/{path}" for path in ("feed.json", "?feed=rss2", "news/page.html?a=1&format=rss", "comments/feed/")),
            ],
        ),
        ("", "燈塔 🚢 منارة", []),
    ],
)  # fmt: skip
def test_feeds_on_page(head: str, body: str, found: list[str]) -> None:
    page = f"<!DOCTYPE html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"

    assert feeds_on_page(page.encode(), PAGE) == tuple(found)


@pytest.mark.parametrize("body", [b"", b"  ", b"plain words", b"<rss/>", b"<" * 100_000])
def test_feeds_on_page_that_names_none(body: bytes) -> None:
    assert feeds_on_page(body, PAGE) == ()


def test_feeds_on_page_in_its_encoding() -> None:
    page = link(RSS, "/лента").encode("cp1251")

    assert feeds_on_page(page, PAGE, encoding="windows-1251") == ("https://h.example/лента",)


def test_feeds_on_page_are_not_without_end() -> None:
    page = "".join(link(RSS, f"/{n}.rss") for n in range(10_000)).encode()

    assert len(feeds_on_page(page, PAGE)) == MAX_FOUND


def test_feeds_on_page_that_is_no_text() -> None:
    with pytest.raises(SourceError, match="is a PDF"):
        feeds_on_page(b"%PDF-1.7", PAGE)
