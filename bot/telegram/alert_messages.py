"""
From a note of the outbox to a message that is ready to go. Blocking work, for a thread;
nothing here talks to Telegram.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from telegram import InlineKeyboardMarkup

from bot.alerts.outbox import Handed
from bot.ledger import AnswerRecord, Ledger, QuoteRef
from bot.telegram.alert_desk import AlertDesk
from retrieval.types import Article, Filters, Quote

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
    keyboard: InlineKeyboardMarkup | None
    answer_id: int


class AlertMessages:
    """
    Makes messages of notes, and keeps them as answers. Usable from several threads.

    Args:
        desk: Draws them.
        ledger: Where each is kept.
    """

    def __init__(self, desk: AlertDesk, ledger: Ledger) -> None:
        self._desk = desk
        self._ledger = ledger

    def make(self, handed: Handed, now: datetime) -> ReadyAlert | None:
        """The message of *handed*, as it is now; None if no text of what it tells is kept."""
        view = self._desk.view_of(handed)
        if view is None:
            return None
        lang = self._desk.language(handed.note.place.chat_id)
        answer_id = self._kept(handed, self._desk.quotes_of(view), lang, now)
        drawn = self._desk.draw(handed.note, view, answer_id=answer_id)
        return ReadyAlert(drawn.html, drawn.keyboard, answer_id)

    def _kept(self, handed: Handed, quotes: Sequence[Quote], lang: str, now: datetime) -> int:
        """The answer that stands for it: the one that there is, with what it shows by now."""
        refs = tuple(map(QuoteRef.of, quotes))
        note = handed.note
        if note.answer_id is not None and self._ledger.answer(note.answer_id) is not None:
            self._ledger.add_quotes(note.answer_id, refs)
            return note.answer_id
        # What a reply is completed from: the story's words, not the signs of a query
        asked = _subject(quotes[0].article) or self._asked(handed)
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
            subscription = self._desk.subscriptions.get(match.subscription_id)
            if subscription is not None:
                return subscription.query
        return ""


def _subject(article: Article) -> str:
    """The title, its first word written small if the text writes it so: it is no name then."""
    title = article.title or ""
    first, space, rest = title.partition(" ")
    is_word = first.istitle() and first.lower() in article.text.split()
    return f"{first.lower()}{space}{rest}" if is_word else title
