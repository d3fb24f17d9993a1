"""
One poll of one feed: fetch, parse, decide, read pages, save, and say when to come again.

What is new is saved in one transaction with the note that it is known, and only when all
is saved does the feed count as polled: a kill at any moment repeats work and loses none.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from retrieval.errors import FetchError, NoSuchArticle, SourceError
from retrieval.feeds.book import FeedBook
from retrieval.feeds.documents import Tools, parse, read_document
from retrieval.feeds.entries import Decision, decide, marks_of
from retrieval.feeds.listed import Listed
from retrieval.feeds.pages import Pages, is_stub
from retrieval.feeds.schedule import (
    DEAD_AFTER,
    SHORTEST,
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
from retrieval.sources.feeds import Entry, Feed
from retrieval.sources.fetch import Fetched, Validators
from retrieval.store import digest
from retrieval.types import Article, Location, Passage

log = logging.getLogger(__name__)

BATCH = 200
"""Entries a transaction; few enough for a question or another feed not to wait for."""

PAGES_FOR = timedelta(minutes=5)
"""How long one poll may read pages; the rest is read in the next, so that others have a turn."""

_GONE = 410


class _StoppedError(Exception):
    """The program ends, or somebody else has the feed; what was saved stays."""


class _EnoughError(Exception):
    """The time for pages is over."""


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
        None if *go_on* ended it, or the feed was removed meanwhile, or another took it over.

    Raises:
        StoreError: If the store cannot be written.
    """
    try:
        return _Poll(book, feed, tools, go_on).run()
    except _StoppedError:
        return None


_Made = tuple[Decision, Article, Sequence[Passage]]  # an article and what it is made of


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
        self._is_whole = True

    def run(self) -> Polled:
        feed, tools = self._feed, self._tools
        try:
            document = read_document(feed, tools)
            parsed = None if document.is_unchanged else parse(document, feed.url, tools.workers)
        except SourceError as e:
            return self._fail(e)
        if parsed is None:
            with self._store.transaction():
                return self._succeed(document, None)
        return self._take_in(document, parsed)

    # --- entries ------------------------------------------------------------

    def _take_in(self, document: Fetched, parsed: Feed) -> Polled:
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
        batches = list(self._batches(decisions))
        try:
            for batch in batches[:-1]:
                articles = self._articles(parsed, batch)
                with self._store.transaction():
                    self._save(batch, articles)
            last = batches[-1] if batches else ()
            articles = self._articles(parsed, last)
        except _EnoughError:
            self._is_whole = False
            last, articles = (), []
        with self._store.transaction():  # the last batch with the outcome: a write to disk less
            self._save(last, articles)
            if self._feed.withdrawals and self._is_whole and not parsed.is_cut:
                for article_id in self._listed.withdrawn(self._feed.id, self._now):
                    self._withdrawn += self._store.delete(article_id)
            return self._succeed(document, parsed)

    def _check(self) -> None:
        if not self._go_on() or not self._book.is_held_by(self._feed.id, self._feed.holder):
            raise _StoppedError

    def _batches(self, decisions: Sequence[Decision]) -> Iterator[Sequence[Decision]]:
        """What is known comes first; an entry whose page is read is a batch of its own."""
        known = [decision for decision in decisions if decision.outcome == "same"]
        for start in range(0, len(known), BATCH):
            yield known[start : start + BATCH]
        batch: list[Decision] = []
        for decision in decisions:
            if decision.outcome == "same":
                continue
            is_page = self._wants_page(decision.entry)
            if batch and (is_page or len(batch) == BATCH):
                yield batch
                batch = []
            batch.append(decision)
            if is_page:
                yield batch
                batch = []
        if batch:
            yield batch

    def _articles(self, parsed: Feed, batch: Sequence[Decision]) -> list[_Made]:
        self._check()
        made: list[_Made] = []
        for decision in batch:
            if decision.outcome == "same":
                continue
            if self._wants_page(decision.entry) and not self._is_ours(decision):
                continue  # as it is found when it is saved; but no page is read for that
            article = self._article(parsed, decision)
            if article is not None:
                made.append((decision, article, segment(article)))
        return made

    def _is_ours(self, decision: Decision) -> bool:
        """Whether this feed is where the article comes from: one of another stays as that says."""
        if decision.known is not None:
            return decision.known.is_ours
        head = self._store.find_head(decision.article_id)
        if head is None:
            return True
        # Its own from before it was removed and added again, or before the entry was forgotten
        return head.location is not None and head.location.path == self._feed.url

    def _article(self, parsed: Feed, decision: Decision) -> Article | None:
        """What *decision* becomes; None where the summary is all there is of a story that was read."""
        entry, feed = decision.entry, self._feed
        text = entry.text or entry.title or ""  # of which it has one, see ``make_feed``
        page = self._page(entry) if self._wants_page(entry) else None
        if page is None and self._wants_page(entry) and self._is_read(decision, text):
            return None
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

    def _wants_page(self, entry: Entry) -> bool:
        is_short = entry.is_summary or not entry.text
        return self._feed.full_text and is_short and entry.url is not None

    def _is_read(self, decision: Decision, text: str) -> bool:
        """Whether the story is stored whole, from an earlier poll that could read its page."""
        stored = None if decision.known is None else self._stored(decision.article_id)
        return stored is not None and len(stored.text) > len(text)

    def _page(self, entry: Entry) -> Article | None:
        """
        The story on the page that *entry* links to; None where it is no better than the feed.

        Raises:
            _EnoughError: If this poll has read pages for long enough.
        """
        tools, url = self._tools, entry.url or ""
        if self._pages is None:
            self._pages = Pages(
                tools.workers,
                tools.policy,
                tools.robots,
                resolve=tools.resolve,
                sleep=tools.sleep,
            )
        wait = timedelta(seconds=self._pages.wait_s(url))
        if tools.now() + wait - self._now > PAGES_FOR:
            raise _EnoughError
        try:
            page = self._pages.read(url)
        except SourceError as e:
            self._pages_failed += 1
            log.info("page not read %s: %s", url, e.message)
            return None
        return None if is_stub(page.text, entry.text) else page

    def _save(self, batch: Sequence[Decision], made: Sequence[_Made]) -> None:
        self._check()
        # Asked once more: another feed may have brought the same article meanwhile
        ours = [(article, passages) for one, article, passages in made if self._is_ours(one)]
        saved = self._store.save(
            ours,
            found=[digest(article) for article, _ in ours],
            is_backfill=self._feed.backfilled is None,
        )
        self._listed.note(
            self._feed.id,
            batch,
            ours={article.id for article, _ in ours},
            is_news=self._feed.backfilled is not None,
            now=self._now,
        )
        self._new += sum(one.outcome == "new" for one in saved)
        self._changed += sum(one.outcome == "changed" for one in saved)

    def _likeness(self, entry: Entry, article_id: str) -> float:
        stored = self._stored(article_id)
        if stored is None:  # it must not come again as another article
            return 1.0
        return max(
            shared(shingles(entry.text or entry.title or ""), shingles(stored.text)),
            shared(shingles(entry.title or entry.text), shingles(stored.title or stored.text)),
        )

    def _stored(self, article_id: str) -> Article | None:
        """The article as it is, or was when it was deleted; None if its text has expired."""
        head = self._store.find_head(article_id)
        try:
            return self._store.get_version(article_id, 0 if head is None else head.version)
        except NoSuchArticle:
            return None

    # --- outcome ------------------------------------------------------------

    def _succeed(self, document: Fetched, parsed: Feed | None) -> Polled:
        feed, now, is_whole = self._feed, self._now, self._is_whole
        if document.moved_to is not None and self._book.move(feed.id, document.moved_to):
            log.info("feed moved %s to=%s", feed.url, document.moved_to)
        ttl = feed.ttl if parsed is None else parsed.ttl
        tally = self._listed.tally(feed.id, now - WINDOW)
        interval = interval_after_success(
            tally.in_window,
            timedelta(0) if tally.oldest is None else now - tally.oldest,
            feed.every,
            Wishes(ttl=ttl, fresh_for=document.fresh_for),
        )
        if parsed is not None:  # else nothing was seen, though all is still listed
            self._listed.forget_old(feed.id, now)
        is_complete = is_whole and (parsed is None or not parsed.is_cut)
        after = self._book.record_success(
            feed,
            # Of what broke off, or was not read to its end, all is asked for the next time
            validators=document.validators if is_complete else Validators(),
            ttl=ttl,
            title=None if parsed is None else parsed.title,
            interval=interval,
            next_poll=now + spread(interval, self._tools.chance())
            if is_whole
            else self._tools.now() + SHORTEST,
            has_news=self._new > 0,
            is_whole=is_whole,
            now=now,
        )
        if after is None:
            raise _StoppedError
        return Polled(
            after,
            new=self._new,
            changed=self._changed,
            withdrawn=self._withdrawn,
            is_unchanged=parsed is None,
            pages_failed=self._pages_failed,
            news=None if feed.told_dead is None else "back",
        )

    def _fail(self, error: SourceError) -> Polled:
        feed, now = self._feed, self._tools.now()
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
                next_poll=now
                + max(spread(wait, self._tools.chance()), retry_after or timedelta(0)),
                told_dead=news is not None,
                now=now,
            )
            if after is None:
                raise _StoppedError
            if is_gone:
                self._book.pause(feed.id, "gone", now)
        return Polled(after, error=error.message, news=news)
