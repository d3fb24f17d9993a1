"""What only the memory engine has: its cache file, threads, and its kin to rank-bm25."""

import random
import threading
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from rank_bm25 import BM25Okapi

from retrieval.errors import IndexingError
from retrieval.index import Entry, building
from retrieval.index.arrays import load_arrays, save_arrays
from retrieval.index.bm25 import LuceneBM25, Postings, stored_lengths
from retrieval.index.memory import MemoryIndex
from retrieval.types import Filters

ANY = Filters()


@pytest.fixture
def index() -> MemoryIndex:
    made = MemoryIndex()
    made.update(
        [
            Entry(7, ["nato", "deal", "nato"], source="Courier", lang="en", article_id="a7"),
            Entry(3, ["希音", "\ud800"], host="times.example"),
        ],
        (),
    )
    made.position = 42
    return made


def test_cache_gives_the_same_index(index: MemoryIndex, tmp_path: Path) -> None:
    path = tmp_path / "index" / "memory.bin"
    index.save(path, "store-1")

    loaded = MemoryIndex.load(path, "store-1")

    assert loaded.position == 42
    for query in (["nato"], ["希音", "deal"], ["\ud800"], ["none"]):
        assert loaded.search(query, ANY, 9) == index.search(query, ANY, 9)
    assert loaded.search(["nato"], Filters(sources=("courier",), articles=("a7",)), 9)
    assert loaded.search(["nato"], Filters(articles=("a3",)), 9) == []
    assert loaded.langs() == index.langs()
    loaded.update([Entry(9, ["nato"])], [7])
    assert [hit.passage_id for hit in loaded.search(["nato"], ANY, 9)] == [9]
    assert [p.name for p in path.parent.iterdir()] == ["memory.bin"]


def test_empty_cache_loads(tmp_path: Path) -> None:
    MemoryIndex().save(tmp_path / "memory.bin", "")

    assert MemoryIndex.load(tmp_path / "memory.bin", "").count() == 0


def test_cache_of_something_else_is_refused(index: MemoryIndex, tmp_path: Path) -> None:
    index.save(tmp_path / "memory.bin", "store-1")

    with pytest.raises(IndexingError, match="made from something else"):
        MemoryIndex.load(tmp_path / "memory.bin", "store-2")
    with pytest.raises(IndexingError, match="No such file"):
        MemoryIndex.load(tmp_path / "other.bin", "store-1")


def test_damage_anywhere_is_refused(index: MemoryIndex, tmp_path: Path) -> None:
    path = tmp_path / "memory.bin"
    index.save(path, "s")
    whole = path.read_bytes()

    for cut in range(0, len(whole), 7):
        path.write_bytes(whole[:cut])
        with pytest.raises(IndexingError):
            MemoryIndex.load(path, "s")
    for place in range(0, len(whole), 5):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        with pytest.raises(IndexingError):
            MemoryIndex.load(path, "s")


def test_a_failed_save_leaves_the_old_file(index: MemoryIndex, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(IndexingError, match="cannot write the index file"):
        index.save(tmp_path / "file" / "memory.bin", "s")

    # The last step fails: a folder stands where the file should be.
    (tmp_path / "memory.bin").mkdir()
    with pytest.raises(IndexingError, match="cannot write the index file"):
        index.save(tmp_path / "memory.bin", "s")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "memory.bin"]


def test_arrays_keep_type_and_shape(tmp_path: Path) -> None:
    arrays = {"a": np.arange(6, dtype=np.int32).reshape(2, 3), "b": np.zeros(0, np.float64)}
    save_arrays(tmp_path / "x", {"note": "希音"}, arrays)

    facts, loaded = load_arrays(tmp_path / "x")

    assert facts == {"note": "希音"}
    for name, values in arrays.items():
        assert loaded[name].dtype == values.dtype
        assert loaded[name].tolist() == values.tolist()


def test_lengths_survive_as_in_one_byte() -> None:
    lengths = np.array([0, 1, 39, 40, 41, 42, 55, 57, 100, 1000, 100_000])

    # From Lucene's SmallFloat.byte4ToInt(intToByte4(n)), computed by hand.
    assert stored_lengths(lengths).tolist() == [0, 1, 39, 40, 40, 42, 54, 56, 96, 984, 98328]
    assert stored_lengths(np.zeros(0, np.int64)).tolist() == []


def test_scores_are_rank_bm25s_own_formula() -> None:
    """With Lucene's idf and lengths put into it, rank-bm25 computes the same scores."""
    chance = random.Random(1)
    corpus = [[chance.randrange(12) for _ in range(chance.randrange(1, 90))] for _ in range(40)]
    okapi = BM25Okapi(corpus, k1=1.2, b=0.75)
    pairs = sorted((term, number) for number, doc in enumerate(corpus) for term in set(doc))
    ours = LuceneBM25(
        Postings(
            np.searchsorted([term for term, _ in pairs], np.arange(13)),
            np.array([number for _, number in pairs], np.int32),
            np.array([corpus[number].count(term) for term, number in pairs], np.int32),
            np.array([len(doc) for doc in corpus]),
        )
    )
    okapi.idf = {term: ours.idf_of(term) for term in range(12)}
    okapi.doc_len = ours.doc_len

    query = [0, 3, 11]

    assert ours.get_scores(query) == pytest.approx(okapi.get_scores(query))
    assert ours.get_batch_scores(query, [5, 2]) == pytest.approx(
        okapi.get_batch_scores(query, [5, 2])
    )
    assert ours.get_top_n(query, list(range(40)), 3) == okapi.get_top_n(query, list(range(40)), 3)


def test_merging_in_small_blocks_gives_the_same_index(
    index: MemoryIndex, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Also where passages come back with ids that are lower than those already there."""
    chance = random.Random(5)
    texts = {n: [f"t{chance.randrange(30)}" for _ in range(9)] for n in range(60)}
    whole = MemoryIndex()
    whole.update([Entry(n, terms) for n, terms in texts.items()], ())
    whole.save(tmp_path / "whole", "")

    monkeypatch.setattr(building, "_BLOCK", 7)
    index = MemoryIndex()
    index.update([Entry(n, terms) for n, terms in texts.items()], ())
    assert index.count() == 60
    index.update((), [3, 44])
    assert index.count() == 58
    index.update([Entry(44, texts[44]), Entry(3, texts[3]), Entry(20, texts[20])], ())
    index.save(tmp_path / "small", "")

    expected, got = load_arrays(tmp_path / "whole")[1], load_arrays(tmp_path / "small")[1]
    assert {name: values.tolist() for name, values in got.items()} == {
        name: values.tolist() for name, values in expected.items()
    }


def test_merging_and_saving_take_little_beside_the_postings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(building, "_BLOCK", 5_000)
    passages, terms = 5_000, 60
    index = MemoryIndex()
    index.update(
        (Entry(n, [f"t{(n + i) % 3000}" for i in range(terms)]) for n in range(passages)), ()
    )

    tracemalloc.start()
    try:
        index.save(tmp_path / "memory.bin", "")
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    # 8 bytes a posting are the result; terms, passages and a block need the rest.
    assert most / (passages * terms) < 8 + 10


def test_searches_while_updating_see_whole_states(index: MemoryIndex) -> None:
    """Pairs are added together; a search never sees one without the other."""
    stop = threading.Event()
    halves: list[int] = []

    def look() -> None:
        while not stop.is_set():
            if (seen := len(index.search(["pair"], ANY, 10_000))) % 2:
                halves.append(seen)

    watchers = [threading.Thread(target=look) for _ in range(2)]
    for watcher in watchers:
        watcher.start()
    for number in range(100, 400, 2):
        index.update([Entry(number, ["pair"]), Entry(number + 1, ["pair"])], ())
    stop.set()
    for watcher in watchers:
        watcher.join()

    assert halves == []
    assert len(index.search(["pair"], ANY, 10_000)) == 300
