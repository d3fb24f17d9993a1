"""
What the sites' robots.txt let programs read, by RFC 9309.

The rules are protego's to read. Here is whose they are, how long they hold, and what
holds where they cannot be had. Feeds are made for programs and need not be asked for.
"""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from retrieval.errors import FetchError, SourceError
from retrieval.sources.addresses import without_userinfo
from retrieval.sources.fetch import PRODUCT, FetchPolicy, fetch, parse_address

if TYPE_CHECKING:
    from protego import Protego

    from retrieval.sources.dialing import Resolve

MAX_BYTES: Final = 512 << 10  # RFC 9309: at least 500 kB are to be read
_DEADLINE_S = 10.0  # so that the page behind it still has some time
_KEPT_S = 24 * 3600.0  # RFC 9309: no longer, unless it cannot be had
_UNREACHABLE_S = 5 * 60.0
_MAX_DELAY_S = 300.0
_MAX_ORIGINS = 1000
_MAX_KEPT_BYTES = 2 << 20  # of all robots.txt; parsed they take up to forty times as much
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500

_AGENT_LINE = re.compile(r"\s*user[ -]?agent\b\s*:?\s*([*\w-]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Rules:
    """
    Of one origin.

    Attributes:
        rules: None where they cannot be had, so that nothing may be read.
        end: Of their time, by the clock.
        size: In bytes, before they were parsed.
        trouble: Why they could not be had.
    """

    rules: Protego | None
    end: float
    size: int = 0
    trouble: str = ""


class Robots:
    """
    The rules of each origin, kept in memory for a day; for any number of threads.

    Args:
        policy: For the fetch of robots.txt.
        resolve: As for ``fetch``.
        clock: In seconds, going forward only.
    """

    def __init__(
        self,
        policy: FetchPolicy,
        *,
        resolve: Resolve | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._policy = replace(
            policy,
            max_bytes=MAX_BYTES,
            cuts_off=True,
            deadline_s=min(policy.deadline_s, _DEADLINE_S),
        )
        self._resolve = resolve
        self._clock = clock
        self._kept: OrderedDict[str, _Rules] = OrderedDict()  # the latest used last
        self._lock = threading.Lock()

    def check(self, url: str) -> None:
        """
        Return if programs may read *url*.

        Raises:
            FetchError: If robots.txt cannot be had for now; then nothing may be read.
            SourceError: If it forbids the address, or is refused as any address is.
        """
        address, found = self._rules_of(url)
        if found.rules is None:
            message = (
                f"is not read for now, for its site's robots.txt cannot be had ({found.trouble})"
            )
            wait = max(found.end - self._clock(), 0.0)
            raise FetchError(without_userinfo(url), message, retry_after=timedelta(seconds=wait))
        if not found.rules.can_fetch(address, PRODUCT):
            message = "may not be read by programs, says the site's robots.txt"
            raise SourceError(without_userinfo(url), message)

    def delay_s(self, url: str) -> float | None:
        """
        Seconds that the site wants between two requests, at most 300; None where it says nothing.

        Raises:
            SourceError: If its robots.txt is refused as any address is.
        """
        _, found = self._rules_of(url)
        delay = None if found.rules is None else found.rules.crawl_delay(PRODUCT)
        return None if delay is None else min(delay, _MAX_DELAY_S)

    def _rules_of(self, url: str) -> tuple[str, _Rules]:
        """The address in one spelling, and what holds for its origin."""
        page = without_userinfo(url)
        address = parse_address(url, page)
        origin = str(address.copy_with(raw_path=b"/robots.txt"))
        with self._lock:
            kept = self._kept.get(origin)
            if kept is not None and self._clock() < kept.end:
                self._kept.move_to_end(origin)
                return str(address), kept
        # Two threads may come here for one origin: that costs a request, and no wait.
        found = self._asked(origin, page, kept or _Rules(None, 0.0))
        with self._lock:
            self._kept[origin] = found
            self._kept.move_to_end(origin)
            while len(self._kept) > _MAX_ORIGINS or self._kept_bytes() > _MAX_KEPT_BYTES:
                self._kept.popitem(last=False)
        return str(address), found

    def _kept_bytes(self) -> int:
        return sum(rules.size for rules in self._kept.values())

    def _asked(self, origin: str, page: str, known: _Rules) -> _Rules:
        """What the site says now; *known* is what it said yesterday, if it was asked."""
        now = self._clock()
        try:
            answer = fetch(origin, policy=self._policy, resolve=self._resolve, accept="text/plain")
        except FetchError as error:
            status = error.status
            if status is not None and status < _SERVER_ERROR and status != _TOO_MANY_REQUESTS:
                return _Rules(_parse(b""), now + _KEPT_S)  # there is none: all is allowed
            wait_s = 0.0 if error.retry_after is None else error.retry_after.total_seconds()
            end = now + max(wait_s, _UNREACHABLE_S)
            return replace(known, end=end, trouble=error.message)
        except SourceError as error:
            raise SourceError(page, error.message) from error
        return _Rules(_parse(answer.body), now + _KEPT_S, len(answer.body))


def _parse(body: bytes) -> Protego:
    from protego import Protego  # noqa: PLC0415  # imported on use: only pages are asked for

    if len(body) == MAX_BYTES:  # its last line is cut off, and "/" would stand for "/private"
        body = body[: body.rfind(b"\n") + 1]
    lines = body.decode("utf-8-sig", "replace").splitlines()
    return Protego.parse("\n".join(map(_agent_as_ours, lines)))


def _agent_as_ours(line: str) -> str:
    """
    The line, if it names an agent as one of three: us, all, others.

    protego would keep the rules of a group once for each of its agents, which half a MB of
    both makes gigabytes, and would take "Clip" for us.
    """
    named = _AGENT_LINE.match(line)
    if named is None:
        return line
    agent = named[1].lower()
    return f"User-agent: {agent if agent in {'*', PRODUCT.lower()} else 'other'}"
