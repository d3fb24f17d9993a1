"""
What a matched expression of ``period_words`` names: the instants from and up to.

Whether it is meant as a date at all, and with which preposition, is decided in ``periods``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto

import regex

from retrieval.language.period_words import Grammar


class Kind(Enum):
    """What makes a point a period."""

    ABSOLUTE = auto()  # it has a year
    MONTH = auto()  # of no said year: "in" makes it a period
    DAY = auto()  # a weekday, a day of a month: "on" does
    BARE = auto()  # a period by itself


@dataclass(frozen=True, slots=True)
class Point:
    """A stretch of time that one expression names, with its match; ``stop`` is just behind it."""

    match: regex.Match[str]
    kind: Kind
    start: datetime
    stop: datetime


_A_DAY = timedelta(days=1)
# From 29 February to the next one may be eight years (1896 to 1904).
_LEAP = 8


def read_point(match: regex.Match[str], grammar: Grammar, now: datetime) -> Point | None:
    """What *match* names; None where there is no such day or it is yet to come."""
    try:
        kind, start, stop = _interval(match, grammar, now)
    except ValueError:  # 30 February; Friday of this week, on a Monday
        return None
    return Point(match, kind, start, stop)


def _interval(
    match: regex.Match[str], grammar: Grammar, now: datetime
) -> tuple[Kind, datetime, datetime]:
    named = match.groupdict()
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if named["span"] is not None:
        count = 1 if named["count"] is None else _number(named["count"], grammar.numbers)
        return Kind.BARE, _back(now, count, _unit(named["span"], grammar)), now
    for name, days in (("today", 0), ("yesterday", 1), ("eve", 2)):
        if named[name] is not None:
            return Kind.BARE, today - days * _A_DAY, today - (days - 1) * _A_DAY
    if named["weekday"] is not None:
        return _weekday(named, grammar, today)
    if named["unit"] is not None and named["month"] is None:
        start = _first_of(today, _unit(named["unit"], grammar))
        unit = _unit(named["unit"], grammar)
        if named["last"] is None:
            return Kind.BARE, start, _back(start, -1, unit)
        return Kind.BARE, _back(start, 1, unit), start
    return _calendar(named, grammar, now)


def _weekday(
    named: dict[str, str | None], grammar: Grammar, today: datetime
) -> tuple[Kind, datetime, datetime]:
    day = 6 if named["weekday"] == "天" else _number(str(named["weekday"]), grammar.days) - 1
    back = (today.weekday() - day) % 7
    kind = Kind.DAY
    if grammar.lang == "zh" and (named["this"] or named["last"]):  # 上週一: the Monday of last week
        back = today.weekday() - day + (7 if named["last"] else 0)
        kind = Kind.BARE
    elif named["last"] is not None:
        back = back or 7
        kind = Kind.BARE
    if back < 0:
        raise ValueError("this week's day is yet to come")
    start = today - back * _A_DAY
    return kind, start, start + _A_DAY


def _calendar(
    named: dict[str, str | None], grammar: Grammar, now: datetime
) -> tuple[Kind, datetime, datetime]:
    """A year, a month or a day of a month, of a year that was said or of the latest."""
    month = None if named["month"] is None else _number(named["month"], grammar.names)
    day = None if named["day"] is None else _number(named["day"], grammar.numbers)
    if named["year"] is not None:
        start = datetime(int(named["year"]), month or 1, day or 1, tzinfo=UTC)
        kind = Kind.ABSOLUTE
    elif named["unit"] is not None:  # March of last year
        start = datetime(now.year - (named["last"] is not None), month or 1, day or 1, tzinfo=UTC)
        kind = Kind.BARE
    else:
        start = _latest(month or 1, day or 1, now)
        kind = Kind.MONTH if day is None else Kind.DAY
    if day is not None:
        return kind, start, start + _A_DAY
    return kind, start, _back(start, -1, "year" if month is None else "month")


def _latest(month: int, day: int, now: datetime) -> datetime:
    for year in range(now.year, now.year - _LEAP - 1, -1):
        try:
            start = datetime(year, month, day, tzinfo=UTC)
        except ValueError:
            continue
        if start <= now:
            return start
    raise ValueError(f"no such day of a year: {day}.{month}.")


def _first_of(moment: datetime, unit: str) -> datetime:
    """Midnight of the first day of the week, month or year."""
    if unit == "week":
        return moment - moment.weekday() * _A_DAY
    return moment.replace(day=1) if unit == "month" else moment.replace(month=1, day=1)


_FIXED = {"hour": timedelta(hours=1), "day": _A_DAY, "week": 7 * _A_DAY}


def _back(moment: datetime, count: int, unit: str) -> datetime:
    """*count* units before *moment*, forth if negative; at the end of a shorter month its last day."""
    if unit in _FIXED:
        return moment - count * _FIXED[unit]
    months = moment.year * 12 + moment.month - 1 - count * (12 if unit == "year" else 1)
    first = moment.replace(year=months // 12, month=months % 12 + 1, day=1)
    next_first = (first + 31 * _A_DAY).replace(day=1)
    return first + min(moment.day - 1, (next_first - first).days - 1) * _A_DAY


def _number(written: str, words: Sequence[str]) -> int:
    """Of digits, of Chinese numerals up to 99, or the place of the word that it begins with."""
    folded = written.casefold()
    if folded.isdecimal():
        return int(folded)
    if "十" in folded:
        tens, _, ones = folded.partition("十")
        return 10 * (words.index(tens) + 1 if tens else 1) + (words.index(ones) + 1 if ones else 0)
    folded = folded.replace("两", "二").replace("á", "a")
    return next(n for n, word in enumerate(words, start=1) if folded.startswith(word))


def _unit(written: str, grammar: Grammar) -> str:
    folded = written.casefold()
    return next(unit for start, unit in grammar.units.items() if folded.startswith(start))
