"""
Polls feeds as they fall due: some at once, one a host, none twice, whoever else polls.

A feed under way is held by a lease that is renewed while this process lives; one whose
process was killed is taken over as soon as that is known, at the latest when its lease ends.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from retrieval.errors import RetrievalError
from retrieval.feeds.book import FeedBook
from retrieval.feeds.polling import Tools, poll
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
        on_polled: Told of each poll, from the thread that did it.
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
        self._changed = threading.Condition()  # a poll has ended, or is wished for
        self._under_way = 0
        self._threads: list[threading.Thread] = []

    # --- for a program that runs ---------------------------------------------

    def start(self) -> None:
        """Poll from now on, until ``stop``."""
        self._spawn(self._run, "feeds")

    def wake(self) -> None:
        """Look now whether a feed is due."""
        with self._changed:
            self._changed.notify_all()

    def stop(self, grace_s: float) -> None:
        """Begin no more polls, let those under way end for *grace_s*; the rest is begun anew."""
        self._stop.set()
        self.wake()
        with self._changed:
            self._changed.wait_for(lambda: self._under_way == 0, grace_s)
        for thread in self._threads:
            thread.join(0.1)
        try:
            self._book.release(self._holder)
        except RetrievalError as e:
            log.warning("feeds stay held until their lease ends: %s", e)

    def _run(self) -> None:
        with self._renewing():
            while not self._stop.is_set():
                try:
                    if self._begin_next():
                        continue
                except RetrievalError as e:
                    log.warning("feeds cannot be looked through now: %s", e)
                except Exception:  # a bug: the loop must outlive it
                    log.exception("feeds cannot be looked through")
                with self._changed:
                    if not self._stop.is_set():
                        self._changed.wait(IDLE_S)

    # --- for a command --------------------------------------------------------

    def drain(self) -> None:
        """Poll all that is due, and return when none is; Ctrl-C ends it after those under way."""
        with self._renewing():
            try:
                while not self._stop.is_set():
                    if self._begin_next():
                        continue
                    with self._changed:
                        if self._under_way == 0:
                            return
                        self._changed.wait(IDLE_S)
            except KeyboardInterrupt:
                self.stop(0.0)
                raise

    def poll_one(self, feed_id: int) -> Polled | None:
        """Poll a feed now, due or not; None if somebody else does, or it is gone."""
        with self._renewing():
            feed = self._book.take(feed_id, self._holder, self._lease, self._tools.now())
            return None if feed is None else self._poll(feed)

    # --- polls ----------------------------------------------------------------

    def _begin_next(self) -> bool:
        """Begin the poll that is due for longest; False if none is, or all places are taken."""
        with self._changed:
            if self._under_way >= self._at_once:
                return False
        feed = self._book.take_due(self._holder, self._lease, self._tools.now())
        if feed is None:
            return False
        with self._changed:
            self._under_way += 1
        self._spawn(lambda: self._poll_and_tell(feed), f"feed {feed.id}")
        return True

    def _poll_and_tell(self, feed: FeedRecord) -> None:
        try:
            polled = self._poll(feed)
            if polled is not None:
                self._on_polled(polled)
        except Exception:
            log.exception("what came of a poll cannot be told %s", feed.url)
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    def _poll(self, feed: FeedRecord) -> Polled | None:
        try:
            polled = poll(self._book, feed, self._tools, go_on=lambda: not self._stop.is_set())
        except RetrievalError as e:  # of the store: nothing can be recorded either
            log.error("feed not polled %s: %s", feed.url, e)  # noqa: TRY400  # the reason says all
            return None
        except Exception:
            log.exception("feed not polled %s", feed.url)
            now = self._tools.now()
            after = self._book.record_failure(
                feed, FAULT, next_poll=now + LONGEST, told_dead=False, now=now
            )
            return Polled(after, error=FAULT)
        if polled is not None:
            _log(polled)
        return polled

    # --- holding --------------------------------------------------------------

    @contextmanager
    def _renewing(self) -> Iterator[None]:
        """Feeds of killed processes are taken over, and ours stay held as long as we live."""
        for holder in self._book.holders():
            if _is_dead(holder):
                self._book.release(holder)
        ended = threading.Event()

        def renew() -> None:
            while not ended.wait(self._lease.total_seconds() / 4):
                try:
                    self._book.renew(self._holder, self._lease, self._tools.now())
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


def _log(polled: Polled) -> None:
    feed = polled.feed
    if polled.error is not None:
        log.warning("feed failed %s failures=%d: %s", feed.url, feed.failures, polled.error)
    elif polled.is_unchanged:
        log.info("feed unchanged %s", feed.url)
    else:
        log.info(
            "feed polled %s new=%d changed=%d withdrawn=%d skipped=%d",
            feed.url,
            polled.new,
            polled.changed,
            polled.withdrawn,
            len(polled.skipped),
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
