"""
The outbox: messages to be sent, each handed out once, and what became of it.

Telegram has no key by which it would know a message that it has got already. So a message is
*sending* before it goes, and *sent* with its number once Telegram has answered; what an
earlier run left *sending* may have arrived, and is sent once more, or not, as the operator
chose.
"""

# ruff: noqa: S608 (only names of columns are put into SQL)

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from bot.alerts.part import AlertsPart
from bot.alerts.planning import NEWS_FOR
from bot.alerts.rows import MATCH, NOTE, match_out, note_out
from bot.alerts.values import MatchRecord, Note, NoteState, Place
from retrieval.store.rows import text_in, time_in

LOST_IN_CRASH = "may have been sent when the program was stopped"
TOO_OLD = "could not be sent while it was news"


class Handed(NamedTuple):
    """
    A message to send, or one that was sent and has to be changed.

    Attributes:
        matches: What it tells of, the oldest first.
    """

    note: Note
    matches: tuple[MatchRecord, ...]


class Outbox(AlertsPart):
    """The messages to chats, and what became of them."""

    # --- for whoever delivers -------------------------------------------------

    def recover(
        self, unsure: Literal["resend", "drop"], now: datetime, *, only: int | None = None
    ) -> int:
        """
        Decide on what an earlier run left half done; gives how many messages that were.

        To be called once before delivery begins, by the only process that delivers there.

        Args:
            unsure: What becomes of a message that may have arrived.
            now: Aware.
            only: In this chat; None for any but the terminal's.
        """
        half_done = "state = 'sending' AND " + ("chat_id != 0" if only is None else "chat_id = ?")
        chat = () if only is None else (only,)
        with self._database.transaction():
            count = self._database.value(
                f"SELECT count(*) FROM alert_notes WHERE {half_done}", chat
            )
            # A message that may have arrived twice is not tried a third time
            self._database.write(
                f"UPDATE alert_notes SET state = 'unsure', reason = ? WHERE (was_unsure OR ?)"
                f" AND {half_done}",
                (LOST_IN_CRASH, unsure == "drop", *chat),
            )
            self._database.write(
                "UPDATE alert_notes SET state = 'waiting', was_unsure = 1, not_before = ?"
                f" WHERE {half_done}",
                (time_in(now), *chat),
            )
        return int(count)

    def take_due(self, now: datetime, *, only: int | None = None) -> Handed | None:
        """
        The next message whose time has come, which is *sending* from now on; None if none is.

        Chats that are suspended wait; of others, the message that waits longest comes first.

        Args:
            now: Aware.
            only: Of this chat; None for any but the terminal's.
        """
        condition = "n.chat_id != 0" if only is None else "n.chat_id = ?2"
        with self._database.transaction():
            row = self._row(
                f"""
                SELECT {_of("n", NOTE)} FROM alert_notes n
                LEFT JOIN alert_chats c ON c.chat_id = n.chat_id
                WHERE n.state = 'waiting' AND n.not_before <= ?1 AND c.suspended IS NULL
                    AND {condition}
                ORDER BY n.not_before, n.id LIMIT 1
                """,
                (time_in(now),) if only is None else (time_in(now), only),
            )
            if row is None:
                return None
            note = note_out(row)
            self._database.write(
                "UPDATE alert_notes SET state = 'sending', attempts = attempts + 1 WHERE id = ?",
                (note.id,),
            )
            return self._handed(note.id)

    def to_edit(self, limit: int) -> list[Handed]:
        """Messages that were sent and say no longer what they should, the oldest first."""
        rows = self._rows(
            """
            SELECT n.id FROM alert_notes n LEFT JOIN alert_chats c ON c.chat_id = n.chat_id
            WHERE n.state = 'sent' AND n.revision > n.shown AND n.message_id IS NOT NULL
                AND c.suspended IS NULL AND n.chat_id != 0
            ORDER BY n.id LIMIT ?
            """,
            (limit,),
        )
        return [self._handed(row[0]) for row in rows]

    def next_due(self, now: datetime) -> datetime | None:
        """When the next message's time comes, after *now*; None if none waits for a time."""
        found = self._row(
            f"SELECT {NOTE} FROM alert_notes WHERE state = 'waiting' AND not_before > ?"
            " ORDER BY not_before LIMIT 1",
            (time_in(now),),
        )
        return None if found is None else note_out(found).not_before

    def sent(
        self, handed: Handed, message_id: int | None, answer_id: int | None, now: datetime
    ) -> None:
        """The message has arrived; what came to it meanwhile is shown by an edit."""
        self._write(
            "UPDATE alert_notes SET state = 'sent', message_id = ?, answer_id = ?, shown = ?,"
            " sent = ?, reason = NULL WHERE id = ?",
            (message_id, answer_id, handed.note.revision, time_in(now), handed.note.id),
        )

    def edited(self, handed: Handed) -> None:
        """The message says what it should, or can be changed no more."""
        self._write(
            "UPDATE alert_notes SET shown = ? WHERE id = ?", (handed.note.revision, handed.note.id)
        )

    def put_back(self, note: Note, not_before: datetime, reason: str, *, may_have: bool) -> None:
        """
        The message did not get through, and is tried again from *not_before* on.

        Args:
            note: The message.
            not_before: When.
            reason: Why it did not.
            may_have: It may have arrived all the same; a second time it is then *unsure*.
        """
        if may_have and note.was_unsure:
            self.end(note, "unsure", reason)
            return
        self._write(
            "UPDATE alert_notes SET state = 'waiting', not_before = ?, reason = ?,"
            " was_unsure = max(was_unsure, ?) WHERE id = ?",
            (time_in(not_before), text_in(reason), may_have, note.id),
        )

    def end(self, note: Note, state: NoteState, reason: str) -> None:
        """The message is not sent, and why."""
        self._write(
            "UPDATE alert_notes SET state = ?, reason = ? WHERE id = ?",
            (state, text_in(reason), note.id),
        )

    def expire(self, now: datetime) -> int:
        """End what could not be sent while it was news; gives how many messages that were."""
        with self._database.transaction():
            # Counted from when it was to go: hours of quiet make nothing old
            old = time_in(now - NEWS_FOR)
            count = self._database.value(
                "SELECT count(*) FROM alert_notes WHERE state = 'waiting' AND not_before < ?",
                (old,),
            )
            self._database.write(
                "UPDATE alert_notes SET state = 'expired', reason = coalesce(reason, ?)"
                " WHERE state = 'waiting' AND not_before < ?",
                (TOO_OLD, old),
            )
        return int(count)

    def mute_story(self, place: Place, story: str, now: datetime) -> None:
        """Tell nothing more of a story in a place; what is muted is noted all the same."""
        self._write(
            "INSERT OR IGNORE INTO alert_muted_stories (chat_id, thread_id, story, muted)"
            " VALUES (?, ?, ?, ?)",
            (place.chat_id, place.thread_id, text_in(story), time_in(now)),
        )

    # --- to look at -------------------------------------------------------------

    def note(self, note_id: int) -> Handed | None:
        """A message and what it tells of; None if it was forgotten."""
        found = self._row("SELECT id FROM alert_notes WHERE id = ?", (note_id,))
        return None if found is None else self._handed(note_id)

    def by_message(self, chat_id: int, message_id: int) -> Handed | None:
        """The same, by the message's number in its chat."""
        row = self._row(
            "SELECT id FROM alert_notes WHERE chat_id = ? AND message_id = ?", (chat_id, message_id)
        )
        return None if row is None else self._handed(row[0])

    def log(self, chat_id: int | None, since: datetime, limit: int) -> list[Handed]:
        """The messages of a chat, or of all, made from *since* on, the newest first."""
        condition, values = ("", ()) if chat_id is None else ("AND chat_id = ?", (chat_id,))
        rows = self._rows(
            f"SELECT id FROM alert_notes WHERE created >= ? {condition} ORDER BY id DESC LIMIT ?",
            (time_in(since), *values, limit),
        )
        return [self._handed(row[0]) for row in rows]

    def untold(self, place: Place, since: datetime, limit: int) -> list[MatchRecord]:
        """
        What matched for a place from *since* on and no message that arrived tells of: muted,
        held, not yet in a digest, or not sent for a reason; newest first.
        """
        rows = self._rows(
            f"""
            SELECT {_of("m", MATCH)} FROM alert_matches m
            LEFT JOIN alert_notes n ON n.id = m.note_id
            LEFT JOIN alert_notes d ON d.id = m.digest_id
            WHERE m.chat_id = ? AND m.thread_id = ? AND m.matched >= ?
                AND coalesce(n.state, '') != 'sent' AND coalesce(d.state, '') != 'sent'
            ORDER BY m.id DESC LIMIT ?
            """,
            (place.chat_id, place.thread_id, time_in(since), limit),
        )
        return [match_out(row) for row in rows]

    def states(self) -> dict[str, int]:
        """How many messages there are in each state."""
        return dict(self._rows("SELECT state, count(*) FROM alert_notes GROUP BY state"))

    def _handed(self, note_id: int) -> Handed:
        note = note_out(self._rows(f"SELECT {NOTE} FROM alert_notes WHERE id = ?", (note_id,))[0])
        rows = self._rows(
            f"SELECT {MATCH} FROM alert_matches WHERE note_id = ? OR digest_id = ? ORDER BY id",
            (note_id, note_id),
        )
        return Handed(note, tuple(match_out(row) for row in rows))


def _of(table: str, columns: str) -> str:
    return ", ".join(f"{table}.{column}" for column in columns.split(", "))
