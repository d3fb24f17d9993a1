"""
Updates as odd as the schema of the Bot API allows, made from a seed.

What Telegram itself vouches for is kept: offsets of entities lie within their text, times fit
into 32 bits and ids into 52, a reply is in its chat. Everything else is drawn from the schema,
so that every field of a message comes up, also those that the bot does not know.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from telegram_api import Json, load_schema, utf16_length

WORDS = (
    "When did Notre-Dame reopen?",
    "花蓮地震何時發生？",
    "متى أُعيد افتتاح الكنيسة؟",
    "\u202eevil \u2066abc\u2069 \u200f\u200e\u200f",
    "a\x00b\x01c\x1b[31m\x7f\x85 \u2028\u2029",
    "🌊" * 2048,
    "👩‍👩‍👧‍👦" * 200,
    "z" + "\u0301" * 500,
    "x" * 4096,
    "<b>&lt;</i> &amp; \" ' </blockquote>",
    "source:baltic after:2022-02 lang:zh",
    'source:"unclosed after:soon -not* "phrase',
    "?",
    "\ufffe\uffff\U0001ffff",
    "\n\n\t \u00a0",
    "and then?",
    "what about Sweden?",
    "%s {0} {name} \\N{DIGIT ONE} $HOME `rm`",
)

COMMANDS = (
    *("/start", "/help", "/ask", "/latest", "/sources", "/about", "/settings", "/language"),
    *("/new", "/forget", "/status", "/feeds", "/ingest", "/frobnicate", "/", "/ask_me", "/путь"),
)

CODES = (None, "en", "de", "zh-hant", "zh-TW", "zh-hans", "zh", "ru", "es-MX", "", "xx-YY", "𐍈")
"""What clients say of their language."""

_DATES = (0, 1, 1_700_000_000, 1_790_000_000, 2**31 - 1)
_NUMBERS = (0, 1, 7, 255, 2**31 - 1)
_IDS = (0, 1, -1, 2**31, 2**51, -(10**12) - 7)
_ENTITIES = (
    *("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bold"),
    *("italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote"),
    *("code", "pre", "text_link", "text_mention", "custom_emoji", "date_time", "of_tomorrow"),
)
_TOLD_APART_BY = {"ChatMember": "status", "ChatBoostSource": "source"}
"""The field that says which member of a union an object is; ``type`` for the others."""
_STATUSES = {"Owner": "creator", "Banned": "kicked"}
_OF_MIGRATION = {"migrate_to_chat_id", "migrate_from_chat_id"}
_BY_HAND = {"message_id", "chat", "date", "from", "text", "entities", "via_bot", "sender_chat"}
_COMMAND = re.compile(r"/\w{1,64}(@\w+)?", re.ASCII)
_DEEPEST = 3


@dataclass
class OddUpdates:
    """Draws; the same *seed* draws the same."""

    seed: int
    bot: Json

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.schema = load_schema()
        self.fields = sorted(self.schema.types["Message"].keys() - _BY_HAND - _OF_MIGRATION)
        self._next_field = 0
        self._last_id = 10**9

    # --- updates ------------------------------------------------------------

    def message(self, chat: Json, user: Json, text: str | None = None, **fixed: Any) -> Json:
        """
        A message of *user* in *chat*: one field of the schema in turn, some others, and *text*.

        None for *text* is none, or an odd one.
        """
        message: Json = self.head(chat) | {"from": user}
        message |= self._field(self._in_turn())
        for name in self.random.choices(self.fields, k=self.random.choice((0, 0, 1, 3))):
            message |= self._field(name)
        if text is None and self.random.random() < 0.4:
            text = self.text()
        if text:
            message |= {"text": text, "entities": self.entities(text)}
        if "reply_to_message" in message:
            message["reply_to_message"]["chat"] = chat
        return message | fixed

    def head(self, chat: Json) -> Json:
        """The fields that every message has, accessible or not."""
        return {"message_id": self.id(), "chat": chat, "date": self.random.choice(_DATES[1:])}

    def callback(self, user: Json, data: str | None, **fields: Any) -> Json:
        """A pressed button; without *data* it is a game's."""
        said = {"game_short_name": "chess"} if data is None else {"data": data}
        query = {"id": str(self.id()), "from": user, "chat_instance": self.text()[:64], **said}
        return query | fields

    def inline(self, user: Json, query: str) -> Json:
        """A query typed behind the bot's name."""
        fields = self.object("InlineQuery", 1) | {"from": user, "id": str(self.id())}
        return fields | {"query": query[:256], "offset": self.random.choice(("", "50", "\u202e"))}

    def membership(self, chat: Json, user: Json) -> Json:
        """The bot's standing in *chat* changes from any to any."""
        change = self.object("ChatMemberUpdated", 1) | {"chat": chat, "from": user}
        for side in ("old_chat_member", "new_chat_member"):
            change[side] = self._member("ChatMember")
            change[side]["user"] = self.bot
        return change

    # --- texts --------------------------------------------------------------

    def text(self) -> str:
        """A text that Telegram would send, at most 4,096 UTF-16 units."""
        return self.random.choice(WORDS)

    def command(self, name: str = "clipdesk_bot") -> str:
        """A command in any case, with or without the bot's name, and something behind it."""
        cases = (str.lower, str.upper, str.title)
        command = self.random.choice(cases)(self.random.choice(COMMANDS))
        at = self.random.choice(("", f"@{name}", f"@{name.upper()}"))
        behind = self.random.choice(("", " ", "\n", ",", ":", " " + self.text()[:1000]))
        return command + at + behind + self.payload() * self.random.randrange(2)

    def payload(self) -> str:
        """64 characters such as a deep link may hold, and some that it may not."""
        letters = "abcXYZ0189_-" + self.random.choice(("", "%&=", "🌊é"))
        return " " + "".join(self.random.choices(letters, k=64))

    def entities(self, text: str) -> list[Json]:
        """Entities of any kind within *text*: overlapping, crossing, at its ends."""
        found = []
        command = _COMMAND.match(text)
        if command is not None:
            found.append({"type": "bot_command", "offset": 0, "length": command.end()})
        for _ in range(self.random.choice((0, 0, 1, 4))):
            first = self.random.choice((0, self.random.randrange(len(text)), len(text) - 1))
            stop = self.random.choice((first + 1, len(text)))
            place = {
                "type": self.random.choice(_ENTITIES),
                "offset": utf16_length(text[:first]),
                "length": utf16_length(text[first:stop]),
            }
            found.append(self.object("MessageEntity", 2) | place)
        self.random.shuffle(found)
        return sorted(found, key=lambda entity: entity["offset"])  # as Telegram does

    # --- values of the schema -----------------------------------------------

    def object(self, kind: str, depth: int) -> Json:
        """An object of *kind*: what it must have, and now and then what it may have."""
        made: Json = {}
        for name, (types, is_required, limit, constant) in self.schema.types[kind].items():
            if constant is not None:
                made[name] = constant
            elif is_required or (depth < _DEEPEST and self.random.random() < 0.3 / (depth + 1)):
                made[name] = self._value(types, name, depth + 1)
                if limit is not None and isinstance(made[name], str):
                    made[name] = (made[name][: limit[1] // 8] or "-").ljust(limit[0], "-")
        if kind == "Message":
            for name in _OF_MIGRATION:
                made.pop(name, None)
        elif kind == "InaccessibleMessage":
            made["date"] = 0
        return made

    def _member(self, union: str) -> Json:
        """An object of one of the members of *union*, which says of which."""
        kind = self.random.choice(self.schema.subtypes[union])
        made = self.object(kind, 2)
        if union != "MaybeInaccessibleMessage":
            which = kind.removeprefix(union)
            told = _STATUSES.get(which) or re.sub("(?<!^)(?=[A-Z])", "_", which).lower()
            made[_TOLD_APART_BY.get(union, "type")] = told
        return made

    def id(self) -> int:
        """Never the same twice."""
        self._last_id += self.random.randrange(1, 1000)
        return self._last_id

    def _in_turn(self) -> str:
        self._next_field += 1
        return self.fields[self._next_field % len(self.fields)]

    def _field(self, name: str) -> Json:
        types = self.schema.types["Message"][name][0]
        made: Json = {name: self._value(types, name, 1)}
        if name == "caption":
            made["caption"] = made["caption"][:1024] or "-"
            made["caption_entities"] = self.entities(made["caption"])
        elif name == "caption_entities":
            made |= {"caption": "a caption", "caption_entities": self.entities("a caption")}
        return made

    def _value(self, types: list[str], name: str, depth: int) -> Any:
        kind = self.random.choice(types)
        if kind in self.schema.subtypes:
            return self._member(kind)
        if kind.startswith("Array of "):
            count = 0 if depth > _DEEPEST else self.random.choice((0, 1, 2))
            inner = [kind.removeprefix("Array of ")]
            return [self._value(inner, name, depth + 1) for _ in range(count)]
        simple: dict[str, Callable[[], Any]] = {
            "Integer": lambda: self._integer(name),
            "String": lambda: self._string(name),
            "Float": lambda: self.random.choice((0.0, -0.5, 1e300)),
            "Boolean": lambda: self.random.random() < 0.5,
            "True": lambda: True,
        }
        return simple[kind]() if kind in simple else self.object(kind, depth)

    def _integer(self, name: str) -> int:
        if name.endswith("id"):
            return self.random.choice(_IDS)
        return self.random.choice(_DATES if "date" in name else _NUMBERS)

    def _string(self, name: str) -> str:
        if name == "type":
            return self.random.choice(("private", "group", "supergroup", "channel", "sender"))
        if name == "language_code":
            return self.random.choice(CODES) or "en"
        return self.text()[:256]
