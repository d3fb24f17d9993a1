"""The terminal's own alerts: chat 0, told one after another to whoever reads there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.alerts.backtest import Backtest, backtest
from bot.alerts.calibration import calibrate
from bot.alerts.digest import Digests
from bot.alerts.outbox import NOTHING_LEFT, Outbox
from bot.alerts.subscriptions import MOST_A_CHAT, Subscriptions
from bot.alerts.values import (
    DEFAULT_BUDGET,
    NO_USER,
    TERMINAL,
    Mode,
    Place,
    Subscription,
)
from bot.alerts.viewing import AlertViews
from bot.alerts.views import AlertView, DigestView
from bot.alerts.watcher import Watcher
from bot.errors import UsageProblem
from retrieval.desk import Desk
from retrieval.query import parse_standing


class TerminalAlerts:
    """
    Alerts over an open desk; for one thread.

    Attributes:
        subscriptions: Of all chats.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.subscriptions = Subscriptions.open(desk.store)
        self._outbox = Outbox(desk.store)
        self._digests = Digests(desk.store)
        self._views = AlertViews(desk.store, self.subscriptions, self._outbox)
        self._watcher = Watcher(
            desk.store,
            lambda term: desk.index.idf(term),  # noqa: PLW0108  # another index after a rebuild
        )

    def subscribe(
        self,
        query: str,
        *,
        now: datetime,
        place: Place = Place(TERMINAL),  # noqa: B008  # frozen
        mode: Mode = "instant",
        budget: int = DEFAULT_BUDGET,
    ) -> Subscription:
        """
        Keep a subscription; a topic's score is chosen from what the corpus holds.

        Raises:
            QueryError: If *query* does not parse.
            UsageProblem: If the chat has too many.
        """
        parsed = parse_standing(query, now)
        own = self.subscriptions.of_chat(place.chat_id)
        if len(own) >= MOST_A_CHAT and all(one.query != query for one in own):
            raise UsageProblem(f"a chat has at most {MOST_A_CHAT} subscriptions; remove one")
        return self.subscriptions.add(
            Subscription(
                id=0,
                place=place,
                user_id=NO_USER,
                created=now,
                query=query,
                least=calibrate(self._desk, parsed, now=now),
                mode=mode,
                budget=budget,
            )
        )

    def backtest(self, subscription: Subscription, now: datetime) -> Backtest:
        """What a subscription would have brought in the last days."""
        return backtest(
            self._desk,
            parse_standing(subscription.query, subscription.created),
            least=subscription.least,
            now=now,
            budget=subscription.budget,
        )

    def own(self) -> list[Subscription]:
        """The terminal's, the oldest first."""
        return self.subscriptions.of_chat(TERMINAL)

    def recover(self) -> None:
        """Take up again what an earlier run had begun to show."""
        self._outbox.recover("resend", only=TERMINAL)

    def follow(self, now: datetime) -> None:
        """Look at all that has come into the store, and make the digests that are due."""
        if self._watcher.is_behind():
            self._desk.follow()  # the index knows which words are rare
            while self._watcher.watch(now).changes:
                pass
        self._digests.make_due(now)

    def iter_told(self, now: datetime) -> Iterator[AlertView | DigestView]:
        """The terminal's messages whose time has come; each is told once it was taken."""
        while (handed := self._outbox.take_due(now, only=TERMINAL)) is not None:
            view = self._views.of_note(handed)
            if view is None:
                self._outbox.end(handed.note, "withdrawn", NOTHING_LEFT)
                continue
            yield view
            self._outbox.sent(handed, None, None, now)
