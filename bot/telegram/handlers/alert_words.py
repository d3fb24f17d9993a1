"""What is written behind the commands of alerts, as values. Pure."""

from __future__ import annotations

import re
from typing import Literal

from bot.alerts.hours import WEEKDAYS, DigestTime, Quiet, read_quiet, read_time

Off = Literal["off"]

# A chat of Telegram's: "-football" and "-2024" are words that must not be there.
_CHAT = re.compile(
    r"\s*(?:(?:https?://)?t\.me/|@)([A-Za-z][A-Za-z0-9_]{3,31})(?=\s|$)|\s*(-[0-9]{6,15})(?=\s|$)",
    re.ASCII,
)
_NUMBERED = re.compile(r"\s*([0-9]{1,3})(?=\s|$)", re.ASCII)

_OFF = frozenset(
    [
        "off",
        "no",
        "none",
        "stop",
        "нет",
        "выкл",
        "выключить",
        "apagar",
        "desactivar",
        "关",
        "關",
        "关闭",
        "關閉",
    ]
)
_DAILY = frozenset(
    ["daily", "everyday", "diario", "diaria", "diariamente", "ежедневно", "каждый", "每天", "每日"]
)
_WEEKLY = frozenset(
    ["weekly", "semanal", "semanalmente", "еженедельно", "каждую", "每周", "每週", "每星期"]
)
_SILENT = frozenset(
    ["silent", "silently", "silencio", "silencioso", "тихо", "беззвучно", "静音", "靜音"]
)
_DAYS: tuple[tuple[str, ...], ...] = (
    ("mon", "lun", "пн", "пон", "周一", "週一", "星期一"),
    ("tue", "mar", "вт", "周二", "週二", "星期二"),
    ("wed", "mié", "mie", "ср", "周三", "週三", "星期三"),
    ("thu", "jue", "чт", "чет", "周四", "週四", "星期四"),
    ("fri", "vie", "пт", "пят", "周五", "週五", "星期五"),
    ("sat", "sáb", "sab", "сб", "суб", "周六", "週六", "星期六"),
    ("sun", "dom", "вс", "вос", "周日", "週日", "星期日", "星期天"),
)
assert len(_DAYS) == WEEKDAYS


def split_chat(text: str) -> tuple[str | int | None, str]:
    """
    The chat that *text* begins with, as Telegram takes it, and what follows; None for none.

    ``@channel``, ``t.me/channel`` and ``-1001234567890``.
    """
    found = _CHAT.match(text)
    if found is None:
        return None, text.strip()
    chat = f"@{found[1]}" if found[1] else int(found[2])
    return chat, text[found.end() :].strip()


def split_number(text: str, count: int) -> tuple[int | None, str]:
    """
    The number of the list, from 1 to *count*, that *text* begins with, and what follows.

    None where it begins with none: "2024 elections" is a query.
    """
    found = _NUMBERED.match(text)
    if found is None or not 1 <= int(found[1]) <= count:
        return None, text.strip()
    return int(found[1]), text[found.end() :].strip()


def read_digest(text: str) -> DigestTime | Off | None:
    """``daily 08:00``, ``weekly mon 8``, ``08:00``, ``off``; None if it is none."""
    words = text.casefold().split()
    if len(words) == 1 and words[0] in _OFF:
        return "off"
    weekday: int | None = None
    if words and words[0] in _DAILY:
        words = words[1:]
    elif words:
        is_weekly = words[0] in _WEEKLY
        weekday = _weekday(words[1 if is_weekly and len(words) > 1 else 0])
        if is_weekly and weekday is None:
            return None
        words = words[is_weekly + (weekday is not None) :]
    at = read_time(" ".join(words))
    return None if at is None else DigestTime(at, weekday)


def read_hours(text: str) -> Quiet | Off | None:
    """``22:00-07:00``, ``22 to 7 silent``, ``off``; None if it is none."""
    words = text.split()
    if len(words) == 1 and words[0].casefold() in _OFF:
        return "off"
    is_silent = bool(words) and words[-1].casefold() in _SILENT
    return read_quiet(" ".join(words[: len(words) - is_silent]), is_silent=is_silent)


def _weekday(word: str) -> int | None:
    """0 for Monday; the word may be longer than the days' short names."""
    return next(
        (day for day, names in enumerate(_DAYS) if any(word.startswith(n) for n in names)), None
    )
