"""
The tables, as an append-only list of migrations.

``PRAGMA user_version`` counts the migrations that a file has had; the list is
only ever appended to, so that every older file can be brought up to date. Programs
that use the store keep tables of their own beside these, counted in ``components``.
How a migration runs lives in ``connection.py``.
"""

from __future__ import annotations

import sqlite3
import time
import uuid
from collections.abc import Callable

APPLICATION_ID = 0x436C7064  # "Clpd": says in the file's header that it is ours

DROPPED = 0  # the key of the text of versions whose own was dropped; others count from 1

Migration = Callable[[sqlite3.Connection], None]

# Text columns hold TEXT, or the bytes of UTF-8 with surrogates passed where a text
# holds a lone surrogate, which SQLite's TEXT cannot be given (``rows.py``).
_FIRST = (
    # One row: what makes this file this store.
    """
    CREATE TABLE store (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        uuid TEXT NOT NULL
    )""",
    # The passages of the current version are those with ids from first_passage up to,
    # not including, stop_passage: they are written together, so that no index is needed
    # to find them. A deleted article is a tombstone: it keeps its versions and its
    # passages, which nobody is shown, so that it can be restored.
    """
    CREATE TABLE articles (
        key INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        version INTEGER NOT NULL,
        is_deleted INTEGER NOT NULL DEFAULT 0 CHECK (is_deleted IN (0, 1)),
        first_passage INTEGER NOT NULL,
        stop_passage INTEGER NOT NULL CHECK (stop_passage >= first_passage),
        FOREIGN KEY (key, version) REFERENCES versions DEFERRABLE INITIALLY DEFERRED
    )""",
    # Apart from the versions, so that listings read no text, and so that a version that
    # changes only the metadata shares the text of the one before.
    """
    CREATE TABLE texts (
        key INTEGER PRIMARY KEY,
        text TEXT NOT NULL
    )""",
    # published counts microseconds from 1970 in UTC; agencies, aliases and extra are JSON,
    # NULL where empty. found is the digest of the article as its source gave it; content
    # is the content id of the text where the article's id was made from its content.
    """
    CREATE TABLE versions (
        article_key INTEGER NOT NULL REFERENCES articles,
        version INTEGER NOT NULL CHECK (version >= 1),
        text_key INTEGER NOT NULL REFERENCES texts,
        found BLOB NOT NULL,
        content TEXT,
        title TEXT,
        source TEXT,
        url TEXT,
        published INTEGER,
        published_origin TEXT,
        lang TEXT,
        author TEXT,
        kicker TEXT,
        path TEXT,
        first_line INTEGER,
        last_line INTEGER,
        is_truncated INTEGER NOT NULL,
        is_suspect INTEGER NOT NULL,
        agencies TEXT,
        aliases TEXT,
        extra TEXT,
        PRIMARY KEY (article_key, version)
    ) WITHOUT ROWID""",
    "CREATE INDEX versions_by_content ON versions (content) WHERE content IS NOT NULL",
    "CREATE INDEX versions_by_path ON versions (path) WHERE content IS NOT NULL",
    # AUTOINCREMENT: an id is never given twice, so that an index that lags behind cannot
    # take one passage for another.
    """
    CREATE TABLE passages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        article_key INTEGER NOT NULL REFERENCES articles,
        start INTEGER NOT NULL,
        stop INTEGER NOT NULL CHECK (stop >= start),
        sentences BLOB NOT NULL
    )""",
    # Ids of passages that the change added and removed, half-open ranges.
    """
    CREATE TABLE changes (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        article_key INTEGER NOT NULL REFERENCES articles,
        version INTEGER NOT NULL,
        action TEXT NOT NULL CHECK (action IN ('save', 'delete', 'restore')),
        added_first INTEGER NOT NULL,
        added_stop INTEGER NOT NULL,
        removed_first INTEGER NOT NULL,
        removed_stop INTEGER NOT NULL
    )""",
    """
    CREATE TABLE cursors (
        name TEXT PRIMARY KEY,
        seq INTEGER NOT NULL CHECK (seq >= 0)
    ) WITHOUT ROWID""",
)


def _create(connection: sqlite3.Connection) -> None:
    """Version 1: articles, their versions and passages, and the change feed."""
    for statement in _FIRST:
        connection.execute(statement)
    connection.execute("INSERT INTO store (only, uuid) VALUES (1, ?)", (uuid.uuid4().hex,))


def _add_components(connection: sqlite3.Connection) -> None:
    """Version 2: who else keeps tables in the file, and how far their migrations are."""
    connection.execute(
        """
        CREATE TABLE components (
            name TEXT PRIMARY KEY,
            version INTEGER NOT NULL CHECK (version >= 0)
        ) WITHOUT ROWID"""
    )


def _index_dates(connection: sqlite3.Connection) -> None:
    """Version 3: the newest articles are found without reading all of them."""
    connection.execute("CREATE INDEX versions_by_date ON versions (published, article_key)")


def _tell_news(connection: sqlite3.Connection) -> None:
    """Version 4: a change says whether it is news, or back-fill that nobody is alerted to."""
    connection.execute(
        "ALTER TABLE changes ADD COLUMN is_backfill INTEGER NOT NULL DEFAULT 0"
        " CHECK (is_backfill IN (0, 1))"
    )


def _tell_age(connection: sqlite3.Connection) -> None:
    """
    Version 5: when things were stored, and what has expired since.

    An expired article is a tombstone without passages. A version whose text was dropped
    has the text with the key 0, and its metadata are NULL; its digest, its content id and
    the current one's path stay, by which the article is known again. trimmed is the last
    change that was taken out of the feed. What was stored before counts as stored now.
    """
    for table, column in (
        ("versions", "stored_at INTEGER NOT NULL DEFAULT 0"),
        ("articles", "is_expired INTEGER NOT NULL DEFAULT 0 CHECK (is_expired IN (0, 1))"),
        ("changes", "recorded_at INTEGER NOT NULL DEFAULT 0"),
        # Beside an action of 'delete', whose list of actions cannot be altered in place
        ("changes", "is_expiry INTEGER NOT NULL DEFAULT 0 CHECK (is_expiry IN (0, 1))"),
        ("store", "trimmed INTEGER NOT NULL DEFAULT 0"),
    ):
        connection.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    now = (time.time_ns() // 1000,)
    connection.execute("UPDATE versions SET stored_at = ?", now)
    connection.execute("UPDATE changes SET recorded_at = ?", now)
    connection.execute("INSERT INTO texts (key, text) VALUES (?, '')", (DROPPED,))
    # Or each text that is deleted would be looked for in all versions
    connection.execute("CREATE INDEX versions_by_text ON versions (text_key)")


def _sketch_texts(connection: sqlite3.Connection) -> None:
    """
    Version 6: by which copies of a text are found (``copies.py``).

    What is there already is sketched in batches, later: a store of a million articles would
    hold its lock for minutes. ``sketching`` says which keys are still to do.
    """
    # copies counts the groups; NULL is an article without a copy. hashes are 8 bytes each.
    connection.execute(
        """
        CREATE TABLE sketches (
            article_key INTEGER PRIMARY KEY,
            hashes BLOB NOT NULL,
            copies INTEGER
        )"""
    )
    connection.execute(
        "CREATE INDEX sketches_by_copies ON sketches (copies) WHERE copies IS NOT NULL"
    )
    connection.execute(
        """
        CREATE TABLE sketch_hashes (
            hash INTEGER NOT NULL,
            article_key INTEGER NOT NULL,
            PRIMARY KEY (hash, article_key)
        ) WITHOUT ROWID"""
    )
    connection.execute(
        "CREATE TABLE sketching (only INTEGER PRIMARY KEY CHECK (only = 1), done INTEGER NOT NULL,"
        " stop INTEGER NOT NULL)"
    )
    connection.execute("INSERT INTO sketching SELECT 1, 0, coalesce(max(key), 0) FROM articles")


def _index_files(connection: sqlite3.Connection) -> None:
    """Version 7: what a file gave is found without a look at all that the store holds."""
    # Beside versions_by_path, in which a file of a million articles with ids has no entry
    connection.execute("CREATE INDEX versions_by_file ON versions (path) WHERE path IS NOT NULL")


MIGRATIONS: tuple[Migration, ...] = (
    _create,
    _add_components,
    _index_dates,
    _tell_news,
    _tell_age,
    _sketch_texts,
    _index_files,
)
