"""
Date strings of records, headers and feeds -> instants in UTC, strictly.

What does not state year, month and day, or states them so that they can be read
two ways (``04/05/2004``), is None: a wrong date is worse than none. Dates in
questions ("since Monday") are ``retrieval.language.dates``.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Final

FIRST_YEAR: Final = 1600
"""The first newspaper is of 1605; earlier "dates" are placeholders such as 0001-01-01."""
LAST_YEAR: Final = 2100
"""Later "dates" are placeholders such as 9999-12-31."""

# fromisoformat also takes 2004-W14, which names no day.
_ISO = re.compile(r"\d{4}-?\d\d-?\d\d(?:[T ]\d.*)?", re.ASCII)
# RFC 822 with a zone that email.utils knows; it reads an unknown one as UTC.
_RFC_822 = re.compile(
    r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d(?::\d\d)? (?:GMT|UTC?|[+-]\d{4})",
    re.ASCII,
)
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})\s*[/.年년-]\s*(?P<month>\d{1,2})\s*[/.月월-]\s*(?P<day>\d{1,2})(?!\d)[日일]?"
    # 星期日, (週日), 日曜日: the day says it already
    r"\s*[(（]?(?:(?:星期|周|週)[一二三四五六日天]|[月火水木金土日](?:曜日?)?)?[)）]?(?P<rest>.*)"
)
# email.utils and dateutil read the placeholder 01 Jan 0001 as of 2001.
_FIRST_CENTURY = re.compile(r"[A-Za-z,/] ?00\d\d(?![\d:])", re.ASCII)
_OFFSET_NAME = re.compile(r"\b(?:GMT|UTC) ?(?=[+-]\d)")

# Hours east of UTC of the abbreviations that news sites print and that name one
# zone to nearly everyone. "IST" and "CST" name several: a time in them is unknown.
_ZONES = {
    "UTC": 0, "GMT": 0, "UT": 0, "Z": 0, "WET": 0,
    "BST": 1, "CET": 1, "WEST": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3,
    "HKT": 8, "JST": 9, "KST": 9,
    "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip

_EPOCH_S = range(100_000_000, 10_000_000_000)  # 1973 to 2286
_EPOCH_MS = range(100_000_000_000, 10_000_000_000_000)
_DAY_DIGITS = range(FIRST_YEAR * 10_000, (LAST_YEAR + 1) * 10_000)  # 20040404

_Order = tuple[bool, bool]  # whether a day, and whether a year, may come first
_ORDERS: tuple[_Order, ...] = ((False, False), (True, False), (False, True), (True, True))
_ISO_ORDER: tuple[_Order, ...] = ((False, False),)

_LONGEST = 100
"""Characters of the longest string that is looked at; real ones have up to 45."""

# Two days that share no part: what dateutil takes from them was not in the string.
_ONE_DAY, _OTHER_DAY = datetime(2001, 1, 1), datetime(2004, 12, 31)  # noqa: DTZ001  # parts only


def parse_date(value: object) -> datetime | None:
    """
    The instant that *value* states, in UTC; None where it states none.

    A string may be in ISO 8601, RFC 822 or another form with year, month and day
    that can be read in one way only; a number is seconds or milliseconds since
    1970 (as is a string of digits), or eight digits such as 20040404. A time without a zone counts as
    UTC, and a date alone as its midnight.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _from_number(value)
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    text = " ".join(value.split())
    if text.isascii() and text.isdecimal():
        return _from_number(int(text))
    try:
        return _in_utc(_parse(text))
    except (ValueError, OverflowError):
        return None


def _from_number(value: float) -> datetime | None:
    if not abs(value) < _EPOCH_MS.stop:  # infinity and NaN have no whole part
        return None
    whole = int(value)  # a range would be walked through to find a float in it
    if whole in _DAY_DIGITS and whole == value:
        return _from_digits(str(whole))
    if whole in _EPOCH_S:
        return datetime.fromtimestamp(value, UTC)
    if whole in _EPOCH_MS:
        return datetime.fromtimestamp(value / 1000, UTC)
    return None


def _from_digits(digits: str) -> datetime | None:
    try:
        return _in_utc(datetime.fromisoformat(digits))
    except ValueError:
        return None


def _in_utc(moment: datetime) -> datetime | None:
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return aware if FIRST_YEAR <= aware.year <= LAST_YEAR else None


def _parse(text: str) -> datetime:
    """The moment, naive where the string names no zone; ValueError if there is none."""
    if _ISO.fullmatch(text):
        return datetime.fromisoformat(text)
    if _FIRST_CENTURY.search(text):
        raise ValueError(f"year is a placeholder: {text!r}")
    if _RFC_822.fullmatch(text):
        return parsedate_to_datetime(text)
    year_first = _YEAR_FIRST.fullmatch(text)
    if year_first is None:
        return _parse_loosely(text)
    day = date(int(year_first["year"]), int(year_first["month"]), int(year_first["day"]))
    rest = year_first["rest"].strip()
    if not rest:
        return datetime.combine(day, time())
    # The day is settled; only the time and its zone are left to be read.
    return _parse_loosely(f"{day.isoformat()} {rest}", orders=_ISO_ORDER)


def _parse_loosely(text: str, orders: tuple[_Order, ...] = _ORDERS) -> datetime:
    from dateutil import parser  # noqa: PLC0415  # imported on use: slow to load, rarely needed

    # "GMT+3" is east of Greenwich to a newsroom; dateutil takes it for POSIX's west.
    text = _OFFSET_NAME.sub("", text)
    readings = {
        parser.parse(text, default=day, dayfirst=dayfirst, yearfirst=yearfirst, tzinfos=_zone)
        for day in (_ONE_DAY, _OTHER_DAY)
        for dayfirst, yearfirst in orders
    }
    if len(readings) > 1:
        raise ValueError(f"date can be read in several ways: {text!r}")
    return readings.pop()


def _zone(name: str | None, offset_s: int | None) -> timezone | None:
    """The zone for dateutil, which would else guess, or ask where this machine stands."""
    if offset_s is not None:
        return timezone(timedelta(seconds=offset_s))
    if name is None:
        return None
    if name not in _ZONES:
        raise ValueError(f"zone is unknown or names several: {name!r}")
    return timezone(timedelta(hours=_ZONES[name]))
