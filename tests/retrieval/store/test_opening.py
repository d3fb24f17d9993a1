"""Whose file it is, who may open it, and what is said when it cannot be used."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from small_store import raw, save

from retrieval.errors import StoreError
from retrieval.store import Counts, Store
from retrieval.store.schema import APPLICATION_ID, MIGRATIONS


def test_open_when_there_is_nothing_makes_folder_and_store(tmp_path):
    path = tmp_path / "a" / "b" / "store.db"

    with Store.open(path) as store:
        save(store, "a1")
        uuid = store.uuid

    connection = raw(path)
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
    with Store.open(path) as store:
        assert (store.uuid, store.path, store.find("a1").text) == (uuid, path, "Rain fell.")


@pytest.mark.parametrize(
    "name", ["a b.db", "100%25?mode=memory#x.db", "檔案.db", "ملف.db", "🗞.db", "a'b\".db"]
)
def test_open_when_the_name_is_odd(tmp_path, name):
    with Store.open(tmp_path / name) as store:
        save(store, "a1")

    assert (tmp_path / name).is_file()
    with Store.open(tmp_path / name, must_exist=True) as store:
        assert store.counts().articles == 1


def test_two_stores_have_two_uuids(tmp_path):
    with Store.open(tmp_path / "1.db") as one, Store.open(tmp_path / "2.db") as two:
        assert one.uuid != two.uuid


@pytest.mark.parametrize("options", [{"must_exist": True}, {"read_only": True}])
def test_open_when_it_must_exist_and_does_not(tmp_path, options):
    with pytest.raises(StoreError, match=r"store does not exist: .*no\.db'; ingest something"):
        Store.open(tmp_path / "no.db", **options)
    assert list(tmp_path.iterdir()) == []


def test_open_when_the_file_is_empty_makes_a_store(tmp_path):
    path = tmp_path / "store.db"
    path.touch()  # what a crash at the first instruction leaves

    with Store.open(path) as store:
        assert store.counts() == Counts(0, 0, 0, 0)


def test_open_when_a_crash_left_an_empty_database(tmp_path):
    path = tmp_path / "store.db"
    connection = raw(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()

    with Store.open(path) as store:
        assert store.counts() == Counts(0, 0, 0, 0)


def _text(path):
    path.write_text("Rain fell on Tuesday.\n")


def _short(path):
    path.write_bytes(b"\x00")


def _other_database(path):
    connection = raw(path)
    connection.execute("CREATE TABLE recipes (name)")
    connection.close()


def _other_application(path):
    connection = raw(path)
    connection.execute("PRAGMA application_id = 252006675")
    connection.close()


def _versioned_database(path):
    connection = raw(path)
    connection.execute("PRAGMA user_version = 1")
    connection.close()


@pytest.mark.parametrize(
    "make", [_text, _short, _other_database, _other_application, _versioned_database]
)
def test_open_when_the_file_is_not_ours_leaves_it(tmp_path, make):
    path = tmp_path / "store.db"
    make(path)
    before = path.read_bytes()

    with pytest.raises(StoreError, match=r"not a Clipdesk store: .*choose another path"):
        Store.open(path)
    assert path.read_bytes() == before


def test_open_when_the_store_is_newer(tmp_path):
    path = tmp_path / "store.db"
    Store.open(path).close()
    connection = raw(path)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    before = path.read_bytes()

    versions = rf"version {len(MIGRATIONS) + 1}, this program knows {len(MIGRATIONS)}"
    with pytest.raises(StoreError, match=rf"store is of {versions}: .*update"):
        Store.open(path)
    assert path.read_bytes() == before


def test_open_read_only_when_the_store_is_older(tmp_path):
    path = tmp_path / "store.db"
    Store.open(path).close()
    connection = raw(path)
    connection.execute("PRAGMA user_version = 0")
    connection.close()

    with pytest.raises(StoreError, match=r"older version .* open it once for writing"):
        Store.open(path, read_only=True)


def test_open_when_a_migration_fails_leaves_the_file_as_it_was(tmp_path):
    path = tmp_path / "store.db"
    Store.open(path).close()
    connection = raw(path)
    connection.execute("PRAGMA user_version = 0")  # the first migration finds its tables there

    with pytest.raises(sqlite3.OperationalError, match="table store already exists"):
        Store.open(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (0,)
    assert connection.execute("SELECT count(*) FROM store").fetchone() == (1,)
    connection.close()


def test_open_when_the_path_is_a_folder(tmp_path):
    with pytest.raises(StoreError, match=r"cannot be opened \(Is a directory\)"):
        Store.open(tmp_path)


def test_open_when_a_parent_is_a_file(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(StoreError, match=r"cannot be opened \(.*\): .*check the path"):
        Store.open(tmp_path / "file" / "store.db")


@pytest.mark.parametrize("start", [100, 5000])  # in the first page, and after it
def test_open_or_use_when_the_file_is_damaged(tmp_path, start):
    path = tmp_path / "store.db"
    with Store.open(path) as store:
        save(store, *map(str, range(200)), text="Rain fell. " * 50)
    data = bytearray(path.read_bytes())
    data[start:] = bytes(b ^ 0x5A for b in data[start:])
    path.write_bytes(data)

    def read_all():
        with Store.open(path) as store:
            list(store.iter_articles())

    with pytest.raises(StoreError, match=r"store is damaged \(.*restore a copy, or move the file"):
        read_all()


def test_check_when_the_file_is_damaged_says_so(tmp_path):
    path = tmp_path / "store.db"
    with Store.open(path) as store:
        save(store, *map(str, range(200)), text="Rain fell. " * 50)
        page = store.database.value(
            "SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_articles_1'"
        )
    data = bytearray(path.read_bytes())
    data[(page - 1) * 4096 : page * 4096] = bytes(4096)
    path.write_bytes(data)

    with Store.open(path) as store:
        problems = store.check()
    assert problems
    assert all("damaged" in problem for problem in problems), problems


def test_check_when_an_index_of_the_file_is_damaged_says_so(tmp_path):
    path = tmp_path / "store.db"
    with Store.open(path) as store:
        save(store, "needle")
    path.write_bytes(path.read_bytes().replace(b"needle", b"nettle", 1))

    with Store.open(path) as store:
        problems = store.check()
    assert "damaged file: row 1 missing from index sqlite_autoindex_articles_1" in problems


def test_open_when_another_process_creates_it_waits(tmp_path):
    path = tmp_path / "store.db"
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.05, connection.rollback)
    timer.start()

    with Store.open(path, busy_timeout_s=10) as store:
        assert store.last_seq() == 0
    timer.join()
    connection.close()


def test_open_when_another_process_creates_it_for_too_long(tmp_path):
    path = tmp_path / "store.db"
    connection = raw(path)
    connection.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreError, match="store is busy, another process is writing") as caught:
        Store.open(path, busy_timeout_s=0.01)
    assert caught.value.is_passing
    connection.close()


def test_open_when_many_open_at_once_makes_one_store(tmp_path):
    path = tmp_path / "store.db"
    barrier = threading.Barrier(6)

    def open_one(_):
        barrier.wait()
        with Store.open(path) as store:
            return store.uuid

    with ThreadPoolExecutor(6) as pool:
        uuids = set(pool.map(open_one, range(6)))
    assert len(uuids) == 1
