"""What people want to be told of, kept."""

from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.alerts.hours import DigestTime, Quiet
from bot.alerts.values import ChatSettings, Place


def test_kept_as_it_was(world):
    world.publish("flood")
    added = world.subscribe(
        'title:"橋" OR 🌉', Place(-100123, 7), mode="both", budget=3, story="s1", least=0.5
    )

    assert world.subscriptions.get(added.id) == added
    assert (added.after_seq, added.place) == (1, Place(-100123, 7))
    assert world.subscriptions.all() == world.subscriptions.of_chat(-100123) == [added]
    assert world.subscriptions.of_chat(77) == []
    assert world.subscriptions.get(added.id + 1) is None


def test_same_query_in_one_place_is_one_subscription(world):
    first = world.subscribe("bridge", budget=3)
    second = world.subscribe("bridge", budget=9)
    third = world.subscribe("bridge", Place(77, 4))

    assert (first.id, second.budget) == (second.id, 9)
    assert third.id != first.id


def test_change_and_remove_are_noticed(world):
    before = world.subscriptions.revision()
    added = world.subscribe("bridge")
    paused = replace(added, paused=world.now, mode="digest", query="tunnel")
    world.subscriptions.change(paused)

    assert world.subscriptions.get(added.id) == paused
    assert world.subscriptions.remove(added.id)
    assert not world.subscriptions.remove(added.id)
    assert world.subscriptions.revision() == before + 4


def test_numbers_are_never_given_twice(world):
    first = world.subscribe("bridge")
    world.subscriptions.remove(first.id)

    assert world.subscribe("bridge").id > first.id


def test_settings_of_a_chat(world):
    settings = ChatSettings(
        chat_id=77,
        lang="zh-Hant",
        zone=ZoneInfo("Asia/Taipei"),
        quiet=Quiet(time(22), time(7, 30), is_silent=True),
        digest=DigestTime(time(8), 6),
    )
    assert world.subscriptions.chat(77) == ChatSettings(chat_id=77)

    world.subscriptions.set_chat(settings)
    world.subscriptions.suspend(77, "kicked", world.now)
    world.subscriptions.suspend(77, "blocked", world.now + timedelta(days=1))
    world.subscriptions.set_chat(settings)

    assert world.subscriptions.chat(77) == replace(
        settings, suspended=world.now, suspended_for="blocked"
    )
    assert list(world.subscriptions.chats()) == [77]
    world.subscriptions.set_chat(ChatSettings(chat_id=77))
    world.subscriptions.resume(77)
    assert world.subscriptions.chat(77) == ChatSettings(chat_id=77)


def test_group_that_becomes_a_supergroup_keeps_everything(world):
    old, new = -5, -1005
    world.subscriptions.set_chat(ChatSettings(chat_id=old, lang="ru"))
    world.subscribe("bridge", Place(old, 3))
    world.publish("bridge")
    world.watch()
    handed = world.outbox.take_due(world.now)
    world.outbox.sent(handed, 11, None, world.now)
    world.outbox.mute_story(Place(old, 3), "flood", world.now)

    for _ in range(2):
        world.subscriptions.migrate_chat(old, new)

    [subscription] = world.subscriptions.all()
    assert subscription.place == Place(new)
    assert world.subscriptions.chat(new).lang == "ru"
    assert world.subscriptions.chat(old) == ChatSettings(chat_id=old)
    [moved] = world.outbox.log(new, world.now, 10)
    assert (moved.note.place, moved.note.message_id) == (Place(new), None)
    assert [match.place for match in moved.matches] == [Place(new)]


def test_topic_that_is_gone(world):
    world.subscribe("bridge", Place(-5, 3))
    world.publish("bridge")
    world.watch()

    world.subscriptions.move_topic(Place(-5, 3))

    assert [s.place for s in world.subscriptions.all()] == [Place(-5)]
    assert world.outbox.take_due(world.now).note.place == Place(-5)


def test_forgetting(world):
    for chat_id in (77, 78):
        world.subscribe("bridge", Place(chat_id))
        world.subscriptions.set_chat(ChatSettings(chat_id=chat_id, lang="es"))
    world.publish("bridge")
    world.watch()
    world.outbox.mute_story(Place(77), "bridge", world.now)

    assert world.subscriptions.forget_chat(77) == 1
    assert world.subscriptions.forget_chat(77) == 0

    assert [s.place.chat_id for s in world.subscriptions.all()] == [78]
    assert world.outbox.log(77, world.now, 10) == []
    assert list(world.subscriptions.chats()) == [78]


def test_chats_that_are_long_out_of_reach_are_forgotten(world):
    world.subscribe("bridge", Place(77))
    world.subscribe("bridge", Place(78))
    world.subscriptions.suspend(77, "blocked", world.now)

    assert world.subscriptions.forget_suspended(world.now + timedelta(days=90)) == []
    assert world.subscriptions.forget_suspended(world.now + timedelta(days=91)) == [77]
    assert [s.place.chat_id for s in world.subscriptions.all()] == [78]


def test_first_subscription_passes_over_what_was_there(world):
    world.publish("bridge")
    world.publish("flood")
    world.subscribe("bridge")
    assert not world.watcher.is_behind()

    world.publish("comet")
    world.subscribe("comet")  # the second leaves to the watcher what the first waits for
    assert world.watcher.is_behind()


def test_chat_without_alerts_is_not_noted_when_it_is_out_of_reach(world):
    world.subscriptions.suspend(77, "blocked", world.now)

    assert world.subscriptions.chats() == {}


def test_resume_only_what_was_suspended_before(world):
    world.subscribe("bridge")
    world.subscriptions.suspend(77, "no right to post", world.now)

    assert not world.subscriptions.resume(77, before=world.now)
    assert world.subscriptions.resume(77, before=world.now + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("there", "state"),
    [("sent", "sent"), ("expired", "waiting"), ("failed", "waiting"), ("waiting", "waiting")],
)
def test_story_that_both_places_tell_has_one_message_after_a_move(world, there, state):
    old, new = Place(-5, 3), Place(-5)
    for place in (new, old):
        world.subscribe("bridge", place)
    world.publish("bridge")
    world.watch()
    handed = world.outbox.take_due(world.now)
    assert handed.note.place == new
    if there == "sent":
        world.outbox.sent(handed, 9, None, world.now)
    elif there == "waiting":
        world.outbox.put_back(handed.note, world.now, "no network", may_have=False)
    else:
        world.outbox.end(handed.note, there, "refused")

    world.subscriptions.move_topic(old)
    world.subscriptions.move_topic(old)

    [kept] = world.outbox.log(-5, world.now, 10)
    assert (kept.note.id, kept.note.place, kept.note.state) == (handed.note.id, new, state)
    assert len(kept.matches) == 2
    assert kept.note.revision > kept.note.shown
    assert world.store.check() == []


def test_group_with_a_message_on_its_way_becomes_a_supergroup_that_has_the_story(world):
    for chat_id in (-1009, -9):
        world.subscribe("bridge", Place(chat_id))
    world.publish("bridge")
    world.watch()
    other = world.outbox.take_due(world.now)
    on_its_way = world.outbox.take_due(world.now)

    world.subscriptions.migrate_chat(-9, -1009)

    assert not world.outbox.claim(on_its_way.note.id, None)
    world.outbox.sent(on_its_way, 5, None, world.now)  # too late, and harmless
    assert len(world.outbox.note(other.note.id).matches) == 2


def test_forgetting_a_user(world):
    world.subscribe("bridge", Place(5))
    world.subscribe("bridge", Place(-100))

    assert world.subscriptions.forget_user(5) == 1

    [left] = world.subscriptions.all()
    assert (left.place, left.user_id) == (Place(-100), 0)
