"""
Reading articles, their versions and passages; the writing lives in ``saving.py``.

"Current" is the last version of an article that is not deleted. Long results come in
steps of a few hundred rows, each a query of its own, so that a slow reader keeps no
transaction open and memory stays flat.
"""

# ruff: noqa: S608 (only names of columns and marks for parameters are put into SQL)

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from retrieval.errors import NoSuchArticle
from retrieval.store.connection import Row, StorePart
from retrieval.store.rows import (
    ARTICLE,
    PASSAGE,
    Counts,
    IndexRow,
    SourceSummary,
    article_out,
    passage_out,
    text_in,
    text_out,
    time_out,
)
from retrieval.store.schema import DROPPED
from retrieval.types import Article, Location, StoredPassage

_Id = TypeVar("_Id", int, str)

_STEP = 500  # rows or ids a query: a few MB of news articles

_CURRENT = """
    FROM articles a
    JOIN versions v ON v.article_key = a.key AND v.version = a.version
"""
_CURRENT_WITH_TEXT = f"{_CURRENT} JOIN texts t ON t.key = v.text_key"


@dataclass(frozen=True, slots=True)
class StoredHead:
    """
    What the decision about a newly read article looks at, of the one that is stored.

    Attributes:
        digest: Of the current version as its source gave it (``rows.digest``).
        location: Where the current version was read.
        content: The content id of its text, where the article's id was made from the
            text of its first version; None where the source gave an id.
        is_expired: It is deleted, and its text may be gone.
    """

    id: str
    version: int
    is_deleted: bool
    digest: bytes
    location: Location | None
    content: str | None = None
    is_expired: bool = False


class Articles(StorePart):
    """The reading part of the ``Store``."""

    # --- one article --------------------------------------------------------

    def get(self, article_id: str) -> Article:
        """
        The current version of an article.

        Raises:
            NoSuchArticle: If the store has none, or it was deleted.
        """
        article = self.find(article_id)
        if article is None:
            raise NoSuchArticle(article_id)
        return article

    def find(self, article_id: str) -> Article | None:
        """The current version of an article; None if the store has none, or it was deleted."""
        return self.get_many((article_id,)).get(article_id)

    def get_version(self, article_id: str, version: int) -> Article:
        """
        Any version of an article, so that an old citation resolves; a deleted one's too.

        Raises:
            NoSuchArticle: If the store never had it, or its text was dropped (``expire``).
        """
        row = self.database.row(
            f"""
            SELECT {ARTICLE} FROM articles a
            JOIN versions v ON v.article_key = a.key AND v.version = ?
            JOIN texts t ON t.key = v.text_key
            WHERE a.id = ? AND v.text_key <> ?
            """,
            (version, text_in(article_id), DROPPED),
        )
        if row is None:
            raise NoSuchArticle(article_id, version)
        return article_out(row)

    def article_passages(self, article_id: str) -> list[StoredPassage]:
        """
        The current passages of an article, in text order.

        Raises:
            NoSuchArticle: If the store has no such article, or it was deleted.
        """
        with self.database.snapshot():
            row = self.database.row(
                "SELECT first_passage, stop_passage FROM articles WHERE id = ? AND NOT is_deleted",
                (text_in(article_id),),
            )
            if row is None:
                raise NoSuchArticle(article_id)
            rows = self.database.rows(
                f"""
                SELECT {PASSAGE} FROM passages p JOIN articles a ON a.key = p.article_key
                WHERE p.id >= ? AND p.id < ? ORDER BY p.id
                """,
                row,
            )
        return [passage_out(row) for row in rows]

    # --- several, by id -----------------------------------------------------

    def get_many(self, article_ids: Iterable[str]) -> dict[str, Article]:
        """The current versions by id; ids that the store does not hold are left out."""
        articles: dict[str, Article] = {}
        for ids in _steps(article_ids):
            rows = self.database.rows(
                f"SELECT {ARTICLE} {_CURRENT_WITH_TEXT}"
                f" WHERE a.id IN ({_marks(ids)}) AND NOT a.is_deleted",
                [text_in(article_id) for article_id in ids],
            )
            articles.update((article.id, article) for article in map(article_out, rows))
        return articles

    def passages(self, passage_ids: Iterable[int]) -> dict[int, StoredPassage]:
        """The current passages by id; ids that are no longer current are left out."""
        passages: dict[int, StoredPassage] = {}
        for ids in _steps(passage_ids):
            rows = self.database.rows(
                f"""
                SELECT {PASSAGE} FROM passages p JOIN articles a ON a.key = p.article_key
                WHERE p.id IN ({_marks(ids)}) AND NOT a.is_deleted
                """,
                ids,
            )
            passages.update((passage.id, passage) for passage in map(passage_out, rows))
        return passages

    # --- all, in steps ------------------------------------------------------

    def iter_articles(self) -> Iterator[Article]:
        """All current articles with their texts, in the order they first came."""
        last = 0
        while rows := self.database.rows(
            f"SELECT a.key, {ARTICLE} {_CURRENT_WITH_TEXT} WHERE a.key > ? AND NOT a.is_deleted"
            " ORDER BY a.key LIMIT ?",
            (last, _STEP),
        ):
            last = rows[-1][0]
            yield from (article_out(row[1:]) for row in rows)

    def index_rows(self, passage_ids: Iterable[int] | None = None) -> Iterator[IndexRow]:
        """
        What an index needs of the passages, those of an article together.

        Args:
            passage_ids: Which ones; those that are no longer current are left out.
                None for all current ones.
        """
        text_key, text = None, ""
        for row in self._iter_index_rows(passage_ids):
            passage_id, start, stop, row_text_key, title, source, url, published, lang, id_ = row
            if row_text_key != text_key:  # once an article, however many its passages
                text_key = row_text_key
                stored = self.database.value("SELECT text FROM texts WHERE key = ?", (text_key,))
                text = text_out(stored) or ""
            yield IndexRow(
                passage_id,
                text_out(title),
                text[start:stop],
                text_out(source),
                text_out(url),
                time_out(published),
                text_out(lang),
                text_out(id_) or "",
            )

    def _iter_index_rows(self, passage_ids: Iterable[int] | None) -> Iterator[Row]:
        select = """
            SELECT p.id, p.start, p.stop, v.text_key, title, source, url, published, lang, a.id
            FROM passages p
            JOIN articles a ON a.key = p.article_key
            JOIN versions v ON v.article_key = a.key AND v.version = a.version
            WHERE NOT a.is_deleted AND
        """
        if passage_ids is not None:
            for ids in _steps(passage_ids):
                yield from self.database.rows(
                    f"{select} p.id IN ({_marks(ids)}) ORDER BY p.id", ids
                )
            return
        last = 0
        while rows := self.database.rows(f"{select} p.id > ? ORDER BY p.id LIMIT ?", (last, _STEP)):
            last = rows[-1][0]
            yield from rows

    # --- totals -------------------------------------------------------------

    def sources(self) -> list[SourceSummary]:
        """The outlets of the current articles, the largest first, then by name."""
        rows = self.database.rows(
            f"SELECT source, lang, count(*), min(published), max(published) {_CURRENT}"
            " WHERE NOT a.is_deleted GROUP BY source, lang"
        )
        by_source: dict[str | None, list[Row]] = {}
        for row in rows:
            by_source.setdefault(text_out(row[0]), []).append(row)
        summaries = [
            SourceSummary(
                source,
                articles=sum(row[2] for row in group),
                first=time_out(min((row[3] for row in group if row[3] is not None), default=None)),
                last=time_out(max((row[4] for row in group if row[4] is not None), default=None)),
                langs=tuple(
                    sorted(lang for row in group if (lang := text_out(row[1])) is not None)
                ),
            )
            for source, group in by_source.items()
        ]
        return sorted(summaries, key=lambda s: (-s.articles, s.source or ""))

    def languages(self) -> dict[str | None, int]:
        """How many current articles each language has, the largest first, then by name."""
        rows = self.database.rows(
            f"SELECT lang, count(*) {_CURRENT} WHERE NOT a.is_deleted GROUP BY lang"
        )
        sizes = [(text_out(lang), size) for lang, size in rows]
        return dict(sorted(sizes, key=lambda pair: (-pair[1], pair[0] or "")))

    def counts(self) -> Counts:
        """How much the store holds."""
        row = self.database.rows(
            """
            SELECT coalesce(sum(NOT is_deleted), 0), coalesce(sum(version), 0),
                   coalesce(sum((stop_passage - first_passage) * NOT is_deleted), 0),
                   coalesce(sum(is_deleted AND NOT is_expired), 0), coalesce(sum(is_expired), 0)
            FROM articles
            """
        )[0]
        return Counts(*row)

    # --- for the decision about a newly read article ------------------------

    def find_head(self, article_id: str) -> StoredHead | None:
        """The head of the article with this id; of a deleted one too."""
        return self._find_head("a.id = ?", text_in(article_id))

    def find_head_by_content(self, content: str) -> StoredHead | None:
        """
        The head of the content-keyed article that has, or once had, the text with
        this content id; one that has it now first.
        """
        return self._find_head(
            """
            a.key = (SELECT w.article_key FROM versions w JOIN articles b ON b.key = w.article_key
                     WHERE w.content = ? ORDER BY w.version = b.version DESC, b.key LIMIT 1)
            """,
            content,
        )

    def _find_head(self, condition: str, parameter: Any) -> StoredHead | None:
        row = self.database.row(
            f"""
            SELECT a.id, a.version, a.is_deleted, a.is_expired, v.found, v.path, v.first_line, v.last_line,
                   v.content
            {_CURRENT} WHERE {condition}
            """,
            (parameter,),
        )
        if row is None:
            return None
        article_id, version, is_deleted, is_expired, digest, *place, content = row
        return StoredHead(
            id=text_out(article_id) or "",
            version=version,
            is_deleted=bool(is_deleted),
            digest=digest,
            location=_location(place),
            content=content,
            is_expired=bool(is_expired),
        )

    def head(self, article_id: str) -> StoredHead:
        """
        The head of the article with this id; of a deleted one too.

        Raises:
            NoSuchArticle: If the store never had it.
        """
        head = self.find_head(article_id)
        if head is None:
            raise NoSuchArticle(article_id)
        return head

    def iter_content_keyed_at(self, path: str) -> Iterator[str]:
        """
        Ids of the content-keyed articles, deleted ones too, last read from the file *path*;
        not of the expired ones, whose texts may be gone.
        """
        last = 0
        while rows := self.database.rows(
            """
            SELECT a.key, a.id FROM versions v INDEXED BY versions_by_path
            JOIN articles a ON a.key = v.article_key AND a.version = v.version
            WHERE v.path = ? AND v.content IS NOT NULL AND v.article_key > ? AND NOT a.is_expired
            ORDER BY v.article_key LIMIT ?
            """,
            (text_in(path), last, _STEP),
        ):
            last = rows[-1][0]
            yield from (text_out(row[1]) or "" for row in rows)


def _location(place: list[Any]) -> Location | None:
    path = text_out(place[0])
    return None if path is None else Location(path, place[1], place[2])


def _steps(ids: Iterable[_Id]) -> Iterator[list[_Id]]:
    remaining = iter(ids)
    while step := list(islice(remaining, _STEP)):
        yield step


def _marks(ids: Collection[Any]) -> str:
    return ",".join("?" * len(ids))
