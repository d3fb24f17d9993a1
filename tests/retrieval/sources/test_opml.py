"""Lists of feeds, in and out."""

from xml.etree import ElementTree as ET

import pytest

from retrieval.errors import SourceError
from retrieval.sources.opml import Listed, read_opml, write_opml

A, B = "https://a.example/?x=1&y=2", "http://b.example/rss"


def opml(outlines: str) -> bytes:
    return (
        f'<?xml version="1.0"?><opml version="2.0"><head/><body>{outlines}</body></opml>'.encode()
    )


@pytest.mark.parametrize(
    ("body", "listed"),
    [
        (
            opml(f'<outline text="A &amp; b" title="t" type="rss" xmlUrl="{A.replace("&", "&amp;")}"/>'),
            [Listed(A, "A & b")],
        ),
        (opml(f"<outline title=' 燈塔 \n منارة 🚢' xmlUrl='{B}'/>"), [Listed(B, "燈塔 منارة 🚢")]),
        (opml(f"<outline xmlUrl='{B}'/>"), [Listed(B)]),
        # The innermost group that has a name; each address once.
        (
            opml(
                f"<outline text='News'><outline text='World'><outline xmlUrl='{B}' text='b'/>"
                "<outline><outline xmlUrl='https://c.example/' text='c'/></outline></outline></outline>"
                f"<outline xmlUrl='{B}' text='again'/>"
            ),
            [Listed(B, "b", "World"), Listed("https://c.example/", "c", "World")],
        ),
        # No addresses, and what must be left out.
        (
            opml(
                f"<outline text='x' xmlUrl='javascript:x()'/><outline text='x' htmlUrl='{A}'/>"
                f"<outline text='x' type='include' url='{A}'/><outline xmlUrl=''/><outline xmlUrl='{B}'/>"
            ),
            [Listed(B)],
        ),
        # Not well-formed, and in another encoding than UTF-8.
        (
            f"<?xml version='1.0' encoding='windows-1251'?><opml><body><outline text='Маяк' xmlUrl='{A}'>".encode("cp1251"),
            [Listed(A, "Маяк")],
        ),
        (opml(f"<outline text='&#1;a\x0b' xmlUrl='{B}'/>"), [Listed(B, "a")]),
    ],
)  # fmt: skip
def test_read_opml(body: bytes, listed: list[Listed]) -> None:
    assert read_opml(body, "a.opml") == tuple(listed)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "is no OPML"),
        (b"https://evil.example/list.opml", "is no OPML"),
        (b"<html><body>x</body></html>", "is no OPML"),
        (opml(""), "lists no feed"),
        (opml("<outline text='x'>" * 100_000), "lists no feed"),
        (opml("</outline></outline>"), "lists no feed"),
        (b"\x89PNG\r\n\x1a\n", "is an image"),
    ],
)
def test_read_opml_that_is_none(body: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        read_opml(body, "a.opml")

    assert caught.value.location == "a.opml"


def test_read_opml_lets_no_entity_grow() -> None:
    entities = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    body = f'<!DOCTYPE o [<!ENTITY a "xxx">{entities}]>'.encode() + opml(
        f"<outline text='&j;' xmlUrl='{B}'/>"
    )

    (listed,) = read_opml(body, "a.opml")

    assert len(listed.name or "") < 100


def test_write_opml_reads_back() -> None:
    feeds = (
        Listed(A, "A <b> & \"q\" 'x'", "World & <news>"),
        Listed("https://c.example/", "燈塔 منارة 🚢", "World & <news>"),
        Listed(B, "b"),
    )

    written = write_opml(feeds, "Mine & yours")

    ET.fromstring(written)  # noqa: S314  # our own
    assert read_opml(written.encode(), "a") == feeds


def test_write_opml_is_well_formed_whatever_the_names() -> None:
    feeds = [
        Listed(B, "\x00\x1b\ud800", "g\x07"),
        Listed(A, None, "h"),
        Listed(f"{B}2", "b", "g\x07"),
    ]

    written = write_opml(feeds, "\ufffe")

    assert [(one.name, one.group) for one in read_opml(written.encode(), "a")] == [
        (B, "g"),
        ("b", "g"),
        (A, "h"),
    ]


def test_write_opml_of_nothing() -> None:
    assert "<body />" in write_opml([], "")
