"""
How many messages a day topics bring, with the usual threshold and with one of their own.

    python benchmarks/alerts_topics.py FEED.jsonl[.gz] [--show N]

FEED is taken into a desk of its own. Each topic is calibrated at half of the feed's time, on
what was there by then, and the second half is counted: messages are stories, as in a chat.
``--show`` prints N of the articles that matched, drawn evenly, for a reader to judge.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.alerts.calibration import calibrate
from retrieval.desk import Desk
from retrieval.percolator import LEAST, Match, Percolator
from retrieval.query import parse_standing
from retrieval.stories import Stories, opening_terms
from retrieval.types import Article

TOPICS = (
    "anything about NATO and the Baltic states",
    "news about sanctions against Russian oligarchs",
    "refugees from Ukraine arriving in Poland",
    "nuclear power plants in the war zone",
    "grain and wheat prices",
    "oil and gas prices in Europe",
    "the cost of living and energy bills",
    "inflation and interest rates",
    "parties in Downing Street during lockdown",
    "Covid testing rules for travellers",
    "vaccine mandates and protests",
    "truckers blocking the border in Canada",
    "Novak Djokovic and the Australian visa",
    "Winter Olympics in Beijing",
    "figure skating doping case",
    "news about Six Nations rugby",
    "anything about the Super Bowl",
    "news about the Oscars ceremony",
    "volcanic eruption in Tonga",
    "storms and flooding in Britain",
    "tornadoes in the American south",
    "wildfires and drought in California",
    "news about cyclones in Madagascar",
    "climate change and rising sea levels",
    "electric cars and batteries",
    "space telescope James Webb",
    "rocket launches to the space station",
    "North Korea missile tests",
    "news on Iran nuclear talks",
    "the coup in Burkina Faso",
    "the Taliban and girls' schools in Afghanistan",
    "elections in France and Macron",
    "the Supreme Court nominee in Washington",
    "the Capitol riot committee",
    "Prince Andrew court case",
    "police violence in London",
    "abortion laws in Texas",
    "anything about cryptocurrency and bitcoin",
    "anything about women's football",
    "articles about whales and dolphins",
)


def matches(
    articles: list[Article], topic: str, least: float, desk: Desk, now: datetime
) -> Iterator[tuple[Article, Match]]:
    """The articles about a topic."""
    percolator = Percolator(desk.index.idf)
    percolator.add(1, parse_standing(topic, now), least=least)
    for article in articles:
        for match in percolator.match(article):
            yield article, match


def stories(found: list[Article], desk: Desk) -> int:
    """How many messages they make."""
    known = Stories(idf=desk.index.idf)
    return len({known.assign(a.id, opening_terms(a), a.published or _MIDDLE) for a in found})


_MIDDLE = datetime(2022, 2, 14, tzinfo=UTC)


def main() -> None:
    """Print a line a topic, and the figures of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("feed", type=Path)
    parser.add_argument("--show", type=int, default=0)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Desk.open(folder) as desk:
        desk.add([wanted.feed])
        ids = [row.id for row in desk.store.iter_latest()]
        held = desk.store.get_many(ids)
        articles = [a for i in reversed(ids) if (a := held[i]).published is not None]
        dates = [a.published for a in articles if a.published is not None]
        middle = dates[0] + (dates[-1] - dates[0]) / 2
        days = (dates[-1] - middle) / timedelta(days=1)
        later = [a for a, at in zip(articles, dates, strict=True) if at > middle]
        rates: dict[str, list[float]] = {"usual": [], "own": []}
        shown: list[tuple[str, Article, float]] = []
        took = []
        for topic in TOPICS:
            query = parse_standing(topic, middle)
            began = time.perf_counter()
            least = calibrate(desk, query, now=middle)
            took.append(1000 * (time.perf_counter() - began))
            line = f"{least:.2f}"
            for name, threshold in (("usual", LEAST), ("own", least)):
                found = list(matches(later, topic, threshold, desk, middle))
                rate = stories([a for a, _ in found], desk) / days
                rates[name].append(rate)
                line += f"  {rate:6.2f}"
                if name == "own":
                    shown += [(topic, a, m.score or 0.0) for a, m in found]
            print(f"{line}  {topic}")
        for name, of in rates.items():
            print(
                f"{name}: median {statistics.median(of):.2f} a day, most {max(of):.1f},"
                f" silent {sum(rate == 0 for rate in of)} of {len(of)},"
                f" above 5 a day {sum(rate > 5 for rate in of)}"
            )
        print(f"calibration: median {statistics.median(took):.0f} ms, most {max(took):.0f} ms")
        drawn = random.Random(5).sample(shown, min(wanted.show, len(shown)))
        for topic, article, score in sorted(drawn, key=lambda one: one[0]):
            print(f"{score:.2f} {topic} | {article.title} | {article.text[:160]}")


if __name__ == "__main__":
    main()
