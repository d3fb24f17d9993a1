"""Whether the index on disk holds as many passages as the store: compared once, and after a crash."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.desk import STORE_FILE
from retrieval.engines import disk as disk_module
from retrieval.engines.disk import DiskKept
from retrieval.follower import fingerprint
from retrieval.index import Entry
from retrieval.index.disk import DiskIndex
from retrieval.segment import segment
from retrieval.store import Store
from retrieval.types import Article


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


def leave_torn(kept: DiskKept, store: Store) -> None:
    """Leave the index as a crash might: with a passage more, and by a writer that did not end."""
    DiskIndex.open(kept.index.folder, fingerprint(store)).update([Entry(99, ["ferri"])], ())


def test_passages_are_counted_once_and_after_a_crash(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[int] = []
    counts = store.counts
    monkeypatch.setattr(store, "counts", lambda: counted.append(1) or counts())
    kept = DiskKept(folder, store)
    kept.follow()  # makes it, so that it need not be compared
    kept.close()

    for _ in range(2):
        again = DiskKept(folder, store)
        again.follow()
        save(store, article(1, f"The tram is new {len(counted)}."))
        again.follow()
        again.close()
    assert counted == []
    DiskKept(folder, store).index.update((), ())  # and dies
    for _ in range(3):
        again = DiskKept(folder, store)
        again.follow()
        again.close()
    assert counted == [1]


def test_what_another_process_left_torn_is_not_called_whole(store: Store, folder: Path) -> None:
    kept = DiskKept(folder, store)
    kept.follow()
    kept.index.release()
    leave_torn(kept, store)
    save(store, article(7))
    kept.follow()  # writes, after the other

    assert kept.index.count() == 4
    kept.close()


def test_what_others_store_meanwhile_is_compared_next_time(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow = disk_module.follow

    def and_another(*given: object) -> int:
        taken = follow(*given)
        monkeypatch.setattr(disk_module, "follow", follow)
        save(store, article(8))
        return taken

    kept = DiskKept(folder, store)
    kept.follow()
    kept.close()
    leave_torn(kept, store)
    save(store, article(7))
    kept = DiskKept(folder, store)
    monkeypatch.setattr(disk_module, "follow", and_another)
    kept.follow()
    assert (kept.index.count(), kept.index.is_compared) == (5, False)
    kept.follow()
    assert (kept.index.count(), kept.index.is_compared) == (5, True)  # made anew
    kept.close()


def test_what_is_remembered_was_compared(store: Store, folder: Path) -> None:
    kept = DiskKept(folder, store)
    kept.follow()
    kept.close()
    reader = DiskIndex.open(kept.index.folder, fingerprint(store))
    leave_torn(kept, store)  # since it was compared
    reader.remember()

    assert not DiskIndex.open(kept.index.folder, fingerprint(store)).is_compared


def test_an_index_with_other_passages_than_the_store_is_made_anew(
    store: Store, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept = DiskKept(folder, store)
    kept.follow()
    kept.close()
    leave_torn(kept, store)

    again = DiskKept(folder, store)
    again.follow()

    assert again.index.count() == 3
    assert "holds 4 passages, the store 3" in caplog.text
    again.close()
    leave_torn(again, store)
    save(store, article(5))
    last = DiskKept(folder, store)
    last.follow()  # differs, and is behind as well
    assert last.index.count() == 4
