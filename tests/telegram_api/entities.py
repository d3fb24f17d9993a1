"""
Entities of a text: what Telegram finds by itself, what it cleans, drops and keeps.

Offsets and lengths are in UTF-16 code units. Parsing of markup is not here.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from telegram_api.schema import utf16_length

Entity = dict[str, Any]

_SPLITTABLE = ("bold", "italic", "underline", "strikethrough", "spoiler")
_QUOTES = ("blockquote", "expandable_blockquote")
_CODE = ("code", "pre")
_DROPPED = {*map(chr, range(0x2028, 0x202F)), "\r", "\u0333", "\u033f", "\u030a"}
_MARKS_IN_A_ROW = re.compile("[\u200e\u200f]+(?=[\u200e\u200f])")
_INVISIBLE = re.compile("[\\s\u1680\u180e\u2000-\u200f\u202e\u202f\u205f\u2800\u3000\ufeff\ufffc]*")
_HOST = re.compile(r"[^\s/?#@]+\.[^\s/?#@.]+\.?(:[0-9]{1,5})?")
_FOUND = {
    "url": re.compile(
        r"(?<![\w@/.])(?:https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]"
        r"|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.(?:com|org|net|info|io|me|ru|uk|de|fr|eu)"
        r"(?![\w@.])(?:/[^\s<>\"]*[^\s<>\".,;:!?)\]])?)"
    ),
    "email": re.compile(r"(?<![\w.+-])[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"),
    "mention": re.compile(r"(?<![\w@])@[A-Za-z0-9_]{3,32}(?!\w)"),
    "bot_command": re.compile(
        r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])"
    ),
    "hashtag": re.compile(r"(?<![\w#])#\w*[^\W\d_]\w*(?!\w*#)"),
}


def find_entities(text: str, taken: list[Entity] | None = None) -> list[Entity]:
    """The links, mentions, commands and hashtags that Telegram marks by itself, outside of
    what is *taken* by links and code already.
    """
    solid = [e for e in taken or [] if e["type"] not in (*_SPLITTABLE, *_QUOTES)]
    found: list[Entity] = []
    for kind, pattern in _FOUND.items():
        for match in pattern.finditer(text):
            entity: Entity = {
                "type": kind,
                "offset": utf16_length(text[: match.start()]),
                "length": utf16_length(match[0]),
            }
            if not any(_overlap(entity, other) for other in (*solid, *found)):
                found.append(entity)
    return order(found)


def order(entities: list[Entity]) -> list[Entity]:
    """By place, the longer first; at one place quotes, code, links, then styles."""
    ranks = [*_QUOTES, "pre", "code", "text_link", "text_mention", "", *_SPLITTABLE]
    rank = {kind: place for place, kind in enumerate(ranks)}
    return sorted(
        entities, key=lambda e: (e["offset"], -e["length"], rank.get(e["type"], rank[""]))
    )


def is_blank(text: str) -> bool:
    """Whether nothing of *text* can be seen; Telegram refuses such a message."""
    return _INVISIBLE.fullmatch(text) is not None


def clean(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Without control characters and outer white space; the entities moved along."""
    chars: list[str] = []
    moved = [0]  # UTF-16 offset in the old text -> in the new one
    new = 0
    for char in text:
        width = 1 + (char > "\uffff")
        if char in _DROPPED:
            moved += [new] * width
            continue
        chars.append(" " if char < " " and char != "\n" else char)
        moved += [new + step for step in range(1, width + 1)]
        new += width
    cleaned = _MARKS_IN_A_ROW.sub(lambda found: "\u200c" * len(found[0]), "".join(chars))
    lead = len(cleaned) - len(cleaned.lstrip(" \n"))
    trimmed = cleaned.strip(" \n")
    size = utf16_length(trimmed)
    units = trimmed.encode("utf-16-le")
    kept: list[Entity] = []
    for entity in entities:
        start = max(0, moved[min(entity["offset"], len(moved) - 1)] - lead)
        stop = min(size, moved[min(entity["offset"] + entity["length"], len(moved) - 1)] - lead)
        while start < stop and units[2 * start : 2 * start + 2] in (b" \0", b"\n\0"):
            start += 1
        if start < stop:
            kept.append(entity | {"offset": start, "length": stop - start})
    return trimmed, order(kept)


def keep_valid(entities: list[Entity], lost: list[str]) -> list[Entity]:
    """Those of *entities* that Telegram keeps; what it drops is told in *lost*."""
    solid: list[Entity] = []
    for entity in order(entities):
        if entity["type"] not in _SPLITTABLE:
            around = [other for other in solid if _overlap(entity, other)]
            reason = next((r for other in around if (r := _conflict(entity, other))), None)
            if reason is None:
                solid.append(entity)
            else:
                lost.append(reason)
    code = [entity for entity in solid if entity["type"] in _CODE]
    styles: list[Entity] = []
    for entity in order(entities):
        kind = entity["type"]
        if kind in _SPLITTABLE:
            if any(kind == other["type"] and _overlap(entity, other) for other in styles):
                lost.append(f"{kind} inside {kind}")
                continue
            pieces = _outside(entity, code)
            if pieces != [entity]:
                lost.append(f"{kind} on code, which takes no other formatting")
            styles += pieces
    return order([*solid, *styles])


def _conflict(inner: Entity, outer: Entity) -> str | None:
    """Why *inner*, a quote, a link or code, cannot stand where *outer* does, if it cannot."""
    kind, other = inner["type"], outer["type"]
    if other in _QUOTES:
        return "a quote inside a quote" if kind in _QUOTES else None
    return f"{kind} inside {other}"


def _outside(entity: Entity, code: list[Entity]) -> list[Entity]:
    """The parts of *entity* that are not on *code*, which is in order."""
    parts: list[Entity] = []
    start, stop = entity["offset"], entity["offset"] + entity["length"]
    for one in (one for one in code if _overlap(entity, one)):
        if start < one["offset"]:
            parts.append(entity | {"offset": start, "length": one["offset"] - start})
        start = one["offset"] + one["length"]
    if start < stop:
        parts.append(entity | {"offset": start, "length": stop - start})
    return parts


def _overlap(one: Entity, two: Entity) -> bool:
    return bool(
        one["offset"] < two["offset"] + two["length"]
        and two["offset"] < one["offset"] + one["length"]
    )


def mentioned_user(url: str) -> int | None:
    """The user that a ``tg://user?id=`` link names."""
    found = re.fullmatch(r"tg:(?://)?user\?id=([1-9][0-9]{0,15})", url.strip(), re.IGNORECASE)
    return int(found[1]) if found else None


def checked_link(url: str) -> str | None:
    """The link as Telegram keeps it, or None where it is none: http(s) with a dot in the host,
    ``tg:``, ``ton:``.
    """
    url = url.strip()
    scheme, colon, rest = url.partition(":")
    if colon and scheme.lower() in {"tg", "ton", "tonsite"}:
        return f"{scheme.lower()}://{rest.lstrip('/')}" if rest.strip("/") else None
    if not colon or not rest.startswith("//"):
        url = f"http://{url}"
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not _HOST.fullmatch(parts.netloc):
        return None
    _, _, tail = url.partition("://")
    tail = tail[len(parts.netloc) :]
    if not tail.startswith("/"):
        tail = f"/{tail}"
    tail = re.sub("[\x00- ]", lambda found: f"%{ord(found[0]):02X}", tail)
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}{tail}"
