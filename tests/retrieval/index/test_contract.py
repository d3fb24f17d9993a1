"""
The contract of every engine, run over all of them.

An engine is added to ``ENGINES``; the rules are in ``Index``'s docstrings. The remote one
is asked on a real cluster, where there are Java and Maven.
"""

import tempfile
import weakref
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search_cluster import clean_index

from retrieval.index import Entry, Index
from retrieval.index.bm25 import K1, B, idf
from retrieval.index.disk import DiskIndex
from retrieval.index.memory import MemoryIndex
from retrieval.types import Filters


def disk_index() -> DiskIndex:
    """An empty one, in a folder that goes when the index does."""
    folder = tempfile.TemporaryDirectory()
    index = DiskIndex.create(Path(folder.name) / "disk", "store-1")
    weakref.finalize(index, folder.cleanup)
    return index


ENGINES = {"memory": MemoryIndex, "disk": disk_index}
ANY = Filters()

Engine = Callable[[], Index]


@pytest.fixture(scope="session", params=[*ENGINES, "remote"])
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "remote":
        request.getfixturevalue("cluster")
        return clean_index
    return ENGINES[request.param]


def entries(texts: dict[int, str]) -> list[Entry]:
    return [Entry(passage_id, text.split()) for passage_id, text in texts.items()]


def found(index: Index, query: str, k: int = 10, filters: Filters = ANY) -> list[int]:
    hits = index.search(query.split(), filters, k)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    return [hit.passage_id for hit in hits]


def test_empty_index_answers_nothing(engine: Engine) -> None:
    index = engine()

    assert index.search(["nato"], ANY, 10) == []
    assert index.count() == 0
    assert index.langs() == {}
    assert index.idf("nato") == pytest.approx(idf(0, 0))


@pytest.mark.parametrize("query", ["", "unknown", "unknown 未知"])
def test_query_without_a_known_term_finds_nothing(engine: Engine, query: str) -> None:
    index = engine()
    index.update(entries({1: "nato deal", 2: "museum"}), ())

    assert found(index, query) == []


def test_a_term_of_every_passage_still_finds_them_all(engine: Engine) -> None:
    index = engine()
    index.update(entries({3: "said", 1: "said", 2: "said"}), ())

    assert found(index, "said") == [1, 2, 3]
    assert found(index, "said", k=2) == [1, 2]
    assert found(index, "said", k=99) == [1, 2, 3]
    assert found(index, "said", k=0) == []


def test_hits_share_a_term_and_rare_terms_weigh_more(engine: Engine) -> None:
    index = engine()
    index.update(entries({1: "the the the x", 2: "the nato", 3: "the y", 4: "museum"}), ())

    assert found(index, "nato the") == [2, 1, 3]


def test_repeated_query_terms_count_once(engine: Engine) -> None:
    index = engine()
    index.update(entries({1: "nato deal", 2: "museum opens museum"}), ())

    once = index.search(["nato", "museum"], ANY, 10)
    assert index.search(["nato", "nato", "museum"], ANY, 10) == once


def test_update_replaces_removes_and_may_be_repeated(engine: Engine) -> None:
    index = engine()
    for _ in range(2):
        index.update(entries({1: "nato", 2: "museum"}), ())
        assert found(index, "nato museum") == [1, 2]
    for _ in range(2):
        index.update(entries({1: "comet"}), (2, 77))

        assert found(index, "nato museum") == []
        assert found(index, "comet") == [1]
        assert index.count() == 1
    index.update(entries({2: "nato"}), (2,))
    assert found(index, "nato") == [2]
    index.update((), (1, 2))
    assert index.count() == 0
    assert found(index, "comet") == []


def test_the_last_entry_of_an_update_counts(engine: Engine) -> None:
    index = engine()
    index.update([*entries({1: "nato"}), *entries({1: "comet"})], ())
    index.update(entries({2: "nato"}), ())
    index.update((), (2,))

    assert found(index, "nato comet") == [1]


def test_passages_without_terms_are_held_and_never_found(engine: Engine) -> None:
    index = engine()
    index.update(entries({1: "", 2: "nato"}), ())

    assert index.count() == 2
    assert found(index, "nato") == [2]


JAN, FEB = (datetime(2024, month, 1, tzinfo=UTC) for month in (1, 2))


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (ANY, [1, 2, 3, 4]),
        (Filters(sources=("TAIPEI",)), [1]),
        (Filters(sources=("courier.example",)), [2]),
        (Filters(sources=("nowhere",)), []),
        (Filters(sources=("港灣", "taipei")), [1, 3]),
        (Filters(after=FEB), [2]),
        (Filters(before=FEB), [1]),
        (Filters(after=JAN, before=FEB), [1]),
        (Filters(langs=("zh",)), [3]),
        (Filters(langs=("ZH-hant",)), [3]),
        (Filters(langs=("z",)), []),
        (Filters(langs=("en", "zh"), after=FEB), [2]),
        (Filters(articles=("a", "港\ud800")), [1, 3]),
        (Filters(articles=("a", "none"), after=FEB), []),
    ],
)
def test_filters_apply_inside_the_search(
    engine: Engine, filters: Filters, expected: list[int]
) -> None:
    index = engine()
    index.update(
        [
            Entry(1, ["nato"], source="Taipei Times", published=JAN, lang="en", article_id="a"),
            Entry(2, ["nato"], host="courier.example", published=FEB, lang="en", article_id="A"),
            Entry(3, ["nato"], source="港灣時報", lang="zh-Hant", article_id="港\ud800"),
            Entry(4, ["nato"]),
        ],
        (),
    )

    assert found(index, "nato", filters=filters) == expected
    assert index.langs() == {"en": 2, "zh-Hant": 1, None: 1}
    # Passages that fail the filter do not use up the k.
    assert found(index, "nato", k=1, filters=filters) == expected[:1]


words = st.sampled_from(["nato", "deal", "museum", "comet", "said", "希音", "شين", "🚢", "�"])
documents = st.dictionaries(st.integers(1, 40), st.lists(words, max_size=60), max_size=12)


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES.keys())
@settings(max_examples=40, deadline=None)  # an update waits for the disk
@given(
    before=documents, after=documents, removed=st.sets(st.integers(1, 40)), query=st.lists(words)
)
def test_scores_are_those_of_the_formula(
    engine: Engine,
    before: dict[int, list[str]],
    after: dict[int, list[str]],
    removed: set[int],
    query: list[str],
) -> None:
    index = engine()
    index.update([Entry(i, terms) for i, terms in before.items()], ())
    index.count()  # an engine may merge here; the outcome must not depend on it
    index.update([Entry(i, terms) for i, terms in after.items()], removed)

    held = {i: t for i, t in before.items() if i not in removed} | after
    hits = index.search(query, ANY, 100)

    counted = list(held.values())
    if isinstance(index, DiskIndex):  # counts what is gone until its segment is merged or empty
        stays = before.keys() - after.keys() - removed
        counted = [*(before.values() if stays else ()), *after.values()]
    expected = _brute_force(held, counted, query)
    assert [(hit.passage_id, hit.score) for hit in hits] == expected
    assert index.count() == len(held)


@pytest.mark.usefixtures("cluster")
@settings(max_examples=10, deadline=None)  # two indices each: a second
@given(
    before=documents, after=documents, removed=st.sets(st.integers(1, 40)), query=st.lists(words)
)
def test_scores_of_the_remote_engine_are_those_of_the_formula(
    before: dict[int, list[str]], after: dict[int, list[str]], removed: set[int], query: list[str]
) -> None:
    # Lucene's statistics know nothing of a passage without terms
    before, after = ({i: t or ["nato"] for i, t in part.items()} for part in (before, after))
    held = {i: t for i, t in before.items() if i not in removed} | after
    expected = _brute_force(held, list(held.values()), query)
    index = clean_index()
    index.update([Entry(i, terms) for i, terms in before.items()], ())
    index.update([Entry(i, terms) for i, terms in after.items()], removed)

    hits = index.search(query, ANY, 100)
    assert {hit.passage_id for hit in hits} == {passage_id for passage_id, _ in expected}
    assert index.count() == len(held)
    # and they go on counting what was deleted until its segment is merged
    index = clean_index()
    index.update([Entry(i, terms) for i, terms in held.items()], ())
    hits = index.search(query, ANY, 100)
    assert [(hit.passage_id, hit.score) for hit in hits] == expected


def _brute_force(
    held: dict[int, list[str]], counted: list[list[str]], query: list[str]
) -> list[tuple[int, float]]:
    """Lucene's BM25 written down once more, a document at a time (all shorter than 64 terms)."""
    mean = sum(map(len, counted)) / max(len(counted), 1)
    frequency = Counter(term for terms in counted for term in set(terms))
    scores = {}
    for passage_id, terms in held.items():
        # One byte keeps lengths up to 40 exactly, then only even ones.
        length = (
            len(terms)
            if len(terms) <= 40
            else len(terms) // 2 * 2
            if len(terms) < 56
            else len(terms) // 4 * 4
        )
        score = 0.0
        for term in set(query) & set(terms):
            tf = terms.count(term)
            score += (
                idf(frequency[term], len(counted))
                * tf
                * (K1 + 1)
                / (tf + K1 * (1 - B + B * length / mean))
            )
        if score:
            scores[passage_id] = score
    return sorted(
        # Some engines count in numbers of 32 bits, and the idf of what stands everywhere is small.
        ((i, pytest.approx(s, rel=1e-6, abs=1e-6)) for i, s in scores.items()),
        key=lambda x: (-round(scores[x[0]], 9), x[0]),
    )
