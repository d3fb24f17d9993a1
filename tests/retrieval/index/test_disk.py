"""What only the engine on disk does: files, other processes, odd terms, parity at size."""

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from retrieval.errors import IndexingError
from retrieval.index import Entry
from retrieval.index import disk as disk_module
from retrieval.index.bm25 import idf
from retrieval.index.disk import BusyIndex, DiskIndex
from retrieval.index.disk_view import View
from retrieval.index.lock import FileLock
from retrieval.index.memory import MemoryIndex
from retrieval.types import Filters

ANY = Filters()


@pytest.fixture
def index(tmp_path: Path) -> DiskIndex:
    made = DiskIndex.create(tmp_path / "disk", "store-1")
    made.update([Entry(1, ["nato", "deal"], source="Post", lang="en"), Entry(2, ["希音"])], ())
    return made


def reopened(index: DiskIndex) -> DiskIndex:
    return DiskIndex.open(index.folder, "store-1")


def found(index: DiskIndex, term: str) -> list[int]:
    return [hit.passage_id for hit in index.search([term], ANY, 10)]


def test_it_is_there_when_opened_again(index: DiskIndex) -> None:
    index.position = 7

    again = reopened(index)

    assert (again.position, again.count()) == (7, 2)
    again.position = 8  # a change without passages needs no writer
    assert reopened(index).position == 8
    assert again.search(["nato"], Filters(langs=("en",)), 5)
    assert again.langs() == {"en": 1, None: 1}
    assert found(again, "nato") == [1]
    assert again.idf("nato") == pytest.approx(idf(1, 2))
    again.release()
    again.release()


def test_one_made_from_something_else_is_refused(index: DiskIndex, tmp_path: Path) -> None:
    with pytest.raises(IndexingError, match="made from something else"):
        DiskIndex.open(index.folder, "store-2")
    with pytest.raises(IndexingError, match="missing or damaged"):
        DiskIndex.open(tmp_path / "none", "store-1")
    with pytest.raises(IndexingError, match="missing or damaged"):
        DiskIndex.create(index.folder, "store-1")


def test_one_writes_and_others_see_it_after_a_refresh(index: DiskIndex) -> None:
    other = reopened(index)
    index.update([Entry(3, ["nato"], source="New", lang="fr")], ())
    index.position = 1

    assert found(other, "nato") == [1]
    with pytest.raises(BusyIndex, match="another process is writing"):
        other.update([Entry(4, ["nato"])], ())
    other.refresh()
    other.refresh()
    assert (found(other, "nato"), other.position) == ([3, 1], 1)
    assert other.search(["nato"], Filters(sources=("new",)), 5)[0].passage_id == 3
    assert other.langs() == {"en": 1, "fr": 1, None: 1}
    assert len(other.search(["nato"], Filters(sources=("post", "new")), 5)) == 2
    index.release()
    other.update([Entry(4, ["nato"])], ())
    index.refresh()
    assert found(index, "nato") == [3, 4, 1]


def test_what_is_held_is_seen_at_the_end(index: DiskIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk_module, "_HELD_PASSAGES", 3)
    other = reopened(index)
    with index.hold():
        index.update([Entry(3, ["nato"]), Entry(4, ["nato"])], ())
        index.position = 1
        assert index.count() == 2
        index.refresh()  # reads nothing while something is staged
        index.update([Entry(5, ["nato"])], ())
        index.position = 2
        assert index.count() == 5
        index.update([Entry(6, ["nato"])], ())
        index.position = 3
        other.refresh()
        assert (other.position, other.count()) == (2, 5)
    other.refresh()
    assert (other.position, other.count()) == (3, 6)


def test_filters_are_remembered_within_bounds(index: DiskIndex) -> None:
    for number in range(250):
        assert not index.search(["nato"], Filters(sources=(f"none {number}",)), 5)
    assert index.search(["nato"], Filters(sources=("post",)), 5)


def test_a_filter_that_all_satisfy_filters_nothing(tmp_path: Path) -> None:
    index = DiskIndex.create(tmp_path / "one", "")
    index.update([Entry(1, ["nato"], lang="en"), Entry(2, ["nato"], lang="en")], ())

    assert len(index.search(["nato"], Filters(langs=("en",)), 5)) == 2


def interrupted(index: DiskIndex, entry: Entry, error: BaseException) -> None:
    with index.hold():
        index.update([entry], ())
        raise error


def test_ctrl_c_keeps_what_came_and_an_error_does_not(index: DiskIndex) -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted(index, Entry(3, ["nato"]), KeyboardInterrupt())
    assert found(reopened(index), "nato") == [3, 1]
    with pytest.raises(IndexingError):
        interrupted(index, Entry(4, ["nato"]), IndexingError("a bad sector"))
    assert found(reopened(index), "nato") == [3, 1]


def test_damage_found_by_tantivy_is_an_error_of_ours(
    index: DiskIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PanicException(BaseException):
        pass

    def panic(*_: object) -> None:
        raise PanicException("out of bounds")

    monkeypatch.setattr(View, "query", panic)
    with pytest.raises(IndexingError, match="out of bounds"):
        index.search(["nato"], ANY, 1)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(View, "query", interrupt)
    with pytest.raises(KeyboardInterrupt):
        index.search(["nato"], ANY, 1)


def test_a_writer_that_cannot_begin_is_an_error(
    index: DiskIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.release()
    monkeypatch.setattr(disk_module, "_HEAP_BYTES", 1)
    with pytest.raises(IndexingError, match="missing or damaged"):
        index.update([Entry(3, ["nato"])], ())


def test_what_a_killed_writer_left_is_not_in_the_way(index: DiskIndex) -> None:
    """It wrote which passages are gone and was killed before its commit; the next file has that name."""
    index.update([Entry(n, ["nato"], lang="en") for n in range(1, 9)], ())
    index.release()
    meta = (index.folder / "meta.json").read_bytes()
    copy = reopened(index)
    copy.update((), (3,))
    copy.release()
    (index.folder / "meta.json").write_bytes(meta)

    again = reopened(index)
    again.update((), (4,))
    assert found(again, "nato") == [1, 2, 3, 5, 6, 7, 8]


@pytest.mark.parametrize("term", ["a\ud800", "\udfff", "🚢", "شين", "c++", '"', "\x00", "x" * 300])
def test_odd_terms_are_found_as_they_are(index: DiskIndex, term: str) -> None:
    index.update([Entry(3, ["before", term, "after"]), Entry(4, [term[:-1] + "z"])], ())

    assert found(index, term) == [3]
    assert found(index, "after") == [3]


def test_as_many_equal_passages_as_there_are_go_by_id(index: DiskIndex) -> None:
    ids = list(range(10, 300))
    random.Random(1).shuffle(ids)
    for at in range(0, len(ids), 100):
        index.update([Entry(n, ["same"]) for n in ids[at : at + 100]], ())

    assert found(index, "same") == list(range(10, 20))


def test_words_that_stand_nearly_everywhere_cost_one_look(
    index: DiskIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_module, "_COSTLY", 50)
    index.update([Entry(n, ["same"]) for n in range(10, 100)], ())

    assert found(index, "same") == list(range(10, 20))


def test_ten_thousand_passages_rank_as_in_memory(tmp_path: Path) -> None:
    chance = random.Random(5)
    words = [f"w{n}" for n in range(2000)]
    weights = [1 / (n + 1) for n in range(2000)]
    entries = [
        Entry(
            n,
            chance.choices(words, weights, k=chance.randrange(5, 200)),
            source=f"Source {n % 5}",
            published=datetime(2020, 1 + n % 12, 1, tzinfo=UTC) if n % 7 else None,
            article_id=f"a{n // 3}",
        )
        for n in range(1, 10_001)
    ]
    memory, disk = MemoryIndex(), DiskIndex.create(tmp_path / "disk", "")
    for index in (memory, disk):
        for at in range(0, 10_000, 2_500):
            index.update(entries[at : at + 2_500], ())
    after = datetime(2020, 6, 1, tzinfo=UTC)
    for number in range(200):
        filters = (ANY, Filters(sources=("Source 1",)), Filters(after=after))[number % 3]
        terms = chance.sample(words, 1 + number % 5)
        expected = memory.search(terms, filters, 10)
        got = disk.search(terms, filters, 10)

        assert [hit.passage_id for hit in got] == [hit.passage_id for hit in expected], terms
        assert [hit.score for hit in got] == pytest.approx([h.score for h in expected], rel=1e-6)


def test_a_lock_is_held_by_one(tmp_path: Path) -> None:
    one, other = FileLock(tmp_path / "new" / "lock"), FileLock(tmp_path / "new" / "lock")

    assert one.take()
    assert one.take()
    assert not other.take()
    other.free()
    one.free()
    one.free()
    assert other.take()
    other.free()
