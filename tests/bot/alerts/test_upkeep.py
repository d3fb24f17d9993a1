"""What grows old, what is cited, how much there is; and who may deliver."""

import subprocess
import sys
from datetime import timedelta

from bot.alerts.book import AlertBook
from bot.alerts.lease import Lease
from bot.alerts.upkeep import AlertCounts
from bot.alerts.values import TERMINAL, Place
from retrieval.store import Store

_HOLD = """
import sys
from pathlib import Path
from bot.alerts.lease import Lease
print(Lease(Path(sys.argv[1])).take(), flush=True)
sys.stdin.read()
"""


def told(world, *names):
    for name in names:
        world.publish(name)
    world.watch()
    world.deliver()


def test_prune_forgets_what_is_old(world):
    upkeep = AlertBook.open(world.store).upkeep
    world.subscribe("bridge OR flood OR comet OR thursday")
    world.subscribe("andorra", mode="digest")
    told(world, "bridge", "flood", "election")
    world.subscriptions.suspend(77, "blocked", world.now)
    world.publish("comet")  # is still to be sent
    world.watch()
    world.pass_time(days=60)
    world.publish("strike")
    world.watch()
    world.pass_time(days=31)

    assert upkeep.prune(world.now) == 2
    assert upkeep.prune(world.now) == 0

    left = [h.note.key for h in world.outbox.log(77, world.now - timedelta(days=99), 10)]
    assert left == ["strike", "comet"]
    assert [m.article_id for m in world.digests.waiting(Place(77))] == ["election"]
    assert upkeep.cited_articles() == {("strike", 1), ("comet", 1), ("election", 1)}


def test_digest_that_is_kept_keeps_its_lines(world):
    upkeep = AlertBook.open(world.store).upkeep
    world.subscribe("bridge", mode="digest")
    told(world, "bridge")
    world.pass_time(days=89)
    assert world.digests.make_due(world.now) == 1
    world.deliver()
    world.pass_time(days=2)

    assert upkeep.prune(world.now) == 0
    assert upkeep.cited_articles() == {("bridge", 1)}


def test_counts(world):
    upkeep = AlertBook.open(world.store).upkeep
    assert upkeep.counts(world.now) == AlertCounts(0, 0, 0, 0, 0)
    for chat_id in (77, 78, 79, TERMINAL):
        world.subscribe("bridge", Place(chat_id))
    world.publish("bridge")
    world.watch()
    first, second = (world.outbox.take_due(world.now) for _ in range(2))
    world.outbox.sent(first, 1, None, world.now)
    world.outbox.end(second.note, "failed", "refused")
    world.subscriptions.suspend(79, "blocked", world.now)

    assert upkeep.counts(world.now) == AlertCounts(
        waiting=1, sent=1, lost=1, subscriptions=3, suspended=1
    )
    assert upkeep.counts(world.now + timedelta(days=2)).sent == 0


def test_one_process_at_a_time_has_the_lease(tmp_path):
    mine, other = Lease(tmp_path), Lease(tmp_path)
    assert mine.take()
    assert mine.take()
    assert not other.take()
    mine.release()
    mine.release()
    assert other.take()
    other.release()
    assert not Lease(tmp_path / "missing").take()


def test_lease_ends_with_its_process_however_that_ends(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline() == b"True\n"
        lease = Lease(tmp_path)
        assert not lease.take()

        process.kill()
        process.wait()

        assert lease.take()
        lease.release()


def test_store_of_the_first_version_is_brought_up_to_date(tmp_path):
    from bot.alerts.schema import COMPONENT, MIGRATIONS

    with Store.open(tmp_path / "store.db") as store:
        store.database.migrate(COMPONENT, MIGRATIONS[:1])
    with Store.open(tmp_path / "store.db") as store:
        assert AlertBook.open(store).outbox.lately(store_time(), store_time()) == []


def store_time():
    from datetime import UTC, datetime

    return datetime(2026, 1, 1, tzinfo=UTC)
