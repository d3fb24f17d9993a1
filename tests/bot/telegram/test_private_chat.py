"""A person and the bot, in private: questions, follow-ups, edits, buttons, commands."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Served

NOTRE_DAME = "When did Notre-Dame reopen?"


def bold(text: str, entities: list[dict]) -> list[str]:
    units = text.encode("utf-16-le")
    return [
        units[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le")
        for e in entities
        if e["type"] == "bold"
    ]


def data_of(sent, label: str) -> str:
    return next(data for row in sent.buttons for text, data in row if text == label)


def test_any_text_is_a_question_and_the_answer_is_cited(served: Served) -> None:
    ada, chat = served.person()

    answer = served.ask(chat, ada, "At what rate was the Bulgarian lev fixed against the euro?")

    assert "The ministers fixed the exchange rate at 1.95583 levs to the euro." in answer.text
    assert "1.95583 levs" in bold(answer.text, answer.entities)
    assert (
        '1 Baltic Ledger · 8 Jul 2025 · "Bulgaria cleared to become the 21st euro country" · ¶1'
        in (answer.text)
    )
    links = [e["url"] for e in answer.entities if e["type"] == "text_link"]
    assert any("#:~:text=" in link for link in links)
    assert answer.text.endswith("Corpus as of 18 Nov 2025")
    assert [[text for text, _ in row] for row in answer.buttons] == [
        ["Context", "More", "Sources"],
        ["Follow this story"],
        ["👍", "👎"],
    ]


def test_what_the_corpus_does_not_hold_is_said_first(served: Served) -> None:
    ada, chat = served.person()

    answer = served.ask(chat, ada, "Who won the world cup in Peru?")

    assert answer.text.startswith("No answer: ")
    kinds = [e["type"] for e in answer.entities]
    assert "expandable_blockquote" in kinds
    assert "NOT an answer" in answer.text


@pytest.mark.parametrize("text", ["؟", "…", "🌊", "the"])
def test_a_question_without_words_gets_a_hint(served: Served, text: str) -> None:
    ada, chat = served.person()

    answer = served.ask(chat, ada, text)

    assert answer.text.startswith("No answer: ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Thanks!", "You are welcome."),
        ("thank you very much :)", "You are welcome."),
        ("Спасибо", "You are welcome."),
        ("謝謝你！", "You are welcome."),
        ("¡Hola!", "Hello. Ask me"),
        ("hello bot", "Hello. Ask me"),
    ],
)
def test_a_courtesy_is_no_question(served: Served, text: str, said: str) -> None:
    ada, chat = served.person()

    assert served.ask(chat, ada, text).text.startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tell me more", "More, under an answer, shows further quotes."),
        ("更多", "More, under an answer"),
        ("how are you?", "Hello. Ask me"),
        ("what can you do?", "Ask in your own words."),
        ("Where is it?", "No answer: the question holds no word to look up."),
    ],
)
def test_talk_that_asks_nothing_is_told_where_to_go(served: Served, text: str, said: str) -> None:
    ada, chat = served.person()

    answer = served.ask(chat, ada, text)

    assert answer.text.startswith(said)
    assert "/help" in answer.text or "More" in answer.text


def test_a_question_that_begins_with_a_greeting_is_one(served: Served) -> None:
    ada, chat = served.person()

    assert "swung open" in served.ask(chat, ada, f"Hello, {NOTRE_DAME}").text


def test_a_follow_up_is_completed_and_the_completion_is_shown(served: Served) -> None:
    ada, chat = served.person()
    served.ask(chat, ada, "When did Finland join NATO?")

    answer = served.ask(chat, ada, "What about Sweden?")

    assert answer.text.startswith("Understood as: When did Sweden join NATO?")
    assert "Sweden" in answer.text.partition("\n")[2]


def test_new_begins_a_thread(served: Served) -> None:
    ada, chat = served.person()
    served.ask(chat, ada, "When did Finland join NATO?")
    said = served.ask(chat, ada, "/new")
    assert "new thread" in said.text

    answer = served.ask(chat, ada, "What about Sweden?")

    assert "Understood as" not in answer.text


def test_a_reply_asks_about_the_answer_that_it_replies_to(served: Served) -> None:
    ada, chat = served.person()
    first = served.ask(chat, ada, "When did Finland join NATO?")
    served.ask(chat, ada, NOTRE_DAME)

    answer = served.ask(chat, ada, "What about Sweden?", reply_to=first.message)

    assert answer.text.startswith("Understood as: When did Sweden join NATO?")


def test_an_edited_question_edits_its_answer(served: Served) -> None:
    ada, chat = served.person()
    question = served.fake.say(chat, ada, "When did Finlnd join NATO?")
    [first] = served.fake.wait_messages(chat)

    served.fake.edit(question, NOTRE_DAME)
    edited = served.fake.wait_edit(chat, first.message_id)

    assert "Notre-Dame swung open" in edited.text
    assert len(served.fake.messages(chat)) == 1
    # Its buttons lead to the new answer
    served.fake.press(edited.message, "Sources", ada)
    assert "Notre-Dame" in served.fake.wait_edit(chat, first.message_id, 2).text


def test_an_edit_that_leaves_the_question_as_it_was_changes_nothing(served: Served) -> None:
    ada, chat = served.person()
    question = served.fake.say(chat, ada, NOTRE_DAME)
    [first] = served.fake.wait_messages(chat)
    served.fake.edit(question, NOTRE_DAME)
    served.ask(chat, ada, "/about")

    assert served.fake.messages(chat)[0].edits == first.edits == 0


def test_an_edit_into_thanks_takes_the_answer_back_and_one_into_a_question_gives_one(
    served: Served,
) -> None:
    ada, chat = served.person()
    fake = served.fake
    question = fake.say(chat, ada, NOTRE_DAME)
    [first] = fake.wait_messages(chat)

    fake.edit(question, "thanks")
    thanked = fake.wait_edit(chat, first.message_id)
    fake.edit(question, NOTRE_DAME)
    again = fake.wait_edit(chat, first.message_id, 2)

    assert (thanked.text, thanked.buttons) == ("You are welcome.", [])
    assert "Notre-Dame swung open" in again.text
    assert len(fake.messages(chat)) == 1


def test_an_edit_into_a_wrong_filter_leaves_no_stale_answer(served: Served) -> None:
    ada, chat = served.person()
    question = served.fake.say(chat, ada, NOTRE_DAME)
    [first] = served.fake.wait_messages(chat)

    served.fake.edit(question, "after:foo who won?")
    edited = served.fake.wait_edit(chat, first.message_id)

    assert edited.text.startswith("after:foo is no date")
    assert edited.buttons == []
    # What is no answer any more is nothing to follow up
    assert "Understood as" not in served.ask(chat, ada, "And why?").text
    assert len(served.fake.messages(chat)) == 2


def test_an_edited_courtesy_is_still_none(served: Served) -> None:
    ada, chat = served.person()
    hello = served.fake.say(chat, ada, "hello")
    served.fake.wait_messages(chat)

    served.fake.edit(hello, "Hello!")

    assert served.ask(chat, ada, "/about").text.startswith("Clipdesk")
    assert len(served.fake.messages(chat)) == 2


def test_dates_in_plain_words_are_relative_to_the_message(served: Served) -> None:
    ada, chat = served.person()
    asked = datetime(2025, 11, 20, 12, tzinfo=UTC)  # a Thursday

    answer = served.ask(chat, ada, "What happened in space last week?", date=asked)

    assert "10 Nov 2025" in answer.text
    assert "14 Nov 2025" in answer.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Who won? after:soon", "after:soon is no date"),
        ("source:", "source: lacks a value"),
        ("lang:klingon-language-x1", "is no language"),
    ],
)
def test_a_wrong_filter_is_explained(served: Served, text: str, said: str) -> None:
    ada, chat = served.person()

    assert said in served.ask(chat, ada, text).text


def test_context_more_and_sources_are_views_of_the_same_message(served: Served) -> None:
    ada, chat = served.person()
    answer = served.ask(chat, ada, NOTRE_DAME)
    fake = served.fake

    fake.press(answer.message, "Context", ada)
    context = fake.wait_edit(chat, answer.message_id, 1)
    assert len(context.text) > len(answer.text.partition("\n")[0])
    assert "great organ" in context.text
    fake.press(context.message, "‹ Back", ada)
    assert fake.wait_edit(chat, answer.message_id, 2).text == answer.text
    fake.press(answer.message, "More", ada)
    more = fake.wait_edit(chat, answer.message_id, 3)
    assert re.search(r"^4 ", more.text, re.MULTILINE)
    fake.press(more.message, "‹ Back", ada)
    fake.wait_edit(chat, answer.message_id, 4)
    fake.press(answer.message, "Sources", ada)
    assert "Harbour Courier" in fake.wait_edit(chat, answer.message_id, 5).text


def test_more_ends_with_a_word_and_without_its_button(served: Served) -> None:
    ada, chat = served.person()
    shown = served.ask(chat, ada, "At what rate was the Bulgarian lev fixed against the euro?")
    fake = served.fake
    for edits in range(1, 20):
        pressed = fake.press(shown.message, "More", ada)
        toast = fake.answered(pressed).params.get("text")
        shown = fake.wait_edit(chat, shown.message_id, edits)
        if toast is not None:
            break

    assert toast == "No further quotes."
    assert "More" not in [text for row in shown.buttons for text, _ in row]


def test_a_rating_is_kept_changed_and_taken_back(served: Served) -> None:
    ada, chat = served.person()
    answer = served.ask(chat, ada, NOTRE_DAME)
    fake = served.fake

    toasts = [
        fake.answered(fake.press(answer.message, label, ada)).params["text"]
        for label in ("👍", "👎", "👎")
    ]

    assert toasts == [toasts[0], toasts[0], "Taken back."]


@pytest.mark.parametrize(
    "data", ["c:999999:1:1", "x", "l:xx", "m:1", "g:-1:0:0", "a:1:0:0\n", "c:٣:1:1", "i:1:2:3"]
)
def test_forged_buttons_do_nothing(served: Served, data: str) -> None:
    ada, chat = served.person()
    answer = served.ask(chat, ada, NOTRE_DAME)
    eve, other = served.person()
    hello = served.ask(other, eve, "/language")

    forged = served.fake.callback(hello.message, data, eve)
    stolen = served.fake.callback(hello.message, data_of(answer, "Sources"), eve)

    for pressed in (forged, stolen):
        assert "not kept" in served.fake.answered(pressed).params["text"]
    assert served.fake.messages(other)[-1].edits == 0


def test_the_language_follows_the_user_and_can_be_chosen(served: Served) -> None:
    ada, chat = served.person(language_code="zh-hant")

    said = served.ask(chat, ada, "/language")
    assert said.text != served.ask(*reversed(served.person()), "/language").text
    served.fake.press(said.message, "English", ada)
    now = served.fake.wait_edit(chat, said.message_id)

    assert now.text.startswith("Which language")
    assert "✓ 跟著我的 Telegram" in [text for row in said.buttons for text, _ in row]
    assert "✓ English" in [text for row in now.buttons for text, _ in row]
    assert served.ask(chat, ada, "/new").text.startswith("A new thread")


def test_forget_says_what_was_deleted(served: Served) -> None:
    ada, chat = served.person()
    answer = served.ask(chat, ada, NOTRE_DAME)
    served.fake.answered(served.fake.press(answer.message, "👍", ada))

    said = served.ask(chat, ada, "/forget")

    assert "1 question with its answer" in said.text
    assert "1 rating" in said.text
    pressed = served.fake.press(answer.message, "Sources", ada)
    assert "not kept" in served.fake.answered(pressed).params["text"]
    assert served.ask(chat, ada, "/forget").text == "I kept nothing about you."


def test_forget_counts_a_chosen_language(served: Served) -> None:
    ada, chat = served.person()
    assert served.ask(chat, ada, "/forget").text == "I kept nothing about you."
    said = served.ask(chat, ada, "/language")
    served.fake.press(said.message, "English", ada)
    served.fake.wait_edit(chat, said.message_id)

    assert served.ask(chat, ada, "/forget").text == "Deleted: the settings of this chat."


def test_further_quotes_can_be_rated_and_have_their_sources(served: Served) -> None:
    ada, chat = served.person()
    answer = served.ask(chat, ada, NOTRE_DAME)

    served.fake.press(answer.message, "More", ada)
    more = served.fake.wait_edit(chat, answer.message_id)

    assert [[text for text, _ in row] for row in more.buttons] == [
        ["‹ Back", "Context", "More", "Sources"],
        ["👍", "👎"],
    ]


@pytest.mark.parametrize(
    ("command", "head", "kept"),
    [
        ("/latest since 5 Nov 2025", "Latest articles\n", "published from 5 Nov 2025"),
        ("/latest source:courier", "Latest articles\n", "source courier"),
        (
            "/latest museum since March 2025 lang:en",
            "Latest articles about museum\n",
            "published from 1 Mar 2025; language en",
        ),
        ("/latest earthquake in April 2024", "Latest articles about earthquake\n", "1 Apr 2024 to"),
        ("/latest source:nobody", "No article is there within these filters.", "source nobody"),
    ],
)
def test_latest_keeps_to_its_filters_and_says_so(
    served: Served, command: str, head: str, kept: str
) -> None:
    ada, chat = served.person()

    said = served.ask(chat, ada, command).text

    assert said.startswith(head)
    assert "Only these articles: " in said
    assert kept in said.splitlines()[-1]
    if "2025" in command:
        assert "2024" not in said.partition("Only these")[0]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("/start", "Hello"),
        ("/help", "Ask in your own words"),
        ("/latest", "Latest articles"),
        ("/latest Hualien", "Hualien"),
        ("/sources", "Harbour Courier"),
        ("/sources baltic", "Baltic Ledger"),
        ("/about", "34 articles"),
        ("/settings", "Language: English"),
        ("/ask", "/ask When"),
        ("/ask When did Finland join NATO?", "Finland"),
        ("/ask source:baltic When did the Baltic states join the grid?", "Baltic Ledger"),
        ("/frobnicate", "/frobnicate"),
        ("/status", "I know no /status"),
        ("/start nonsense", "leads to nothing"),
    ],
)
def test_commands_answer(served: Served, command: str, said: str) -> None:
    ada, chat = served.person()

    assert said in served.ask(chat, ada, command).text


def test_the_answer_of_a_quick_sequence_keeps_its_order(served: Served) -> None:
    ada, chat = served.person()
    for question in ("When did Finland join NATO?", NOTRE_DAME, "/about"):
        served.fake.say(chat, ada, question)

    texts = [sent.text for sent in served.fake.wait_messages(chat, 3)]

    assert "Finland" in texts[0]
    assert "Notre-Dame" in texts[1]
    assert texts[2].startswith("Clipdesk")


def test_where_accounts_differ_is_said_again_after_the_context(served: Served) -> None:
    ada, chat = served.person()
    answer = served.ask(chat, ada, "How many died in the Hualien earthquake?")
    assert "Accounts differ: 9 (" in answer.text

    served.fake.press(answer.message, "Context", ada)
    assert "Accounts differ" not in served.fake.wait_edit(chat, answer.message_id).text
    served.fake.press(answer.message, "‹ Back", ada)

    assert served.fake.wait_edit(chat, answer.message_id, 2).text == answer.text
