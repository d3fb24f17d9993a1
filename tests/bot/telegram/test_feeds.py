"""Feeds in the chat of an admin: added with a button, polled beside the answering."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from web_site import Site, answer, serving

from retrieval.desk import STORE_FILE

if TYPE_CHECKING:
    from conftest import Serve, Served

ADMIN = 999_001

FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Kolka <b>Herald</b></title><link>https://kolka.example/</link>
{items}</channel></rss>"""
ITEM = """<item><guid>https://kolka.example/{n}</guid><link>https://kolka.example/{n}</link>
<title>{title}</title><description>{text}</description>
<pubDate>Fri, 06 Mar 2026 08:0{n}:00 GMT</pubDate></item>"""
LIGHT = ITEM.format(n=1, title="Lighthouse lit", text="The lighthouse of Kolka was lit again.")


def feed(*items: str) -> bytes:
    return FEED.format(items="".join(items)).encode()


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        site.answers["/rss"] = answer(feed(LIGHT), content_type="application/rss+xml")
        site.answers["/"] = answer(
            b'<html><head><title>Herald</title><link rel="alternate" href="/rss"'
            b' type="application/rss+xml"></head><body><p>Hello</p></body></html>',
            content_type="text/html",
        )
        yield site


def wait_for(served: Served, chat: object, boss: object, question: str, words: str) -> str:
    """The answer to *question*, asked until it holds *words*: polls take their time."""
    text = ""
    for _ in range(40):
        text = served.ask(chat, boss, question).text
        if words in text:
            break
        time.sleep(0.3)
    return text


@pytest.fixture
def desk(serve: Serve, site: Site) -> Served:
    """A bot that may reach the site."""
    return serve(ADMINS=str(ADMIN), CLIPDESK_FETCH_ALLOW_HOSTS=site.host)


def test_feed_is_added_with_a_button_and_polled(desk: Served, site: Site) -> None:
    fake = desk.fake
    boss = fake.user(ADMIN)
    chat = fake.private(boss)
    assert desk.ask(chat, boss, "/feeds").text == "No feeds yet. Add one: /feeds add URL"

    asked = desk.ask(chat, boss, f"/feeds add {site.url('/')}")
    asked = fake.wait_edit(chat, asked.message_id)
    assert asked.text == (
        f"Add the feed Kolka Herald ({site.url('/rss')})?\n"
        "It lists one entry.\nThe newest, of 6 Mar 2026: Lighthouse lit"
    )
    fake.press(asked.message, "Add", boss)
    done = fake.wait_edit(chat, asked.message_id, 2)

    assert done.text == "Added: Kolka Herald, feed 1. It is being polled."
    assert "lit again" in wait_for(desk, chat, boss, "Which lighthouse was lit again?", "lit again")
    assert "1 Kolka Herald\nwell" in desk.ask(chat, boss, "/feeds").text
    assert "Feeds: 1 well, 0 failing, 0 paused." in desk.ask(chat, boss, "/status").text

    asked = desk.ask(chat, boss, "/feeds remove kolka")
    assert asked.text.startswith("Forget the feed Kolka Herald (")
    fake.press(asked.message, "Cancel", boss)
    assert fake.wait_edit(chat, asked.message_id).text == "Nothing was changed."
    for verb, words, said in (
        ("pause", "Pause", "Paused: Kolka Herald."),
        ("resume", "Resume", "Resumed: Kolka Herald."),
        ("poll", "Poll", "Kolka Herald is polled next."),
        ("remove", "Remove", "Removed: Kolka Herald. Its articles stay."),
    ):
        asked = desk.ask(chat, boss, f"/feeds {verb} 1")
        fake.press(asked.message, words, boss)
        assert fake.wait_edit(chat, asked.message_id).text == said
    assert desk.ask(chat, boss, "/feeds pause 1").text.startswith("No feed was found: no such feed")
    assert desk.ask(chat, boss, "/feeds make coffee").text.startswith("/feeds shows how")
    missing = desk.ask(chat, boss, f"/feeds add {site.url('/nothing')}")
    assert "No feed was found" in fake.wait_edit(chat, missing.message_id).text
    assert fake.complaints == []
    assert desk.program.terminate() == 0


def test_buttons_are_for_admins_and_good_once(desk: Served, site: Site) -> None:
    fake = desk.fake
    boss = fake.user(ADMIN)
    chat = fake.private(boss)
    ada, her_chat = desk.person()
    asked = desk.ask(chat, boss, f"/feeds add {site.url('/rss')}")
    asked = fake.wait_edit(chat, asked.message_id)
    [add, _] = asked.message["reply_markup"]["inline_keyboard"][0]

    hers = desk.ask(her_chat, ada, "/help")
    refused = fake.answered(fake.callback(hers.message, add["callback_data"], ada))
    assert refused.params["text"] == "This answer is not kept any more. Ask again."
    fake.press(asked.message, "Add", boss)
    assert fake.wait_edit(chat, asked.message_id, 2).text.startswith("Added:")
    again = fake.answered(fake.callback(asked.message, add["callback_data"], boss))
    odd = fake.answered(fake.callback(asked.message, "f:x:99999", boss))
    broken = fake.answered(fake.callback(asked.message, "f:what", boss))

    assert {call.params["text"] for call in (again, odd, broken)} == {refused.params["text"]}
    assert "f:" not in desk.ask(her_chat, ada, "/feeds add https://x.example").text
    assert "1 Kolka Herald" in desk.ask(chat, boss, "/feeds").text


def test_a_press_that_fails_is_answered_all_the_same(desk: Served, site: Site) -> None:
    fake = desk.fake
    boss = fake.user(ADMIN)
    chat = fake.private(boss)
    asked = desk.ask(chat, boss, f"/feeds add {site.url('/rss')}")
    asked = fake.wait_edit(chat, asked.message_id)
    with closing(sqlite3.connect(desk.folder / STORE_FILE)) as store:
        store.execute(
            "CREATE TRIGGER full BEFORE INSERT ON feeds BEGIN SELECT RAISE(ABORT, 'full'); END"
        )

    [add, _] = asked.message["reply_markup"]["inline_keyboard"][0]
    told = fake.answered(fake.callback(asked.message, add["callback_data"], boss))

    assert told.params["text"].startswith("Something went wrong on my side")
