"""Chats: what is known of each, its settings, and whether it can be written to."""

# ruff: noqa: S608 (only names of columns are put into SQL)

from __future__ import annotations

from datetime import datetime, timedelta

from bot.ledger.part import LedgerPart
from bot.ledger.rows import CHAT, chat_out
from bot.ledger.values import ChatKind, ChatRecord
from retrieval.store.rows import text_in, time_in

SEEN_STEP = timedelta(hours=1)
"""``seen`` is moved no more often: an update of a chat that is known must cost no write."""


class Chats(LedgerPart):
    """The part of the ``Ledger`` that knows chats."""

    def chat(self, chat_id: int) -> ChatRecord | None:
        """The chat; None for one that was never seen, or was forgotten."""
        row = self._database.row(f"SELECT {CHAT} FROM bot_chats WHERE chat_id = ?", (chat_id,))
        return None if row is None else chat_out(row)

    def see_chat(self, chat_id: int, kind: ChatKind, title: str | None, now: datetime) -> None:
        """
        Note that the chat speaks; one that was suspended is resumed.

        Writes only what has changed, and ``seen`` when it is an hour old.
        """
        if self.has_seen(chat_id, kind, title, now):
            return
        self._write(
            """
            INSERT INTO bot_chats (chat_id, kind, title, seen) VALUES (?, ?, ?, ?)
            ON CONFLICT (chat_id) DO UPDATE SET
                kind = excluded.kind, title = excluded.title, seen = max(seen, excluded.seen),
                suspended = NULL, suspended_at = NULL
            """,
            (chat_id, kind, text_in(title), time_in(now)),
            is_lasting=False,
        )

    def has_seen(self, chat_id: int, kind: ChatKind, title: str | None, now: datetime) -> bool:
        """Whether ``see_chat`` would write nothing; a quick look-up."""
        known = self.chat(chat_id)
        return (
            known is not None
            and (known.kind, known.title, known.suspended) == (kind, title, None)
            and now - known.seen < SEEN_STEP
        )

    def set_language(self, chat_id: int, lang: str | None) -> None:
        """
        Choose the language of the bot's words in a chat; None: each user's own.

        Raises:
            LookupError: If the chat was never seen, so that there is nothing to set it on.
        """
        with self._database.transaction():
            if self.chat(chat_id) is None:
                raise LookupError(f"no such chat: {chat_id!r}; see_chat comes first")
            self._write("UPDATE bot_chats SET lang = ? WHERE chat_id = ?", (lang, chat_id))

    def suspend(self, chat_id: int, reason: str, now: datetime) -> None:
        """Note why nothing can be sent to a chat; nothing if it is not known."""
        self._write(
            "UPDATE bot_chats SET suspended = ?, suspended_at = ? WHERE chat_id = ?",
            (text_in(reason), time_in(now), chat_id),
        )

    def resume(self, chat_id: int) -> None:
        """Note that the chat can be written to again."""
        self._write(
            "UPDATE bot_chats SET suspended = NULL, suspended_at = NULL WHERE chat_id = ?",
            (chat_id,),
        )

    def migrate_chat(self, old_id: int, new_id: int) -> None:
        """
        The group *old_id* has become the supergroup *new_id*: all that is kept moves there.

        What the supergroup itself has set already wins. Safe to repeat. Messages are
        counted anew there, so that the old answers are no longer found by message.
        """
        with self._database.transaction():
            self._write(
                """
                INSERT INTO bot_chats (chat_id, kind, title, lang, seen)
                SELECT ?, 'supergroup', title, lang, seen FROM bot_chats WHERE chat_id = ?
                ON CONFLICT (chat_id) DO UPDATE SET
                    title = coalesce(title, excluded.title), lang = coalesce(lang, excluded.lang),
                    seen = max(seen, excluded.seen)
                """,
                (new_id, old_id),
            )
            self._write("DELETE FROM bot_chats WHERE chat_id = ?", (old_id,))
            self._write(
                "UPDATE bot_answers SET chat_id = ?, message_id = NULL, question_message_id = 0"
                " WHERE chat_id = ?",
                (new_id, old_id),
            )
