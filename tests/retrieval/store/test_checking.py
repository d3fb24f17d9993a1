"""Every kind of damage that the examination is to find, done by hand."""

import sqlite3

import pytest

from retrieval.store import Store
from retrieval.types import Article, Passage, Sentence, Span

SPAN = Span(0, 5)
PASSAGE = Passage(SPAN, (Sentence(SPAN, 1),))


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "store.db"
    with Store.open(path) as store:
        store.save([(Article(id=f"雨{n}", text="Rain."), [PASSAGE]) for n in (1, 2)])
        store.save([(Article(id="雨1", text="Storm"), [PASSAGE])])
        store.delete("雨2")
        store.move_cursor("alerts", 4)
        assert store.check() == []
    return path


@pytest.mark.parametrize(
    ("damage", "problems"),
    [
        (
            "DELETE FROM versions WHERE article_key = 1 AND version = 1",
            ["article with a gap in its versions: '雨1'"],
        ),
        (
            "DELETE FROM versions WHERE article_key = 1 AND version = 2",
            [
                "row refers to nothing: articles 1 to versions",
                "article without its current version: '雨1'",
                "article with a gap in its versions: '雨1'",
            ],
        ),
        (
            "DELETE FROM texts WHERE key = 1",
            ["row refers to nothing: versions None to texts", "version without its text: '雨1'"],
        ),
        ("DELETE FROM passages WHERE id = 3", ["article whose passages are not all there: '雨1'"]),
        (
            "INSERT INTO passages VALUES (9, 1, 0, 1, x'42000203')",
            ["passage of no current version: 9"],
        ),
        ("UPDATE passages SET stop = 6 WHERE id = 3", ["passage that cannot be read: 3"]),
        ("UPDATE passages SET sentences = x'00' WHERE id = 3", ["passage that cannot be read: 3"]),
        ("DELETE FROM changes WHERE seq = 3", ["article without its last change: '雨1'"]),
        ("UPDATE articles SET is_deleted = 0", ["article without its last change: '雨2'"]),
        ("UPDATE cursors SET seq = 9", ["reader of changes ahead of the feed: 'alerts'"]),
    ],
)
def test_check_finds(path, damage, problems):
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(damage)
    connection.close()

    with Store.open(path) as store:
        assert store.check() == problems


def test_check_ends_when_everything_is_damaged(path):
    with Store.open(path) as store:
        store.save([(Article(id=f"{n}", text="Rain."), [PASSAGE]) for n in range(100)])
        with store.transaction():
            store.database.write("UPDATE passages SET sentences = x'00'")

        assert len(store.check()) == 20
