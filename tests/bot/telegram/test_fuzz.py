"""Thousands of odd updates: the bot stays up, keeps quiet where it should, and answers everyone."""

from __future__ import annotations

import re
import sqlite3
import time
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from odd_updates import CODES, OddUpdates

if TYPE_CHECKING:
    from conftest import Serve, Served
    from telegram_api import Json, Sent

NOTRE_DAME = "When did Notre-Dame reopen?"
UPDATES = 450
"""Telegram takes 30 messages a second, and about half of the updates are answered."""

SEED = 20261124

_TROUBLE = re.compile(r"\S+ \S+ (?:ERROR|CRITICAL|WARNING) |Traceback|\S*Warning: ")


class Crowd:
    """Everyone and everything that comes to the bot at once."""

    def __init__(self, served: Served, odd: OddUpdates, answers: list[Sent]) -> None:
        self.fake = served.fake
        self.served = served
        self.odd = odd
        self.answers = answers
        self.talk = [served.group(), served.group(is_forum=True)]
        """Groups that talk, but never to the bot."""
        self.asking = [served.group(), served.group(is_forum=True), served.group()]
        self.wordless: list[Json] = []
        self.asked: list[tuple[Json, Json]] = []
        """Private chats that a text came from, with the message."""
        self.queries: set[str] = set()

    def act(self) -> None:
        """One update, of any kind."""
        acts = (
            *(self.say, self.say, self.command, self.chatter, self.chatter, self.address),
            *(self.edit, self.press, self.press_nothing, self.type, self.change),
        )
        self.odd.random.choice(acts)()

    def person(self) -> tuple[Json, Json]:
        user, chat = self.served.person(language_code=self.odd.random.choice(CODES))
        if self.odd.random.random() < 0.2:
            user |= {"id": 2**52 - self.odd.id(), "last_name": self.odd.text()[:64]}
            self.fake.user(**user)
            chat = self.fake.private(user)
        return user, chat

    def say(self) -> None:
        user, chat = self.person()
        message = self.odd.message(chat, user)
        self.fake.push({"message": message})
        is_own = "via_bot" not in message and "is_automatic_forward" not in message
        if is_own and message.get("text", message.get("caption", "")).strip():
            self.asked.append((chat, message))

    def command(self) -> None:
        user, chat = self.person()
        text = self.odd.command()
        message = self._plain(chat, user, text)
        self.fake.push({"message": message})
        self.asked.append((chat, message))

    def chatter(self) -> None:
        """In a group, of others: contents of every kind, and other bots' commands."""
        user, _ = self.person()
        chat = self.odd.random.choice(self.talk)
        text = self.odd.random.choice((None, self.odd.command("another_bot")))
        if text is not None and "@" not in text.split()[0]:
            text = f"/frobnicate {text}"
        message = self.odd.message(chat, user, text)
        if self.odd.random.random() < 0.1:
            message["sender_chat"] = chat
        self.fake.push({self.odd.random.choice(("message", "edited_message")): message})

    def address(self) -> None:
        """In a group, to the bot."""
        user, _ = self.person()
        chat = self.odd.random.choice(self.asking)
        text = self.odd.random.choice(("/ask ", "@clipdesk_bot ")) + self.odd.text()[:1000]
        message = self.odd.message(chat, user, text)
        if self.odd.random.random() < 0.5:
            ours = self.odd.head(chat) | {"from": self.odd.bot, "text": "an answer"}
            message |= {"text": self.odd.text(), "entities": [], "reply_to_message": ours}
        self.fake.push({"message": message})

    def edit(self) -> None:
        user, chat = self.person()
        edited = self.odd.message(chat, user, self.odd.text())
        self.fake.push({"edited_message": edited | {"edit_date": 1_790_000_000}})

    def press(self) -> None:
        """The button of an answer, or something like its data, from anywhere."""
        user, _ = self.person()
        answer = self.odd.random.choice(self.answers)
        data = self.odd.random.choice([data for row in answer.buttons for _, data in row])
        at = self.odd.random.randrange(len(data))
        forged = data[:at] + self.odd.random.choice("0919:;acmsgbl-٣\n") + data[at + 1 :]
        message = self.odd.random.choice(
            (answer.message, self.odd.message(answer.message["chat"], self.odd.bot))
        )
        if self.odd.random.random() < 0.3:
            message = {k: answer.message[k] for k in ("chat", "message_id")} | {"date": 0}
        self._query(user, self.odd.random.choice((data, forged)), message=message)

    def press_nothing(self) -> None:
        """Buttons of games, and under messages that were sent inline."""
        user, _ = self.person()
        data = self.odd.random.choice((None, "a:1:0:0", "l:en", "l:", "🌊" * 16))
        fields = self.odd.random.choice(({}, {"inline_message_id": "AgAAAB"}))
        self._query(user, data, **fields)

    def type(self) -> None:
        user, _ = self.person()
        query = self.odd.inline(user, self.odd.random.choice((self.odd.text(), NOTRE_DAME)))
        self.fake.inline_queries[query["id"]] = False
        self.queries.add(query["id"])
        self.fake.push({"inline_query": query})

    def change(self) -> None:
        user, private = self.person()
        group = self.served.group()
        channel = self.fake.channel(-1_003_000_000_000 - self.odd.id())
        chat = self.odd.random.choice((private, group, channel))
        self.fake.push({"my_chat_member": self.odd.membership(chat, user)})

    def _query(self, user: Json, data: str | None, **fields: object) -> None:
        query = self.odd.callback(user, data, **fields)
        self.fake.callbacks[query["id"]] = False
        self.queries.add(query["id"])
        self.fake.push({"callback_query": query})

    def _plain(self, chat: Json, user: Json, text: str) -> Json:
        return self.odd.head(chat) | {
            "from": user,
            "text": text,
            "entities": self.odd.entities(text),
        }


@pytest.fixture
def crowd(serve: Serve) -> Crowd:
    served = serve()
    odd = OddUpdates(SEED, served.fake.member_bot())
    answers = []
    for place in (served.person()[1], served.group()):
        user, _ = served.person()
        asker = user if place["id"] < 0 else served.fake.users[place["id"]]
        answers.append(served.ask(place, asker, f"/ask {NOTRE_DAME}"))
        answers.append(served.ask(place, asker, "/language"))
    return Crowd(served, odd, answers)


def test_odd_updates_break_nothing(crowd: Crowd) -> None:
    served, fake = crowd.served, crowd.fake

    for _ in range(UPDATES):
        crowd.act()
    wait_until_done(served)
    ada, chat = served.person()
    asked_at = time.monotonic()
    answer = served.ask(chat, ada, NOTRE_DAME)

    assert "Notre-Dame swung open" in answer.text
    assert time.monotonic() - asked_at < 2, "not answered at once"
    assert [line for line in served.program.output().splitlines() if _TROUBLE.match(line)] == []
    assert fake.complaints == []
    assert fake.violations() == []
    assert [sent.text for group in crowd.talk for sent in fake.messages(group)] == []
    answered = Counter(
        call.params.get("callback_query_id") or call.params["inline_query_id"]
        for call in fake.calls
        if call.method in {"answerCallbackQuery", "answerInlineQuery"}
    )
    assert answered == dict.fromkeys(crowd.queries, 1)
    assert [message for chat, message in crowd.asked if not fake.messages(chat)] == []


def wait_until_done(served: Served, timeout_s: float = 60) -> None:
    """Return once the bot has taken all and nothing waits; fail if anything was given up."""
    end = time.monotonic() + timeout_s
    waiting = "SELECT 1 FROM bot_inbox WHERE ended_at IS NULL"
    with closing(sqlite3.connect(served.folder / "clipdesk.db")) as store:
        while served.fake.queue.pending or store.execute(waiting).fetchone():
            assert time.monotonic() < end, "never done"
            time.sleep(0.1)
        given_up = store.execute("SELECT reason FROM bot_inbox WHERE reason IS NOT NULL")
        assert given_up.fetchall() == []
