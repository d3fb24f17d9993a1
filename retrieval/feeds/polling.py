"""
One poll of one feed: fetch, parse, decide, read pages, save, and say when to come again.

What is new is saved in one transaction with the note that it is known, and only when all
is saved does the feed count as polled: a kill at any moment repeats work and loses none.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from retrieval.errors import FetchError, SourceError
from retrieval.feeds.book import FeedBook
from retrieval.feeds.entries import Decision, decide, marks_of
from retrieval.feeds.listed import Listed
from retrieval.feeds.pages import Pages, is_stub
from retrieval.feeds.schedule import (
    DEAD_AFTER,
    WINDOW,
    Wishes,
    interval_after_success,
    spread,
    wait_after_failure,
)
from retrieval.feeds.values import FeedRecord, News, Polled
from retrieval.ingest.deriving import derive
from retrieval.segment import segment
from retrieval.shingles import shared, shingles
from retrieval.sources.feeds import Entry, Feed, parse_feed
from retrieval.sources.fetch import Fetched, FetchPolicy, Validators, fetch
from retrieval.sources.files import FileLocation, open_location
from retrieval.sources.robots import Robots
from retrieval.sources.workers import Workers
from retrieval.store import digest
from retrieval.types import Article, Location, Passage

if TYPE_CHECKING:
    from retrieval.sources.dialing import Resolve

log = logging.getLogger(__name__)

BATCH = 200
"""Entries a transaction; few enough for a question or another feed not to wait for."""

BATCH_OF_PAGES = 5
"""The same where pages are read: what was read is saved before the next minute has passed."""

SKIPPED_MAX = 10

_GONE = 410


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


class _StoppedError(Exception):
    """The program ends; the poll is begun anew at the next start."""


def poll(
    book: FeedBook, feed: FeedRecord, tools: Tools, *, go_on: Callable[[], bool] = lambda: True
) -> Polled | None:
    """
    Poll *feed*, which the caller holds, and record what came of it.

    Args:
        book: Where the feed is.
        feed: As it was taken.
        tools: What polls share.
        go_on: Asked now and then; False ends the poll, of which what was saved stays.

    Returns:
        None if *go_on* ended it, or the feed was removed meanwhile.

    Raises:
        StoreError: If the store cannot be written.
    """
    try:
        return _Poll(book, feed, tools, go_on).run()
    except _StoppedError:
        return None


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
    return Fetched(
        url=feed.url,
        status=200,
        content_type="",
        encoding=None,
        body=read_file(feed.url, tools.policy.max_bytes),
        validators=Validators(),
        is_unchanged=False,
        moved_to=None,
        fresh_for=None,
    )


def read_file(path: str, max_bytes: int) -> bytes:
    """
    The bytes of a file, unpacked.

    Raises:
        SourceError: If it cannot be read, or is larger.
    """
    with open_location(FileLocation(path)) as stream:
        return stream.read_all(max_bytes)


def parse(body: bytes, url: str, address: str | None, encoding: str | None) -> Feed:
    """``parse_feed`` with its arguments in a row, for a worker process."""
    return parse_feed(body, url, address=address, encoding=encoding)


class _Poll:
    def __init__(
        self, book: FeedBook, feed: FeedRecord, tools: Tools, go_on: Callable[[], bool]
    ) -> None:
        self._book = book
        self._store = book.store
        self._listed = Listed(book.store)
        self._feed = feed
        self._tools = tools
        self._go_on = go_on
        self._now = tools.now()
        self._pages: Pages | None = None
        self._new = self._changed = self._withdrawn = self._pages_failed = 0
        self._skipped: list[str] = []

    def run(self) -> Polled:
        feed, tools = self._feed, self._tools
        try:
            document = read_document(feed, tools)
            if document.is_unchanged:
                return self._succeed(document, None)
            address = document.url if feed.host else None
            parsed: Feed = tools.workers.run(
                parse, document.body, feed.url, address, document.encoding, name=feed.url
            )
        except SourceError as e:
            return self._fail(e)
        self._take_in(parsed)
        if document.moved_to is not None and self._book.move(feed.id, document.moved_to):
            log.info("feed moved %s to=%s", feed.url, document.moved_to)
        return self._succeed(document, parsed)

    # --- entries ------------------------------------------------------------

    def _take_in(self, parsed: Feed) -> None:
        marks = marks_of(parsed.entries)
        decisions = decide(
            parsed.entries,
            marks,
            self._listed.known(self._feed.id, marks),
            host=self._feed.host,
            likeness=self._likeness,
        )
        # The oldest first, so that what the store counts up follows the news
        decisions.reverse()
        for batch in self._batches(decisions):
            self._check()
            articles = list(self._articles(parsed, batch))
            with self._store.transaction():
                self._check()
                self._save(articles)
                self._listed.note(
                    self._feed.id, batch, is_news=self._feed.backfilled is not None, now=self._now
                )
        if self._feed.withdrawals and not parsed.is_cut:
            with self._store.transaction():
                for article_id in self._listed.withdrawn(self._feed.id, self._now):
                    if self._store.find_head(article_id) is not None:
                        self._withdrawn += self._store.delete(article_id)

    def _check(self) -> None:
        if not self._go_on() or self._book.get(self._feed.id) is None:
            raise _StoppedError

    def _batches(self, decisions: Sequence[Decision]) -> Iterator[Sequence[Decision]]:
        size = BATCH_OF_PAGES if self._feed.full_text else BATCH
        known = [decision for decision in decisions if decision.outcome == "same"]
        to_save = [decision for decision in decisions if decision.outcome != "same"]
        for start in range(0, len(known), BATCH):
            yield known[start : start + BATCH]
        for start in range(0, len(to_save), size):
            yield to_save[start : start + size]

    def _articles(
        self, parsed: Feed, batch: Sequence[Decision]
    ) -> Iterator[tuple[Article, Sequence[Passage]]]:
        for decision in batch:
            if decision.outcome == "same" or not self._is_ours(decision):
                continue
            article = self._article(parsed, decision)
            if article is None:
                continue
            yield article, segment(article)

    def _is_ours(self, decision: Decision) -> bool:
        """Whether this feed is where the article comes from: one of another stays as that says."""
        head = self._store.find_head(decision.article_id)
        if head is None:
            return True
        is_of_feed = head.location is not None and head.location.path == self._feed.url
        return decision.outcome == "changed" and is_of_feed

    def _article(self, parsed: Feed, decision: Decision) -> Article | None:
        entry, feed = decision.entry, self._feed
        text = entry.text or entry.title or ""
        if not text.strip():
            if len(self._skipped) < SKIPPED_MAX:
                self._skipped.append(f"{entry.place}: has neither a title nor a text")
            return None
        page = self._page(entry) if feed.full_text and entry.is_summary else None
        own = feed.name if feed.is_named else parsed.title or feed.name
        article = Article(
            id=decision.article_id,
            text=text if page is None else page.text,
            title=entry.title or (None if page is None else page.title),
            source=entry.source or own,
            url=entry.url if page is None else page.url or entry.url,
            published=entry.published,
            published_origin=None if entry.published is None else entry.published_origin,
            lang=feed.lang or (entry.lang or parsed.lang if page is None else page.lang),
            author=entry.author or (None if page is None else page.author),
            location=Location(feed.url),
        )
        if page is not None and article.published is None:
            article = replace(
                article, published=page.published, published_origin=page.published_origin
            )
        return derive(article, self._tools.langs)

    def _page(self, entry: Entry) -> Article | None:
        """The story on the page that *entry* links to; None where it is no better than the feed."""
        if entry.url is None:
            return None
        tools = self._tools
        if self._pages is None:
            self._pages = Pages(
                tools.workers,
                tools.policy,
                tools.robots,
                resolve=tools.resolve,
                sleep=tools.sleep,
            )
        self._check()
        try:
            page = self._pages.read(entry.url)
        except SourceError as e:
            self._pages_failed += 1
            log.info("page not read %s: %s", entry.url, e.message)
            return None
        return None if is_stub(page.text, entry.text) else page

    def _save(self, batch: Sequence[tuple[Article, Sequence[Passage]]]) -> None:
        saved = self._store.save(
            batch,
            found=[digest(article) for article, _ in batch],
            is_backfill=self._feed.backfilled is None,
        )
        self._new += sum(one.outcome == "new" for one in saved)
        self._changed += sum(one.outcome == "changed" for one in saved)

    def _likeness(self, entry: Entry, article_id: str) -> float:
        head = self._store.find_head(article_id)
        if head is None:
            return 0.0
        stored = self._store.get_version(article_id, head.version)
        return max(
            shared(shingles(entry.text or entry.title or ""), shingles(stored.text)),
            shared(shingles(entry.title or entry.text), shingles(stored.title or stored.text)),
        )

    # --- outcome ------------------------------------------------------------

    def _succeed(self, document: Fetched, parsed: Feed | None) -> Polled:
        feed, now = self._feed, self._now
        ttl = feed.ttl if parsed is None else parsed.ttl
        tally = self._listed.tally(feed.id, now - WINDOW)
        interval = interval_after_success(
            tally.in_window,
            timedelta(0) if tally.oldest is None else now - tally.oldest,
            feed.every,
            Wishes(ttl=ttl, fresh_for=document.fresh_for),
        )
        with self._store.transaction():
            if parsed is not None:  # else nothing was seen, though all is still listed
                self._listed.forget_old(feed.id, now)
            after = self._book.record_success(
                feed,
                # A document that broke off is asked for whole the next time
                validators=Validators()
                if parsed is not None and parsed.is_cut
                else document.validators,
                ttl=ttl,
                title=None if parsed is None else parsed.title,
                interval=interval,
                next_poll=now + spread(interval, self._tools.chance()),
                has_news=self._new > 0,
                now=now,
            )
        return Polled(
            after,
            new=self._new,
            changed=self._changed,
            withdrawn=self._withdrawn,
            is_unchanged=parsed is None,
            skipped=tuple(self._skipped),
            pages_failed=self._pages_failed,
            news=None if feed.told_dead is None else "back",
        )

    def _fail(self, error: SourceError) -> Polled:
        feed, now = self._feed, self._now
        retry_after = error.retry_after if isinstance(error, FetchError) else None
        wait = wait_after_failure(feed.failures + 1, feed.every, retry_after)
        is_gone = isinstance(error, FetchError) and error.status == _GONE
        failing_since = feed.failing_since or now
        news: News = None
        if is_gone:
            news = "gone"
        elif feed.told_dead is None and now - failing_since >= DEAD_AFTER:
            news = "dead"
        with self._store.transaction():
            after = self._book.record_failure(
                feed,
                error.message,
                next_poll=now + spread(wait, self._tools.chance()),
                told_dead=news is not None,
                now=now,
            )
            if is_gone:
                self._book.pause(feed.id, "gone", now)
        return Polled(after, error=error.message, news=news)
