"""What looks like something else: texts with a slash, commands passed on, albums, late buttons."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from telegram import Chat, Message, MessageEntity, User
from telegram_api import utf16_length

from bot.messages import Messages
from bot.telegram import keyboards
from bot.telegram.handlers.addressing import Question, question_in

if TYPE_CHECKING:
    from conftest import Served

NOTRE_DAME = "When did Notre-Dame reopen?"


@pytest.mark.parametrize("sign", [": ", ",\n", ":"])
def test_ask_may_be_followed_by_a_sign(served: Served, sign: str) -> None:
    ada, chat = served.person()
    group = served.group()

    for place in (chat, group):
        assert "Notre-Dame swung open" in served.ask(place, ada, f"/ask{sign}{NOTRE_DAME}").text


@pytest.mark.parametrize("text", ["/", "//", "/путь", "/ ask", "/…", "/花蓮地震何時發生？"])
def test_a_slash_alone_makes_no_command_of_a_text(served: Served, text: str) -> None:
    ada, chat = served.person()

    assert served.ask(chat, ada, text).text


def test_a_command_that_is_passed_on_is_none(served: Served) -> None:
    ada, chat = served.person()
    bob, _ = served.person()
    group = served.group()

    for place in (chat, group):
        served.fake.say(place, ada, "/forget", forward_from=bob)
        served.fake.say(place, ada, f"/latest@clipdesk_bot {NOTRE_DAME}", forward_from=bob)
    served.fake.say(group, ada, f"/ask {NOTRE_DAME}", forward_from=bob)

    for place in (chat, group):
        assert served.ask(place, ada, "/about").text.startswith("Clipdesk")
        assert len(served.fake.messages(place)) == 1
    assert "Notre-Dame" in served.ask(chat, ada, f"/ask {NOTRE_DAME}", forward_from=bob).text


def test_the_mention_is_taken_out_where_it_stands() -> None:
    me = User(1, "Clip", is_bot=True, username="clip")
    text = "🌊 a@clip.example or @clip when?"
    mention = MessageEntity(MessageEntity.MENTION, utf16_length("🌊 a@clip.example or "), 5)
    group = Chat(-1, Chat.GROUP)

    asked = question_in(Message(1, datetime.now(UTC), group, text=text, entities=[mention]), me)

    assert asked == Question("🌊 a@clip.example or when?")


def test_an_album_is_told_once_that_only_text_is_read(served: Served) -> None:
    ada, chat = served.person()
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    bare = {"from": ada, "chat": chat, "date": 1_790_000_000, "photo": photo}

    for n in range(5):
        album = {"message_id": 900 + n, "media_group_id": str(ada["id"])}
        served.fake.push({"message": bare | album})
    served.fake.say(chat, ada, "/about")
    told, about = served.fake.wait_messages(chat, 2)

    assert told.text.startswith("I can only read text")
    assert about.text.startswith("Clipdesk")


def test_a_language_can_be_chosen_after_all_was_forgotten(served: Served) -> None:
    ada, chat = served.person()
    offered = served.ask(chat, ada, "/language")
    served.ask(chat, ada, "/forget")

    pressed = served.fake.press(offered.message, "Español", ada)

    assert "sorry" not in served.fake.answered(pressed).params["text"].casefold()
    served.fake.wait_edit(chat, offered.message_id)
    assert "update failed" not in served.program.output()


def test_a_button_that_many_press_edits_once(served: Served) -> None:
    ada, _ = served.person()
    group = served.group()
    answer = served.ask(group, ada, f"/ask {NOTRE_DAME}")
    before = len(served.fake.calls)

    people = [ada, ada, *(served.person()[0] for _ in range(8))]
    pressed = [served.fake.press(answer.message, "Context", user) for user in people]
    answered = [served.fake.answered(query).params for query in pressed]
    context = served.fake.wait_edit(group, answer.message_id)
    served.fake.press(context.message, "‹ Back", ada)
    back = served.fake.wait_edit(group, answer.message_id, 2)

    assert all("text" not in params for params in answered)
    assert back.text == answer.text
    edits = [call for call in served.fake.calls[before:] if call.method == "editMessageText"]
    assert len(edits) == 2


def test_typing_inline_delays_no_question(served: Served) -> None:
    fake = served.fake
    typing = [
        [fake.ask_inline(user, NOTRE_DAME[:length]) for length in range(14, len(NOTRE_DAME))]
        for user in [served.person()[0] for _ in range(20)]
    ]

    waits_s = []
    for _ in range(5):
        ada, chat = served.person()
        asked_at = time.monotonic()
        served.ask(chat, ada, NOTRE_DAME)
        waits_s.append(time.monotonic() - asked_at)

    assert min(waits_s) < 0.35, "a question waited for what is typed elsewhere"
    # Of what somebody typed, only the last is still on the screen
    assert all(fake.answered(queries[-1], timeout=60).ok for queries in typing)


@pytest.mark.parametrize("count", [1, 7, 10])
def test_no_row_of_buttons_is_longer_than_telegram_allows(count: int) -> None:
    keyboard = keyboards.context(
        Messages("en"), 1, 1, range(1, count + 1), 1, can_widen=True, page=1
    )

    rows = keyboard.inline_keyboard
    assert [button.text for row in rows for button in row][2:] == [
        f"Quote {n}" for n in range(2, count + 1)
    ]
    assert max(map(len, rows)) <= 8
