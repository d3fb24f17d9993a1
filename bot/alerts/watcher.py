"""
The watcher: change feed -> matches -> stories -> messages to be sent, in one transaction with
the move of its cursor: whatever happens, no article is passed over, and none is told twice.

What people asked for is matched outside the transaction, which only writes; if another
process has moved the cursor meanwhile, its work stands and ours is dropped.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from bot.alerts.hours import day_start
from bot.alerts.outbox import Outbox
from bot.alerts.part import CURSOR, AlertsPart
from bot.alerts.planning import Plan, plan
from bot.alerts.rows import spans_in
from bot.alerts.subscriptions import Subscriptions
from bot.alerts.values import ChatSettings, Outcome, Subscription
from retrieval.errors import QueryError
from retrieval.percolator import Match, Percolator
from retrieval.query import parse_standing
from retrieval.store import Change, Store
from retrieval.store.rows import text_in, text_out, time_in, time_out
from retrieval.stories import WINDOW, Stories, opening_terms
from retrieval.types import Article

log = logging.getLogger(__name__)

BATCH = 100
"""Changes a transaction: few enough for nobody to wait for."""


RECENT = 2_000
"""Changes that are looked at although there are no subscriptions yet."""


class Seen(NamedTuple):
    """
    What one look at the change feed came to.

    Attributes:
        changes: How many were looked at; 0 when there were none.
        matches: How many matches were noted.
        notes: How many messages are new, or have to be changed.
    """

    changes: int
    matches: int = 0
    notes: int = 0


class Watcher(AlertsPart):
    """
    Follows the change feed for all subscriptions; for one thread at a time.

    Args:
        store: Whose feed.
        rarity: The weight of a term in the corpus, see ``Percolator``.
    """

    def __init__(self, store: Store, rarity: Callable[[str], float]) -> None:
        super().__init__(store)
        self._subscriptions = Subscriptions(store)
        self._outbox = Outbox(store)
        self._percolator = Percolator(rarity)
        self._known: dict[int, Subscription] = {}
        self._by_story: dict[str, set[int]] = {}
        self._revision = -1
        self._rarity = rarity
        self._stories: Stories | None = None

    def is_behind(self) -> bool:
        """Whether the feed holds changes that were not looked at."""
        return self.store.cursor(CURSOR) < self.store.last_seq()

    def begin(self) -> None:
        """
        Pass over what came long ago, while nobody has asked for anything: a store that was
        filled before there were alerts. The last ``RECENT`` changes show which stories run.
        """
        with self._database.transaction():
            start = self.store.last_seq() - RECENT
            if self.store.cursor(CURSOR) < start and not self._subscriptions.all():
                self.store.move_cursor(CURSOR, start)

    def watch(self, now: datetime) -> Seen:
        """Look at the next changes of the feed and write down what follows from them."""
        start = self.store.cursor(CURSOR)
        changes = self.store.changes_since(start, BATCH)
        if not changes:
            return Seen(0)
        self._refresh()
        found = [self._look_at(change, now) for change in changes]
        with self._database.transaction():
            is_stale = self._subscriptions.revision() != self._revision  # changed meanwhile
            if is_stale or self.store.cursor(CURSOR) != start:  # or another process was faster
                self._stories = None
                return Seen(len(changes))
            matches = notes = 0
            for change, looked in zip(changes, found, strict=True):
                notes += self._follow_up(change)
                if looked is not None:
                    noted = self._note(change, looked, now)
                    matches += noted.matches
                    notes += noted.notes
            self.store.move_cursor(CURSOR, changes[-1].seq)
        return Seen(len(changes), matches, notes)

    # --- looking ----------------------------------------------------------------

    def _refresh(self) -> None:
        """Take in what was subscribed, changed and cancelled since the last time."""
        revision = self._subscriptions.revision()
        if revision == self._revision:
            return
        now = {s.id: s for s in self._subscriptions.all() if s.paused is None}
        for number in self._known.keys() - now.keys():
            self._percolator.remove(number)
        for number, subscription in now.items():
            old = self._known.get(number)
            if old is None or (old.query, old.least) != (subscription.query, subscription.least):
                self._add(subscription)
        self._known = now
        self._by_story = {}
        for number, subscription in now.items():
            if subscription.story is not None:
                self._by_story.setdefault(subscription.story, set()).add(number)
        self._revision = revision

    def _add(self, subscription: Subscription) -> None:
        try:
            # Relative dates count from when it was asked for
            query = parse_standing(subscription.query, subscription.created)
        except QueryError as e:  # written by another version of the program
            log.warning("subscription %d cannot be read: %s", subscription.id, e)
            self._percolator.remove(subscription.id)
        else:
            self._percolator.add(subscription.id, query, least=subscription.least)

    def _look_at(self, change: Change, now: datetime) -> _Looked | None:
        """The article of a change that is news, and who is to be told; None if nobody is."""
        if change.action != "save":
            return None
        article = self._article(change)
        if article is None:
            return None
        at = now if article.published is None else min(article.published, now)
        if self._stories is None:
            self._stories = self._restored()
        story = self._stories.assign(article.id, opening_terms(article), at)
        if change.is_backfill:
            return _Looked(article, at, story, ())
        matches = {match.query_id: match for match in self._percolator.match(article)}
        for number in self._by_story.get(story, ()):
            matches.setdefault(number, Match(number))
        wanted = (m for n, m in sorted(matches.items()) if self._known[n].after_seq < change.seq)
        return _Looked(article, at, story, tuple(wanted))

    def _article(self, change: Change) -> Article | None:
        """The article as the change left it; None if a later change has replaced or deleted it."""
        head = self.store.find_head(change.article_id)
        if head is None or head.is_deleted or head.version != change.version:
            return None
        return self.store.get_version(change.article_id, change.version)

    def _restored(self) -> Stories:
        """The stories of the last days' articles, as they were; the newest article is the last day."""
        stories = Stories(idf=self._rarity)
        rows = self._rows(
            "SELECT article_id, story, at FROM alert_stories"
            " WHERE at >= (SELECT max(at) FROM alert_stories) - ? ORDER BY at, article_id",
            (WINDOW // timedelta(microseconds=1),),
        )
        ids = [text_out(row[0]) or "" for row in rows]
        articles = self.store.get_many(ids)
        for article_id, (_, story, at) in zip(ids, rows, strict=True):
            if article_id in articles:
                stories.assign(
                    article_id,
                    opening_terms(articles[article_id]),
                    time_out(at),  # type: ignore[arg-type]  # NOT NULL
                    story=text_out(story),
                )
        return stories

    # --- writing ----------------------------------------------------------------

    def _follow_up(self, change: Change) -> int:
        """Messages about an article that was edited, withdrawn or brought back say so."""
        if change.action == "expire":  # nobody took it back
            return 0
        with self._database.transaction():
            self._database.write(
                """
                UPDATE alert_notes SET revision = revision + 1 WHERE kind = 'story' AND id IN (
                    SELECT note_id FROM alert_matches WHERE article_id = ? AND version < ?
                ) AND state IN ('sent', 'waiting', 'sending')
                """,
                (text_in(change.article_id), change.version + (change.action != "save")),
            )
            changed = int(self._database.value("SELECT changes()"))
            if change.action == "delete":
                # What has not gone out and tells of nothing else needs not go
                self._database.write(
                    """
                    UPDATE alert_notes SET state = 'withdrawn', reason = 'its article was withdrawn'
                    WHERE state = 'waiting' AND id IN (
                        SELECT note_id FROM alert_matches WHERE article_id = ?1
                    ) AND NOT EXISTS (
                        SELECT 1 FROM alert_matches m WHERE m.note_id = alert_notes.id
                            AND m.article_id != ?1
                    )
                    """,
                    (text_in(change.article_id),),
                )
            if change.action == "restore":
                # It may go after all; its time stays, so that it grows old from then
                self._database.write(
                    """
                    UPDATE alert_notes SET state = 'waiting', reason = NULL
                    WHERE state = 'withdrawn' AND kind = 'story' AND id IN (
                        SELECT note_id FROM alert_matches WHERE article_id = ?
                    )
                    """,
                    (text_in(change.article_id),),
                )
            return changed

    def _note(self, change: Change, looked: _Looked, now: datetime) -> Seen:
        article = looked.article
        self._database.write(
            "INSERT INTO alert_stories (article_id, story, at) VALUES (?, ?, ?)"
            " ON CONFLICT (article_id) DO NOTHING",
            (text_in(article.id), text_in(looked.story), time_in(looked.at)),
        )
        matches = notes = 0
        for match in looked.matches:
            subscription = self._known[match.query_id]
            known = self._row(
                "SELECT 1 FROM alert_matches WHERE subscription_id = ? AND article_id = ?",
                (subscription.id, text_in(article.id)),
            )
            if known is not None:  # an edit of what was told: `_follow_up` sees to it
                continue
            notes += self._tell(change, looked, match, subscription, now)
            matches += 1
        return Seen(0, matches, notes)

    def _tell(
        self,
        change: Change,
        looked: _Looked,
        match: Match,
        subscription: Subscription,
        now: datetime,
    ) -> int:
        """Note a match and the message that it calls for; gives how many messages changed."""
        outcome: Outcome = "muted"
        note_id, in_digest = None, False
        if not self._is_muted(subscription, looked.story, now):
            chat = self._subscriptions.chat(subscription.place.chat_id)
            planned = plan(subscription, chat, self._told_today(subscription, chat, now), now)
            in_digest = planned.in_digest
            note_id = self._merge(subscription, looked.story, planned)
            if note_id is not None:
                outcome = "merged"
            elif planned.is_told:
                outcome, note_id = "alert", self._open(subscription, looked, planned, now)
            else:
                outcome = "over_budget" if planned.is_over_budget else "digest"
        self._database.write(
            """
            INSERT INTO alert_matches (subscription_id, chat_id, thread_id, article_id, version,
                seq, story, score, spans, title_spans, matched, outcome, note_id, in_digest)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            (
                *(subscription.id, subscription.place.chat_id, subscription.place.thread_id),
                *(text_in(looked.article.id), change.version, change.seq, text_in(looked.story)),
                *(match.score, spans_in(match.spans), spans_in(match.title_spans)),
                *(time_in(now), outcome, note_id, in_digest),
            ),
        )
        return int(note_id is not None)

    def _is_muted(self, subscription: Subscription, story: str, now: datetime) -> bool:
        if subscription.muted_until is not None and subscription.muted_until > now:
            return True
        return self._outbox.is_story_muted(subscription.place, story)

    def _merge(self, subscription: Subscription, story: str, planned: Plan) -> int | None:
        """
        The message that tells this story in the place, with more to say; None if there is none.

        One that never went out, for whatever reason, has its chance once more: this is news.
        """
        row = self._row(
            "SELECT id, state FROM alert_notes WHERE chat_id = ? AND thread_id = ?"
            " AND kind = 'story' AND key = ?",
            (subscription.place.chat_id, subscription.place.thread_id, text_in(story)),
        )
        if row is None:
            return None
        note_id, state = row
        if state in {"waiting", "sending", "sent"}:
            self._database.write(
                "UPDATE alert_notes SET revision = revision + 1 WHERE id = ?", (note_id,)
            )
        elif planned.is_told:
            self._database.write(
                "UPDATE alert_notes SET revision = revision + 1, state = 'waiting', reason = NULL,"
                " attempts = 0, was_unsure = 0, not_before = ?, is_silent = ? WHERE id = ?",
                (time_in(planned.not_before), planned.is_silent, note_id),
            )
        return int(note_id)

    def _told_today(self, subscription: Subscription, chat: ChatSettings, now: datetime) -> int:
        return int(
            self._database.value(
                "SELECT count(*) FROM alert_matches"
                " WHERE subscription_id = ? AND matched >= ? AND outcome = 'alert'",
                (subscription.id, time_in(day_start(now, chat.zone))),
            )
        )

    def _open(
        self, subscription: Subscription, looked: _Looked, planned: Plan, now: datetime
    ) -> int:
        place = subscription.place
        return self._database.write(
            "INSERT INTO alert_notes (chat_id, thread_id, kind, key, state, created, not_before,"
            " is_silent) VALUES (?, ?, 'story', ?, 'waiting', ?, ?, ?)",
            (
                *(place.chat_id, place.thread_id, text_in(looked.story), time_in(now)),
                *(time_in(planned.not_before), planned.is_silent),
            ),
        )


class _Looked(NamedTuple):
    article: Article
    at: datetime
    story: str
    matches: Sequence[Match]


def utc_now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)
