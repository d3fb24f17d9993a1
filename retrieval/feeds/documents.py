"""A feed's document, from the web or a file, and what it says; and what polls share for that."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from retrieval.feeds.values import FeedRecord
from retrieval.sources.feeds import Feed, parse_feed
from retrieval.sources.fetch import Fetched, FetchPolicy, Validators, fetch
from retrieval.sources.files import FileLocation, open_location
from retrieval.sources.robots import Robots
from retrieval.sources.workers import Workers

if TYPE_CHECKING:
    from retrieval.sources.dialing import Resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """
    What polls share.

    Attributes:
        workers: Parse what was fetched.
        policy: How far a fetch may go.
        robots: Which pages may be read.
        langs: The languages that the corpus is known to be in; () if not known.
        resolve: Looks hosts up; None for the system's resolver.
        now: The time, aware.
        chance: A number from 0 to 1, so that polls drift apart.
        sleep: Waits between two pages of a host.
    """

    workers: Workers
    policy: FetchPolicy
    robots: Robots
    langs: Collection[str] = ()
    resolve: Resolve | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    chance: Callable[[], float] = random.random
    sleep: Callable[[float], object] = time.sleep


def read_document(feed: FeedRecord, tools: Tools) -> Fetched:
    """
    The feed's document from the web or, for one that is a file, from there.

    Raises:
        SourceError: If it cannot be had.
    """
    if feed.host:
        return fetch(
            feed.url, policy=tools.policy, resolve=tools.resolve, validators=feed.validators
        )
    return read_file(feed.url, tools.policy.max_bytes)


def read_file(path: str, max_bytes: int) -> Fetched:
    """
    The document in a file, unpacked.

    Raises:
        SourceError: If it cannot be read, or is larger.
    """
    with open_location(FileLocation(path)) as stream:
        body = stream.read_all(max_bytes)
    return Fetched(
        url=path,
        status=200,
        content_type="",
        encoding=None,
        body=body,
        validators=Validators(),
        is_unchanged=False,
        moved_to=None,
        fresh_for=None,
    )


def parse(document: Fetched, name: str, workers: Workers) -> Feed:
    """
    The feed in *document*, read in a worker.

    Raises:
        SourceError: If there is none.
    """
    # A function of ``sources`` itself: a worker starts twice as fast without this package.
    read = partial(
        parse_feed,
        address=document.url if "://" in document.url else None,
        encoding=document.encoding,
    )
    feed: Feed = workers.run(read, document.body, name, name=name)
    return feed
