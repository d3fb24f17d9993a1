"""
The change feed: what was saved, deleted, restored and has expired, in order, and who has
read how far.

Rows stay, because there are several readers: each has a cursor of its own, by name,
and moves it in the transaction of its work. What all have read and a new reader can do
without is trimmed in the end (``expiring.py``): the last row stays, and of each current
article the one that put its passages in.
"""

from __future__ import annotations

from retrieval.store.connection import StorePart
from retrieval.store.rows import Change, text_out


class ChangeFeed(StorePart):
    """The part of the ``Store`` that an index, or an alert, follows."""

    def last_seq(self) -> int:
        """The number of the last change; 0 before the first."""
        return int(self.database.value("SELECT coalesce(max(seq), 0) FROM changes"))

    def last_trimmed(self) -> int:
        """
        The highest number that was taken out of the feed; 0 before the first.

        A reader that has begun and has not come as far must begin again from 0.
        """
        return int(self.database.value("SELECT trimmed FROM store"))

    def changes_since(self, seq: int, limit: int) -> list[Change]:
        """At most *limit* changes with numbers above *seq*, in order."""
        rows = self.database.rows(
            """
            SELECT c.seq, a.id, c.version, iif(c.is_expiry, 'expire', c.action),
                   c.added_first, c.added_stop, c.removed_first, c.removed_stop, c.is_backfill
            FROM changes c JOIN articles a ON a.key = c.article_key
            WHERE c.seq > ? ORDER BY c.seq LIMIT ?
            """,
            (seq, limit),
        )
        return [
            Change(
                seq=row[0],
                article_id=text_out(row[1]) or "",
                version=row[2],
                action=row[3],
                added=tuple(range(row[4], row[5])),
                removed=tuple(range(row[6], row[7])),
                is_backfill=bool(row[8]),
            )
            for row in rows
        ]

    def cursor(self, name: str) -> int:
        """How far the reader *name* has come; 0 for one that has not begun."""
        row = self.database.row("SELECT seq FROM cursors WHERE name = ?", (name,))
        return 0 if row is None else int(row[0])

    def cursors(self) -> dict[str, int]:
        """How far each reader has come."""
        return dict(self.database.rows("SELECT name, seq FROM cursors ORDER BY name"))

    def move_cursor(self, name: str, seq: int) -> None:
        """
        Say that the reader *name* has done all changes up to *seq*; back to 0 to begin again.

        Joins the caller's ``transaction()``, so that the work and the move are one.

        Raises:
            ValueError: If the feed has no such change yet.
        """
        with self.database.transaction():
            last = self.last_seq()
            if not 0 <= seq <= last:
                raise ValueError(f"cursor moves outside the feed: {seq!r}, last change is {last}")
            self.database.write(
                "INSERT INTO cursors (name, seq) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET seq = excluded.seq",
                (name, seq),
            )
