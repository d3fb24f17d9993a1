"""
From articles to rendered answers on one machine, with a corpus of any size on disk.

    python benchmarks/scale.py [--articles 100000] [--folder FOLDER]

Made articles (``made_corpus.py``, some three passages each) are ingested into the store and
the index on disk, by a process that is watched: articles a second, and its memory at each
tenth of the way. Then: questions to answers drawn for a chat, `clipdesk ask` as a whole
process, and 100 new passages while two threads ask. A FOLDER is kept, and taken as it is
if it is there already.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import made_corpus

from bot.messages import Messages
from bot.render.html import ChatRenderer
from retrieval.desk import Desk
from retrieval.segment import segment
from retrieval.types import Article, Filters

QUESTIONS = 200
COLD_RUNS = 5
CLIPDESK = [sys.executable, "-m", "bot.cli"]


def resident_mb(pid: int | str = "self") -> tuple[float, float]:
    """What a process holds in memory: all of it, and of that what no file backs (Linux)."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0, 0.0
    fields = {name: value for name, _, value in (line.partition(":") for line in lines)}
    sizes = [int(fields.get(name, "0 kB").split()[0]) / 1024 for name in ("VmRSS", "RssAnon")]
    return sizes[0], sizes[1]


def ingest(folder: Path, count: int) -> None:
    """Ingest *count* made articles, and print how that went."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", dir=folder.parent) as file:
        for article in made_corpus.articles(count):
            file.write(json.dumps(article) + "\n")
        file.flush()
        started, used = time.perf_counter(), sum(os.times()[2:4])
        process = subprocess.Popen([*CLIPDESK, "ingest", file.name], env=environment(folder))
        held = []
        while process.poll() is None:
            held.append(resident_mb(process.pid))
            time.sleep(0.2)
        seconds, used = time.perf_counter() - started, sum(os.times()[2:4]) - used
    tenths = [f"{held[len(held) * n // 10][0]:.0f}" for n in range(1, 10)] if held else []
    print(
        f"ingest: {count:,} articles, {count / seconds:,.0f} a second,"
        f" {count / used:,.0f} a second of the processor;"
        f" memory at each tenth {' '.join(tenths)} MB"
    )


def environment(folder: Path) -> dict[str, str]:
    """A desk in *folder*, on disk."""
    return os.environ | {"CLIPDESK_DATA_DIR": str(folder), "CLIPDESK_ENGINE": "disk"}


def spread(taken: Sequence[float]) -> str:
    """Median and 99th percentile."""
    cuts = statistics.quantiles(taken, n=100)
    return f"median {cuts[49]:.1f} ms, 99 of 100 within {cuts[98]:.1f} ms"


def ask(desk: Desk, questions: Sequence[str]) -> None:
    """Questions to answers as HTML, by the processor's time and by the clock."""
    renderer = ChatRenderer(Messages("en"))
    used, taken, searched = [], [], []
    for question in [*questions[:10], *questions]:
        started, began = time.perf_counter(), time.thread_time()
        reply = desk.ask(question)
        renderer.answer(reply, Filters())
        used.append((time.thread_time() - began) * 1000)
        taken.append((time.perf_counter() - started) * 1000)
        terms = desk._retriever.query_terms(question)  # noqa: SLF001  # the parts are the point
        began = time.thread_time()
        desk.index.search(terms, Filters(), 10)
        searched.append((time.thread_time() - began) * 1000)
    print(f"question to drawn answer: {spread(used[10:])} of the processor; {spread(taken[10:])}")
    print(f"of that the search: {spread(searched[10:])}")


def cold(folder: Path, question: str) -> None:
    """A whole process that asks one question."""
    taken, used = [], []
    for _ in range(COLD_RUNS):
        started, before = time.perf_counter(), sum(os.times()[2:4])
        subprocess.run(
            [*CLIPDESK, "ask", question],
            check=True,
            capture_output=True,
            env=environment(folder),
        )
        taken.append(time.perf_counter() - started)
        used.append(sum(os.times()[2:4]) - before)
    print(
        f"clipdesk ask, cold: {statistics.median(taken):.2f} s,"
        f" {statistics.median(used):.2f} s of the processor"
    )


def renew(desk: Desk, questions: Sequence[str]) -> None:
    """100 new passages at a time, while two threads ask."""
    is_over = threading.Event()
    waited: list[float] = []
    alone: list[float] = []

    def keep_asking(taken: list[float]) -> None:
        for number in range(10**9):
            if is_over.is_set():
                return
            started = time.perf_counter()
            desk.ask(questions[number % len(questions)])
            taken.append((time.perf_counter() - started) * 1000)

    def during(taken: list[float], work: float) -> list[float]:
        is_over.clear()
        threads = [threading.Thread(target=keep_asking, args=(taken,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        found = []
        end = time.monotonic() + 8
        number = 0
        while time.monotonic() < end:
            if work:
                number += 1
                found.append(_add(desk, number))
            time.sleep(0.5)
        is_over.set()
        for thread in threads:
            thread.join()
        return found

    during(alone, work=0)
    found = during(waited, work=1)
    before, after = statistics.median(alone), statistics.median(waited)
    print(
        f"100 new passages found after {statistics.median(found):.0f} ms (most {max(found):.0f});"
        f" questions meanwhile {before:.1f} -> {after:.1f} ms, {after / before:.2f} times"
    )


def _add(desk: Desk, number: int) -> float:
    """Milliseconds from stored to found."""
    stamp = f"{os.getpid()}x{number}"
    batch = []
    for n in range(34):  # three passages each
        text = f"The marker{stamp} was seen {n} times in the harbour. " * 24
        article = Article(id=f"new-{stamp}-{n}", text=text, lang="en")
        batch.append((article, segment(article)))
    desk.store.save(batch)
    started = time.perf_counter()
    desk.follow()
    terms = desk._retriever.query_terms(f"marker{stamp}", "en")  # noqa: SLF001
    assert len(desk.index.search(terms, Filters(), 200)) >= 34  # noqa: S101
    return (time.perf_counter() - started) * 1000


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch) / "desk"
        if not folder.exists():
            folder.parent.mkdir(parents=True, exist_ok=True)
            ingest(folder, given.articles)
        questions = list(made_corpus.questions(QUESTIONS, given.articles))
        cold(folder, questions[0])
        with Desk.open(folder, engine="disk") as desk:
            print(
                f"{desk.index.count():,} passages; store {desk.store.path.stat().st_size / 1e6:.0f} MB,"
                f" index {desk.index_bytes() / 1e6:.0f} MB"
            )
            ask(desk, questions)
            print("memory: {:.0f} MB, {:.0f} MB of it not of files".format(*resident_mb()))
            renew(desk, questions)


if __name__ == "__main__":
    main()
