"""
From a message's text to an answer that is ready to send, and from a kept answer to each
of its views. Blocking work, for a thread; nothing here talks to Telegram.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from telegram import InlineKeyboardMarkup
from telegram.helpers import create_deep_linked_url

from bot.conversation import Conversation, Turn
from bot.ledger import AccountRef, AnswerRecord, Ledger, QuoteRef
from bot.messages import Messages
from bot.render.html import ChatRenderer, Numbered
from bot.render.wording import as_of_day, understood
from bot.telegram import keyboards
from retrieval.desk import Desk
from retrieval.store import SourceSummary
from retrieval.types import Account, Answer, NoAnswer, Quote, Reason

FOLLOW_UP = timedelta(hours=12)
"""A question is completed from turns no older than this, unless it is a reply to one."""

TURNS = 5
"""Turns that are read back for a follow-up."""

OPENED_WIDTH = 3
"""Paragraphs on both sides of the quote that a deep link opens."""

WIDTH_MAX = 4
"""Paragraphs on both sides of a quote that *Context* goes up to."""

_MAY_APPEAR: frozenset[Reason | None] = frozenset({"no_match", "filters", "empty_corpus"})
"""Reasons for which there is no answer yet; a question without words will never have one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """
    A question as it came.

    Attributes:
        about: The answer that it replies to.
        replaces: The answer to an earlier wording of the same message.
    """

    chat_id: int
    thread_id: int | None
    user_id: int
    message_id: int
    text: str
    date: datetime
    lang: str
    about: AnswerRecord | None = None
    replaces: AnswerRecord | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A message that is ready: markup and buttons."""

    html: str
    keyboard: InlineKeyboardMarkup | None = None


class Answering:
    """Asks the desk, keeps what was answered, and draws it. Usable from several threads."""

    def __init__(self, desk: Desk, ledger: Ledger, *, quotes: int, bot_name: str) -> None:
        self._desk = desk
        self._ledger = ledger
        self._quotes = quotes
        self._bot_name = bot_name
        self._summaries: tuple[int, Sequence[SourceSummary]] | None = None
        self._lock = threading.Lock()

    # --- asking -------------------------------------------------------------

    def ask(self, asked: Asked) -> tuple[AnswerRecord, View]:
        """
        The answer, kept in the ledger, and its message.

        Raises:
            QueryError: If a filter does not parse; nothing is kept then.
        """
        about = None if asked.about is None else self._turn(asked.about)
        chat = Conversation(
            self._desk, page=self._quotes, turns=[] if about else self._turns(asked)
        )
        turn = chat.ask(asked.text, now=asked.date, about=about)
        record = self._record(asked, turn)
        if asked.replaces is None:
            record = self._ledger.add_answer(record)
        else:
            record = replace(record, id=asked.replaces.id, message_id=asked.replaces.message_id)
            self._ledger.replace_answer(record)
        return record, self._answer(record, turn)

    def _turns(self, asked: Asked) -> list[Turn]:
        since = asked.date - FOLLOW_UP
        records = self._ledger.last_answers(asked.chat_id, asked.thread_id, TURNS, since)
        mine = None if asked.replaces is None else asked.replaces.id
        return [self._turn(record) for record in records if record.id != mine]

    def _record(self, asked: Asked, turn: Turn) -> AnswerRecord:
        reply = turn.reply
        return AnswerRecord(
            id=0,
            chat_id=asked.chat_id,
            thread_id=asked.thread_id,
            user_id=asked.user_id,
            question_message_id=asked.message_id,
            message_id=None,
            asked_at=asked.date,
            text=asked.text,
            question=turn.question,
            filters=turn.filters,
            widened=turn.widened,
            completion=None if turn.completion is None else turn.completion.question,
            answered=isinstance(reply, Answer),
            reason=reply.reason if isinstance(reply, NoAnswer) else None,
            confidence=reply.confidence,
            lang=asked.lang,
            quotes=tuple(QuoteRef.of(quote) for quote in turn.shown),
            accounts=_refer(reply.accounts) if isinstance(reply, Answer) else (),
        )

    # --- views of a kept answer ---------------------------------------------

    def answer(self, record: AnswerRecord) -> View:
        """The first page, as it was first shown."""
        return self._answer(record, self._turn(record))

    def context(self, record: AnswerRecord, number: int, width: int) -> View | None:
        """The paragraphs around quote *number*; None when there is no such quote any more."""
        quotes = self._numbered(record)
        found = next((one for one in quotes if one.number == number), None)
        if found is None:
            return None
        spans = self._desk.around(found.quote, width)
        can_widen = width < WIDTH_MAX and len(self._desk.around(found.quote, width + 1)) > len(
            spans
        )
        first = (number - 1) // self._quotes * self._quotes
        shown = [one.number for one in quotes[first : first + self._quotes]]
        with self.drawing(record.lang) as renderer:
            html = renderer.context(found, spans)
        return View(
            html,
            keyboards.context(
                Messages(record.lang),
                record.id,
                number,
                shown,
                width,
                can_widen=can_widen,
                page=first // self._quotes + 1,
            ),
        )

    def more(self, record: AnswerRecord, page: int) -> View | None:
        """Page *page* of the quotes, from 2; None when there is none."""
        first = (page - 1) * self._quotes
        turn = self._turn(record)
        quotes: Sequence[Quote] = turn.shown[first : first + self._quotes]
        if not quotes and first == len(turn.shown):
            found = Conversation(self._desk, page=self._quotes, turns=[turn]).more()
            quotes = found.quotes
            if quotes:
                self._ledger.add_quotes(record.id, [QuoteRef.of(quote) for quote in quotes])
        if not quotes:
            return None
        with self.drawing(record.lang) as renderer:
            html = renderer.page(
                quotes, first + 1, is_answer=record.answered, question=record.question
            )
        return View(html, keyboards.page(Messages(record.lang), record.id, page, first + 1))

    def sources(self, record: AnswerRecord) -> View:
        """Every source of the quotes that were shown."""
        quotes = self._turn(record).shown
        with self.drawing(record.lang) as renderer:
            html = renderer.sources_of(quotes, 1)
        return View(html, keyboards.back(Messages(record.lang), record.id))

    def opened(self, body: Mapping[str, Any], lang: str) -> View | None:
        """The article that a deep link leads to, at its quote; None when it is gone."""
        quote = QuoteRef.from_json(body).resolve(self._desk)
        if quote is None:
            return None
        # Without links into the bot: this is where they lead
        renderer = ChatRenderer(Messages(lang))
        return View(renderer.article_at(quote, self._desk.around(quote, OPENED_WIDTH)))

    # --- parts ---------------------------------------------------------------

    def renderer(self, lang: str) -> ChatRenderer:
        """Draws in the words of *lang*, with links into this bot, each saved at once."""
        return ChatRenderer(Messages(lang), link_to=self.link_to)

    def link_to(self, quote: Quote) -> str:
        """The address of *quote* in its article, here in the bot; saved at once."""
        body = QuoteRef.of(quote).link_body()
        return self.deep_link(self._ledger.save_link("quote", body, 0, datetime.now(UTC)))

    @contextmanager
    def drawing(self, lang: str) -> Iterator[ChatRenderer]:
        """A ``renderer`` whose links are saved together, when all is drawn."""
        bodies: list[dict[str, Any]] = []

        def link_to(quote: Quote) -> str:
            bodies.append(QuoteRef.of(quote).link_body())
            return self.deep_link(self._ledger.link_token("quote", bodies[-1]))

        yield ChatRenderer(Messages(lang), link_to=link_to)
        self._ledger.save_links("quote", bodies, 0, datetime.now(UTC))

    def deep_link(self, token: str) -> str:
        """``t.me/BOT?start=TOKEN``."""
        return create_deep_linked_url(self._bot_name, token)

    def as_of(self, lang: str) -> str | None:
        """How recent the corpus is, in small print."""
        return as_of_day(self.summaries(), Messages(lang))

    def summaries(self) -> Sequence[SourceSummary]:
        """The outlets of the corpus; counted anew only when it has changed."""
        seq = self._desk.store.last_seq()
        with self._lock:
            if self._summaries is None or self._summaries[0] != seq:
                self._summaries = seq, self._desk.sources()
            return self._summaries[1]

    def _answer(self, record: AnswerRecord, turn: Turn) -> View:
        messages = Messages(record.lang)
        with self.drawing(record.lang) as renderer:
            html = renderer.answer(
                turn.reply,
                turn.filters,
                understood=understood(
                    record.completion, turn.reply, turn.filters, turn.widened, messages
                ),
                as_of=self.as_of(record.lang),
            )
        keyboard = None
        if record.quotes:
            keyboard = keyboards.answer(messages, record.id, is_answer=record.answered)
        elif record.reason in _MAY_APPEAR:
            keyboard = keyboards.waiting(messages, record.id)
        return View(html, keyboard)

    def _numbered(self, record: AnswerRecord) -> list[Numbered]:
        return [Numbered(quote, n) for n, quote in enumerate(self._turn(record).shown, 1)]

    def _accounts(self, record: AnswerRecord) -> tuple[Account, ...]:
        """Those of which a quote can still be shown."""
        found = [
            (kept.value, tuple(q for ref in kept.quotes if (q := ref.resolve(self._desk))))
            for kept in record.accounts
        ]
        return tuple(Account(value, quotes) for value, quotes in found if quotes)

    def _turn(self, record: AnswerRecord) -> Turn:
        shown = tuple(q for ref in record.quotes if (q := ref.resolve(self._desk)) is not None)
        page = shown[: self._quotes]
        reply: Answer | NoAnswer
        if record.answered and page:
            accounts = self._accounts(record)
            reply = Answer(record.question, page, record.confidence, (), accounts)
        else:
            reason = record.reason or "low_confidence"
            reply = NoAnswer(record.question, reason, page, record.confidence)
        return Turn(record.question, record.filters, reply, shown, widened=record.widened)


def _refer(accounts: Sequence[Account]) -> tuple[AccountRef, ...]:
    return tuple(
        AccountRef(account.value, tuple(map(QuoteRef.of, account.quotes))) for account in accounts
    )
