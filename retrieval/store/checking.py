"""What ``clipdesk doctor`` asks of a store: is the file whole, and is what it holds consistent."""

# ruff: noqa: S608 (only names of columns and marks for parameters are put into SQL)

from __future__ import annotations

from collections.abc import Iterator

from retrieval.errors import StoreError
from retrieval.store.connection import Database
from retrieval.store.rows import PASSAGE, passage_out, text_out
from retrieval.store.schema import DROPPED

_MOST_PROBLEMS = 20  # of each kind; a damaged file has thousands
_STEP = 500  # articles at a time

# Each is a question that must find nothing, and what it means when it finds something.
_QUESTIONS = (
    (
        "article without its current version",
        """
        SELECT a.id FROM articles a LEFT JOIN versions v
        ON v.article_key = a.key AND v.version = a.version WHERE v.version IS NULL
        """,
    ),
    (
        "article with a gap in its versions",
        """
        SELECT a.id FROM articles a WHERE a.version <>
        (SELECT count(*) FROM versions v WHERE v.article_key = a.key)
        """,
    ),
    (
        "version without its text",
        """
        SELECT a.id FROM versions v JOIN articles a ON a.key = v.article_key
        LEFT JOIN texts t ON t.key = v.text_key WHERE t.key IS NULL
        """,
    ),
    (
        "article whose passages are not all there",
        """
        SELECT a.id FROM articles a WHERE a.stop_passage - a.first_passage <>
        (SELECT count(*) FROM passages p WHERE p.id >= a.first_passage
         AND p.id < a.stop_passage AND p.article_key = a.key)
        """,
    ),
    (
        "passage of no current version",
        """
        SELECT p.id FROM passages p LEFT JOIN articles a ON a.key = p.article_key
        WHERE a.key IS NULL OR p.id < a.first_passage OR p.id >= a.stop_passage
        """,
    ),
    (
        # Without its last change an index cannot follow the article.
        "article without its last change",
        """
        SELECT a.id FROM articles a
        LEFT JOIN (SELECT max(seq) AS seq, article_key FROM changes GROUP BY article_key) l
        ON l.article_key = a.key
        LEFT JOIN changes c ON c.seq = l.seq
        WHERE CASE WHEN c.seq IS NULL THEN NOT a.is_expired  -- theirs are trimmed
        ELSE c.version <> a.version OR (c.action = 'delete') <> a.is_deleted END
        """,
    ),
    (
        "expired article that can still be found",
        """
        SELECT id FROM articles
        WHERE is_expired AND NOT (is_deleted AND stop_passage = first_passage)
        """,
    ),
    (
        "article whose text was dropped although it has not expired",
        f"""
        SELECT a.id FROM articles a JOIN versions v
        ON v.article_key = a.key AND v.version = a.version
        WHERE v.text_key = {DROPPED} AND NOT a.is_expired
        """,
    ),
    (
        "sketch of an article that is not current",
        """
        SELECT s.article_key FROM sketches s LEFT JOIN articles a ON a.key = s.article_key
        WHERE a.key IS NULL OR a.is_deleted
        """,
    ),
    (
        "reader of changes ahead of the feed",
        "SELECT name FROM cursors WHERE seq > (SELECT coalesce(max(seq), 0) FROM changes)",
    ),
)


def problems(database: Database) -> list[str]:
    """What is wrong with the store, in words; empty if nothing is."""
    found: list[str] = []
    try:
        with database.snapshot():
            for problem in _iter_problems(database):
                found.append(problem)  # kept if reading then fails  # noqa: PERF402
    except StoreError as e:
        found.append(str(e))
    return found


def _iter_problems(database: Database) -> Iterator[str]:
    for (message,) in database.rows(f"PRAGMA integrity_check({_MOST_PROBLEMS})"):
        if message != "ok":
            yield f"damaged file: {message}"
    for table, row_id, parent, _ in database.rows("PRAGMA foreign_key_check")[:_MOST_PROBLEMS]:
        yield f"row refers to nothing: {table} {row_id} to {parent}"
    for problem, question in _QUESTIONS:
        for (which,) in database.rows(f"{question} LIMIT {_MOST_PROBLEMS}"):
            yield f"{problem}: {which!r}"
    yield from _passage_problems(database)


def _passage_problems(database: Database) -> Iterator[str]:
    """Passages that cannot be read, or that end past their text."""
    last, count = 0, 0
    while rows := database.rows(
        """
        SELECT a.key, t.text FROM articles a
        JOIN versions v ON v.article_key = a.key AND v.version = a.version
        JOIN texts t ON t.key = v.text_key
        WHERE a.key > ? ORDER BY a.key LIMIT ?
        """,
        (last, _STEP),
    ):
        lengths = {key: len(text_out(text) or "") for key, text in rows}
        first, last = rows[0][0], rows[-1][0]
        for key, *row in database.rows(
            f"SELECT a.key, {PASSAGE} FROM articles a JOIN passages p"
            " ON p.id >= a.first_passage AND p.id < a.stop_passage"
            " WHERE a.key BETWEEN ? AND ?",
            (first, last),
        ):
            try:
                is_whole = passage_out(row).passage.span.stop <= lengths[key]
            except ValueError:
                is_whole = False
            if not is_whole:
                yield f"passage that cannot be read: {row[0]!r}"
                count += 1
                if count == _MOST_PROBLEMS:
                    return
