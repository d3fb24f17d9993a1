"""Every public method, when the store is closed or another process writes."""

from datetime import UTC, datetime

import pytest
from small_store import raw, save

from retrieval.errors import StoreError
from retrieval.store import Retention, Store
from retrieval.types import Article

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
