"""
Writing articles: save, delete, restore. Each is one transaction with its change rows.

Whether an article is new, changed or the same is decided here once more, under the
write lock, so that two processes that ingest the same file store it once.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from retrieval.errors import ArticleExpired, NoSuchArticle
from retrieval.store import copies
from retrieval.store.connection import StorePart
from retrieval.store.inserts import NOTHING, Inserts
from retrieval.store.rows import PackedPassage, Saved, digest, pack, text_in, time_in
from retrieval.types import Article, Passage, content_id, is_content_keyed


class _Given(NamedTuple):
    """An article to be saved, and under which ids its passages would be."""

    article: Article
    passages: Sequence[PackedPassage]
    passage_ids: range
    found: bytes
    stored_at: int
    is_backfill: bool


class Saving(StorePart):
    """The writing part of the ``Store``."""

    def save(
        self,
        batch: Sequence[tuple[Article, Sequence[Passage | PackedPassage]]],
        *,
        found: Sequence[bytes] | None = None,
        sketches: Sequence[tuple[int, ...]] | None = None,
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
            sketches: For each article what ``copies.sketch_of`` gives, where that is known.
            is_backfill: The changes are marked so, see ``Change``.
            now: When they are stored; None for this moment.

        Raises:
            ValueError: If a passage ends past its article.
        """
        packed = [
            [pack(one) if isinstance(one, Passage) else one for one in passages]
            for _, passages in batch
        ]
        for (article, _), passages in zip(batch, packed, strict=True):
            if any(passage.stop > len(article.text) for passage in passages):
                raise ValueError(f"passage ends past its article: {article.id!r}")
        known = [None] * len(batch) if sketches is None else sketches
        digests = [digest(article) for article, _ in batch] if found is None else found
        stored_at = moment_in(now)
        with self.database.transaction():
            next_id = 1 + self.database.value(
                "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'passages'"
            )
            saved: list[Saved] = []
            written: list[copies.Written] = []
            inserts = Inserts(self.database)
            for (article, _), passages, found_digest, sketch in zip(
                batch, packed, digests, known, strict=True
            ):
                if article.id in inserts.article_ids:
                    inserts.write()
                ids = range(next_id, next_id + len(passages))
                given = _Given(article, passages, ids, found_digest, stored_at, is_backfill)
                result, key = self._save_one(given, inserts)
                if result.outcome in ("new", "changed"):
                    next_id += len(passages)
                    is_new = result.outcome == "new"
                    written.append(copies.Written(key, article, is_new=is_new, sketch=sketch))
                saved.append(result)
            inserts.write()
            copies.settle(self.database, written)
            return saved

    def _save_one(self, given: _Given, inserts: Inserts) -> tuple[Saved, int]:
        """What becomes of an article, and its key; its rows wait in *inserts*."""
        article, added = given.article, given.passage_ids
        head = self.database.row(
            """
            SELECT a.key, a.version, a.is_deleted, a.first_passage, a.stop_passage,
                   v.found, v.text_key, v.content
            FROM articles a JOIN versions v ON v.article_key = a.key AND v.version = a.version
            WHERE a.id = ?
            """,
            (text_in(article.id),),
        )
        if head is None:
            version, removed = 1, NOTHING
            key = inserts.article(article.id, added)
            text_key, content = None, article.id if is_content_keyed(article) else None
        else:
            key, current, is_deleted, first, stop, found, text_key, content = head
            if is_deleted:
                return Saved(article.id, "deleted", current), key
            if found == given.found:
                return Saved(article.id, "same", current), key
            version, removed = current + 1, range(first, stop)
            stored = self.database.value("SELECT text FROM texts WHERE key = ?", (text_key,))
            text_key = text_key if stored == text_in(article.text) else None
            content = None if content is None else content_id(article.text)
            self.database.write("DELETE FROM passages WHERE id >= ? AND id < ?", (first, stop))
            self.database.write(
                "UPDATE articles SET version = ?, first_passage = ?, stop_passage = ? WHERE key = ?",
                (version, added.start, added.stop, key),
            )
        inserts.version(
            key,
            version,
            article,
            text_key=text_key,
            found=given.found,
            content=content,
            stored_at=given.stored_at,
        )
        inserts.passages(key, given.passages, added)
        inserts.change(
            key,
            version,
            "save",
            given.stored_at,
            added=added,
            removed=removed,
            is_backfill=given.is_backfill,
        )
        return Saved(article.id, "new" if head is None else "changed", version), key

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
            inserts = Inserts(self.database)
            if is_deleted:
                inserts.change(key, version, "delete", moment_in(None), removed=passages)
                copies.leave(self.database, [key])
            else:
                article = copies.current(self.database, key)
                copies.settle(self.database, [copies.Written(key, article, is_new=True)])
                inserts.change(key, version, "restore", moment_in(None), added=passages)
            inserts.write()
            return True


def moment_in(moment: datetime | None) -> int:
    """Microseconds from 1970, of this moment if none is given."""
    given = time_in(moment)
    return time.time_ns() // 1000 if given is None else given
