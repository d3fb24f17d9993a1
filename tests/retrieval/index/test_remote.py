"""The remote engine on a real cluster: what the contract of all engines does not say."""

import random
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate

import pytest
from search_cluster import clean_index, options

from retrieval.errors import IndexingError
from retrieval.index import Entry
from retrieval.index.memory import MemoryIndex
from retrieval.index.opensearch import layout
from retrieval.index.remote import RemoteIndex
from retrieval.types import Filters

pytestmark = pytest.mark.usefixtures("cluster")

ANY = Filters()


def ids(index, query, k=10):
    return [hit.passage_id for hit in index.search(query.split(), ANY, k)]


def words(number):
    """Words by Zipf's law, as texts have them."""
    vocabulary = [f"w{n}" for n in range(4000)]
    weights = list(accumulate(1 / (n + 2) for n in range(len(vocabulary))))
    return random.Random(number).choices(vocabulary, cum_weights=weights, k=number)


def corpus(size):
    lengths = random.Random(7).choices(range(20, 140), k=size)
    stream = iter(words(sum(lengths)))
    return [Entry(n, [next(stream) for _ in range(length)]) for n, length in enumerate(lengths, 1)]


@pytest.mark.parametrize("shards", [1, 3])
def test_ranks_as_memory_does(shards):
    entries = corpus(10_000)
    memory, remote = MemoryIndex(), clean_index(shards=shards)
    memory.update(entries, ())
    remote.update(entries, ())
    questions = [words(n)[:n] for n in range(2, 42)]

    for question in questions:
        expected = memory.search(question, ANY, 10)
        hits = remote.search(question, ANY, 10)
        assert [(hit.passage_id, hit.rank) for hit in hits] == [
            (hit.passage_id, hit.rank) for hit in expected
        ]
        assert [hit.score for hit in hits] == pytest.approx([h.score for h in expected], rel=1e-6)
        assert [*map(remote.idf, question)] == pytest.approx([*map(memory.idf, question)])


def test_what_was_written_for_an_earlier_change_is_refused():
    index = clean_index()
    index.update([Entry(1, ["new"]), Entry(2, ["stays"])], (), 5)

    index.update([Entry(1, ["late"])], (2,), 3)
    assert (ids(index, "new late"), ids(index, "stays")) == ([1], [2])
    index.update((), (1,), 7)
    index.update([Entry(1, ["late"])], (), 6)
    assert ids(index, "new late") == []
    index.update([Entry(1, ["restored"])], (), 9)
    assert ids(index, "restored") == [1]


def test_the_position_is_shared_and_never_goes_back():
    first = clean_index()
    second = RemoteIndex.open(options(), "clean")
    first.position = 12
    second.position = 7

    for index in (first, second, RemoteIndex.open(options(), "clean")):
        with index.hold():
            assert index.position == 12
        assert index.count() == 0


def test_what_one_process_writes_another_finds():
    first = clean_index(refresh_s=0.1)
    second = RemoteIndex.open(options(), "clean")
    with first.hold():
        first.update([Entry(1, ["nato"], lang="en")], ())

    assert ids(second, "nato") == [1]
    assert second.langs() == {"en": 1}


def test_stores_and_analyzers_have_an_index_each():
    first = clean_index()
    second = RemoteIndex.open(options(), "of another store")
    first.update([Entry(1, ["nato"])], ())

    assert second.count() == 0


def test_processes_that_open_an_index_at_once_have_the_same():
    clean_index().close()
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda _: RemoteIndex.open(options(), "new"), range(4)))

    opened[0].update([Entry(1, ["nato"])], ())
    assert [ids(index, "nato") for index in opened] == [[1]] * 4


@pytest.mark.parametrize(
    "term",
    [
        "c++",
        '"',
        "希音",
        "شين",
        "🚢",
        "a b",
        "a\u3000b",
        "\ud800",
        "x" * 5000,
        "\ufffe",
        "*",
        "_id",
    ],
)
def test_terms_are_found_whatever_they_are_made_of(term):
    index = clean_index()
    index.update([Entry(1, [term, "other"]), Entry(2, ["a", "b", "x", "\ufffd", term + "x"])], ())

    assert [hit.passage_id for hit in index.search([term], ANY, 10)] == [1]
    assert index.idf(term) == index.idf("other")


def test_facts_that_utf8_or_lucene_cannot_hold_do_no_harm():
    index = clean_index()
    index.update(
        [Entry(1, ["nato"], source="\ud800" * 40_000, lang="e\ud800", article_id="\ud800")], ()
    )

    assert [h.passage_id for h in index.search(["nato"], Filters(articles=("\ud800",)), 9)] == [1]
    assert index.count() == 1


@pytest.mark.parametrize("wanted", ["*", "?", "\\", "a*b"])
def test_a_source_is_searched_literally(wanted):
    index = clean_index()
    index.update(
        [Entry(1, ["nato"], source=f"The {wanted} Post"), Entry(2, ["nato"], source="axb")], ()
    )

    hits = index.search(["nato"], Filters(sources=(wanted,)), 10)
    assert [hit.passage_id for hit in hits] == [1]


def test_more_hits_than_a_page_are_read_page_by_page(monkeypatch):
    monkeypatch.setattr("retrieval.index.remote._PAGE", 3)
    index = clean_index()
    index.update([Entry(n, ["nato", f"w{n % 3}"]) for n in range(1, 9)], ())

    hits = index.search(["nato", "w1"], ANY, 7)
    assert [hit.passage_id for hit in hits] == [1, 4, 7, 2, 3, 5, 6]
    assert [hit.rank for hit in hits] == [1, 2, 3, 4, 5, 6, 7]


def test_of_more_terms_than_lucene_takes_the_rarest_count(monkeypatch):
    monkeypatch.setattr("retrieval.index.remote._MOST_TERMS", 2)
    index = clean_index()
    index.update([Entry(n, ["often", f"w{n % 2}"]) for n in range(8)] + [Entry(9, ["rare"])], ())

    page_of_text = ["unknown", "often", "w1", "rare", "never"]
    assert [hit.passage_id for hit in index.search(page_of_text, ANY, 10)] == [9, 1, 3, 5, 7]
    assert index.search(["unknown", "never", "nowhere"], ANY, 10) == []


def test_an_index_is_laid_out_as_the_settings_say(cluster):
    index = clean_index(shards=2, replicas=1, refresh_s=2.5)

    settings = cluster.call(f"{index.name}/_settings")[index.name]["settings"]["index"]
    assert (settings["number_of_shards"], settings["number_of_replicas"]) == ("2", "1")
    assert settings["refresh_interval"] == "2500ms"
    kind = "BM25" if cluster.call("")["version"]["number"].startswith("2.") else "LegacyBM25"
    assert settings["similarity"]["clipdesk"] == {"type": kind, "k1": "1.2", "b": "0.75"}


def test_a_rebuilt_index_takes_the_place_of_the_old_one_in_one_step():
    index = clean_index()
    other = RemoteIndex.open(options(), "clean")
    index.update([Entry(1, ["nato"])], ())
    index.position = 4
    fresh = index.renewed()
    fresh.update([Entry(1, ["nato"]), Entry(2, ["nato"])], ())
    fresh.position = 6

    assert [ids(each, "nato") for each in (index, other, fresh)] == [[1], [1], [1, 2]]
    fresh.adopt()
    assert [ids(each, "nato") for each in (index, other, fresh)] == [[1, 2]] * 3
    with pytest.raises(IndexingError, match="replaced by another process"):
        other.update([Entry(3, ["late"])], ())
    with other.hold():
        assert other.position == 6
        other.update([Entry(3, ["nato"])], ())
    assert ids(index, "nato") == [1, 2, 3]
    assert (layout.number_of(index.name), layout.number_of(fresh.name)) == (1, 2)


def test_an_index_that_is_not_wanted_goes(cluster):
    index = clean_index()
    fresh = index.renewed()
    fresh.discard()

    assert [row["index"] for row in cluster.call("_cat/indices?format=json")] == [index.name]
