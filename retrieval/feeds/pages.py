"""The pages that entries link to: read for their text where a feed gives a summary only."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from retrieval.errors import SourceError
from retrieval.sources.workers import Workers
from retrieval.types import Article

if TYPE_CHECKING:
    from retrieval.sources.dialing import Resolve
    from retrieval.sources.fetch import FetchPolicy
    from retrieval.sources.robots import Robots

BETWEEN_PAGES_S = 0.5
"""From the end of one page of a host to the next, where its robots.txt asks for no more."""

SHORTEST_PAGE = 250
"""Characters; a page with fewer is a notice, not a story."""

_WALL_WITHIN = 2_000
"""Characters; on a longer page, what asks to subscribe stands beside the story, not before it."""

_WALL = re.compile(
    r"subscri(?:be|bers?) (?:to|now|today|only)|already a subscriber|sign in to (?:read|continue)"
    r"|log ?in to (?:read|continue)|to continue reading|free trial|create a free account"
    r"|suscr[íi]b(?:ete|ase)|contenido exclusivo para suscriptores|inicia sesi[óo]n para"
    r"|abonn(?:ez-vous|ieren)|r[ée]serv[ée] aux abonn[ée]s|jetzt weiterlesen"
    r"|оформите подписку|только для подписчиков|войдите, чтобы|订阅后|訂閱後|登录后|登入後|付费|付費",
    re.IGNORECASE,
)


class Pages:
    """
    Reads pages, one after another; one host is not asked again before a while has passed.

    For one thread at a time.
    """

    def __init__(
        self,
        workers: Workers,
        policy: FetchPolicy,
        robots: Robots,
        *,
        resolve: Resolve | None = None,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._workers = workers
        self._policy = policy
        self._robots = robots
        self._resolve = resolve
        self._sleep = sleep
        self._clock = clock
        self._free_at: dict[str, float] = {}

    def wait_s(self, url: str) -> float:
        """How long ``read`` waits before it asks for *url*."""
        return max(self._free_at.get(urlsplit(url).netloc, 0.0) - self._clock(), 0.0)

    def read(self, url: str) -> Article:
        """
        The story on the page at *url*.

        Raises:
            SourceError: If it cannot be had, or programs may not read it.
        """
        # imported on use: few feeds need pages
        from retrieval.sources.fetch import fetch  # noqa: PLC0415
        from retrieval.sources.story import read_page  # noqa: PLC0415

        host = urlsplit(url).netloc
        self._sleep(self.wait_s(url))
        try:
            page = fetch(url, policy=self._policy, resolve=self._resolve, check=self._robots.check)
        finally:
            wait_s = BETWEEN_PAGES_S
            with suppress(SourceError):  # of a host that must not be asked; that was told above
                wait_s = max(self._robots.delay_s(url) or 0.0, wait_s)
            self._free_at[host] = self._clock() + wait_s
        story: Article = self._workers.run(
            read_page, page.body, page.url, page.encoding, page.content_type, name=url
        )
        return story


def is_stub(page: str, feed: str) -> bool:
    """
    Whether *page* is less of the story than *feed*, what the feed says itself.

    So it is with a wall that asks to subscribe, with notices, and where the story was not
    found on the page.
    """
    if len(page) < SHORTEST_PAGE or len(page) < len(feed):
        return True
    return len(page) < _WALL_WITHIN and _WALL.search(page[len(page) // 3 :]) is not None
