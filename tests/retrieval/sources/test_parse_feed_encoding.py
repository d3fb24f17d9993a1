"""Feeds in encodings that they declare, or do not -> entries."""

import pytest
from feed_texts import only, parse, rss

STORIES = rss(
    "<item><title>Паром снова ходит, сообщает порт</title></item>"
    "<item><title>Маяк на острове открыли для посетителей</title></item>"
)
TITLES = ["Паром снова ходит, сообщает порт", "Маяк на острове открыли для посетителей"]


def declared(encoding: str, feed: str = STORIES) -> str:
    return feed.replace('version="1.0"', f'version="1.0" encoding="{encoding}"', 1)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (STORIES.encode(), None),
        (STORIES.encode("utf-8-sig"), None),
        (STORIES.encode("utf-16"), None),
        (STORIES.encode("utf-16-le"), None),
        (declared("utf-8").encode("cp1251"), None),
        (declared("windows-1251").encode("cp1251"), None),
        (declared("windows-1251").encode("cp1251"), "iso-8859-1"),
        (declared("windows-1251").encode("cp1251"), "utf-8"),
        (declared("iso-8859-1").encode(), "iso-8859-1"),
        (STORIES.encode("koi8-r"), "koi8-r"),
        (declared("utf-8").encode("koi8-r"), "KOI8-R"),
        (declared("no-such").encode(), "no-such"),
        (STORIES.encode().replace(b"<channel>", b"<channel>\x00\x00"), None),
    ],
)
def test_parse_feed_in_its_encoding(body: bytes, encoding: str | None) -> None:
    assert [entry.title for entry in parse(body, encoding=encoding).entries] == TITLES


def test_parse_feed_in_gb2312_beyond_gb2312() -> None:
    feed = declared("gb2312", rss("<item><title>渡轮恢复服务，镕基</title></item>"))

    assert only(parse(feed.encode("gb18030"))).title == "渡轮恢复服务，镕基"


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312", "utf-8-sig", "utf-16"])
def test_parse_feed_when_it_is_cut_within_a_character(encoding: str) -> None:
    whole = "<item><title>渡轮恢复服务，港务局说，风暴过后水手们都回来了。</title></item>"
    body = declared(encoding, rss(whole * 2)).encode(encoding)
    cut = body[
        : body.rindex(
            "了".encode(
                encoding.removesuffix("-16") + "-16-le"
                if "16" in encoding
                else encoding.removesuffix("-sig")
            )
        )
        + 1
    ]

    feed = parse(cut)

    assert feed.is_cut
    assert [entry.title for entry in feed.entries] == [
        "渡轮恢复服务，港务局说，风暴过后水手们都回来了。"
    ]
