"""
The tables of the feeds in the store's file, as an append-only list of migrations.

Beside the articles, so that an entry and the article that it became are saved in one
transaction. Text columns hold what ``text_in`` makes; moments are microseconds from 1970
in UTC; spans of time are seconds.
"""

from __future__ import annotations

import sqlite3

from retrieval.store.schema import Migration

COMPONENT = "feeds"

_FIRST = (
    # AUTOINCREMENT: a number that a person noted must not come to mean another feed.
    # name is what people call it; is_named says that the operator chose it, and then it
    # is the outlet of its articles. host: polls of one host take turns. next_poll is when
    # it is due; holder has it under way until held_until, a lease that it renews.
    # backfilled: the first poll that took everything in; what came until then is no news.
    # failing_since, failures, error: of the polls since the last that went well.
    """
    CREATE TABLE feeds (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        url TEXT NOT NULL UNIQUE,
        host TEXT NOT NULL,
        name TEXT NOT NULL UNIQUE COLLATE NOCASE,
        is_named INTEGER NOT NULL CHECK (is_named IN (0, 1)),
        title TEXT,
        lang TEXT,
        every_s INTEGER,
        full_text INTEGER NOT NULL CHECK (full_text IN (0, 1)),
        withdrawals INTEGER NOT NULL CHECK (withdrawals IN (0, 1)),
        added INTEGER NOT NULL,
        paused INTEGER,
        pause_reason TEXT,
        etag TEXT,
        last_modified TEXT,
        ttl_s INTEGER,
        backfilled INTEGER,
        last_poll INTEGER,
        last_success INTEGER,
        last_new INTEGER,
        interval_s INTEGER NOT NULL,
        next_poll INTEGER NOT NULL,
        failures INTEGER NOT NULL DEFAULT 0,
        failing_since INTEGER,
        error TEXT,
        told_dead INTEGER,
        holder TEXT,
        held_until INTEGER
    )""",
    "CREATE INDEX feeds_by_next_poll ON feeds (next_poll) WHERE paused IS NULL",
    "CREATE INDEX feeds_by_hold ON feeds (host, held_until) WHERE holder IS NOT NULL",
    # What a feed has listed: by guid, link and content (digests of them), each of which may
    # change while the others tell that it is the same entry. dated is when it was published
    # or, where it does not say (published is NULL) or says a time to come, when it came;
    # is_news is 0 for what the first poll found there. missed counts the polls in a row
    # that did not list it while older ones were listed still.
    """
    CREATE TABLE feed_entries (
        key INTEGER PRIMARY KEY,
        feed_id INTEGER NOT NULL REFERENCES feeds ON DELETE CASCADE,
        guid BLOB,
        link BLOB,
        content BLOB NOT NULL,
        article_id TEXT NOT NULL,
        is_news INTEGER NOT NULL CHECK (is_news IN (0, 1)),
        published INTEGER,
        dated INTEGER NOT NULL,
        first_seen INTEGER NOT NULL,
        last_seen INTEGER NOT NULL,
        missed INTEGER NOT NULL DEFAULT 0
    )""",
    "CREATE INDEX feed_entries_by_guid ON feed_entries (feed_id, guid)",
    "CREATE INDEX feed_entries_by_link ON feed_entries (feed_id, link)",
    "CREATE INDEX feed_entries_by_content ON feed_entries (feed_id, content)",
    "CREATE INDEX feed_entries_by_date ON feed_entries (feed_id, dated)",
    "CREATE INDEX feed_entries_by_last_seen ON feed_entries (feed_id, last_seen)",
)


def _create(connection: sqlite3.Connection) -> None:
    """Version 1: feeds, and what they have listed."""
    for statement in _FIRST:
        connection.execute(statement)


def _tell_whose(connection: sqlite3.Connection) -> None:
    """Version 2: which feed may change an article that several list."""
    connection.execute(
        "ALTER TABLE feed_entries"
        " ADD COLUMN is_ours INTEGER NOT NULL DEFAULT 1 CHECK (is_ours IN (0, 1))"
    )


MIGRATIONS: tuple[Migration, ...] = (_create, _tell_whose)
