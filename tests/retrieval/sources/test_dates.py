"""Date strings: what states an instant, and what must not be taken for one."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.sources.dates import FIRST_YEAR, LAST_YEAR, parse_date


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("2004-04-04", utc(2004, 4, 4)),
        ("20040404", utc(2004, 4, 4)),
        (" 2004-04-04\n", utc(2004, 4, 4)),
        ("2004-04-04T10:00:00Z", utc(2004, 4, 4, 10)),
        ("2004-04-04T10:00:00+02:00", utc(2004, 4, 4, 8)),
        ("2004-04-04 10:00", utc(2004, 4, 4, 10)),
        ("Sun, 04 Apr 2004 10:00:00 GMT", utc(2004, 4, 4, 10)),
        ("Sun, 04 Apr 2004 10:00:00 -0500", utc(2004, 4, 4, 15)),
        ("Sun, 04 Apr 2004 10:00:00 CET", utc(2004, 4, 4, 9)),
        ("4 Apr 2004 10:00 GMT+3", utc(2004, 4, 4, 7)),
        ("4 Apr 2004 10:00 +0300", utc(2004, 4, 4, 7)),
        ("April 4, 2004", utc(2004, 4, 4)),
        ("March 5, 2024, 11:15 p.m. EST", utc(2024, 3, 6, 4, 15)),
        ("Sun Apr  4 10:00:00 2004", utc(2004, 4, 4, 10)),
        ("26-FEB-1987 15:01:01.79", utc(1987, 2, 26, 15, 1, 1, 790_000)),
        ("13/05/2004", utc(2004, 5, 13)),
        ("05/13/2004", utc(2004, 5, 13)),
        ("04/04/2004", utc(2004, 4, 4)),
        ("2004/4/5", utc(2004, 4, 5)),
        ("2004.04.05 17:30", utc(2004, 4, 5, 17, 30)),
        ("2004年4月5日", utc(2004, 4, 5)),
        ("2004年4月4日 星期日 10:30", utc(2004, 4, 4, 10, 30)),
        ("2004年4月4日(日)", utc(2004, 4, 4)),
        ("2004년 4월 5일", utc(2004, 4, 5)),
        (1081072800, utc(2004, 4, 4, 10)),
        ("1081072800", utc(2004, 4, 4, 10)),
        (1081072800.5, utc(2004, 4, 4, 10, 0, 0, 500_000)),
        (1081072800123, utc(2004, 4, 4, 10, 0, 0, 123_000)),
        (20040404, utc(2004, 4, 4)),
    ],
)
def test_parse_date_when_an_instant_is_stated(stated: object, expected: datetime) -> None:
    assert parse_date(stated) == expected


@pytest.mark.parametrize(
    "stated",
    [
        *("", " ", "Sunday", "yesterday", "tomorrow at 5", "a", "1", "12", "🗓", "أمس", "10:00"),
        *("2004", "April 2004", "4 April", "2004-W14", "2004-W14-7", "Published 5 March 2024"),
        *("04/05/2004", "04 Apr 13", "2004-02-30", "2004-13-45", "20041345", "2004-04-04T25:00"),
        *("2004/2/30", "2004/4/5 at the office", "2004-04-041"),
        *("Mon, 01 Jan 0001 00:00:00 GMT", "January 1, 0001", "01/01/0001"),
        *("0001-01-01", "9999-12-31", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00"),
        *("Sun, 4 Apr 2004 10:00:00 IST", "4 Apr 2004 10:00 XYZ", "4 April 2004" + " " * 9 + "x" * 90),
        *(0, 12, -5, 20041345, float("inf"), float("nan"), True, None, [], {"year": 2004}),
    ],
)  # fmt: skip
def test_parse_date_when_no_instant_is_stated(stated: object) -> None:
    assert parse_date(stated) is None


# Naive, as hypothesis wants its bounds.
EARLIEST, LATEST = (
    datetime(y, 6, 1, tzinfo=UTC).replace(tzinfo=None) for y in (FIRST_YEAR, LAST_YEAR)
)


@given(st.datetimes(EARLIEST, LATEST))
def test_parse_date_gives_back_what_isoformat_wrote(moment: datetime) -> None:
    assert parse_date(moment.isoformat()) == moment.replace(tzinfo=UTC)


@settings(deadline=None)  # the first example loads dateutil
@given(st.text(max_size=40) | st.floats() | st.integers())
def test_parse_date_never_raises_and_is_in_utc(stated: object) -> None:
    parsed = parse_date(stated)

    assert parsed is None or parsed.utcoffset() == timedelta(0)
