"""Feedback: 👍 and 👎, each with a copy of what was rated; its export is a command's work."""

# ruff: noqa: S608 (only names of columns are put into SQL)

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.ledger.answers import Answers
from bot.ledger.rows import RATING, filters_in, moment, rated_in, rating_out
from bot.ledger.values import KeptRating, Label, QuoteRef, RatedQuote, Rating
from retrieval.store.rows import text_in, time_in

_STEP = 500  # rows a query, so that a long export keeps no transaction open


class Feedback(Answers):
    """The part of the ``Ledger`` that knows ratings of answers."""

    def rate(self, answer_id: int, user_id: int, label: Label, now: datetime) -> bool:
        """
        Rate an answer, as it is now; the same label again takes it back.

        Returns:
            Whether the label stands: False if it was taken back, or there is no such
            answer any more.
        """
        with self._database.transaction():
            record = self.answer(answer_id)
            if record is None:
                return False
            row = self._database.row(
                "SELECT label FROM bot_ratings WHERE answer_id = ? AND user_id = ?",
                (answer_id, user_id),
            )
            self._write(
                "DELETE FROM bot_ratings WHERE answer_id = ? AND user_id = ?", (answer_id, user_id)
            )
            if row == (label,):
                return False
            self._write(
                """
                INSERT INTO bot_ratings (answer_id, user_id, asker_id, label, rated_at,
                                         question, filters, answered, quotes)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                (
                    answer_id,
                    user_id,
                    record.user_id,
                    label,
                    time_in(now),
                    text_in(record.question),
                    filters_in(record.filters),
                    record.answered,
                    rated_in(map(self._copy, record.quotes)),
                ),
            )
            return True

    def _copy(self, ref: QuoteRef) -> RatedQuote:
        quote = ref.resolve(self._store)
        return RatedQuote(ref, None if quote is None else quote.text)

    def ratings(self, answer_id: int) -> tuple[int, int]:
        """How many 👍 and 👎 an answer has, as it is now."""
        row = self._database.rows(
            "SELECT coalesce(sum(label = 1), 0), coalesce(sum(label = -1), 0)"
            " FROM bot_ratings WHERE answer_id = ?",
            (answer_id,),
        )[0]
        return row[0], row[1]

    def iter_ratings(self) -> Iterator[Rating]:
        """All ratings, of answers that are gone or changed too, oldest first."""
        last = 0
        while rows := self._database.rows(
            f"SELECT id, {RATING} FROM bot_ratings WHERE id > ? ORDER BY id LIMIT ?", (last, _STEP)
        ):
            last = rows[-1][0]
            yield from (rating_out(row[1:]) for row in rows)

    def ratings_in(self, chat_id: int) -> list[KeptRating]:
        """The ratings of answers that were given in a chat and are still kept, oldest first."""
        columns = ", ".join(f"r.{column}" for column in RATING.split(", "))
        rows = self._database.rows(
            f"SELECT r.id, r.rated_at, {columns} FROM bot_ratings r"
            " JOIN bot_answers a ON a.id = r.answer_id WHERE a.chat_id = ?",
            (chat_id,),
        )
        rows.sort(key=lambda row: row[0])
        return [KeptRating(moment(row[1]), rating_out(row[2:])) for row in rows]

    def keep_rating(self, kept: KeptRating) -> bool:
        """
        Keep a rating that was given elsewhere, of no answer here; whether it is new.

        The same question rated at the same moment is the same rating.
        """
        rating = kept.rating
        with self._database.transaction():
            known = self._database.row(
                "SELECT 1 FROM bot_ratings WHERE rated_at = ? AND question = ? AND label = ?",
                (time_in(kept.at), text_in(rating.question), rating.label),
            )
            if known is not None:
                return False
            self._write(
                """
                INSERT INTO bot_ratings (user_id, asker_id, label, rated_at, question, filters,
                                         answered, quotes)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                (
                    *(rating.user_id, rating.user_id, rating.label, time_in(kept.at)),
                    *(text_in(rating.question), filters_in(rating.filters), rating.answered),
                    rated_in(rating.quotes),
                ),
            )
            return True
