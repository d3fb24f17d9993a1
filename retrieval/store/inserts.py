"""
New rows of a transaction, put in together: one statement a table takes half the time of one a row.
"""

# ruff: noqa: S608 (only names of tables and columns and marks for parameters are put into SQL)

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from retrieval.store.connection import Database
from retrieval.store.rows import META, Action, PackedPassage, meta_in, text_in
from retrieval.types import Article

NOTHING = range(0)

# In an order in which no row refers to one of a later table.
_COLUMNS = {
    "articles": "key, id, version, first_passage, stop_passage",
    "texts": "key, text",
    "versions": f"article_key, version, text_key, found, content, stored_at, {META}",
    "passages": "id, article_key, start, stop, sentences",
    "changes": "article_key, version, action, added_first, added_stop, removed_first, removed_stop,"
    " is_backfill, is_expiry, recorded_at",
}


class Inserts:
    """
    Rows that wait for ``write``; within one transaction, as their keys are the next ones.

    Attributes:
        article_ids: Of the articles that have a version among them, which no query finds yet.
    """

    def __init__(self, database: Database) -> None:
        self.article_ids: set[str] = set()
        self._database = database
        self._rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _COLUMNS}
        self._next_key: dict[str, int] = {}

    def article(self, article_id: str, passages: range) -> int:
        """The key of a new article, whose first version has the passages of these ids."""
        key = self._key_in("articles")
        self._rows["articles"].append((key, text_in(article_id), 1, passages.start, passages.stop))
        return key

    def version(
        self,
        key: int,
        version: int,
        article: Article,
        *,
        text_key: int | None,
        found: bytes,
        content: str | None,
        stored_at: int,
    ) -> None:
        """
        A version of the article with this key.

        Args:
            key: The article's.
            version: From 1.
            article: What it holds.
            text_key: Of its text, if the store has it already.
            found: Its ``rows.digest`` as the source gave it.
            content: Its content id, if it is keyed by that.
            stored_at: Microseconds from 1970.
        """
        self.article_ids.add(article.id)
        if text_key is None:
            text_key = self._key_in("texts")
            self._rows["texts"].append((text_key, text_in(article.text)))
        self._rows["versions"].append(
            (key, version, text_key, found, content, stored_at, *meta_in(article))
        )

    def passages(self, key: int, passages: Sequence[PackedPassage], ids: range) -> None:
        """Passages of the current version of the article with this key."""
        self._rows["passages"].extend(
            (passage_id, key, *passage) for passage_id, passage in zip(ids, passages, strict=True)
        )

    def change(
        self,
        key: int,
        version: int,
        action: Action,
        recorded_at: int,
        *,
        added: range = NOTHING,
        removed: range = NOTHING,
        is_backfill: bool = False,
    ) -> None:
        """The next change of the feed; the ids are those of passages."""
        bounds = added.start, added.stop, removed.start, removed.stop
        is_expiry = action == "expire"
        action = "delete" if is_expiry else action
        self._rows["changes"].append(
            (key, version, action, *bounds, is_backfill, is_expiry, recorded_at)
        )

    def write(self) -> None:
        """Put them in."""
        for table, rows in self._rows.items():
            columns = _COLUMNS[table]
            marks = ",".join("?" * len(columns.split(",")))
            self._database.write_many(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
            rows.clear()
        self.article_ids.clear()

    def _key_in(self, table: str) -> int:
        if table not in self._next_key:
            last = self._database.value(f"SELECT coalesce(max(key), 0) FROM {table}")
            self._next_key[table] = last + 1
        key = self._next_key[table]
        self._next_key[table] += 1
        return key
