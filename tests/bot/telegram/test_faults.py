"""Telegram and the network misbehave while the bot runs; what people asked is answered."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from telegram_api import Call

from bot.messages import Messages

if TYPE_CHECKING:
    from conftest import Served
    from telegram_api import FakeTelegram, Json

ADMIN = 999_001
NOTRE_DAME = "When did Notre-Dame reopen?"
FINLAND = "When did Finland join NATO?"

HASTY = {"bot.telegram.watch.WATCH_EVERY_S": 0.2}


def refusal(fake: FakeTelegram, chat: Json) -> Call:
    """The first message to *chat* that failed, once it has."""
    return fake.wait_call("sendMessage", lambda call: call.chat_id == chat["id"] and not call.ok)


def seconds_to_answer(served: Served) -> float:
    """How long a new person waits for an answer."""
    user, chat = served.person()
    start = time.monotonic()
    assert "Notre-Dame swung open" in served.ask(chat, user, NOTRE_DAME).text
    return time.monotonic() - start


# --- refusals of one chat -------------------------------------------------------------------


@pytest.mark.parametrize("is_group", [False, True])
def test_a_429_holds_its_chat_alone(served: Served, is_group: bool) -> None:
    ada, chat = served.person()
    if is_group:
        chat = served.group()
    served.fake.flood(chat["id"], 2)
    asked = served.fake.say(chat, ada, f"/ask {NOTRE_DAME}")
    held = refusal(served.fake, chat)

    waits = [seconds_to_answer(served) for _ in range(3)]
    others_done = time.monotonic()
    [answer] = served.fake.wait_messages(chat)

    assert max(waits) < 1
    assert others_done < answer.at
    assert 2 <= answer.at - held.at < 3
    assert "Notre-Dame swung open" in answer.text
    assert answer.reply_to == (asked["message_id"] if is_group else None)


def test_what_is_asked_in_a_held_chat_is_answered_in_order(served: Served) -> None:
    ada, chat = served.person()
    served.fake.flood(chat["id"], 1, times=2)
    served.fake.say(chat, ada, FINLAND)
    refusal(served.fake, chat)
    served.fake.say(chat, ada, NOTRE_DAME)

    first, second = served.fake.wait_messages(chat, 2)

    assert "Finland" in first.text
    assert "Notre-Dame" in second.text


def test_who_blocks_the_bot_and_comes_back_is_answered(served: Served) -> None:
    ada, chat = served.person()
    served.fake.block(chat["id"])
    served.fake.say(chat, ada, FINLAND)
    refusal(served.fake, chat)
    served.fake.unblock(chat["id"])

    assert "Notre-Dame swung open" in served.ask(chat, ada, NOTRE_DAME).text
    assert len(served.fake.messages(chat)) == 1


def test_an_answer_follows_its_group_to_the_supergroup(served: Served) -> None:
    ada, _ = served.person()
    group = served.fake.group(-served.person()[0]["id"])
    moved = served.group()
    served.fake.fail(
        "sendMessage",
        chat_id=group["id"],
        code=400,
        description="Bad Request: group chat was upgraded to a supergroup chat",
        parameters={"migrate_to_chat_id": moved["id"]},
    )

    served.fake.say(group, ada, f"/ask {FINLAND}")
    [answer] = served.fake.wait_messages(moved)
    assert "Finland" in answer.text
    assert served.fake.messages(group) == []

    served.fake.press(answer.message, "Sources", ada)
    served.fake.wait_edit(moved, answer.message_id)
    assert "Understood as" in served.ask(moved, ada, "/ask What about Sweden?").text


def test_an_answer_to_a_message_that_is_gone_arrives(served: Served) -> None:
    ada, _ = served.person()
    group = served.group()
    served.fake.flood(group["id"], 1)
    asked = served.fake.say(group, ada, f"/ask {NOTRE_DAME}")
    refusal(served.fake, group)
    with served.fake.changed:
        del served.fake.rooms[group["id"]].messages[asked["message_id"]]

    [answer] = served.fake.wait_messages(group)

    assert answer.reply_to is None
    assert "Notre-Dame swung open" in answer.text


def test_an_answer_whose_markup_is_refused_arrives_as_plain_text(served: Served) -> None:
    ada, chat = served.person()
    wanted = served.ask(chat, ada, NOTRE_DAME)
    served.fake.fail(
        "sendMessage",
        code=400,
        chat_id=chat["id"],
        description="Bad Request: can't parse entities: Unsupported start tag",
    )

    answer = served.ask(chat, ada, NOTRE_DAME)

    assert answer.text == wanted.text
    assert answer.html == answer.text
    assert answer.buttons[0] == [
        (label, data.replace(*(_id(sent) for sent in (wanted, answer))))
        for label, data in wanted.buttons[0]
    ]


def _id(sent) -> str:
    return f":{sent.buttons[0][0][1].split(':')[1]}:"


# --- the server, and the way to it ----------------------------------------------------------


def fail(fake: FakeTelegram, name: str, method: str, chat_id: int | None = None) -> None:
    """Let the next call of *method*, in that chat or in any, fail in that way."""
    match name:
        case "502":
            fake.bad_gateway(method, chat_id=chat_id)
        case "reset before" | "reset after":
            fake.reset(method, after_work=name.endswith("after"), chat_id=chat_id)
        case "black hole":
            fake.black_hole(method, 0.5, chat_id=chat_id)
        case "429":
            wait = {"retry_after": 1}
            fake.fail(method, code=429, description="Wait", parameters=wait, chat_id=chat_id)
        case _:
            fake.fail(method, code=int(name), description="Failure", chat_id=chat_id)


FAULTS = ("502", "500", "reset before", "reset after", "black hole", "429")


@pytest.mark.parametrize("name", [*FAULTS, "401"])
def test_polling_goes_on_after(served: Served, name: str) -> None:
    ada, chat = served.person()
    fail(served.fake, name, "getUpdates")

    answer = served.ask(chat, ada, NOTRE_DAME)

    assert "Notre-Dame swung open" in answer.text
    assert seconds_to_answer(served) < 3
    assert len(served.fake.messages(chat)) == 1


def test_answers_arrive_in_spite_of_faults_and_none_comes_three_times(served: Served) -> None:
    chats = {}
    for name in FAULTS:
        ada, chats[name] = served.person()
        fail(served.fake, name, "sendMessage", chats[name]["id"])
        served.fake.say(chats[name], ada, NOTRE_DAME)

    for chat in chats.values():
        served.fake.wait_messages(chat)
    served.fake.idle(2.5)  # the longest pause before another try, and the chat's second

    said = {name: [sent.text for sent in served.fake.messages(chats[name])] for name in FAULTS}
    assert all("Notre-Dame swung open" in text for texts in said.values() for text in texts)
    assert len(said.pop("reset after")) <= 2
    assert {len(texts) for texts in said.values()} == {1}


def test_a_chat_that_the_network_swallows_delays_no_other(served: Served) -> None:
    ada, chat = served.person()
    served.fake.black_hole("sendMessage", 3, chat_id=chat["id"])
    served.fake.say(chat, ada, NOTRE_DAME)
    swallowed = served.fake.wait_call("sendMessage", lambda call: call.chat_id == chat["id"])

    waits = [seconds_to_answer(served) for _ in range(3)]
    assert max(waits) < 1
    assert served.fake.messages(chat) == []

    [answer] = served.fake.wait_messages(chat)
    assert answer.at - swallowed.at > 3


def test_admins_are_told_of_a_second_program_with_the_token(served: Served) -> None:
    boss = served.fake.user(ADMIN)
    own = served.fake.private(boss)
    served.ask(own, boss, "/about")
    served.fake.conflict(times=3)

    told = served.fake.wait_messages(own, 2)[1]

    assert told.text == Messages("en").text("health.conflict")
    assert seconds_to_answer(served) < 10
    assert seconds_to_answer(served) < 1
    assert len(served.fake.messages(own)) == 2
