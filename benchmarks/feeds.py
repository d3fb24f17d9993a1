"""
How fast feeds are polled, beside the plain loop of httpx and feedparser, in one run.

    python benchmarks/feeds.py [--feeds 500] [--entries 20]
    python benchmarks/feeds.py --replay ../shared/eval/newsfeed_2022/articles.jsonl.gz

Every feed is a host of its own on loopback. ``clipdesk feeds poll`` takes all of them in as a
process, then polls them again when every server answers 304; each entry must be found in
the end. The peer is ``httpx.get`` and ``feedparser.parse`` for one feed after another. It
keeps nothing: no store, no index, no memory of what is new, no limits and no pauses.

``--replay`` publishes the items of the two largest feeds of a file in the order of their dates,
as feeds that list their latest 40, and polls both after every few.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from speed import CLIPDESK, Run, generated, run

PEER = """
import sys, feedparser, httpx
entries = 0
for url in open(sys.argv[1]).read().split():
    entries += len(feedparser.parse(httpx.get(url, trust_env=False).content).entries)
print(entries)
"""
# Says how many articles a store holds, and whether it is whole.
COUNT = """
import sys
from pathlib import Path
from retrieval.store import Store
with Store.open(Path(sys.argv[1]) / "clipdesk.db", must_exist=True) as store:
    problems = store.check()
    print(store.counts().articles if not problems else problems)
"""
# A server in a process of its own, so that it takes no time from the one that is measured.
SERVER = "import sys; from feeds import serve; serve(sys.argv[1])"

WINDOW = 40  # items of a replayed feed: what news sites list
STEP = 10  # items between two polls


def feed_xml(title: str, items: Sequence[tuple[str, str, str, str]]) -> bytes:
    """RSS of (address, title, text, date in words)."""
    listed = "".join(
        f"<item><guid>{escape(url)}</guid><link>{escape(url)}</link><title>{escape(head)}</title>"
        f"<description>{escape(text)}</description><pubDate>{date}</pubDate></item>"
        for url, head, text, date in items
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>{escape(title)}</title>{listed}</channel></rss>"
    ).encode()


def host_of(number: int) -> str:
    return f"127.{1 + number // 62500}.{number // 250 % 250}.{1 + number % 250}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512


def serve(folder: str) -> None:
    """Serve ``folder/PATH`` on any address of 127.0.0.0/8, with ETags; says its port first."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                body = (Path(folder) / self.path.strip("/")).read_bytes()
            except OSError:
                self.send_error(404)
                return
            etag = f'"{hash(body):x}"'
            is_known = self.headers.get("If-None-Match") == etag
            self.send_response(304 if is_known else 200)
            self.send_header("ETag", etag)
            if not is_known:
                self.send_header("Content-Type", "application/rss+xml")
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if not is_known:
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with _Server(("0.0.0.0", 0), Handler) as server:  # noqa: S104  # all of 127.0.0.0/8
        print(server.server_port, flush=True)
        server.serve_forever()


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """The port of a server of the files in *folder*."""
    here = os.environ | {"PYTHONPATH": os.pathsep.join((str(Path(__file__).parent), *sys.path))}
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(folder)], stdout=subprocess.PIPE, text=True, env=here
    )
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


def add(urls: Sequence[str], folder: Path) -> None:
    """Add the feeds at *urls* to the desk in *folder*, by OPML."""
    outlines = "".join(
        f'<outline type="rss" text="Feed {n}" xmlUrl="{url}"/>' for n, url in enumerate(urls)
    )
    opml = folder / "feeds.opml"
    opml.write_text(f'<opml version="2.0"><head/><body>{outlines}</body></opml>')
    run([*CLIPDESK, "feeds", "import", str(opml)], folder)
    os.environ["CLIPDESK_FETCH_ALLOW_HOSTS"] = ",".join(url.split("/")[2] for url in urls)


def articles_in(folder: Path) -> int:
    return int(run([sys.executable, "-c", COUNT, str(folder)], folder).printed)


def polling(feeds: int, entries: int) -> None:
    """Poll many feeds at first, and again when none has changed; then the peer."""
    texts = generated(feeds * entries)
    now = format_datetime(datetime.now(UTC))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "site").mkdir()
        for number in range(feeds):
            items = [
                (
                    f"http://paper{number}.example/{n}",
                    f"Story {number} {n}",
                    next(texts)["text"],
                    now,
                )
                for n in range(entries)
            ]
            (folder / "site" / str(number)).write_bytes(feed_xml(f"Paper {number}", items))
        with serving(folder / "site") as port:
            urls = [f"http://{host_of(n)}:{port}/{n}" for n in range(feeds)]
            add(urls, folder)
            peer_list = folder / "urls"
            peer_list.write_text("\n".join(urls))
            poll = [*CLIPDESK, "feeds", "poll", "--now", "--json"]
            first = run(poll, folder)
            check_all_new(first, feeds * entries)
            again = run(poll, folder)
            check(all(map(_is_unchanged, again.printed.splitlines())), "a feed was read again")
            peer = run([sys.executable, "-c", PEER, str(peer_list)], folder)
            check(int(peer.printed) == feeds * entries, "the peer missed some")
        check(articles_in(folder) == feeds * entries, "the store is not whole")
        check_searchable(folder, feeds, entries)
    print(f"{feeds:,} feeds of {entries} new entries each, all searchable in the end\n")
    print("| | seconds | feeds/s | articles/s | peak memory |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, done, count in (
        ("`clipdesk feeds poll`, all new", first, feeds * entries),
        ("`clipdesk feeds poll`, all 304", again, 0),
        ("httpx + feedparser, nothing kept", peer, feeds * entries),
    ):
        rate = f"{count / done.seconds:,.0f}" if count else ""
        print(
            f"| {name} | {done.seconds:.1f} | {feeds / done.seconds:,.0f} | {rate}"
            f" | {done.peak_mb:.0f} MB |"
        )


def check(is_so: bool, message: str) -> None:  # reads as the sentence it is
    if not is_so:
        raise SystemExit(message)


def check_all_new(done: Run, expected: int) -> None:
    polled = [json.loads(line) for line in done.printed.splitlines()]
    failed = [one["error"] for one in polled if one["error"]]
    found = sum(one["new"] for one in polled)
    if failed or found != expected:
        raise SystemExit(f"{found} of {expected} came; {failed[:3]}")


def _is_unchanged(line: str) -> bool:
    return bool(json.loads(line)["unchanged"])


def check_searchable(folder: Path, feeds: int, entries: int) -> None:
    """Each of a sample of articles is found by its title, and the index holds all."""
    chance = random.Random(1)
    from retrieval import Desk  # noqa: PLC0415  # the measured processes are others

    with Desk.open(folder) as desk:
        for _ in range(50):
            title = f"Story {chance.randrange(feeds)} {chance.randrange(entries)}"
            number, entry = title.split()[1:]
            found = desk.ask(f'"{title}"', k=200)
            ids = {context.article.id for context in found.contexts}
            check(f"http://paper{number}.example/{entry}" in ids, f"{title} is not found")


def replay(path: Path) -> None:
    """Publish the items of the two largest feeds of *path* by date; each must arrive once."""
    if not path.exists():
        print(f"skipped: {path} is not there, and it is what --replay publishes")
        return
    with gzip.open(path, "rt") as lines:
        items = [json.loads(line) for line in lines]
    largest = [feed for feed, _ in Counter(one["feed"] for one in items).most_common(2)]
    items = [one for one in items if one["feed"] in largest]
    items.sort(key=lambda one: str(one["published"]))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "site").mkdir()
        site = _Site(folder / "site", largest)
        with serving(folder / "site") as port:
            add([f"http://{host_of(n)}:{port}/{n}" for n in range(len(largest))], folder)
            outcome = _replayed(items, site, folder)
    arrived = outcome.pop("articles")
    expected = {one["url"] for one in items}
    print(f"{len(items):,} items, {len(expected):,} addresses, in {len(largest)} feeds")
    print(f"new: {outcome['new']:,}, edits: {outcome['changed']:,}, articles: {len(arrived):,}")
    missing = expected - arrived.keys()
    words = {" ".join(f"{one['title']} {one['text']}".split()).casefold() for one in items}
    print(f"different in title or text: {len(words):,}")
    again = [one for one in items if one["url"] in missing and _words(one) in arrived.values()]
    print(f"known again by their words under another address: {len(again):,}")
    if len(missing) != len(again) or arrived.keys() - expected:
        raise SystemExit("not every item arrived once")


def _words(one: Mapping[str, Any]) -> str:
    return " ".join(f"{one['title'] or ''} {one['text']}".split())


class _Site:
    """The documents of feeds that list their latest `WINDOW` items."""

    def __init__(self, folder: Path, feeds: Sequence[str]) -> None:
        self._folder = folder
        self._feeds = feeds
        self._listed = [deque[tuple[str, str, str, str]](maxlen=WINDOW) for _ in feeds]
        self._write()

    def publish(self, items: Sequence[Mapping[str, Any]]) -> None:
        for one in items:
            date = format_datetime(datetime.fromisoformat(one["published"]))
            said = (one["url"], one["title"] or "", one["text"], date)
            self._listed[self._feeds.index(one["feed"])].appendleft(said)
        self._write()

    def _write(self) -> None:
        for number, (feed, listed) in enumerate(zip(self._feeds, self._listed, strict=True)):
            (self._folder / str(number)).write_bytes(feed_xml(feed, list(listed)))


def _replayed(items: Sequence[Mapping[str, Any]], site: _Site, folder: Path) -> dict[str, Any]:
    """How many were new and changed, and the words of each article by its id."""
    from bot.services import feed_tools, open_desk  # noqa: PLC0415  # as above
    from bot.settings import read_settings  # noqa: PLC0415
    from retrieval.feeds import FeedBook, Poller  # noqa: PLC0415

    os.environ["CLIPDESK_DATA_DIR"] = str(folder)
    settings = read_settings()
    counted = Counter[str]()
    with open_desk(settings) as desk, feed_tools(settings) as tools:
        book = FeedBook.open(desk.store)
        for start in range(0, len(items), STEP):
            site.publish(items[start : start + STEP])
            for feed in book.all():
                polled = Poller(book, tools).poll_one(feed.id)
                if polled is None or polled.error is not None:
                    raise SystemExit(f"feed not polled: {polled}")
                counted += Counter(new=polled.new, changed=polled.changed)
        articles = desk.store.iter_articles()
        stored = {one.id: _words({"title": one.title, "text": one.text}) for one in articles}
    return {"new": counted["new"], "changed": counted["changed"], "articles": stored}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--feeds", type=int, default=500)
    parser.add_argument("--entries", type=int, default=20)
    parser.add_argument("--replay", type=Path, metavar="ARTICLES.jsonl.gz")
    wanted = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).parent.parent))
    if wanted.replay is not None:
        replay(wanted.replay)
    else:
        polling(wanted.feeds, wanted.entries)
