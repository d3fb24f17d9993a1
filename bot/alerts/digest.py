"""Digests: what is told together, at a chat's time of day; made once, whoever is running."""

# ruff: noqa: S608 (only names of columns are put into SQL)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.alerts.part import AlertsPart
from bot.alerts.planning import next_digest
from bot.alerts.rows import MATCH, match_out
from bot.alerts.subscriptions import Subscriptions
from bot.alerts.values import MatchRecord, Place
from retrieval.store.rows import time_in, time_out


@dataclass(frozen=True, slots=True)
class StoryLine:
    """
    A story in a digest.

    Attributes:
        matches: Of its articles, the best first; one an article.
    """

    story: str
    matches: tuple[MatchRecord, ...]


class Digests(AlertsPart):
    """Makes the digests that are due."""

    def make_due(self, now: datetime) -> int:
        """
        Put a message for each digest whose time has come into the outbox; how many that were.

        A time that passed while nothing ran is made up for, once. Where nothing matched
        there is no digest.
        """
        subscriptions = Subscriptions(self.store)
        made = 0
        for chat_id, thread_id, since in self._waiting():
            chat = subscriptions.chat(chat_id)
            # Due at the first digest time after the oldest that waits
            if next_digest(chat, since) > now:
                continue
            made += self._make(Place(chat_id, thread_id), now)
        return made

    def next_due(self, now: datetime) -> datetime | None:
        """When the next digest comes; None if nothing waits for one."""
        subscriptions = Subscriptions(self.store)
        times = [
            max(next_digest(subscriptions.chat(chat_id), since), now)
            for chat_id, _, since in self._waiting()
        ]
        return min(times, default=None)

    def waiting(self, place: Place) -> list[MatchRecord]:
        """What waits for the next digest of a place."""
        rows = self._rows(
            f"SELECT {MATCH} FROM alert_matches WHERE chat_id = ? AND thread_id = ?"
            " AND in_digest AND digest_id IS NULL ORDER BY id",
            (place.chat_id, place.thread_id),
        )
        return [match_out(row) for row in rows]

    def _waiting(self) -> list[tuple[int, int, datetime]]:
        rows = self._rows(
            "SELECT chat_id, thread_id, min(matched) FROM alert_matches"
            " WHERE in_digest AND digest_id IS NULL AND chat_id NOT IN"
            " (SELECT chat_id FROM alert_chats WHERE suspended IS NOT NULL)"
            " GROUP BY chat_id, thread_id"
        )
        return [(row[0], row[1], time_out(row[2])) for row in rows]  # type: ignore[misc]  # NOT NULL

    def _make(self, place: Place, now: datetime) -> int:
        with self._database.transaction():
            if not self.waiting(place):  # another process was faster
                return 0
            note_id = self._database.write(
                "INSERT INTO alert_notes (chat_id, thread_id, kind, key, state, created,"
                " not_before, is_silent) VALUES (?, ?, 'digest', ?, 'waiting', ?, ?, 0)",
                (place.chat_id, place.thread_id, now.isoformat(), time_in(now), time_in(now)),
            )
            self._database.write(
                "UPDATE alert_matches SET digest_id = ? WHERE chat_id = ? AND thread_id = ?"
                " AND in_digest AND digest_id IS NULL",
                (note_id, place.chat_id, place.thread_id),
            )
        return 1


def by_story(matches: Sequence[MatchRecord]) -> list[StoryLine]:
    """
    The stories of *matches*, those that most articles tell first, then the newest.

    Of several matches of one article the best by score stands for it.
    """
    stories: dict[str, dict[str, MatchRecord]] = {}
    for match in matches:
        of_story = stories.setdefault(match.story, {})
        known = of_story.get(match.article_id)
        if known is None or (match.score or 0.0) > (known.score or 0.0):
            of_story[match.article_id] = match
    lines = [
        StoryLine(
            story, tuple(sorted(found.values(), key=lambda m: (-(m.score or 0.0), m.matched)))
        )
        for story, found in stories.items()
    ]
    lines.sort(key=lambda line: max(match.matched for match in line.matches), reverse=True)
    lines.sort(key=lambda line: len(line.matches), reverse=True)
    return lines
