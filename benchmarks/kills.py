"""
kill -9 at random moments of mixed work; after the next start, store and index must agree.

    python benchmarks/kills.py [--kills 40] [--seed 1]

A process of its own inserts, updates, deletes and restores articles and rebuilds the index
on disk, as fast as it can, until it is killed. The next start brings the index up to the
store; then every passage and some words are looked up in it, and in an index made from
nothing.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from retrieval.desk import Desk
from retrieval.follower import follow
from retrieval.index.memory import MemoryIndex
from retrieval.segment import segment
from retrieval.types import Article, Filters

ARTICLES = 400  # ids; each is there, deleted, or in its second or fiftieth version
COMMON = "harbour"  # stands in every passage


def work(folder: str, seed: str) -> None:
    """Change things for ever; says "open" first, and then the name of each step that begins."""
    chance = random.Random(seed)
    with Desk.open(folder, engine="disk") as desk:
        print("open", flush=True)
        while True:
            step = chance.choices(["save", "delete", "restore", "rebuild"], [8, 4, 4, 3])[0]
            print(step, flush=True)
            if step == "rebuild":
                desk.rebuild()
                continue
            ids = [str(chance.randrange(ARTICLES)) for _ in range(chance.randrange(1, 40))]
            if step == "save":
                articles = [_article(id_, chance) for id_ in dict.fromkeys(ids)]
                desk.store.save([(article, segment(article)) for article in articles])
            else:
                for id_ in ids:
                    if desk.store.find_head(id_) is not None:
                        (desk.store.delete if step == "delete" else desk.store.restore)(id_)
            desk.follow()


def _article(id_: str, chance: random.Random) -> Article:
    sentence = (
        f"The {COMMON} of town{chance.randrange(50)} was closed on day {chance.randrange(99)}."
    )
    return Article(id=id_, text="\n\n".join([sentence * 9] * chance.randrange(1, 4)), lang="en")


def differences(desk: Desk) -> list[str]:
    """What an index made from nothing finds otherwise."""
    fresh = MemoryIndex()
    follow(desk.store, fresh)
    everything = fresh.count() + 100
    words = [COMMON, *(f"town{number}" for number in range(50))]
    return [
        word
        for word in words
        if {hit.passage_id for hit in desk.index.search([word], Filters(), everything)}
        != {hit.passage_id for hit in fresh.search([word], Filters(), everything)}
    ] + (["count"] if desk.index.count() != fresh.count() else [])


def kill_and_compare(folder: Path, kills: int, seed: int) -> Counter[str]:
    """
    Kill *kills* times; gives during which steps.

    Raises:
        AssertionError: If store and index differ after a start, or the store is damaged.
    """
    chance = random.Random(seed)
    during: Counter[str] = Counter()
    for number in range(kills):
        process = subprocess.Popen(
            [sys.executable, __file__, "--work", str(folder), f"{seed}-{number}"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None  # noqa: S101
        assert process.stdout.readline() == "open\n"  # noqa: S101
        time.sleep(chance.uniform(0.05, 0.9))
        process.send_signal(signal.SIGKILL)
        steps = process.communicate()[0].split()
        during[steps[-1] if steps else "start"] += 1
        with Desk.open(folder, engine="disk") as desk:
            assert desk.store.check() == []  # noqa: S101
            assert differences(desk) == [], f"after kill {number}"  # noqa: S101
    return during


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.work:
        work(*given.work)
    with tempfile.TemporaryDirectory() as folder:
        during = kill_and_compare(Path(folder) / "desk", given.kills, given.seed)
    print(f"{given.kills} kills, store and index equal after each; during:", dict(during))


if __name__ == "__main__":
    main()
