"""A question over a corpus whose articles on the matter are in another language."""

import json
from pathlib import Path

import pytest

from retrieval.desk import Desk
from retrieval.types import Answer, NoAnswer

ES = "La regata de Port Ellery fue ganada por Marta Quiroga. El puerto abrió en 1990."
EN = [
    f"The {n} ferry of Salt Haven sailed in the morning. Nobody but the crew was on board."
    for n in ("first", "second", "third", "fourth", "fifth", "sixth")
] + ["Ada Brook won the Varnia Open on Sunday. The final took three hours."]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder: Path = tmp_path_factory.mktemp("mixed")
    rows = [{"id": "es", "lang": "es", "text": ES}]
    rows += [{"id": f"en-{n}", "lang": "en", "text": text} for n, text in enumerate(EN)]
    path = folder / "articles.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    desk = Desk.open(folder / "desk")
    desk.add([path])
    return desk


@pytest.mark.parametrize(
    "question",
    [
        "¿Quién ganó la regata de Varnia?",
        "¿Quién ganó la regata de Kuldiga?",
        "Who sailed the ferry of Kuldiga?",
    ],
)
def test_a_shared_word_is_no_answer_where_the_name_is_missing(desk: Desk, question: str) -> None:
    reply = desk.ask(question)

    assert isinstance(reply, NoAnswer)
    assert reply.reason in {"low_confidence", "other_language"}
    assert reply.nearest


@pytest.mark.parametrize(
    ("question", "article"),
    [
        ("¿Quién ganó la regata de Port Ellery?", "es"),
        ("Who won the Varnia Open?", "en-6"),
    ],
)
def test_what_is_told_is_answered(desk: Desk, question: str, article: str) -> None:
    reply = desk.ask(question)

    assert isinstance(reply, Answer)
    assert reply.quotes[0].article.id == article
