"""The engines that ``engines.py`` compares, each built from the same terms and asked the same way."""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from retrieval.index import Entry
from retrieval.index.disk import DiskIndex
from retrieval.index.memory import MemoryIndex
from retrieval.types import Filters

K = 10
FILTERS = Filters(
    sources=("Harbour Courier", "Valley Post"),
    after=datetime(2015, 1, 1, tzinfo=UTC),
    before=datetime(2017, 1, 1, tzinfo=UTC),
)

Search = Callable[[Sequence[str]], Any]


def passages(path: Path, first: int = 0, stop: int | None = None) -> Iterator[list[str]]:
    """The terms of some passages, of which a file has one a line."""
    with path.open() as file:
        for number, line in enumerate(file):
            if stop is not None and number >= stop:
                return
            if number >= first:
                yield line.split()


def entry(number: int, terms: Sequence[str]) -> Entry:
    """A passage with what filters look at: five thousand days, four sources."""
    day = datetime(2010, 1, 1, tzinfo=UTC) + timedelta(days=number * 7919 % 5000)
    names = ("Harbour Courier", "Valley Post", "Northern Times", "Capital Post")
    return Entry(
        number + 1,
        terms,
        source=names[number % 4],
        published=day,
        lang="en",
        article_id=f"made-{number // 3}",
    )


class Peer(ABC):
    """
    An engine in a folder of its own.

    Attributes:
        most: Passages; above, it takes minutes a question, or more memory than is good for others.
        questions: How many are asked at most, where each takes long.
    """

    most = 10**9
    questions = 10**9

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @abstractmethod
    def build(self, path: Path) -> None:
        """Make it from the passages of *path*."""

    @abstractmethod
    def open(self) -> Search:
        """What gives the best ``K`` passages for some terms; after ``build``."""


class Disk(Peer):
    """``DiskIndex``."""

    def build(self, path: Path) -> None:
        index = DiskIndex.create(self.folder / "i", "bench")
        _fill(index, path)
        index.release()

    def index(self) -> DiskIndex:
        return DiskIndex.open(self.folder / "i", "bench")

    def open(self) -> Search:
        index = self.index()
        return lambda terms: index.search(terms, Filters(), K)


class Memory(Peer):
    """``MemoryIndex``, and its cache file."""

    most = 100_000

    def build(self, path: Path) -> None:
        index = MemoryIndex()
        _fill(index, path)
        index.count()
        index.save(self.folder / "memory.bin", "bench")

    def index(self) -> MemoryIndex:
        return MemoryIndex.load(self.folder / "memory.bin", "bench")

    def open(self) -> Search:
        index = self.index()
        return lambda terms: index.search(terms, Filters(), K)


def _fill(index: DiskIndex | MemoryIndex, path: Path) -> None:
    batch: list[Entry] = []
    position = 0
    with index.hold():
        for terms in passages(path):
            batch.append(entry(position, terms))
            position += 1
            if len(batch) == 5000:
                index.update(batch, ())
                index.position = position
                batch = []
        index.update(batch, ())
        index.position = position


class Tantivy(Peer):
    """tantivy as it comes: one field, no filters, no order among equals."""

    def build(self, path: Path) -> None:
        import tantivy  # noqa: PLC0415

        schema = (
            tantivy.SchemaBuilder()
            .add_unsigned_field("id", fast=True)
            .add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
            .build()
        )
        writer = tantivy.Index(schema, str(self.folder)).writer(64_000_000, 1)
        for number, terms in enumerate(passages(path)):
            document = tantivy.Document()
            document.add_unsigned("id", number + 1)
            document.add_text("terms", " ".join(terms))
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()

    def open(self) -> Search:
        import tantivy  # noqa: PLC0415

        index = tantivy.Index.open(str(self.folder))
        searcher, schema, make = index.searcher(), index.schema, tantivy.Query

        def search(terms: Sequence[str]) -> Any:
            words = [make.term_query(schema, "terms", term, index_option="freq") for term in terms]
            query = make.boolean_query([(tantivy.Occur.Should, word) for word in words])
            hits = searcher.search(query, K, count=False).hits
            return searcher.fast_field_values("id", [address for _, address in hits])

        return search


class Fts5(Peer):
    """SQLite's full text, the best by its bm25()."""

    questions = 20

    def build(self, path: Path) -> None:
        db = sqlite3.connect(self.folder / "fts.db")
        db.execute(
            "CREATE VIRTUAL TABLE p USING"
            " fts5(terms, content='', tokenize=\"unicode61\", detail=none)"
        )
        rows = ((n + 1, " ".join(terms)) for n, terms in enumerate(passages(path)))
        db.executemany("INSERT INTO p (rowid, terms) VALUES (?, ?)", rows)
        db.commit()

    def open(self) -> Search:
        db = sqlite3.connect(self.folder / "fts.db", check_same_thread=False)

        def search(terms: Sequence[str]) -> Any:
            match = " OR ".join(f'"{term}"' for term in terms)
            return db.execute(
                "SELECT rowid FROM p WHERE p MATCH ? ORDER BY rank LIMIT ?", (match, K)
            ).fetchall()

        return search


class Bm25s(Peer):
    """bm25s with Lucene's formula, its arrays in memory."""

    most = 100_000

    def build(self, path: Path) -> None:
        import bm25s  # noqa: PLC0415
        from bm25s.tokenization import Tokenized  # noqa: PLC0415

        vocabulary: dict[str, int] = {}
        ids = [
            [vocabulary.setdefault(term, len(vocabulary)) for term in terms]
            for terms in passages(path)
        ]
        index = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        index.index(Tokenized(ids, vocabulary), show_progress=False)
        index.save(str(self.folder), show_progress=False)

    def open(self) -> Search:
        import bm25s  # noqa: PLC0415

        index = bm25s.BM25.load(str(self.folder))
        return lambda terms: index.retrieve([list(terms)], k=K, show_progress=False, n_threads=0)


class RankBm25(Peer):
    """rank-bm25's own ``get_scores``, and the best of them; it keeps no file."""

    most = 100_000
    questions = 10

    def build(self, path: Path) -> None:
        from rank_bm25 import BM25Okapi  # noqa: PLC0415

        self._index = BM25Okapi(list(passages(path)))

    def open(self) -> Search:
        import numpy as np  # noqa: PLC0415

        return lambda terms: np.argpartition(-self._index.get_scores(terms), K)[:K]


PEERS: dict[str, type[Peer]] = {
    "disk": Disk,
    "memory": Memory,
    "tantivy": Tantivy,
    "bm25s": Bm25s,
    "fts5": Fts5,
    "rank-bm25": RankBm25,
}
