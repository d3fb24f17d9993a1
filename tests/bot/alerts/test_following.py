"""A query made of a title or of a question."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.alerts.following import topic_of
from retrieval.query import parse_standing

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Five years after the blaze", "Five years after the blaze"),
        ('"We won": mayor (again) - live', "We won mayor again live"),
        ("title:x OR NOT y z w", "title x or not y z w"),
        ("Riga floods", "news about Riga floods"),
        ("花蓮外海強震 全台有感", "花蓮外海強震 全台有感"),
        ("Рижане ждут «Ферри» сегодня", "Рижане ждут Ферри сегодня"),
        ("عاصفة تضرب المدينة القديمة", "عاصفة تضرب المدينة القديمة"),
        ("a*b | c & d tankers sail", "a b c d tankers sail"),
        ("😀 😀", None),
        ("the of and", None),
        ("", None),
    ],
)
def test_signs_are_taken_out_and_a_topic_is_left(text: str, query: str | None) -> None:
    found = topic_of(text, NOW)

    assert found == query
    if found is not None:
        assert parse_standing(found, NOW).is_topic


@pytest.mark.parametrize("text", ["word " * 500, "w" * 3000 + " x y z", "字" * 2000])
def test_a_long_text_is_cut_to_a_query(text: str) -> None:
    found = topic_of(text, NOW)

    assert found is not None
    assert parse_standing(found, NOW).is_topic
