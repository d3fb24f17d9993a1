"""Alerts as they stand in a chat: an article comes, is matched, and its message is put there."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from telegram_api.api import perform
from telegram_api.records import Call

from bot.alerts.digest import Digests
from bot.alerts.outbox import Handed
from bot.alerts.quoting import quote_of
from bot.alerts.subscriptions import Subscriptions
from bot.alerts.values import Mode, Place, Subscription
from bot.alerts.watcher import Watcher
from bot.ledger import AnswerRecord, Ledger, QuoteRef
from bot.telegram.alert_desk import AlertDesk
from bot.telegram.answering import Answering
from retrieval.desk import Desk
from retrieval.percolator import Match
from retrieval.types import Filters

if TYPE_CHECKING:
    from conftest import Served
    from telegram_api import Json, Sent

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=7)
WORDS = (
    "The ferry Sassnitz ran aground off Kolka in thick fog, and all passengers were brought ashore."
)


@dataclass
class Newsroom:
    """
    Works beside the running bot, on the same files, as another process does.

    The bot's own delivery is left out: what is tested is what people do with alerts.
    """

    served: Served

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
        """Take in articles, each an id, a title and a text, and note what they match."""
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
            watcher = Watcher(desk.store, desk.index.idf)
            while watcher.is_behind():
                watcher.watch(NOW)

    def make_digest(self) -> None:
        """Whatever waits for a digest goes into one."""
        with Desk.open(self.served.folder) as desk:
            Digests(desk.store).make_due(LATER)

    def deliver(self, chat: Json) -> list[Sent]:
        """Put what is due of a chat into it, in the way of the bot."""
        fake = self.served.fake
        with Desk.open(self.served.folder) as desk:
            ledger = Ledger.open(desk.store)
            answering = Answering(desk, ledger, quotes=3, bot_name=fake.bot["username"])
            alerts = AlertDesk(desk, ledger, answering, lang="en")
            before = len(fake.messages(chat))
            while (handed := alerts.outbox.take_due(LATER, only=chat["id"])) is not None:
                answer_id = ledger.add_answer(_answer(desk, handed)).id
                is_channel = chat["type"] == "channel"
                view = alerts.drawn(handed, answer_id=answer_id, is_channel=is_channel)
                assert view is not None
                params = {"chat_id": chat["id"], "text": view.html, "parse_mode": "HTML"}
                if handed.note.place.thread_id:
                    params["message_thread_id"] = handed.note.place.thread_id
                if view.keyboard is not None:
                    params["reply_markup"] = view.keyboard.to_dict()
                # Not over HTTP: what the bot sends, and how fast, is counted there
                with fake.changed:
                    sent = perform(fake, Call("sendMessage", params, time.monotonic()))
                alerts.outbox.sent(handed, sent["message_id"], answer_id, NOW)
                ledger.mark_sent(answer_id, sent["message_id"])
        return fake.messages(chat)[before:]


def _answer(desk: Desk, handed: Handed) -> AnswerRecord:
    """What stands for an alert in the ledger."""
    match = handed.matches[0]
    article = desk.article(match.article_id)
    quote = QuoteRef.of(quote_of(article, Match(0, match.spans)))
    return AnswerRecord(
        id=0,
        chat_id=handed.note.place.chat_id,
        thread_id=handed.note.place.thread_id or None,
        user_id=0,
        question_message_id=0,
        message_id=None,
        asked_at=NOW,
        text=article.title or "",
        question=article.title or "",
        filters=Filters(),
        widened=None,
        completion=None,
        answered=True,
        reason=None,
        confidence=1.0,
        lang="en",
        quotes=(quote,),
    )
