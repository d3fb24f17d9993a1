"""Setting alerts up where one may not, or with buttons of others or of before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from alerted import Newsroom
from pressed import data_of, press, toast

from bot.telegram.alert_presses import AlertPress

if TYPE_CHECKING:
    from conftest import Serve, Served

SETTINGS = {"QUESTIONS_PER_MINUTE": "500"}


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
