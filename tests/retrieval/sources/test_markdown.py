"""Markdown: title and front matter apart, the body as it is written."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from retrieval.errors import SourceError
from retrieval.sources.files import ByteStream
from retrieval.sources.markdown import read_markdown, split_front_matter
from retrieval.types import Article, Location, content_id


def read(text: str) -> Sequence[Article | SourceError]:
    return list(read_markdown(ByteStream("a.md", iter((text.encode(),)))))


BODY = "The *ferry* runs again.\n\n## Fares\n\n- 燈塔: 3\n- منارة: 4 🚢"


def article(**fields: Any) -> Article:
    return Article(**{"id": content_id(BODY), "text": BODY, "location": Location("a.md")} | fields)


@pytest.mark.parametrize(
    ("above", "title"),
    [
        ("", None),
        ("\n", None),
        ("# Ferry  back #\n\n", "Ferry back"),
        ("\n\n# Ferry\n", "Ferry"),
        ("[![badge](b.svg)](x)\n<!-- note -->\n\n# Ferry\n\n", "Ferry"),
        ("Ferry\n=====\n\n", "Ferry"),
        ("---\ntitle: Ferry\n---\n", "Ferry"),
        ("---\ntitle: 'The ''Ferry'''\n---\n\n", "The 'Ferry'"),
        ('---\ntitle: "A \\"b\\" c" # said\n---\n\n', 'A "b" c'),
        ("---\r\ntitle: Ferry\r\n---\r\n# Ferry\r\n\r\n", "Ferry"),
        ('---\ntitle: "A\n---\n', '"A'),
        ("---\ntitle:\n---\n# Ferry\n", "Ferry"),
    ],
)
def test_read_markdown_finds_the_title(above: str, title: str | None) -> None:
    assert read(above + BODY + "\n") == [article(title=title)]


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("---\ntitle: A\n---\n# B\n\nText.", "A", "# B\n\nText."),
        ("Text.\n\n# A\n\nMore.", None, "Text.\n\n# A\n\nMore."),
        ("#hash\n", None, "#hash"),
        ("## A\n\nText.", None, "## A\n\nText."),
        ("---\n\nText: a b\nMore.\n\n---\n", None, "---\n\nText: a b\nMore.\n\n---"),
        ("---\ntitle: A\n\nText.", None, "---\ntitle: A\n\nText."),
    ],
)
def test_read_markdown_keeps_what_is_no_title(text: str, title: str | None, body: str) -> None:
    assert read(text) == [
        Article(id=content_id(body), title=title, text=body, location=Location("a.md"))
    ]


def test_read_markdown_takes_every_field() -> None:
    matter = (
        "---\n# a comment\nid: f1\nheadline: Ferry # today\ndate: 2004-04-04 10:00\nlink: https://h.example/1\n"
        "authors:\n  - Ann\n  - 'Bo'\nlanguage: en-GB\n\nsource: Harbour Post\ntags: [sea, \"ferry\", ]\n"
        "draft: ~\nsummary: >\n  two\n  lines\nmap:\n  - a\n    b\n---\n"
    )

    assert read(matter + BODY) == [
        article(
            id="f1",
            title="Ferry",
            source="Harbour Post",
            url="https://h.example/1",
            published=datetime(2004, 4, 4, 10, tzinfo=UTC),
            published_origin="front-matter",
            lang="en",
            author="Ann, Bo",
            extra={
                "tags": ["sea", "ferry"],
                "draft": None,
                "summary": "two lines",
                "map": ["a", "b"],
            },
        )
    ]


def test_read_markdown_with_toml() -> None:
    matter = '+++\ntitle = "Ferry"\ndate = 2004-04-04T10:00:00Z\n[more]\nat = [07:30:00, 2]\n+++\n'

    assert read(matter + BODY) == [
        article(
            title="Ferry",
            published=datetime(2004, 4, 4, 10, tzinfo=UTC),
            published_origin="front-matter",
            extra={"more": {"at": ["07:30:00", 2]}},
        )
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no text below its title; add it or remove the file"),
        ("# Only a title\n", "holds no text below its title; add it or remove the file"),
        ("+++\ntitle = \n+++\nx", "front matter is not TOML (Invalid value (at end of document))"),
    ],
)
def test_read_markdown_when_there_is_no_text(text: str, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(text)

    assert (caught.value.location, caught.value.message) == ("a.md", message)


def test_split_front_matter_when_a_list_has_no_key() -> None:
    text = "---\n- a\n---\nText."

    assert split_front_matter(text, "a.md") == ({}, text)
