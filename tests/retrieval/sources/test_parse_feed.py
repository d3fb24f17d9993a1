"""Feeds of the real web -> entries: of each format, and wrong about themselves."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from feed_texts import item, only, parse, rss

from retrieval.sources.feeds import Entry, Feed, parse_feed


def test_parse_feed_of_rss() -> None:
    items = (
        '<item><title>One</title></item><item></item><item><guid isPermaLink="false">g</guid>'
        "<title>Ferry &lt;i&gt;runs&lt;/i&gt;\nagain</title><link>/1?a=1&amp;b=2</link>"
        "<pubDate>Tue, 05 Mar 2024 10:00:00 +0100</pubDate><dc:creator>Ann Lee</dc:creator>"
        "<description>Short.</description><source url='https://o.example/'>Other</source>"
        "<content:encoded><![CDATA[<p>One &amp; two</p><p>燈塔 🚢</p>]]></content:encoded></item>"
    )
    channel = (
        "<title>Post</title><link>https://h.example/</link><language>en-GB</language><ttl>60</ttl>"
    )

    feed = parse(rss(items, channel), address="https://feeds.example/h")

    assert (feed.title, feed.link, feed.lang) == ("Post", "https://h.example/", "en")
    assert (feed.ttl, feed.is_cut) == (timedelta(hours=1), False)
    first, second = feed.entries
    assert (first.title, first.text, first.is_summary, first.url, first.place) == (
        *("One", "", False, None),
        "a feed entry 1",
    )
    assert second == Entry(
        guid="g",
        url="https://h.example/1?a=1&b=2",
        title="Ferry runs again",
        text="One & two\n燈塔 🚢",
        is_summary=False,
        published=datetime(2024, 3, 5, 9, tzinfo=UTC),
        published_origin="feed",
        updated=None,
        author="Ann Lee",
        source="Other",
        lang="en",
        place="a feed entry 3",
    )


RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>R</title><link>https://h.example/</link></channel>
 <item rdf:about="https://h.example/1"><title>One</title><link>https://h.example/1</link>
 <description>words</description><dc:date>2024-03-05T10:00:00Z</dc:date></item></rdf:RDF>"""


@pytest.mark.parametrize(
    "feed",
    [
        RDF,
        *[
            f'<rss version="{version}"><channel><title>R</title><link>https://h.example/</link><item>'
            "<title>One</title><link>https://h.example/1</link><description>words</description></item></channel></rss>"
            for version in ("0.91", "0.92", "2.0")
        ],
        (
            '<feed xmlns="http://www.w3.org/2005/Atom"><title>R</title><link href="https://h.example/"/><entry>'
            '<title>One</title><link href="1"/><summary>words</summary></entry></feed>'
        ),
        (
            '{"version": "https://jsonfeed.org/version/1", "title": "R", "home_page_url": "https://h.example/",'
            '"items": [{"title": "One", "url": "/1", "summary": "words"}]}'
        ),
    ],
)
def test_parse_feed_of_each_format(feed: str) -> None:
    found = parse(feed)

    assert (found.title, found.link) == ("R", "https://h.example/")
    entry = only(found)
    assert (entry.title, entry.url, entry.text, entry.is_summary) == (
        *("One", "https://h.example/1"),
        *("words", True),
    )


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        ("Fish &amp;amp; chips", "Fish & chips"),
        ("&amp;lt;b&amp;gt;Fish&amp;lt;/b&amp;gt; &amp;amp;amp; chips", "Fish & chips"),
        ("&amp;amp;#8217;s &amp;amp;nbsp;caf&amp;amp;eacute;", "’s café"),
        ("<![CDATA[<em>Fish</em> &amp; chips]]>", "Fish & chips"),
        ("caf&eacute;&nbsp;bar", "café bar"),
        ("AT&T & co", "AT&T & co"),
        ("5 &lt; 6 and 7 > 6", "5 < 6 and 7 > 6"),
        ("the &amp;lt;b&amp;gt; tag", "the <b> tag"),
        ("it&#146;s &#0;&#x1b;&#xD800;&#99999999999;&#x110000;fine", "it’s fine"),
        ("a\x00b\x0bc\ufffe\x7fd", "abcd"),
        ("&lt;b&gt;caf&eacute;&lt;/b&gt; &undeclared; &copy", "café &undeclared; ©"),
        ("  渡輪\n恢復   服務  ", "渡輪 恢復 服務"),
        ("منارة 🚢", "منارة 🚢"),
        ("&lt;img src=x&gt;", None),
    ],
)
def test_parse_feed_of_titles(stated: str, title: str | None) -> None:
    feed = rss(f"<item><title>{stated}</title><description>x</description></item>")

    assert only(parse(feed)).title == title


@pytest.mark.parametrize(
    ("stated", "text"),
    [
        ("<![CDATA[<p>One</p><p>Two</p>]]>", "One\nTwo"),
        (
            "&amp;lt;p&amp;gt;One&amp;lt;/p&amp;gt;&amp;lt;p&amp;gt;Two&amp;lt;/p&amp;gt;",
            "One\nTwo",
        ),
        ("a &lt; b &lt;script&gt;x()&lt;/script&gt;&lt;p&gt;c", "a < b\nc"),
        ("x&#133;&#27; y&#x80;", "x… y€"),
        ("&lt;p&gt; &amp;nbsp; &lt;/p&gt;", ""),
        ("\u200f&#8207;", "\u200f\u200f"),
    ],
)
def test_parse_feed_of_texts(stated: str, text: str) -> None:
    feed = rss(f"<item><title>t</title><description>{stated}</description></item>")

    assert only(parse(feed)).text == text


@pytest.mark.parametrize(
    ("text", "is_summary"),
    [
        ("The ferry runs again.", False),
        ("The ferry runs again […]", True),
        ("The ferry runs again [...]", True),
        ("The ferry runs …", True),
        ("The ferry runs again.\nRead more", True),
        ("The ferry runs again.\nContinue reading Ferry runs again →", True),
        ("The ferry runs again. Читать далее", True),
        ("渡輪恢復服務。閱讀全文", True),
        ("Read more books, said the mayor. He was cheered.", False),
        ("", False),
    ],
)
def test_parse_feed_knows_a_teaser(text: str, is_summary: bool) -> None:
    lines = "".join(f"<p>{line}</p>" for line in text.split("\n"))
    item = f"<item><title>t</title><content:encoded><![CDATA[{lines}]]></content:encoded></item>"

    assert only(parse(rss(item))).is_summary is is_summary


@pytest.mark.parametrize(
    ("stated", "published", "extra"),
    [
        ("Tue, 05 Mar 2024 10:00:00 EST", datetime(2024, 3, 5, 15, tzinfo=UTC), {}),
        ("Tue, 05 Mar 2024 10:00:00 MSK", datetime(2024, 3, 5, 7, tzinfo=UTC), {}),
        ("Mon, 11 Mar 2024 11:59:00 GMT", datetime(2024, 3, 11, 11, 59, tzinfo=UTC), {}),
        *[
            (stated, None, {"published": stated})
            for stated in (
                "Mon, 11 Mar 2024 12:01:00 GMT",  # more than a day ahead
                "Tue, 05 Mar 2024 10:00:00 CST",  # Chicago, Shanghai or Havana
                "Mon, 01 Jan 0001 00:00:00 GMT",
                "Fri, 31 Dec 9999 00:00:00 GMT",
                "Sunday",
                "04/05/2024",
            )
        ],
        ("", None, {}),
    ],
)
def test_parse_feed_of_dates(
    stated: str, published: datetime | None, extra: dict[str, str]
) -> None:
    found = only(parse(rss(f"<item><title>t</title><pubDate>{stated}</pubDate></item>")))

    assert (found.published, found.published_origin, found.extra) == (published, "feed", extra)


def test_parse_feed_when_only_the_update_has_a_date() -> None:
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>t</title>'
        "<published>2031-01-01T00:00:00Z</published><updated>2024-03-01T00:00:00Z</updated></entry></feed>"
    )
    day = datetime(2024, 3, 1, tzinfo=UTC)

    found = only(parse(feed))

    assert (found.published, found.published_origin, found.updated) == (day, "feed:updated", day)


def test_parse_feed_believes_the_clock_without_now() -> None:
    feed = rss("<item><title>t</title><pubDate>01 Jan 2099 00:00:00 GMT</pubDate></item>").encode()

    assert only(parse_feed(feed, "a feed")).published is None


@pytest.mark.parametrize(
    ("channel", "item", "address", "url"),
    [
        ("<link>https://h.example/a/</link>", "<link>b</link>", None, "https://h.example/a/b"),
        ("<link>/a/</link>", "<link>b</link>", "https://f.example/", "https://f.example/a/b"),
        ("", "<link>/b</link>", "https://f.example/feed", "https://f.example/b"),
        ("", "<link>//c.example/b</link>", "https://f.example/", "https://c.example/b"),
        ("", "<link>/b</link>", None, None),
        ("", "<link>javascript:x()</link>", "https://f.example/", None),
        ("", "<link>http://[x</link>", "https://f.example/", None),
        ("", "<guid>https://h.example/1</guid>", None, "https://h.example/1"),
        ("", "<guid>17</guid>", "https://f.example/", None),
        ("", '<guid isPermaLink="false">https://h.example/1</guid>', None, None),
        ("", "<enclosure url='https://h.example/1.mp3' type='audio/mpeg'/>", None, None),
    ],
)
def test_parse_feed_of_links(channel: str, item: str, address: str | None, url: str | None) -> None:
    found = only(parse(rss(f"<item><title>t</title>{item}</item>", channel), address=address))

    assert found.url == url


def test_parse_feed_keeps_a_link_that_is_none() -> None:
    found = only(parse(rss("<item><title>t</title><link>javascript:x()</link></item>")))

    assert found.extra == {"url": "javascript:x()"}


def test_parse_feed_resolves_against_xml_base() -> None:
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://b.example/x/"><entry xml:base="y/">'
        '<title>t</title><link href="1"/></entry></feed>'
    )

    assert only(parse(feed, address="https://f.example/")).url == "https://b.example/x/y/1"


@pytest.mark.parametrize(
    ("channel", "ttl"),
    [
        ("<ttl>60</ttl>", timedelta(hours=1)),
        ("<ttl>1</ttl>", timedelta(minutes=5)),
        ("<ttl>99999999999999999999</ttl>", timedelta(days=1)),
        *[(f"<ttl>{wrong}</ttl>", None) for wrong in ("0", "-5", "soon", "nan", "inf", "")],
        ("<sy:updatePeriod> hourly </sy:updatePeriod>", timedelta(hours=1)),
        (
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            timedelta(hours=6),
        ),
        (
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0.0</sy:updateFrequency>",
            None,
        ),
        ("<sy:updatePeriod>weekly</sy:updatePeriod>", timedelta(days=1)),
        ("<sy:updatePeriod>often</sy:updatePeriod>", None),
        ("", None),
    ],
)
def test_parse_feed_of_ttl(channel: str, ttl: timedelta | None) -> None:
    assert parse(rss("", channel)).ttl == ttl


@pytest.mark.parametrize(
    ("items", "kept"),
    [
        # The later date, wherever it stands.
        ([("g", "1", "old", 1), ("g", "1", "new", 2)], [("g", "new", 2)]),
        ([("g", "1", "new", 2), ("g", "1", "old", 1)], [("g", "new", 1)]),
        # Feeds begin with the newest.
        ([("g", "1", "new"), ("g", "1", "old")], [("g", "new", 1)]),
        ([("g", "1", "undated"), ("g", "1", "dated", 1)], [("g", "dated", 2)]),
        # Without guids, the same link and title.
        ([(None, "1", "a", 1), (None, "1", "a", 2)], [(None, "a", 2)]),
        ([(None, "1", "a"), (None, "1", "b"), (None, "2", "a")], [(None, "a", 1), (None, "b", 2), (None, "a", 3)]),
        # One guid for all: it means nothing.
        ([("g", "1", "a"), ("g", "2", "b"), ("g", "3", "c")], [(None, "a", 1), (None, "b", 2), (None, "c", 3)]),
        # A story whose link and title were changed twice in one feed would be that too; once is not.
        ([("g", "1", "a"), ("g", "2", "b")], [("g", "a", 1)]),
        ([("g", "1", "a"), ("g", "2", "b"), ("g", "2", "c")], [("g", "a", 1)]),
    ],
)  # fmt: skip
def test_parse_feed_when_entries_come_twice(
    items: list[tuple[Any, ...]], kept: list[tuple[str | None, str, int]]
) -> None:
    found = parse(rss("".join(item(*one) for one in items)))

    assert [(one.guid, one.title, int(one.place.split()[-1])) for one in found.entries] == kept


def test_parse_feed_of_parts_that_are_no_text() -> None:
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="English"><entry><id>1</id><title>t</title>'
        '<content type="image/png">iVBORw0KGgo=</content><summary/></entry></feed>'
    )

    found = only(parse(feed))

    assert (found.text, found.lang, found.extra) == ("", None, {"lang": "English"})


def test_parse_feed_of_a_podcast() -> None:
    items = (
        "<item><title>Episode 1</title><enclosure url='https://h.example/1.mp3' type='audio/mpeg' length='x'/>"
        "<itunes:duration>1:00</itunes:duration></item>"
    )

    found = only(parse(rss(items)))

    assert (found.title, found.text, found.is_summary) == ("Episode 1", "", False)


def test_parse_feed_without_entries() -> None:
    assert parse(rss("", "<title>Empty</title>")) == Feed("Empty", None, None, None, (), False)
