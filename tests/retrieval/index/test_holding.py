"""A search does not wait for who brings the index up to date."""

from concurrent.futures import ThreadPoolExecutor

from retrieval.index import Entry
from retrieval.index.memory import MemoryIndex
from retrieval.types import Filters


def test_others_search_what_was_there_before() -> None:
    index = MemoryIndex()
    index.update([Entry(1, ["rain"])], [])

    def found() -> list[int]:
        return [hit.passage_id for hit in index.search(["rain", "雨"], Filters(), 9)]

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(found).result() == [1]
        with index.hold():
            index.update([Entry(2, ["雨"])], [1])
            assert pool.submit(found).result(timeout=10) == [1]
            assert found() == [2]  # who holds it sees its own work, and so do all from then on
            assert pool.submit(found).result(timeout=10) == [2]
        assert pool.submit(found).result() == [2]
