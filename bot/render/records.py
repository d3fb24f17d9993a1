"""Replies as JSON: the contract that programs rely on (README, "JSON")."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import Any

from retrieval.types import Account, Answer, Context, NoAnswer, Quote

JSONObject = dict[str, Any]


def json_line(value: Any) -> str:
    """*value* as one line; with escapes where standard output cannot take a character as it is."""
    line = json.dumps(value, ensure_ascii=False)
    try:
        line.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:  # a lone surrogate of a question, or an old encoding
        return json.dumps(value)
    return line


def reply_object(
    reply: Answer | NoAnswer, *, question_id: Any, elapsed_ms: float, explain: bool = False
) -> JSONObject:
    """
    One reply; spans are code points into the stored text of the article.

    ``partial`` is there, and true, only where a part of the index did not answer.
    """
    answered = isinstance(reply, Answer)
    quotes = reply.quotes if isinstance(reply, Answer) else reply.nearest
    accounts = reply.accounts if isinstance(reply, Answer) else ()
    return {
        "id": question_id,
        "question": reply.question,
        "answered": answered,
        "confidence": round(reply.confidence, 4),
        "reason": None if isinstance(reply, Answer) else reply.reason,
        "elapsed_ms": round(elapsed_ms, 2),
        "quotes": [_quote_object(quote, explain=explain) for quote in quotes],
        "accounts": [_account_object(account) for account in accounts],
        "passages": [_passage_object(context) for context in reply.contexts],
        **({"partial": True} if reply.is_partial else {}),
    }


def _quote_object(quote: Quote, *, explain: bool) -> JSONObject:
    article, answer = quote.article, quote.answer
    shown: JSONObject = {
        "text": quote.text,
        "article_id": article.id,
        "version": article.version,
        "start": quote.span.start,
        "stop": quote.span.stop,
        "answer": None if answer is None else {"start": answer.start, "stop": answer.stop},
        "paragraph": quote.paragraph,
        "score": round(quote.score, 4),
        "title": article.title,
        "source": article.source,
        "url": article.url,
        "published": moment(article.published),
        "lang": article.lang,
        "location": None
        if article.location is None
        else {
            "path": article.location.path,
            "first_line": article.location.first_line,
            "last_line": article.location.last_line,
        },
        "also_in": [
            {"article_id": other.article.id, "start": other.span.start, "stop": other.span.stop}
            for other in quote.also_in
        ],
    }
    if explain:
        shown["features"] = {name: round(share, 4) for name, share in quote.features.items()}
    return shown


def _account_object(account: Account) -> JSONObject:
    return {
        "value": account.value,
        "articles": [
            {
                "article_id": quote.article.id,
                "source": quote.article.source,
                "published": moment(quote.article.published),
                "answer": None
                if quote.answer is None
                else {"start": quote.answer.start, "stop": quote.answer.stop},
            }
            for quote in account.quotes
        ],
    }


def _passage_object(context: Context) -> JSONObject:
    return {
        "article_id": context.article.id,
        "start": context.passage.span.start,
        "stop": context.passage.span.stop,
        "score": round(context.hit.score, 4),
    }


def moment(when: datetime | None) -> str | None:
    """ISO 8601 with Z, or None."""
    return None if when is None else when.isoformat().replace("+00:00", "Z")
