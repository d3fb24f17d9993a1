"""
The book of feeds: which there are, when each is due, and who polls it.

Every method is one transaction, or joins the caller's, and raises ``StoreError`` if the
file cannot be used. A feed under way is *held*: its row names who polls it, and until when
at the most, so that no two processes poll one feed, nor two feeds of one host, at once.
What a feed has listed is in ``listed.py``.
"""

# ruff: noqa: S608 (only names of columns are put into SQL)

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import urlsplit

from retrieval.errors import FeedError
from retrieval.feeds.rows import FEED, feed_out
from retrieval.feeds.schedule import FIRST
from retrieval.feeds.schema import COMPONENT, MIGRATIONS
from retrieval.feeds.values import FeedOptions, FeedRecord, PauseReason
from retrieval.sources.fetch import Validators
from retrieval.store import Store
from retrieval.store.rows import text_in, time_in

NAME_MAX = 80
"""Characters of a name that is made from a feed's title."""


class FeedBook:
    """The feeds of an open store; usable from any thread, beside other processes."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._database = store.database

    @classmethod
    def open(cls, store: Store) -> Self:
        """
        The book of *store*, whose tables are made or brought up to date first.

        Raises:
            StoreError: If they are of a newer version than this program, or cannot be
                written.
        """
        store.database.migrate(COMPONENT, MIGRATIONS)
        return cls(store)

    # --- which there are ----------------------------------------------------

    def all(self) -> list[FeedRecord]:
        """All feeds, in the order in which they were added."""
        return [feed_out(row) for row in self._rows(f"SELECT {FEED} FROM feeds ORDER BY id")]

    def get(self, feed_id: int) -> FeedRecord | None:
        """The feed of this number; None if there is none any more."""
        return self._one("id = ?", feed_id)

    def by_url(self, url: str) -> FeedRecord | None:
        """The feed at *url*; None if there is none."""
        return self._one("url = ?", text_in(url))

    def find(self, wanted: str) -> FeedRecord:
        """
        The feed of a number, an address, a name or, where only one has it, a part of a name.

        Raises:
            FeedError: If none is meant, or several may be.
        """
        wanted = wanted.strip()
        if wanted.isascii() and wanted.isdecimal() and len(wanted) <= 18:
            found = self.get(int(wanted))
            if found is not None:
                return found
        found = self.by_url(wanted)
        if found is not None:
            return found
        feeds = self.all()
        folded = wanted.casefold()
        for feed in feeds:
            if feed.name.casefold() == folded:
                return feed
        alike = [feed for feed in feeds if folded and folded in feed.name.casefold()]
        if len(alike) == 1:
            return alike[0]
        names = ", ".join(repr(feed.name) for feed in alike[:5])
        if alike:
            raise FeedError(f"several feeds are called so ({names}); give one name whole", wanted)
        raise FeedError("no such feed; clipdesk feeds list shows them", wanted)

    def add(
        self, url: str, options: FeedOptions, *, title: str | None, now: datetime
    ) -> FeedRecord:
        """
        Put a feed in, due at once.

        Raises:
            FeedError: If there is one at *url*, or the name that the options give is taken.
        """
        host = urlsplit(url).hostname or "" if "://" in url else ""
        with self._database.transaction():
            known = self.by_url(url)
            if known is not None:
                raise FeedError(f"feed is there already, as {known.name!r}", url)
            if options.name is not None and self._named(options.name) is not None:
                raise FeedError("another feed has this name; choose another", options.name)
            name = options.name or self._free_name(title or host or url)
            feed_id = self._database.write(
                """
                INSERT INTO feeds (url, host, name, is_named, title, lang, every_s, full_text,
                                   withdrawals, added, interval_s, next_poll)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                (
                    text_in(url),
                    text_in(host),
                    text_in(name),
                    options.name is not None,
                    text_in(title),
                    options.lang,
                    _seconds(options.every),
                    options.full_text,
                    options.withdrawals,
                    time_in(now),
                    _seconds(options.every or FIRST),
                    time_in(now),
                ),
            )
            return self._known(feed_id)

    def pause(self, feed_id: int, reason: PauseReason, now: datetime) -> None:
        """Poll the feed no more, until ``resume``; nothing if it is paused already."""
        self._change(
            feed_id,
            "paused = coalesce(paused, ?), pause_reason = coalesce(pause_reason, ?)",
            time_in(now),
            reason,
        )

    def resume(self, feed_id: int, now: datetime) -> None:
        """Poll the feed again, at once; its failures are forgotten."""
        self._change(
            feed_id,
            "paused = NULL, pause_reason = NULL, failures = 0, failing_since = NULL, error = NULL,"
            " told_dead = NULL, next_poll = ?",
            time_in(now),
        )

    def make_due(self, feed_id: int, now: datetime) -> None:
        """Let the feed be polled next, whenever it was due."""
        self._change(feed_id, "next_poll = min(next_poll, ?)", time_in(now))

    def remove(self, feed_id: int) -> bool:
        """Take the feed out, with what is known of its entries; its articles stay."""
        with self._database.transaction():
            is_there = self.get(feed_id) is not None
            self._database.write("DELETE FROM feeds WHERE id = ?", (feed_id,))
            return is_there

    # --- who polls ----------------------------------------------------------

    def count_due(self, now: datetime) -> int:
        """How many feeds are due, those of busy hosts too."""
        return int(
            self._database.value(
                "SELECT count(*) FROM feeds WHERE paused IS NULL AND next_poll <= ?",
                (time_in(now),),
            )
        )

    def take_due(
        self, holder: str, lease: timedelta, now: datetime, limit: int
    ) -> list[FeedRecord]:
        """
        The feeds that are due for longest, at most *limit*, held by *holder* from now on.

        One a host; those of a host that somebody is asking at the moment wait.
        """
        sql = f"""
            SELECT {FEED} FROM (
                SELECT *, row_number() OVER (
                    PARTITION BY host, CASE host WHEN '' THEN id END ORDER BY next_poll, id
                ) AS turn
                FROM feeds f
                WHERE paused IS NULL AND next_poll <= ?1 AND coalesce(held_until, 0) <= ?1
                    AND (host = '' OR NOT EXISTS (
                        SELECT 1 FROM feeds o
                        WHERE o.holder IS NOT NULL AND o.host = f.host AND o.held_until > ?1
                    ))
            )
            WHERE turn = 1 ORDER BY next_poll, id LIMIT ?2
            """
        parameters = (time_in(now), limit)
        if not self._rows(sql, parameters):  # mostly none is: writers need not wait for that
            return []
        return self._take(sql, parameters, holder, now + lease)

    def take(self, feed_id: int, holder: str, lease: timedelta, now: datetime) -> FeedRecord | None:
        """The feed, held by *holder* from now on, due or not; None if somebody holds it."""
        taken = self._take(
            f"SELECT {FEED} FROM feeds WHERE id = ? AND coalesce(held_until, 0) <= ?",
            (feed_id, time_in(now)),
            holder,
            now + lease,
        )
        return taken[0] if taken else None

    def renew(self, feed_ids: Iterable[int], holder: str, lease: timedelta, now: datetime) -> None:
        """Hold these feeds for another *lease*, as far as *holder* holds them still."""
        with self._database.transaction():
            self._database.write_many(
                "UPDATE feeds SET held_until = ? WHERE id = ? AND holder = ?",
                [(time_in(now + lease), feed_id, holder) for feed_id in feed_ids],
            )

    def is_held_by(self, feed_id: int, holder: str | None) -> bool:
        """Whether there is such a feed still, and *holder* holds it."""
        return bool(
            self._rows("SELECT 1 FROM feeds WHERE id = ? AND holder = ?", (feed_id, holder))
        )

    def release(self, holder: str) -> None:
        """Let go of all that *holder* holds: it ended without having recorded it."""
        self._write("UPDATE feeds SET holder = NULL, held_until = NULL WHERE holder = ?", (holder,))

    def holders(self) -> list[str]:
        """Who holds feeds."""
        rows = self._rows("SELECT DISTINCT holder FROM feeds WHERE holder IS NOT NULL")
        return [row[0] for row in rows]

    # --- what a poll came to ------------------------------------------------

    def record_success(
        self,
        feed: FeedRecord,
        *,
        validators: Validators,
        ttl: timedelta | None,
        title: str | None,
        interval: timedelta,
        next_poll: datetime,
        has_news: bool,
        is_whole: bool,
        now: datetime,
    ) -> FeedRecord | None:
        """
        Note that a poll went well and let go of the feed, as who took it; gives it as it is
        then, and None where another holds it by now, or it was removed: nothing is noted.
        *is_whole*: nothing was left for the next poll.
        """
        return self._record(
            feed,
            """
                etag = ?, last_modified = ?, ttl_s = ?, title = coalesce(?, title), interval_s = ?,
                next_poll = ?, last_poll = ?, last_success = ?,
                backfilled = CASE WHEN ? THEN coalesce(backfilled, ?) ELSE backfilled END,
                last_new = CASE WHEN ? THEN ? ELSE last_new END,
                failures = 0, failing_since = NULL, error = NULL, told_dead = NULL,
                paused = CASE pause_reason WHEN 'gone' THEN NULL ELSE paused END,
                pause_reason = CASE pause_reason WHEN 'gone' THEN NULL ELSE pause_reason END
            """,
            (
                text_in(validators.etag),
                text_in(validators.last_modified),
                _seconds(ttl),
                text_in(title),
                _seconds(interval),
                time_in(next_poll),
                *(time_in(now),) * 2,
                is_whole,
                time_in(now),
                has_news,
                time_in(now),
            ),
        )

    def record_failure(
        self, feed: FeedRecord, error: str, *, next_poll: datetime, told_dead: bool, now: datetime
    ) -> FeedRecord | None:
        """Note that a poll went wrong and let go of the feed; else as ``record_success``."""
        return self._record(
            feed,
            """
                failures = failures + 1, failing_since = coalesce(failing_since, ?), error = ?,
                next_poll = ?, last_poll = ?,
                told_dead = CASE WHEN ? THEN coalesce(told_dead, ?) ELSE told_dead END
            """,
            (
                time_in(now),
                text_in(error),
                time_in(next_poll),
                time_in(now),
                told_dead,
                time_in(now),
            ),
        )

    def move(self, feed_id: int, url: str) -> bool:
        """Note the feed's new address, unless another feed has it; gives whether it was."""
        with self._database.transaction():
            if self.by_url(url) is not None:
                return False
            host = urlsplit(url).hostname or ""
            self._database.write(
                "UPDATE feeds SET url = ?, host = ? WHERE id = ?",
                (text_in(url), text_in(host), feed_id),
            )
            return True

    # --- rows ---------------------------------------------------------------

    def _take(
        self, sql: str, parameters: Sequence[Any], holder: str, until: datetime
    ) -> list[FeedRecord]:
        with self._database.transaction():
            feeds = [feed_out(row) for row in self._rows(sql, parameters)]
            self._database.write_many(
                "UPDATE feeds SET holder = ?, held_until = ? WHERE id = ?",
                [(holder, time_in(until), feed.id) for feed in feeds],
            )
            return [self._known(feed.id) for feed in feeds]

    def _record(
        self, feed: FeedRecord, assignments: str, parameters: Sequence[Any]
    ) -> FeedRecord | None:
        with self._database.transaction():
            if not self.is_held_by(feed.id, feed.holder):
                return None
            self._database.write(
                f"UPDATE feeds SET {assignments}, holder = NULL, held_until = NULL WHERE id = ?",
                (*parameters, feed.id),
            )
            return self._known(feed.id)

    def _free_name(self, wanted: str) -> str:
        """*wanted* in one line, with a number where another feed is called so."""
        base = " ".join(wanted.split())[:NAME_MAX].strip() or "feed"
        name, number = base, 1
        while self._named(name) is not None:
            number += 1
            name = f"{base} ({number})"
        return name

    def _named(self, name: str) -> FeedRecord | None:
        return self._one("name = ?", text_in(name))

    def _known(self, feed_id: int) -> FeedRecord:
        return feed_out(self._rows(f"SELECT {FEED} FROM feeds WHERE id = ?", (feed_id,))[0])

    def _one(self, condition: str, parameter: Any) -> FeedRecord | None:
        rows = self._rows(f"SELECT {FEED} FROM feeds WHERE {condition}", (parameter,))
        return feed_out(rows[0]) if rows else None

    def _rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._database.rows(sql, parameters)

    def _change(self, feed_id: int, assignments: str, *parameters: Any) -> None:
        self._write(f"UPDATE feeds SET {assignments} WHERE id = ?", (*parameters, feed_id))

    def _write(self, sql: str, parameters: Sequence[Any]) -> None:
        with self._database.transaction():
            self._database.write(sql, parameters)


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else round(span.total_seconds())
