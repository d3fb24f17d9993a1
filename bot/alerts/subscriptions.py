"""What people want to be told of, and when: subscriptions and the settings of chats."""

# ruff: noqa: S608 (only names of columns are put into SQL)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.alerts.part import CURSOR, AlertsPart
from bot.alerts.rows import CHAT, SUBSCRIPTION, chat_in, chat_out, subscription_out
from bot.alerts.values import ChatSettings, Place, Subscription
from retrieval.store.rows import text_in, time_in

MOST_A_CHAT = 100
"""Subscriptions of one chat; a list of more cannot be looked through."""

FORGOTTEN_AFTER = timedelta(days=90)
"""A chat to which nothing can be sent is forgotten after so long."""


class Subscriptions(AlertsPart):
    """The subscriptions and the chats' settings."""

    # --- subscriptions ------------------------------------------------------

    def add(self, subscription: Subscription) -> Subscription:
        """
        Keep *subscription*, whatever its ``id``; gives it with its own.

        The same query in the same place again changes the one that is there. What the store
        holds by now is no news to a new one.
        """
        with self._database.transaction():
            known = self._row(
                "SELECT id FROM alert_subscriptions"
                " WHERE chat_id = ? AND thread_id = ? AND query = ? AND story IS ?",
                (
                    subscription.place.chat_id,
                    subscription.place.thread_id,
                    text_in(subscription.query),
                    text_in(subscription.story),
                ),
            )
            if known is not None:
                self.change(replace(subscription, id=known[0]))
                return self._known(known[0])
            number = self._write(
                "INSERT INTO alert_subscriptions (chat_id, thread_id, user_id, created, query,"
                " least, story, mode, budget, after_seq, paused, muted_until)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    subscription.place.chat_id,
                    subscription.place.thread_id,
                    subscription.user_id,
                    time_in(subscription.created),
                    text_in(subscription.query),
                    subscription.least,
                    text_in(subscription.story),
                    subscription.mode,
                    subscription.budget,
                    self.store.last_seq(),
                    time_in(subscription.paused),
                    time_in(subscription.muted_until),
                ),
            )
            if self.store.cursor(CURSOR) == 0:
                # The first of all: nobody was to be told of what has come before it
                self.store.move_cursor(CURSOR, self.store.last_seq())
            self._changed()
            return self._known(number)

    def change(self, subscription: Subscription) -> None:
        """Put what may be edited of *subscription* in the place of the one with its id."""
        with self._database.transaction():
            self._write(
                "UPDATE alert_subscriptions SET query = ?, least = ?, mode = ?, budget = ?,"
                " paused = ?, muted_until = ? WHERE id = ?",
                (
                    text_in(subscription.query),
                    subscription.least,
                    subscription.mode,
                    subscription.budget,
                    time_in(subscription.paused),
                    time_in(subscription.muted_until),
                    subscription.id,
                ),
            )
            self._changed()

    def remove(self, subscription_id: int) -> bool:
        """Forget a subscription and its matches; messages that were sent stay."""
        with self._database.transaction():
            was_there = self.get(subscription_id) is not None
            self._write("DELETE FROM alert_subscriptions WHERE id = ?", (subscription_id,))
            self._changed()
            return was_there

    def get(self, subscription_id: int) -> Subscription | None:
        """The subscription of this id; None if there is none any more."""
        row = self._row(
            f"SELECT {SUBSCRIPTION} FROM alert_subscriptions WHERE id = ?", (subscription_id,)
        )
        return None if row is None else subscription_out(row)

    def of_chat(self, chat_id: int) -> list[Subscription]:
        """Those of a chat, all of its topics, the oldest first."""
        return self._found("WHERE chat_id = ?", (chat_id,))

    def all(self) -> list[Subscription]:
        """All of them, also those that rest."""
        return self._found("", ())

    def revision(self) -> int:
        """A number that another one follows whenever a subscription is changed, added or removed."""
        return int(self._database.value("SELECT n FROM alert_revision"))

    # --- chats --------------------------------------------------------------

    def chat(self, chat_id: int) -> ChatSettings:
        """The settings of a chat; those of one that has none are the defaults."""
        row = self._row(f"SELECT {CHAT} FROM alert_chats WHERE chat_id = ?", (chat_id,))
        return ChatSettings(chat_id=chat_id) if row is None else chat_out(row)

    def chats(self) -> dict[int, ChatSettings]:
        """The settings of all chats that have any."""
        return {row[0]: chat_out(row) for row in self._rows(f"SELECT {CHAT} FROM alert_chats")}

    def set_chat(self, settings: ChatSettings) -> None:
        """Keep the settings of a chat; whether it is suspended stays as it is."""
        columns = CHAT.split(", ")[:8]
        self._write(
            f"INSERT INTO alert_chats ({', '.join(columns)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (chat_id) DO UPDATE SET "
            + ", ".join(f"{column} = excluded.{column}" for column in columns[1:]),
            chat_in(settings),
        )

    def suspend(self, chat_id: int, reason: str, now: datetime) -> None:
        """
        Send nothing there until ``resume``; what matches meanwhile waits.

        Nothing is noted of a chat that has no alerts.
        """
        self._write(
            "INSERT INTO alert_chats (chat_id, suspended, suspended_for)"
            " SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM alert_subscriptions WHERE chat_id = ?1)"
            " OR EXISTS (SELECT 1 FROM alert_chats WHERE chat_id = ?1)"
            " OR EXISTS (SELECT 1 FROM alert_notes WHERE chat_id = ?1)"
            " ON CONFLICT (chat_id) DO UPDATE SET"
            " suspended = coalesce(suspended, excluded.suspended),"
            " suspended_for = excluded.suspended_for",
            (chat_id, time_in(now), text_in(reason)),
        )

    def resume(self, chat_id: int, *, before: datetime | None = None) -> bool:
        """
        Send there again; whether it had been suspended.

        Args:
            chat_id: The chat.
            before: Only if it was suspended before this moment.
        """
        suspended = self.chat(chat_id).suspended
        if suspended is None or (before is not None and suspended >= before):
            return False
        self._write(
            "UPDATE alert_chats SET suspended = NULL, suspended_for = NULL WHERE chat_id = ?",
            (chat_id,),
        )
        return True

    def migrate_chat(self, old_id: int, new_id: int) -> None:
        """
        The group *old_id* has become the supergroup *new_id*: all that is kept moves there.

        Safe to repeat. A story that both have a message of keeps the supergroup's; messages
        of the old group can be edited no more.
        """
        with self._database.transaction():
            self._database.write(
                "UPDATE OR IGNORE alert_chats SET chat_id = ?, suspended = NULL,"
                " suspended_for = NULL WHERE chat_id = ?",
                (new_id, old_id),
            )
            self._database.write("DELETE FROM alert_chats WHERE chat_id = ?", (old_id,))
            self._database.write(
                "UPDATE alert_notes SET message_id = NULL WHERE chat_id = ?", (old_id,)
            )
            threads = self._rows(
                "SELECT thread_id FROM alert_subscriptions WHERE chat_id = ?1"
                " UNION SELECT thread_id FROM alert_notes WHERE chat_id = ?1"
                " UNION SELECT thread_id FROM alert_matches WHERE chat_id = ?1"
                " UNION SELECT thread_id FROM alert_muted_stories WHERE chat_id = ?1",
                (old_id,),
            )
            for (thread_id,) in threads:
                self._move(Place(old_id, thread_id), Place(new_id))
            self._changed()

    def move_topic(self, place: Place) -> None:
        """A topic is gone: what went there goes to the chat's general one."""
        with self._database.transaction():
            self._move(place, Place(place.chat_id))
            self._changed()

    def _move(self, old: Place, new: Place) -> None:
        """All that is kept of a place goes to another; a story has one message there."""
        if old == new:
            return
        for number, same in self._rows(
            "SELECT o.id, n.id FROM alert_notes o JOIN alert_notes n"
            " ON n.chat_id = ?3 AND n.thread_id = ?4 AND n.kind = o.kind AND n.key = o.key"
            " WHERE o.chat_id = ?1 AND o.thread_id = ?2",
            (*_columns(old), *_columns(new)),
        ):
            for statement in (
                "UPDATE alert_matches SET note_id = ?2 WHERE note_id = ?1",
                "UPDATE alert_matches SET digest_id = ?2 WHERE digest_id = ?1",
                # What did not go out there, and was still to go here, goes out there
                (
                    "UPDATE alert_notes SET state = 'waiting', reason = NULL WHERE id = ?2"
                    " AND state NOT IN ('waiting', 'sending', 'sent') AND EXISTS"
                    " (SELECT 1 FROM alert_notes WHERE id = ?1"
                    " AND state IN ('waiting', 'sending'))"
                ),
                "UPDATE alert_notes SET revision = revision + 1 WHERE id = ?2 AND ?1",
                "DELETE FROM alert_notes WHERE id = ?1 AND ?2",
            ):
                self._database.write(statement, (number, same))
        for table in (
            "alert_subscriptions",
            "alert_notes",
            "alert_matches",
            "alert_muted_stories",
        ):
            self._database.write(
                f"UPDATE OR IGNORE {table} SET chat_id = ?3, thread_id = ?4"
                " WHERE chat_id = ?1 AND thread_id = ?2",
                (*_columns(old), *_columns(new)),
            )

    def forget_user(self, user_id: int) -> int:
        """
        Delete what is kept about the private chat of a user, whose id it has, and that the
        user asked for what groups are told; how many of the chat's subscriptions that were.
        """
        with self._database.transaction():
            self._write(
                "UPDATE alert_subscriptions SET user_id = 0 WHERE user_id = ? AND chat_id != ?",
                (user_id, user_id),
            )
            return self.forget_chat(user_id)

    def forget_chat(self, chat_id: int) -> int:
        """Delete all that is kept about a chat's alerts; how many subscriptions that were."""
        with self._database.transaction():
            count = len(self.of_chat(chat_id))
            for table in (
                "alert_subscriptions",
                "alert_matches",
                "alert_notes",
                "alert_muted_stories",
                "alert_chats",
            ):
                self._database.write(f"DELETE FROM {table} WHERE chat_id = ?", (chat_id,))
            self._changed()
            return count

    def forget_suspended(self, now: datetime) -> list[int]:
        """Forget chats to which nothing could be sent for ``FORGOTTEN_AFTER``; gives their ids."""
        with self._database.transaction():
            rows = self._rows(
                "SELECT chat_id FROM alert_chats WHERE suspended < ?",
                (time_in(now - FORGOTTEN_AFTER),),
            )
            for (chat_id,) in rows:
                self.forget_chat(chat_id)
        return [row[0] for row in rows]

    def _found(self, condition: str, parameters: Sequence[object]) -> list[Subscription]:
        rows = self._rows(
            f"SELECT {SUBSCRIPTION} FROM alert_subscriptions {condition} ORDER BY id", parameters
        )
        return [subscription_out(row) for row in rows]

    def _known(self, subscription_id: int) -> Subscription:
        subscription = self.get(subscription_id)
        if subscription is None:
            raise LookupError(f"no such subscription: {subscription_id}")
        return subscription

    def _changed(self) -> None:
        self._database.write("UPDATE alert_revision SET n = n + 1", ())


def _columns(place: Place) -> tuple[int, int]:
    return place.chat_id, place.thread_id
