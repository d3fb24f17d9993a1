"""Alerts reach their chats: what becomes of each when Telegram, a chat or a topic says no."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from newsroom import Newsroom

from bot.alerts.values import Place
from bot.messages import Messages

if TYPE_CHECKING:
    from conftest import Serve, Served

ADMIN = 999_001
SETTINGS = {"CLIPDESK_ALERTS_UNSURE": "resend"}
HASTY = {
    "bot.telegram.alert_delivery.EDIT_EVERY_S": 0.5,
    "bot.telegram.alert_delivery._FIRST_PAUSE_S": 0.2,
}
BRIDGE = (
    "The harbour bridge of Kolka reopened on Friday after eleven months of repairs to its deck."
)
BRIDGE_TOO = (
    "The harbour bridge of Kolka reopened Friday, after repairs to its deck of eleven months."
)
COMET = "Astronomers in Chile photographed a comet with two tails above the desert on Sunday night."
FLOOD = "Floods cut off eleven villages in the Soča valley, and the army brought water by boat."


@pytest.fixture
def news(served: Served) -> Iterator[Newsroom]:
    with Newsroom(served.folder) as newsroom:
        yield newsroom
        for chat_id in {s.place.chat_id for s in newsroom.alerts.subscriptions.all()}:
            newsroom.alerts.subscriptions.forget_chat(chat_id)


def states(news: Newsroom, chat_id: int) -> list[tuple[str, str]]:
    return [(handed.matches[0].article_id, handed.note.state) for handed in news.log(chat_id)]


def test_alert_comes_and_its_context_is_a_button_away(served: Served, news: Newsroom) -> None:
    ada, chat = served.person()
    news.subscribe("kolka bridge", ada["id"])
    news.publish("a1", BRIDGE)

    [alert] = served.fake.wait_messages(chat, 1)

    assert "eleven months of repairs" in alert.text
    served.fake.press(alert.message, "Context", ada)
    context = served.fake.wait_edit(chat, alert.message_id)
    served.fake.press(context.message, "‹ Back", ada)
    back = served.fake.wait_edit(chat, alert.message_id, 2)
    assert (back.text, back.buttons) == (alert.text, alert.buttons)


def test_reply_to_an_alert_asks_about_it_and_other_questions_do_not(
    served: Served, news: Newsroom
) -> None:
    ada, chat = served.person()
    news.subscribe("comet", ada["id"])
    served.ask(chat, ada, "When did Notre-Dame reopen?")
    news.publish("c1", COMET)
    served.fake.wait_messages(chat, 2)

    [answer] = [m for m in served.fake.messages(chat) if "comet" in m.text]
    replied = served.ask(chat, ada, "Where?", reply_to=answer.message)

    assert "comet" in replied.text


def test_several_outlets_are_one_message(served: Served, news: Newsroom) -> None:
    ada, chat = served.person()
    news.subscribe("kolka bridge", ada["id"])
    news.publish("b1", BRIDGE)
    [alert] = served.fake.wait_messages(chat, 1)
    news.publish("b2", BRIDGE_TOO, source="Gazette")

    edited = served.fake.wait_edit(chat, alert.message_id)

    assert edited.text != alert.text
    assert len(served.fake.messages(chat)) == 1


def test_edits_are_coalesced(served: Served, news: Newsroom) -> None:
    ada, chat = served.person()
    news.subscribe("kolka bridge", ada["id"])
    news.publish("e0", BRIDGE)
    [alert] = served.fake.wait_messages(chat, 1)
    for number in range(8):
        news.publish(f"e{number + 1}", BRIDGE_TOO + "!" * number, source=f"Outlet {number}")
    news.wait(lambda: len(news.log(ada["id"])[0].matches) == 9, "nine reports")
    news.wait(lambda: news.log(ada["id"])[0].note.shown == 9, "the last edit")

    [shown] = served.fake.messages(chat)

    assert 1 <= shown.edits <= 4
    assert shown.message_id == alert.message_id


def test_silent_alert(served: Served, news: Newsroom) -> None:
    from bot.alerts.hours import Quiet
    from bot.alerts.values import ChatSettings

    ada, chat = served.person()
    at = datetime.now(UTC)
    quiet = Quiet(
        (at - timedelta(hours=1)).time(), (at + timedelta(hours=1)).time(), is_silent=True
    )
    news.alerts.subscriptions.set_chat(ChatSettings(chat_id=ada["id"], quiet=quiet))
    news.subscribe("comet", ada["id"])
    news.publish("s1", COMET)

    [alert] = served.fake.wait_messages(chat, 1)

    assert alert.silent


def test_429_holds_that_chat_alone(served: Served, news: Newsroom) -> None:
    ada, slow = served.person()
    bob, quick = served.person()
    news.subscribe("comet", ada["id"])
    news.subscribe("comet", bob["id"])
    served.fake.flood(ada["id"], 2)
    news.publish("f1", COMET)

    [first] = served.fake.wait_messages(quick, 1)
    [second] = served.fake.wait_messages(slow, 1)

    assert second.at - first.at > 1.5
    [handed] = news.log(ada["id"])
    news.wait(lambda: news.log(ada["id"])[0].note.state == "sent", "the alert")
    assert not handed.note.was_unsure


def test_blocked_chat_is_suspended_and_catches_up_when_it_is_back(
    served: Served, news: Newsroom
) -> None:
    ada, chat = served.person()
    news.subscribe("kolka OR comet OR soča", ada["id"])
    served.fake.block(ada["id"])
    news.publish("k1", BRIDGE)
    settings = news.alerts.subscriptions.chat
    news.wait(lambda: settings(ada["id"]).suspended is not None, "the suspension")
    assert "blocked" in (settings(ada["id"]).suspended_for or "")
    news.publish("k2", COMET)
    news.wait(lambda: len(news.log(ada["id"])) == 2, "both messages")
    assert states(news, ada["id"]) == [("k1", "waiting"), ("k2", "waiting")]

    served.fake.my_chat_member(chat, ada, "kicked", "member")

    first, second = served.fake.wait_messages(chat, 2)
    assert "bridge" in first.text
    assert "comet" in second.text


@pytest.mark.parametrize("status", ["left", "kicked", "restricted"])
def test_group_that_puts_the_bot_out(served: Served, news: Newsroom, status: str) -> None:
    ada, _ = served.person()
    group = served.group()
    news.subscribe("comet", group["id"])
    push_member(served, group, ada, "member", status, can_send_messages=False)
    chat = news.alerts.subscriptions.chat
    news.wait(lambda: chat(group["id"]).suspended is not None, "the suspension")
    news.publish(f"g-{status}", COMET + status)
    news.wait(lambda: len(news.log(group["id"])) == 1, "the message")

    push_member(served, group, ada, status, "member")

    news.wait(lambda: news.log(group["id"])[0].note.state == "sent", "the alert")


def push_member(
    served: Served, chat: dict[str, Any], user: dict[str, Any], old: str, new: str, **rights: bool
) -> None:
    from telegram_api.members import chat_member

    bot = served.fake.member_bot()
    is_channel = chat["type"] == "channel"
    told = [chat_member(bot, status, channel=is_channel) for status in (old, new)]
    if new in {"restricted", "administrator"}:
        told[1] |= rights
    change = {"old_chat_member": told[0], "new_chat_member": told[1]}
    member = {"chat": chat, "from": user, "date": served.fake.timestamp(), **change}
    served.fake.push({"my_chat_member": member})


def test_channel_without_the_right_to_post(served: Served, news: Newsroom) -> None:
    ada, _ = served.person()
    channel = served.fake.channel(-1_002_000_000_777)
    news.subscribe("comet", channel["id"])
    push_member(served, channel, ada, "administrator", "administrator", can_post_messages=False)
    chat = news.alerts.subscriptions.chat
    news.wait(lambda: chat(channel["id"]).suspended is not None, "the suspension")
    push_member(served, channel, ada, "administrator", "administrator", can_post_messages=True)
    news.wait(lambda: chat(channel["id"]).suspended is None, "the return")
    news.publish("ch1", COMET)

    [post] = served.fake.wait_messages(channel, 1)

    assert "comet" in post.text


def test_lost_topic_falls_back_to_the_general_one_and_admins_are_told(
    served: Served, news: Newsroom
) -> None:
    boss = served.fake.user(ADMIN)
    office = served.fake.private(boss)
    served.ask(office, boss, "/help")
    forum = served.group(is_forum=True)
    topic = served.fake.topic(forum, user=boss)
    news.subscribe("kolka OR comet", forum["id"], topic)
    news.publish("t1", BRIDGE)
    [first] = served.fake.wait_messages(forum, 1)
    assert first.thread_id == topic
    before = len(served.fake.messages(office))
    served.fake.close_topic(forum["id"], topic)
    news.publish("t2", COMET)

    second = served.fake.wait_messages(forum, 2)[-1]
    told = served.fake.wait_messages(office, before + 1)[-1]

    assert second.thread_id is None
    assert told.text == Messages("en").text("health.topic_gone", chat=forum["title"])
    [subscription] = news.alerts.subscriptions.of_chat(forum["id"])
    assert subscription.place == Place(forum["id"])


@pytest.mark.parametrize("is_told", [True, False], ids=["by an update", "by the refusal"])
def test_group_that_became_a_supergroup(served: Served, news: Newsroom, is_told: bool) -> None:
    ada, _ = served.person()
    old, new = -ada["id"], -1_003_000_000_000 - ada["id"]
    group = served.fake.group(old)
    news.subscribe("comet", old)
    if is_told:
        chat = served.fake.migrate(group, new, ada)
        news.wait(lambda: bool(news.alerts.subscriptions.of_chat(new)), "the move")
    else:
        chat = served.fake.supergroup(new)
        served.fake.rooms[old].migrated_to = new
    news.publish(f"m{new}", COMET)

    [alert] = served.fake.wait_messages(chat, 1)

    assert "comet" in alert.text
    assert [s.place.chat_id for s in news.alerts.subscriptions.of_chat(new)] == [new]
    news.wait(lambda: states(news, new) == [(f"m{new}", "sent")], "the record")


def test_what_telegram_refuses_ends_with_its_reason(served: Served, news: Newsroom) -> None:
    ada, chat = served.person()
    news.subscribe("comet OR kolka", ada["id"])
    served.fake.fail(
        "sendMessage", code=400, description="Bad Request: STRANGE_ONE", chat_id=ada["id"]
    )
    news.publish("r1", COMET)
    news.wait(lambda: states(news, ada["id"]) == [("r1", "failed")], "the failure")
    news.publish("r2", BRIDGE)

    [other] = served.fake.wait_messages(chat, 1)

    assert "bridge" in other.text
    assert news.log(ada["id"])[0].note.reason == "Strange_one"


def test_answer_that_is_lost_brings_one_repeat_at_most(served: Served, news: Newsroom) -> None:
    ada, chat = served.person()
    news.subscribe("comet", ada["id"])
    served.fake.reset("sendMessage", times=5, after_work=True, chat_id=ada["id"])
    news.publish("u1", COMET)

    news.wait(lambda: states(news, ada["id"]) == [("u1", "unsure")], "the end")

    assert len(served.fake.messages(chat)) == 2


def test_reset_before_the_work_and_black_hole_lose_nothing(served: Served, news: Newsroom) -> None:
    people = [served.person() for _ in range(3)]
    served.fake.reset("sendMessage", chat_id=people[0][0]["id"])
    served.fake.bad_gateway("sendMessage", times=4, chat_id=people[1][0]["id"])
    served.fake.black_hole("sendMessage", 1.0, chat_id=people[2][0]["id"])
    for user, _ in people:
        news.subscribe("comet", user["id"])
    news.publish("h1", COMET)

    for _, chat in people:
        assert len(served.fake.wait_messages(chat, 1)) == 1


def test_status_and_forget_know_of_alerts(served: Served, news: Newsroom) -> None:
    boss = served.fake.user(ADMIN)
    chat = served.fake.private(boss)
    news.subscribe("comet", ADMIN)
    before = len(served.fake.messages(chat))
    news.publish("q1", COMET)
    served.fake.wait_messages(chat, before + 1)
    news.wait(lambda: states(news, ADMIN) == [("q1", "sent")], "the record")

    status = served.ask(chat, boss, "/status").text
    assert "Alerts: 1 subscription" in status.replace("subscriptions", "subscription")
    assert "1 alert" in served.ask(chat, boss, "/forget").text
    assert news.alerts.subscriptions.of_chat(ADMIN) == []
    assert news.log(ADMIN) == []


def test_drop_sends_nothing_a_second_time(serve: Serve) -> None:
    served = serve(CLIPDESK_ALERTS_UNSURE="drop")
    ada, chat = served.person()
    with Newsroom(served.folder) as news:
        news.subscribe("comet", ada["id"])
        served.fake.reset("sendMessage", after_work=True, chat_id=ada["id"])
        news.publish("d1", COMET)

        news.wait(lambda: states(news, ada["id"]) == [("d1", "unsure")], "the end")

        assert len(served.fake.messages(chat)) == 1


def test_two_processes_over_one_store_send_each_alert_once(serve: Serve) -> None:
    served = serve()
    from telegram_api import FakeTelegram

    with FakeTelegram(username="another_bot") as other:
        second = serve(fake=other, folder=served.folder)
        people = [served.person() for _ in range(5)]
        for user, _ in people:
            other.private(other.user(user["id"]))
        with Newsroom(served.folder) as news:
            for user, _ in people:
                news.subscribe("comet", user["id"])
            news.publish("p1", COMET)
            news.wait_all_ended()
            assert [len(served.fake.messages(chat)) for _, chat in people] == [1] * 5
            served.program.kill()  # the other takes over
            news.publish("p2", BRIDGE)
            news.publish("p3", FLOOD)
            for user, _ in people:
                news.subscribe("bogus", user["id"])
            news.subscribe("kolka", people[0][0]["id"])
            news.publish("p4", BRIDGE + " Again.", title="Other words entirely")
            news.wait_all_ended()
            assert len(other.messages(people[0][1])) == 1
        assert second.program.is_running()
