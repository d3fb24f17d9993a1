"""Quiet hours and digests in local time, where clocks change too."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.hours import (
    DigestTime,
    Quiet,
    day_start,
    moment,
    read_quiet,
    read_time,
    read_zone,
)

RIGA, NEW_YORK, TAIPEI = (
    ZoneInfo("Europe/Riga"),
    ZoneInfo("America/New_York"),
    ZoneInfo("Asia/Taipei"),
)
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # clocks change by half an hour
NIGHT = Quiet(time(22), time(7))


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (utc(2026, 1, 10, 19, 59), None),  # 21:59 in Riga
        (utc(2026, 1, 10, 20, 0), utc(2026, 1, 11, 5, 0)),
        (utc(2026, 1, 11, 4, 59), utc(2026, 1, 11, 5, 0)),
        (utc(2026, 1, 11, 5, 0), None),
        # On 29 March 2026 clocks go from 3 to 4: the night has eight hours
        (utc(2026, 3, 28, 20, 0), utc(2026, 3, 29, 4, 0)),
        # On 25 October they go back: ten hours
        (utc(2026, 10, 24, 19, 0), utc(2026, 10, 25, 5, 0)),
    ],
)
def test_quiet_hours_pass_midnight_and_changes_of_the_clock(now, until):
    assert NIGHT.until(now, RIGA) == until


def test_quiet_hours_within_a_day():
    noon = Quiet(time(12), time(14))

    assert noon.until(utc(2026, 1, 10, 4, 30), TAIPEI) == utc(2026, 1, 10, 6, 0)
    assert noon.until(utc(2026, 1, 10, 3, 59), TAIPEI) is None
    assert noon.until(utc(2026, 1, 10, 6, 0), TAIPEI) is None


def test_quiet_hours_of_no_length_are_refused():
    with pytest.raises(ValueError, match="no length"):
        Quiet(time(7), time(7))


@pytest.mark.parametrize(
    ("digest", "now", "zone", "due"),
    [
        (DigestTime(time(8)), utc(2026, 1, 10, 5, 59), RIGA, utc(2026, 1, 10, 6, 0)),
        (DigestTime(time(8)), utc(2026, 1, 10, 6, 0), RIGA, utc(2026, 1, 11, 6, 0)),
        (DigestTime(time(8)), utc(2026, 3, 28, 6, 0), RIGA, utc(2026, 3, 29, 5, 0)),
        # Half past two does not come in New York on 8 March 2026: clocks go from 2 to 3
        (DigestTime(time(2, 30)), utc(2026, 3, 8, 5, 0), NEW_YORK, utc(2026, 3, 8, 7, 30)),
        # Half past one comes twice on 1 November: the first counts
        (DigestTime(time(1, 30)), utc(2026, 11, 1, 4, 0), NEW_YORK, utc(2026, 11, 1, 5, 30)),
        (DigestTime(time(1, 30)), utc(2026, 11, 1, 5, 30), NEW_YORK, utc(2026, 11, 2, 6, 30)),
        (DigestTime(time(9), 0), utc(2026, 1, 10, 0, 0), TAIPEI, utc(2026, 1, 12, 1, 0)),
        (DigestTime(time(9), 0), utc(2026, 1, 12, 1, 0), TAIPEI, utc(2026, 1, 19, 1, 0)),
    ],
)
def test_digest_is_due_at_its_local_time(digest, now, zone, due):
    assert digest.next_after(now, zone) == due


@given(
    st.integers(0, 3652 * 24 * 60).map(lambda n: utc(2020, 1, 1) + timedelta(minutes=n)),
    st.times(timezones=st.none()).map(lambda t: t.replace(second=0, microsecond=0)),
    st.sampled_from([RIGA, NEW_YORK, TAIPEI, LORD_HOWE, ZoneInfo("UTC")]),
    st.none() | st.integers(0, 6),
)
def test_digests_come_once_a_day_or_week(now, at, zone, weekday):
    digest = DigestTime(at, weekday)

    first = digest.next_after(now, zone)
    second = digest.next_after(first, zone)

    days = 1 if weekday is None else 7
    assert now < first <= now + timedelta(days=days, hours=1)
    assert abs((second - first) - timedelta(days=days)) <= timedelta(hours=1)


def test_moment_of_a_time_that_is_skipped():
    assert moment(date(2026, 3, 29), time(3, 30), RIGA) == utc(2026, 3, 29, 1, 30)
    assert moment(date(2026, 10, 4), time(2, 15), LORD_HOWE) == utc(2026, 10, 3, 15, 45)


def test_day_start():
    assert day_start(utc(2026, 1, 10, 23, 0), RIGA) == utc(2026, 1, 10, 22, 0)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("08:00", time(8)), ("8", time(8)), (" 8.30 ", time(8, 30)), ("8h30", time(8, 30)),
        ("8 pm", time(20)), ("12am", time(0)), ("12 PM", time(12)), ("24:00", time(0)),
        ("23:59", time(23, 59)),
        ("", None), ("25", None), ("8:60", None), ("13 pm", None), ("noon", None), ("٨", None),
    ],
)  # fmt: skip
def test_read_time(text, at):
    assert read_time(text) == at


@pytest.mark.parametrize(
    ("text", "quiet"),
    [
        ("22:00-07:00", NIGHT), ("22 – 7", NIGHT), ("10pm to 7am", NIGHT),
        ("22", None), ("22-22", None), ("22-7-8", None), ("", None), ("a-b", None),
    ],
)  # fmt: skip
def test_read_quiet(text, quiet):
    assert read_quiet(text) == quiet


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Europe/Riga", "Europe/Riga"), ("europe/riga", "Europe/Riga"), ("Riga", "Europe/Riga"),
        ("new york", "America/New_York"), ("UTC", "UTC"), ("utc+8", "Etc/GMT-8"),
        ("GMT-3", "Etc/GMT+3"), ("+02:00", "Etc/GMT-2"), ("UTC+0", "UTC"),
        ("Atlantis", None), ("", None), ("UTC+99", None), ("../../etc/passwd", None),
    ],
)  # fmt: skip
def test_read_zone(text, key):
    zone = read_zone(text)

    assert (None if zone is None else zone.key) == key
