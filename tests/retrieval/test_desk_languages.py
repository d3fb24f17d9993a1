"""Questions in one language over articles in another, alone and beside their own."""

import json
from pathlib import Path
from typing import Any

import pytest

from retrieval.desk import Desk
from retrieval.types import Answer, Filters, NoAnswer

ES = {
    "id": "es",
    "lang": "es",
    "text": "La empresa Energiprojekt AB de Malmö vendió la turbina Vesta 9 al puerto en 2019."
    " El puerto la instaló junto al faro de la isla.",
}
EN = {
    "id": "en",
    "lang": "en",
    "text": "Energiprojekt AB sold its turbine Vesta 9 to the harbour for a song, a clerk said."
    " The harbour set it up beside the lighthouse.",
}
OTHER = {
    "id": "other",
    "lang": "en",
    "text": "The choir sang in the old church on Sunday. Nobody came to the rehearsal.",
}
HANT = {"id": "hant", "lang": "zh-Hant", "text": "瑪爾摩的公司將渦輪機賣給港口。燈塔由陳美玲修復。"}
QUESTION = "Which turbine did Energiprojekt AB sell to the harbour, Vesta 9 or Vesta 8?"


def desk_of(folder: Path, *articles: dict[str, Any]) -> Desk:
    path = folder / "articles.jsonl"
    path.write_text("".join(json.dumps(article) + "\n" for article in articles))
    desk = Desk.open(folder / "desk")
    desk.add([path])
    return desk


def nearest(reply: Answer | NoAnswer) -> list[str]:
    quotes = reply.quotes if isinstance(reply, Answer) else reply.nearest
    return [quote.article.id for quote in quotes]


def test_another_language_gives_no_answer_and_what_comes_closest(tmp_path: Path) -> None:
    with desk_of(tmp_path, ES) as desk:
        reply = desk.ask(QUESTION)

        assert isinstance(reply, NoAnswer)
        assert reply.reason == "other_language"
        assert nearest(reply)[0] == "es"
        assert reply.contexts


def test_named_languages_are_taken_at_their_word(tmp_path: Path) -> None:
    with desk_of(tmp_path, ES) as desk:
        reply = desk.ask("What is Energiprojekt AB Vesta 9 Malmö?", filters=Filters(langs=("es",)))

        assert isinstance(reply, Answer)
        assert nearest(reply)[0] == "es"


def test_an_article_in_the_language_of_the_question_comes_first(tmp_path: Path) -> None:
    with desk_of(tmp_path, ES, EN) as desk:
        question = "Which turbine did Energiprojekt AB sell in 2019?"
        either = desk.ask(question, filters=Filters(langs=("en", "es")))
        reply = desk.ask(question)

        assert nearest(either)[0] == "es"
        assert isinstance(reply, Answer)
        assert set(nearest(reply)) == {"en"}


@pytest.mark.parametrize(
    ("question", "reason", "first"),
    [
        # what is quoted in the other language would answer
        ("What is Energiprojekt AB Vesta 9 Malmö?", "other_language", "es"),
        # it would not either, and something in the own language is as near
        ("Why did the choir of Malmö, Malmö, Malmö resign?", "low_confidence", "other"),
    ],
)
def test_articles_in_the_own_language_that_do_not_answer(
    tmp_path: Path, question: str, reason: str, first: str
) -> None:
    with desk_of(tmp_path, ES, OTHER) as desk:
        reply = desk.ask(question)

        assert isinstance(reply, NoAnswer)
        assert (reply.reason, nearest(reply)[0]) == (reason, first)


def test_both_forms_of_chinese_are_one_language(tmp_path: Path) -> None:
    with desk_of(tmp_path, HANT) as desk:
        reply = desk.ask("灯塔由谁修复？")

        assert isinstance(reply, Answer)
        assert nearest(reply)[0] == "hant"


def test_a_name_has_no_language(tmp_path: Path) -> None:
    with desk_of(tmp_path, ES) as desk:
        assert isinstance(desk.ask("Energiprojekt AB Vesta 9"), Answer)
