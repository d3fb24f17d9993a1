"""The outbox: each message is handed out once, and what became of it is known."""

from datetime import timedelta

import pytest

from bot.alerts.outbox import LOST_IN_CRASH, TOO_OLD
from bot.alerts.values import TERMINAL, Place


@pytest.fixture
def waiting(world):
    """A world with one message to send."""
    world.subscribe("bridge")
    world.publish("bridge")
    world.watch()
    return world


def test_oldest_comes_first_and_the_terminals_only_when_asked_for(world):
    for place in (Place(TERMINAL), Place(78), Place(77)):
        world.subscribe("bridge OR flood", place)
    world.publish("bridge")
    world.watch()
    world.pass_time(minutes=1)
    world.publish("flood")
    world.watch()

    assert world.deliver() == [(78, "bridge"), (77, "bridge"), (78, "flood"), (77, "flood")]
    own = world.outbox.take_due(world.now, only=TERMINAL)
    assert (own.note.place.chat_id, own.note.key) == (TERMINAL, "bridge")
    assert world.outbox.take_due(world.now, only=99) is None


def test_suspended_chat_waits(waiting):
    waiting.subscriptions.suspend(77, "bot was blocked by the user", waiting.now)
    assert waiting.outbox.take_due(waiting.now) is None

    assert waiting.subscriptions.resume(77)
    assert not waiting.subscriptions.resume(77)
    assert waiting.deliver() == [(77, "bridge")]


@pytest.mark.parametrize(("unsure", "sent"), [("resend", [(77, "bridge")]), ("drop", [])])
def test_crash_between_send_and_record(waiting, unsure, sent):
    waiting.outbox.take_due(waiting.now)

    assert waiting.outbox.recover(unsure, waiting.now) == 1
    assert waiting.outbox.recover(unsure, waiting.now) == 0
    assert waiting.deliver() == sent

    if unsure == "drop":
        [handed] = waiting.outbox.log(77, waiting.now, 10)
        assert (handed.note.state, handed.note.reason) == ("unsure", LOST_IN_CRASH)


def test_message_is_repeated_once_at_most_whatever_happens(waiting):
    waiting.outbox.take_due(waiting.now)
    waiting.outbox.recover("resend", waiting.now)
    waiting.outbox.take_due(waiting.now)

    assert waiting.outbox.recover("resend", waiting.now) == 1

    assert waiting.outbox.take_due(waiting.now) is None
    assert waiting.outbox.states() == {"unsure": 1}


def test_put_back_for_later(waiting):
    handed = waiting.outbox.take_due(waiting.now)
    later = waiting.now + timedelta(minutes=5)
    waiting.outbox.put_back(handed.note, later, "no network", may_have=False)

    assert waiting.outbox.take_due(waiting.now) is None
    assert waiting.outbox.next_due(waiting.now) == later
    again = waiting.outbox.take_due(later)
    assert (again.note.attempts, again.note.was_unsure, again.note.reason) == (
        2,
        False,
        "no network",
    )


def test_put_back_when_it_may_have_arrived_is_tried_once_more(waiting):
    for _ in range(2):
        handed = waiting.outbox.take_due(waiting.now)
        waiting.outbox.put_back(handed.note, waiting.now, "timed out", may_have=True)

    assert waiting.outbox.take_due(waiting.now) is None
    assert waiting.outbox.states() == {"unsure": 1}


def test_what_came_while_it_was_sent_is_shown_by_an_edit(waiting):
    handed = waiting.outbox.take_due(waiting.now)
    waiting.publish(
        "copy", "The harbour bridge reopened on Friday, after eleven months of repairs to the deck."
    )
    waiting.watch()
    waiting.outbox.sent(handed, 5, 8, waiting.now)

    [edit] = waiting.outbox.to_edit(10)

    assert (edit.note.message_id, edit.note.answer_id, len(edit.matches)) == (5, 8, 2)
    assert waiting.outbox.by_message(77, 5).note == edit.note
    assert waiting.outbox.by_message(77, 6) is None
    assert waiting.outbox.note(edit.note.id) == edit
    assert waiting.outbox.note(99) is None


def test_expires_when_it_is_no_news_any_more(waiting):
    waiting.pass_time(hours=24)
    assert waiting.outbox.expire(waiting.now) == 0
    waiting.pass_time(seconds=1)
    assert waiting.outbox.expire(waiting.now) == 1

    [handed] = waiting.outbox.log(None, waiting.now - timedelta(days=2), 10)
    assert (handed.note.state, handed.note.reason) == ("expired", TOO_OLD)
    assert waiting.deliver() == []


def test_untold_is_all_that_no_message_tells(world):
    world.subscribe("bridge OR flood OR comet OR andorra OR thursday")
    before = world.now
    for name in ("bridge", "flood", "comet", "election"):
        world.publish(name)
    world.watch()
    first, second, third = (world.outbox.take_due(world.now) for _ in range(3))
    world.outbox.sent(first, 1, None, world.now)
    world.outbox.end(second.note, "failed", "refused")

    untold = world.outbox.untold(Place(77), before, 10)

    assert [match.article_id for match in untold] == ["election", "comet", "flood"]
    assert third.note.key == "comet"
    assert world.outbox.untold(Place(77), before, 1) == untold[:1]
    assert world.outbox.untold(Place(77), before + timedelta(days=1), 10) == []


def test_log_is_the_newest_first(world):
    world.subscribe("bridge")
    world.subscribe("flood", Place(78))
    before = world.now
    world.publish("bridge")
    world.publish("flood")
    world.watch()

    assert [h.note.key for h in world.outbox.log(None, before, 10)] == ["flood", "bridge"]
    assert [h.note.key for h in world.outbox.log(77, before, 10)] == ["bridge"]
    assert world.outbox.log(None, before, 1)[0].note.key == "flood"


def test_each_recovers_what_is_its_own(waiting):
    waiting.subscribe("flood", Place(TERMINAL))
    waiting.publish("flood")
    waiting.watch()
    assert waiting.outbox.take_due(waiting.now) is not None
    assert waiting.outbox.take_due(waiting.now, only=TERMINAL) is not None

    assert waiting.outbox.recover("resend", waiting.now, only=TERMINAL) == 1
    assert waiting.outbox.take_due(waiting.now) is None
    assert waiting.outbox.take_due(waiting.now, only=TERMINAL) is not None
    assert waiting.outbox.recover("resend", waiting.now) == 1
    assert waiting.outbox.take_due(waiting.now) is not None
