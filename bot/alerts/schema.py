"""
The tables of the alerts in the store's file, as an append-only list of migrations.

Beside the articles, so that a match, the message that it calls for and the cursor in the
change feed are one transaction. Text columns hold what ``text_in`` makes; moments are
microseconds from 1970 in UTC. A thread_id of 0 is a chat without topics, or its general one:
NULL would make no row unique.
"""

from __future__ import annotations

import sqlite3

from retrieval.store.schema import Migration

COMPONENT = "alerts"

_FIRST = (
    # AUTOINCREMENT: buttons hold the numbers, so none may come to mean another subscription.
    # chat_id 0 is the terminal. story: what is told of it matches as well, whatever its words.
    # after_seq: changes up to this one are no news to it.
    """
    CREATE TABLE alert_subscriptions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        chat_id INTEGER NOT NULL,
        thread_id INTEGER NOT NULL DEFAULT 0,
        user_id INTEGER NOT NULL,
        created INTEGER NOT NULL,
        query TEXT NOT NULL,
        least REAL NOT NULL,
        story TEXT,
        mode TEXT NOT NULL CHECK (mode IN ('instant', 'digest', 'both')),
        budget INTEGER NOT NULL CHECK (budget >= 0),
        after_seq INTEGER NOT NULL,
        paused INTEGER,
        muted_until INTEGER
    )""",
    "CREATE INDEX alert_subscriptions_by_chat ON alert_subscriptions (chat_id, thread_id)",
    # Settings of a chat. suspended: since when nothing can be sent there, and why.
    """
    CREATE TABLE alert_chats (
        chat_id INTEGER PRIMARY KEY,
        lang TEXT,
        zone TEXT,
        quiet_start TEXT,
        quiet_stop TEXT,
        quiet_is_silent INTEGER NOT NULL DEFAULT 0,
        digest_at TEXT,
        digest_weekday INTEGER,
        digest_last INTEGER,
        suspended INTEGER,
        suspended_for TEXT
    )""",
    # One row a message. A story is told in one message a chat: what comes later is put into
    # it. key is the story's id, or names the digest. revision counts what it should say,
    # shown what was sent of that. answer_id: of the ledger, for its buttons and replies.
    """
    CREATE TABLE alert_notes (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        chat_id INTEGER NOT NULL,
        thread_id INTEGER NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('story', 'digest')),
        key TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN
            ('waiting', 'sending', 'sent', 'unsure', 'expired', 'failed', 'withdrawn')),
        reason TEXT,
        created INTEGER NOT NULL,
        not_before INTEGER NOT NULL,
        is_silent INTEGER NOT NULL DEFAULT 0,
        attempts INTEGER NOT NULL DEFAULT 0,
        was_unsure INTEGER NOT NULL DEFAULT 0,
        revision INTEGER NOT NULL DEFAULT 1,
        shown INTEGER NOT NULL DEFAULT 0,
        message_id INTEGER,
        answer_id INTEGER,
        sent INTEGER,
        UNIQUE (chat_id, thread_id, kind, key)
    )""",
    "CREATE INDEX alert_notes_by_due ON alert_notes (not_before) WHERE state = 'waiting'",
    "CREATE INDEX alert_notes_by_edit ON alert_notes (id) WHERE state = 'sent' AND revision > shown",
    "CREATE INDEX alert_notes_by_created ON alert_notes (created)",
    "CREATE INDEX alert_notes_by_message ON alert_notes (chat_id, message_id)",
    # What matched: one row a subscription and article. note_id: the message that tells its
    # story; NULL where outcome says why there is none. in_digest: it is to be in a digest, which
    # is digest_id once that was made. spans and title_spans: the words that matched, JSON lists
    # of [start, stop].
    """
    CREATE TABLE alert_matches (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        subscription_id INTEGER NOT NULL REFERENCES alert_subscriptions ON DELETE CASCADE,
        chat_id INTEGER NOT NULL,
        thread_id INTEGER NOT NULL,
        article_id TEXT NOT NULL,
        version INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        story TEXT NOT NULL,
        score REAL,
        spans TEXT NOT NULL,
        title_spans TEXT NOT NULL,
        matched INTEGER NOT NULL,
        outcome TEXT NOT NULL CHECK (outcome IN
            ('alert', 'merged', 'digest', 'over_budget', 'muted')),
        note_id INTEGER REFERENCES alert_notes,
        in_digest INTEGER NOT NULL CHECK (in_digest IN (0, 1)),
        digest_id INTEGER REFERENCES alert_notes,
        UNIQUE (subscription_id, article_id)
    )""",
    "CREATE INDEX alert_matches_by_article ON alert_matches (article_id)",
    "CREATE INDEX alert_matches_by_note ON alert_matches (note_id)",
    "CREATE INDEX alert_matches_by_digest ON alert_matches (digest_id)",
    """
    CREATE INDEX alert_matches_for_digest ON alert_matches (chat_id, thread_id)
    WHERE in_digest AND digest_id IS NULL""",
    "CREATE INDEX alert_matches_by_chat ON alert_matches (chat_id, thread_id, matched)",
    "CREATE INDEX alert_matches_by_subscription ON alert_matches (subscription_id, matched)",
    # The stories of the last days' articles, to go on with after a restart.
    """
    CREATE TABLE alert_stories (
        article_id TEXT PRIMARY KEY,
        story TEXT NOT NULL,
        at INTEGER NOT NULL
    ) WITHOUT ROWID""",
    "CREATE INDEX alert_stories_by_date ON alert_stories (at)",
    # Stories that a chat does not want to hear of any more.
    """
    CREATE TABLE alert_muted_stories (
        chat_id INTEGER NOT NULL,
        thread_id INTEGER NOT NULL,
        story TEXT NOT NULL,
        muted INTEGER NOT NULL,
        PRIMARY KEY (chat_id, thread_id, story)
    ) WITHOUT ROWID""",
    # One row: counts up with every change of the subscriptions, so that a watcher notices.
    "CREATE TABLE alert_revision (only INTEGER PRIMARY KEY CHECK (only = 1), n INTEGER NOT NULL)",
    "INSERT INTO alert_revision (only, n) VALUES (1, 0)",
)


def _create(connection: sqlite3.Connection) -> None:
    """Version 1: subscriptions, chats, the outbox and what matched."""
    for statement in _FIRST:
        connection.execute(statement)


def _note_edits(connection: sqlite3.Connection) -> None:
    """Version 2: when a message was last edited; what was lately sent counts after a restart."""
    connection.execute("ALTER TABLE alert_notes ADD COLUMN edited INTEGER")
    connection.execute("CREATE INDEX alert_notes_by_sent ON alert_notes (sent)")


MIGRATIONS: tuple[Migration, ...] = (_create, _note_edits)
