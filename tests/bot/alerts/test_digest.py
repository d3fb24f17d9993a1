"""Digests: what is told together, at a chat's time, once."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.alerts.digest import by_story
from bot.alerts.hours import DigestTime
from bot.alerts.values import ChatSettings, Place

EIGHT = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)


def test_digest_comes_at_its_time_with_all_that_matched(world):
    world.subscriptions.set_chat(ChatSettings(chat_id=77, digest=DigestTime(time(8))))
    world.subscribe("bridge OR flood", mode="digest")
    world.publish("bridge")
    world.publish("flood")
    world.watch()

    assert world.deliver() == []
    assert world.digests.make_due(world.now) == 0
    assert world.digests.next_due(world.now) == EIGHT

    world.now = EIGHT
    assert world.digests.make_due(world.now) == 1
    assert world.digests.make_due(world.now) == 0
    handed = world.outbox.take_due(world.now)
    assert handed.note.kind == "digest"
    assert [match.article_id for match in handed.matches] == ["bridge", "flood"]
    assert world.digests.next_due(world.now) is None


def test_digest_that_was_due_while_nothing_ran_is_made_up_for_once(world):
    world.subscribe("bridge", mode="digest")
    world.publish("bridge")
    world.watch()

    world.pass_time(days=5)

    assert world.digests.next_due(world.now) == world.now
    assert world.digests.make_due(world.now) == 1
    assert world.digests.make_due(world.now) == 0


def test_without_a_time_of_its_own_it_comes_in_the_morning_of_the_chat(world):
    world.subscriptions.set_chat(ChatSettings(chat_id=77, zone=ZoneInfo("Asia/Taipei")))
    world.subscribe("bridge", budget=0)
    world.publish("bridge")
    world.watch()

    assert world.digests.next_due(world.now) == datetime(2026, 3, 10, 0, 0, tzinfo=UTC)


def test_both_tells_at_once_and_again_in_the_digest(world):
    world.subscribe("bridge", mode="both")
    world.publish("bridge")
    world.watch()
    assert world.deliver() == [(77, "bridge")]

    world.now = EIGHT
    assert world.digests.make_due(world.now) == 1
    assert [m.article_id for m in world.outbox.take_due(world.now).matches] == ["bridge"]


def test_each_place_has_a_digest_of_its_own(world):
    world.subscribe("bridge", Place(77, 5), mode="digest")
    world.subscribe("bridge", Place(77, 6), mode="digest")
    world.publish("bridge")
    world.watch()

    world.now = EIGHT
    assert world.digests.make_due(world.now) == 2
    places = [world.outbox.take_due(world.now).note.place for _ in range(2)]
    assert sorted(places) == [Place(77, 5), Place(77, 6)]


def test_suspended_chat_gets_none_until_it_is_resumed(world):
    world.subscribe("bridge", mode="digest")
    world.publish("bridge")
    world.watch()
    world.subscriptions.suspend(77, "kicked", world.now)

    world.now = EIGHT + timedelta(days=2)
    assert world.digests.make_due(world.now) == 0
    assert world.digests.next_due(world.now) is None

    world.subscriptions.resume(77)
    assert world.digests.make_due(world.now) == 1


def test_stories_by_how_many_tell_them(world):
    world.subscribe(
        "anything about the harbour bridge or floods in the valley", mode="digest", least=0.01
    )
    world.publish("flood")
    world.publish("bridge")
    world.publish(
        "copy", "The harbour bridge reopened on Friday, after eleven months of repairs to the deck."
    )
    world.watch()

    lines = by_story(world.digests.waiting(Place(77)))

    assert [line.story for line in lines] == ["bridge", "flood"]
    assert {match.article_id for match in lines[0].matches} == {"bridge", "copy"}


def test_an_article_that_two_subscriptions_matched_stands_once(world):
    world.subscribe("bridge", mode="digest")
    world.subscribe("harbour", mode="digest")
    world.publish("bridge")
    world.watch()

    [line] = by_story(world.digests.waiting(Place(77)))

    assert len(line.matches) == 1
