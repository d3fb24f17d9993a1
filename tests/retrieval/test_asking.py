"""Asking within a date first, and outside of it where nothing in it answers."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from retrieval.asking import Found, ask_parsed
from retrieval.query import parse_question
from retrieval.types import Answer, Article, Filters, NoAnswer, Quote, Span

NOW = datetime(2026, 3, 9, 15, 30, tzinfo=UTC)
SINCE = Filters(after=datetime(2026, 3, 9, tzinfo=UTC))
LONG, SHORT = "Who resigned since Monday?", "Who resigned?"

QUOTE = Quote(Article(id="a", text="Ada resigned."), Span(0, 13), 1, 1.0)


@dataclass
class ToyDesk:
    """Answers by what was asked: within the dates or not."""

    within: str
    outside: str
    asked: list[tuple[str, Filters, int, int]] = field(default_factory=list)

    def ask(self, question: str, *, filters: Filters, k: int, quotes: int) -> Answer | NoAnswer:
        self.asked.append((question, filters, k, quotes))
        match self.within if filters.after is not None else self.outside:
            case "answer":
                return Answer(question, (QUOTE,), 0.9, ())
            case "nearest":
                return NoAnswer(question, "low_confidence", (QUOTE,), 0.1)
            case _:
                return NoAnswer(question, "filters" if filters else "no_match")


@pytest.mark.parametrize(
    ("within", "outside", "question", "filters", "widened"),
    [
        ("answer", "answer", SHORT, SINCE, None),
        ("nearest", "answer", LONG, Filters(), SINCE),
        ("nothing", "answer", LONG, Filters(), SINCE),
        ("nearest", "nearest", SHORT, SINCE, None),
        ("nearest", "nothing", SHORT, SINCE, None),
        ("nothing", "nearest", LONG, Filters(), SINCE),
        ("nothing", "nothing", LONG, Filters(), SINCE),
    ],
)
def test_the_dates_count_where_they_give_an_answer(
    within: str, outside: str, question: str, filters: Filters, widened: Filters | None
) -> None:
    desk = ToyDesk(within, outside)

    found = ask_parsed(desk, parse_question(LONG, NOW), k=7, quotes=2)

    assert (found.question, found.filters, found.widened) == (question, filters, widened)
    assert found.reply.question == question
    assert desk.asked[0] == (SHORT, SINCE, 7, 2)
    assert desk.asked[1:] == ([] if within == "answer" else [(LONG, Filters(), 7, 2)])


def test_a_question_without_a_date_is_asked_once() -> None:
    desk = ToyDesk("nothing", "answer")

    found = ask_parsed(desk, parse_question("Who resigned? source:bbc", NOW), k=7, quotes=2)

    bbc = Filters(sources=("bbc",))
    assert found == Found(Answer("Who resigned?", (QUOTE,), 0.9, ()), "Who resigned?", bbc)
    assert desk.asked == [("Who resigned?", bbc, 7, 2)]
