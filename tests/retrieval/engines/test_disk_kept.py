"""The index on disk, kept in step with a store: damage, other processes, crashes."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.desk import STORE_FILE, Desk
from retrieval.engines import disk as disk_module
from retrieval.engines import open_index
from retrieval.engines.disk import DiskKept
from retrieval.errors import IndexingError, StoreError
from retrieval.index.disk import BusyIndex, DiskIndex
from retrieval.segment import segment
from retrieval.store import Store
from retrieval.types import Answer, Article, Filters

ANY = Filters()


def article(number: int, text: str = "The ferry sailed on Monday.") -> Article:
    return Article(id=f"a{number}", text=text, source="Harbour Courier", lang="en")


def save(store: Store, *articles: Article) -> None:
    store.save([(one, segment(one)) for one in articles])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / STORE_FILE) as opened:
        save(opened, *map(article, range(3)))
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


def found(kept: DiskKept, term: str) -> int:
    return len(kept.index.search([term], ANY, 10))


def test_an_index_is_made_followed_and_opened_again(store: Store, folder: Path) -> None:
    kept = DiskKept(folder, store)
    assert not kept.is_there
    assert "no index on disk yet" in kept.problem
    with pytest.raises(IndexingError, match="no index on disk yet"):
        kept.index.count()
    assert kept.follow() == 3
    assert kept.follow() == 0
    assert found(kept, "ferri") == 3

    save(store, article(1, "The tram is new."), article(7))
    store.delete("a0")
    assert kept.follow() == 3
    assert (found(kept, "ferri"), found(kept, "tram")) == (2, 1)
    assert kept.size() > 0
    kept.close()
    kept.close()

    again = DiskKept(folder, store)
    assert again.problem == ""
    assert again.index.position == store.last_seq()
    assert again.follow() == 0
    assert again.index.count() == 3


@pytest.mark.parametrize("damage", ["meta", "segment", "pointer", "position", "groups", "other"])
def test_damage_is_told_and_made_good(
    store: Store, folder: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    kept = DiskKept(folder, store)
    kept.follow()
    kept.close()
    current = kept.index.folder
    if damage == "meta":
        (current / "meta.json").write_text("{")
    elif damage == "segment":
        next(current.glob("*.term")).write_bytes(b"cut")
    elif damage == "pointer":
        (folder / "disk" / "current").write_bytes(b"\xff")
    elif damage == "position":
        (current / "clipdesk-position.json").write_text('{"position": null}')
    elif damage == "groups":
        (current / "clipdesk-groups.json").unlink()
    else:
        facts = json.loads((current / "clipdesk-position.json").read_text())
        facts["fingerprint"] = "another analyzer"
        (current / "clipdesk-position.json").write_text(json.dumps(facts))

    again = DiskKept(folder, store)
    assert again.problem
    assert again.follow() == 3
    assert found(again, "ferri") == 3
    assert [path.name for path in (folder / "disk").iterdir() if path.is_dir()] == [
        again.index.folder.name
    ]
    assert ("made anew" in caplog.text) is (damage != "pointer")


def test_an_index_of_a_later_state_of_the_store_is_made_anew(store: Store, folder: Path) -> None:
    kept = DiskKept(folder, store)
    kept.follow()
    kept.index.position = 99

    assert kept.follow() == 3
    assert kept.index.position == 3


def test_an_index_that_breaks_while_following_is_made_anew(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kept = DiskKept(folder, store)
    kept.follow()
    save(store, article(5))
    broken = kept.index

    def update(*_: object) -> None:
        raise IndexingError("a bad sector")

    monkeypatch.setattr(broken, "update", update)
    assert kept.follow() == 4
    assert kept.index is not broken
    assert "a bad sector" in caplog.text


def test_a_writer_that_is_not_ours_is_waited_for_by_whoever_calls(
    store: Store, folder: Path
) -> None:
    kept = DiskKept(folder, store)
    kept.follow()
    kept.close()
    other = DiskKept(folder, store).index
    other.update([], ())  # without the lock, as where the system has none
    save(store, article(5))

    with pytest.raises(BusyIndex):
        kept.follow()
    other.release()
    assert kept.follow() == 1


def test_an_index_that_is_replaced_while_it_is_opened_is_opened_again(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kept = DiskKept(folder, store)
    kept.follow()
    kept.close()
    old, opened = kept.index.folder, DiskIndex.open

    def open_late(path: Path, fingerprint: str) -> DiskIndex:
        if path == old:
            kept.rebuild()
        return opened(path, fingerprint)

    monkeypatch.setattr(DiskIndex, "open", open_late)
    assert DiskKept(folder, store).index.folder != old
    assert caplog.text == ""
    kept.close()


def test_ctrl_c_keeps_what_is_in(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = DiskKept(folder, store)
    kept.follow()
    save(store, article(5))

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kept.follow(interrupt)
    assert kept.index.count() == 4

    with pytest.raises(KeyboardInterrupt):
        kept.rebuild(interrupt)
    assert kept.index.count() == 4
    assert len([path for path in (folder / "disk").iterdir() if path.is_dir()]) == 1


def test_a_rebuild_takes_the_place_of_what_others_have_open(store: Store, folder: Path) -> None:
    one, other = DiskKept(folder, store), DiskKept(folder, store)
    one.follow()
    one.close()
    other.follow()
    before = other.index

    assert one.rebuild() == 3
    assert before.search(["ferri"], ANY, 1)  # its files are gone, and it can go on
    save(store, article(4))
    assert one.follow() == 1
    assert other.follow() == 1
    assert other.index.folder == one.index.folder != before.folder
    assert other.index.count() == 4


def test_a_reader_waits_for_the_writer_and_not_for_ever(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_module, "WAIT_S", 0.3)
    writer, reader = DiskKept(folder, store), DiskKept(folder, store)
    writer.follow()
    reader.follow()
    save(store, article(4))

    assert reader.follow() == 0  # the writer has not let go, and does nothing
    assert reader.index.count() == 3
    with pytest.raises(IndexingError, match="another process is writing"):
        reader.rebuild()

    monkeypatch.setattr(disk_module, "WAIT_S", 30.0)
    assert reader.follow(is_waiting=False) == 0
    thread = threading.Timer(0.1, writer.follow)
    thread.start()
    assert reader.follow() == 1  # what the writer did
    assert reader.index.count() == 4
    thread.join()
    writer.close()
    save(store, article(5))
    assert reader.follow() == 1


def test_a_process_without_an_index_waits_for_the_one_that_makes_it(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_module, "WAIT_S", 0.0)
    first, second = DiskKept(folder, store), DiskKept(folder, store)

    def slowly(*_: object) -> None:
        time.sleep(0.3)

    thread = threading.Thread(target=first.follow, args=(slowly,))
    thread.start()
    while not (folder / "disk" / "lock").exists():
        time.sleep(0.01)
    second.follow()
    thread.join()
    assert second.index.folder == first.index.folder


def test_a_writer_lets_go_by_itself(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_module, "IDLE_S", 0.05)
    kept, other = DiskKept(folder, store), DiskKept(folder, store)
    kept.follow()
    save(store, article(4))
    other.follow()  # waits until it has

    assert other.index.count() == 4


def test_a_commit_that_fails_loses_nothing(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = DiskKept(folder, store)
    kept.follow()
    save(store, article(5))

    def fail(*_: object, **__: object) -> None:
        raise IndexingError("no space left on the disk")

    with monkeypatch.context() as full:
        full.setattr(DiskIndex, "_commit", fail)
        full.setattr(DiskIndex, "create", fail)
        with pytest.raises(IndexingError, match="no space left"):
            kept.follow()
    assert kept.index.position == 3
    save(store, article(6))
    kept.follow()

    assert kept.index.count() == 5


def test_a_writer_that_cannot_tidy_up_lets_go_all_the_same(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kept, other = DiskKept(folder, store), DiskKept(folder, store)
    kept.follow()

    def fail(_: object) -> None:
        raise IndexingError("no space left on the disk")

    with monkeypatch.context() as full:
        full.setattr(DiskIndex, "release", fail)
        kept.close()
    save(store, article(4))
    monkeypatch.setattr(disk_module, "WAIT_S", 0)
    other.rebuild()

    assert other.index.count() == 4
    assert "could not be tidied up: no space left" in caplog.text


def test_a_desk_answers_from_disk(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("The island ferry sailed again on Monday after 11 weeks in the yard.\n")
    with Desk.open(tmp_path / "desk", engine="disk") as desk:
        desk.add([source])
        assert (desk.engine, desk.why_engine) == ("disk", "set")
        assert desk.index_bytes() > 0
        assert isinstance(desk.ask("When did the island ferry sail again?"), Answer)
    with Desk.open(tmp_path / "desk", engine="memory") as desk:
        assert (desk.engine, desk.index.count()) == ("memory", 1)


def test_a_desk_whose_index_breaks_while_asked_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    source = tmp_path / "a.txt"
    source.write_text("The island ferry sailed again on Monday after 11 weeks in the yard.\n")
    with Desk.open(tmp_path / "desk", engine="disk") as desk:
        desk.add([source])

        def search(*_: object) -> None:
            raise IndexingError("a bad sector")

        monkeypatch.setattr(desk.index, "search", search)
        assert isinstance(desk.ask("When did the island ferry sail again?"), Answer)
    assert "a bad sector" in caplog.text


def test_an_index_that_another_thread_made_anew_is_not_made_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "a.txt"
    source.write_text("The island ferry sailed again on Monday after 11 weeks in the yard.\n")
    with Desk.open(tmp_path / "desk", engine="disk") as desk:
        desk.add([source])
        made: list[object] = []

        def search(*_: object) -> None:
            desk.rebuild()  # as another thread does whose search broke before
            made.append(desk.index)
            raise IndexingError("a bad sector")

        monkeypatch.setattr(desk.index, "search", search)
        assert isinstance(desk.ask("When did the island ferry sail again?"), Answer)

        assert made == [desk.index]


def test_a_failed_start_closes_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise StoreError("no")

    monkeypatch.setattr("retrieval.engines.disk.follow", fail)
    with pytest.raises(StoreError):
        Desk.open(tmp_path / "desk", engine="disk")
    monkeypatch.undo()
    with Desk.open(tmp_path / "desk", engine="disk") as desk:  # the lock is free
        assert desk.index.count() == 0


def test_a_damaged_cache_says_why(tmp_path: Path, store: Store) -> None:
    kept = open_index(tmp_path, store, "memory")

    assert "cannot read the index file" in kept.problem
    assert kept.size() == 0


def test_logs_are_not_errors(store: Store, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        kept = DiskKept(folder, store)
        kept.follow()
        kept.close()
    assert caplog.text == ""
