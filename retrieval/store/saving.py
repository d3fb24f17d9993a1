"""
Writing articles: save, delete, restore. Each is one transaction with its change rows.

Whether an article is new, changed or the same is decided here once more, under the
write lock, so that two processes that ingest the same file store it once.
"""

# ruff: noqa: S608 (only names of columns and marks for parameters are put into SQL)

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime

from retrieval.errors import ArticleExpired, NoSuchArticle
from retrieval.store import copies
from retrieval.store.connection import StorePart
from retrieval.store.rows import (
    META,
    Action,
    Saved,
    digest,
    meta_in,
    passage_in,
    text_in,
    time_in,
)
from retrieval.types import Article, Passage, content_id

_CONTENT_ID_LENGTH = len(content_id(""))

NOTHING = range(0)


class Saving(StorePart):
    """The writing part of the ``Store``."""

    def save(
        self,
        batch: Sequence[tuple[Article, Sequence[Passage]]],
        *,
        found: Sequence[bytes] | None = None,
        is_backfill: bool = False,
        now: datetime | None = None,
    ) -> list[Saved]:
        """
        Store articles with their passages, all in one transaction.

        An article that differs in text or metadata from the current one of its id is a
        new version; an equal one changes nothing, and neither does one that was deleted
        or has expired.

        Args:
            batch: Each article with the passages of its text; versions and order of
                ids do not matter.
            found: For each article its ``rows.digest`` as the source gave it, which
                then decides on equality, so that what was derived since does not.
            is_backfill: The changes are marked so, see ``Change``.
            now: When they are stored; None for this moment.

        Raises:
            ValueError: If a passage ends past its article.
        """
        for article, passages in batch:
            if any(passage.span.stop > len(article.text) for passage in passages):
                raise ValueError(f"passage ends past its article: {article.id!r}")
        digests = [digest(article) for article, _ in batch] if found is None else found
        stored_at = moment_in(now)
        with self.database.transaction():
            next_id = 1 + self.database.value(
                "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'passages'"
            )
            saved: list[Saved] = []
            written: list[copies.Written] = []
            for (article, passages), found_digest in zip(batch, digests, strict=True):
                result = self._save_one(
                    article,
                    passages,
                    found_digest,
                    next_id,
                    stored_at,
                    written,
                    is_backfill=is_backfill,
                )
                if result.outcome in ("new", "changed"):
                    next_id += len(passages)
                saved.append(result)
            copies.settle(self.database, written)
            return saved

    def _save_one(
        self,
        article: Article,
        passages: Sequence[Passage],
        found: bytes,
        first_passage: int,
        stored_at: int,
        written: list[copies.Written],
        *,
        is_backfill: bool,
    ) -> Saved:
        head = self.database.row(
            """
            SELECT a.key, a.version, a.is_deleted, a.first_passage, a.stop_passage,
                   v.found, v.text_key, v.content
            FROM articles a JOIN versions v ON v.article_key = a.key AND v.version = a.version
            WHERE a.id = ?
            """,
            (text_in(article.id),),
        )
        added = range(first_passage, first_passage + len(passages))
        if head is None:
            key = self.database.write(
                "INSERT INTO articles (id, version, first_passage, stop_passage)"
                " VALUES (?, 1, ?, ?)",
                (text_in(article.id), added.start, added.stop),
            )
            content = _content(article)
            is_content_keyed = content == article.id
            self._insert(
                key, 1, article, found, None, content if is_content_keyed else None, stored_at
            )
            self._insert_passages(key, passages, added)
            self._record(key, 1, "save", added, NOTHING, stored_at, is_backfill=is_backfill)
            written.append(copies.Written(key, article, is_new=True))
            return Saved(article.id, "new", 1)

        key, current, is_deleted, first, stop, current_found, text_key, content = head
        if is_deleted:
            return Saved(article.id, "deleted", current)
        if current_found == found:
            return Saved(article.id, "same", current)
        version = current + 1
        stored = self.database.value("SELECT text FROM texts WHERE key = ?", (text_key,))
        self._insert(
            key,
            version,
            article,
            found,
            text_key if stored == text_in(article.text) else None,
            None if content is None else content_id(article.text),
            stored_at,
        )
        self.database.write("DELETE FROM passages WHERE id >= ? AND id < ?", (first, stop))
        self._insert_passages(key, passages, added)
        self.database.write(
            "UPDATE articles SET version = ?, first_passage = ?, stop_passage = ? WHERE key = ?",
            (version, added.start, added.stop, key),
        )
        removed = range(first, stop)
        self._record(key, version, "save", added, removed, stored_at, is_backfill=is_backfill)
        written.append(copies.Written(key, article, is_new=False))
        return Saved(article.id, "changed", version)

    def _insert(
        self,
        key: int,
        version: int,
        article: Article,
        found: bytes,
        text_key: int | None,
        content: str | None,
        stored_at: int,
    ) -> None:
        if text_key is None:
            text_key = self.database.write(
                "INSERT INTO texts (text) VALUES (?)", (text_in(article.text),)
            )
        row = (key, version, text_key, found, content, stored_at, *meta_in(article))
        self.database.write(
            "INSERT INTO versions"
            f" (article_key, version, text_key, found, content, stored_at, {META})"
            f" VALUES ({','.join('?' * len(row))})",
            row,
        )

    def _insert_passages(self, key: int, passages: Sequence[Passage], ids: range) -> None:
        self.database.write_many(
            "INSERT INTO passages (id, article_key, start, stop, sentences) VALUES (?, ?, ?, ?, ?)",
            [
                (passage_id, key, *passage_in(passage))
                for passage_id, passage in zip(ids, passages, strict=True)
            ],
        )

    def _record(
        self,
        key: int,
        version: int,
        action: Action,
        added: range,
        removed: range,
        recorded_at: int,
        *,
        is_backfill: bool = False,
    ) -> None:
        bounds = added.start, added.stop, removed.start, removed.stop
        is_expiry = action == "expire"
        action = "delete" if is_expiry else action
        self.database.write(
            """
            INSERT INTO changes (article_key, version, action,
                                 added_first, added_stop, removed_first, removed_stop,
                                 is_backfill, is_expiry, recorded_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            (key, version, action, *bounds, is_backfill, is_expiry, recorded_at),
        )

    def delete(self, article_id: str) -> bool:
        """
        Leave a tombstone: the article is no longer current, and saving it again does not
        bring it back. Its versions still resolve.

        Returns:
            Whether anything changed; False if it was deleted before.

        Raises:
            NoSuchArticle: If the store never had it.
        """
        return self._bury(article_id, is_deleted=True)

    def restore(self, article_id: str) -> bool:
        """
        Take a tombstone away: the article is current again as it was, its passage ids too.

        Returns:
            Whether anything changed; False if it was not deleted.

        Raises:
            NoSuchArticle: If the store never had it.
            ArticleExpired: If it has expired, and its passages are gone.
        """
        return self._bury(article_id, is_deleted=False)

    def _bury(self, article_id: str, *, is_deleted: bool) -> bool:
        with self.database.transaction():
            row = self.database.row(
                "SELECT key, version, is_deleted, is_expired, first_passage, stop_passage"
                " FROM articles WHERE id = ?",
                (text_in(article_id),),
            )
            if row is None:
                raise NoSuchArticle(article_id)
            key, version, was_deleted, is_expired, first, stop = row
            if is_expired and not is_deleted:
                raise ArticleExpired(article_id)
            if bool(was_deleted) == is_deleted:
                return False
            self.database.write(
                "UPDATE articles SET is_deleted = ? WHERE key = ?", (is_deleted, key)
            )
            passages = range(first, stop)
            if is_deleted:
                self._record(key, version, "delete", NOTHING, passages, moment_in(None))
                copies.leave(self.database, [key])
            else:
                article = copies.current(self.database, key)
                copies.settle(self.database, [copies.Written(key, article, is_new=True)])
                self._record(key, version, "restore", passages, NOTHING, moment_in(None))
            return True


def _content(article: Article) -> str | None:
    """The content id of the text, where the article's own id may be one."""
    return content_id(article.text) if len(article.id) == _CONTENT_ID_LENGTH else None


def moment_in(moment: datetime | None) -> int:
    """Microseconds from 1970, of this moment if none is given."""
    given = time_in(moment)
    return time.time_ns() // 1000 if given is None else given
