"""
Local times of a chat: quiet hours, and when a digest is due. Pure, of a time zone's rules.

A day may have 23 or 25 hours. A time that the clock skips comes as much later as the clock is
put forward; of one that it shows twice, the first counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm)?", re.IGNORECASE | re.ASCII)
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-−])\s*(\d{1,2})(?::?00)?", re.IGNORECASE | re.ASCII)
_RANGE = re.compile(r"\s*[-–—]\s*|\s+(?:to|bis|a|до)\s+", re.IGNORECASE)

WEEKDAYS = 7


@dataclass(frozen=True, slots=True)
class Quiet:
    """
    Hours in which no alert makes a sound, every day; they may pass midnight.

    Attributes:
        start: Local time at which they begin.
        stop: Local time at which they end; not equal to ``start``.
        is_silent: Alerts are sent without a sound, instead of held until the end.
    """

    start: time
    stop: time
    is_silent: bool = False

    def __post_init__(self) -> None:
        if self.start == self.stop:
            raise ValueError(f"quiet hours of no length: {self.start}")

    def until(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """When the quiet hours that hold at *now* end, in UTC; None if none do."""
        day = now.astimezone(zone).date()
        # Those of yesterday may last into today
        for first in (day - timedelta(days=1), day):
            begin = moment(first, self.start, zone)
            last = first if self.stop > self.start else first + timedelta(days=1)
            end = moment(last, self.stop, zone)
            if begin <= now < end:
                return end
        return None


@dataclass(frozen=True, slots=True)
class DigestTime:
    """
    When a digest is sent.

    Attributes:
        at: Local time.
        weekday: Of a weekly one, 0 for Monday; None for a daily one.
    """

    at: time
    weekday: int | None = None

    def next_after(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The first time after *now*, in UTC."""
        day = now.astimezone(zone).date()
        for ahead in range(WEEKDAYS + 2):
            candidate = day + timedelta(days=ahead)
            if self.weekday is not None and candidate.weekday() != self.weekday:
                continue
            when = moment(candidate, self.at, zone)
            if when > now:
                return when
        raise AssertionError("a week has every weekday")


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """
    The moment, in UTC, at which clocks in *zone* show *at* on *day*, or would without a change.
    """
    # fold=0: the first of two, and for a skipped time the offset before the change
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def day_start(now: datetime, zone: ZoneInfo) -> datetime:
    """When the local day of *now* began, in UTC."""
    return moment(now.astimezone(zone).date(), time(0), zone)


def read_time(text: str) -> time | None:
    """``08:00``, ``8``, ``8.30``, ``8 pm``; None if it is none. ``24:00`` is midnight."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    if (hour, minute) == (24, 0):
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


def read_quiet(text: str, *, is_silent: bool = False) -> Quiet | None:
    """``22:00-07:00``, ``22 to 7``; None if it is none."""
    parts = _RANGE.split(text.strip())
    times = [read_time(part) for part in parts]
    if len(times) != 2 or times[0] is None or times[1] is None or times[0] == times[1]:
        return None
    return Quiet(times[0], times[1], is_silent)


def read_zone(text: str) -> ZoneInfo | None:
    """
    ``Europe/Riga``, ``riga``, ``UTC+8``; None if it is none, or several cities are called so.
    """
    wanted = "_".join(text.strip().split())
    offset = _OFFSET.fullmatch(text.strip())
    if offset is not None:
        hours = int(offset[2])
        # POSIX counts westwards: Etc/GMT-8 is eight hours ahead
        sign = "-" if offset[1] == "+" else "+"
        wanted = "UTC" if hours == 0 else f"Etc/GMT{sign}{hours}"
    names = available_timezones()
    folded = wanted.casefold()
    found = [name for name in names if name.casefold() == folded] or [
        name for name in names if name.casefold().rpartition("/")[2] == folded
    ]
    cities = {name for name in found if "/" in name and not name.startswith(("Etc/", "posix/"))}
    chosen = next(iter(cities), None) if len(cities) == 1 else next(iter(sorted(found)), None)
    if chosen is None or len(cities) > 1:
        return None
    try:
        return ZoneInfo(chosen)
    except (ZoneInfoNotFoundError, ValueError):
        return None
