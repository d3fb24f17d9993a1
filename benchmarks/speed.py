"""
How fast Clipdesk takes in and answers, beside rank-bm25 as it comes, in one run.

    python benchmarks/speed.py [ARTICLES.jsonl[.gz]] [--articles 1000 4000]

Without a file, articles are generated from sentence frames of our own. For each size:
articles a second into store and index, peak memory of that process, `clipdesk ask` as a
whole process from a cold start, and answering alone. The peer reads the same file,
splits it at full stops and asks the sentence of most overlap; it keeps nothing, so that
it does all of its work for each process.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

QUESTIONS = 40
COLD_RUNS = 5
CLIPDESK = [sys.executable, "-m", "bot.cli"]
PEER = """
import gzip, json, re, sys, time
from rank_bm25 import BM25Okapi
path, questions = sys.argv[1], sys.argv[2:]
words = re.compile(r"\\w+").findall
opened = gzip.open(path, "rt") if path.endswith(".gz") else open(path)
sentences = [s for line in opened for s in json.loads(line)["text"].split(". ")]
bm25 = BM25Okapi([words(s.lower()) for s in sentences])
for question in questions:
    started = time.perf_counter()
    best = bm25.get_top_n(words(question.lower()), sentences, 10)
    answer = max(best, key=lambda s: len(set(words(s.lower())) & set(words(question.lower()))))
    print((time.perf_counter() - started) * 1000)
"""


@dataclass(frozen=True, slots=True)
class Run:
    """A finished process: seconds, and the most memory it held, in MB."""

    seconds: float
    peak_mb: float
    printed: str


def run(command: Sequence[str], data_dir: Path) -> Run:
    """Run to the end; its own peak memory, not that of earlier children."""
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(
            command, stdout=out, env=os.environ | {"CLIPDESK_DATA_DIR": str(data_dir)}
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{command[:4]} ended with {process.returncode}")
        out.seek(0)
        kilobytes = usage.ru_maxrss if sys.platform != "darwin" else usage.ru_maxrss / 1024
        return Run(seconds, kilobytes / 1024, out.read())


def generated(count: int) -> Iterator[dict[str, str]]:
    """Articles of a dozen sentences; names and places drawn by Zipf's law."""
    chance = random.Random(3)
    names = [
        f"{a}{b}" for a in ("Kor", "Mal", "Tes", "Vin", "Dra") for b in ("an", "eki", "oro", "ul")
    ]
    things = [
        f"{a} {b}"
        for a in ("harbour", "river", "grain", "rail")
        for b in ("deal", "strike", "levy")
    ]
    weights = [1 / rank for rank in range(1, len(names) + 1)]
    for number in range(count):
        who = chance.choices(names, weights, k=3)
        what = chance.choice(things)
        sentences = [
            f"Minister {chance.choices(names, weights)[0]} said on day {chance.randrange(999)} that the"
            f" {what} would cost {chance.randrange(10, 9999)} million crowns, {who[n % 3]} reported."
            for n in range(12)
        ]
        yield {"id": f"g{number}", "title": f"{who[0]} and the {what}", "text": " ".join(sentences)}


def taken(path: Path | None, count: int) -> Iterator[dict[str, str]]:
    """The first *count* articles of *path*, or as many generated ones."""
    if path is None:
        yield from generated(count)
        return
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        for _, line in zip(range(count), file, strict=False):
            yield json.loads(line)


def questions_of(articles: Path) -> list[str]:
    """Questions made from the opening words of some articles."""
    with articles.open() as file:
        texts = [json.loads(line)["text"] for line in file]
    step = max(len(texts) // QUESTIONS, 1)
    return [f"What about {' '.join(text.split()[:6])}?" for text in texts[::step]][:QUESTIONS]


def measure(articles: Path, folder: Path) -> list[str]:
    """One row of the table."""
    count = sum(1 for _ in articles.open())
    questions = questions_of(articles)
    ingest = run([*CLIPDESK, "ingest", str(articles)], folder)
    again = run([*CLIPDESK, "ingest", str(articles)], folder)
    cold, peer_cold = [], []
    for question in questions[:COLD_RUNS]:
        cold.append(run([*CLIPDESK, "ask", "--json", question], folder).seconds)
        peer_cold.append(run([sys.executable, "-c", PEER, str(articles), question], folder).seconds)
    batch = folder / "questions.jsonl"
    batch.write_text("".join(json.dumps({"id": q, "question": q}) + "\n" for q in questions))
    printed = run([*CLIPDESK, "ask", "--json", "--batch", str(batch)], folder).printed
    warm = [json.loads(line)["elapsed_ms"] for line in printed.splitlines()]
    peer = run([sys.executable, "-c", PEER, str(articles), *questions], folder)
    return [
        f"{count:,}",
        f"{count / ingest.seconds:,.0f}",
        f"{ingest.peak_mb:.0f}",
        f"{count / again.seconds:,.0f}",
        f"{statistics.median(cold):.2f}",
        f"{statistics.median(peer_cold):.2f}",
        f"{statistics.median(warm):.1f}",
        f"{statistics.median(map(float, peer.printed.split())):.1f}",
    ]


HEADINGS = [
    "articles",
    "ingest /s",
    "peak MB",
    "again /s",
    "ask s",
    "peer s",
    "answer ms",
    "peer ms",
]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--articles", nargs="+", type=int, default=[1000, 4000])
    options = parser.parse_args()
    print("  ".join(f"{heading:>9}" for heading in HEADINGS))
    for count in options.articles:
        with tempfile.TemporaryDirectory(prefix="clipdesk-speed-") as name:
            folder = Path(name)
            articles = folder / "articles.jsonl"
            with articles.open("w") as file:
                file.writelines(json.dumps(a) + "\n" for a in taken(options.file, count))
            print("  ".join(f"{cell:>9}" for cell in measure(articles, folder)), flush=True)


if __name__ == "__main__":
    main()
