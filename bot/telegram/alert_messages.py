"""
From a note of the outbox to a message that is ready to go. Blocking work, for a thread;
nothing here talks to Telegram.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from telegram import InlineKeyboardMarkup

from bot.alerts.book import AlertBook
from bot.alerts.outbox import Handed
from bot.alerts.viewing import AlertViews
from bot.alerts.views import AlertView
from bot.ledger import AnswerRecord, Ledger, QuoteRef
from bot.messages import Messages
from bot.render.alerts import AlertRenderer
from bot.telegram import keyboards
from bot.telegram.answering import Answering, View
from retrieval.types import Filters, Quote

ALERT_USER = 0
"""Who asked, of the answer that stands for an alert: nobody. No user of Telegram has it."""


@dataclass(frozen=True, slots=True)
class ReadyAlert:
    """
    A message that is ready.

    Attributes:
        answer_id: Of the answer that stands for it in the ledger, where *Context*, replies and
            follow-ups find it.
    """

    html: str
    keyboard: InlineKeyboardMarkup
    answer_id: int


class AlertMessages:
    """
    Draws alerts and digests, and keeps them as answers. Usable from several threads.

    Args:
        book: The alerts.
        ledger: Where each is kept.
        answering: Makes links.
        language: Of the bot's words, where a chat has chosen none.
    """

    def __init__(
        self, book: AlertBook, ledger: Ledger, answering: Answering, language: str
    ) -> None:
        self._book = book
        self._ledger = ledger
        self._answering = answering
        self._language = language
        self._views = AlertViews(book.store, book.subscriptions, book.outbox)

    def make(self, handed: Handed, now: datetime) -> ReadyAlert | None:
        """The message of *handed*, as it is now; None if no text of what it tells is kept."""
        messages = Messages(self._lang(handed.note.place.chat_id))
        drawn = self._drawn(handed, messages)
        if drawn is None:
            return None
        html, quotes = drawn
        answer_id = self._kept(handed, quotes, messages.lang, now)
        return ReadyAlert(html, keyboards.alert(messages, answer_id), answer_id)

    def again(self, chat_id: int, message_id: int, now: datetime) -> View | None:
        """What an alert's message says, to go back to it; None if it is none."""
        handed = self._book.outbox.by_message(chat_id, message_id)
        ready = None if handed is None else self.make(handed, now)
        return None if ready is None else View(ready.html, ready.keyboard)

    def _lang(self, chat_id: int) -> str:
        record = self._ledger.chat(chat_id)
        chosen = self._book.subscriptions.chat(chat_id).lang
        return chosen or (record.lang if record is not None else None) or self._language

    def _drawn(self, handed: Handed, messages: Messages) -> tuple[str, list[Quote]] | None:
        """The text, and the quotes that it shows."""
        view = self._views.of_note(handed)
        if view is None:
            return None
        renderer = AlertRenderer(messages, self._answering.link_to)
        if isinstance(view, AlertView):
            return renderer.alert(view), [report.quote for report in (view.lead, *view.others)]
        return renderer.digest(view), [story.reports[0].quote for story in view.stories]

    def _kept(self, handed: Handed, quotes: Sequence[Quote], lang: str, now: datetime) -> int:
        """The answer that stands for it: the one that there is, with what it shows by now."""
        refs = tuple(map(QuoteRef.of, quotes))
        note = handed.note
        if note.answer_id is not None and self._ledger.answer(note.answer_id) is not None:
            self._ledger.add_quotes(note.answer_id, refs)
            return note.answer_id
        asked = self._asked(handed) or (quotes[0].article.title or "")
        record = AnswerRecord(
            id=0,
            chat_id=note.place.chat_id,
            thread_id=note.place.thread_id or None,
            user_id=ALERT_USER,
            question_message_id=0,
            message_id=note.message_id,
            asked_at=now,
            text=asked,
            question=asked,
            filters=Filters(),
            widened=None,
            completion=None,
            answered=True,
            reason=None,
            confidence=1.0,
            lang=lang,
            quotes=refs,
        )
        return self._ledger.add_answer(record).id

    def _asked(self, handed: Handed) -> str:
        """The query of the first match; "" if it was forgotten."""
        for match in handed.matches:
            subscription = self._book.subscriptions.get(match.subscription_id)
            if subscription is not None:
                return subscription.query
        return ""
