"""
Feeds as they are in life: a server on loopback with many hosts, a store, a clock to turn.

Hosts are names under ``.example``, all looked up to addresses of 127.0.0.0/8.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.sax.saxutils import escape

from web_site import Answer, answer

from retrieval.feeds import FeedBook, FeedOptions, FeedRecord, Polled, Poller, Tools
from retrieval.sources.fetch import FetchPolicy
from retrieval.sources.robots import Robots
from retrieval.sources.workers import Workers
from retrieval.store import Store
from retrieval.types import Article

START = datetime(2024, 4, 3, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

STORIES = (
    "The harbour bridge reopened on Friday after eleven months of repairs to its deck.",
    "Growers in the valley expect the smallest apple harvest since records began there.",
    "Trams return to the old town in May, four decades after the last one left its depot.",
    "港口大橋於週五重新開放，市長感謝民眾十一個月來的耐心等候，工程費用由市府負擔。",
    "Мост через гавань открыли в пятницу после одиннадцати месяцев ремонта полотна.",
    "أعيد فتح جسر الميناء يوم الجمعة بعد أحد عشر شهرا من أعمال الإصلاح.",
    "“It rained all week,” said Ada Brandt of the ferry office 🌧, and sold no ticket.",
)


def item(
    number: int,
    text: str | None = None,
    *,
    title: str | None = None,
    guid: str | None = "",
    link: str | None = "",
    date: datetime | None = START,
) -> str:
    """An item of RSS; guid and link are made from the number, unless they are given or None."""
    said = {
        "title": f"Story {number}" if title is None else title,
        "description": f"{STORIES[number % len(STORIES)]} ({number})" if text is None else text,
        "guid": f"g{number}" if guid == "" else guid,
        "link": f"http://post.example/{number}" if link == "" else link,
        "pubDate": None if date is None else format_datetime(date),
    }
    parts = (f"<{k}>{escape(v)}</{k}>" for k, v in said.items() if v is not None)
    return f"<item>{''.join(parts)}</item>"


FOUR = tuple(item(n) for n in range(4))


def rss(*items: str, title: str = "Quay Post", head: str = "") -> bytes:
    channel = f"<title>{title}</title>{head}{''.join(items)}"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{channel}</channel></rss>'.encode()


def story_page(*lines: str, title: str = "Bridge") -> bytes:
    paragraphs = "".join(f"<p>{line}</p>" for line in lines)
    return (
        f"<!DOCTYPE html><html lang=en><head><title>{title}</title></head><body>"
        f"<article><h1>{title}</h1>{paragraphs}</article></body></html>"
    ).encode()


def feed(body: bytes, **headers: str) -> Answer:
    return answer(body, content_type="application/rss+xml", **headers)


@dataclass
class Life:
    """
    The server, and what it was asked.

    Attributes:
        answers: By host and path; 404 for any other. May change while it runs.
        asked: Host, path and headers of each request, in order.
    """

    port: int
    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    asked: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)

    def url(self, host: str, path: str = "/feed") -> str:
        return f"http://{host}:{self.port}{path}"

    def count(self, host: str, path: str = "/feed") -> int:
        return sum((h, p) == (host, path) for h, p, _ in self.asked)


class _Server(ThreadingHTTPServer):
    daemon_threads = True  # those that never answer must not be waited for
    block_on_close = False
    request_queue_size = 256


@contextlib.contextmanager
def living() -> Iterator[Life]:
    """The server, up until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host = self.headers["Host"].rpartition(":")[0]
            life.asked.append((host, self.path, dict(self.headers.items())))
            with contextlib.suppress(ConnectionError):
                life.answers.get((host, self.path), answer(b"nothing here", 404))(self)

        def log_message(self, *_: object) -> None:
            pass

    with _Server(("127.0.0.1", 0), Handler) as server:
        life = Life(server.server_port)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield life
        finally:
            server.shutdown()
            thread.join()


class AnyHost(frozenset[str]):
    """Allows every host under ``.example`` but those of ``private.example``."""

    def __contains__(self, host: object) -> bool:
        name = str(host).partition(":")[0]
        return name.endswith(".example") and not name.endswith("private.example")


@dataclass
class World:
    """A store with feeds, polled at a time that the test says."""

    life: Life
    store: Store
    tools: Tools
    clock: Clock

    def __post_init__(self) -> None:
        self.book = FeedBook.open(self.store)
        self.polled: list[Polled] = []

    def add(self, host: str, path: str = "/feed", **options: object) -> FeedRecord:
        url = self.life.url(host, path)
        made = FeedOptions(**options)  # type: ignore[arg-type]
        return self.book.add(url, made, title=None, now=self.clock())

    def says(self, host: str, said: Answer | bytes, path: str = "/feed") -> None:
        self.life.answers[host, path] = feed(said) if isinstance(said, bytes) else said

    def poller(self, **options: object) -> Poller:
        return Poller(self.book, self.tools, on_polled=self.polled.append, **options)  # type: ignore[arg-type]

    def poll(self, which: FeedRecord, later: timedelta = timedelta(hours=1)) -> Polled:
        """Poll one feed, *later* than the last time."""
        self.clock.turn(later)
        polled = self.poller().poll_one(which.id)
        assert polled is not None
        return polled

    def counts(self, which: FeedRecord) -> tuple[int, int, int]:
        """Poll, and tell how many are new, changed and withdrawn."""
        polled = self.poll(which)
        assert polled.error is None, polled.error
        return polled.new, polled.changed, polled.withdrawn

    def record(self, which: FeedRecord) -> FeedRecord:
        found = self.book.get(which.id)
        assert found is not None
        return found

    def articles(self) -> list[Article]:
        return list(self.store.iter_articles())


class Clock:
    """Stands still until it is turned; for many threads."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def turn(self, by: timedelta) -> None:
        self.now += by


@contextlib.contextmanager
def world(folder: Path, workers: Workers, **policy: float) -> Iterator[World]:
    """A new store in *folder*; what is kept there is whole at the end."""
    clock = Clock()
    limits = {"timeout_s": 2.0, "deadline_s": 4.0} | policy
    fetching = FetchPolicy(allow_hosts=AnyHost(), **limits)  # type: ignore[arg-type]
    with living() as life, Store.open(folder / "store.db") as store:
        tools = Tools(
            workers=workers,
            policy=fetching,
            robots=Robots(fetching, resolve=loopback),
            resolve=loopback,
            now=clock,
            chance=lambda: 0.5,
            sleep=lambda s: clock.turn(timedelta(seconds=s)),
        )
        yield World(life, store, tools, clock)
        assert store.check() == []


def loopback(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


Make = Callable[..., World]
