"""What of a reply goes into JSON; that the command line prints it is tested there."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.render.records import reply_object
from retrieval.types import Account, Answer, Article, NoAnswer, Quote, Span

NOON = datetime(2024, 4, 3, 12, tzinfo=UTC)


def test_accounts_name_their_articles() -> None:
    dated = Article(id="a", text="Nine died.", source="港灣時報", published=NOON)
    quotes = (
        Quote(dated, Span(0, 10), 1, 1.0, Span(0, 4)),
        Quote(Article(id="b", text="Four died."), Span(0, 10), 1, 1.0),
    )
    told = tuple(Account(value, (quote,)) for value, quote in zip("94", quotes, strict=True))
    reply = Answer("how many?", quotes[:1], 0.9, (), told)

    assert reply_object(reply, question_id=None, elapsed_ms=1.0)["accounts"] == [
        {
            "value": "9",
            "articles": [
                {
                    "article_id": "a",
                    "source": "港灣時報",
                    "published": "2024-04-03T12:00:00Z",
                    "answer": {"start": 0, "stop": 4},
                }
            ],
        },
        {
            "value": "4",
            "articles": [{"article_id": "b", "source": None, "published": None, "answer": None}],
        },
    ]


def test_no_answer_has_no_accounts() -> None:
    reply = NoAnswer("how many?", "no_match")

    assert reply_object(reply, question_id=None, elapsed_ms=1.0)["accounts"] == []
