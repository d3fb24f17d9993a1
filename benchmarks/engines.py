"""
How the cost of an index grows: our engines beside rank-bm25, bm25s, SQLite FTS5 and bare
tantivy, in one run, on the same terms.

    pip install bm25s matplotlib        # for this script only
    python benchmarks/engines.py [--sizes 10000 100000 1000000] [--plot engines.png]

Passages of some 75 words come from ``made_corpus.py``. Each engine is measured in a process
of its own at each size, one after the other; trust the ratios more than the digits.

Questions, builds and opening are counted in the processor's time, which other work on the
machine changes little; "new" and "delete" wait for the disk, and are counted by the clock,
like questions a second. A question has four content words; "filtered" asks for two of four
sources within two of fourteen years, "with stops" adds seven stop words to it, "stops" are
those alone, "new" is how long until 100 new passages are found.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import made_corpus

from retrieval.index import Entry
from retrieval.index.disk import DiskIndex
from retrieval.index.memory import MemoryIndex
from retrieval.language.stopwords import stop_words
from retrieval.types import Filters

K = 10
QUESTIONS = 200
STOP_WORDS = ["what", "was", "the", "of", "and", "to", "in"]
SOURCES = ("Harbour Courier", "Valley Post")
FILTERS = Filters(
    sources=SOURCES,
    after=datetime(2015, 1, 1, tzinfo=UTC),
    before=datetime(2017, 1, 1, tzinfo=UTC),
)
# Above these a peer takes minutes a question, or more memory than is good for the others.
LIMITS = {"rank-bm25": 100_000, "memory": 100_000, "bm25s": 100_000}

Search = Callable[[Sequence[str]], Any]
_WORDS = re.compile(r"\w+").findall


def make_terms(path: Path, size: int) -> None:
    """A passage a line: its terms with spaces between."""
    with path.open("w") as file:
        count = 0
        for article in made_corpus.articles(size):
            sentences = re.split(r"(?<=[.”]) (?=[A-Z“])|\n\n", article["text"])
            for at in range(0, len(sentences), 4):
                words = _WORDS(" ".join(sentences[at : at + 4]).lower())
                file.write(" ".join(words) + "\n")
                count += 1
                if count == size:
                    return


def passages(path: Path, first: int = 0, stop: int | None = None) -> Iterator[list[str]]:
    """The terms of some passages."""
    with path.open() as file:
        for number, line in enumerate(file):
            if stop is not None and number >= stop:
                return
            if number >= first:
                yield line.split()


def entry(number: int, terms: Sequence[str]) -> Entry:
    """A passage with what filters look at: five thousand days, eight sources."""
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


def questions(path: Path) -> list[list[str]]:
    """
    Four content words of a passage each; none that stands in every second article, as
    those of the frames do: nobody asks for "said".
    """
    made, stop = [], stop_words("en") | made_corpus.frame_words()
    step = max(sum(1 for _ in path.open()) // QUESTIONS, 1)
    for number, terms in enumerate(passages(path)):
        if number % step == 0:
            content = [*dict.fromkeys(t for t in terms if t not in stop)]
            made.append(random.Random(number).sample(content, min(4, len(content))))
    return made[:QUESTIONS]


# --- engines: each gives what is measured of it ------------------------------------


def timed(search: Search, asked: Sequence[Sequence[str]]) -> list[float]:
    """Milliseconds a question, warm."""
    for terms in asked[:5]:
        search(terms)
    taken = []
    for terms in asked:
        started = time.thread_time()
        search(terms)
        taken.append((time.thread_time() - started) * 1000)
    return taken


def in_threads(search: Search, asked: Sequence[Sequence[str]], count: int) -> float:
    """Questions a second with *count* threads that each ask all."""

    def ask() -> None:
        for terms in asked:
            search(terms)

    threads = [threading.Thread(target=ask) for _ in range(count)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return count * len(asked) / (time.perf_counter() - started)


def quantiles(taken: Sequence[float], prefix: str = "") -> dict[str, float]:
    """Median, 95th and 99th percentile."""
    cuts = statistics.quantiles(taken, n=100)
    return {f"{prefix}p50": cuts[49], f"{prefix}p95": cuts[94], f"{prefix}p99": cuts[98]}


def stops(search: Search, asked: Sequence[Sequence[str]]) -> dict[str, float]:
    """Medians of questions with their stop words, and of stop words alone."""
    some = [[*terms, *STOP_WORDS] for terms in asked[:25]]
    return {
        "with_stops": statistics.median(timed(search, some)),
        "stops": statistics.median(timed(search, [STOP_WORDS] * 5)),
    }


def folder_mb(folder: Path) -> float:
    """What stands in *folder*, in millions of bytes."""
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / 1e6


def measure_ours(name: str, path: Path, size: int, folder: Path) -> dict[str, float]:
    """The engines behind the ``Index`` protocol."""
    asked = questions(path)
    started = time.process_time()
    index: DiskIndex | MemoryIndex
    index = DiskIndex.create(folder / "i", "bench") if name == "disk" else MemoryIndex()
    batch: list[Entry] = []
    with index.hold():
        for number, terms in enumerate(passages(path)):
            batch.append(entry(number, terms))
            if len(batch) == 5000 or number == size - 1:
                index.update(batch, ())
                index.position = number + 1
                batch = []
    index.count()
    if isinstance(index, DiskIndex):
        index.release()
    else:
        index.save(folder / "memory.bin", "bench")
    figures = {"build_s": time.process_time() - started, "disk_mb": folder_mb(folder)}
    started = time.process_time()
    if isinstance(index, DiskIndex):
        index = DiskIndex.open(folder / "i", "bench")
    else:
        index = MemoryIndex.load(folder / "memory.bin", "bench")
    index.search(asked[0], Filters(), K)
    figures["open_ms"] = (time.process_time() - started) * 1000

    def search(terms: Sequence[str], filters: Filters = Filters()) -> Any:  # noqa: B008
        return index.search(terms, filters, K)

    figures |= quantiles(timed(search, asked))
    figures |= quantiles(timed(lambda terms: search(terms, FILTERS), asked), "filtered_")
    figures |= stops(search, asked)
    figures["qps_1"] = in_threads(search, asked, 1)
    figures["qps_2_threads"] = in_threads(search, asked, 2)
    new = [entry(size + n, [*terms, f"fresh{n}"]) for n, terms in enumerate(passages(path, 0, 100))]
    taken = []
    for _ in range(5):
        started = time.perf_counter()
        index.update(new, ())
        assert search(["fresh99"])  # noqa: S101
        taken.append((time.perf_counter() - started) * 1000)
        started = time.perf_counter()
        index.update((), [one.passage_id for one in new])
        assert not search(["fresh99"])  # noqa: S101
        figures["delete_ms"] = (time.perf_counter() - started) * 1000
    figures["new_ms"] = statistics.median(taken)
    return figures


def measure_tantivy(path: Path, _size: int, folder: Path) -> dict[str, float]:
    """Tantivy as it comes: one field, no filters, no order among equals."""
    import tantivy  # noqa: PLC0415

    schema = (
        tantivy.SchemaBuilder()
        .add_unsigned_field("id", fast=True)
        .add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
        .build()
    )
    started = time.process_time()
    index = tantivy.Index(schema, str(folder))
    writer = index.writer(64_000_000, 1)
    for number, terms in enumerate(passages(path)):
        document = tantivy.Document()
        document.add_unsigned("id", number + 1)
        document.add_text("terms", " ".join(terms))
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    figures = {"build_s": time.process_time() - started, "disk_mb": folder_mb(folder)}
    started = time.process_time()
    searcher = tantivy.Index.open(str(folder)).searcher()
    figures["open_ms"] = (time.process_time() - started) * 1000
    asked = questions(path)

    def search(terms: Sequence[str]) -> Any:
        words = [
            (
                tantivy.Occur.Should,
                tantivy.Query.term_query(schema, "terms", t, index_option="freq"),
            )
            for t in terms
        ]
        hits = searcher.search(tantivy.Query.boolean_query(words), K, count=False).hits
        return searcher.fast_field_values("id", [address for _, address in hits])

    figures |= quantiles(timed(search, asked))
    figures |= stops(search, asked)
    figures["qps_1"] = in_threads(search, asked, 1)
    figures["qps_2_threads"] = in_threads(search, asked, 2)
    return figures


def measure_fts5(path: Path, size: int, folder: Path) -> dict[str, float]:
    """SQLite's full text, the k best by its bm25()."""
    started = time.process_time()
    db = sqlite3.connect(folder / "fts.db")
    db.execute(
        "CREATE VIRTUAL TABLE p USING fts5(terms, content='', tokenize=\"unicode61\", detail=none)"
    )
    rows = ((n + 1, " ".join(terms)) for n, terms in enumerate(passages(path)))
    db.executemany("INSERT INTO p (rowid, terms) VALUES (?, ?)", rows)
    db.commit()
    figures = {"build_s": time.process_time() - started, "disk_mb": folder_mb(folder)}
    asked = questions(path)[: 20 if size <= 100_000 else 5]  # seconds each

    def search(terms: Sequence[str]) -> Any:
        match = " OR ".join(f'"{term}"' for term in terms)
        return db.execute(
            "SELECT rowid FROM p WHERE p MATCH ? ORDER BY rank LIMIT ?", (match, K)
        ).fetchall()

    figures |= quantiles(timed(search, asked))
    figures |= stops(search, asked)
    return figures


def measure_bm25s(path: Path, _size: int, folder: Path) -> dict[str, float]:
    """bm25s with Lucene's formula, its arrays from memory."""
    import bm25s  # noqa: PLC0415
    from bm25s.tokenization import Tokenized  # noqa: PLC0415

    started = time.process_time()
    vocabulary: dict[str, int] = {}
    ids = [[vocabulary.setdefault(t, len(vocabulary)) for t in terms] for terms in passages(path)]
    index = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    index.index(Tokenized(ids, vocabulary), show_progress=False)
    del ids
    index.save(str(folder), show_progress=False)
    figures = {"build_s": time.process_time() - started, "disk_mb": folder_mb(folder)}
    asked = questions(path)

    def search(terms: Sequence[str]) -> Any:
        return index.retrieve([list(terms)], k=K, show_progress=False, n_threads=0)

    figures |= quantiles(timed(search, asked))
    figures |= stops(search, asked)
    return figures


def measure_rank_bm25(path: Path, _size: int, _folder: Path) -> dict[str, float]:
    """rank-bm25's own ``get_scores``, and the k best of them."""
    import numpy as np  # noqa: PLC0415
    from rank_bm25 import BM25Okapi  # noqa: PLC0415

    started = time.process_time()
    index = BM25Okapi(list(passages(path)))
    figures = {"build_s": time.process_time() - started}
    asked = questions(path)[:10]

    def search(terms: Sequence[str]) -> Any:
        return np.argpartition(-index.get_scores(terms), K)[:K]

    figures |= quantiles(timed(search, asked))
    figures |= stops(search, asked)
    return figures


MEASURES: dict[str, Callable[[Path, int, Path], dict[str, float]]] = {
    "disk": lambda *given: measure_ours("disk", *given),
    "memory": lambda *given: measure_ours("memory", *given),
    "tantivy": measure_tantivy,
    "bm25s": measure_bm25s,
    "fts5": measure_fts5,
    "rank-bm25": measure_rank_bm25,
}


def measure_alone(name: str, path: Path, size: int) -> dict[str, float]:
    """In a process of its own: its memory is its own too."""
    command = [sys.executable, __file__, "--one", name, str(path), str(size)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    figures: dict[str, float] = json.loads(printed)
    return figures


def measure_one(name: str, path: Path, size: int) -> None:
    """Print the figures of one engine as JSON."""
    folder = Path(tempfile.mkdtemp(prefix="clipdesk-bench-", dir=path.parent))
    try:
        figures = MEASURES[name](path, size, folder)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        figures["peak_mb"] = peak / (1024 if sys.platform != "darwin" else 1 << 20)
        print(json.dumps(figures))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


COLUMNS = [
    "build_s",
    "disk_mb",
    "peak_mb",
    "open_ms",
    "p50",
    "p95",
    "p99",
    "filtered_p50",
    "filtered_p99",
    "with_stops",
    "stops",
    "qps_1",
    "qps_2_threads",
    "new_ms",
    "delete_ms",
]


def table(rows: dict[tuple[str, int], dict[str, float]]) -> str:
    """Markdown; empty where an engine has no such figure."""
    head = f"| engine | passages | {' | '.join(c.replace('_', ' ') for c in COLUMNS)} |"
    lines = [head, "|" + " --- |" * (len(COLUMNS) + 2)]
    for (name, size), figures in rows.items():
        cells = [f"{figures[c]:.3g}" if c in figures else "" for c in COLUMNS]
        lines.append(f"| {name} | {size:,} | {' | '.join(cells)} |")
    return "\n".join(lines)


def plot(rows: dict[tuple[str, int], dict[str, float]], path: Path) -> None:
    """How a question, a build and the disk grow with the corpus, as a PNG."""
    import matplotlib as mpl  # noqa: PLC0415

    mpl.use("Agg")
    import matplotlib.pyplot as plt  # noqa: PLC0415

    wanted = {
        "p50": "a question, median, ms",
        "p99": "a question, 99 of 100, ms",
        "build_s": "build, s",
        "disk_mb": "on disk, MB",
    }
    figure, axes = plt.subplots(2, 2, figsize=(10, 8), constrained_layout=True)
    for ax, (key, title) in zip(axes.flat, wanted.items(), strict=True):
        for name in MEASURES:
            points = [(s, f[key]) for (n, s), f in rows.items() if n == name and key in f]
            if points:
                ours = name in ("disk", "memory")
                ax.plot(
                    *zip(*points, strict=True),
                    marker="o",
                    label=name,
                    linewidth=2.5 if ours else 1.2,
                    linestyle="-" if ours else "--",
                )
        ax.set(xscale="log", yscale="log", title=title, xlabel="passages")
        ax.grid(visible=True, which="major", alpha=0.3)
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=6)
    figure.savefig(path, dpi=110)


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--engines", nargs="+", default=list(MEASURES), choices=list(MEASURES))
    parser.add_argument("--folder", type=Path, help="where terms are kept for the next run")
    parser.add_argument("--plot", type=Path, default=Path("engines.png"))
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        measure_one(given.one[0], Path(given.one[1]), int(given.one[2]))
        return
    rows: dict[tuple[str, int], dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for size in given.sizes:
            path = folder / f"terms-{size}.txt"
            if not path.exists():
                make_terms(path, size)
            for name in given.engines:
                if size <= LIMITS.get(name, size):
                    rows[name, size] = measure_alone(name, path, size)
                    print(name, size, {k: round(v, 3) for k, v in rows[name, size].items()},
                          "load", os.getloadavg()[0], file=sys.stderr, flush=True)  # fmt: skip
        print(table(rows))
        plot(rows, given.plot)


if __name__ == "__main__":
    main()
