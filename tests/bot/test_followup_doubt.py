"""What answers a completed follow-up must be about what was put into it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.conversation import DOUBTED, Conversation
from bot.followups import Completion, is_borne_out
from bot.render.wording import is_clear
from retrieval.types import Answer, Article, Filters, Quote, Span

NINE = "Nine people died in the earthquake at Osterholm on 3 April 1949."


def completed(question: str, name: str | None) -> Completion:
    return Completion(question, "name", (), (), name=name)


def quoted(text: str, title: str | None = None) -> Quote:
    return Quote(Article(id="a", text=text, title=title), Span(0, len(text)), 1, 1.0)


@pytest.mark.parametrize(
    ("question", "name", "text"),
    [
        ("How many died in Osterholm?", "Osterholm", NINE),
        ("When did it shake Osterholm?", "Osterholm", NINE),
        ("How many died in Tainan?", None, NINE),
        ("Where was Ada Brook born?", "Ada Brook", "Ada Brook was born in Osterholm."),
        ("Who is Ada Brook?", "Ada Brook", "Mayor Ada Brook spoke."),
        ("С Осло? (Кто мэр?)", "Осло", "Мэр Осло приехал."),
        ("台北什麼時候地震？", "台北", "2024年台北地震。"),
        ("臺北什麼時候地震？", "臺北", "2024年台北地震。"),
    ],
)
def test_a_quote_about_it_bears_it_out(question: str, name: str | None, text: str) -> None:
    assert is_borne_out(completed(question, name), quoted(text))


@pytest.mark.parametrize(
    ("question", "name", "text"),
    [
        ("How many died in Tainan?", "Tainan", NINE),
        ("How old is Osterholm?", "Osterholm", "Osterholm was founded in 1949."),
        ("How much did Osterholm cost?", "Osterholm", NINE),
        ("Where was Ada Brook born?", "Ada Brook", "Ada Brook delivered the documents."),
        ("Who built the Vega?", "the Vega", "The Vega crashed."),
        ("Когда? (С Осло: Кто мэр?)", "Осло", "Мэр Осло приехал."),
        ("台北有多少人？", "台北", "2024年花蓮地震。"),
    ],
)
def test_a_quote_about_something_else_does_not(question: str, name: str, text: str) -> None:
    assert not is_borne_out(completed(question, name), quoted(text))


def test_the_title_may_name_it() -> None:
    quote = quoted("Nine people died in the earthquake.", "Osterholm shaken")

    assert is_borne_out(completed("How many died in Osterholm?", "Osterholm"), quote)


class Sure:
    """A desk that gives one quote for everything, and is sure of it."""

    def ask(self, question: str, *, filters: Filters, k: int, quotes: int) -> Answer:
        return Answer(question, (quoted(NINE),), 0.9, ())

    def sources(self) -> list[object]:
        return []

    def around(self, quote: Quote, neighbours: int = 1) -> list[Span]:
        return []


def test_the_same_quote_for_another_place_is_shown_with_a_doubt() -> None:
    chat = Conversation(Sure(), now=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    chat.ask("How many died in Osterholm?")

    turn = chat.ask("And in Tainan?")

    assert turn.completion is not None
    assert not is_clear(turn.reply)
    assert turn.reply.confidence == DOUBTED
    assert is_clear(chat.ask("How many died in Osterholm?").reply)
