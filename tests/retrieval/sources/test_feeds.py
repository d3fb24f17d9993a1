"""RSS and Atom files: an article an entry."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from retrieval.errors import SourceError
from retrieval.sources.feeds import read_feed
from retrieval.sources.files import ByteStream
from retrieval.types import Article, Location, content_id


def read(feed: str | bytes) -> Sequence[Article | tuple[str, str]]:
    data = feed if isinstance(feed, bytes) else feed.encode()
    return [
        (found.location, found.message) if isinstance(found, SourceError) else found
        for found in read_feed(ByteStream("a.rss", iter((data,))))
    ]


def rss(items: str, channel: str = "<title>Harbour Post</title>") -> str:
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel>{channel}{items}</channel></rss>"
    )


def test_read_feed_of_rss() -> None:
    items = (
        "<item><title>A &lt;b&gt;bold&lt;/b&gt; ferry &amp;amp; crew</title><link>https://h.example/1</link>"
        '<guid isPermaLink="false">g1</guid><pubDate>Tue, 05 Mar 2024 10:00:00 +0100</pubDate>'
        "<description>Short.</description><dc:creator>Ann Lee</dc:creator>"
        "<content:encoded><![CDATA[<p>One&nbsp;two 🚢.</p><p>燈塔 &lt;x&gt;<script>x()</script></p>]]></content:encoded></item>"
        "<item><title>Only a title</title></item>"
        "<item><link>https://h.example/3</link><description>منارة</description></item>"
        "<item><description>Plain words</description><pubDate>Sunday</pubDate></item>"
    )

    assert read(rss(items, "<title>Harbour &amp; Post</title><language>en-us</language>")) == [
        Article(
            id="g1",
            text="One two 🚢.\n燈塔 <x>",
            title="A bold ferry & crew",
            source="Harbour & Post",
            url="https://h.example/1",
            published=datetime(2024, 3, 5, 9, tzinfo=UTC),
            published_origin="feed",
            lang="en",
            author="Ann Lee",
            location=Location("a.rss"),
        ),
        ("a.rss entry 2", "article has no text; give it one or remove it"),
        Article(
            id="https://h.example/3",
            text="منارة",
            source="Harbour & Post",
            url="https://h.example/3",
            lang="en",
            location=Location("a.rss"),
        ),
        Article(
            id=content_id("Plain words"),
            text="Plain words",
            source="Harbour & Post",
            lang="en",
            location=Location("a.rss"),
            extra={"published": "Sunday"},
        ),
    ]


def test_read_feed_of_atom() -> None:
    feed = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>Le Phare</title>
      <entry xml:lang="zh-TW"><id>urn:1</id><title type="html">Le &lt;i&gt;bac&lt;/i&gt;</title>
        <updated>2024-01-02T03:04:05Z</updated><link href="https://h.example/1"/>
        <summary>court</summary><source><title>Autre</title></source>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Un</p><p>Deux</p></div></content>
      </entry>
      <entry><id>2</id><published>yesterday</published><updated>2024-01-03</updated><content type="text">a &lt; b
c</content></entry></feed>"""

    assert read(feed) == [
        Article(
            id="urn:1",
            text="Un\nDeux",
            title="Le bac",
            source="Autre",
            url="https://h.example/1",
            published=datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC),
            published_origin="feed:updated",
            lang="zh-Hant",
            location=Location("a.rss"),
        ),
        Article(
            id="2",
            text="a < b\nc",
            source="Le Phare",
            published=datetime(2024, 1, 3, tzinfo=UTC),
            published_origin="feed:updated",
            lang="fr",
            location=Location("a.rss"),
        ),
    ]


def test_read_feed_when_not_well_formed_uses_what_there_is() -> None:
    feed = rss("<item><description>Fish & chips &nbsp; here</description></item><item>")

    assert [found.text for found in read(feed) if isinstance(found, Article)] == [
        "Fish & chips here"
    ]


def test_read_feed_when_a_zone_is_unknown_has_no_date() -> None:
    stated = "Sun, 04 Apr 2004 10:00:00 IST"

    (found,) = read(rss(f"<item><description>x</description><pubDate>{stated}</pubDate></item>"))

    assert isinstance(found, Article)
    assert (found.published, found.extra) == (None, {"published": stated})


def test_read_feed_in_its_encoding() -> None:
    feed = rss("<item><description>渡輪恢復服務</description></item>", "<title>港口報</title>")
    feed = feed.replace('"1.0"', '"1.0" encoding="big5"', 1)

    assert read(feed.encode("big5")) == [
        Article(
            id=content_id("渡輪恢復服務"),
            text="渡輪恢復服務",
            source="港口報",
            location=Location("a.rss"),
        )
    ]


@pytest.mark.parametrize(
    ("feed", "message"),
    [
        (rss(""), "holds a feed without entries; save the feed again"),
        ("https://h.example/feed", "is no RSS, Atom or JSON feed; save the feed again"),
        (
            "<!doctype html><body>x</body>",
            "is an HTML page, not a feed; give the address of its feed",
        ),
        ("\ufeff \n", "is empty; save the feed again"),
    ],
)
def test_read_feed_when_there_are_no_entries(feed: str, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(feed)

    assert (caught.value.location, caught.value.message) == ("a.rss", message)


def test_read_feed_lets_no_entity_grow() -> None:
    bomb = '<!DOCTYPE r [<!ENTITY a "{}">{}]>'.format(
        "x" * 99, "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 9}">' for n in range(9))
    )
    feed = rss("<item><description>y &j;</description></item>").replace("<rss", f"{bomb}<rss")

    (found,) = read(feed)

    assert isinstance(found, Article)
    assert len(found.text) < 1000


def test_read_feed_when_it_breaks_off_gives_what_was_whole() -> None:
    feed = rss("<item><description>one</description></item><item><description>half of")

    with pytest.raises(SourceError, match="is cut off; what was whole has been read"):
        read(feed.removesuffix("</channel></rss>"))
    (found,) = itertools.islice(
        read_feed(ByteStream("a", iter((feed.removesuffix("</channel></rss>").encode(),)))), 1
    )
    assert isinstance(found, Article)
    assert found.text == "one"


def test_read_feed_resolves_links_where_it_was_fetched() -> None:
    feed = rss("<item><link>/1</link><description>x</description></item>")
    stream = ByteStream("a", iter((feed.encode(),)))

    (found,) = read_feed(stream, address="https://h.example/feeds/all.rss")

    assert isinstance(found, Article)
    assert (found.id, found.url) == ("https://h.example/1", "https://h.example/1")
