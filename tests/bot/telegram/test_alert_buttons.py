"""What people do with alerts that came: buttons under them, replies, and buttons of answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alerted import Newsroom

from bot.telegram.alert_presses import AlertPress
from bot.telegram.presses import Press

if TYPE_CHECKING:
    from conftest import Served
    from telegram_api import Json, Sent

SETTINGS = {"QUESTIONS_PER_MINUTE": "500"}
HASTY = {"bot.telegram.watch.FOLLOW_EVERY_S": 0.2}
ADMINS_ONLY = "Only the admins may do that."
GONE = "This alert is not kept any more."


@pytest.fixture
def newsroom(served: Served) -> Newsroom:
    return Newsroom(served)


def labels(sent: Sent) -> list[list[str]]:
    return [[text for text, _ in row] for row in sent.buttons]


def data_of(sent: Sent, words: str) -> str:
    return next(data for row in sent.buttons for text, data in row if text == words)


def popped_up(served: Served, sent: Sent, data: str, user: Json) -> str | None:
    call = served.fake.answered(served.fake.callback(sent.message, data, user))
    return call.params.get("text")


def press(served: Served, sent: Sent, words: str, user: Json, chat: Json) -> Sent:
    now = next(m for m in served.fake.messages(chat) if m.message_id == sent.message_id)
    served.fake.press(now.message, words, user)
    return served.fake.wait_edit(chat, sent.message_id, now.edits + 1)


def alerted(newsroom: Newsroom, chat: Json, name: str, *queries: str, thread_id: int = 0) -> Sent:
    """An alert that came to *chat*; each name is another word, so that stories do not merge."""
    for query in queries or (name,):
        newsroom.subscribe(chat, query, thread_id)
    newsroom.publish(
        (name, f"{name} closed", f"The {name} was closed on Monday. {name * 3} said so.")
    )
    return newsroom.served.fake.wait_messages(chat)[-1]


def test_an_alert_tells_why_and_goes_back(served: Served, newsroom: Newsroom) -> None:
    ada, chat = served.person()
    alert = alerted(newsroom, chat, "aqueduct")
    assert labels(alert) == [["Context", "Why this?", "Ask about it"], ["Mute story", "Pause"]]

    why = press(served, alert, "Why this?", ada, chat)
    assert why.text.startswith("Why this?")
    assert "aqueduct" in why.text
    back = press(served, why, "‹ Back", ada, chat)
    assert (back.text, labels(back)) == (alert.text, labels(alert))
    context = press(served, back, "Context", ada, chat)
    assert "aqueductaqueductaqueduct said" in context.text
    back = press(served, context, "‹ Back", ada, chat)
    assert (back.text, labels(back)) == (alert.text, labels(alert))
    asked = popped_up(served, alert, data_of(alert, "Ask about it"), ada)
    assert asked is not None
    assert asked.startswith("Reply to this message")


def test_a_reply_asks_about_the_story(served: Served, newsroom: Newsroom) -> None:
    ada, chat = served.person()
    alert = alerted(newsroom, chat, "viaduct")

    for _ in range(40):  # until the bot has taken in what the other process did
        answer = served.ask(chat, ada, "When was it closed?", reply_to=alert.message)
        if "The viaduct was closed" in answer.text:
            break

    assert "The viaduct was closed on Monday." in answer.text
    followed = popped_up(served, answer, data_of(answer, "Follow this story"), ada)
    assert followed is not None
    assert followed.startswith("Followed:")
    assert [s.story is not None for s in newsroom.subscriptions(chat)] == [False, True]


def test_a_story_is_muted_and_heard_again(served: Served, newsroom: Newsroom) -> None:
    ada, chat = served.person()
    alert = alerted(newsroom, chat, "causeway")

    muted = press(served, alert, "Mute story", ada, chat)
    assert labels(muted)[1] == ["Unmute story", "Pause"]
    why = press(served, muted, "Why this?", ada, chat)
    muted = press(served, why, "‹ Back", ada, chat)
    assert labels(muted)[1] == ["Unmute story", "Pause"]
    text = "The causeway was closed on Monday, they say."
    newsroom.publish(("causeway2", "causeway closed", text))
    served.fake.idle(2.0)
    assert len(served.fake.messages(chat)) == 1
    heard = press(served, muted, "Unmute story", ada, chat)

    assert labels(heard) == labels(alert)


def test_what_brought_an_alert_is_paused(served: Served, newsroom: Newsroom) -> None:
    ada, chat = served.person()
    alert = alerted(newsroom, chat, "footbridge")

    said = popped_up(served, alert, data_of(alert, "Pause"), ada)

    assert said == "Paused: footbridge. /alerts resumes it."
    assert newsroom.subscriptions(chat)[0].paused is not None
    again = popped_up(served, alert, data_of(alert, "Pause"), ada)
    assert again == "What brought this alert is paused or deleted: /alerts"


def test_of_several_one_is_chosen_to_be_paused(served: Served, newsroom: Newsroom) -> None:
    ada, chat = served.person()
    alert = alerted(newsroom, chat, "drawbridge", "drawbridge", "drawbridge closed")

    choice = press(served, alert, "Pause", ada, chat)
    assert labels(choice) == [["drawbridge"], ["drawbridge closed"], ["‹ Back"]]
    done = press(served, choice, "drawbridge closed", ada, chat)

    assert labels(done) == labels(alert)
    assert [s.paused is None for s in newsroom.subscriptions(chat)] == [True, False]


def test_in_a_group_members_look_and_admins_decide(served: Served, newsroom: Newsroom) -> None:
    ada, _ = served.person()
    bob, _ = served.person()
    forum = served.group(is_forum=True)
    topic = served.fake.topic(forum, "Roads")
    served.fake.member(forum, ada, "administrator")
    served.fake.member(forum, bob, "member")
    alert = alerted(newsroom, forum, "overpass", thread_id=topic)
    assert alert.thread_id == topic

    for words in ("Mute story", "Pause"):
        assert popped_up(served, alert, data_of(alert, words), bob) == ADMINS_ONLY
    assert press(served, alert, "Why this?", bob, forum).text.startswith("Why this?")
    said = popped_up(served, alert, data_of(alert, "Pause"), ada)

    assert said == "Paused: overpass. /alerts resumes it."


def test_a_post_of_a_channel_stays_as_it_is(served: Served, newsroom: Newsroom) -> None:
    ada, _ = served.person()
    eve, _ = served.person()
    channel = served.fake.channel(-1_001_666_000_000 - ada["id"], "Roads")
    served.fake.member(channel, ada, "administrator")
    served.fake.my_chat_member(channel, ada, "left", "administrator")
    post = alerted(newsroom, channel, "tollgate")
    assert labels(post) == [["Context", "Why this?"], ["Mute story", "Pause"]]
    assert data_of(post, "Context").startswith("https://t.me/clipdesk_bot?start=")

    why = popped_up(served, post, data_of(post, "Why this?"), eve)
    assert why is not None
    assert why.startswith("Why this?\n\ntollgate")
    number = int(data_of(post, "Pause").split(":")[2])
    for data in (
        data_of(post, "Pause"),
        data_of(post, "Mute story"),
        AlertPress("alert", number).data,
        AlertPress("page", number, 1).data,
    ):
        assert popped_up(served, post, data, eve) == ADMINS_ONLY
    for answer_id in range(1, 30):
        said = popped_up(served, post, Press("sources", answer_id).data, eve)
        assert said in {ADMINS_ONLY, "This answer is not kept any more. Ask again."}
    press(served, post, "Mute story", ada, channel)

    [now] = served.fake.messages(channel)
    assert now.text == post.text


def test_guessed_numbers_reach_no_other_chats_alert(served: Served, newsroom: Newsroom) -> None:
    _, chat = served.person()
    eve, hers = served.person()
    alert = alerted(newsroom, chat, "embankment")
    own = served.ask(hers, eve, "/alerts")
    number = int(data_of(alert, "Pause").split(":")[2])

    for action in ("alert", "why", "ask", "mute_story", "unmute_story", "pause_one", "page"):
        assert popped_up(served, own, AlertPress(action, number).data, eve) == GONE
    for data in (AlertPress("why", 2**62).data, AlertPress("why", -1).data):
        assert popped_up(served, own, data, eve) == GONE

    assert newsroom.subscriptions(chat)[0].paused is None


def test_a_digest_is_turned_over(served: Served, newsroom: Newsroom) -> None:
    ada, chat = served.person()
    eve, hers = served.person()
    newsroom.subscribe(chat, "harbour", mode="digest")
    syllables = ("ba", "ce", "di", "fo", "gu", "ha", "ke")
    names = [a + b + c for a in syllables for b in syllables for c in syllables[:3]]
    newsroom.publish(
        *((f"d{n}", f"{n} {n}", f"The harbour of {n}: {n} {n} {n} {n}. " * 3) for n in names)
    )
    newsroom.make_digest(chat)
    [digest] = served.fake.wait_messages(chat)
    assert labels(digest) == [["More"]]
    assert digest.text.startswith("Digest of ")

    second = press(served, digest, "More", ada, chat)
    assert ", page 2" in second.text
    assert labels(second)[0][0] == "‹ Back"
    assert press(served, second, "‹ Back", ada, chat).text == digest.text
    own = served.ask(hers, eve, "/alerts")
    assert popped_up(served, own, data_of(digest, "More"), eve) == GONE
    number = int(data_of(digest, "More").split(":")[2])
    last = AlertPress("page", number, 999).data
    served.fake.callback(digest.message, last, ada)
    assert "page" in served.fake.wait_edit(chat, digest.message_id, 3).text


# --- answers ------------------------------------------------------------------------


def test_an_answers_story_is_followed_once(served: Served, newsroom: Newsroom) -> None:
    ada, chat = served.person()
    answer = served.ask(chat, ada, "When did Chandrayaan-3 land?")
    follow = data_of(answer, "Follow this story")

    first, second = (popped_up(served, answer, follow, ada) for _ in range(2))

    assert first == "Followed: you are told when more of this story appears. /alerts changes that."
    assert second == "That is set up already: /alerts"
    [subscription] = newsroom.subscriptions(chat)
    assert subscription.query == "India lands Chandrayaan-3 near the Moon's south pole"
    assert subscription.story is not None


@pytest.mark.parametrize(
    ("question", "query"),
    [
        ("Who won the world cup in Peru?", "Who won the world cup in Peru?"),
        ("Xyzzy (plugh) OR frobozz?", "Xyzzy plugh or frobozz?"),
        ("祕魯誰贏得了世界盃冠軍？", "祕魯誰贏得了世界盃冠軍？"),
        ("zyxwv", "news about zyxwv"),
    ],
)
def test_what_has_no_answer_is_waited_for(
    served: Served, newsroom: Newsroom, question: str, query: str
) -> None:
    ada, chat = served.person()
    answer = served.ask(chat, ada, question)

    said = popped_up(served, answer, data_of(answer, "Tell me when it appears"), ada)

    assert said is not None
    assert said.startswith("Noted:")
    assert [(s.query, s.story) for s in newsroom.subscriptions(chat)] == [(query, None)]


def test_in_a_group_only_admins_follow(served: Served, newsroom: Newsroom) -> None:
    ada, _ = served.person()
    bob, _ = served.person()
    group = served.group()
    served.fake.member(group, ada, "administrator")
    answer = served.ask(group, bob, "/ask When did Chandrayaan-3 land?")
    follow = data_of(answer, "Follow this story")

    assert popped_up(served, answer, follow, bob) == ADMINS_ONLY
    assert newsroom.subscriptions(group) == []
    popped_up(served, answer, follow, ada)
    assert len(newsroom.subscriptions(group)) == 1


def test_another_chats_answer_is_not_followed(served: Served, newsroom: Newsroom) -> None:
    ada, chat = served.person()
    eve, hers = served.person()
    answer = served.ask(chat, ada, "When did Chandrayaan-3 land?")
    own = served.ask(hers, eve, "/help")

    said = popped_up(served, own, data_of(answer, "Follow this story"), eve)

    assert said == "This answer is not kept any more. Ask again."
    assert newsroom.subscriptions(hers) == newsroom.subscriptions(chat) == []
