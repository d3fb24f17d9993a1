"""The query language: filters apart from the question."""

from datetime import UTC, datetime

import pytest

from retrieval.errors import QueryError
from retrieval.language.dates import parse_start
from retrieval.query import Narrowed, ParsedQuestion, parse_question, read_period
from retrieval.types import Filters, Span

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

    assert got == ParsedQuestion(question, filters)


@pytest.mark.parametrize(
    ("text", "message", "position", "said"),
    [
        (
            "who after:",
            "after: has no value; write for example after:2022-02",
            10,
            ("no_value", "after", ""),
        ),
        (
            'who source:""',
            "source: has no value; write for example source:bbc",
            13,
            ("no_value", "source", ""),
        ),
        ("who after:soon", "after is no date: 'soon'", 10, ("no_date", "after", "soon")),
        ("before:2022-13 x", "before is no date: '2022-13'", 7, ("no_date", "before", "2022-13")),
        ("lang:中文 who", "lang is no language code: '中文'", 5, ("no_lang", "lang", "中文")),
    ],
)
def test_parse_question_points_at_a_bad_filter(
    text: str, message: str, position: int, said: tuple[str, str, str]
) -> None:
    with pytest.raises(QueryError) as caught:
        parse_question(text, NOW)

    error = caught.value
    assert str(error).startswith(message)
    assert error.position == position
    assert (error.problem, error.name, error.value) == said


MONDAY = day(2026, 3, 9)  # NOW is a Monday


@pytest.mark.parametrize(
    ("text", "shorter"),
    [
        ("Who resigned since Monday?", "Who resigned?"),
        ("Since Monday, who resigned?", "who resigned?"),
        ("Who, since Monday, resigned?", "Who, resigned?"),
        ("Who resigned, since Monday?", "Who resigned?"),
        ("who since Monday resigned", "who resigned"),
        ("誰在週一以來辭職？", "誰辭職？"),
        ("自週一以來，誰辭職？", "誰辭職？"),
        ("¿Quién dimitió desde el lunes?", "¿Quién dimitió?"),
        ("Кто ушёл с понедельника?", "Кто ушёл?"),
        ("since Monday?", "since Monday?"),
        ("🚢 since Monday!", "🚢 since Monday!"),
    ],
)
def test_a_relative_date_is_a_filter_and_no_words(text: str, shorter: str) -> None:
    got = parse_question(text, NOW)

    assert (got.question, got.filters) == (text, Filters())
    assert got.narrowed is not None
    assert got.narrowed.question == shorter
    assert got.narrowed.filters == Filters(after=MONDAY)


def test_an_absolute_date_is_a_filter_and_stays_among_the_words() -> None:
    got = parse_question("Who resigned before 2023?  source:bbc", NOW)

    bbc = Filters(sources=("bbc",))
    assert got == ParsedQuestion(
        "Who resigned before 2023?",
        bbc,
        Narrowed(
            "Who resigned before 2023?",
            Filters(sources=("bbc",), before=day(2023)),
            Span(13, 24),
        ),
    )


@pytest.mark.parametrize(
    ("text", "narrowed"),
    [
        ("who won last week before:2026-03-05", (day(2026, 3, 2), day(2026, 3, 5))),
        ("who won last week after:2026-03-05", (day(2026, 3, 5), day(2026, 3, 9))),
        ("who won last week after:2025 before:2026", None),  # both bounds are written
        ("who won since Monday after:2025", None),  # the only one is
        ("who won since Monday before:2025", None),  # a contradiction
        ("who won in 2022", None),
    ],
)
def test_a_written_date_wins(text: str, narrowed: tuple[datetime, datetime] | None) -> None:
    got = parse_question(text, NOW).narrowed

    assert (got and (got.filters.after, got.filters.before)) == narrowed


def test_read_period_leaves_the_question_as_it_is() -> None:
    text = "  who won source:x  since Monday"

    got = read_period(text, Filters(articles=("a",)), NOW)

    assert got.question == text
    assert got.filters == Filters(articles=("a",))
    assert got.narrowed is not None
    assert got.narrowed.filters == Filters(articles=("a",), after=MONDAY)


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
