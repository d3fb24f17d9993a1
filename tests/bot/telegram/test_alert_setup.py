"""Setting alerts up in a private chat: tried first, kept with a button, changed and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alerted import Newsroom
from pressed import data_of, labels, press, toast

if TYPE_CHECKING:
    from conftest import Served

SETTINGS = {"QUESTIONS_PER_MINUTE": "500"}


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


def test_a_message_about_a_long_query_fits(served: Served) -> None:
    ada, chat = served.person()
    long = " OR ".join(["w" * 30] * 14)
    Newsroom(served).subscribe(chat, long)

    tried = served.ask(chat, ada, f"/subscribe 1 {long.replace('w', '漢')} earthquake")

    assert tried.text.startswith("Instead of: www")
    assert "refused" not in served.program.output()
