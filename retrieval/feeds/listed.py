"""What each feed has listed: its entries by their marks, and the articles that they became."""

# ruff: noqa: S608 (only names of columns and marks for parameters are put into SQL)

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from retrieval.feeds.entries import Decision
from retrieval.feeds.rows import KNOWN, known_out
from retrieval.feeds.values import KnownEntry, Marks
from retrieval.store import Store
from retrieval.store.rows import text_in, text_out, time_in, time_out

KEPT = timedelta(days=90)
"""An entry that a feed has not listed for so long is forgotten: if it comes again, it is news."""

MISSES = 2
"""Polls in a row without an entry after which it counts as withdrawn: a feed may hiccup once."""

_STEP = 300  # digests a query


class Tally(NamedTuple):
    """
    How much a feed lists.

    Attributes:
        in_window: Entries dated within the time asked about.
        oldest: The date of the oldest entry known; None for a feed without any.
    """

    in_window: int
    oldest: datetime | None


class Listed:
    """What the feeds of a store have listed; joins the caller's transaction."""

    def __init__(self, store: Store) -> None:
        self._database = store.database

    def known(self, feed_id: int, marks: Sequence[Marks]) -> list[KnownEntry]:
        """Entries that the feed listed before and that share a digest with any of *marks*."""
        found: dict[int, KnownEntry] = {}
        for column in ("guid", "link", "content"):
            digests = [d for m in marks if (d := getattr(m, column)) is not None]
            for start in range(0, len(digests), _STEP):
                step = digests[start : start + _STEP]
                for row in self._database.rows(
                    f"SELECT {KNOWN} FROM feed_entries WHERE feed_id = ?"
                    f" AND {column} IN ({','.join('?' * len(step))})",
                    (feed_id, *step),
                ):
                    found[row[0]] = known_out(row)
        return [found[key] for key in sorted(found)]

    def note(
        self,
        feed_id: int,
        decisions: Sequence[Decision],
        *,
        ours: Collection[str],
        is_news: bool,
        now: datetime,
    ) -> None:
        """
        Keep what a poll found, so that it is known the next time.

        *ours* are the ids of articles that come from this feed: it may change them later,
        while those of another that lists them too stay as that one says.

        The marks that an entry has now are kept: a guid or a link that has changed is the
        one to find it by from now on; one that is missing, or shared, leaves the old one.
        """
        moment = time_in(now)
        with self._database.transaction():
            for decision in decisions:
                entry, marks, known = decision.entry, decision.marks, decision.known
                if known is None:
                    published = entry.published
                    dated = now if published is None else min(published, now)
                    self._database.write(
                        """
                        INSERT INTO feed_entries (feed_id, guid, link, content, article_id, is_ours,
                                                  is_news, published, dated, first_seen, last_seen)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                        (
                            *(feed_id, marks.guid, marks.link, marks.content),
                            *(text_in(decision.article_id), decision.article_id in ours),
                            *(is_news, time_in(published), time_in(dated), moment, moment),
                        ),
                    )
                else:
                    self._database.write(
                        """
                        UPDATE feed_entries SET guid = coalesce(?, guid), link = coalesce(?, link),
                            content = ?, last_seen = ?, missed = 0
                        WHERE key = ?
                        """,
                        (marks.guid, marks.link, marks.content, moment, known.key),
                    )

    def withdrawn(self, feed_id: int, now: datetime) -> list[str]:
        """
        The articles of entries that have vanished from among older ones, ``MISSES`` polls in
        a row, if they are the feed's own; told once, and forgotten here. To be called after
        ``note``.
        """
        moment = time_in(now)
        with self._database.transaction():
            oldest = self._database.value(
                "SELECT min(dated) FROM feed_entries WHERE feed_id = ? AND last_seen = ?",
                (feed_id, moment),
            )
            if oldest is None:  # an empty feed withdraws nothing
                return []
            self._database.write(
                "UPDATE feed_entries SET missed = missed + 1"
                " WHERE feed_id = ? AND last_seen < ? AND dated > ?",
                (feed_id, moment, oldest),
            )
            rows = self._database.rows(
                "SELECT key, article_id, is_ours FROM feed_entries WHERE feed_id = ? AND missed >= ?",
                (feed_id, MISSES),
            )
            self._database.write_many(
                "DELETE FROM feed_entries WHERE key = ?", [(row[0],) for row in rows]
            )
        return [text_out(article_id) or "" for _, article_id, is_ours in rows if is_ours]

    def forget_old(self, feed_id: int, now: datetime) -> None:
        """Forget what the feed has not listed for long."""
        with self._database.transaction():
            self._database.write(
                "DELETE FROM feed_entries WHERE feed_id = ? AND last_seen < ?",
                (feed_id, time_in(now - KEPT)),
            )

    def tally(self, feed_id: int, since: datetime) -> Tally:
        """
        How much the feed lists, counted from *since*.

        Entries without a date that the first poll found may be of any time: none is counted.
        """
        count, oldest = self._database.rows(
            "SELECT coalesce(sum(dated >= ? AND (is_news OR published IS NOT NULL)), 0), min(dated)"
            " FROM feed_entries WHERE feed_id = ?",
            (time_in(since), feed_id),
        )[0]
        return Tally(count, time_out(oldest))

    def news(self, feed_id: int, since: datetime) -> int:
        """How many entries came in since then, without what the first poll found."""
        return int(
            self._database.value(
                "SELECT count(*) FROM feed_entries"
                " WHERE feed_id = ? AND first_seen >= ? AND is_news",
                (feed_id, time_in(since)),
            )
        )
