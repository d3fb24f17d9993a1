"""Inline mode and deep links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bot.telegram.handlers.inline import payload, typed

if TYPE_CHECKING:
    from conftest import Served

NOTRE_DAME = "When did Notre-Dame reopen?"


def test_results_are_quotes_that_are_ready_to_send(served: Served) -> None:
    ada, _ = served.person()

    call = served.fake.answered(served.fake.ask_inline(ada, NOTRE_DAME))

    results = call.params["results"]
    assert 1 <= len(results) <= 50
    first = results[0]
    assert "Notre-Dame" in first["title"] + first["description"]
    content = first["input_message_content"]
    assert content["parse_mode"] == "HTML"
    assert "swung open" in content["message_text"]
    assert "The Meridian Post" in content["message_text"]
    assert call.params["is_personal"] is True


@pytest.mark.parametrize("query", ["", "W", "  "])
def test_a_beginning_leads_to_the_help(served: Served, query: str) -> None:
    ada, _ = served.person()

    call = served.fake.answered(served.fake.ask_inline(ada, query))

    assert call.params["results"] == []
    assert call.params["button"]["start_parameter"] == "help"


def test_two_characters_of_chinese_are_a_question(served: Served) -> None:
    ada, _ = served.person()

    assert served.fake.answered(served.fake.ask_inline(ada, "花蓮地震")).params["results"]


def test_no_answer_offers_to_ask_in_private_where_it_is_asked(served: Served) -> None:
    ada, chat = served.person()
    call = served.fake.answered(served.fake.ask_inline(ada, "Who won the world cup in Peru?"))
    assert call.params["results"] == []
    token = call.params["button"]["start_parameter"]

    answer = served.ask(chat, ada, f"/start {token}")

    assert answer.text.startswith("No answer")
    assert "NOT an answer" in answer.text


def test_what_is_typed_inline_is_not_kept_key_by_key(served: Served) -> None:
    ada, chat = served.person()
    fake = served.fake
    short = "When did the zeppelin burn"
    for stop in range(4, len(short) + 1):
        fake.answered(fake.ask_inline(ada, short[:stop]))
    assert served.ask(chat, ada, "/forget").text == "I kept nothing about you."

    long = "When did the very long zeppelin of the two brothers from the north burn"
    calls = [fake.answered(fake.ask_inline(ada, long[:stop])) for stop in (60, 65, len(long))]
    starts = {call.params["button"]["start_parameter"] for call in calls}

    assert len(starts) == 1
    assert served.ask(chat, ada, f"/start {starts.pop()}").text.startswith("No answer")
    assert "1 question with its answer, 1 saved link" in served.ask(chat, ada, "/forget").text


@pytest.mark.parametrize("text", ["a", "燈塔何時重新點亮？", "🌊🌊", "x" * 46, "half \ud83c"])
def test_a_short_text_is_its_own_start_parameter(text: str) -> None:
    parameter = payload(text)

    assert parameter is not None
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", parameter)
    assert typed(parameter) == text.replace("\ud83c", "?")


@pytest.mark.parametrize(
    "parameter", ["", "q-", "q-=", "q-A", "q-_w", "start", "q-" + "A" * 63, "燈"]
)
def test_other_parameters_hold_no_text(parameter: str) -> None:
    assert typed(parameter) is None


def test_the_message_sent_does_not_repeat_filters(served: Served) -> None:
    ada, _ = served.person()
    question = "How many died in the Hualien earthquake?"

    call = served.fake.answered(served.fake.ask_inline(ada, f"after:2024 {question}"))

    text = call.params["results"][0]["input_message_content"]["message_text"]
    assert question in text
    assert "after:" not in text


@pytest.mark.parametrize("query", ["Who won? after:soon", "source:", "<b>&", "a" * 256, "🌊🌊🌊"])
def test_half_typed_and_odd_queries_are_answered(served: Served, query: str) -> None:
    ada, _ = served.person()

    assert served.fake.answered(served.fake.ask_inline(ada, query)).ok


def test_a_source_without_an_address_links_into_the_bot(served: Served) -> None:
    ada, chat = served.person()
    answer = served.ask(chat, ada, "When did the ice close on Endurance?")
    links = [e["url"] for e in answer.entities if e["type"] == "text_link"]
    found = [re.fullmatch(r"https://t\.me/clipdesk_bot\?start=([\w-]{1,64})", url) for url in links]
    [token, *_] = [match[1] for match in found if match]

    opened = served.ask(chat, ada, f"/start {token}")

    assert "Endurance" in opened.text
    assert len(opened.text) > 200


def test_an_inline_result_that_was_just_sent_is_no_question(served: Served) -> None:
    ada, chat = served.person()

    served.fake.say(chat, ada, "a quote with its source", via_bot=served.fake.bot)

    assert served.ask(chat, ada, "/about").text.startswith("Clipdesk")
    assert len(served.fake.messages(chat)) == 1
