"""Setting alerts up in groups, topics and channels, by those who may."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alerted import Newsroom
from pressed import data_of, labels, press, toast

if TYPE_CHECKING:
    from conftest import Served

SETTINGS = {"QUESTIONS_PER_MINUTE": "500"}


def test_in_a_group_its_admins_set_alerts_up(served: Served) -> None:
    ada, _ = served.person()
    bob, _ = served.person()
    group = served.group()
    served.fake.member(group, ada, "administrator")
    served.fake.member(group, bob, "member")

    for command in (
        *("/subscribe ferry", "/alerts", "/unsubscribe 1", "/digest daily 8", "/quiet off"),
        *("/timezone Riga", "/missed", "/export", "/import"),
    ):
        refused = served.ask(group, bob, command)
        assert refused.text.startswith("In a group its admins set up alerts."), command
    tried = served.ask(group, ada, "/subscribe ferry")
    assert toast(served, tried, data_of(tried, "Save"), bob) == "Only the admins may do that."
    press(served, tried, "Save", ada, group)

    assert [s.query for s in Newsroom(served).subscriptions(group)] == ["ferry"]
    served.fake.member(group, ada, "member")  # no admin any more
    listed = served.ask(group, ada, "/alerts")
    assert listed.text.startswith("In a group its admins")


def test_an_anonymous_admin_is_one_and_a_channel_is_not(served: Served) -> None:
    ada, _ = served.person()
    group = served.group()
    other = served.fake.channel(-1_001_888_000_001)

    tried = served.ask(group, ada, "/subscribe ferry", sender_chat=group)
    assert "Save" in labels(tried)
    refused = served.ask(group, ada, "/subscribe ferry", sender_chat=other)
    assert refused.text.startswith("In a group its admins")


def test_in_a_forum_an_alert_belongs_to_its_topic(served: Served) -> None:
    ada, _ = served.person()
    forum = served.group(is_forum=True)
    served.fake.member(forum, ada, "creator")
    topic = served.fake.topic(forum, "Sea")

    tried = served.ask(forum, ada, "/subscribe ferry", thread_id=topic)
    assert tried.thread_id == topic
    press(served, tried, "Save", ada, forum)
    press(served, served.ask(forum, ada, "/subscribe tanker"), "Save", ada, forum)

    places = [(s.query, s.place.thread_id) for s in Newsroom(served).subscriptions(forum)]
    assert places == [("ferry", topic), ("tanker", 0)]
    card = press(served, served.ask(forum, ada, "/alerts", thread_id=topic), "1", ada, forum)
    before = len(served.fake.messages(forum))
    served.fake.press(card.message, "Edit", ada)
    prompt = served.fake.wait_messages(forum, before + 1)[-1]
    assert prompt.thread_id == topic
    tried = served.ask(forum, ada, "ferry fog", reply_to=prompt.message)
    assert tried.text.startswith("Instead of: ferry\n")


@pytest.mark.parametrize("way", ["name", "number", "link"])
def test_a_channel_is_set_up_from_the_private_chat(served: Served, way: str) -> None:
    ada, chat = served.person()
    number = -1_001_777_000_000 - ada["id"]
    channel = served.fake.channel(number, "Sea news", username=f"sea{ada['id']}")
    served.fake.member(channel, ada, "administrator")
    named = {"name": f"@sea{ada['id']}", "number": number, "link": f"t.me/sea{ada['id']}"}[way]

    tried = served.ask(chat, ada, f"/subscribe {named} ferry")
    assert tried.text.startswith("For Sea news:\nferry\n")
    kept = press(served, tried, "Save", ada, chat)
    assert kept.text.startswith("For Sea news:\nSaved: ferry")

    assert [s.query for s in Newsroom(served).subscriptions(channel)] == ["ferry"]
    assert Newsroom(served).subscriptions(chat) == []
    listed = served.ask(chat, ada, f"/alerts {named}")
    card = press(served, listed, "1", ada, chat)
    said = served.ask(chat, ada, f"/digest {named} weekly fri 18:00").text
    assert said.startswith("For Sea news:\n")
    assert "on Fridays at 18:00" in said
    served.fake.member(channel, ada, "member")
    assert toast(served, card, data_of(card, "Pause"), ada) == "Only the admins may do that."
    assert Newsroom(served).subscriptions(channel)[0].paused is None


def test_a_channel_is_kept_from_those_who_may_not_post_there(served: Served) -> None:
    eve, chat = served.person()
    fake = served.fake
    channel = fake.channel(-1_001_777_100_000 - eve["id"], username=f"wire{eve['id']}")
    name = f"@wire{eve['id']}"

    not_hers = served.ask(chat, eve, f"/subscribe {name} ferry")
    assert not_hers.text.startswith("You are not an admin there")
    fake.member(channel, eve, "administrator", can_post_messages=False)
    assert served.ask(chat, eve, f"/alerts {name}").text == not_hers.text
    fake.member(channel, eve, "administrator")
    fake.member(channel, fake.bot, "administrator", can_post_messages=False)
    assert served.ask(chat, eve, f"/subscribe {name} x").text.startswith("I may not post there.")
    fake.member(channel, fake.bot, "member")
    unknown = served.ask(chat, eve, "/subscribe @nobody_here ferry")
    assert unknown.text.startswith("I do not know that chat.")
    assert served.ask(chat, eve, f"/subscribe {name} x").text == unknown.text
    bob, his = served.person()
    served.ask(his, bob, "/help")
    assert served.ask(chat, eve, f"/export -{bob['id']}000").text == unknown.text
    group = served.group()
    fake.member(group, eve, "creator")
    moved = served.ask(group, eve, f"/subscribe {name} ferry")
    assert moved.text.startswith("Name another chat in our private chat only")


def test_admins_of_groups_are_offered_the_commands_of_alerts(served: Served) -> None:
    ada, _ = served.person()
    group = served.group()
    served.fake.member(group, ada, "administrator")
    asked = served.ask(group, ada, "/language")
    press(served, asked, "Русский", ada, group)
    served.fake.idle(0.5)

    def names(scope: str) -> set[str]:
        return {command["command"] for command in served.fake.commands[scope]}

    for code in ("", "es", "ru", "zh"):
        assert "subscribe" in names(f"all_private_chats/{code}")
        assert "subscribe" in names(f"all_chat_administrators/{code}")
        assert "subscribe" not in names(f"all_group_chats/{code}")
    assert "subscribe" in names(f"chat_administrators:{group['id']}/")
    assert "subscribe" not in names(f"chat:{group['id']}/")
