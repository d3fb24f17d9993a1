"""Articles by the file that they came from."""

from pathlib import Path

import pytest

from retrieval.store import Store
from retrieval.store.places import IDS_AT, MOVE
from retrieval.types import Article, Location


def article(article_id: str, path: str | None, text: str = "") -> Article:
    location = None if path is None else Location(path)
    return Article(id=article_id, text=text or f"Text of {article_id}.", location=location)


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(tmp_path / "store.db") as store:
        places = {
            "a": "/n/a.zip",
            "b": "/n/a.zip/x/b.txt",
            "c": "/n/a.zip.txt",
            "d": "/n/a",
            "e": "/n/港.txt",
            "f": None,
        }
        store.save([(article(name, path), ()) for name, path in places.items()])
        yield store
        assert store.check() == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/n/a.zip", ["a", "b"]),
        ("/n/a.zip/x/b.txt", ["b"]),
        ("/n/a", ["d"]),
        ("/n", ["a", "b", "c", "d", "e"]),
        ("/n/港.txt", ["e"]),
        ("/m", []),
        ("", ["a", "b", "c", "d", "e"]),
    ],
)
def test_ids_at(store: Store, path: str, expected: list[str]) -> None:
    assert store.ids_at(path) == expected


@pytest.mark.parametrize("statement", [IDS_AT, MOVE])
def test_a_file_is_looked_up_and_not_searched_for(store: Store, statement: str) -> None:
    parameters = ("x",) * statement.count("?")
    plan = [row[3] for row in store.database.rows(f"EXPLAIN QUERY PLAN {statement}", parameters)]

    assert plan[:5] == [
        "MULTI-INDEX OR",
        "INDEX 1",
        "SEARCH v USING COVERING INDEX versions_by_file (path=?)",
        "INDEX 2",
        "SEARCH v USING COVERING INDEX versions_by_file (path>? AND path<?)",
    ]
    assert not any(step.startswith("SCAN") for step in plan)


def test_ids_at_looks_at_current_versions_of_what_is_not_deleted(store: Store) -> None:
    store.save([(article("a", "/other", "Another text."), ())])
    store.delete("b")

    assert store.ids_at("/n/a.zip") == []
    assert store.ids_at("/other") == ["a"]


def test_move_takes_members_along(store: Store) -> None:
    changes = store.last_seq()

    store.move("/n/a.zip", "/港/b.zip")

    assert store.ids_at("/港/b.zip") == ["a", "b"]
    assert store.get("b").location == Location("/港/b.zip/x/b.txt")
    assert store.ids_at("/n") == ["c", "d", "e"]
    assert store.last_seq() == changes
