"""Buttons of a running bot's messages, pressed, and what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Served
    from telegram_api import Json, Sent


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
