"""The corpus as lines, and back."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from retrieval.desk import Desk
from retrieval.exporting import iter_lines
from retrieval.store import Store
from retrieval.types import Article, Filters, Passage, Sentence, Span


def save(store: Store, *articles: Article) -> None:
    store.save(
        [(a, [Passage(Span(0, 1), (Sentence(Span(0, 1), 1),))]) for a in articles],
    )


def at(year: int) -> datetime:
    return datetime(year, 1, 2, 3, 4, 5, 600, tzinfo=UTC)


ARTICLES = [
    Article(id="bare", text="Rain fell on the harbour."),
    Article(
        id="雨", text="大橋週一因豪雨關閉。", lang="zh-Hant", source="港灣時報", published=at(2024)
    ),
    Article(
        id="ملف",
        text="أُعيد فتح الجسر يوم الاثنين. 🌉",
        title="  ",
        extra={"title": 5, "odd": [None, {"x": 1.5}], "n": 10**30},
        url="https://misr.example/a",
        published=at(2025),
    ),
    Article(id="\ud800", text="A lone \udfff surrogate.", author="\ud83c", kicker="A  B"),
    Article(id="cut", text="It breaks o", is_truncated=True, is_suspect=True),
]


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(tmp_path / "store.db") as store:
        save(store, *ARTICLES)
        yield store


def test_importing_and_exporting_again_gives_the_same_bytes(store: Store, tmp_path: Path) -> None:
    save(store, Article(id="bare", text="Rain fell on the bridge."))
    save(store, Article(id="gone", text="Rain."))
    store.delete("gone")
    lines = "".join(iter_lines(store))
    file = tmp_path / "corpus.jsonl"
    file.write_bytes(lines.encode())

    with Desk.open(tmp_path / "first") as first:
        report = first.add([file])
        again = "".join(iter_lines(first.store))
    (tmp_path / "again.jsonl").write_bytes(again.encode())
    with Desk.open(tmp_path / "second") as second:
        second.add([tmp_path / "again.jsonl"])
        third = "".join(iter_lines(second.store))

    assert (report.new, report.failed.count, report.conflicts.count) == (5, 0, 0)
    # A language that nobody knew is found out at the first import
    known = [json.loads(line) for line in lines.splitlines()]
    got = [json.loads(line) for line in again.splitlines()]
    for before, after in zip(known, got, strict=True):
        assert after | {"lang": None} == before | {"lang": None}
    assert third == again


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        (Filters(), [a.id for a in ARTICLES]),
        (Filters(sources=("港灣",)), ["雨"]),
        (Filters(sources=("MISR",)), ["ملف"]),
        (Filters(langs=("zh",)), ["雨"]),
        (Filters(after=at(2025)), ["ملف"]),
        (Filters(before=at(2025)), ["雨"]),
        (Filters(after=at(2000), before=at(2030)), ["雨", "ملف"]),
        (Filters(articles=("cut",)), ["cut"]),
    ],
)
def test_filters(store: Store, filters: Filters, ids: list[str]) -> None:
    looked_at = []

    lines = list(iter_lines(store, filters, lambda: looked_at.append(1)))

    assert [json.loads(line)["id"] for line in lines] == ids
    assert len(looked_at) == len(ARTICLES)


def test_a_line_is_one_line_of_utf_8(store: Store) -> None:
    save(store, Article(id="u", text="a\u2028b\u2029c\x85d\ne"))

    *_, line = iter_lines(store)

    assert line.encode().decode().splitlines() == [line.rstrip("\n")]
    assert json.loads(line)["text"] == "a\u2028b\u2029c\x85d\ne"


def test_it_is_of_one_moment(store: Store) -> None:
    lines = iter_lines(store)
    next(lines)
    with Store.open(store.path) as other:
        save(other, Article(id="later", text="Rain."))

    assert len(list(lines)) == len(ARTICLES) - 1
