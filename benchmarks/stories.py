"""
Which articles tell the same story: found and wrong, beside plain TF-IDF and shingles, in one run.

    python benchmarks/stories.py FEED.jsonl[.gz] [--headlines PAIRS.jsonl[.gz]]

FEED has the items of the feeds of two outlets with their times; ``stories_labels.tsv`` has labels of
440 pairs of them, one outlet's and the other's, at most three days apart: ids, label (2 the same
event, 1 another event of one affair, 0 neither), how many pairs of the feed it stands for, and
``+`` unless it was drawn from the pairs that hardly share a word. They were drawn by plain
TF-IDF cosine from .06 up, 20 to 120 a stratum, and labelled by one reader, shuffled and
without seeing a score. Pairs below .06 count as neither. Of the pairs that hardly share a word
(12,148, likeness below .09) 78 were read and 2 tell the same; they are left out of *found*, since
two pairs cannot say how many there are, and are in *wrong*.

PAIRS has two headlines and how alike people found them, from 0 to 5 (from 4: the same news).
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, takewhile
from pathlib import Path
from typing import Any

from retrieval.shingles import shared, shingles
from retrieval.stories import WINDOW, Stories, Vector, likeness, opening_terms, vector
from retrieval.types import Article

LABELS = Path(__file__).with_name("stories_labels.tsv")
OUTLETS = ("feeds.bbci.co.uk", "rss.cnn.com")
PLAIN, COPIED = 0.25, 0.3
RANDOM_PAIRS = 200_000
NEVER = datetime.min.replace(tzinfo=UTC)  # every article of the two feeds has a date

Joined = Callable[[int, int], bool]


@dataclass(frozen=True, slots=True)
class Labelled:
    """Two positions in the feed, and what was said of them."""

    first: int
    second: int
    label: int
    weight: float
    is_sure: bool


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSONL file."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        yield from map(json.loads, file)


def articles_of(path: Path) -> list[tuple[Article, str]]:
    """The two outlets' articles by time, each with its outlet."""
    found = []
    for item in read(path):
        outlet = next((o for o in OUTLETS if o in item["feed"]), None)
        if outlet and item.get("published"):
            at = datetime.fromisoformat(item["published"])
            found.append(
                (
                    Article(
                        id=item["id"],
                        text=item["text"],
                        title=item["title"],
                        published=at,
                        lang="en",
                    ),
                    outlet,
                )
            )
    return sorted(found, key=lambda pair: (pair[0].published, pair[0].id))


def labels(articles: Sequence[tuple[Article, str]]) -> list[Labelled]:
    """Those whose articles the feed has."""
    at = {article.id: n for n, (article, _) in enumerate(articles)}
    rows = [line.split("\t") for line in LABELS.read_text().splitlines()]
    return [Labelled(at[a], at[b], int(c), float(w), s == "+") for a, b, c, w, s in rows]


def idf_of(openings: Sequence[Sequence[str]]) -> Callable[[str], float]:
    """Lucene's idf over all openings."""
    df = Counter(chain.from_iterable(map(set, openings)))
    return lambda term: math.log(1 + (len(openings) - df[term] + 0.5) / (df[term] + 0.5))


def plain_stories(vectors: Sequence[Vector], times: Sequence[datetime]) -> list[int]:
    """The story of the likest earlier article within the window, at the threshold of the pairs."""
    holders: dict[str, list[int]] = {}
    story: list[int] = []
    for n, vec in enumerate(vectors):
        found: Counter[int] = Counter()
        for term, weight in vec.items():
            for other in holders.setdefault(term, []):
                if times[n] - times[other] <= WINDOW:
                    found[other] += weight * vectors[other][term]  # type: ignore[assignment]
            holders[term].append(n)
        best = max(found, key=found.__getitem__, default=n)
        story.append(story[best] if best != n and found[best] >= PLAIN else n)
    return story


def told(
    openings: Sequence[Sequence[str]], articles: Sequence[tuple[Article, str]], **options: Any
) -> list[str]:
    """What ``Stories`` says."""
    stories = Stories(**options)
    return [
        stories.assign(article.id, terms, article.published or NEVER)
        for terms, (article, _) in zip(openings, articles, strict=True)
    ]


def row(name: str, joined: Joined, known: Sequence[Labelled], everything: int, ms: float) -> str:
    """Estimates: each labelled pair stands for its weight in pairs."""

    def weight(wanted: Callable[[Labelled], bool]) -> float:
        return math.fsum(p.weight for p in known if wanted(p) and joined(p.first, p.second))

    same = math.fsum(p.weight for p in known if p.label == 2 and p.is_sure)
    found = weight(lambda p: p.label == 2 and p.is_sure) / same
    wrong = weight(lambda p: p.label == 0) / everything
    affair = weight(lambda p: p.label < 2) / everything
    return f"{name:<34}{found:>8.0%}{wrong:>10.4%}{affair:>18.4%}{ms:>9.2f}"


def measured(path: Path) -> None:
    """The table of the feed."""
    articles = articles_of(path)
    known = labels(articles)
    times = [article.published or NEVER for article, _ in articles]
    everything = sum(
        articles[m][1] != outlet
        for n, (_, outlet) in enumerate(articles)
        for m in takewhile(lambda m, n=n: times[n] - times[m] <= WINDOW, range(n - 1, -1, -1))  # type: ignore[misc]
    )
    print(f"{len(articles):,} articles, {everything:,} pairs of two outlets, {len(known)} labelled")
    print(f"{'':<34}{'found':>8}{'wrong':>10}{'wrong or affair':>18}{'ms':>9}")

    def timed(make: Callable[[], Any]) -> tuple[Any, float]:
        started = time.perf_counter()
        made = make()
        return made, (time.perf_counter() - started) * 1000 / len(articles)

    sets, ms = timed(lambda: [shingles(f"{a.title} {a.text}") for a, _ in articles])
    print(
        row(
            "shingles, Dice .3, pairs",
            lambda a, b: shared(sets[a], sets[b]) >= COPIED,
            known,
            everything,
            ms,
        )
    )
    openings, base = timed(lambda: [opening_terms(article) for article, _ in articles])
    idf = idf_of(openings)
    vectors, ms = timed(lambda: [vector(terms, idf) for terms in openings])
    print(
        row(
            "TF-IDF .25, pairs",
            lambda a, b: likeness(vectors[a], vectors[b]) >= PLAIN,
            known,
            everything,
            base + ms,
        )
    )
    for name, make in (
        ("TF-IDF .25, joined to the likest", lambda: plain_stories(vectors, times)),
        ("stories, idf learnt", lambda: told(openings, articles)),
        ("stories, idf given too", lambda: told(openings, articles, idf=idf)),
    ):
        story, ms = timed(make)
        print(
            row(name, lambda a, b, story=story: story[a] == story[b], known, everything, base + ms)
        )  # type: ignore[misc]


def headlines(path: Path) -> None:
    """Likeness alone, without time, on headlines that people compared."""
    pairs = list(read(path))
    openings = [
        opening_terms(Article(id="x", text=" ", title=pair[side], lang="en"))
        for pair in pairs
        for side in "ab"
    ]
    idf = idf_of(openings)
    vectors = [vector(terms, idf) for terms in openings]
    chance = random.Random(1)
    drawn = [
        (chance.randrange(len(vectors)), chance.randrange(len(vectors)))
        for _ in range(RANDOM_PAIRS)
    ]
    others = [likeness(vectors[a], vectors[b]) for a, b in drawn if a // 2 != b // 2]
    alike = [(likeness(*vectors[2 * n : 2 * n + 2]), pair["score"]) for n, pair in enumerate(pairs)]
    print(f"\n{'headlines':<34}{'4 and up':>8}{'below 2':>10}{'drawn at random':>18}")
    for least in (PLAIN, 0.19):
        shares = [
            sum(like >= least for like in likes) / len(likes)
            for likes in ([x for x, s in alike if s >= 4], [x for x, s in alike if s < 2], others)
        ]
        print(
            f"{f'likeness from {least}':<34}{shares[0]:>8.0%}{shares[1]:>10.0%}{shares[2]:>18.2%}"
        )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("feed", type=Path)
    parser.add_argument("--headlines", type=Path)
    options = parser.parse_args()
    measured(options.feed)
    if options.headlines:
        headlines(options.headlines)


if __name__ == "__main__":
    main()
