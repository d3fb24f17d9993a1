"""A subscription made of what was read: the story of an article, or a question that had no answer."""

from __future__ import annotations

import re
from datetime import datetime

from bot.alerts.part import AlertsPart
from retrieval.errors import QueryError
from retrieval.query import parse_standing
from retrieval.query.standing import LONGEST, MOST_WORDS
from retrieval.store.rows import text_in, text_out
from retrieval.types import Quote

_WORDS_OF_QUOTE = 12
"""So many of a quote's words stand for an article that has no title."""

# What the query language takes for more than letters of a word.
_SIGNS = re.compile(r"""[()（）"“”„«»「」『』＂|&*＊]|(?<!\S)[-–−]+""")
_COLON = re.compile(r"[:：]\s*")

_ABOUT = "news about"
"""What makes a topic of one or two words; see ``parse_standing``."""


class Following(AlertsPart):
    """Finds the story of an article."""

    def story_of(self, article_id: str) -> str:
        """The story that the article tells; of one that was not followed, its own id."""
        row = self._row(
            "SELECT story FROM alert_stories WHERE article_id = ?", (text_in(article_id),)
        )
        return article_id if row is None else text_out(row[0]) or article_id


def topic_of(text: str, now: datetime) -> str | None:
    """
    A query for which *text*, a title or a question, is a topic; None if it holds no word.

    Its signs are taken out, since nobody wrote them as signs of a query.
    """
    bare = _COLON.sub(" ", _SIGNS.sub(" ", text)).split()
    # "OR" and "NOT" in capitals are words here
    words = " ".join(w.lower() if w in {"OR", "AND", "NOT"} else w for w in bare[:MOST_WORDS])
    for query in (words, f"{_ABOUT} {words}"):
        shortened = query[:LONGEST]
        try:
            if parse_standing(shortened, now).is_topic:
                return shortened
        except QueryError:
            continue
    return None


def topic_of_quote(quote: Quote, now: datetime) -> str | None:
    """The topic of the article that a quote is from: its title or, without one, the quote's words."""
    title = quote.article.title
    found = None if title is None else topic_of(title, now)
    return found or topic_of(" ".join(quote.text.split()[:_WORDS_OF_QUOTE]), now)
