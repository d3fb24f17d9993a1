"""Setting alerts up in a chat: tried first, kept with a button, changed and deleted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from alerted import Newsroom

from bot.telegram.alert_presses import AlertPress

if TYPE_CHECKING:
    from conftest import Serve, Served
    from telegram_api import Json, Sent

SETTINGS = {"QUESTIONS_PER_MINUTE": "500"}


def press(served: Served, sent: Sent, words: str, user: Json, chat: Json) -> Sent:
    """Press a button that changes its message; the message then."""
    now = next(m for m in served.fake.messages(chat) if m.message_id == sent.message_id)
    served.fake.press(now.message, words, user)
    return served.fake.wait_edit(chat, sent.message_id, now.edits + 1)


def toast(served: Served, sent: Sent, data: str, user: Json) -> str | None:
    """What pops up after a press with *data*."""
    call = served.fake.answered(served.fake.callback(sent.message, data, user))
    return call.params.get("text")


def data_of(sent: Sent, words: str) -> str:
    return next(data for row in sent.buttons for text, data in row if text == words)


def labels(sent: Sent) -> list[str]:
    return [text for row in sent.buttons for text, _ in row]


# --- a private chat -------------------------------------------------------------------


def test_a_query_is_tried_and_kept(served: Served) -> None:
    ada, chat = served.person()

    tried = served.ask(chat, ada, "/subscribe museum OR earthquake")
    assert tried.text.startswith("museum OR earthquake\nIn the 7 days before 18 Nov 2025 this")
    assert labels(tried) == ["Save", "Save as digest", "Cancel"]
    assert Newsroom(served).subscriptions(chat) == []
    kept = press(served, tried, "Save", ada, chat)

    assert kept.text.startswith("Saved: museum OR earthquake\n")
    [subscription] = Newsroom(served).subscriptions(chat)
    assert (subscription.query, subscription.mode) == ("museum OR earthquake", "instant")
    assert subscription.user_id == ada["id"]
    shown = press(served, kept, "Show", ada, chat)
    assert shown.text.startswith("museum OR earthquake\nTold: at once\n")


def test_a_query_is_kept_for_the_digest_or_not_at_all(served: Served) -> None:
    ada, chat = served.person()

    tried = served.ask(chat, ada, "/subscribe lighthouse")
    assert press(served, tried, "Cancel", ada, chat).text == "Nothing was changed."
    assert Newsroom(served).subscriptions(chat) == []
    tried = served.ask(chat, ada, "/subscribe lighthouse")
    press(served, tried, "Save as digest", ada, chat)

    assert [s.mode for s in Newsroom(served).subscriptions(chat)] == ["digest"]


def test_a_button_is_good_once(served: Served) -> None:
    ada, chat = served.person()
    tried = served.ask(chat, ada, "/subscribe lighthouse")
    save = data_of(tried, "Save")
    press(served, tried, "Save", ada, chat)

    assert toast(served, tried, save, ada) == "This is no longer open. Send /subscribe again."
    assert len(Newsroom(served).subscriptions(chat)) == 1


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("flood OR (storm", "flood OR ▸(storm"),
        ('flood "joint', 'flood ▸"joint'),
        ("ab*", "▸ab*"),
        ("水 OR (風", "水 OR ▸(風"),
        ("😀😀 OR (x", "😀😀 ▸OR (x"),
        ("مطر OR (x", "مطر OR ▸(x"),
        ("flood " * 20 + "(", "…lood flood flood flood flood (▸"),
    ],
)
def test_a_wrong_query_is_pointed_at(served: Served, query: str, shown: str) -> None:
    ada, chat = served.person()

    said = served.ask(chat, ada, f"/subscribe {query}")

    assert said.text.splitlines()[-1] == shown
    assert said.buttons == []


def test_a_misspelt_word_is_put_right_with_a_button(served: Served) -> None:
    ada, chat = served.person()

    tried = served.ask(chat, ada, "/subscribe earthqake OR lighthousse")
    assert "Did you mean earthquake?" in tried.text
    better = press(served, tried, "earthquake OR lighthousse", ada, chat)

    assert better.text.startswith("earthquake OR lighthousse\n")
    press(served, better, "Save", ada, chat)
    assert [s.query for s in Newsroom(served).subscriptions(chat)] == ["earthquake OR lighthousse"]


def test_the_list_leads_to_all_that_can_be_changed(served: Served) -> None:
    ada, chat = served.person()
    newsroom = Newsroom(served)
    newsroom.subscribe(chat, "ferry")

    listed = served.ask(chat, ada, "/alerts")
    assert listed.text.startswith("Alerts\n\n1 ferry\n")
    card = press(served, listed, "1", ada, chat)
    assert labels(card)[-1] == "‹ Back"
    for words, said in (
        ("Pause", "paused since"),
        ("Resume", "Told: at once\n"),
        ("Mute 1 d", "muted until"),
        ("Unmute", "Told: at once\n"),
        ("Both", "Told: at once and in the digest\n"),
        ("Test", "In the 7 days before"),
        ("‹ Back", "Told: at once and in the digest\n"),
    ):
        card = press(served, card, words, ada, chat)
        assert said in card.text, words
    asked = press(served, card, "Delete", ada, chat)
    assert asked.text == "Delete this alert? ferry"
    assert len(newsroom.subscriptions(chat)) == 1
    assert press(served, asked, "Delete it", ada, chat).text == "Deleted: ferry"

    assert newsroom.subscriptions(chat) == []
    gone = toast(served, listed, data_of(listed, "1"), ada)
    assert gone == "This alert is not there any more. /alerts lists them."


def test_the_next_message_is_the_new_query(served: Served) -> None:
    ada, chat = served.person()
    newsroom = Newsroom(served)
    number = newsroom.subscribe(chat, "ferry")
    card = press(served, served.ask(chat, ada, "/alerts"), "1", ada, chat)

    before = len(served.fake.messages(chat))
    served.fake.press(card.message, "Edit", ada)
    prompt = served.fake.wait_messages(chat, before + 1)[-1]
    assert prompt.text == "Write the new words instead of: ferry"
    tried = served.ask(chat, ada, "ferry OR tanker")
    assert tried.text.startswith("Instead of: ferry\nferry OR tanker\n")
    press(served, tried, "Save", ada, chat)

    assert [(s.id, s.query) for s in newsroom.subscriptions(chat)] == [(number, "ferry OR tanker")]
    assert "PARIS" in served.ask(chat, ada, "When did Notre-Dame reopen?").text


def test_a_number_before_the_query_replaces_that_one(served: Served) -> None:
    ada, chat = served.person()
    newsroom = Newsroom(served)
    for query in ("ferry", "tanker"):
        newsroom.subscribe(chat, query)

    press(served, served.ask(chat, ada, "/subscribe 2 oil tanker"), "Save", ada, chat)
    press(served, served.ask(chat, ada, "/subscribe 2024 elections"), "Save", ada, chat)

    queries = [s.query for s in newsroom.subscriptions(chat)]
    assert queries == ["ferry", "oil tanker", "2024 elections"]


@pytest.mark.parametrize("wanted", ["1", "ferry  FOG", "Ferry fog"])
def test_unsubscribe_asks_back(served: Served, wanted: str) -> None:
    ada, chat = served.person()
    Newsroom(served).subscribe(chat, "ferry fog")

    asked = served.ask(chat, ada, f"/unsubscribe {wanted}")
    press(served, asked, "Delete it", ada, chat)

    assert Newsroom(served).subscriptions(chat) == []
    missing = served.ask(chat, ada, f"/unsubscribe {wanted}").text
    assert (
        missing
        == f"There is no such alert here: {' '.join(wanted.split(' '))}. /alerts lists them."
    )


def test_times_are_set_and_told(served: Served) -> None:
    ada, chat = served.person()

    assert "Europe/Riga, where it is" in served.ask(chat, ada, "/timezone Riga").text
    assert "every day at 08:30" in served.ask(chat, ada, "/digest daily 8:30").text
    said = served.ask(chat, ada, "/quiet 22 to 7 silent").text
    assert "22:00 to 07:00; alerts come without a sound" in said
    settings = served.ask(chat, ada, "/settings").text
    for part in ("0 alerts are set up", "Europe/Riga", "22:00 to 07:00", "every day at 08:30"):
        assert part in settings
    assert "Quiet hours: none." in served.ask(chat, ada, "/quiet off").text
    assert "only where something goes into it" in served.ask(chat, ada, "/digest off").text
    assert "/digest weekly mon 08:00" in served.ask(chat, ada, "/digest at noon").text
    assert "Did you mean Europe/Riga" in served.ask(chat, ada, "/timezone Rga").text
    assert "I know no time zone Atlantis" in served.ask(chat, ada, "/timezone Atlantis").text
    assert served.ask(chat, ada, "/missed").text.startswith("Nothing was missed since")


def test_alerts_move_by_a_file_to_another_chat(served: Served) -> None:
    ada, chat = served.person()
    bob, his = served.person()
    Newsroom(served).subscribe(chat, "ferry OR 渡輪")
    served.ask(chat, ada, "/timezone Riga")

    file = served.ask(chat, ada, "/export")
    document = file.message["document"]
    body = served.fake.files[document["file_id"]].body
    assert document["file_name"] == "clipdesk-alerts.json"
    assert str(ada["id"]) not in body.decode()

    sent = served.ask(his, bob, "/import", document=("a.json", body))
    assert sent.text == "Taken in: 1 alert, and when to be told."
    [subscription] = Newsroom(served).subscriptions(his)
    assert (subscription.query, subscription.user_id) == ("ferry OR 渡輪", bob["id"])
    again = served.ask(his, bob, "/import", document=("a.json", body)).text
    assert again == "Taken in: 0 alerts, and when to be told.\n1 alert was here already."
    before = len(served.fake.messages(his))
    posted = served.fake.say(his, bob, "", document=("a.json", body))
    served.fake.wait_messages(his, before + 1)
    assert "already" in served.ask(his, bob, "/import", reply_to=posted).text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{}", "Nothing was taken in: "),
        ("漢".encode("utf-16"), "Nothing was taken in: "),
        (b"x" * 5_000_001, "That file is too large"),
    ],
)
def test_a_file_that_is_none_changes_nothing(served: Served, body: bytes, said: str) -> None:
    ada, chat = served.person()

    answer = served.ask(chat, ada, "/import", document=("a.json", body))

    assert answer.text.startswith(said)
    assert Newsroom(served).subscriptions(chat) == []


def test_a_trend_is_a_picture(served: Served) -> None:
    ada, chat = served.person()
    Newsroom(served).subscribe(chat, "x")
    none = served.ask(chat, ada, "/trend zeppelin")

    assert none.text == "No article of the last 30 days matches: zeppelin"
    assert "photo" not in none.message
    assert served.ask(chat, ada, "/trend").text.startswith("Write what to count:")
    assert served.ask(chat, ada, "/trend (x").text.endswith("▸(x")


# --- groups and channels ------------------------------------------------------------


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


def test_a_message_about_a_long_query_fits(served: Served) -> None:
    ada, chat = served.person()
    long = " OR ".join(["w" * 30] * 14)
    Newsroom(served).subscribe(chat, long)

    tried = served.ask(chat, ada, f"/subscribe 1 {long.replace('w', '漢')} earthquake")

    assert tried.text.startswith("Instead of: www")
    assert "refused" not in served.program.output()


# --- strangers ----------------------------------------------------------------------


def test_guessed_data_reaches_no_other_chat(served: Served) -> None:
    ada, chat = served.person()
    eve, hers = served.person()
    newsroom = Newsroom(served)
    number = newsroom.subscribe(chat, "ferry")
    listed = served.ask(chat, ada, "/alerts")
    own = served.ask(hers, eve, "/alerts")
    refused = "Only the admins may do that."

    for action, about, value in (
        *(("open", number, 0), ("pause", number, 0), ("mute", number, 8), ("mode", number, 1)),
        *(("delete", number, 0), ("delete_now", number, 0), ("edit", number, 0)),
        *(("test", number, 0), ("list", chat["id"], 0)),
    ):
        data = AlertPress(action, about, value).data
        assert toast(served, own, data, eve) == refused, action
        assert toast(served, listed, data, eve) == refused, action
    tried = served.ask(chat, ada, "/subscribe tanker")
    for words in ("Save", "Save as digest", "Cancel"):
        expired = toast(served, own, data_of(tried, words), eve)
        assert expired == "This is no longer open. Send /subscribe again."
        assert toast(served, tried, data_of(tried, words), eve) == refused
    for data in ("w:", "w:o:x:1", "w:q:1:1", f"w:o:{2**63}:0", "w:o:1", "w:u:1:-8"):
        assert toast(served, own, data, eve) == "This answer is not kept any more. Ask again.", data
    for value in (3, 999_999):
        data = AlertPress("mute", number, value).data
        assert toast(served, listed, data, ada) == "This answer is not kept any more. Ask again."

    [subscription] = newsroom.subscriptions(chat)
    assert (subscription.paused, subscription.muted_until) == (None, None)
    assert newsroom.subscriptions(hers) == []


def test_those_who_are_not_let_in_set_nothing_up(serve: Serve) -> None:
    served = serve(ALLOWED_CHATS="1")
    eve, chat = served.person()

    assert served.ask(chat, eve, "/subscribe ferry").text.startswith("This desk answers only those")
    served.fake.say(chat, eve, "/import", document=("a.json", b"{}"))
    served.fake.idle(1.0)
    assert len(served.fake.messages(chat)) == 1  # told once


def test_a_back_test_is_forgotten_by_a_restart_and_buttons_of_lists_are_not(serve: Serve) -> None:
    served = serve()
    ada, chat = served.person()
    Newsroom(served).subscribe(chat, "ferry")
    listed = served.ask(chat, ada, "/alerts")
    tried = served.ask(chat, ada, "/subscribe tanker")
    served.program.terminate()
    again = serve(served.fake, served.folder)

    expired = toast(again, tried, data_of(tried, "Save"), ada)
    assert expired == "This is no longer open. Send /subscribe again."
    assert press(again, listed, "1", ada, chat).text.startswith("ferry\n")
    assert [s.query for s in Newsroom(again).subscriptions(chat)] == ["ferry"]
    assert json.dumps(served.fake.complaints) == "[]"
