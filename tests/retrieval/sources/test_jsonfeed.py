"""JSON Feed 1.0 and 1.1, and whatever else calls itself so."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from retrieval.errors import SourceError
from retrieval.sources.feeds import Entry, Feed, parse_feed

NOW = datetime(2024, 3, 10, 12, tzinfo=UTC)


def parse(said: Any) -> Feed:
    body = said if isinstance(said, str) else json.dumps(said)
    return parse_feed(body.encode(), "a.json", address="https://f.example/feed.json", now=NOW)


def feed_of(*items: Any, **said: Any) -> dict[str, Any]:
    return {"version": "https://jsonfeed.org/version/1.1", "items": items} | said


def test_parse_feed_of_json() -> None:
    found = parse(
        feed_of(
            {
                "id": 7,
                "url": "/1",
                "title": "Ferry &amp; crew\nagain",
                "content_html": "<p>One &amp; two</p><p>燈塔 🚢 منارة</p>",
                "content_text": "One & two, 燈塔 🚢 منارة, all in one line and so the longer",
                "summary": "Short.",
                "date_published": "2024-03-05T10:00:00+01:00",
                "date_modified": "2024-03-06T10:00:00Z",
                "authors": [{"name": "Ann Lee"}, {"name": "Bo"}, {"url": "x"}, "Cy"],
                "author": {"name": "Ann Lee"},
                "language": "zh-TW",
            },
            title="Post",
            home_page_url="https://h.example/",
            language="en",
        )
    )

    entry = Entry(
        guid="7",
        url="https://h.example/1",
        title="Ferry & crew again",
        text="One & two\n燈塔 🚢 منارة",
        is_summary=False,
        published=datetime(2024, 3, 5, 9, tzinfo=UTC),
        published_origin="feed",
        updated=datetime(2024, 3, 6, 10, tzinfo=UTC),
        author="Ann Lee, Bo",
        source=None,
        lang="zh-Hant",
        place="a.json entry 1",
    )
    assert found == Feed("Post", "https://h.example/", "en", None, (entry,), is_cut=False)


def test_parse_feed_of_json_falls_back() -> None:
    found = parse(
        feed_of(
            {"id": "a", "external_url": "https://x.example/1", "summary": "Short.", "title": "t"},
            {"id": "b", "content_text": "a\r\nb\rc\ud800\u0000\u0085"},
            {"id": "c", "url": "http://:80/x", "content_text": "x", "date_published": 1709629200},
            author={"name": "Desk"},
            feed_url="https://f.example/feed.json",
        )
    )

    assert [(one.url, one.text, one.is_summary) for one in found.entries] == [
        ("https://x.example/1", "Short.", True),
        (None, "a\nb\nc\N{REPLACEMENT CHARACTER}…", True),
        (None, "x", False),
    ]
    assert {one.author for one in found.entries} == {"Desk"}
    assert found.entries[2].extra == {"url": "http://:80/x"}
    assert found.entries[2].published == datetime(2024, 3, 5, 9, tzinfo=UTC)


WRONG: list[Any] = [None, True, 7, 1.5, float("nan"), "", " ", [], ["x"], [None], {}, {"name": 7}]


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_parse_feed_of_json_with_wrong_types(wrong: Any) -> None:
    keys = (
        *("id", "url", "external_url", "summary", "content_html", "date_published"),
        *("date_modified", "authors", "author", "language", "attachments", "tags"),
    )
    item = dict.fromkeys(keys, wrong) | {"title": "kept"}
    top = ("title", "home_page_url", "feed_url", "language", "authors", "author", "hubs")

    found = parse(feed_of(wrong, item, **dict.fromkeys(top, wrong)))

    assert [(one.title, one.text, one.url, one.lang) for one in found.entries] == [
        ("kept", "", None, None)
    ]


@pytest.mark.parametrize("version", ["https://jsonfeed.org/version/1", "jsonfeed.org/version/2"])
def test_parse_feed_of_json_without_entries(version: str) -> None:
    assert parse(feed_of() | {"version": version}).entries == ()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('{"version": "https://jsonfeed.org/version/1", "items": [', "is JSON that is broken"),
        ('{"a":' * 100_000, "is JSON that is nested too deep"),
        ("[" * 100_000, "is JSON that is nested too deep"),
        ('{"version": 1' + "0" * 5000 + "}", "is JSON that is broken"),
        ("[]", "is JSON, but no JSON Feed"),
        ("{}", "is JSON, but no JSON Feed"),
        ({"version": ["x"], "items": []}, "is JSON, but no JSON Feed"),
        *[(feed_of() | {"items": wrong}, "without a list of items") for wrong in (None, {}, "x")],
    ],
)
def test_parse_feed_of_json_that_is_no_feed(body: Any, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        parse(body)
