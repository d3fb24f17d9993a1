"""
The words inside a quote that answer, where the kind asked for can be seen.

Right more often than not, or nothing: a wrong highlight misleads more than a missing
one.
"""

from __future__ import annotations

import math

import regex

from retrieval.answering.candidates import QuestionView
from retrieval.answering.features import new_items
from retrieval.language.analysis import Term, analyze
from retrieval.language.items import items
from retrieval.language.questions import Kind
from retrieval.types import Article, Span

# Kinds whose items are the answer itself, not a sign that one is near.
_SHOWN = (Kind.PERSON, Kind.TIME, Kind.PLACE, Kind.NUMBER, Kind.MONEY, Kind.PERCENT)


# Kinds whose forms are so wide that of many items in a sentence the nearest is often wrong.
_WIDE = (Kind.PERSON, Kind.PLACE)
_FEW = 1
# Scripts without capitals: what looks like a name there is one too seldom to be shown.
_UNCASED = regex.compile(r"[\p{Lo}]")


def answer_span(view: QuestionView, article: Article, quote: Span) -> Span | None:
    """The item of the asked kind in *quote* nearest to the question's words; None if unclear."""
    if view.asked.kind not in _SHOWN:
        return None
    text = quote.of(article.text)
    found = analyze(text, article.lang)
    places = new_items(view, text)
    if view.asked.kind in _WIDE:
        places = _clear(view, text, found, places)
    if not places:
        return None
    matched = [t for t in found if t.text in view.weights]

    def nearness(place: tuple[int, int]) -> float:
        start, stop = place
        return math.fsum(
            (view.weights[t.text] / math.sqrt(1 + max(t.start - stop, start - t.stop, 0)))
            for t in matched
        )

    start, stop = max(places, key=nearness)
    return Span(quote.start + start, quote.start + stop)


def _clear(
    view: QuestionView, text: str, found: list[Term], places: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Names that share no term with the question and are no dates, if there are few."""
    dates = items(text, Kind.TIME)
    opening = len(text) - len(text.lstrip("\"'“‘«¿¡([ "))
    kept = [
        (start, stop)
        for start, stop in places
        if not any(start <= t.start < stop and t.text in view.weights for t in found)
        and not any(date.start < stop and start < date.stop for date in dates)
        and not (start == opening and " " not in text[start:stop] and text[start].isupper())
        and not (_UNCASED.search(text, start, stop) and "·" not in text[start:stop])
        and not (text[start:stop].isupper() and text[start].isascii())
    ]
    return kept if len({text[a:b] for a, b in kept}) <= _FEW else []
