"""Answers given: found again by button, by reply, by edit, and as the turns of a thread."""

# ruff: noqa: S608 (only names of columns are put into SQL)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.ledger.part import LedgerPart
from bot.ledger.rows import (
    ANSWER,
    ANSWER_CONTENT,
    ANSWER_PLACE,
    answer_content_in,
    answer_out,
    refs_in,
)
from bot.ledger.values import AnswerRecord, QuoteRef
from retrieval.store.rows import time_in

_INSERTED = (*ANSWER_PLACE, "message_id", *ANSWER_CONTENT)
_INSERT = (
    f"INSERT INTO bot_answers ({', '.join(_INSERTED)}) VALUES ({', '.join('?' * len(_INSERTED))})"
)
_REPLACE = (
    f"UPDATE bot_answers SET {', '.join(f'{column} = ?' for column in ANSWER_CONTENT)},"
    " message_id = coalesce(?, message_id) WHERE id = ?"
)


class Answers(LedgerPart):
    """The part of the ``Ledger`` that knows answers."""

    def add_answer(self, record: AnswerRecord) -> AnswerRecord:
        """Keep *record*, whatever its ``id``; gives it with its own."""
        answer_id = self._write(
            _INSERT,
            (
                record.chat_id,
                record.thread_id,
                record.user_id,
                record.question_message_id,
                record.message_id,
                *answer_content_in(record),
            ),
            is_lasting=False,
        )
        return replace(record, id=answer_id)

    def mark_sent(self, answer_id: int, message_id: int) -> None:
        """Note the message that shows an answer; nothing if it was forgotten meanwhile."""
        self._write(
            "UPDATE bot_answers SET message_id = ? WHERE id = ?",
            (message_id, answer_id),
            is_lasting=False,
        )

    def add_quotes(self, answer_id: int, quotes: Sequence[QuoteRef]) -> None:
        """
        Note further quotes that an answer has shown; those that it has already stay
        single (a button pressed twice), and nothing happens if it was forgotten.
        """
        with self._database.transaction():
            record = self.answer(answer_id)
            if record is None:
                return
            shown = {quote.place for quote in record.quotes}
            fresh = (quote for quote in quotes if quote.place not in shown)
            self._write(
                "UPDATE bot_answers SET quotes = ? WHERE id = ?",
                (refs_in((*record.quotes, *fresh)), answer_id),
            )

    def replace_answer(self, record: AnswerRecord) -> None:
        """
        Put *record* in the place of the answer with its id: its question was edited.

        Where it was asked stays; so does the message, if *record* names none. Ratings of
        the old content are kept with their copies, and count for the new one no more.
        """
        with self._database.transaction():
            self._write("UPDATE bot_ratings SET answer_id = NULL WHERE answer_id = ?", (record.id,))
            self._write(_REPLACE, (*answer_content_in(record), record.message_id, record.id))

    def answer(self, answer_id: int) -> AnswerRecord | None:
        """The answer with this id; None if it was pruned or forgotten."""
        return self._find("id = ?", (answer_id,))

    def answer_by_message(self, chat_id: int, message_id: int) -> AnswerRecord | None:
        """The answer that the bot's message shows."""
        return self._find("chat_id = ? AND message_id = ?", (chat_id, message_id))

    def answer_to(self, chat_id: int, question_message_id: int) -> AnswerRecord | None:
        """The answer to the user's message, the last one if there are several."""
        if not question_message_id:  # stands for no message, which answers nothing
            return None
        return self._find("chat_id = ? AND question_message_id = ?", (chat_id, question_message_id))

    def _find(self, condition: str, parameters: Sequence[Any]) -> AnswerRecord | None:
        row = self._database.row(
            f"SELECT {ANSWER} FROM bot_answers WHERE {condition} ORDER BY id DESC LIMIT 1",
            parameters,
        )
        return None if row is None else answer_out(row)

    def last_answers(
        self, chat_id: int, thread_id: int | None, limit: int, since: datetime
    ) -> list[AnswerRecord]:
        """
        The last turns in a thread from *since* on, whoever asked, oldest first, back to ``/new``.

        Alerts, which nobody asked, are none: one that comes between a question and what is
        asked next must not be taken for what that is about.
        """
        rows = self._database.rows(
            f"""
            SELECT {ANSWER} FROM bot_answers
            WHERE chat_id = ? AND thread_id IS ? AND asked_at >= ?
                AND forgotten_at IS NULL AND user_id != 0
            ORDER BY asked_at DESC, id DESC LIMIT ?
            """,
            (chat_id, thread_id, time_in(since), limit),
        )
        return [answer_out(row) for row in reversed(rows)]

    def forget_thread(self, chat_id: int, thread_id: int | None, now: datetime) -> None:
        """
        End a thread: ``last_answers`` gives nothing of it any more.

        What is kept before this call belongs to it, whatever its time: Telegram counts
        seconds, and ``/new`` may come in the second of a question.
        """
        self._write(
            """
            UPDATE bot_answers SET forgotten_at = ?
            WHERE chat_id = ? AND thread_id IS ? AND forgotten_at IS NULL
            """,
            (time_in(now), chat_id, thread_id),
        )
