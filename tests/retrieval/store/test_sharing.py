"""One store for many threads and processes: what each of them sees, and who has to wait."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from small_store import raw, save

from retrieval.errors import StoreError
from retrieval.store import Counts, Store


def test_write_when_another_process_writes_for_too_long(tmp_path):
    path = tmp_path / "store.db"
    with Store.open(path, busy_timeout_s=0.01) as store:
        save(store, "a1")
        connection = raw(path)
        connection.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreError, match=r"store is busy.*try again when it has finished"):
            save(store, "a2")
        assert store.find("a1") is not None  # reading waits for nobody
        connection.execute("ROLLBACK")
        connection.close()
        assert [saved.outcome for saved in save(store, "a2")] == ["new"]


def test_read_only_while_another_process_is_inside_a_transaction(tmp_path):
    path = tmp_path / "store.db"
    with Store.open(path) as writer:
        save(writer, "a1")
        with writer.transaction():
            save(writer, "a2")
            with Store.open(path, read_only=True, busy_timeout_s=0.01) as reader:
                assert [a.id for a in reader.iter_articles()] == ["a1"]
                assert reader.uuid == writer.uuid
        with Store.open(path, read_only=True) as reader:
            assert [a.id for a in reader.iter_articles()] == ["a1", "a2"]


def test_write_when_opened_read_only(tmp_path):
    path = tmp_path / "store.db"
    Store.open(path).close()

    with (
        Store.open(path, read_only=True) as store,
        pytest.raises(StoreError, match="store cannot be written"),
    ):
        save(store, "a1")


def test_read_in_another_process_sees_what_was_committed(tmp_path):
    path = tmp_path / "store.db"
    code = (
        "import sys; from pathlib import Path; from retrieval.store import Store\n"
        "with Store.open(Path(sys.argv[1]), must_exist=True) as s: print(s.get('a1').text)"
    )
    with Store.open(path) as store:
        save(store, "a1")
        root = Path(__file__).parents[3]
        done = subprocess.run(
            [sys.executable, "-c", code, path], cwd=root, capture_output=True, text=True, check=True
        )
    assert done.stdout == "Rain fell.\n"


def test_disk_full_is_said_and_changes_nothing(tmp_path):
    with Store.open(tmp_path / "store.db") as store:
        save(store, "a1")
        pages = store.database.value("PRAGMA page_count")
        store.database.value(f"PRAGMA max_page_count = {pages}")

        with pytest.raises(StoreError, match="disk is full, nothing more was stored"):
            save(store, "a2", text="Rain fell. " * 10_000)
        assert store.counts().articles == 1
        store.database.value("PRAGMA max_page_count = 1000000")
        save(store, "a2")
        assert store.check() == []


def test_threads_read_and_write_at_once(tmp_path):
    with Store.open(tmp_path / "store.db") as store:

        def work(number):
            for step in range(10):
                save(store, f"{number}-{step}")
                assert store.find(f"{number}-{step}") is not None
            return store.last_seq()

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(work, range(4)))

        assert store.counts() == Counts(40, 40, 40, 0)
        assert store.check() == []
        assert [change.seq for change in store.changes_since(0, 100)] == list(range(1, 41))


def test_transaction_is_all_or_nothing(tmp_path):
    with Store.open(tmp_path / "store.db") as store:
        with pytest.raises(KeyboardInterrupt), store.transaction():  # noqa: PT012  # what is undone
            save(store, "a1")
            with store.transaction():  # joins the outer one
                save(store, "a2")
            assert store.counts().articles == 2
            raise KeyboardInterrupt
        assert store.counts().articles == 0

        with store.transaction():
            save(store, "a1")
            store.move_cursor("alerts", 1)
        assert (store.counts().articles, store.cursor("alerts")) == (1, 1)


def test_snapshot_sees_one_state(tmp_path):
    with Store.open(tmp_path / "store.db") as store:
        save(store, "a1")
        with ThreadPoolExecutor(1) as pool, store.snapshot():
            assert store.counts().articles == 1
            pool.submit(save, store, "a2").result()
            with store.snapshot():
                assert store.counts().articles == 1
            assert store.counts().articles == 1
        assert store.counts().articles == 2


def test_snapshot_cannot_be_written_in(tmp_path):
    with Store.open(tmp_path / "store.db") as store:
        with store.snapshot(), pytest.raises(RuntimeError, match="snapshot cannot be written"):
            save(store, "a1")
        save(store, "a1")
        assert store.counts().articles == 1


def test_bugs_pass_through_as_what_they_are(tmp_path):
    with Store.open(tmp_path / "store.db") as store:
        with pytest.raises(sqlite3.OperationalError, match="syntax error"):
            store.database.rows("SELEC 1")
        with pytest.raises(sqlite3.ProgrammingError, match="bindings"):
            store.database.rows("SELECT ?")
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"), store.transaction():
            store.database.write("INSERT INTO articles VALUES (1, 'a', 1, 0, 0, 0, 0)")
