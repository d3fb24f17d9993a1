"""Rows of the bot's tables to values and back; no SQL is run here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from bot.ledger.values import AccountRef, AnswerRecord, ChatRecord, QuoteRef, RatedQuote, Rating
from retrieval.store.rows import text_in, text_out, time_in, time_out
from retrieval.types import Filters

# --- parts -----------------------------------------------------------------------


def moment(microseconds: int) -> datetime:
    """The moment of a column that is never NULL."""
    return cast(datetime, time_out(microseconds))


def filters_in(filters: Filters) -> str:
    """As JSON; what asks for nothing is left out."""
    asked = {
        "sources": filters.sources or None,
        "after": time_in(filters.after),
        "before": time_in(filters.before),
        "langs": filters.langs or None,
        "articles": filters.articles or None,
    }
    return json.dumps({name: value for name, value in asked.items() if value is not None})


def filters_out(stored: str) -> Filters:
    """What ``filters_in`` was given."""
    asked = json.loads(stored)
    return Filters(
        sources=tuple(asked.get("sources", ())),
        after=time_out(asked.get("after")),
        before=time_out(asked.get("before")),
        langs=tuple(asked.get("langs", ())),
        articles=tuple(asked.get("articles", ())),
    )


def refs_in(refs: Iterable[QuoteRef]) -> str:
    """As JSON."""
    return json.dumps([ref.to_json() for ref in refs])


def refs_out(stored: str) -> tuple[QuoteRef, ...]:
    """What ``refs_in`` was given."""
    return tuple(map(QuoteRef.from_json, json.loads(stored)))


def accounts_in(accounts: Iterable[AccountRef]) -> str:
    """As JSON."""
    return json.dumps([[a.value, [ref.to_json() for ref in a.quotes]] for a in accounts])


def accounts_out(stored: str) -> tuple[AccountRef, ...]:
    """What ``accounts_in`` was given."""
    return tuple(
        AccountRef(value, tuple(map(QuoteRef.from_json, quotes)))
        for value, quotes in json.loads(stored)
    )


def rated_in(quotes: Iterable[RatedQuote]) -> str:
    """As JSON."""
    return json.dumps([ref.to_json() | {"text": text} for ref, text in quotes])


def rated_out(stored: str) -> tuple[RatedQuote, ...]:
    """What ``rated_in`` was given."""
    return tuple(
        RatedQuote(QuoteRef.from_json(fields), fields["text"]) for fields in json.loads(stored)
    )


# --- rows ------------------------------------------------------------------------

CHAT = "chat_id, kind, title, lang, suspended, seen"
"""The columns that `chat_out` reads."""


def chat_out(row: Sequence[Any]) -> ChatRecord:
    """The chat of a row of ``CHAT``."""
    chat_id, kind, title, lang, suspended, seen = row
    return ChatRecord(chat_id, kind, text_out(title), lang, text_out(suspended), moment(seen))


ANSWER_PLACE = ("chat_id", "thread_id", "user_id", "question_message_id")
"""Columns of `bot_answers` that say where it was asked, and never change but with the chat."""

ANSWER_CONTENT = (
    *("asked_at", "text", "question", "filters", "widened", "completion"),
    *("answered", "reason", "confidence", "lang", "quotes", "accounts"),
)
"""Columns of `bot_answers` that an edited question replaces."""

ANSWER = ", ".join(("id", *ANSWER_PLACE, "message_id", *ANSWER_CONTENT))
"""The columns that `answer_out` reads."""


def answer_content_in(record: AnswerRecord) -> tuple[Any, ...]:
    """The values of the columns ``ANSWER_CONTENT``."""
    return (
        time_in(record.asked_at),
        text_in(record.text),
        text_in(record.question),
        filters_in(record.filters),
        None if record.widened is None else filters_in(record.widened),
        text_in(record.completion),
        record.answered,
        record.reason,
        record.confidence,
        record.lang,
        refs_in(record.quotes),
        accounts_in(record.accounts),
    )


def answer_out(row: Sequence[Any]) -> AnswerRecord:
    """The answer of a row of ``ANSWER``."""
    (answer_id, chat_id, thread_id, user_id, question_message_id, message_id) = row[:6]
    (asked_at, text, question, filters, widened, completion) = row[6:12]
    (answered, reason, confidence, lang, quotes, accounts) = row[12:]
    return AnswerRecord(
        id=answer_id,
        chat_id=chat_id,
        thread_id=thread_id,
        user_id=user_id,
        question_message_id=question_message_id,
        message_id=message_id,
        asked_at=moment(asked_at),
        text=text_out(text) or "",
        question=text_out(question) or "",
        filters=filters_out(filters),
        widened=None if widened is None else filters_out(widened),
        completion=text_out(completion),
        answered=bool(answered),
        reason=reason,
        confidence=confidence,
        lang=lang,
        quotes=refs_out(quotes),
        accounts=accounts_out(accounts),
    )


RATING = "user_id, label, question, filters, answered, quotes"
"""The columns that `rating_out` reads."""


def rating_out(row: Sequence[Any]) -> Rating:
    """The rating of a row of ``RATING``."""
    user_id, label, question, filters, answered, quotes = row
    return Rating(
        user_id,
        label,
        text_out(question) or "",
        filters_out(filters),
        bool(answered),
        rated_out(quotes),
    )
