import pytest

from bot.telegram.quota import Quota


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_the_quota_is_of_any_minute(clock: Clock) -> None:
    quota = Quota(2, clock=clock)
    waits = []

    for at in (0, 50, 59, 60, 61, 109, 110, 120):
        clock.now = 1000.0 + at
        waits.append(quota.take(7))

    assert waits == [0, 0, 1, 0, 49, 1, 0, 0]


def test_whoever_waits_as_long_as_told_is_let_in_however_often_they_tried(clock: Clock) -> None:
    quota = Quota(3, clock=clock)
    for _ in range(3):
        assert quota.take(7) == 0
        clock.now += 0.1
    for _ in range(100):
        wait = quota.take(7)

    clock.now += wait

    assert wait == pytest.approx(59.7)
    assert quota.take(7) == 0


def test_one_user_does_not_use_up_the_quota_of_another(clock: Clock) -> None:
    quota = Quota(1, clock=clock)
    assert quota.take(7) == 0
    assert quota.take(7) > 0

    assert quota.take(8) == 0


def test_a_refused_user_is_told_once_in_each_pause(clock: Clock) -> None:
    quota = Quota(2, clock=clock)
    told = []

    for at in (0, 30, 31, 32, 60, 61, 62):
        clock.now = 1000.0 + at
        told.append(quota.take(7) > 0 and quota.should_tell(7))

    assert told == [False, False, True, False, False, True, False]


def test_a_refused_user_is_told_though_the_minute_ended_meanwhile(clock: Clock) -> None:
    quota = Quota(1, clock=clock)
    quota.take(7)
    assert quota.take(7) > 0
    clock.now += 61
    quota.take(8)

    assert quota.should_tell(7)


def test_idle_users_are_forgotten(clock: Clock) -> None:
    quota = Quota(2, clock=clock)
    for user_id in range(10_000):
        clock.now += 0.1
        quota.take(user_id)
        quota.take(5)
    assert len(quota) < 700

    clock.now += 60
    quota.take(1)

    assert len(quota) == 1


def test_a_quota_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least 1 question a minute: 0"):
        Quota(0)
