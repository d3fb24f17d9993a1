"""
A desk in memory over a handful of articles: whole sentences, chosen by shared words.

As strict as the real one: it returns real types, whose constructors check every
span, and it applies filters. Run as a program it is a chat over these articles.
"""

from __future__ import annotations

import re
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from retrieval.store import SourceSummary
from retrieval.types import (
    Answer,
    Article,
    Context,
    Filters,
    Hit,
    Location,
    NoAnswer,
    Passage,
    Quote,
    Sentence,
    Span,
)

BRIDGE = Article(
    id="bridge",
    title="Harbour bridge opens again",
    source="The Daily Quay",
    url="https://quay.example/news/bridge?page=2#story",
    published=datetime(2024, 3, 4, tzinfo=UTC),
    lang="en",
    author="Ada Brook",
    text=(
        "The harbour bridge reopened on Monday after eight months of repairs.\n"
        "Engineers had found cracks in two of its cables last summer. "
        "The repairs cost 12 million crowns.\n"
        "Traffic was light in the first hours."
    ),
)
BRIDGE_AGAIN = Article(
    id="bridge-2",
    title="Bridge back in use",
    source="Northern Wire",
    published=datetime(2024, 3, 5, 9, 30, tzinfo=UTC),
    lang="en",
    text="The harbour bridge reopened on Monday, the port said. Ferries kept running for a week.",
)
UNTITLED = Article(
    id="3f2a",
    location=Location("/data/in/dump.txt", 17, 17),
    lang="en",
    is_truncated=True,
    text="Fishermen say the bridge works drove the herring away. A study of the harbour is to",
)
PARK = Article(
    id="park",
    title="公園重新開放",
    source="港口日報",
    published=datetime(2023, 11, 20, tzinfo=UTC),
    lang="zh-Hant",
    text="濱海公園於十一月二十日重新開放。市長表示，整修費用為三百萬元。",
)
ARTICLES = (BRIDGE, BRIDGE_AGAIN, UNTITLED, PARK)

_SENTENCE = re.compile(r"[^.。\n]+[.。]?")
_WORD = re.compile(r"[a-z]{3,}|[\u4e00-\u9fff]")
_NUMBER = re.compile(r"\d+ (?:million )?\w+|Monday")
NO_FILTERS = Filters()
STOP = {"the", "did", "when", "what", "how", "who", "was", "and", "for", "much"}


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold())) - STOP


def _sentences(article: Article) -> list[Sentence]:
    found = []
    for match in _SENTENCE.finditer(article.text):
        if match[0].strip():
            start = match.start() + len(match[0]) - len(match[0].lstrip())
            paragraph = 1 + article.text.count("\n", 0, start)
            is_complete = match[0].endswith((".", "。"))
            found.append(Sentence(Span(start, match.end()), paragraph, is_complete))
    return found


class ToyDesk:
    def __init__(self, articles: tuple[Article, ...] = ARTICLES) -> None:
        self.articles = articles

    def ask(
        self,
        question: str,
        *,
        filters: Filters = NO_FILTERS,
        k: int = 10,
        quotes: int = 3,
    ) -> Answer | NoAnswer:
        if not self.articles:
            return NoAnswer(question, "empty_corpus")
        words = _words(question)
        if not words:
            return NoAnswer(question, "no_terms")
        allowed = [article for article in self.articles if _satisfies(article, filters)]
        if not allowed:
            return NoAnswer(question, "filters")
        found = sorted(
            (quote for article in allowed for quote in self._quotes(article, words)),
            key=lambda quote: -quote.score,
        )
        if not found:
            return NoAnswer(question, "no_match")
        contexts = self._contexts(found)[:k]
        best = found[0].score / len(words)
        if best < 0.4:
            return NoAnswer(question, "low_confidence", tuple(found[:quotes]), best, contexts)
        return Answer(question, tuple(found[:quotes]), min(best, 1.0), contexts)

    def _quotes(self, article: Article, words: set[str]) -> list[Quote]:
        made = []
        for sentence in _sentences(article):
            shared = words & _words(sentence.span.of(article.text))
            if not (shared and sentence.is_complete):
                continue
            number = _NUMBER.search(article.text, sentence.span.start, sentence.span.stop)
            features = {"coverage": float(len(shared)), "lead": -0.25 * (sentence.paragraph - 1)}
            made.append(
                Quote(
                    article=article,
                    span=sentence.span,
                    paragraph=sentence.paragraph,
                    score=sum(features.values()),
                    answer=None if number is None else Span(*number.span()),
                    features=features,
                )
            )
        return made

    def _contexts(self, quotes: list[Quote]) -> tuple[Context, ...]:
        articles = list(dict.fromkeys(quote.article.id for quote in quotes))
        contexts = []
        for rank, article_id in enumerate(articles, 1):
            (article,) = (a for a in self.articles if a.id == article_id)
            passage = Passage(Span(0, len(article.text)), tuple(_sentences(article)))
            contexts.append(Context(Hit(rank, 9.0 / rank, rank), article, passage))
        return tuple(contexts)

    def sources(self) -> list[SourceSummary]:
        names = dict.fromkeys(article.source for article in self.articles)
        return [self._summary(name) for name in names]

    def _summary(self, name: str | None) -> SourceSummary:
        mine = [article for article in self.articles if article.source == name]
        dates = [article.published for article in mine if article.published is not None]
        langs = tuple(sorted({article.lang for article in mine if article.lang is not None}))
        first, last = min(dates, default=None), max(dates, default=None)
        return SourceSummary(name, len(mine), first, last, langs)

    def around(self, quote: Quote, neighbours: int = 1) -> list[Span]:
        text = quote.article.text
        spans = [Span(*m.span()) for m in re.finditer(r"[^\n]+", text)]
        inside = [n for n, span in enumerate(spans) if span.overlaps(quote.span)]
        return spans[max(inside[0] - neighbours, 0) : inside[-1] + neighbours + 1]


def _satisfies(article: Article, filters: Filters) -> bool:
    name = (article.source or "").casefold()
    if filters.sources and not any(wanted.casefold() in name for wanted in filters.sources):
        return False
    if filters.langs and (article.lang or "").split("-")[0] not in filters.langs:
        return False
    if filters.after is None and filters.before is None:
        return True
    date = article.published
    return (
        date is not None
        and (filters.after is None or date >= filters.after)
        and (filters.before is None or date < filters.before)
    )


if __name__ == "__main__":
    from bot import repl
    from bot.conversation import Conversation
    from bot.messages import Messages
    from bot.render.terminal import open_terminal

    class Waiting(ToyDesk):
        """Asked "wait", it tells that it does, and does until it is interrupted."""

        def ask(self, question: str, **options: object) -> Answer | NoAnswer:
            if question == "wait":
                print("waiting", flush=True)  # noqa: T201  # the test listens for it
                threading.Event().wait(30)
            return super().ask(question, **options)

    history = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    chat = Conversation(Waiting())
    sys.exit(repl.run(chat, open_terminal(Messages("en")), history_file=history))
