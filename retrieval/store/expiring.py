"""
Letting articles go that are too old, or too many: what has expired, its texts, old changes.

Each step is many short transactions with pauses between them, so that others who write
wait for one of them at most; a crash between two of them leaves a whole store, and
repeating the step does the rest. First articles expire: they leave the index by the
change feed, and stay as tombstones, so that no feed brings them back. Then the texts go
that nobody cites, after the readers of the feed have come past; what those who cite an
article keep of it is theirs to say, the store does not know them.
"""

# ruff: noqa: S608 (only names of columns, conditions and marks for parameters are put into SQL)

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from retrieval.store import copies
from retrieval.store.connection import Row
from retrieval.store.inserts import Inserts
from retrieval.store.rows import META, text_out
from retrieval.store.saving import Saving, moment_in
from retrieval.store.schema import DROPPED

_Item = TypeVar("_Item")

Cited = Collection[tuple[str, int]]
"""Ids of articles with their versions, which still resolve; a set is best."""

Wait = Callable[[float], bool]
"""Waits so many seconds, and says whether to stop; such as ``threading.Event().wait``."""

_TURN_S = 0.03  # of writing, before others may; the commit takes as long again on a slow disk
_LEAST_PAUSE_S = 0.005  # the lock is not fair: whoever waits for it has to be let in
_STEP = 500  # rows a query
_FREE_SHARE = 10  # a tenth of the file may be free: what comes tomorrow needs it

_LONG_AGO = -(2**63)  # before every moment
_KEEP_CHANGES = timedelta(days=30)  # where no age is set

_CURRENT = """
    FROM articles a JOIN versions v ON v.article_key = a.key AND v.version = a.version
"""
# A date in the future is wrong, and would never pass.
_AGE = "min(coalesce(v.published, v.stored_at), v.stored_at)"

# What an article of its source's N newest is not; among those that are not too old.
_OVER = f"""
    SELECT key, version, id, source FROM (
        SELECT a.key, a.version, a.id, v.source, row_number() OVER (
            PARTITION BY v.source ORDER BY {_AGE} DESC, a.key DESC
        ) AS place
        {_CURRENT} WHERE NOT a.is_deleted AND v.source IS NOT NULL AND {_AGE} >= ?
    ) WHERE place > ?
"""
_BLANKED = ", ".join(
    f"{column} = NULL"
    for column in META.split(", ")
    if column not in ("path", "is_truncated", "is_suspect")
)
# The rows that a new reader of the feed needs: what put the current passages in, and
# what tells of a deletion.
_NEEDED = """
    NOT a.is_expired AND c.version = a.version AND CASE WHEN a.is_deleted
        THEN c.action = 'delete'
        ELSE c.action <> 'delete' AND c.added_first = a.first_passage
             AND c.added_stop = a.stop_passage
    END
"""


@dataclass(frozen=True, slots=True)
class Retention:
    """
    How much is kept; None keeps all.

    Attributes:
        days: Articles published earlier expire; those without a date by when their
            current version was stored.
        per_source: The most current articles of one source; the oldest expire. Those that
            name no source are not counted.
    """

    days: int | None = None
    per_source: int | None = None

    def __bool__(self) -> bool:
        return self.days is not None or self.per_source is not None

    def oldest(self, now: datetime) -> int:
        """In microseconds from 1970; what is earlier expires."""
        if self.days is None:
            return _LONG_AGO
        return moment_in(now) - timedelta(days=self.days) // timedelta(microseconds=1)


class Excess(NamedTuple):
    """
    What is more than a retention allows.

    ``old`` counts articles, deleted ones too, ``over`` those beyond the limit of each
    source, ``cited`` those of both whose text stays.
    """

    old: int
    over: dict[str, int]
    cited: int


class Dropped(NamedTuple):
    """``texts`` counts versions whose text went, ``cited`` expired articles that kept one."""

    texts: int
    cited: int


class Expiring(Saving):
    """The part of the ``Store`` that lets articles go."""

    # --- articles -----------------------------------------------------------

    def excess(self, retention: Retention, now: datetime, cited: Cited = ()) -> Excess:
        """What ``expire`` would take out."""
        ids = {article_id for article_id, _ in cited}
        old, over, kept = 0, dict[str, int](), 0
        for rows in self._iter_old(retention.oldest(now)):
            old += len(rows)
            kept += sum(text_out(article_id) in ids for _, _, article_id in rows)
        for _, _, article_id, source in self._over(retention, now):
            name = text_out(source) or ""
            over[name] = over.get(name, 0) + 1
            kept += text_out(article_id) in ids
        return Excess(old, over, kept)

    def expire(
        self,
        retention: Retention,
        now: datetime,
        wait: Wait,
        on_progress: Callable[[int], None] | None = None,
    ) -> int:
        """
        Make tombstones of what is more than *retention* allows; their texts stay for now.

        They are found no more, and saving them again does not bring them back.

        Returns:
            How many expired.
        """
        expired = 0

        def expire(row: Row) -> None:
            nonlocal expired
            expired += self._expire_one(row[0], row[1], moment_in(now))
            if on_progress is not None:
                on_progress(expired)

        if self._take_turns(self._iter_old(retention.oldest(now)), expire, wait):
            self._take_turns([self._over(retention, now)], expire, wait)
        return expired

    def _iter_old(self, oldest: int) -> Iterator[list[Row]]:
        last = 0
        while rows := self.database.rows(
            f"SELECT a.key, a.version, a.id {_CURRENT}"
            f" WHERE a.key > ? AND NOT a.is_expired AND {_AGE} < ? ORDER BY a.key LIMIT ?",
            (last, oldest, _STEP),
        ):
            last = rows[-1][0]
            yield rows

    def _over(self, retention: Retention, now: datetime) -> list[Row]:
        if retention.per_source is None:
            return []
        return self.database.rows(_OVER, (retention.oldest(now), retention.per_source))

    def _expire_one(self, key: int, version: int, now: int) -> bool:
        """Whether it did; not if there is another version by now, which may be younger."""
        row = self.database.row(
            "SELECT is_deleted, first_passage, stop_passage FROM articles"
            " WHERE key = ? AND version = ? AND NOT is_expired",
            (key, version),
        )
        if row is None:
            return False
        was_deleted, first, stop = row
        self.database.write("DELETE FROM passages WHERE id >= ? AND id < ?", (first, stop))
        self.database.write(
            "UPDATE articles SET is_deleted = 1, is_expired = 1, stop_passage = first_passage"
            " WHERE key = ?",
            (key,),
        )
        copies.leave(self.database, [key])
        if not was_deleted:
            inserts = Inserts(self.database)
            inserts.change(key, version, "expire", now, removed=range(first, stop))
            inserts.write()
        return True

    # --- texts --------------------------------------------------------------

    def drop_texts(self, retention: Retention, now: datetime, cited: Cited, wait: Wait) -> Dropped:
        """
        Drop the texts, and all but what an article is known again by, of expired articles
        and of versions that were replaced before the retention's age; not of *cited* ones.
        """
        oldest = retention.oldest(now)
        texts = kept = 0

        def drop(key: int) -> None:
            nonlocal texts, kept
            dropped, is_cited = self._drop_one(key, oldest, cited)
            texts += dropped
            kept += is_cited

        self._take_turns(self._iter_droppable(oldest), drop, wait)
        return Dropped(texts, kept)

    def _iter_droppable(self, oldest: int) -> Iterator[list[int]]:
        last = 0
        while rows := self.database.rows(
            """
            SELECT DISTINCT v.article_key FROM versions v JOIN articles a ON a.key = v.article_key
            WHERE v.article_key > ? AND v.text_key <> ? AND (a.is_expired OR EXISTS (
                SELECT 1 FROM versions w WHERE w.article_key = v.article_key
                AND w.version = v.version + 1 AND w.stored_at < ?
            )) ORDER BY v.article_key LIMIT ?
            """,
            (last, DROPPED, oldest, _STEP),
        ):
            last = rows[-1][0]
            yield [row[0] for row in rows]

    def _drop_one(self, key: int, oldest: int, cited: Cited) -> tuple[int, bool]:
        """How many versions of an article lost their text, and whether it expired and is cited."""
        article_id, current, is_expired = self.database.rows(
            "SELECT id, version, is_expired FROM articles WHERE key = ?", (key,)
        )[0]
        rows = self.database.rows(
            "SELECT version, text_key, stored_at FROM versions"
            " WHERE article_key = ? ORDER BY version",
            (key,),
        )
        replaced_at = {version - 1: stored_at for version, _, stored_at in rows}
        goes: list[tuple[int, int]] = []
        stays: list[tuple[int, int]] = []
        for version, text_key, _ in rows:
            if text_key == DROPPED:
                continue
            is_old = bool(is_expired) or replaced_at.get(version, oldest) < oldest
            is_cited = (text_out(article_id), version) in cited
            (goes if is_old and not is_cited else stays).append((version, text_key))
        for version, _ in goes:
            self.database.write(
                f"UPDATE versions SET text_key = ?, {_BLANKED},"
                " path = iif(version = ?, path, NULL) WHERE article_key = ? AND version = ?",
                (DROPPED, current, key, version),
            )
        for text_key in {text for _, text in goes} - {text for _, text in stays}:
            self.database.write("DELETE FROM texts WHERE key = ?", (text_key,))
        return len(goes), bool(is_expired and stays)

    # --- the feed -----------------------------------------------------------

    def trim_changes(self, retention: Retention, now: datetime, passed: int, wait: Wait) -> int:
        """
        Take rows out of the change feed that are older than the retention's age, that all
        cursors have passed, and that a reader who begins at 0 can do without.

        Args:
            retention: Without an age, rows of ``_KEEP_CHANGES`` are kept.
            now: The time.
            passed: The position of an index, which has no cursor here.
            wait: See ``Wait``.

        Returns:
            How many rows went.
        """
        oldest = retention.oldest(now)
        if retention.days is None:
            oldest = moment_in(now - _KEEP_CHANGES)
        # The last one tells how far the feed is.
        last = self.database.value("SELECT coalesce(max(seq), 0) - 1 FROM changes")
        slowest = self.database.value("SELECT coalesce(min(seq), ?) FROM cursors", (passed,))
        trimmed = 0

        def trim(seqs: list[int]) -> None:
            nonlocal trimmed
            self.database.write(
                f"DELETE FROM changes WHERE seq IN ({','.join('?' * len(seqs))})", seqs
            )
            self.database.write("UPDATE store SET trimmed = max(trimmed, ?)", (seqs[-1],))
            trimmed += len(seqs)

        self._take_turns(self._iter_needless(min(last, slowest, passed), oldest), trim, wait)
        return trimmed

    def _iter_needless(self, upto: int, oldest: int) -> Iterator[list[list[int]]]:
        last = 0
        while rows := self.database.rows(
            f"""
            SELECT c.seq FROM changes c JOIN articles a ON a.key = c.article_key
            WHERE c.seq > ? AND c.seq <= ? AND c.recorded_at < ? AND NOT ({_NEEDED})
            ORDER BY c.seq LIMIT ?
            """,
            (last, upto, oldest, _STEP),
        ):
            last = rows[-1][0]
            yield [[row[0] for row in rows]]

    # --- the file -----------------------------------------------------------

    def release_space(self, wait: Wait) -> None:
        """
        Give free pages back to the disk where they are more than a tenth of the file, if it
        was made able to (``connection.py``).
        """
        if self.database.value("PRAGMA auto_vacuum") != 2:  # incremental
            return
        free = self.database.value("PRAGMA freelist_count")
        if free * _FREE_SHARE > self.database.value("PRAGMA page_count"):
            self._take_turns([range(free)], self._release_page, wait)

    def _release_page(self, _number: int) -> None:
        self.database.write("PRAGMA incremental_vacuum(1)")  # more take more steps than one

    def _take_turns(
        self, chunks: Iterable[Sequence[_Item]], do: Callable[[_Item], None], wait: Wait
    ) -> bool:
        """
        *do* to all items, in short transactions with as long a pause between; the chunks
        are read outside of them. False if it was stopped.
        """
        for chunk in filter(None, chunks):
            remaining = iter(chunk)
            is_done = False
            while not is_done:
                started = time.monotonic()
                is_done = True
                with self.database.transaction():
                    for item in remaining:
                        do(item)
                        if time.monotonic() - started > _TURN_S:
                            is_done = False
                            break
                if wait(max(time.monotonic() - started, _LEAST_PAUSE_S)):
                    return False
        return True
