"""Articles in a store, quotes of them, answers with these quotes, and a clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.ledger import AccountRef, AnswerRecord, QuoteRef
from retrieval.store import Store
from retrieval.types import Article, Filters, Passage, Quote, Sentence, Span

NOW = datetime(2026, 3, 4, 12, 30, 15, 250_001, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (
    timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days")
)

ANN, BOB = 700_000_001, 700_000_002
GROUP = -1001

TEXTS = {
    "bridge": "The harbour bridge reopened on Monday. The repairs cost 12 million crowns.",
    "light": "北角燈塔於星期五重新點亮。修復工程由陳美玲主持，歷時三年。",
    "ملف": "أُعيد فتح الجسر يوم الاثنين. 🌉 كلفت الإصلاحات 12 مليون كرونة.",
}


def save(store: Store, article_id: str, text: str, **meta: Any) -> Article:
    """The article as it is stored, with its version."""
    span = Span(0, len(text))
    store.save([(Article(id=article_id, text=text, **meta), [Passage(span, (Sentence(span, 1),))])])
    return store.get(article_id)


def quote(article: Article, words: str, answer: str | None = None, **more: Any) -> Quote:
    start = article.text.index(words)
    at = None if answer is None else article.text.index(answer, start)
    return Quote(
        article,
        Span(start, start + len(words)),
        paragraph=1,
        score=1.25,
        answer=None if at is None or answer is None else Span(at, at + len(answer)),
        **more,
    )


REF = QuoteRef("bridge", 1, 0, 38, 1, 7.5, (31, 37), (QuoteRef("light", 2, 3, 9, 2, 0.1, None),))


def record(**changes: Any) -> AnswerRecord:
    """An answer to Ann in a private chat."""
    fields: dict[str, Any] = {
        "id": 0,
        "chat_id": ANN,
        "thread_id": None,
        "user_id": ANN,
        "question_message_id": 11,
        "message_id": None,
        "asked_at": NOW,
        "text": "When did the bridge reopen? source:courier",
        "question": "When did the bridge reopen?",
        "filters": Filters(sources=("courier",)),
        "widened": None,
        "completion": None,
        "answered": True,
        "reason": None,
        "confidence": 0.75,
        "lang": "en",
        "quotes": (REF,),
        "accounts": (AccountRef("11", (REF,)), AccountRef("12", (REF.also_in[0],))),
    }
    return AnswerRecord(**fields | changes)
