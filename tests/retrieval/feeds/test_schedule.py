"""When a feed is polled next."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.feeds.schedule import (
    JITTER,
    LONGEST,
    SERVER_MAX,
    SHORTEST,
    WINDOW,
    Wishes,
    interval_after_success,
    spread,
    wait_after_failure,
)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOTHING = Wishes()


@pytest.mark.parametrize(
    ("entries", "watched", "interval"),
    [
        (0, timedelta(0), HOUR),  # a feed that was just added and is empty
        (0, WINDOW, DAY),  # silent for a week
        (0, 3 * DAY, HOUR),
        (7, WINDOW, 6 * HOUR),  # one a day: four polls for each
        (70, WINDOW, 36 * MINUTE),
        (1000, WINDOW, SHORTEST),
        (10, 5 * HOUR, 7.5 * MINUTE),  # ten entries that move on within hours
        (1, WINDOW, DAY),
        (7, 40 * DAY, 6 * HOUR),  # the window ends after a week
    ],
)
def test_interval_follows_the_feed(entries, watched, interval):
    assert interval_after_success(entries, watched, None, NOTHING) == interval


@pytest.mark.parametrize(
    ("wishes", "interval"),
    [
        (Wishes(ttl=20 * MINUTE), 20 * MINUTE),
        (Wishes(fresh_for=30 * MINUTE, ttl=20 * MINUTE), 30 * MINUTE),
        (Wishes(fresh_for=timedelta(0)), SHORTEST),
        (Wishes(ttl=30 * DAY), SERVER_MAX),  # careless
    ],
)
def test_interval_heeds_what_feed_and_server_ask(wishes, interval):
    assert interval_after_success(1000, WINDOW, None, wishes) == interval


def test_interval_that_was_set_comes_first():
    assert interval_after_success(1000, WINDOW, 2 * DAY, Wishes(ttl=HOUR)) == 2 * DAY
    assert interval_after_success(0, WINDOW, MINUTE, Wishes(ttl=HOUR)) == MINUTE


@given(
    st.integers(0, 10**6),
    st.timedeltas(timedelta(0), 400 * DAY),
    st.none() | st.timedeltas(timedelta(0), 400 * DAY),
)
def test_interval_stays_within_bounds(entries, watched, ttl):
    assert SHORTEST <= interval_after_success(entries, watched, None, Wishes(ttl=ttl)) <= LONGEST


def test_failures_double_the_wait_up_to_a_day():
    waits = [wait_after_failure(n, None, None) for n in range(1, 11)]

    assert waits[:4] == [10 * MINUTE, 20 * MINUTE, 40 * MINUTE, 80 * MINUTE]
    assert waits[-1] == DAY
    assert wait_after_failure(10**6, None, None) == DAY


def test_failure_waits_as_long_as_asked():
    assert wait_after_failure(1, None, 3 * HOUR) == 3 * HOUR
    assert wait_after_failure(1, None, MINUTE) == 10 * MINUTE
    assert wait_after_failure(1, 2 * DAY, None) == 2 * DAY
    assert wait_after_failure(3, MINUTE, None) == 40 * MINUTE


def test_polls_are_spread():
    assert spread(HOUR, 0.0) == HOUR * (1 - JITTER)
    assert spread(HOUR, 0.5) == HOUR
    assert spread(HOUR, 1.0) == HOUR * (1 + JITTER)
