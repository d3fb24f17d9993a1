"""The outbox: each message is handed out once, and what became of it is known."""

from datetime import timedelta

import pytest

from bot.alerts.outbox import LOST_IN_CRASH, MOST_UNSURE, TOO_OLD
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

    assert waiting.outbox.recover(unsure) == 1
    assert waiting.outbox.recover(unsure) == 0
    assert waiting.deliver() == sent

    if unsure == "drop":
        [handed] = waiting.outbox.log(77, waiting.now, 10)
        assert (handed.note.state, handed.note.reason) == ("unsure", LOST_IN_CRASH)


def test_message_is_repeated_once_a_crash_and_not_for_ever(waiting):
    for _ in range(MOST_UNSURE):
        waiting.outbox.take_due(waiting.now)
        waiting.outbox.recover("resend")
    handed = waiting.outbox.take_due(waiting.now)
    assert handed.note.was_unsure

    assert waiting.outbox.recover("resend") == 1

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

    assert waiting.outbox.recover("resend", only=TERMINAL) == 1
    assert waiting.outbox.take_due(waiting.now) is None
    assert waiting.outbox.take_due(waiting.now, only=TERMINAL) is not None
    assert waiting.outbox.recover("resend") == 1
    assert waiting.outbox.take_due(waiting.now) is not None


def test_chats_with_something_due_longest_waiting_first(world):
    for chat_id in (78, 77, TERMINAL, 79):
        world.subscribe("bridge OR flood", Place(chat_id))
    world.publish("bridge")
    world.watch()
    world.subscriptions.suspend(79, "blocked", world.now)
    early = world.now - timedelta(seconds=1)

    assert world.outbox.due_chats(world.now, 10) == [78, 77]
    assert world.outbox.due_chats(world.now, 1) == [78]
    assert world.outbox.due_chats(world.now, 10, skip={78}) == [77]
    assert world.outbox.due_chats(early, 10) == []


def test_message_is_looked_at_before_it_is_claimed(waiting):
    handed = waiting.outbox.next_of(77, waiting.now)

    assert handed.note.state == "waiting"
    assert waiting.outbox.next_of(78, waiting.now) is None
    assert waiting.outbox.claim(handed.note.id, 8)
    assert waiting.outbox.claim(handed.note.id, 9)  # a second request of the same send

    note = waiting.outbox.note(handed.note.id).note
    assert (note.state, note.attempts, note.answer_id) == ("sending", 1, 8)
    assert waiting.outbox.next_of(77, waiting.now) is None


def test_what_is_not_to_go_any_more_cannot_be_claimed(waiting):
    note = waiting.outbox.next_of(77, waiting.now).note
    waiting.subscriptions.suspend(77, "blocked", waiting.now)
    assert not waiting.outbox.claim(note.id, 8)

    waiting.subscriptions.resume(77)
    waiting.store.delete("bridge")
    waiting.watch()

    assert not waiting.outbox.claim(note.id, 8)
    assert not waiting.outbox.claim(note.id + 1, 8)


def test_edits_that_are_not_wanted_yet(waiting):
    handed = waiting.outbox.take_due(waiting.now)
    waiting.outbox.sent(handed, 5, 8, waiting.now)
    waiting.publish("copy", "The harbour bridge reopened on Friday, after repairs to its deck.")
    waiting.watch()

    assert waiting.outbox.to_edit(10, skip=[handed.note.id]) == []
    [edit] = waiting.outbox.to_edit(10, skip=[99])
    waiting.outbox.edited(edit, waiting.now)
    assert waiting.outbox.to_edit(10) == []


def test_what_was_sent_lately(world):
    for chat_id in (77, 78, 79, TERMINAL):
        world.subscribe("bridge", Place(chat_id))
    world.publish("bridge")
    world.watch()
    begun = world.now
    first, second = world.outbox.take_due(begun), world.outbox.take_due(begun)
    world.outbox.sent(first, 5, None, begun)
    world.pass_time(seconds=20)
    world.outbox.edited(first, world.now)
    world.pass_time(seconds=5)

    assert world.outbox.lately(begun, world.now) == [
        (77, begun),
        (77, begun + timedelta(seconds=20)),
        (second.note.place.chat_id, world.now),  # it may be
    ]
    assert world.outbox.lately(begun + timedelta(seconds=21), world.now) == [(78, world.now)]
