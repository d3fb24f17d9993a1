"""The newest articles of a store, in order and in steps."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from retrieval.store import Listed, Store
from retrieval.types import Article, Passage, Sentence, Span

START = datetime(2024, 1, 1, tzinfo=UTC)


def article(article_id: str, day: float | None, **facts: str) -> tuple[Article, list[Passage]]:
    published = None if day is None else START + timedelta(days=day)
    span = Span(0, 5)
    passages = [Passage(span, (Sentence(span, 1),))]
    return Article(id=article_id, text="Storm", published=published, **facts), passages


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.db") as store:
        yield store


def ids(rows: Iterator[Listed]) -> list[str]:
    return [row.id for row in rows]


def test_newest_first_and_undated_last(store: Store) -> None:
    store.save(
        [
            article("old", 1, source="港灣時報", url="https://times.example/1", lang="zh-Hant"),
            article("none 1", None),
            article("new", 9),
            article("none 2", None),
            article("same day, later", 1),
            article("before 1970", -30_000),
            article("gone", 5),
        ]
    )
    store.save([article("old", 2, source="港灣時報", url="https://t.example/", lang="zh-Hant")])
    store.delete("gone")

    rows = list(store.iter_latest())

    assert [row.id for row in rows] == [
        "new",
        "old",
        "same day, later",
        "before 1970",
        "none 2",
        "none 1",
    ]
    assert rows[1] == Listed("old", "港灣時報", "https://t.example/", "zh-Hant")
    assert rows[5] == Listed("none 1", None, None, None)


@pytest.mark.parametrize(
    ("after", "before", "expected"),
    [
        (2, None, ["c", "b"]),
        (None, 2, ["a"]),
        (2, 3, ["b"]),
        (9, None, []),
    ],
)
def test_bounds_take_what_is_dated(
    store: Store, after: int | None, before: int | None, expected: list[str]
) -> None:
    store.save([article("a", 1), article("b", 2), article("c", 3), article("undated", None)])

    first, stop = (None if day is None else START + timedelta(days=day) for day in (after, before))
    assert ids(store.iter_latest(first, stop)) == expected


def test_what_is_of_a_stretch_of_time_is_counted(store: Store) -> None:
    store.save([article("a", 1), article("b", 2), article("gone", 2), article("undated", None)])
    store.save([article("a", 3)])
    store.delete("gone")

    day = [START + timedelta(days=n) for n in range(5)]
    counts = [store.count_dated(day[n], day[n + 1]) for n in range(4)]
    assert counts == [0, 0, 1, 1]


def test_many_of_one_moment_come_in_steps(store: Store) -> None:
    dated, undated = ([f"{kind}{n}" for n in range(250)] for kind in "du")
    store.save([article(name, 1) for name in dated] + [article(name, None) for name in undated])

    assert ids(store.iter_latest()) == dated[::-1] + undated[::-1]


def test_the_articles_of_passages(store: Store) -> None:
    store.save([article("a", 1), article("none", None), article("b", 3), article("gone", 9)])
    store.delete("gone")
    everything = range(1, 2_000)  # more than a query takes; most are unknown

    assert store.latest_of(everything, 9) == ["b", "a", "none"]
    assert store.latest_of(everything, 1) == ["b"]
    assert store.latest_of([1, 2], 9) == ["a", "none"]
    assert store.latest_of([], 9) == []


def test_dates_are_found_by_an_index(store: Store) -> None:
    plan = store.database.rows(
        "EXPLAIN QUERY PLAN SELECT * FROM versions WHERE (published, article_key) < (5, 5)"
        " ORDER BY published DESC, article_key DESC LIMIT 5"
    )

    assert "versions_by_date" in plan[0][3]
    assert len(plan) == 1  # nothing is sorted
