"""The alerts' upkeep: what grows old, what is still cited, and how much there is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from bot.alerts.part import AlertsPart
from retrieval.store.rows import text_out, time_in

KEEP_DAYS = 90
"""Older messages and matches are forgotten: /missed and the log go back so far."""

_STEP = 2_000  # rows a query
_DAY = timedelta(days=1)


class AlertCounts(NamedTuple):
    """
    What /status tells, the terminal's own left out.

    Attributes:
        waiting: Messages that wait for their time or turn; ``sent`` and ``lost``, of the last
            24 hours: those that arrived, and those that failed, expired or may not have arrived.
        subscriptions: Of all chats; ``suspended``, chats to which nothing can be sent.
    """

    waiting: int
    sent: int
    lost: int
    subscriptions: int
    suspended: int


class Upkeep(AlertsPart):
    """What is run, or asked, now and then."""

    def prune(self, now: datetime) -> int:
        """
        Forget messages and matches older than ``KEEP_DAYS``; gives how many messages that were.

        What is still to be sent or to be put into a digest stays.
        """
        old = time_in(now - KEEP_DAYS * _DAY)
        with self._database.transaction():
            self._database.write(
                """
                DELETE FROM alert_matches WHERE matched < ?1
                    AND NOT (in_digest AND digest_id IS NULL)
                    AND NOT EXISTS (SELECT 1 FROM alert_notes n
                        WHERE n.id IN (alert_matches.note_id, alert_matches.digest_id)
                            AND (n.created >= ?1 OR n.state IN ('waiting', 'sending')))
                """,
                (old,),
            )
            self._database.write(
                """
                DELETE FROM alert_notes WHERE created < ? AND state NOT IN ('waiting', 'sending')
                    AND NOT EXISTS (SELECT 1 FROM alert_matches m
                        WHERE m.note_id = alert_notes.id OR m.digest_id = alert_notes.id)
                """,
                (old,),
            )
            count = int(self._database.value("SELECT changes()"))
            for table, column in (("alert_stories", "at"), ("alert_muted_stories", "muted")):
                self._database.write(
                    f"DELETE FROM {table} WHERE {column} < ?",  # noqa: S608  # names from above
                    (old,),
                )
        return count

    def cited_articles(self) -> set[tuple[str, int]]:
        """The articles that kept matches are of, in the versions that matched."""
        cited: set[tuple[str, int]] = set()
        last = 0
        while rows := self._rows(
            "SELECT id, article_id, version FROM alert_matches WHERE id > ? ORDER BY id LIMIT ?",
            (last, _STEP),
        ):
            last = rows[-1][0]
            cited.update((text_out(article_id) or "", version) for _, article_id, version in rows)
        return cited

    def counts(self, now: datetime) -> AlertCounts:
        """How much there is."""
        row = self._rows(
            """
            SELECT (SELECT count(*) FROM alert_notes
                    WHERE state IN ('waiting', 'sending') AND chat_id != 0),
                   (SELECT count(*) FROM alert_notes
                    WHERE state = 'sent' AND sent >= ?1 AND chat_id != 0),
                   (SELECT count(*) FROM alert_notes
                    WHERE state IN ('failed', 'expired', 'unsure') AND created >= ?1
                        AND chat_id != 0),
                   (SELECT count(*) FROM alert_subscriptions WHERE chat_id != 0),
                   (SELECT count(*) FROM alert_chats WHERE suspended IS NOT NULL)
            """,
            (time_in(now - _DAY),),
        )[0]
        return AlertCounts(*row)
