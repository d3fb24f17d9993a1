"""A store that a running bot has open, from beside it: subscriptions are made, news comes in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bot.alerts.book import AlertBook
from bot.alerts.outbox import Handed
from bot.alerts.values import Place, Subscription
from retrieval.desk import STORE_FILE
from retrieval.segment import segment
from retrieval.store import Store
from retrieval.types import Article

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Newsroom:
    """
    The store of the data folder *folder*, while the ``with`` block lasts.

    Attributes:
        alerts: What is kept about the alerts.
    """

    def __init__(self, folder: Path) -> None:
        self.store = Store.open(folder / STORE_FILE, busy_timeout_s=30.0)
        self.alerts = AlertBook.open(self.store)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.store.close()

    def subscribe(self, query: str, chat_id: int, thread_id: int = 0, **given: Any) -> Subscription:
        fields: dict[str, Any] = {
            "id": 0,
            "place": Place(chat_id, thread_id),
            "user_id": 5,
            "created": datetime.now(UTC),
            "query": query,
            "least": 0.35,
            "budget": 10_000,
        }
        return self.alerts.subscriptions.add(Subscription(**(fields | given)))

    def publish(self, article_id: str, text: str, **given: Any) -> None:
        """Store one article."""
        self.publish_all([article(article_id, text, **given)])

    def publish_all(self, articles: Iterable[Article]) -> None:
        """Store articles, in one transaction."""
        self.store.save([(one, segment(one)) for one in articles])

    def log(self, chat_id: int | None = None) -> list[Handed]:
        """All messages, the oldest first."""
        return self.alerts.outbox.log(chat_id, LONG_AGO, 1_000_000)[::-1]

    def wait(self, is_so: Callable[[], bool], what: str, timeout_s: float = 20) -> None:
        """Return once *is_so*."""
        end = time.monotonic() + timeout_s
        while not is_so():
            assert time.monotonic() < end, f"{timeout_s} s in vain for {what}; {self.told()}"
            time.sleep(0.02)

    def wait_all_ended(self, timeout_s: float = 60) -> None:
        """Return once all that is stored was looked at, and no message waits or is on its way."""

        def is_over() -> bool:
            if self.store.cursor("alerts") < self.store.last_seq():
                return False
            return not {"waiting", "sending"} & self.alerts.outbox.states().keys()

        self.wait(is_over, "the end of all messages", timeout_s)

    def told(self) -> str:
        """How the messages are, in a line each."""
        return "\n".join(
            f"{h.note.place} {h.note.key} {h.note.state} {h.note.reason}" for h in self.log()
        )


def article(article_id: str, text: str, **given: Any) -> Article:
    """An article that was published just now."""
    fields: dict[str, Any] = {
        "id": article_id,
        "text": text,
        "title": " ".join(text.split()[:8]),
        "source": "Courier",
        "published": datetime.now(UTC),
        "lang": "en",
    }
    return Article(**(fields | given))
