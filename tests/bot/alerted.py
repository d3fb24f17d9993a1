"""Subscriptions and articles from beside a running bot, which tells of them."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.alerts.digest import Digests
from bot.alerts.subscriptions import Subscriptions
from bot.alerts.values import Mode, Place, Subscription
from retrieval.desk import Desk

if TYPE_CHECKING:
    from conftest import Served
    from telegram_api import Json

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=7)
WORDS = (
    "The ferry Sassnitz ran aground off Kolka in thick fog, and all passengers were brought ashore."
)


@dataclass
class Newsroom:
    """Works beside the running bot, on the same files, as another process does."""

    served: Served
    published: int = 0  # articles, the last time

    def subscribe(self, chat: Json, query: str, thread_id: int = 0, mode: Mode = "instant") -> int:
        """A subscription without asking back; its id."""
        with Desk.open(self.served.folder) as desk:
            subscription = Subscription(
                id=0,
                place=Place(chat["id"], thread_id),
                user_id=1,
                created=NOW,
                query=query,
                least=0.35,
                mode=mode,
            )
            return Subscriptions.open(desk.store).add(subscription).id

    def subscriptions(self, chat: Json) -> list[Subscription]:
        with Desk.open(self.served.folder) as desk:
            return Subscriptions.open(desk.store).of_chat(chat["id"])

    def publish(self, *articles: tuple[str, str, str]) -> None:
        """Take in articles, each an id, a title and a text; the bot tells of them."""
        rows = [
            {
                "id": name,
                "title": title,
                "text": text,
                "source": f"Outlet {name}",
                "lang": "en",
                "published": NOW.isoformat(),
                "url": f"https://news.example/{name}",
            }
            for name, title, text in articles
        ]
        path = self.served.folder.with_name(f"{self.served.folder.name}-{rows[0]['id']}.jsonl")
        path.write_text("\n".join(map(json.dumps, rows)))
        with Desk.open(self.served.folder) as desk:
            desk.add([str(path)])
        self.published = len(rows)

    def make_digest(self, chat: Json) -> None:
        """Whatever waits for a digest of the chat goes into one, now."""
        with Desk.open(self.served.folder) as desk:
            digests = Digests(desk.store)
            while len(digests.waiting(Place(chat["id"]))) < self.published:
                time.sleep(0.1)
            digests._make(Place(chat["id"]), datetime.now(UTC))
