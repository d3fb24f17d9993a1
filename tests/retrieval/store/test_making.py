"""Making a store while another process has the file, and giving up half way."""

import sqlite3
import threading

import pytest

from retrieval.errors import StoreError
from retrieval.store import Store
from retrieval.store.schema import APPLICATION_ID


def held(path):
    """A connection of another program that is about to write the file, which is still empty."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN IMMEDIATE")
    return connection


def test_open_waits_for_who_makes_the_file(tmp_path):
    path = tmp_path / "store.db"
    other = held(path)
    release = threading.Timer(0.15, other.close)
    release.start()

    with Store.open(path) as store:
        assert store.counts().articles == 0
    release.join()


def test_open_waits_for_who_reads_the_file(tmp_path):
    path = tmp_path / "store.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    other.execute("BEGIN")
    other.execute("SELECT * FROM sqlite_master").fetchall()
    release = threading.Timer(0.15, other.close)
    release.start()

    with Store.open(path) as store:
        assert store.counts().articles == 0
    release.join()


def test_open_says_so_when_it_waited_too_long(tmp_path):
    path = tmp_path / "store.db"
    other = held(path)

    with pytest.raises(StoreError, match="store is busy"):
        Store.open(path, busy_timeout_s=0.05)
    other.close()


def test_open_leaves_nothing_open_when_the_store_has_no_identity(tmp_path):
    path = tmp_path / "store.db"
    Store.open(path).close()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("DELETE FROM store")
    connection.close()

    with pytest.raises(TypeError):
        Store.open(path)

    # SQLite removes it with the last connection
    assert not path.with_name("store.db-wal").exists()
