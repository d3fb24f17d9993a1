"""Kill -9 at random moments of polling: nothing is lost, nothing comes twice, nothing is torn."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from feed_life import World, item, rss, story_page
from web_site import answer

from retrieval.feeds import Listed
from retrieval.segment import segment

ROOT = Path(__file__).parents[3]
TESTS = (ROOT / "tests", ROOT / "tests" / "retrieval")
KILLS = 20
FEEDS = 8
ENTRIES = 24

# Polls all feeds of a store for ever, as soon as each has been polled.
POLL = """
import sys
from pathlib import Path
from feed_life import AnyHost, loopback
from retrieval.feeds import FeedBook, Poller, Tools, polling
from retrieval.sources.fetch import FetchPolicy
from retrieval.sources.robots import Robots
from retrieval.sources.workers import Workers
from retrieval.store import Store
if __name__ == "__main__":
    polling.BATCH = 7
    policy = FetchPolicy(allow_hosts=AnyHost())
    robots = Robots(policy, resolve=loopback)
    with Store.open(Path(sys.argv[1])) as store, Workers(1) as workers:
        tools = Tools(workers=workers, policy=policy, robots=robots, resolve=loopback, sleep=int)
        save = store.save
        def told(*args, **options):
            print("saving", flush=True)
            return save(*args, **options)
        store.save = told
        book = FeedBook.open(store)
        while True:
            for feed in book.all():
                book.make_due(feed.id, tools.now())
            Poller(book, tools, at_once=4).drain()
            print("round", flush=True)
"""


def start(w: World) -> subprocess.Popen[str]:
    path = os.pathsep.join((str(ROOT), *map(str, TESTS)))
    return subprocess.Popen(
        [sys.executable, "-c", POLL, str(w.store.database.path)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
    )


def publish(w: World, feed: int, edition: int) -> None:
    """The feed lists all of its entries; those that *edition* counts past are edited."""
    host = f"h{feed}.example"
    entries = (
        item(
            n,
            f"Entry {n} of feed {feed}{', corrected' if n < edition else ''}. It rained …",
            guid=f"{feed}-{n}",
            link=w.life.url(host, f"/{n}"),
        )
        for n in range(ENTRIES)
    )
    w.says(host, rss(*entries, title=f"Feed {feed}"))


def test_killed_twenty_times(w: World) -> None:
    chance = random.Random(4)
    for number in range(FEEDS):
        w.add(f"h{number}.example", full_text=number % 4 == 0)
        publish(w, number, 0)
        for n in range(0, ENTRIES, 3):
            page = story_page(*[f"Page {n} of feed {number} is long enough to be a story."] * 9)
            w.says(f"h{number}.example", answer(page, content_type="text/html"), f"/{n}")
    stored = 0

    for kill in range(KILLS):
        with start(w) as process:
            assert process.stdout is not None
            for _ in range(chance.randint(1, 14)):
                assert process.stdout.readline()
            time.sleep(chance.random() * 0.02)
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
        assert w.store.check() == []
        assert stored <= w.store.counts().articles <= FEEDS * ENTRIES
        stored = w.store.counts().articles
        if kill % 5 == 4:
            for number in range(FEEDS):
                publish(w, number, kill)

    with start(w) as process:  # taken over at once, for the processes that held them are dead
        assert process.stdout is not None
        while (line := process.stdout.readline()) != "round\n":
            assert line
        process.kill()
    articles = w.articles()
    assert len(articles) == FEEDS * ENTRIES
    assert {article.source for article in articles} == {f"Feed {n}" for n in range(FEEDS)}
    for article in articles:
        passages = [stored.passage for stored in w.store.article_passages(article.id)]
        assert passages == segment(article)
    changes = w.store.changes_since(0, 100_000)
    versions = [(change.article_id, change.version) for change in changes]
    assert len(set(versions)) == len(versions)  # nothing was told twice
    # In its first edition, and in those that it was edited in: at most four
    assert max(article.version for article in articles) <= 1 + KILLS // 5
    assert all("corrected" in a.text for a in articles if a.text.startswith("Entry 3 "))
    for record in w.book.all():
        known = w.store.database.value(
            "SELECT count(*) FROM feed_entries WHERE feed_id = ?", (record.id,)
        )
        assert known == ENTRIES
        assert Listed(w.store).news(record.id, record.added) in {0, ENTRIES}
