"""
The newest articles, found by the index on their dates; texts are read elsewhere.

Newest first, by ``published``; behind them those without a date, the last that came first.
"""

# ruff: noqa: S608 (only marks for parameters are put into SQL)

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from retrieval.store.connection import Row, StorePart
from retrieval.store.rows import Listed, text_out, time_in

_STEP = 100  # most callers want ten
_IDS = 500  # a query

_PAST_ALL = 2**63 - 1
_CURRENT = """
    FROM versions v JOIN articles a ON a.key = v.article_key AND a.version = v.version
    WHERE NOT a.is_deleted
"""


class Latest(StorePart):
    """The part of the ``Store`` that lists by date."""

    def iter_latest(
        self, after: datetime | None = None, before: datetime | None = None
    ) -> Iterator[Listed]:
        """The current articles, newest first; within bounds those that have a date."""
        yield from map(_listed, self._iter_dated(time_in(after), time_in(before)))
        if after is None and before is None:
            yield from map(_listed, self._iter_undated())

    def count_dated(self, after: datetime, before: datetime) -> int:
        """How many of the current articles are of then."""
        return int(
            self.database.value(
                f"SELECT count(*) {_CURRENT} AND v.published >= ? AND v.published < ?",
                (time_in(after), time_in(before)),
            )
        )

    def _iter_dated(self, after: int | None, before: int | None) -> Iterator[Row]:
        least = -_PAST_ALL if after is None else after
        last = (_PAST_ALL if before is None else before, -1)  # keys count from 1
        while rows := self.database.rows(
            f"""
            SELECT v.published, a.key, a.id, v.source, v.url, v.lang {_CURRENT}
            AND (v.published, v.article_key) < (?, ?) AND v.published >= ?
            ORDER BY v.published DESC, v.article_key DESC LIMIT ?
            """,
            (*last, least, _STEP),
        ):
            last = rows[-1][:2]
            yield from rows

    def _iter_undated(self) -> Iterator[Row]:
        last = _PAST_ALL
        while rows := self.database.rows(
            f"""
            SELECT v.published, a.key, a.id, v.source, v.url, v.lang {_CURRENT}
            AND v.published IS NULL AND v.article_key < ?
            ORDER BY v.article_key DESC LIMIT ?
            """,
            (last, _STEP),
        ):
            last = rows[-1][1]
            yield from rows

    def latest_of(self, passage_ids: Iterable[int], limit: int) -> list[str]:
        """The ids of the newest articles that have one of these passages, newest first."""
        found: set[tuple[bool, int, int, str]] = set()
        remaining = iter(passage_ids)
        while ids := list(islice(remaining, _IDS)):
            rows = self.database.rows(
                f"""
                SELECT DISTINCT v.published, a.key, a.id FROM passages p
                JOIN articles a ON a.key = p.article_key
                JOIN versions v ON v.article_key = a.key AND v.version = a.version
                WHERE p.id IN ({",".join("?" * len(ids))}) AND NOT a.is_deleted
                """,
                ids,
            )
            found.update(
                (at is not None, at or 0, key, text_out(id_) or "") for at, key, id_ in rows
            )
        return [article_id for *_, article_id in heapq.nlargest(limit, found)]


def _listed(row: Sequence[object]) -> Listed:
    article_id, source, url, lang = (text_out(value) for value in row[2:])  # type: ignore[arg-type]
    return Listed(article_id or "", source, url, lang)
