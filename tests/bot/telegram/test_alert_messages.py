"""What a reply to an alert is completed from: its story's words, not the signs of a query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsroom import Newsroom

if TYPE_CHECKING:
    from conftest import Served

HASTY = {"bot.telegram.watch.FOLLOW_EVERY_S": 0.2}


def test_a_reply_is_completed_from_the_title(served: Served) -> None:
    ada, chat = served.person()
    with Newsroom(served.folder) as newsroom:
        newsroom.subscribe("blaze OR fire -football", chat["id"])
        newsroom.publish(
            "mill",
            "A heavy fire destroyed the old mill in Cēsis on Saturday. Nobody was hurt.",
            title="Heavy fire in Cēsis",
        )
    [alert] = served.fake.wait_messages(chat)

    for _ in range(40):  # until the bot has taken in what the other process did
        answer = served.ask(chat, ada, "Was anybody hurt?", reply_to=alert.message)
        if "Nobody was hurt" in answer.text:
            break

    assert answer.text.startswith("Understood as: Was anybody hurt (Cēsis)?")
    assert "Nobody was hurt." in answer.text
