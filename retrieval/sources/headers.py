"""What the headers of a web server's answer say: pure, and never an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from retrieval.sources.dates import parse_date

LONGEST_WAIT: Final = timedelta(days=1)
"""Most that a Retry-After counts for: who says "in a year" may be asked tomorrow."""
LONGEST_FRESH: Final = timedelta(days=365)

_BUSY = frozenset((429, 503))
_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([A-Za-z0-9._:-]{2,40})""", re.IGNORECASE)
_SECONDS = re.compile(r"\d+", re.ASCII)
_MANY_DIGITS = 10  # seconds for more than 31 years, and no number that Python refuses to read
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d+)", re.ASCII | re.IGNORECASE)
_NEVER_FRESH = re.compile(r"(?:^|[,\s])no-(?:store|cache)(?:$|[,\s])", re.IGNORECASE)
# A longer one is no version of anything, and to send it back could be refused.
_LONGEST_VALIDATOR = 1000

Headers = Mapping[str, str]
"""By their names in lower case."""


def content_type(headers: Headers) -> str:
    """Lower case, without parameters; ``""`` where nothing is said."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def charset(headers: Headers) -> str | None:
    found = _CHARSET.search(headers.get("content-type", ""))
    return None if found is None else found[1]


def validator(headers: Headers, name: str) -> str | None:
    """``etag`` or ``last-modified``, if a later request can ask with it."""
    value = headers.get(name, "")
    return value if 0 < len(value) <= _LONGEST_VALIDATOR else None


def retry_after(status: int, headers: Headers, now: datetime) -> timedelta | None:
    """How long the site of a 429 or 503 asks to be left alone, from 0 to a day; None if unsaid."""
    said = headers.get("retry-after", "").strip()
    if status not in _BUSY:
        return None
    if _SECONDS.fullmatch(said):
        return _seconds(said, LONGEST_WAIT)
    date = parse_date(said)
    return None if date is None else min(max(date - now, timedelta()), LONGEST_WAIT)


def fresh_for(headers: Headers, now: datetime) -> timedelta | None:
    """
    How long the answer need not be asked for anew (RFC 9111), from 0 to a year.

    None if that is unsaid, or if the answer is not to be kept or to be asked for each time.
    """
    control = headers.get("cache-control", "")
    if _NEVER_FRESH.search(control):
        return None
    if (max_age := _MAX_AGE.search(control)) is not None:
        age = headers.get("age", "").strip()
        kept = _seconds(age, LONGEST_FRESH) if _SECONDS.fullmatch(age) else timedelta()
        return max(_seconds(max_age[1], LONGEST_FRESH) - kept, timedelta())
    expires = parse_date(headers.get("expires"))
    if expires is None:
        return None
    sent = parse_date(headers.get("date")) or now  # by the same clock, which may be wrong
    return min(max(expires - sent, timedelta()), LONGEST_FRESH)


def _seconds(digits: str, longest: timedelta) -> timedelta:
    if len(digits) > _MANY_DIGITS:
        return longest
    return min(timedelta(seconds=int(digits)), longest)
