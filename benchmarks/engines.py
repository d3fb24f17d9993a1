"""
How the cost of an index grows: our engines beside rank-bm25, bm25s, SQLite FTS5 and bare
tantivy, in one run, on the same terms.

    pip install bm25s matplotlib        # for this script only
    python benchmarks/engines.py [--sizes 10000 100000 1000000] [--plot engines.png]

Passages of some 75 words come from ``made_corpus.py``. Each engine is measured in a process
of its own at each size, one after the other; trust the ratios more than the digits. `disk`
and bare tantivy are measured once more in one process, each question asked of both.

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
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import made_corpus
from engine_peers import FILTERS, PEERS, Disk, K, Memory, Search, Tantivy, entry, passages

from retrieval.language.stopwords import stop_words
from retrieval.types import Filters

QUESTIONS = 200
SECONDS = 2.0  # that questions are counted for
STOP_WORDS = ["what", "was", "the", "of", "and", "to", "in"]

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


# --- measuring -------------------------------------------------------------------


def took_ms(search: Search, terms: Sequence[str]) -> float:
    """Of the processor, for one question."""
    started = time.thread_time()
    search(terms)
    return (time.thread_time() - started) * 1000


def timed(search: Search, asked: Sequence[Sequence[str]]) -> list[float]:
    """Milliseconds a question, warm."""
    for terms in asked[:5]:
        search(terms)
    return [took_ms(search, terms) for terms in asked]


def quantiles(taken: Sequence[float], prefix: str = "") -> dict[str, float]:
    """Median, 95th and 99th percentile."""
    cuts = statistics.quantiles(taken, n=100)
    return {f"{prefix}p50": cuts[49], f"{prefix}p95": cuts[94], f"{prefix}p99": cuts[98]}


def asked_in(search: Search, asked: Sequence[Sequence[str]], seconds: float) -> int:
    """How many questions are answered in this time."""
    count, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        search(asked[count % len(asked)])
        count += 1
    return count


def in_threads(search: Search, asked: Sequence[Sequence[str]], count: int) -> float:
    """Questions a second that *count* threads ask together."""
    with ThreadPoolExecutor(count) as pool:
        done = [pool.submit(asked_in, search, asked, SECONDS) for _ in range(count)]
        return sum(one.result() for one in done) / SECONDS


def in_processes(name: str, path: Path, folder: Path, count: int) -> float:
    """Questions a second that *count* processes ask together, each of which has it open."""
    command = [sys.executable, __file__, "--ask", name, str(path), str(folder)]
    pipe = subprocess.PIPE
    processes = [
        subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _ in range(count)
    ]
    told = [process.communicate for process in processes if process.stdout.readline()]  # type: ignore[union-attr]
    for process in processes:
        process.stdin.write("go\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
    return sum(int(tell()[0]) for tell in told) / SECONDS


def ask(name: str, path: Path, folder: Path) -> None:
    """What one of these processes does."""
    search, asked = PEERS[name](folder).open(), questions(path)
    timed(search, asked)
    print("ready", flush=True)
    sys.stdin.readline()
    print(asked_in(search, asked, SECONDS), flush=True)


def folder_mb(folder: Path) -> float:
    """What stands in *folder*, in millions of bytes."""
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / 1e6


def measure(name: str, path: Path, folder: Path) -> dict[str, float]:
    """The figures of one engine."""
    peer = PEERS[name](folder)
    started = time.process_time()
    peer.build(path)
    figures = {"build_s": time.process_time() - started}
    if size := folder_mb(folder):
        figures["disk_mb"] = size
    asked = questions(path)[: peer.questions]
    started = time.process_time()
    search = peer.open()
    search(asked[0])
    figures["open_ms"] = (time.process_time() - started) * 1000
    figures |= quantiles(timed(search, asked))
    some = [[*terms, *STOP_WORDS] for terms in asked[:25]]
    figures["with_stops"] = statistics.median(timed(search, some))
    figures["stops"] = statistics.median(timed(search, [STOP_WORDS] * 5))
    if isinstance(peer, Disk | Memory | Tantivy):
        figures["qps_1"] = in_threads(search, asked, 1)
        figures["qps_2_threads"] = in_threads(search, asked, 2)
        figures["qps_2_processes"] = in_processes(name, path, folder, 2)
    if isinstance(peer, Disk | Memory):
        figures |= measure_ours(peer, path, asked)
    return figures


def measure_ours(
    peer: Disk | Memory, path: Path, asked: Sequence[Sequence[str]]
) -> dict[str, float]:
    """What only the engines behind the ``Index`` protocol do: filters, and changes."""
    index = peer.index()

    def search(terms: Sequence[str], filters: Filters = Filters()) -> Any:  # noqa: B008
        return index.search(terms, filters, K)

    figures = quantiles(timed(lambda terms: search(terms, FILTERS), asked), "filtered_")
    new = [
        entry(index.count() + n, [*terms, f"fresh{n}"])
        for n, terms in enumerate(passages(path, 0, 100))
    ]
    added, deleted = [], []
    for _ in range(5):
        started = time.perf_counter()
        index.update(new, ())
        assert search(["fresh99"])  # noqa: S101
        added.append((time.perf_counter() - started) * 1000)
        started = time.perf_counter()
        index.update((), [one.passage_id for one in new])
        assert not search(["fresh99"])  # noqa: S101
        deleted.append((time.perf_counter() - started) * 1000)
    return figures | {"new_ms": statistics.median(added), "delete_ms": statistics.median(deleted)}


def measure_in_turns(path: Path, folder: Path) -> dict[str, float]:
    """
    What `disk` costs beside bare tantivy: each question is asked of both, in chance order,
    so that neither has the warmer caches nor the quieter minute.
    """
    searches: dict[str, Search] = {}
    for name in ("disk", "tantivy"):
        (folder / name).mkdir()
        peer = PEERS[name](folder / name)
        peer.build(path)
        searches[name] = peer.open()
    taken: dict[str, list[float]] = {name: [] for name in searches}
    chance = random.Random(1)
    for _ in range(5):
        for terms in questions(path):
            for name in chance.sample([*searches], 2):
                taken[name].append(took_ms(searches[name], terms))
    ours, bare = quantiles(taken["disk"]), quantiles(taken["tantivy"])
    return {f"{name}_times": ours[name] / bare[name] for name in ours}


def measure_alone(name: str, path: Path) -> dict[str, float]:
    """In a process of its own: its memory is its own too."""
    command = [sys.executable, __file__, "--one", name, str(path)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    figures: dict[str, float] = json.loads(printed)
    return figures


def measure_one(name: str, path: Path) -> None:
    """Print the figures of one engine as JSON."""
    with tempfile.TemporaryDirectory(prefix="clipdesk-bench-", dir=path.parent) as folder:
        if name == "in turns":
            print(json.dumps(measure_in_turns(path, Path(folder))))
            return
        figures = measure(name, path, Path(folder))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        figures["peak_mb"] = peak / (1024 if sys.platform != "darwin" else 1 << 20)
        print(json.dumps(figures))


# --- telling ---------------------------------------------------------------------

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
    "qps_2_processes",
    "new_ms",
    "delete_ms",
]


def table(rows: dict[tuple[str, int], dict[str, float]]) -> str:
    """Markdown; empty where an engine has no such figure."""
    head = f"| engine | passages | {' | '.join(c.replace('_', ' ') for c in COLUMNS)} |"
    lines = [head, "|" + " --- |" * (len(COLUMNS) + 2)]
    for (name, size), figures in rows.items():
        cells = [_cell(figures[c]) if c in figures else "" for c in COLUMNS]
        lines.append(f"| {name} | {size:,} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}"


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
        for name in PEERS:
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
    parser.add_argument("--engines", nargs="+", default=list(PEERS), choices=list(PEERS))
    parser.add_argument("--folder", type=Path, help="where terms are kept for the next run")
    parser.add_argument("--plot", type=Path, default=Path("engines.png"))
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--ask", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        measure_one(given.one[0], Path(given.one[1]))
        return
    if given.ask:
        ask(given.ask[0], Path(given.ask[1]), Path(given.ask[2]))
        return
    rows: dict[tuple[str, int], dict[str, float]] = {}
    turns: dict[int, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for size in given.sizes:
            path = folder / f"terms-{size}.txt"
            if not path.exists():
                make_terms(path, size)
            for name in given.engines:
                if size <= PEERS[name].most:
                    figures = rows[name, size] = measure_alone(name, path)
                    print(name, size, {k: round(v, 3) for k, v in figures.items()},
                          "load", os.getloadavg()[0], file=sys.stderr, flush=True)  # fmt: skip
            if {"disk", "tantivy"} <= {*given.engines}:
                turns[size] = measure_alone("in turns", path)
    print(table(rows))
    for size, times in turns.items():
        told = ", ".join(f"{key[:3]} {value:.2f}" for key, value in times.items())
        print(f"disk, in turns with bare tantivy, {size:,} passages, times its cost: {told}")
    plot(rows, given.plot)


if __name__ == "__main__":
    main()
