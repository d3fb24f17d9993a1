"""Whose file it is, who may open it, and what is said when it cannot be used."""

import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from retrieval.errors import StoreError
from retrieval.store import Counts, Retention, Store
from retrieval.store.schema import APPLICATION_ID, MIGRATIONS
from retrieval.types import Article, Passage, Sentence, Span


def one_passage(article):
    span = Span(0, len(article.text))
    return [Passage(span, (Sentence(span, 1),))]


def save(store, *ids, text="Rain fell."):
    articles = [Article(id=article_id, text=text) for article_id in ids]
    return store.save([(article, one_passage(article)) for article in articles])


def raw(path):
    return sqlite3.connect(path, isolation_level=None)


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
                assert [s.id for s in reader.iter_summaries()] == ["a1"]
                assert reader.uuid == writer.uuid
        with Store.open(path, read_only=True) as reader:
            assert [s.id for s in reader.iter_summaries()] == ["a1", "a2"]


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


NOW = datetime.now(UTC)


def no_wait(_seconds):
    return False


# Every public method, with arguments; a new one must be added here.
CALLS = {
    "article_passages": ("a1",),
    "changes_since": (0, 10),
    "check": (),
    "copies_of": (["a1"],),
    "count_dated": (NOW, NOW),
    "counts": (),
    "cursor": ("alerts",),
    "cursors": (),
    "delete": ("a1",),
    "drop_texts": (Retention(1), NOW, set(), no_wait),
    "excess": (Retention(1, 9), NOW),
    "expire": (Retention(1, 9), NOW, no_wait),
    "find": ("a1",),
    "find_head": ("a1",),
    "find_head_by_content": ("a1",),
    "free_bytes": (),
    "get": ("a1",),
    "get_many": (["a1"],),
    "get_version": ("a1", 1),
    "head": ("a1",),
    "ids_at": ("/a.txt",),
    "index_rows": (),
    "iter_articles": (),
    "iter_content_keyed_at": ("/a.txt",),
    "iter_summaries": (),
    "iter_latest": (),
    "languages": (),
    "last_seq": (),
    "last_trimmed": (),
    "latest_of": ([1], 9),
    "move": ("/a.txt", "/b.txt"),
    "move_cursor": ("alerts", 1),
    "passages": ([1],),
    "release_space": (no_wait,),
    "restore": ("a1",),
    "save": ([(Article(id="a2", text="Rain."), [])],),
    "sketch_older": (),
    "snapshot": (),
    "sources": (),
    "transaction": (),
    "trim_changes": (Retention(1), NOW, 0, no_wait),
}


def call(store, name):
    result = getattr(store, name)(*CALLS[name])
    if name in ("snapshot", "transaction"):
        with result:
            return None
    return list(result) if name.startswith(("iter_", "index_")) else result


def test_every_public_method_is_listed():
    public = {name for name in dir(Store) if not name.startswith("_")}
    assert public - {"open", "close", "path"} == set(CALLS)


@pytest.mark.parametrize("name", sorted(set(CALLS) - {"check"}))
def test_method_when_the_store_is_closed(tmp_path, name):
    store = Store.open(tmp_path / "store.db")
    save(store, "a1")
    store.close()
    store.close()

    with pytest.raises(StoreError, match=r"store is closed: .*store\.db'"):
        call(store, name)


def test_check_when_the_store_is_closed_says_so(tmp_path):
    store = Store.open(tmp_path / "store.db")
    store.close()

    assert store.check() == [f"store is closed: {str(store.path)!r}"]


def test_transaction_when_it_is_closed_midway(tmp_path):
    store = Store.open(tmp_path / "store.db")
    save(store, "a1")

    with pytest.raises(StoreError, match="store is closed"), store.transaction():  # noqa: PT012  # what is undone
        save(store, "a2")
        store.close()

    with Store.open(tmp_path / "store.db") as again:
        assert again.counts().articles == 1


@pytest.mark.parametrize("name", sorted(CALLS))
def test_method_when_another_process_writes(tmp_path, name):
    """Reading goes on; writing says that it had to wait too long."""
    path = tmp_path / "store.db"
    with Store.open(path, busy_timeout_s=0.01) as store:
        save(store, "a1")
        store.delete("a1")
        store.restore("a1")
        connection = raw(path)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM changes")

        if name in ("save", "delete", "restore", "move", "move_cursor", "transaction"):
            with pytest.raises(StoreError, match="store is busy"):
                call(store, name)
        else:
            call(store, name)
        connection.close()
