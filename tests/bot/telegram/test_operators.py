"""Operators: who may ask, who may look after the bot, and what they are told."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from bot.messages import Messages

if TYPE_CHECKING:
    from conftest import Serve, Served

ADMIN = 999_001
NOTRE_DAME = "When did Notre-Dame reopen?"
PAGE = b"""<html><head><title>Lighthouse lit again</title></head><body><article>
<h1>Lighthouse lit again</h1><p>The lighthouse of Kolka was lit again on Friday after two years
of repairs, the harbour office said.</p><p>Its lamp now burns 40 watts, a tenth of what the old
one needed, and can be seen from twenty kilometres away.</p></article></body></html>"""


@pytest.fixture(scope="module")
def page_url() -> Iterator[str]:
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(PAGE)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/kolka"
    server.shutdown()
    server.server_close()


def test_status_tells_how_the_bot_is_doing(served: Served) -> None:
    boss = served.fake.user(ADMIN)
    chat = served.fake.private(boss)

    said = served.ask(chat, boss, "/status").text

    assert "34 articles" in said
    assert "Updates arrive." in said


def test_a_page_is_taken_in_and_found(serve: Serve, page_url: str) -> None:
    served = serve(ADMINS=str(ADMIN))
    boss = served.fake.user(ADMIN)
    chat = served.fake.private(boss)
    refused = served.ask(chat, boss, f"/ingest {page_url}")
    assert "not public" in served.fake.wait_edit(chat, refused.message_id).text
    assert served.program.terminate() == 0

    served.program._environment["CLIPDESK_FETCH_ALLOW_HOSTS"] = "127.0.0.1"  # noqa: SLF001
    with served.program:
        taken = served.ask(chat, boss, f"/ingest {page_url}")
        assert "1 new" in served.fake.wait_edit(chat, taken.message_id).text
        answer = served.ask(chat, boss, "When was the lighthouse of Kolka lit again?")

        assert "was lit again on Friday" in answer.text


@pytest.mark.parametrize("argument", ["", " kolka", " ftp://host/x", " file:///etc/passwd"])
def test_ingest_takes_one_web_address(served: Served, argument: str) -> None:
    boss = served.fake.user(ADMIN)
    chat = served.fake.private(boss)

    assert "/ingest https://" in served.ask(chat, boss, f"/ingest{argument}").text


def test_no_one_else_runs_an_admins_commands(served: Served) -> None:
    eve, chat = served.person()
    boss = served.fake.user(ADMIN)
    own = served.fake.private(boss)
    group = served.group()
    fake = served.fake
    before = len(fake.messages(own))

    for command in ("/status", "/ingest https://example.org/", "/feeds"):
        assert "I know no" in served.ask(chat, eve, command).text
        fake.say(group, eve, command, sender_chat=group)  # an anonymous admin of the group
        fake.say(own, boss, command, forward_from=eve)
        fake.say(own, boss, command, via_bot=fake.user(78, "Helper", is_bot=True))
        said = len(fake.messages(chat))
        edited = fake.say(chat, eve, "…")
        fake.wait_messages(chat, said + 1)
        fake.edit(edited, command)
    assert "private" in served.ask(group, boss, "/status").text
    assert "34 articles" in served.ask(own, boss, "/status").text

    assert len(fake.messages(own)) == before + 1
    assert not any("34 articles" in sent.text for sent in fake.messages(group))


def test_strangers_are_refused_politely_and_once(serve: Serve) -> None:
    served = serve(ALLOWED_CHATS="5,-1001234", ADMINS=str(ADMIN))
    fake = served.fake
    friend, boss = fake.user(5), fake.user(ADMIN)
    eve, chat = served.person()
    allowed_group = fake.supergroup(-1001234, "Friends")
    other_group = served.group()

    refused = served.ask(chat, eve, NOTRE_DAME)
    assert str(eve["id"]) in refused.text
    assert "Notre-Dame" not in refused.text
    for text in (NOTRE_DAME, "/latest", "/start", "/sources", "/about"):
        fake.say(chat, eve, text)
    assert fake.answered(fake.ask_inline(eve, NOTRE_DAME)).params["results"] == []

    assert "swung open" in served.ask(fake.private(friend), friend, NOTRE_DAME).text
    assert "swung open" in served.ask(fake.private(boss), boss, NOTRE_DAME).text
    in_group = served.ask(allowed_group, eve, f"/ask {NOTRE_DAME}")
    assert "swung open" in in_group.text
    fake.press(in_group.message, "Sources", eve)
    fake.wait_edit(allowed_group, in_group.message_id)
    assert "swung open" in served.ask(other_group, friend, f"/ask {NOTRE_DAME}").text
    forged = fake.callback(refused.message, "a:1:0:0", eve)
    assert "may not" in fake.answered(forged).params["text"]
    served.ask(chat, eve, "/forget")

    assert [s.text.partition(" ")[0] for s in fake.messages(chat)] == ["This", "Deleted:"]
    assert fake.complaints == []


def test_a_user_who_asks_too_much_is_told_once(serve: Serve) -> None:
    served = serve(QUESTIONS_PER_MINUTE="2")
    ada, chat = served.person()
    for _ in range(5):
        served.fake.say(chat, ada, NOTRE_DAME)
    bob, other = served.person()
    assert "swung open" in served.ask(other, bob, NOTRE_DAME).text
    served.fake.wait_messages(chat, 3)
    served.fake.say(chat, ada, "/about")
    assert "swung open" in served.ask(other, bob, NOTRE_DAME).text

    texts = [sent.text for sent in served.fake.messages(chat)]

    assert [("swung open" in t, "Ask again in" in t) for t in texts] == [
        (True, False),
        (True, False),
        (False, True),
    ]


def test_commands_are_registered_by_scope_and_language(served: Served) -> None:
    served.fake.wait_call(
        "setMyCommands", lambda call: (call.params.get("scope") or {}).get("type") == "chat"
    )
    calls = [call for call in served.fake.calls if call.method == "setMyCommands"]
    seen = {
        (c.params["scope"]["type"], c.params.get("language_code")): [
            command["command"] for command in c.params["commands"]
        ]
        for c in calls
    }

    assert "status" in seen["chat", None]
    for language in (None, "en", "es", "ru", "zh"):
        assert "forget" in seen["all_private_chats", language]
        assert "ask" in seen["all_group_chats", language]
        assert "status" not in seen["all_private_chats", language]


def test_a_chosen_language_has_its_list_of_commands_in_that_chat(served: Served) -> None:
    ada, chat = served.person()
    said = served.ask(chat, ada, "/language")

    served.fake.press(said.message, "繁體中文", ada)
    served.fake.wait_edit(chat, said.message_id)
    calls = [
        call
        for call in served.fake.calls
        if call.method == "setMyCommands"
        and call.params.get("scope") == {"type": "chat", "chat_id": chat["id"]}
    ]
    assert calls
    described = {c["command"]: c["description"] for c in calls[0].params["commands"]}
    assert described["forget"] == Messages("zh-Hant").text("command.forget")
    assert "status" not in described
