"""
The outbox: messages to be sent, each handed out once, and what became of it.

Telegram has no key by which it would know a message that it has got already. So a message is
*sending* before it goes, and *sent* with its number once Telegram has answered; what an
earlier run left *sending* may have arrived, and is sent once more, or not, as the operator
chose.
"""

# ruff: noqa: S608 (only names of columns are put into SQL)

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Literal, NamedTuple

from bot.alerts.part import AlertsPart
from bot.alerts.planning import NEWS_FOR
from bot.alerts.rows import MATCH, NOTE, match_out, note_out
from bot.alerts.values import MatchRecord, Note, NoteState, Place
from retrieval.store.rows import text_in, time_in, time_out

LOST_IN_CRASH = "may have been sent when the program was stopped"
MOST_UNSURE = 3
"""So many crashes may repeat a message, one each; one that is there at every crash may be why."""

TOO_OLD = "could not be sent while it was news"
NOTHING_LEFT = "none of its articles is left"


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

    def recover(self, unsure: Literal["resend", "drop"], *, only: int | None = None) -> int:
        """
        Decide on what an earlier run left half done; gives how many messages that were.

        To be called once before delivery begins, by the only process that delivers there.

        Args:
            unsure: What becomes of a message that may have arrived.
            only: In this chat; None for any but the terminal's.
        """
        half_done = "state = 'sending' AND " + ("chat_id != 0" if only is None else "chat_id = ?")
        chat = () if only is None else (only,)
        most = MOST_UNSURE if unsure == "resend" else 0
        with self._database.transaction():
            count = self._database.value(
                f"SELECT count(*) FROM alert_notes WHERE {half_done}", chat
            )
            self._database.write(
                f"UPDATE alert_notes SET state = 'unsure', reason = ? WHERE was_unsure >= ?"
                f" AND {half_done}",
                (LOST_IN_CRASH, most, *chat),
            )
            # Its time stays: it goes before what came after it, and grows old from then
            self._database.write(
                f"UPDATE alert_notes SET state = 'waiting', was_unsure = was_unsure + 1"
                f" WHERE {half_done}",
                chat,
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
        with self._database.transaction():
            note = self._due(only, now)
            if note is None:
                return None
            self._database.write(
                "UPDATE alert_notes SET state = 'sending', attempts = attempts + 1 WHERE id = ?",
                (note.id,),
            )
            return self._handed(note.id)

    def due_chats(self, now: datetime, limit: int, skip: Collection[int] = ()) -> list[int]:
        """The chats but *skip* that have a message whose time has come, longest waiting first."""
        rows = self._rows(
            """
            SELECT n.chat_id FROM alert_notes n LEFT JOIN alert_chats c ON c.chat_id = n.chat_id
            WHERE n.state = 'waiting' AND n.not_before <= ? AND c.suspended IS NULL
                AND n.chat_id != 0 AND n.chat_id NOT IN (SELECT value FROM json_each(?))
            GROUP BY n.chat_id ORDER BY min(n.not_before), min(n.id) LIMIT ?
            """,
            (time_in(now), json.dumps(list(skip)), limit),
        )
        return [row[0] for row in rows]

    def next_of(self, chat_id: int, now: datetime) -> Handed | None:
        """The message that ``take_due`` would give of a chat, left as it is; see ``claim``."""
        note = self._due(chat_id, now)
        return None if note is None else self._handed(note.id)

    def claim(self, note_id: int, answer_id: int | None) -> bool:
        """
        The message goes out now; False if it is not to go any more: withdrawn, forgotten,
        its chat suspended. Repeating it while it is *sending* changes nothing.

        To be called by the only process that delivers.
        """
        with self._database.transaction():
            row = self._row(
                """
                SELECT n.state, c.suspended FROM alert_notes n
                LEFT JOIN alert_chats c ON c.chat_id = n.chat_id WHERE n.id = ?
                """,
                (note_id,),
            )
            if row is None or row[1] is not None or row[0] not in {"waiting", "sending"}:
                return False
            if row[0] == "waiting":
                self._database.write(
                    "UPDATE alert_notes SET state = 'sending', attempts = attempts + 1,"
                    " answer_id = ? WHERE id = ?",
                    (answer_id, note_id),
                )
            return True

    def to_edit(self, limit: int, skip: Collection[int] = ()) -> list[Handed]:
        """Messages but *skip* that were sent and say no longer what they should, oldest first."""
        rows = self._rows(
            """
            SELECT n.id FROM alert_notes n LEFT JOIN alert_chats c ON c.chat_id = n.chat_id
            WHERE n.state = 'sent' AND n.revision > n.shown AND n.message_id IS NOT NULL
                AND c.suspended IS NULL AND n.chat_id != 0
                AND n.id NOT IN (SELECT value FROM json_each(?))
            ORDER BY n.id LIMIT ?
            """,
            (json.dumps(list(skip)), limit),
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

    def edited(self, handed: Handed, now: datetime) -> None:
        """The message says what it should, or can be changed no more."""
        self._write(
            "UPDATE alert_notes SET shown = ?, edited = ? WHERE id = ?",
            (handed.note.revision, time_in(now), handed.note.id),
        )

    def lately(self, since: datetime, now: datetime) -> list[tuple[int, datetime]]:
        """
        Messages and edits that may have arrived from *since* on: the chat, and when at the
        latest; oldest first.
        """
        rows = self._rows(
            "SELECT chat_id, sent AS at FROM alert_notes WHERE sent >= ?1 AND chat_id != 0"
            " UNION ALL SELECT chat_id, edited FROM alert_notes WHERE edited >= ?1 AND chat_id != 0"
            " UNION ALL SELECT chat_id, ?2 FROM alert_notes WHERE state = 'sending' AND chat_id != 0"
            " ORDER BY at",
            (time_in(since), time_in(now)),
        )
        return [(chat_id, time_out(at)) for chat_id, at in rows]  # type: ignore[misc]  # compared

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

    def unmute_story(self, place: Place, story: str) -> None:
        """Tell of a story again, from what comes next on."""
        self._write(
            "DELETE FROM alert_muted_stories WHERE chat_id = ? AND thread_id = ? AND story = ?",
            (place.chat_id, place.thread_id, text_in(story)),
        )

    def is_story_muted(self, place: Place, story: str) -> bool:
        """Whether nothing more is told of a story in a place."""
        row = self._row(
            "SELECT 1 FROM alert_muted_stories WHERE chat_id = ? AND thread_id = ? AND story = ?",
            (place.chat_id, place.thread_id, text_in(story)),
        )
        return row is not None

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

    def _due(self, only: int | None, now: datetime) -> Note | None:
        condition = "n.chat_id != 0" if only is None else "n.chat_id = ?2"
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
        return None if row is None else note_out(row)

    def _handed(self, note_id: int) -> Handed:
        note = note_out(self._rows(f"SELECT {NOTE} FROM alert_notes WHERE id = ?", (note_id,))[0])
        rows = self._rows(
            f"SELECT {MATCH} FROM alert_matches WHERE note_id = ? OR digest_id = ? ORDER BY id",
            (note_id, note_id),
        )
        return Handed(note, tuple(match_out(row) for row in rows))


def _of(table: str, columns: str) -> str:
    return ", ".join(f"{table}.{column}" for column in columns.split(", "))
