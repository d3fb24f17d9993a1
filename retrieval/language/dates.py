"""
Dates as people write them in filters: a whole year, month or day, or days back.

Dates inside articles and records are read in ``sources``.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_CALENDAR = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")
_DAYS_BACK = re.compile(r"(\d{1,4})d(?:ays?)?")


def parse_start(text: str, now: datetime) -> datetime | None:
    """
    The first instant, in UTC, of the period that *text* names; None if it names none.

    ``2022``, ``2022-02``, ``2022-02-24``, ``today``, ``yesterday``, and ``7d`` for
    seven days before *now* (aware).
    """
    written = text.strip().casefold()
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if written == "today":
        return midnight
    if written == "yesterday":
        return midnight - timedelta(days=1)
    try:
        if back := _DAYS_BACK.fullmatch(written):
            return now.astimezone(UTC) - timedelta(days=int(back[1]))
        if calendar := _CALENDAR.fullmatch(written):
            year, month, day = (int(part or 1) for part in calendar.groups())
            return datetime(year, month, day, tzinfo=UTC)
    except (ValueError, OverflowError):  # month 13, year 0, more days back than there are
        return None
    return None
