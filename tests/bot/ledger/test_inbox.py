"""The inbox: every update once, none lost, whoever kills the process or repeats a delivery."""

import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from toy_records import ANN, BOB, DAY, HOUR, NOW, SECOND

from bot.ledger import Failure, Ledger
from retrieval.errors import StoreError
from retrieval.store import Store

ROOT = Path(__file__).parents[3]


def update(number, user_id=ANN):
    return number, user_id, f'{{"update_id": {number}}}'


def waiting(ledger):
    return [number for number, _ in ledger.undone()]


@pytest.mark.parametrize(
    "text", ["", "{}", '{"text": "燈塔 🌉 متى\u2028"}', '"\ud83c"', "x" * 100_000]
)
def test_update_waits_as_it_came_until_it_is_done(store, ledger, text):
    assert ledger.keep([(5, None, text)], NOW) == [5]
    assert Ledger.open(store).undone() == [(5, text)]

    ledger.done(5, NOW)
    assert ledger.undone() == []


def test_updates_wait_in_the_order_they_were_kept(ledger):
    assert ledger.keep([], NOW) == []
    assert ledger.keep([update(7), update(8)], NOW) == [7, 8]
    # Telegram counts anew after a week, and clocks are set back
    assert ledger.keep([update(2), update(3)], NOW - DAY) == [2, 3]

    assert waiting(ledger) == [7, 8, 2, 3]


def test_keep_when_delivered_again_is_not_new(ledger):
    ledger.keep([update(1), update(2), update(3)], NOW)
    ledger.done(1, NOW)
    ledger.fail(2, "bug", NOW)

    again = [update(1), update(2), update(3), update(4), update(4)]
    assert ledger.keep(again, NOW + HOUR) == [4]
    assert waiting(ledger) == [3, 4]


def test_keep_after_a_day_no_longer_knows_what_was_done(ledger):
    ledger.keep([update(1), update(2), update(3)], NOW)
    ledger.done(1, NOW)
    ledger.fail(2, "bug", NOW)

    assert ledger.keep([update(1)], NOW + DAY) == []
    assert ledger.keep([update(1), update(2), update(3)], NOW + DAY + SECOND) == [1]
    assert ledger.keep([update(2)], NOW + 8 * DAY) == [2]


def test_keep_is_all_or_nothing(ledger):
    with pytest.raises(sqlite3.IntegrityError, match="NOT NULL"):
        ledger.keep([update(1), (None, ANN, "{}")], NOW)

    assert ledger.undone() == []


def test_done_keeps_the_number_only(store, ledger):
    ledger.keep([update(1)], NOW)
    ledger.done(1, NOW)
    ledger.done(1, NOW + DAY)
    ledger.fail(1, "too late", NOW)
    ledger.done(99, NOW)

    rows = store.database.rows("SELECT update_id, user_id, json, reason FROM bot_inbox")
    assert rows == [(1, None, None, None)]
    assert ledger.failures() == []


def test_fail_gives_up_with_a_reason_for_seven_days(ledger):
    ledger.keep([update(1), update(2), update(3)], NOW)
    ledger.fail(2, "KeyError: 'x' 🌉", NOW)
    ledger.fail(1, "half \ud83c", NOW + HOUR)

    assert waiting(ledger) == [3]
    failures = [Failure(1, "half \ud83c", NOW + HOUR), Failure(2, "KeyError: 'x' 🌉", NOW)]
    assert ledger.failures() == failures
    ledger.prune(NOW + 7 * DAY)
    assert ledger.failures() == failures
    ledger.prune(NOW + 7 * DAY + SECOND)
    assert ledger.failures() == failures[:1]
    assert waiting(ledger) == [3]


KEEPER = """
import sys, datetime
from pathlib import Path
from bot.ledger import Ledger
from retrieval.store import Store

now = datetime.datetime.fromisoformat(sys.argv[2])
ledger = Ledger.open(Store.open(Path(sys.argv[1])))
"""


def process(path, code, **options):
    return subprocess.Popen(
        [sys.executable, "-c", KEEPER + code, path, NOW.isoformat()],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
        **options,
    )


def test_kill_between_keep_and_done_keeps_the_update(tmp_path):
    path = tmp_path / "store.db"
    code = """
ledger.keep([(n, 1, str(n)) for n in range(1, 4)], now)
ledger.done(1, now)
with ledger._database.transaction():  # what a kill interrupts is as if it had not begun
    ledger.done(2, now)
    ledger.keep([(4, 1, "4")], now)
    print("kept", flush=True)
    sys.stdin.read()
"""
    with process(path, code) as killed:
        assert killed.stdout.readline() == "kept\n"
        killed.kill()

    with Store.open(path) as store:
        ledger = Ledger.open(store)
        assert ledger.undone() == [(2, "2"), (3, "3")]
        assert ledger.keep([update(n) for n in range(1, 6)], NOW) == [4, 5]
        assert store.check() == []


def test_two_processes_and_threads_at_once_keep_each_update_once(tmp_path):
    path = tmp_path / "store.db"
    code = """
print("open", flush=True)
sys.stdin.readline()
print(sum(len(ledger.keep([(n, 1, "{}")], now)) for n in range(100)))
"""
    with Store.open(path) as store, process(path, code) as other:
        ledger = Ledger.open(store)
        assert other.stdout.readline() == "open\n"
        barrier = threading.Barrier(3)

        def keep_all(_):
            barrier.wait()
            return sum(len(ledger.keep([update(n)], NOW)) for n in range(100))

        other.stdin.write("go\n")
        other.stdin.flush()
        with ThreadPoolExecutor(3) as pool:
            mine = sum(pool.map(keep_all, range(3)))
        theirs = int(other.stdout.readline())

        assert mine + theirs == 100
        assert sorted(waiting(ledger)) == list(range(100))


def test_keep_when_the_store_is_locked_for_too_long_says_so(tmp_path):
    path = tmp_path / "store.db"
    with Store.open(path, busy_timeout_s=0.01) as store, Store.open(path) as other:
        ledger = Ledger.open(store)
        with (
            other.transaction(),
            pytest.raises(StoreError, match="store is busy"),
        ):
            ledger.keep([update(1)], NOW)
        assert ledger.keep([update(1, BOB)], NOW) == [1]
