import logging

import pytest
from telegram.error import Conflict, NetworkError

from bot.telegram.health import OUTAGE_S, STALL_S, STORE_ALARM_S, Health
from retrieval.errors import StoreError


class Clock:
    def __init__(self) -> None:
        self.now = 5000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def health(clock: Clock) -> Health:
    return Health(clock)


def test_silence_is_a_stall_after_a_while_and_once_in_a_while(clock: Clock, health: Health) -> None:
    stalled = []

    for _ in range(200):
        clock.now += 1
        stalled.append(health.is_stalled())
        if stalled[-1]:
            health.restarted()

    assert [n for n, is_stalled in enumerate(stalled, 1) if is_stalled] == [STALL_S + 1, 182]
    health.polled()
    assert not health.is_stalled()
    assert health.silence_s == 0
    assert health.uptime_s == 200


def test_failures_count_as_silence(clock: Clock, health: Health) -> None:
    for _ in range(10):
        clock.now += STALL_S / 9
        health.failed_poll(NetworkError("no way"))

    assert health.is_stalled()


@pytest.mark.parametrize(("lasted_s", "is_told"), [(OUTAGE_S - 1, False), (OUTAGE_S, True)])
def test_a_long_outage_is_told_once_when_it_is_over(
    clock: Clock, health: Health, lasted_s: float, is_told: bool
) -> None:
    health.failed_poll(NetworkError("first"))
    clock.now += lasted_s
    health.failed_poll(NetworkError("then"))
    assert health.take_outages() == ()

    health.polled()

    assert health.take_outages() == (((lasted_s, "NetworkError: then"),) if is_told else ())
    assert health.take_outages() == ()
    assert health.trouble is None


def test_silence_without_a_failure_is_no_outage(clock: Clock, health: Health) -> None:
    clock.now += 2 * OUTAGE_S
    health.polled()

    assert health.take_outages() == ()


def test_a_store_that_takes_nothing_is_alarming_after_a_while(clock: Clock, health: Health) -> None:
    seen = []
    for _ in range(4):
        health.failed_keep(StoreError("busy", is_passing=True))
        seen.append(health.is_store_alarming())
        clock.now += STORE_ALARM_S / 2
    health.polled()

    assert seen == [False, False, True, True]
    assert health.store_error is None
    assert not health.is_store_alarming()
    health.failed_keep(StoreError("full", is_passing=True))
    assert not health.is_store_alarming()  # anew


def test_an_outage_of_the_store_is_an_outage(clock: Clock, health: Health) -> None:
    health.failed_keep(StoreError("busy", is_passing=True))
    clock.now += OUTAGE_S
    health.polled()

    assert health.take_outages() == ((OUTAGE_S, "StoreError: busy"),)


def test_a_conflict_lasts_until_a_poll_ends_well_or_fails_otherwise(health: Health) -> None:
    seen = []
    for error in (Conflict("two"), NetworkError("x"), Conflict("two")):
        health.failed_poll(error)
        seen.append(health.is_conflict)
    health.polled()

    assert [*seen, health.is_conflict] == [True, False, True, False]


def test_one_outage_is_logged_twice(health: Health, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bot.telegram.health")
    for _ in range(100):
        health.failed_poll(NetworkError("no way"))
    health.polled()
    health.polled()

    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def test_timings_are_of_the_last_thousand(health: Health) -> None:
    assert health.timing(0.5) is None
    for n in range(1, 3001):
        health.answered_in(n / 1000)

    assert health.timing(0.0) == 2.001
    assert health.timing(0.5) == 2.501
    assert health.timing(0.95) == 2.951
    assert health.timing(1.0) == 3.0
