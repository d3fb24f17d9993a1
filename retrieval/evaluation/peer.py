r"""
The peer that figures stand beside: rank-bm25 as it comes, and the sentence with the
most question words.

What a developer would write in an hour: lower-cased words, and the single characters of
Chinese and Japanese, ``BM25Okapi`` over the same passages, the best ten passages, sentences
by the number of distinct question words in them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from rank_bm25 import BM25Okapi

from retrieval.types import Answer, Article, Context, Hit, NoAnswer, Passage, Quote

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


class Peer:
    """Answers from *held*: all passages with their articles."""

    def __init__(self, held: Sequence[tuple[Article, Passage]]) -> None:
        self._held = held
        texts = [f"{a.title or ''} {p.span.of(a.text)}" for a, p in held]
        self._bm25 = BM25Okapi([_words(text) for text in texts])

    def ask(self, question: str, k: int = 10) -> Answer | NoAnswer:
        """The best three sentences; NoAnswer only when no passage scores above 0."""
        words = _words(question)
        scores = self._bm25.get_scores(words)
        best = [int(n) for n in np.argsort(-scores, kind="stable")[:k] if scores[n] > 0]
        contexts = tuple(
            Context(Hit(n, float(scores[n]), rank), *self._held[n])
            for rank, n in enumerate(best, 1)
        )
        quotes = [
            Quote(
                c.article,
                sentence.span,
                sentence.paragraph,
                float(len(set(words) & set(_words(sentence.span.of(c.article.text))))),
            )
            for c in contexts
            for sentence in c.passage.sentences
        ]
        quotes.sort(key=lambda quote: -quote.score)
        distinct = list({(q.article.id, q.span): q for q in quotes}.values())
        if not distinct:
            return NoAnswer(question, "no_match")
        return Answer(question, tuple(distinct[:3]), 0.5, contexts)
