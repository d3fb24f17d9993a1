"""The ledger's upkeep: what grows old, how much there is, and small facts by name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.ledger.inbox import Inbox
from bot.ledger.rows import refs_out
from bot.ledger.values import LedgerCounts, QuoteRef
from retrieval.store.rows import text_in, text_out, time_in

KEEP_ANSWERS_DAYS = 180
"""Older answers are pruned: their buttons say so."""

KEEP_QUESTIONS_DAYS = 2
"""A saved question leads from inline mode into the private chat: a user's last long one."""

KEEP_QUOTES_DAYS = 365
"""A link to a quote is saved anew whenever it is shown; one that is older stands in messages that
nobody scrolls back to."""

_DAY = timedelta(days=1)
_STEP = 500  # rows a query


class Upkeep(Inbox):
    """The part of the ``Ledger`` that is run now and then."""

    def prune(self, now: datetime) -> None:
        """Delete what has grown old; ratings stay, they hold copies."""
        oldest = time_in(now - KEEP_ANSWERS_DAYS * _DAY)
        with self._database.transaction():
            self._database.write("DELETE FROM bot_answers WHERE asked_at < ?", (oldest,))
            for kind, days in (("question", KEEP_QUESTIONS_DAYS), ("quote", KEEP_QUOTES_DAYS)):
                self._database.write(
                    "DELETE FROM bot_links WHERE kind = ? AND saved_at < ?",
                    (kind, time_in(now - days * _DAY)),
                )
            self._drop_ended(now)

    def cited_articles(self) -> set[tuple[str, int]]:
        """
        The articles, with their versions, that kept answers and links show quotes of.

        Ratings are none of them: they hold copies.
        """
        cited: set[tuple[str, int]] = set()
        last = 0
        while rows := self._database.rows(
            "SELECT id, quotes FROM bot_answers WHERE id > ? ORDER BY id LIMIT ?", (last, _STEP)
        ):
            last = rows[-1][0]
            for _, quotes in rows:
                cited.update(place for ref in refs_out(quotes) for place in _places(ref))
        token = ""
        while rows := self._database.rows(
            "SELECT token, body FROM bot_links WHERE +kind = 'quote' AND token > ?"  # in order
            " ORDER BY token LIMIT ?",
            (token, _STEP),
        ):
            token = rows[-1][0]
            for _, body in rows:
                cited.update(_places(QuoteRef.from_json(json.loads(body))))
        return cited

    def counts(self, now: datetime) -> LedgerCounts:
        """How much there is."""
        row = self._database.rows(
            """
            SELECT (SELECT count(*) FROM bot_chats WHERE suspended IS NULL),
                   (SELECT count(*) FROM bot_chats WHERE suspended IS NOT NULL),
                   count(*), avg(answered),
                   (SELECT count(*) FROM bot_ratings),
                   (SELECT count(*) FROM bot_inbox WHERE ended_at IS NULL),
                   (SELECT count(*) FROM bot_inbox WHERE reason IS NOT NULL)
            FROM bot_answers WHERE asked_at >= ? AND user_id != 0
            """,
            (time_in(now - _DAY),),
        )[0]
        return LedgerCounts(*row)

    def value(self, name: str) -> str | None:
        """The fact kept under *name*; None if there is none."""
        row = self._database.row("SELECT text FROM bot_facts WHERE name = ?", (name,))
        return None if row is None else text_out(row[0])

    def set_value(self, name: str, text: str) -> None:
        """Keep a small fact, such as a digest of the commands that were registered."""
        self._write(
            "INSERT INTO bot_facts (name, text) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET text = excluded.text",
            (name, text_in(text)),
        )


def _places(ref: QuoteRef) -> Iterator[tuple[str, int]]:
    """The article of a quote, and those that say nearly the same."""
    yield ref.article_id, ref.version
    for other in ref.also_in:
        yield from _places(other)
