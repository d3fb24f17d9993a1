"""
Whether updates arrive: what is known of the last polls, and what follows from it.

Nothing here talks to Telegram; ``Service`` acts on it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from telegram.error import Conflict, TelegramError

from retrieval.errors import StoreError

log = logging.getLogger(__name__)

STALL_S = 90.0
"""Without a poll that ended well for so long, polling is started anew: three polls' time."""

OUTAGE_S = 60.0
"""An interruption this long is told to the admins when it is over."""

STORE_ALARM_S = 15.0
"""The admins are told of a store that has taken nothing for so long, while that lasts."""

_TIMINGS_MAX = 1000


@dataclass(slots=True)
class Health:
    """Counters and times of one run, in seconds of *clock*; for the event loop's thread."""

    clock: Callable[[], float] = time.monotonic
    started: float = field(init=False)
    last_poll: float = field(init=False)
    last_start: float = field(init=False)
    trouble: str | None = None
    store_error: StoreError | None = None
    is_conflict: bool = False
    questions: int = 0
    is_doubted: asyncio.Event = field(default_factory=asyncio.Event)
    _store_failed_at: float = 0.0
    _outages: deque[tuple[float, str]] = field(default_factory=lambda: deque(maxlen=20))
    _timings: deque[float] = field(default_factory=lambda: deque(maxlen=_TIMINGS_MAX))

    def __post_init__(self) -> None:
        self.started = self.last_poll = self.last_start = self.clock()

    @property
    def silence_s(self) -> float:
        """How long no poll has ended well."""
        return self.clock() - self.last_poll

    @property
    def uptime_s(self) -> float:
        """How long this run has lasted."""
        return self.clock() - self.started

    def polled(self) -> None:
        """A poll ended well, with updates, which are kept, or without."""
        if self.trouble is not None:
            log.info("updates arrive again after %.0f s: %s", self.silence_s, self.trouble)
            if self.silence_s >= OUTAGE_S:
                self._outages.append((self.silence_s, self.trouble))
        self.trouble = None
        self.store_error = None
        self.is_conflict = False
        self.last_poll = self.clock()

    def failed_keep(self, error: StoreError) -> None:
        """Updates came and could not be kept; they will come again."""
        if self.store_error is None:
            log.error("updates cannot be kept, they will be fetched again: %s", error)
            self._store_failed_at = self.clock()
        self.store_error = error
        self.failed_poll(error)

    def is_store_alarming(self) -> bool:
        """Whether nothing could be kept for so long that the admins should know."""
        lasted_s = self.clock() - self._store_failed_at
        return self.store_error is not None and lasted_s >= STORE_ALARM_S

    def failed_poll(self, error: TelegramError | StoreError) -> None:
        """A poll failed; PTB will try again."""
        self.is_conflict = isinstance(error, Conflict)
        trouble = f"{type(error).__name__}: {error}"
        if self.trouble is None:
            log.warning("polling failed, trying again: %s", trouble)
        self.trouble = trouble

    def doubt_token(self) -> None:
        """Telegram said that it does not know the token."""
        self.is_doubted.set()

    def is_stalled(self) -> bool:
        """Whether polling should be started anew; once in a while, if that does not help."""
        return min(self.silence_s, self.clock() - self.last_start) > STALL_S

    def restarted(self) -> None:
        """Polling is started anew."""
        self.last_start = self.clock()

    def take_outages(self) -> Sequence[tuple[float, str]]:
        """Interruptions that are over and were not told yet: seconds, reason."""
        found = tuple(self._outages)
        self._outages.clear()
        return found

    def answered_in(self, seconds: float) -> None:
        """An answer was made ready in *seconds*, from taking the question up to sending."""
        self._timings.append(seconds)

    def timing(self, share: float) -> float | None:
        """The quantile *share* of the last 1,000 answers' seconds; None before any."""
        if not self._timings:
            return None
        ordered = sorted(self._timings)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]
