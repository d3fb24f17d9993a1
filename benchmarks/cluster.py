"""
What the remote engine costs on a cluster of three OpenSearch nodes on this machine.

    python benchmarks/cluster.py [--articles 20000]

Needs Java and Maven, as the tests do. Tells, beside each other in one run: taking in, size
and questions of one shard and of three with a copy; with and without ``dfs_query_then_fetch``
what a question costs and how many of the ten best passages it loses; counting a question's
words in the request that searches them or in one each; two who ask at once; and the text of ten passages from the
store or from the engine, with what keeping it there takes. Three nodes and the client share
the machine: trust ratios.
"""

# ruff: noqa: E402, S101, SLF001  # the tests' cluster first; wrong figures must not be told

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import made_corpus

sys.path[:0] = [str(Path(__file__).parents[1] / folder) for folder in ("", "tests")]
import search_cluster

from retrieval.desk import Desk
from retrieval.follower import _entries, fingerprint
from retrieval.index import Entry
from retrieval.index.opensearch import wire
from retrieval.index.opensearch.cluster import RemoteOptions
from retrieval.index.remote import RemoteIndex
from retrieval.types import Filters

QUESTIONS = 200
SECONDS = 4.0  # that questions are counted for
ANY = Filters()
FILTERED = Filters(after=datetime(2015, 1, 1, tzinfo=UTC), before=datetime(2017, 1, 1, tzinfo=UTC))


def timed(works: Sequence[Callable[[], Any]]) -> str:
    """Median and 95th percentile in ms, after a round that warms up."""
    took = []
    for work in (*works, *works):
        started = time.perf_counter()
        work()
        took.append((time.perf_counter() - started) * 1000)
    took = sorted(took[len(works) :])
    return f"{statistics.median(took):6.1f} ms  p95 {took[int(len(took) * 0.95)]:6.1f} ms"


def tell(name: str, value: str) -> None:
    print(f"{name:<52} {value}", flush=True)


def settle(indices: Any, name: str) -> None:
    """Leave one segment a shard, and let go of what it was merged from."""
    indices.forcemerge(index=name, max_num_segments=1)
    indices.refresh(index=name)
    indices.flush(index=name, params={"force": "true"})


def measure(desk: Desk, asked: list[list[str]], name: str) -> list[list[int]]:
    """Print one index's figures; gives the best passages of each question."""
    index = desk.index
    assert isinstance(index, RemoteIndex)
    count = index.count()
    indices = index._cluster.client.indices
    settle(indices, index.name)
    tell(f"{name}: size", f"{desk.index_bytes() / count:.0f} bytes a passage, {count:,} passages")
    tell(f"{name}: ten best", timed([lambda q=q: index.search(q, ANY, 10) for q in asked]))
    tell(
        f"{name}: ten best, two of fourteen years",
        timed([lambda q=q: index.search(q, FILTERED, 10) for q in asked]),
    )
    return [[hit.passage_id for hit in index.search(question, ANY, 10)] for question in asked]


def ask_for(seconds: float, options: RemoteOptions, made_from: str, asked: list[list[str]]) -> int:
    """How many questions are answered in this time, by an index of its own."""
    index = RemoteIndex.open(options, made_from)
    index.search(asked[0], ANY, 10)
    count, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        index.search(asked[count % len(asked)], ANY, 10)
        count += 1
    return count


def ask_together(desk: Desk, options: RemoteOptions, asked: list[list[str]], name: str) -> None:
    """Questions a second of one asker, and of two in threads and in processes."""
    given = SECONDS, options, fingerprint(desk.store), asked
    spawning = multiprocessing.get_context("spawn")
    pools: dict[str, Callable[[], Executor]] = {
        "one": lambda: ThreadPoolExecutor(1),
        "two threads": lambda: ThreadPoolExecutor(2),
        "two processes": lambda: ProcessPoolExecutor(2, mp_context=spawning),
    }
    told = []
    for who, make in pools.items():
        with make() as pool:
            counts = [pool.submit(ask_for, *given) for _ in range(1 if who == "one" else 2)]
            told.append(f"{who} {sum(c.result() for c in counts) / SECONDS:,.0f}")
    tell(f"{name}: asked a second", ", ".join(told))


def fill(folder: Path, options: RemoteOptions, name: str) -> Desk:
    """The same store in an index of another layout."""
    started = time.perf_counter()
    remote = Desk.open(folder, engine="remote", remote=options)
    passages = remote.index.count()
    tell(f"{name}: taking in", f"{passages / (time.perf_counter() - started):,.0f} passages/s")
    return remote


def take_in(index: RemoteIndex) -> None:
    """How long until 100 new passages are found."""

    def add(number: int) -> None:
        new = [Entry(10**9 + number * 100 + n, [f"new{number}", f"n{n}"] * 40) for n in range(100)]
        with index.hold():
            index.update(new, ())
            index.position += 1
        assert len(index.search([f"new{number}"], ANY, 100)) == 100

    tell("100 new passages until they are found", timed([lambda n=n: add(n) for n in range(20)]))


def count_words(index: RemoteIndex, asked: list[list[str]]) -> None:
    """Searching and then asking for each word's idf, with and without counting ahead."""

    def fresh(question: list[str], *, ahead: bool) -> None:
        index._stats.forget()
        index._stats.langs = {"en": 1}
        if ahead:
            index.search(question, ANY, 10)
        else:
            index._answers([wire.search_body(question, ANY, 10, 10)])
        for term in question:
            index.idf(term)

    for ahead in (True, False):
        works = [partial(fresh, question, ahead=ahead) for question in asked[:50]]
        tell(f"search and idfs, {'one request' if ahead else 'a request each'}", timed(works))


def compare_text(desk: Desk, index: RemoteIndex, asked: list[list[str]]) -> None:
    """Ten passages' text from the store, or in the answer of the engine."""
    client: Any = index._cluster.client
    mappings = {
        "_source": {"includes": ["text"]},
        "properties": {
            "terms": {"type": "text", "analyzer": "whitespace"},
            "text": {"type": "keyword", "index": False, "doc_values": False},
        },
    }
    client.indices.create(
        index="texts", body={"settings": {"number_of_replicas": 0}, "mappings": mappings}
    )
    batch: list[Any] = []
    rows = list(desk.store.index_rows())
    for row, entry in zip(rows, _entries(rows), strict=True):
        batch += [{"index": {}}, {"text": row.text, "terms": " ".join(entry.terms)}]
        if len(batch) >= 4000:
            client.bulk(index="texts", body=batch)
            batch = []
    client.bulk(index="texts", body=batch, params={"refresh": "true"})
    settle(client.indices, "texts")
    size = client.indices.stats(index="texts", metric="store")["_all"]["total"]["store"]
    tell("engine with text: size", f"{size['size_in_bytes'] / len(rows):.0f} bytes a passage")

    def from_engine(question: list[str], source: Any) -> None:
        body = {
            "query": {"match": {"terms": " ".join(question)}},
            "_source": source,
            "track_total_hits": False,
        }
        client.search(index="texts", body=body)

    tell("ten best, no text", timed([lambda q=q: from_engine(q, False) for q in asked]))
    tell(
        "ten best, text from the engine",
        timed([lambda q=q: from_engine(q, ["text"]) for q in asked]),
    )
    found = [[hit.passage_id for hit in index.search(question, ANY, 10)] for question in asked]

    def from_store(ids: list[int]) -> None:
        passages = desk.store.passages(ids)
        desk.store.get_many({passage.article_id for passage in passages.values()})

    tell(
        "whole articles of ten passages from the store",
        timed([lambda i=i: from_store(i) for i in found]),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--articles", type=int, default=20_000)
    number = parser.parse_args().articles
    with tempfile.TemporaryDirectory() as name, search_cluster.Cluster(Path(name)) as cluster:
        folder = Path(name)
        file = folder / "made.jsonl"
        with file.open("w") as written:
            for article in made_corpus.articles(number):
                written.write(json.dumps(article) + "\n")
        with Desk.open(folder / "desk", engine="memory") as local:
            local.add([file])
            asked = [
                local._retriever.query_terms(question)
                for question in made_corpus.questions(QUESTIONS, number)
            ]
            expected = [
                [hit.passage_id for hit in local.index.search(question, ANY, 10)]
                for question in asked
            ]
            one = fill(folder / "desk", RemoteOptions(cluster.urls, replicas=0), "1 shard")
            assert measure(one, asked, "1 shard") == expected
            count_words(one.index, asked)  # type: ignore[arg-type]
            compare_text(one, one.index, asked)  # type: ignore[arg-type]
            take_in(one.index)  # type: ignore[arg-type]
            ask_together(one, RemoteOptions(cluster.urls, replicas=0), asked, "1 shard")
            one.close()

            options = RemoteOptions(cluster.urls, name="three", shards=3, replicas=1)
            three = fill(folder / "desk", options, "3 shards and copies")
            assert measure(three, asked, "3 shards and copies") == expected
            index = three.index
            assert isinstance(index, RemoteIndex)
            plain = wire.search_body

            def without(question: list[str]) -> list[int]:
                header = {"index": index._reads, "preference": "x"}
                lines = [header, plain(question, ANY, 10, 10)]
                (answer,) = index._cluster.client.msearch(body=lines)["responses"]
                return [hit.passage_id for hit in wire.hits_in(answer)]

            tell("3 shards, without dfs: ten best", timed([lambda q=q: without(q) for q in asked]))
            kept = [
                len({*without(question)} & {*best}) / max(len(best), 1)
                for question, best in zip(asked, expected, strict=True)
            ]
            tell("3 shards, without dfs: of memory's ten best", f"{statistics.mean(kept):.1%}")
            ask_together(three, options, asked, "3 shards and copies")
            three.close()


if __name__ == "__main__":
    main()
