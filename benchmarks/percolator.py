"""
Standing queries against articles: indexed and by brute force, in one run.

    python benchmarks/percolator.py [ARTICLES.jsonl[.gz]] [--queries N] [--articles N]

Queries of all kinds are drawn from words that a few of the articles hold. Without a file
articles are made: of 300 words, from 20,000 by Zipf's law.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import math
import random
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from retrieval.language.analysis import analyze, terms
from retrieval.percolator import Percolator
from retrieval.query import parse_standing
from retrieval.types import Article

NOW = datetime(2022, 4, 1, tzinfo=UTC)
BRUTE = 20
"""Articles by brute force; it takes a second for each."""

VOCABULARY, LENGTH, MADE = 20_000, 300, 2_000
FORMS = (
    "{a} {b}",
    "{a} OR {b}",
    '"{a} {b}"',
    "{a} -{b}",
    "({a} OR {b}) {c}",
    "{p}* {b}",
    "title:{a}",
    "{a} source:bbc",
    "anything about {a} and {b} {c}",
    "{a}",
    "{a} {b} {c}",
)


def read(path: Path, most: int) -> list[Article]:
    """The first articles of a file."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        rows = [json.loads(line) for line in itertools.islice(file, most)]
    return [
        Article(
            id=row["id"],
            text=row["text"] or row["title"],
            title=row.get("title"),
            source=row.get("source"),
            lang=row.get("lang"),
        )
        for row in rows
        if row["text"] or row.get("title")
    ]


def made(draw: random.Random, most: int) -> list[Article]:
    """Articles of made words."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(draw.choices(letters, k=draw.randint(4, 9))) for _ in range(VOCABULARY)]
    weights = list(itertools.accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))
    return [
        Article(
            id=f"a{n}",
            title=" ".join(draw.choices(words, cum_weights=weights, k=8)),
            text=" ".join(draw.choices(words, cum_weights=weights, k=LENGTH)),
            source=draw.choice(("bbc", "wire")),
            lang="en",
        )
        for n in range(most)
    ]


def timed(work: Callable[[], int]) -> tuple[int, float]:
    """What *work* gives, and its seconds."""
    began = time.perf_counter()
    count = work()
    return count, time.perf_counter() - began


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--queries", type=int, default=10_000)
    parser.add_argument("--articles", type=int, default=MADE)
    wanted = parser.parse_args()
    draw = random.Random(1)
    articles = (
        made(draw, wanted.articles) if wanted.file is None else read(wanted.file, wanted.articles)
    )
    df: Counter[str] = Counter()
    for article in articles:
        df.update(set(terms(f"{article.title or ''} {article.text}", article.lang)))

    def idf(term: str) -> float:
        return math.log(1 + (len(articles) - df[term] + 0.5) / (df[term] + 0.5))

    words = sorted(
        w
        for w, n in df.items()
        if 2 <= n <= 400 and w.isalpha() and len(w) > 3 and not analyze(w, None)[0].is_stop
    )
    queries = []
    while len(queries) < wanted.queries:
        a, b, c = draw.choices(words, k=3)
        queries.append(parse_standing(draw.choice(FORMS).format(a=a, b=b, c=c, p=a[:4]), NOW))

    tracemalloc.start()
    percolator = Percolator(idf)
    for number, query in enumerate(queries):
        percolator.add(number, query)
    percolator.match(articles[0])  # compiles them for its language
    memory = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()

    few = articles[:BRUTE]
    if any(percolator.match(one) != percolator.match_all(one) for one in few):
        raise SystemExit("match and match_all differ")
    found, took = timed(lambda: sum(len(percolator.match(one)) for one in articles))
    _, took_all = timed(lambda: sum(len(percolator.match_all(one)) for one in few))
    _, took_one = timed(lambda: percolator.add(len(queries), queries[0]) or 1)
    print(f"{len(queries):,} queries, {memory / 1e6:.0f} MB; adding one {1e6 * took_one:.0f} µs")
    print(f"match: {60 * len(articles) / took:,.0f} articles a minute, {found:,} matches")
    print(f"match_all: {60 * len(few) / took_all:,.0f} articles a minute, the same matches")


if __name__ == "__main__":
    main()
