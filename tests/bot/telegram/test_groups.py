"""Groups, topics and channels: what the bot answers, and that it keeps quiet otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Served
    from telegram_api import Json

NOTRE_DAME = "When did Notre-Dame reopen?"


def quiet(served: Served, chat: Json, user: Json) -> None:
    """All that was said before got no answer: the next question's is the only one."""
    before = len(served.fake.messages(chat))
    served.ask(chat, user, f"/ask {NOTRE_DAME}")
    assert len(served.fake.messages(chat)) == before + 1


@pytest.mark.parametrize(
    "said",
    [
        f"/ask {NOTRE_DAME}",
        f"/ask@clipdesk_bot {NOTRE_DAME}",
        f"/ASK@Clipdesk_Bot {NOTRE_DAME}",
        f"@clipdesk_bot {NOTRE_DAME}",
        "When did @clipdesk_bot Notre-Dame reopen?",
        f"/ask\n{NOTRE_DAME}",
    ],
)
def test_a_question_is_answered_as_a_reply(served: Served, said: str) -> None:
    ada, _ = served.person()
    group = served.group()

    asked = served.fake.say(group, ada, said)
    [answer] = served.fake.wait_messages(group)

    assert "Notre-Dame swung open" in answer.text
    assert answer.reply_to == asked["message_id"]


def test_chatter_is_left_alone(served: Served) -> None:
    ada, _ = served.person()
    bob, _ = served.person()
    group = served.group()
    fake = served.fake
    first = fake.say(group, ada, NOTRE_DAME)
    fake.say(group, bob, "No idea.", reply_to=first)
    fake.say(group, bob, f"/ask@another_bot {NOTRE_DAME}")
    fake.say(group, bob, f"@another_bot {NOTRE_DAME}")
    fake.say(group, bob, "/frobnicate")
    fake.say(group, bob, "mail me at ada@clipdesk_bot.example")
    robot = fake.user(77, "Robot", is_bot=True)
    fake.say(group, robot, f"/ask {NOTRE_DAME}")
    fake.say(group, ada, f"/ask {NOTRE_DAME}", via_bot=fake.bot)

    quiet(served, group, ada)


def test_a_reply_to_the_bot_is_a_question_about_that_answer(served: Served) -> None:
    ada, _ = served.person()
    bob, _ = served.person()
    group = served.group()
    answer = served.ask(group, ada, "/ask When did Finland join NATO?")
    served.ask(group, ada, f"/ask {NOTRE_DAME}")

    follow_up = served.ask(group, bob, "What about Sweden?", reply_to=answer.message)

    assert follow_up.text.startswith("Understood as: When did Sweden join NATO?")


def test_the_last_turn_of_the_chat_is_followed_up_whoever_asked(served: Served) -> None:
    ada, _ = served.person()
    bob, _ = served.person()
    group = served.group()
    served.ask(group, ada, f"/ask {NOTRE_DAME}")
    served.ask(group, bob, "/ask When did Finland join NATO?")

    newer = served.ask(group, ada, "/ask What about Sweden?")

    assert newer.text.startswith("Understood as: When did Sweden join NATO?")


def test_a_reply_beats_the_last_turn_of_the_chat(served: Served) -> None:
    ada, _ = served.person()
    bob, _ = served.person()
    group = served.group()
    first = served.ask(group, ada, "/ask When did Finland join NATO?")
    served.ask(group, bob, f"/ask {NOTRE_DAME}")

    answer = served.ask(group, ada, "/ask What about Sweden?", reply_to=first.message)

    assert answer.text.startswith("Understood as: When did Sweden join NATO?")


def test_topics_have_threads_of_their_own(served: Served) -> None:
    ada, _ = served.person()
    forum = served.group(is_forum=True)
    served.ask(forum, ada, "/ask When did Finland join NATO?", thread_id=700)

    other = served.ask(forum, ada, "/ask What about Sweden?", thread_id=800)

    assert "Understood as" not in other.text


def test_settings_say_of_a_group_what_help_says(served: Served) -> None:
    ada, _ = served.person()
    group = served.group()

    said = served.ask(group, ada, "/settings")

    assert ("mentions" in said.text) == bool(served.fake.bot.get("can_read_all_group_messages"))


def test_a_bare_ask_in_reply_asks_what_it_replies_to(served: Served) -> None:
    ada, _ = served.person()
    bob, _ = served.person()
    group = served.group()
    wondered = served.fake.say(group, bob, NOTRE_DAME)

    assert "Notre-Dame swung open" in served.ask(group, ada, "/ask", reply_to=wondered).text


def test_answers_stay_in_their_topic(served: Served) -> None:
    ada, _ = served.person()
    forum = served.group(is_forum=True)

    answer = served.ask(forum, ada, f"/ask {NOTRE_DAME}", thread_id=7)

    assert answer.thread_id == 7
    served.fake.press(answer.message, "Sources", ada)
    assert served.fake.wait_edit(forum, answer.message_id).thread_id == 7


def test_in_a_topic_plain_talk_is_no_reply_to_the_bot(served: Served) -> None:
    ada, _ = served.person()
    forum = served.group(is_forum=True)

    served.fake.say(forum, ada, NOTRE_DAME, thread_id=7)

    quiet(served, forum, ada)


def test_an_answer_to_a_lost_topic_goes_to_the_group(served: Served) -> None:
    ada, _ = served.person()
    forum = served.group(is_forum=True)
    served.ask(forum, ada, f"/ask {NOTRE_DAME}", thread_id=8)
    served.fake.close_topic(forum["id"], 8)

    answer = served.ask(forum, ada, "/ask When did Finland join NATO?", thread_id=8)

    assert answer.thread_id is None
    assert "Finland" in answer.text


def test_an_anonymous_admin_may_ask_and_go_on(served: Served) -> None:
    ada, _ = served.person()
    group = served.group()

    served.ask(group, ada, "/ask When did Finland join NATO?", sender_chat=group)
    answer = served.ask(group, ada, "/ask What about Sweden?", sender_chat=group)

    assert answer.text.startswith("Understood as: When did Sweden join NATO?")


def test_a_channel_is_not_spoken_to_but_its_discussion_group_is(served: Served) -> None:
    ada, _ = served.person()
    group = served.group()
    channel = served.fake.channel(group["id"] - 1_000_000, "News", linked=group)
    post = served.fake.post(channel, f"/ask {NOTRE_DAME}")
    forwarded = served.fake.forwarded(post, group)

    answer = served.ask(group, ada, f"/ask {NOTRE_DAME}", reply_to=forwarded)

    assert "Notre-Dame swung open" in answer.text
    assert served.fake.messages(channel) == []
    assert len(served.fake.messages(group)) == 1


def test_an_edited_ask_edits_its_answer_and_a_late_one_is_answered(served: Served) -> None:
    ada, _ = served.person()
    group = served.group()
    asked = served.fake.say(group, ada, "/ask When did Finland join NATO?")
    [answer] = served.fake.wait_messages(group)
    talk = served.fake.say(group, ada, "ask when Notre-Dame reopened")

    served.fake.edit(asked, "/ask When did Sweden join NATO?")
    assert "Sweden" in served.fake.wait_edit(group, answer.message_id).text
    served.fake.edit(talk, f"/ask {NOTRE_DAME}")
    assert "Notre-Dame" in served.fake.wait_messages(group, 2)[1].text


def test_only_admins_choose_the_language_of_a_group(served: Served) -> None:
    ada, _ = served.person()
    boss, _ = served.person()
    group = served.group()
    served.fake.member(group, ada, "member")
    served.fake.member(group, boss, "administrator")
    offered = served.ask(group, ada, "/language")

    refused = served.fake.answered(served.fake.press(offered.message, "繁體中文", ada))
    assert "admins" in refused.params["text"]
    served.fake.press(offered.message, "繁體中文", boss)
    served.fake.wait_edit(group, offered.message_id)

    assert "Corpus as of" not in served.ask(group, ada, f"/ask {NOTRE_DAME}").text


def test_anyone_in_the_group_may_press_and_rate(served: Served) -> None:
    ada, _ = served.person()
    bob, _ = served.person()
    group = served.group()
    answer = served.ask(group, ada, f"/ask {NOTRE_DAME}")

    rated = served.fake.answered(served.fake.press(answer.message, "👍", bob))
    assert rated.params["text"].startswith("Thank you")
    served.fake.press(answer.message, "Context", bob)
    served.fake.wait_edit(group, answer.message_id)


def test_it_greets_a_group_that_lets_it_in_and_follows_it_to_a_supergroup(served: Served) -> None:
    ada, _ = served.person()
    group = served.fake.group(-served.person()[0]["id"])
    served.fake.my_chat_member(group, ada, "left", "member")
    [hello] = served.fake.wait_messages(group)
    assert "/ask" in hello.text
    served.ask(group, ada, "/ask When did Finland join NATO?")

    moved = served.fake.migrate(group, -1_002_000_000_000 + group["id"])
    answer = served.ask(moved, ada, "/ask What about Sweden?")

    assert answer.text.startswith("Understood as: When did Sweden join NATO?")
