"""Feeds that are broken, hostile, or no feeds -> entries as far as they go, or a refusal."""

import http.server
import threading
import time
from typing import Any

import pytest
from feed_texts import item, only, parse, rss

from retrieval.errors import SourceError
from retrieval.sources.feeds import MAX_FEED_BYTES


@pytest.mark.parametrize(
    ("tail", "titles"),
    [
        ("<item><title>c</title><description>half of", ["a", "b"]),
        ("<item><title>c</title></item>", ["a", "b", "c"]),
        ("<item><title>c</title></ite", ["a", "b"]),
        ("<item><title>c</title><description><![CDATA[half", ["a", "b"]),
        ("", ["a", "b"]),
    ],
)
def test_parse_feed_when_it_breaks_off(tail: str, titles: list[str]) -> None:
    feed = rss("<item><title>a</title></item><item><title>b</title></item>" + tail)

    found = parse(feed.removesuffix("</channel></rss>"))

    assert found.is_cut
    assert [entry.title for entry in found.entries] == titles


def test_parse_feed_when_it_breaks_off_before_any_entry() -> None:
    found = parse(rss("").removesuffix("</channel></rss>"))

    assert (found.is_cut, found.entries) == (True, ())


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \n", "is empty"),
        (b"<!DOCTYPE html><html><body><p>Not found</p></body></html>", "is an HTML page, not a feed"),
        (b"<!-- x --> <html lang='en'><title>x</title>", "is an HTML page, not a feed"),
        (b"Not found", "is no RSS, Atom or JSON feed"),
        (b"<opml/>", "is no RSS, Atom or JSON feed"),
        (b'{"error": "no"}', "is JSON, but no JSON Feed"),
        (b"%PDF-1.7", "is a PDF"),
        (b" " * (60 << 20), "holds more than 32 MB"),
        # feedparser lets out a ValueError: the reference is hidden from us, and not from it.
        (
            b'<rss version="2.0" a="<![CDATA["><channel><title>&#x110000;',
            "is too broken to be read as a feed",
        ),
    ],
)  # fmt: skip
def test_parse_feed_of_what_is_none(body: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        parse(body)

    assert caught.value.location == "a feed"


def test_parse_feed_refuses_what_is_too_large_before_it_looks() -> None:
    began = time.process_time()

    with pytest.raises(SourceError, match="holds more than 32 MB, too much for a feed"):
        parse(b"<" * (MAX_FEED_BYTES + 1))

    assert time.process_time() - began < 0.1


BILLION = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(10))


@pytest.mark.parametrize(
    ("subset", "words"),
    [
        ('<!ENTITY eacute "e">', "&eacute;"),
        (f'<!ENTITY a "{"x" * 99}">{BILLION}', "&k;"),
        (f'<!ENTITY a "{"x" * 50_000}">', "&a;" * 20_000),
        ("<!ENTITY % a \"<!ENTITY b '%a;%a;'>\">%a;", "&b;"),
    ],
)
def test_parse_feed_lets_no_entity_grow(subset: str, words: str) -> None:
    prolog = f"<?xml version='1.0'?><!DOCTYPE r [{subset}]>"

    feed = parse(
        rss(f"<item><title>y</title><description>z {words}</description></item>", "", prolog)
    )

    assert len(only(feed).text) < 100_000


def test_parse_feed_reads_nothing_from_elsewhere(tmp_path: Any) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        there = f"http://127.0.0.1:{server.server_port}"
        for where in (secret.as_uri(), f"{there}/entity"):
            prolog = (
                f"<?xml version='1.0'?><?xml-stylesheet href='{there}/style'?>"
                f"<!DOCTYPE r SYSTEM '{there}/dtd' [<!ENTITY x SYSTEM '{where}'>"
                f"<!ENTITY % p SYSTEM '{where}'> %p;]>"
            )
            items = (
                f"<item><title>y &x;</title><link href='{where}'/><enclosure url='{where}'/></item>"
            )
            feed = parse(rss(items, f"<image><url>{there}</url></image>", prolog))
            assert "secret" not in repr([(one.title, one.text) for one in feed.entries])
        server.shutdown()

    assert asked == []


@pytest.mark.parametrize(
    "inside",
    [
        "<x>" * 100_000 + "</x>" * 100_000,
        "<x>" * 20_000,
        f"<description>{'&lt;div&gt;' * 100_000}</description>",
        f"<title>{'&lt;b&gt;' * 100_000}</title>",
        "<item>" * 10_000,
        "<![CDATA[" * 10_000,
        "<!--" * 10_000,
        "<" * 100_000,
        f"<description>{'&' * 100_000}</description>",
    ],
)
def test_parse_feed_of_what_is_nested_deep(inside: str) -> None:
    feed = rss(f"<item><title>before</title></item><item><title>t</title>{inside}</item>")

    assert parse(feed).entries[0].title == "before"


def test_parse_feed_of_ten_thousand_entries() -> None:
    feed = parse(rss("".join(item(f"g{n}", str(n), f"Story {n}", 5) for n in range(10_000))))

    assert len(feed.entries) == 10_000
    assert feed.entries[-1].place == "a feed entry 10000"
