"""
The bot's tables in the store's file, as an append-only list of migrations.

They are beside the articles so that what the bot promises (an alert to send) and the
change that it stems from are one transaction. Their names begin with ``bot_``: one file
is one space of names, and the store's tables may grow. Text columns hold what
``text_in`` makes, moments are microseconds from 1970 in UTC, as in the store.
"""

from __future__ import annotations

import secrets
import sqlite3

from retrieval.store.schema import Migration

COMPONENT = "bot"
LINK_KEY = "link key"  # the name in bot_facts of what makes tokens unguessable

_KEY_BYTES = 32

_FIRST = (
    """
    CREATE TABLE bot_chats (
        chat_id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        title TEXT,
        lang TEXT,
        suspended TEXT,
        suspended_at INTEGER,
        seen INTEGER NOT NULL
    )""",
    # AUTOINCREMENT: old buttons hold ids, so none may come to mean another answer.
    # filters, widened and quotes are JSON. forgotten_at: when /new ended the thread that
    # it belongs to; it is no longer carried over, but buttons and replies still find it.
    """
    CREATE TABLE bot_answers (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        chat_id INTEGER NOT NULL,
        thread_id INTEGER,
        user_id INTEGER NOT NULL,
        question_message_id INTEGER NOT NULL,
        message_id INTEGER,
        asked_at INTEGER NOT NULL,
        text TEXT NOT NULL,
        question TEXT NOT NULL,
        filters TEXT NOT NULL,
        widened TEXT,
        completion TEXT,
        answered INTEGER NOT NULL CHECK (answered IN (0, 1)),
        reason TEXT,
        confidence REAL NOT NULL,
        lang TEXT NOT NULL,
        quotes TEXT NOT NULL,
        forgotten_at INTEGER
    )""",
    "CREATE INDEX bot_answers_by_message ON bot_answers (chat_id, message_id)",
    "CREATE INDEX bot_answers_by_question ON bot_answers (chat_id, question_message_id)",
    "CREATE INDEX bot_answers_by_thread ON bot_answers (user_id, chat_id, thread_id, asked_at)",
    "CREATE INDEX bot_answers_by_time ON bot_answers (asked_at, answered)",
    # A copy of what was rated: it outlives the answer (which is pruned, or replaced when
    # its question is edited) and the article. asker_id: forgetting a user takes the
    # copies of that user's questions, whoever rated them.
    """
    CREATE TABLE bot_ratings (
        id INTEGER PRIMARY KEY,
        answer_id INTEGER REFERENCES bot_answers ON DELETE SET NULL,
        user_id INTEGER NOT NULL,
        asker_id INTEGER NOT NULL,
        label INTEGER NOT NULL CHECK (label IN (1, -1)),
        rated_at INTEGER NOT NULL,
        question TEXT NOT NULL,
        filters TEXT NOT NULL,
        answered INTEGER NOT NULL CHECK (answered IN (0, 1)),
        quotes TEXT NOT NULL
    )""",
    "CREATE UNIQUE INDEX bot_ratings_by_answer ON bot_ratings (answer_id, user_id)",
    "CREATE INDEX bot_ratings_by_user ON bot_ratings (user_id)",
    "CREATE INDEX bot_ratings_by_asker ON bot_ratings (asker_id)",
    """
    CREATE TABLE bot_links (
        token TEXT PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('quote', 'question')),
        body TEXT NOT NULL,
        user_id INTEGER NOT NULL,
        saved_at INTEGER NOT NULL
    ) WITHOUT ROWID""",
    "CREATE INDEX bot_links_by_user ON bot_links (user_id)",
    "CREATE INDEX bot_links_by_time ON bot_links (kind, saved_at)",
    # An update waits until ended_at; a reason says that it was given up, none that it was
    # done. What was done keeps its number only, so that a repeated delivery is known.
    """
    CREATE TABLE bot_inbox (
        seq INTEGER PRIMARY KEY,
        update_id INTEGER NOT NULL UNIQUE,
        user_id INTEGER,
        json TEXT,
        kept_at INTEGER NOT NULL,
        ended_at INTEGER,
        reason TEXT
    )""",
    "CREATE INDEX bot_inbox_waiting ON bot_inbox (seq) WHERE ended_at IS NULL",
    "CREATE INDEX bot_inbox_done ON bot_inbox (ended_at) WHERE reason IS NULL",
    "CREATE INDEX bot_inbox_failed ON bot_inbox (ended_at) WHERE reason IS NOT NULL",
    "CREATE INDEX bot_inbox_by_user ON bot_inbox (user_id) WHERE user_id IS NOT NULL",
    """
    CREATE TABLE bot_facts (
        name TEXT PRIMARY KEY,
        text TEXT NOT NULL
    ) WITHOUT ROWID""",
)


def _create(connection: sqlite3.Connection) -> None:
    """Version 1: chats, answers, ratings, links, the inbox and small facts."""
    for statement in _FIRST:
        connection.execute(statement)
    connection.execute(
        "INSERT INTO bot_facts (name, text) VALUES (?, ?)",
        (LINK_KEY, secrets.token_hex(_KEY_BYTES)),
    )


def _index_threads(connection: sqlite3.Connection) -> None:
    """Version 2: a thread is all of a chat's, or its topic's, and no longer one user's."""
    connection.execute(
        "CREATE INDEX bot_answers_by_place ON bot_answers (chat_id, thread_id, asked_at)"
    )


def _keep_accounts(connection: sqlite3.Connection) -> None:
    """Version 3: where accounts differ, so that an answer says so too when it is shown again."""
    connection.execute("ALTER TABLE bot_answers ADD COLUMN accounts TEXT NOT NULL DEFAULT '[]'")


def _index_ratings(connection: sqlite3.Connection) -> None:
    """Version 4: a rating that is taken in again is known by its moment."""
    connection.execute("CREATE INDEX bot_ratings_by_time ON bot_ratings (rated_at)")


MIGRATIONS: tuple[Migration, ...] = (_create, _index_threads, _keep_accounts, _index_ratings)
