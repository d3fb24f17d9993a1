"""The query language: filters apart from the question."""

from datetime import UTC, datetime

import pytest

from retrieval.errors import QueryError
from retrieval.language.dates import parse_start
from retrieval.query import parse_question
from retrieval.types import Filters

NOW = datetime(2026, 3, 9, 15, 30, tzinfo=UTC)


def day(year: int, month: int = 1, of_month: int = 1) -> datetime:
    return datetime(year, month, of_month, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "question", "filters"),
    [
        ("who won?", "who won?", Filters()),
        ("  who   won?\n", "who   won?", Filters()),
        ("who won source:bbc", "who won", Filters(sources=("bbc",))),
        ('source:"El Faro" who won', "who won", Filters(sources=("El Faro",))),
        ("SOURCE:a who source:b", "who", Filters(sources=("a", "b"))),
        ("誰贏了 source：港灣", "誰贏了", Filters(sources=("港灣",))),
        ("after:2022-02 who", "who", Filters(after=day(2022, 2))),
        ("who before:2023 lang:zh-Hant", "who", Filters(before=day(2023), langs=("zh-Hant",))),
        ("who after:7d", "who", Filters(after=datetime(2026, 3, 2, 15, 30, tzinfo=UTC))),
        ("at 10:30 resource:x", "at 10:30 resource:x", Filters()),
        ("", "", Filters()),
        ("🚢:after", "🚢:after", Filters()),
    ],
)
def test_parse_question_takes_filters_apart(text: str, question: str, filters: Filters) -> None:
    got = parse_question(text, NOW)

    assert got == (question, filters)


@pytest.mark.parametrize(
    ("text", "message", "position"),
    [
        ("who after:", "after: has no value; write for example after:2022-02", 10),
        ('who source:""', "source: has no value; write for example source:bbc", 13),
        ("who after:soon", "after is no date: 'soon'", 10),
        ("before:2022-13 who", "before is no date: '2022-13'", 7),
        ("lang:中文 who", "lang is no language code: '中文'", 5),
    ],
)
def test_parse_question_points_at_a_bad_filter(text: str, message: str, position: int) -> None:
    with pytest.raises(QueryError) as caught:
        parse_question(text, NOW)

    assert str(caught.value).startswith(message)
    assert caught.value.position == position


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2022", day(2022)),
        ("2022/2", day(2022, 2)),
        (" 2022-02-24 ", day(2022, 2, 24)),
        ("Today", day(2026, 3, 9)),
        ("yesterday", day(2026, 3, 8)),
        ("2d", datetime(2026, 3, 7, 15, 30, tzinfo=UTC)),
        ("0000", None),
        ("2022-02-30", None),
        ("9999999d", None),
        ("sometime", None),
        ("", None),
    ],
)
def test_parse_start_gives_the_first_instant(text: str, moment: datetime | None) -> None:
    assert parse_start(text, NOW) == moment
