"""The composition root: settings -> an open desk, and what polls its feeds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.render.feeds import FeedFacts
from bot.render.progress import progress_bar
from bot.settings import Settings
from retrieval.desk import Desk

if TYPE_CHECKING:
    from retrieval.feeds import FeedBook, FeedRecord, Tools

READERS = 2
"""Worker processes that read what was fetched: one a core of a small machine."""

_WEEK = timedelta(days=7)


@contextmanager
def open_desk(settings: Settings, folder: Path | None = None) -> Iterator[Desk]:
    """
    The desk of the settings' data folder, or of *folder*; closed at the end.

    Shows progress when there is something to index first.
    """
    with (
        progress_bar("Indexing") as on_step,
        Desk.open(
            folder or settings.data_dir,
            engine=settings.engine,
            remote=settings.remote_options if settings.engine == "remote" else None,
            on_follow=lambda done, all_: on_step(done, all_, ""),
        ) as desk,
    ):
        yield desk


@contextmanager
def feed_tools(settings: Settings) -> Iterator[Tools]:
    """What the feeds are polled with; its worker processes end with the block."""
    # imported on use: a question polls nothing
    from retrieval.feeds import Tools  # noqa: PLC0415
    from retrieval.sources.robots import Robots  # noqa: PLC0415
    from retrieval.sources.workers import Workers  # noqa: PLC0415

    policy = settings.fetch_policy
    with Workers(READERS) as workers:
        yield Tools(
            workers=workers, policy=policy, robots=Robots(policy), langs=settings.corpus_langs
        )


def feed_facts(
    book: FeedBook, now: datetime, *, only: FeedRecord | None = None
) -> Sequence[FeedFacts]:
    """Every feed, or *only* one, with what came of it in the last week."""
    from retrieval.feeds import Listed  # noqa: PLC0415  # imported on use: as above

    listed = Listed(book.store)
    since = now - _WEEK
    return [
        FeedFacts(
            feed, listed.news(feed.id, since), (now - max(feed.added, since)) / timedelta(days=1)
        )
        for feed in (book.all() if only is None else [only])
    ]
