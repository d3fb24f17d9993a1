"""
From an article that is stored to its alert in Telegram's hands, with 10,000 subscriptions.

::

    python benchmarks/alerts.py [--subscriptions 10000] [--articles 40]

The installed program serves a folder into which another process stores one article after the
other; a Bot API server on loopback stamps each message as it arrives. Every article is about
something of its own, and two chats have asked for it, so that no limit holds a message. Beside
it, in the same run, a plain loop: it follows the store as often, matches each subscription by a
search of the new article and sends at once, without an outbox, limits or stories.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "bot")]

import httpx  # noqa: E402  # found by the lines above
from newsroom import Newsroom  # noqa: E402
from telegram_api import FakeTelegram, Program  # noqa: E402

from bot.demo import corpus_path  # noqa: E402
from retrieval.desk import Desk  # noqa: E402
from retrieval.language.analysis import analyze  # noqa: E402
from retrieval.types import Filters  # noqa: E402

MOST_S = 2.0  # at the median
LOOK_EVERY_S = 0.3
APART_S = 1.0
COMMON = ("year", "people", "government", "first", "country", "city")
_SYLLABLES = ("ba", "ko", "li", "mu", "ne", "pra", "so", "ti", "vu", "gre", "dal", "for")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--subscriptions", type=int, default=10_000)
    parser.add_argument("--articles", type=int, default=40)
    options = parser.parse_args()
    words = vocabulary(options.subscriptions)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "desk"
        with Desk.open(folder) as desk:
            desk.add([corpus_path()])
        with Newsroom(folder) as news, news.store.transaction():
            for n in range(options.subscriptions):  # two queries a word, in two chats
                news.subscribe(f"{words[n // 2]} {COMMON[n % len(COMMON)]}", chat_id(n))
        print(f"{options.subscriptions:,} subscriptions, {options.articles} articles")
        print(f"{'':24} {'median s':>9} {'p95 s':>7} {'most s':>7} {'sent':>9}")
        medians = []
        for name in ("clipdesk serve", "a search a query"):
            copy = Path(temporary) / name.replace(" ", "-")
            shutil.copytree(folder, copy)
            with FakeTelegram() as fake:
                for n in range(options.subscriptions):
                    fake.private(fake.user(chat_id(n)))
                with served(name, fake, copy):
                    waits = measure(fake, copy, words, options.articles)
            medians.append(statistics.median(waits))
            late = statistics.quantiles(waits, n=20)[-1]
            sent = f"{len(waits)}/{2 * options.articles}"
            print(f"{name:24} {medians[-1]:9.2f} {late:7.2f} {max(waits):7.2f} {sent:>9}")
    most_mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"\nthe larger of both processes had {most_mib} MiB")
    sys.exit(medians[0] > MOST_S)


def chat_id(number: int) -> int:
    return 100_000 + number


def vocabulary(count: int) -> list[str]:
    chance = random.Random(2)
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(chance.choices(_SYLLABLES, k=4))] = None
    return list(found)


@contextmanager
def served(name: str, fake: FakeTelegram, folder: Path) -> Iterator[None]:
    if name == "clipdesk serve":
        environment = {
            "CLIPDESK_TELEGRAM_TOKEN": fake.token,
            "CLIPDESK_TELEGRAM_BASE_URL": fake.base_url,
        }
        with Program(folder, environment):
            fake.wait_call("getUpdates", timeout=60)
            yield
        return
    process = multiprocessing.get_context("spawn").Process(
        target=plain_loop, args=(folder, f"{fake.base_url}/bot{fake.token}/sendMessage")
    )
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join()


def plain_loop(folder: Path, address: str) -> None:
    """The peer: a search by all words, and for what it finds a look whether all are there."""
    with Desk.open(folder) as desk, Newsroom(folder) as news, httpx.Client() as client:
        subscriptions = news.alerts.subscriptions.all()
        wanted = [desk._retriever.query_terms(s.query, "en") for s in subscriptions]  # noqa: SLF001
        seq = desk.store.last_seq()
        while True:
            changes = desk.store.changes_since(seq, 100)
            if changes:
                desk.follow()
            for change in changes:
                seq = change.seq
                only = Filters(articles=(change.article_id,))
                article = desk.store.get(change.article_id)
                held = {term.text for term in analyze(article.text, "en")}
                for subscription, words in zip(subscriptions, wanted, strict=True):
                    if desk.index.search(words, only, 1) and held.issuperset(words):
                        text = article.title
                        chat = subscription.place.chat_id
                        client.post(address, json={"chat_id": chat, "text": text})
            time.sleep(LOOK_EVERY_S)


def measure(fake: FakeTelegram, folder: Path, words: Sequence[str], articles: int) -> list[float]:
    """Seconds of each message; the first articles, while all is read in, do not count."""
    chance = random.Random(4)
    stored: dict[str, float] = {}
    with Newsroom(folder) as news:
        for n in range(-3, articles):
            word = words[(n + 3) * 7]
            rest = " ".join(chance.choices(words[len(words) // 2 :], k=60))
            news.publish(f"n{n}", f"The {word}: {' '.join(COMMON)}. {rest}.", title=f"{word} {n}")
            if n >= 0:
                stored[word] = time.monotonic()
            time.sleep(APART_S if n >= 0 else 3.0)
        fake.idle(8.0, timeout=600)
    waits = []
    for call in fake.calls:
        if call.method == "sendMessage" and call.ok:
            waits += [call.at - at for word, at in stored.items() if word in call.params["text"]]
    return waits


if __name__ == "__main__":
    main()
