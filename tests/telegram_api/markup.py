"""
Telegram's HTML: text with tags -> text and entities, or Telegram's own refusal.

Follows the parser of Telegram's library (tdlib, ``parse_html`` and
``fix_formatted_text``): which tags there are, how references are decoded, what is
cleaned and trimmed. Formatting that Telegram drops in silence (inside code, a quote
inside a quote, a bad link) is dropped here too, and told in `Formatted.lost`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from telegram_api.entities import (
    Entity,
    checked_link,
    clean,
    keep_valid,
    mentioned_user,
    order,
)
from telegram_api.schema import utf16_length

MAX_ENTITIES = 100
_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
    "blockquote": "blockquote",
}
_ARGUMENTS = {  # tag -> the attribute that counts, and how its value must begin
    "a": ("href", ""),
    "code": ("class", "language-"),
    "span": ("class", "tg-"),
    "tg-emoji": ("emoji-id", ""),
    "tg-time": ("unix", ""),
}
_REFERENCE = re.compile(r"&(?:#x(?P<hex>[0-9a-fA-F]*)|#(?P<dec>[0-9]*)|(?P<name>[A-Za-z]*));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_SPACE = " \t\r\n\0\v"


class MarkupError(ValueError):
    """Markup that Telegram refuses, in its words."""


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text as it stands in a chat."""

    text: str
    entities: list[Entity]
    lost: list[str] = field(default_factory=list)  # formatting dropped in silence


@dataclass(slots=True)
class _Open:
    """A tag that waits for its end."""

    name: str
    argument: str
    offset: int  # UTF-16
    start: int  # pieces of the text so far
    extra: str  # the format of a time


def format_html(html: str) -> Formatted:
    """
    The text and entities of *html*, cleaned and trimmed as in a chat.

    Raises:
        MarkupError: If Telegram refuses the markup.
    """
    text, entities, lost = _Parser(html).parse()
    return format_entities(text, entities, lost)


def format_entities(text: str, entities: list[Entity], lost: list[str] | None = None) -> Formatted:
    """The text and entities as Telegram keeps them: cleaned, trimmed, without what it drops."""
    lost = list(lost or [])
    text, entities = clean(text, entities)
    kept = keep_valid(entities, lost)
    if len(kept) > MAX_ENTITIES:
        lost.append(f"{len(kept)} entities; Telegram uses {MAX_ENTITIES}")
        kept = kept[:MAX_ENTITIES]
    return Formatted(text, kept, lost)


class _Parser:
    def __init__(self, html: str) -> None:
        self._html = html
        self._at = 0
        self._text: list[str] = []
        self._offset = 0  # UTF-16 units of the text so far
        self._open: list[_Open] = []
        self._entities: list[Entity] = []
        self._lost: list[str] = []

    def parse(self) -> tuple[str, list[Entity], list[str]]:
        while self._at < len(self._html):
            char = self._html[self._at]
            if char == "<":
                begin = self._at
                self._at += 1
                if self._peek() == "/":
                    self._end_tag(begin)
                else:
                    self._start_tag(begin)
                continue
            piece = self._reference() if char == "&" else self._while(lambda one: one not in "<&")
            self._text.append(piece)
            self._offset += utf16_length(piece)
        if self._open:
            raise MarkupError(
                f"Can't find end tag corresponding to start tag {self._open[-1].name}"
            )
        text = "".join(self._text)
        if any("\ud800" <= char <= "\udfff" for char in text):
            raise MarkupError(
                "Text contains invalid Unicode characters after decoding HTML entities, check for "
                "unmatched surrogate code units"
            )
        for entity in self._entities:
            if entity["type"] == "code":
                entity.pop("language", None)
        return text, order(self._entities), self._lost

    def _peek(self) -> str:
        """The character at hand, or NUL at the end, which counts as a space."""
        return self._html[self._at] if self._at < len(self._html) else "\0"

    def _byte(self, at: int) -> int:
        return len(self._html[:at].encode())

    def _reference(self) -> str:
        """What the reference at hand stands for, or its ``&`` where it is none."""
        found = _REFERENCE.match(self._html, self._at)
        assert found is not None  # every part may be empty
        char = None
        if (name := found["name"]) is not None:
            char = _NAMED.get(name)
        else:
            digits, base = (found["hex"], 16) if found["hex"] is not None else (found["dec"], 10)
            code = int(digits, base) if digits else 0
            length = found.end() - self._at - found[0].endswith(";")
            if 0 < code < 0x10FFFF and length < 10:
                char = chr(code)
        self._at = found.end() if char is not None else self._at + 1
        return "&" if char is None else char

    def _while(self, holds: Callable[[str], bool]) -> str:
        start = self._at
        while self._at < len(self._html) and holds(self._html[self._at]):
            self._at += 1
        return self._html[start : self._at]

    def _spaces(self) -> None:
        self._while(lambda char: char in _SPACE)

    def _start_tag(self, begin: int) -> None:
        where = f"at byte offset {self._byte(begin)}"
        name = self._while(lambda char: char not in _SPACE and char != ">").lower()
        if self._at >= len(self._html):
            raise MarkupError(f"Unclosed start tag {where}")
        if name not in _TYPES:
            raise MarkupError(f'Unsupported start tag "{name}" {where}')
        values: dict[str, str] = {}
        while True:
            self._spaces()
            if self._peek() == ">":
                break
            attribute, value = self._attribute(name, where)
            values[attribute] = value
        self._at += 1
        argument = _argument(name, values)
        if name == "span" and argument != "spoiler":
            raise MarkupError(f'Tag "span" must have class "tg-spoiler" {where}')
        extra = values.get("format", "") if name == "tg-time" else ""
        self._open.append(_Open(name, argument, self._offset, len(self._text), extra))

    def _attribute(self, tag: str, where: str) -> tuple[str, str]:
        name = self._while(lambda char: char not in _SPACE and char not in "=>")
        if not name:
            if self._at >= len(self._html):
                raise MarkupError(f"Unclosed start tag {where}")
            raise MarkupError(f'Empty attribute name in the tag "{tag}" {where}')
        self._spaces()
        if self._peek() != "=":
            if tag == "blockquote" and name == "expandable":
                return name, ""
            raise MarkupError(
                f'Expected equal sign in declaration of an attribute of the tag "{tag}" {where}'
            )
        self._at += 1
        self._spaces()
        if self._at >= len(self._html):
            raise MarkupError(f'Unclosed start tag "{tag}" {where}')
        quote = self._peek()
        if quote not in "\"'":
            start = self._at
            token = self._while(lambda char: char.isascii() and (char.isalnum() or char in ".-"))
            if self._at < len(self._html) and self._peek() not in _SPACE + ">":
                raise MarkupError(
                    f"Unexpected end of name token at byte offset {self._byte(start)}"
                )
            value = token.lower()
        else:
            self._at += 1
            value = self._quoted(quote)
        if self._at >= len(self._html):
            raise MarkupError(f"Unclosed start tag {where}")
        return name, value

    def _quoted(self, quote: str) -> str:
        value: list[str] = []
        while self._at < len(self._html) and self._peek() != quote:
            if self._peek() == "&":
                value.append(self._reference())
            else:
                value.append(self._peek())
                self._at += 1
        self._at += 1  # past the quote, or past the end, which the caller tells
        return "".join(value)

    def _end_tag(self, begin: int) -> None:
        where = f"at byte offset {self._byte(begin)}"
        if not self._open:
            raise MarkupError(f"Unexpected end tag {where}")
        self._at += 1
        name = self._while(lambda char: char not in _SPACE and char != ">").lower()
        self._spaces()
        if self._peek() != ">":
            raise MarkupError(f"Unclosed end tag {where}")
        self._at += 1
        opened = self._open[-1]
        if name and name != opened.name:
            raise MarkupError(
                f'Unmatched end tag {where}, expected "</{opened.name}>", found "</{name}>"'
            )
        self._open.pop()
        if self._offset > opened.offset:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        """Add the entity of a tag that ended, unless Telegram makes none of it."""
        entity: Entity = {
            "type": _TYPES[opened.name],
            "offset": opened.offset,
            "length": self._offset - opened.offset,
        }
        match opened.name:
            case "a":
                self._close_link(opened, entity)
            case "pre" | "code":
                self._close_code(opened, entity)
            case "tg-emoji":
                if not re.fullmatch(r"-?[1-9][0-9]{0,18}", opened.argument):
                    raise MarkupError("Invalid custom emoji identifier specified")
                self._entities.append(entity | {"custom_emoji_id": opened.argument})
            case "tg-time":
                if not re.fullmatch(r"[0-9]{1,10}", opened.argument):
                    raise MarkupError("Invalid Unix time specified")
                if opened.extra:
                    entity["date_time_format"] = opened.extra
                self._entities.append(entity | {"unix_time": int(opened.argument)})
            case "blockquote" if opened.argument:
                self._entities.append(entity | {"type": "expandable_blockquote"})
            case _:
                self._entities.append(entity)

    def _close_code(self, opened: _Open, entity: Entity) -> None:
        """Code and pre of one place become one entity, where the code names its language."""
        last = self._entities[-1] if self._entities else {}
        if all(last.get(name) == entity[name] for name in ("offset", "length")):
            if opened.name == "pre" and last["type"] == "code" and "language" in last:
                last["type"] = "pre"
                return
            if opened.name == "code" and last["type"] == "pre" and opened.argument:
                last["language"] = opened.argument
                return
        if opened.argument:
            entity["language"] = opened.argument
        self._entities.append(entity)

    def _close_link(self, opened: _Open, entity: Entity) -> None:
        target = opened.argument or "".join(self._text[opened.start :])
        if (user_id := mentioned_user(target)) is not None:
            self._entities.append(entity | {"type": "text_mention", "user": {"id": user_id}})
        elif (url := checked_link(target)) is not None:
            self._entities.append(entity | {"url": url})
        else:
            self._lost.append(f"a link to {target!r:.80}, which Telegram refuses")


def _argument(tag: str, values: dict[str, str]) -> str:
    """What the attributes of *tag* say; Telegram overlooks every other one."""
    if tag == "blockquote":
        return "expandable" if "expandable" in values else ""
    attribute, prefix = _ARGUMENTS.get(tag, ("", ""))
    value = values.get(attribute, "")
    return value.removeprefix(prefix) if value.startswith(prefix) else ""
