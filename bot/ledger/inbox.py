"""
The inbox: updates that were accepted and are not yet done.

An update is kept before Telegram is told that it has arrived, and marked when it is done:
a crash in between repeats it, and loses none. The mark stays for as long as Telegram may
deliver an update again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.ledger.part import LedgerPart
from bot.ledger.rows import moment
from bot.ledger.values import Failure
from retrieval.store.rows import text_in, text_out, time_in

KEEP_DONE = timedelta(hours=24)
"""Telegram delivers no update that is older."""
KEEP_FAILED = timedelta(days=7)


class Inbox(LedgerPart):
    """The part of the ``Ledger`` that keeps updates."""

    def keep(self, updates: Sequence[tuple[int, int | None, str]], now: datetime) -> list[int]:
        """
        Keep *updates* (update id, user id, JSON), all of them or, on an error, none.

        Returns:
            The ids that are new, in order: neither kept already nor done in the last 24
            hours.
        """
        with self._database.transaction():
            self._drop_ended(now)
            new: list[int] = []
            for update_id, user_id, text in updates:
                # All rows are fetched: a statement half run would stand in the commit's way.
                inserted = self._database.rows(
                    """
                    INSERT INTO bot_inbox (update_id, user_id, json, kept_at) VALUES (?, ?, ?, ?)
                    ON CONFLICT (update_id) DO NOTHING RETURNING update_id
                    """,
                    (update_id, user_id, text_in(text), time_in(now)),
                )
                new += (row[0] for row in inserted)
            return new

    def done(self, update_id: int, now: datetime) -> None:
        """Mark an update as done: only its number is kept, for 24 hours."""
        self._write(
            """
            UPDATE bot_inbox SET ended_at = ?, user_id = NULL, json = NULL
            WHERE update_id = ? AND ended_at IS NULL
            """,
            (time_in(now), update_id),
            is_lasting=False,
        )

    def fail(self, update_id: int, reason: str, now: datetime) -> None:
        """Give an update up; it is kept with *reason* for seven days."""
        self._write(
            """
            UPDATE bot_inbox SET ended_at = ?, reason = ?
            WHERE update_id = ? AND ended_at IS NULL
            """,
            (time_in(now), text_in(reason), update_id),
        )

    def fail_all(self, update_ids: Sequence[int], reason: str, now: datetime) -> None:
        """Give many updates up at once, as by ``fail``."""
        with self._database.transaction():
            for update_id in update_ids:
                self.fail(update_id, reason, now)

    def undone(self) -> list[tuple[int, str]]:
        """The updates (id, JSON) that wait, in the order they were kept."""
        rows = self._database.rows(
            "SELECT update_id, json FROM bot_inbox WHERE ended_at IS NULL ORDER BY seq"
        )
        return [(update_id, text_out(text) or "") for update_id, text in rows]

    def failures(self) -> list[Failure]:
        """The updates that were given up, the newest first."""
        rows = self._database.rows(
            "SELECT update_id, reason, ended_at FROM bot_inbox WHERE reason IS NOT NULL"
            " ORDER BY ended_at DESC, seq DESC"
        )
        return [Failure(row[0], text_out(row[1]) or "", moment(row[2])) for row in rows]

    def _drop_ended(self, now: datetime) -> None:
        for condition, kept in (("IS NULL", KEEP_DONE), ("IS NOT NULL", KEEP_FAILED)):
            self._database.write(
                f"DELETE FROM bot_inbox WHERE ended_at < ? AND reason {condition}",  # noqa: S608  # ours
                (time_in(now - kept),),
            )
