"""Copies are found when they are saved, and leave their group when they are none any more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.store import Store
from retrieval.types import Article

REPORT = " ".join(f"The ministers of country{n} met and agreed on bridge{n}." for n in range(12))
OTHER = " ".join(f"Heavy rain in valley{n} has closed the road to town{n}." for n in range(12))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.db") as store:
        yield store
        assert store.check() == []


def save(store: Store, **texts: str) -> None:
    """Each in a transaction of its own."""
    for article_id, text in texts.items():
        store.save([(Article(id=article_id, text=text), [])])


ALL = ["a", "b", "c", "橋", "nobody"]


def test_a_copy_is_found_when_it_is_saved(store: Store) -> None:
    save(store, a=REPORT, other=OTHER, 橋="AP - " + REPORT)

    assert store.copies_of(ALL) == {"a": ("橋",), "橋": ("a",)}
    assert store.copies_of([]) == {}


def test_copies_that_are_saved_together_are_found(store: Store) -> None:
    store.save([(Article(id=name, text=REPORT), []) for name in "abc"])

    assert store.copies_of(ALL) == {"a": ("b", "c"), "b": ("a", "c"), "c": ("a", "b")}


def test_two_groups_are_two_groups(store: Store) -> None:
    save(store, a=REPORT, b=OTHER, c=REPORT, d=OTHER)

    assert store.copies_of(["a", "b"]) == {"a": ("c",), "b": ("d",)}


def test_an_edited_article_leaves_its_group(store: Store) -> None:
    save(store, a=REPORT, b=REPORT, c=REPORT)

    save(store, b=OTHER)
    assert store.copies_of(ALL) == {"a": ("c",), "c": ("a",)}
    save(store, c=OTHER)
    assert store.copies_of(ALL) == {"b": ("c",), "c": ("b",)}
    save(store, b=REPORT, c=REPORT)
    assert store.copies_of(["a"]) == {"a": ("b", "c")}


def test_a_deleted_article_is_nobodys_copy_until_it_is_restored(store: Store) -> None:
    save(store, a=REPORT, b=REPORT)

    store.delete("b")
    assert store.copies_of(ALL) == {}
    store.restore("b")
    assert store.copies_of(ALL) == {"a": ("b",), "b": ("a",)}


def test_an_article_without_words_is_nobodys_copy(store: Store) -> None:
    save(store, a="", b="", c="…")

    assert store.copies_of(ALL) == {}


def test_texts_off_one_template_are_no_copies(store: Store) -> None:
    for n in range(30):
        save(store, **{f"x{n}": f"{REPORT} Net {n} mln."})

    assert store.copies_of([f"x{n}" for n in range(30)]) == {}


def test_a_chance_shingle_is_not_compared(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.store.copies.sketch_of", lambda article: (1, ord(article.id)))
    monkeypatch.setattr("retrieval.store.copies.is_copy", lambda *_: pytest.fail("compared"))

    save(store, a=REPORT, b=REPORT, c=REPORT)


def test_only_the_likest_are_compared(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    monkeypatch.setattr("retrieval.store.copies.sketch_of", lambda _: (1, 2, 3))
    monkeypatch.setattr(
        "retrieval.store.copies.is_copy", lambda one, other: bool(compared.append(one.id))
    )

    save(store, a=REPORT, b=REPORT, c=REPORT, d=REPORT, e=REPORT)

    assert compared == ["b", "c", "c", "d", "d", "e", "e"]


def test_what_was_stored_before_is_sketched_in_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr("retrieval.store.saving.copies.settle", lambda *_: None)
        before.setattr("retrieval.store.saving.copies.leave", lambda *_: None)
        with Store.open(tmp_path / "store.db") as store:
            save(store, a=REPORT, b=OTHER, c=REPORT, gone=REPORT)
            store.delete("gone")
            with store.transaction():
                store.database.write("UPDATE sketching SET done = 0, stop = 9")
    monkeypatch.setattr("retrieval.store.copies._STEP", 2)

    with Store.open(tmp_path / "store.db") as store:
        save(store, b=REPORT)  # what has been saved since is not done again
        assert store.sketch_older() == 2
        assert store.copies_of(["a"]) == {"a": ("b", "c")}
        assert store.sketch_older() == 0
        assert store.check() == []


def test_check_finds_a_sketch_of_nothing(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.db") as store:
        with store.transaction():
            store.database.write("INSERT INTO sketches (article_key, hashes) VALUES (7, x'')")

        assert store.check() == ["sketch of an article that is not current: 7"]
