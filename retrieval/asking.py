"""
Asking with a date in plain words: within it first, and without it if nothing there answers.

"Who resigned since Monday?" names dates of articles; "What was it called before 1990?"
may not. So such a date narrows what is asked only where that gives an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from retrieval.query import ParsedQuestion
from retrieval.types import Answer, Filters, NoAnswer


class Asks(Protocol):
    """What asking needs of a desk."""

    def ask(self, question: str, *, filters: Filters, k: int, quotes: int) -> Answer | NoAnswer: ...


@dataclass(frozen=True, slots=True)
class Found:
    """
    A reply, and what it is a reply to.

    Attributes:
        question: As it was asked of the desk: without a relative date where that was
            taken as a filter.
        filters: Those that the reply keeps to.
        widened: The filters within which nothing answers, where the reply is from
            outside of them.
    """

    reply: Answer | NoAnswer
    question: str
    filters: Filters
    widened: Filters | None = None


def ask_parsed(desk: Asks, parsed: ParsedQuestion, *, k: int, quotes: int) -> Found:
    """
    The answer within the dates of *parsed*, or else the one without them.

    Where neither answers: what comes closest within the dates, if anything does.
    """
    narrowed = parsed.narrowed
    if narrowed is None:
        wide = desk.ask(parsed.question, filters=parsed.filters, k=k, quotes=quotes)
        return Found(wide, parsed.question, parsed.filters)
    narrow = desk.ask(narrowed.question, filters=narrowed.filters, k=k, quotes=quotes)
    if isinstance(narrow, Answer):
        return Found(narrow, narrowed.question, narrowed.filters)
    wide = desk.ask(parsed.question, filters=parsed.filters, k=k, quotes=quotes)
    if narrow.nearest and isinstance(wide, NoAnswer):
        return Found(narrow, narrowed.question, narrowed.filters)
    return Found(wide, parsed.question, parsed.filters, widened=narrowed.filters)
