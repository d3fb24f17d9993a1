"""A store with articles, and the alerts' parts over it; nothing is faked but the clock."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.alerts.digest import Digests
from bot.alerts.outbox import Outbox
from bot.alerts.subscriptions import Subscriptions
from bot.alerts.values import Place, Subscription
from bot.alerts.watcher import Watcher
from retrieval.segment import segment
from retrieval.store import Store
from retrieval.types import Article

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
CHAT = Place(77)

TEXTS = {
    "bridge": "The harbour bridge reopened on Friday after eleven months of repairs to its deck.",
    "flood": "Floods cut off villages in the Soča valley; the army brought water by boat.",
    "election": "Voters in Andorra return to the ballot boxes in April, two years early.",
    "comet": "Astronomers in Chile photographed a comet with two tails above the desert.",
    "strike": "Train drivers of the northern lines stop work on Thursday over night shifts.",
}


@dataclass
class World:
    """
    Alerts over a real store.

    Attributes:
        now: What the clock shows; moved by hand.
    """

    store: Store
    now: datetime = NOON
    rarity: dict[str, float] = field(default_factory=dict)

    def __post_init__(self):
        self.subscriptions = Subscriptions.open(self.store)
        self.outbox = Outbox(self.store)
        self.digests = Digests(self.store)
        self.watcher = self.another_watcher()

    def another_watcher(self):
        return Watcher(self.store, lambda term: float(len(term)))

    def subscribe(self, query, place=CHAT, **given):
        return self.subscriptions.add(
            Subscription(
                **{
                    "id": 0,
                    "place": place,
                    "user_id": 5,
                    "created": self.now,
                    "query": query,
                    "least": 0.35,
                }
                | given
            )
        )

    def publish(self, article_id, text=None, *, is_backfill=False, **given):
        """Store an article: a text of TEXTS by its name, unless *text* is given."""
        words = text or TEXTS[article_id]
        article = Article(
            **{
                "id": article_id,
                "text": words,
                "title": words[:30],
                "source": "Courier",
                "published": self.now,
                "lang": "en",
            }
            | given
        )
        self.store.save([(article, segment(article))], is_backfill=is_backfill)

    def watch(self):
        """Look at all changes; how many messages are new or changed."""
        notes = 0
        while (seen := self.watcher.watch(self.now)).changes:
            notes += seen.notes
        return notes

    def deliver(self):
        """Send all that is due; (chat, key) of each."""
        sent = []
        while (handed := self.outbox.take_due(self.now)) is not None:
            self.outbox.sent(handed, 1000 + handed.note.id, None, self.now)
            sent.append((handed.note.place.chat_id, handed.note.key))
        return sent

    def pass_time(self, **span):
        self.now += timedelta(**span)


@pytest.fixture
def world(tmp_path):
    with Store.open(tmp_path / "store.db") as store:
        yield World(store)
        assert store.check() == []
