"""The newest articles of a desk, of a topic or of all."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from retrieval.desk import Desk
from retrieval.types import Filters

ARTICLES: list[dict[str, Any]] = [
    {
        "id": "ferry",
        "title": "Ferry returns",
        "text": "The island ferry sailed again after long elections of a new captain.",
        "published": "2024-03-04",
        "source": "Harbour Courier",
        "lang": "en",
    },
    {
        "id": "vote",
        "text": "Islanders voted. The election of the mayor took all day.\n\n" + "Rain. " * 300,
        "published": "2024-03-06",
        "url": "https://gazette.example/vote",
        "lang": "en",
    },
    {"id": "undated", "text": "A ferry in a picture.", "lang": "en"},
    {
        "id": "hualien",
        "text": "花蓮燈塔於星期五重新點亮。",
        "published": "2024-03-05",
        "lang": "zh-Hant",
    },
    {"id": "faro", "text": "Las elecciones y el faro.", "published": "2024-03-07", "lang": "es"},
]
MARCH_5 = datetime(2024, 3, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("latest")
    path = folder / "articles.jsonl"
    path.write_text("".join(json.dumps(article) + "\n" for article in ARTICLES))
    with Desk.open(folder / "desk") as desk:
        desk.add([path])
        yield desk


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), ["faro", "vote", "hualien", "ferry", "undated"]),
        (Filters(sources=("courier",)), ["ferry"]),
        (Filters(sources=("GAZETTE.example",)), ["vote"]),
        (Filters(langs=("zh",)), ["hualien"]),
        (Filters(after=MARCH_5), ["faro", "vote", "hualien"]),
        (Filters(before=MARCH_5), ["ferry"]),
        (Filters(articles=("undated", "ferry")), ["ferry", "undated"]),
        (Filters(articles=("none",)), []),
    ],
)
def test_the_newest_that_satisfy_the_filters(
    desk: Desk, filters: Filters, expected: list[str]
) -> None:
    assert [article.id for article in desk.latest(filters=filters)] == expected
    assert [article.id for article in desk.latest(filters=filters, k=2)] == expected[:2]


@pytest.mark.parametrize(
    ("topic", "filters", "expected"),
    [
        ("ferry", Filters(), ["ferry", "undated"]),
        ("ferry", Filters(after=MARCH_5), []),
        ("ferry", Filters(articles=("undated",)), ["undated"]),
        ("election", Filters(), ["vote", "ferry"]),  # of other passages much shorter
        ("elections of the mayor", Filters(), ["vote"]),  # and not of every election
        ("花莲灯塔", Filters(), ["hualien"]),
        ("zebra", Filters(), []),
        ("zebra ferry", Filters(), []),
        ("", Filters(), []),
        ("🚢?!", Filters(), []),
    ],
)
def test_the_newest_about_a_topic(
    desk: Desk, topic: str, filters: Filters, expected: list[str]
) -> None:
    assert [article.id for article in desk.latest(topic, filters=filters)] == expected
    assert [article.id for article in desk.latest(topic, filters=filters, k=1)] == expected[:1]


def test_an_empty_desk_has_none(tmp_path: Path) -> None:
    with Desk.open(tmp_path / "new") as empty:
        assert empty.latest() == []
        assert empty.latest("ferry") == []
