"""Tables that a program keeps in the store's file: made, brought up to date, refused."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from retrieval.errors import StoreError
from retrieval.store import Store
from retrieval.store.schema import MIGRATIONS


def first(connection):
    connection.execute("CREATE TABLE notes_notes (text TEXT NOT NULL)")


def second(connection):
    connection.execute("ALTER TABLE notes_notes ADD COLUMN stars INTEGER NOT NULL DEFAULT 0")


def broken(connection):
    second(connection)
    connection.execute("INSERT INTO notes_notes (nonsense) VALUES (1)")


def components(store):
    return store.database.rows("SELECT name, version FROM components")


def test_migrate_makes_brings_up_to_date_and_leaves(tmp_path):
    path = tmp_path / "store.db"
    with Store.open(path) as store:
        store.database.migrate("notes", [first])
        with store.transaction():
            store.database.write("INSERT INTO notes_notes VALUES ('rain')")
        assert components(store) == [("notes", 1)]

    with Store.open(path) as store:
        for _ in range(2):
            store.database.migrate("notes", [first, second])
        store.database.migrate("others", [])
        assert store.database.rows("SELECT text, stars FROM notes_notes") == [("rain", 0)]
        assert components(store) == [("notes", 2)]
        assert store.check() == []


def test_open_when_the_store_is_of_the_first_version_keeps_all(tmp_path, monkeypatch):
    path = tmp_path / "store.db"
    with monkeypatch.context() as before:
        before.setattr("retrieval.store.connection.MIGRATIONS", MIGRATIONS[:1])
        with Store.open(path) as store:
            uuid = store.uuid
            assert store.database.value("PRAGMA user_version") == 1

    with Store.open(path) as store:
        store.database.migrate("notes", [first])
        assert (store.uuid, components(store)) == (uuid, [("notes", 1)])
        assert store.database.value("PRAGMA user_version") == len(MIGRATIONS)


def test_migrate_when_one_fails_changes_nothing(tmp_path):
    with Store.open(tmp_path / "store.db") as store:
        store.database.migrate("notes", [first])

        with pytest.raises(sqlite3.OperationalError, match="no column named nonsense"):
            store.database.migrate("notes", [first, broken])
        assert components(store) == [("notes", 1)]
        store.database.migrate("notes", [first, second])
        assert components(store) == [("notes", 2)]


def test_migrate_when_the_tables_are_newer_refuses(tmp_path):
    with Store.open(tmp_path / "store.db") as store:
        store.database.migrate("notes", [first, second])

        with pytest.raises(
            StoreError,
            match=r"the part of 'notes' in the store is of version 2, this program knows 1: .*update",
        ):
            store.database.migrate("notes", [first])


def test_migrate_when_opened_read_only(tmp_path):
    path = tmp_path / "store.db"
    with Store.open(path) as store:
        store.database.migrate("notes", [first])

    with Store.open(path, read_only=True) as store:
        store.database.migrate("notes", [first])
        with pytest.raises(
            StoreError, match=r"'notes' in the store is of an older version .* once"
        ):
            store.database.migrate("notes", [first, second])


def test_migrate_when_many_do_at_once_runs_each_once(tmp_path):
    path = tmp_path / "store.db"
    Store.open(path).close()
    barrier = threading.Barrier(6)

    def migrate_one(_):
        with Store.open(path) as store:
            barrier.wait()
            store.database.migrate("notes", [first, second])
            return components(store)

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(migrate_one, range(6))) == [[("notes", 2)]] * 6


def test_migrate_when_another_process_was_faster_and_newer(tmp_path, monkeypatch):
    """What was read before the lock no longer holds under it."""
    with Store.open(tmp_path / "store.db") as store:
        transaction = store.database.transaction

        def overtaken():
            monkeypatch.setattr(store.database, "transaction", transaction)
            store.database.migrate("notes", [first, second])
            return transaction()

        monkeypatch.setattr(store.database, "transaction", overtaken)

        with pytest.raises(StoreError, match="is of version 2, this program knows 1"):
            store.database.migrate("notes", [first])
        assert components(store) == [("notes", 2)]
