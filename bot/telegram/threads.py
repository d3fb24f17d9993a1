"""
The threads of a running bot, apart by how long their work may take: what is short must
not wait behind a question that takes seconds, nor behind a page that takes minutes.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

ASKING = 4
"""More would only wait for each other: asking is Python."""

SHORT = 4
"""They wait for the disk, and for their turn to write."""

FETCHING = 2


class Threads:
    """Executors, each for one kind of work."""

    def __init__(self) -> None:
        self.asking = ThreadPoolExecutor(ASKING, "asking")
        self.short = ThreadPoolExecutor(SHORT, "short")
        self.fetching = ThreadPoolExecutor(FETCHING, "fetching")
        self.inbox = ThreadPoolExecutor(1, "inbox")  # one: updates are kept in order

    def close(self) -> None:
        """Begin nothing more; what has begun is waited for by nobody here."""
        for executor in (self.asking, self.short, self.fetching):
            executor.shutdown(wait=False, cancel_futures=True)
        self.inbox.shutdown(wait=False)  # what is done is still marked so
