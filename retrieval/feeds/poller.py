"""
Polls feeds as they fall due: some at once, one a host, none twice, whoever else polls.

A feed under way is held by a lease that is renewed while this process lives; one whose
process was killed is taken over as soon as that is known, at the latest when its lease ends.
"""

from __future__ import annotations

import logging
import os
import queue
import secrets
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from retrieval.errors import RetrievalError
from retrieval.feeds.book import FeedBook
from retrieval.feeds.documents import Tools
from retrieval.feeds.polling import poll
from retrieval.feeds.schedule import LONGEST
from retrieval.feeds.values import FeedRecord, Polled

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Feeds under way: most of the time each waits for its server."""

LEASE = timedelta(seconds=60)
"""How long a feed stays held after the last sign of life of who holds it."""

IDLE_S = 1.0
"""How often it is looked whether a feed is due, where none was."""

FAULT = "could not be polled, by a fault of this program; the log has it"


class Poller:
    """
    Polls the feeds of a book, in threads of its own.

    Args:
        book: The feeds.
        tools: What polls share.
        on_polled: Told of each poll, one after another: by ``drain`` from its caller's thread.
        at_once: How many feeds may be under way.
        lease: See ``LEASE``.
    """

    def __init__(
        self,
        book: FeedBook,
        tools: Tools,
        *,
        on_polled: Callable[[Polled], None] = lambda _: None,
        at_once: int = AT_ONCE,
        lease: timedelta = LEASE,
    ) -> None:
        self._book = book
        self._tools = tools
        self._on_polled = on_polled
        self._at_once = at_once
        self._lease = lease
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._stop = threading.Event()
        self._changed = threading.Condition()  # guards what follows
        self._events = 0  # polls that have ended, and wishes to look again
        self._under_way: set[int] = set()  # feeds that are held, whether a thread has them or not
        self._failure: RetrievalError | None = None  # of the store, the last
        self._ended: deque[Polled] = deque()  # not told yet
        self._taken: queue.SimpleQueue[FeedRecord | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []

    # --- for a program that runs ---------------------------------------------

    def start(self) -> None:
        """Poll from now on, until ``stop``."""
        self._spawn(self._run, "feeds")

    def wake(self) -> None:
        """Look now whether a feed is due."""
        with self._changed:
            self._events += 1
            self._changed.notify_all()

    def stop(self, grace_s: float) -> None:
        """Begin no more polls, let those under way end for *grace_s*; the rest is begun anew."""
        self._stop.set()
        self._end_threads()
        self.wake()
        end = time.monotonic() + grace_s
        for thread in self._threads:
            thread.join(max(end - time.monotonic(), 0.0))
        self._tell(self._told_or_logged)
        self._let_go()

    def _let_go(self) -> None:
        try:
            self._book.release(self._holder)
        except RetrievalError as e:
            log.warning("feeds stay held until their lease ends: %s", e)

    def _run(self) -> None:
        with self._renewing():
            while not self._stop.is_set():
                events = self._events
                self._tell(self._told_or_logged)
                try:
                    if self._begin_due():
                        continue
                    self._take_over()
                except RetrievalError as e:
                    log.warning("feeds cannot be looked through now: %s", e)
                except Exception:  # a bug: the loop must outlive it
                    log.exception("feeds cannot be looked through")
                self._wait(events)

    def _told_or_logged(self, polled: Polled) -> None:
        try:
            self._on_polled(polled)
        except Exception:
            log.exception("what came of a poll cannot be told %s", polled.feed.url)

    # --- for a command --------------------------------------------------------

    def drain(self) -> None:
        """
        Poll all that is due, and return when none is; Ctrl-C ends it.

        Raises:
            StoreError: If the store cannot be used; or what ``on_polled`` raises.
        """
        try:
            self._take_over()
            with self._renewing():
                while True:
                    # Both before looking: a poll that ends after that may free a host.
                    events, is_idle = self._events, not self._under_way
                    self._tell(self._on_polled)
                    if self._begin_due():
                        continue
                    if is_idle:
                        break
                    self._wait(events)
        except BaseException:
            self._stop.set()
            self._end_threads()
            self._let_go()
            raise
        self._end_threads()
        if self._failure is not None:
            raise self._failure

    def poll_one(self, feed_id: int) -> Polled | None:
        """
        Poll a feed now, due or not; None if somebody else does, or it is gone.

        Raises:
            StoreError: If the store cannot be used.
        """
        self._take_over()
        with self._renewing():
            feed = self._book.take(feed_id, self._holder, self._lease, self._tools.now())
            if feed is None:
                return None
            with self._changed:
                self._under_way.add(feed.id)
            try:
                return self._poll(feed)
            finally:
                self._end_of(feed)

    # --- polls ----------------------------------------------------------------

    def _begin_due(self) -> bool:
        """
        Begin the polls that are due for longest; False if none is, or all places are taken.

        As many again are held beforehand, because to take each by itself is a write to disk.
        """
        with self._changed:
            taken = len(self._under_way)
        if taken >= self._at_once:
            return False
        room = 2 * self._at_once - taken
        feeds = self._book.take_due(self._holder, self._lease, self._tools.now(), room)
        with self._changed:
            self._under_way.update(feed.id for feed in feeds)
        for feed in feeds:
            self._taken.put(feed)
        for _ in range(min(taken + len(feeds), self._at_once) - self._workers()):
            self._spawn(self._work, "feed poll")
        return bool(feeds)

    def _workers(self) -> int:
        return sum(thread.name == "feed poll" and thread.is_alive() for thread in self._threads)

    def _work(self) -> None:
        while (feed := self._taken.get()) is not None and not self._stop.is_set():
            try:
                polled = self._poll(feed)
                if polled is not None:
                    self._ended.append(polled)
            except RetrievalError as e:  # of the store: nothing can be recorded either
                if not self._stop.is_set():
                    log.error("feed not polled %s: %s", feed.url, e)  # noqa: TRY400  # e says all
                self._failure = e
            finally:
                self._end_of(feed)

    def _end_of(self, feed: FeedRecord) -> None:
        """Hold *feed* no more, even if that could not be recorded: its lease ends by itself."""
        with self._changed:
            self._under_way.discard(feed.id)
        self.wake()

    def _poll(self, feed: FeedRecord) -> Polled | None:
        try:
            polled = poll(self._book, feed, self._tools, go_on=lambda: not self._stop.is_set())
        except RetrievalError:
            raise
        except Exception:
            log.exception("feed not polled %s", feed.url)
            now = self._tools.now()
            after = self._book.record_failure(
                feed, FAULT, next_poll=now + LONGEST, told_dead=False, now=now
            )
            return None if after is None else Polled(after, error=FAULT)
        if polled is not None:
            _log(polled)
        return polled

    def _tell(self, tell: Callable[[Polled], None]) -> None:
        while self._ended:
            tell(self._ended.popleft())

    def _wait(self, events: int) -> None:
        """Until something has happened since *events*, but no longer than ``IDLE_S``."""
        with self._changed:
            self._changed.wait_for(lambda: self._events != events, IDLE_S)

    # --- holding --------------------------------------------------------------

    def _take_over(self) -> None:
        """Let go of what processes hold that were killed."""
        for holder in self._book.holders():
            if _is_dead(holder):
                self._book.release(holder)

    @contextmanager
    def _renewing(self) -> Iterator[None]:
        """What is under way stays held as long as we live."""
        ended = threading.Event()

        def renew() -> None:
            while not ended.wait(self._lease.total_seconds() / 4):
                with self._changed:
                    feeds = list(self._under_way)
                try:
                    self._book.renew(feeds, self._holder, self._lease, self._tools.now())
                except RetrievalError as e:
                    log.warning("leases of feeds cannot be renewed now: %s", e)

        self._spawn(renew, "feed leases")
        try:
            yield
        finally:
            ended.set()

    def _spawn(self, work: Callable[[], None], name: str) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        # Daemons: a server that hangs must not keep the program from ending
        thread = threading.Thread(target=work, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _end_threads(self) -> None:
        for _ in range(self._workers()):
            self._taken.put(None)


def _log(polled: Polled) -> None:
    feed = polled.feed
    if polled.error is not None:
        log.warning("feed failed %s failures=%d: %s", feed.url, feed.failures, polled.error)
    elif polled.is_unchanged:
        log.info("feed unchanged %s", feed.url)
    else:
        log.info(
            "feed polled %s new=%d changed=%d withdrawn=%d",
            feed.url,
            polled.new,
            polled.changed,
            polled.withdrawn,
        )


def _is_dead(holder: str) -> bool:
    """Whether *holder* was a process of this machine that is no more."""
    host, _, rest = holder.partition(":")
    pid = rest.partition(":")[0]
    if host != socket.gethostname() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False
