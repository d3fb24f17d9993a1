"""From what is stored to what is to be said, in one transaction."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.alerts.hours import Quiet
from bot.alerts.values import ChatSettings, Place
from bot.alerts.watcher import CURSOR, Seen, Watcher
from retrieval.errors import StoreError

COPY = "The harbour bridge reopened on Friday, after eleven months of repairs to the deck."


def test_match_makes_one_message(world):
    subscription = world.subscribe("bridge")
    world.publish("bridge")
    world.publish("flood")

    assert world.watcher.watch(world.now) == Seen(changes=2, matches=1, notes=1)
    handed = world.outbox.take_due(world.now)
    [match] = handed.matches

    assert (handed.note.place.chat_id, handed.note.key, handed.note.state) == (
        77,
        "bridge",
        "sending",
    )
    assert (match.subscription_id, match.article_id, match.version, match.outcome) == (
        subscription.id,
        "bridge",
        1,
        "alert",
    )
    assert [span.of("The harbour bridge") for span in match.spans] == ["bridge"]
    assert world.outbox.take_due(world.now) is None


def test_what_was_there_before_is_no_news(world):
    world.publish("bridge")
    world.subscribe("bridge OR flood")
    world.publish("flood")

    world.watch()

    assert world.deliver() == [(77, "flood")]


def test_back_fill_is_no_news_but_opens_its_story(world):
    world.subscribe("bridge")
    world.publish("bridge", is_backfill=True)
    world.watch()
    world.publish("copy", COPY)

    world.watch()

    assert world.deliver() == [(77, "bridge")]


def test_several_outlets_are_one_message_a_chat(world):
    world.subscribe("bridge")
    world.subscribe("harbour")
    world.subscribe("bridge", Place(78))
    world.publish("bridge")
    world.publish("copy", COPY, source="Post")
    world.watch()

    first, second = world.outbox.take_due(world.now), world.outbox.take_due(world.now)

    assert [handed.note.place.chat_id for handed in (first, second)] == [77, 78]
    assert [(m.article_id, m.outcome) for m in first.matches] == [
        ("bridge", "alert"),
        ("bridge", "merged"),
        ("copy", "merged"),
        ("copy", "merged"),
    ]
    assert world.outbox.take_due(world.now) is None


def test_later_outlet_changes_the_message(world):
    world.subscribe("bridge")
    world.publish("bridge")
    world.watch()
    world.deliver()
    assert world.outbox.to_edit(10) == []

    world.pass_time(hours=2)
    world.publish("copy", COPY)
    world.watch()
    [edit] = world.outbox.to_edit(10)

    assert [match.article_id for match in edit.matches] == ["bridge", "copy"]
    world.outbox.edited(edit, world.now)
    assert world.outbox.to_edit(10) == []
    assert world.deliver() == []


def test_edit_of_an_article_changes_the_message(world):
    world.subscribe("bridge")
    world.publish("bridge")
    world.watch()
    world.deliver()

    world.publish("bridge", COPY)
    world.watch()

    [edit] = world.outbox.to_edit(10)
    assert len(edit.matches) == 1
    assert world.deliver() == []


def test_withdrawn_article_changes_the_message_or_takes_it_back(world):
    world.subscribe("bridge OR flood")
    world.publish("bridge")
    world.watch()
    world.deliver()
    world.publish("flood")
    world.watch()

    world.store.delete("bridge")
    world.store.delete("flood")
    world.watch()

    assert [handed.note.key for handed in world.outbox.to_edit(10)] == ["bridge"]
    assert world.deliver() == []
    assert world.outbox.states() == {"sent": 1, "withdrawn": 1}


def test_article_that_a_later_change_replaced_is_told_as_it_is_now(world):
    world.subscribe("bridge")
    world.publish("bridge", "The bridge is closed.")
    world.publish("bridge")
    world.publish("flood")
    world.store.delete("flood")

    assert world.watcher.watch(world.now).matches == 1
    assert world.outbox.take_due(world.now).matches[0].version == 2


def test_new_version_that_matches_at_last_is_news(world):
    world.subscribe("tankers")
    world.publish("bridge")
    world.watch()
    assert world.deliver() == []

    world.publish("bridge", "The harbour bridge is open to tankers.")
    world.watch()

    assert world.deliver() == [(77, "bridge")]


def test_budget_of_a_day_by_the_chats_clock(world):
    world.subscriptions.set_chat(ChatSettings(chat_id=77, zone=ZoneInfo("Pacific/Auckland")))
    subscription = world.subscribe("bridge OR flood OR comet OR thursday OR andorra", budget=2)
    for name in ("bridge", "flood", "comet"):
        world.publish(name)
    world.watch()

    assert world.deliver() == [(77, "bridge"), (77, "flood")]
    assert [m.outcome for m in world.digests.waiting(subscription.place)] == ["over_budget"]

    world.pass_time(hours=22)  # 23 o'clock in Auckland
    world.publish("strike")
    world.watch()
    assert world.deliver() == []

    world.pass_time(hours=1)
    world.publish("election")
    world.watch()
    assert world.deliver() == [(77, "election")]


def test_quiet_hours_hold_or_hush(world):
    night = Quiet(time(11), time(13))
    world.subscriptions.set_chat(ChatSettings(chat_id=77, quiet=night))
    world.subscriptions.set_chat(
        ChatSettings(chat_id=78, quiet=Quiet(night.start, night.stop, is_silent=True))
    )
    world.subscribe("bridge")
    world.subscribe("bridge", Place(78))
    world.publish("bridge")
    world.watch()

    silent = world.outbox.take_due(world.now)
    assert (silent.note.place.chat_id, silent.note.is_silent) == (78, True)
    assert world.outbox.take_due(world.now) is None
    assert world.outbox.next_due(world.now) == world.now + timedelta(hours=1)

    world.pass_time(hours=1)
    held = world.outbox.take_due(world.now)
    assert (held.note.place.chat_id, held.note.is_silent) == (77, False)


def test_muted_and_paused(world):
    world.subscribe("bridge OR floods", muted_until=world.now + timedelta(hours=1))
    world.subscribe("bridge", Place(78), paused=world.now)
    world.publish("bridge")
    world.watch()

    assert world.deliver() == []
    assert [m.outcome for m in world.outbox.untold(Place(77), world.now, 10)] == ["muted"]
    assert world.outbox.untold(Place(78), world.now, 10) == []

    world.pass_time(hours=1)
    world.publish("flood")
    world.watch()
    assert world.deliver() == [(77, "flood")]


def test_muted_story(world):
    world.subscribe("bridge")
    world.publish("bridge")
    world.watch()
    world.deliver()
    world.outbox.mute_story(Place(77), "bridge", world.now)

    world.publish("copy", COPY)
    assert world.watch() == 0
    assert world.outbox.to_edit(10) == []


def test_story_that_is_followed_matches_whatever_its_words(world):
    world.publish("bridge")
    world.watch()
    world.subscribe("unlikely words", story="bridge")

    world.publish("copy", COPY)
    world.publish("flood")
    world.watch()

    assert world.deliver() == [(77, "bridge")]


def test_message_that_never_went_out_has_another_chance(world):
    world.subscribe("bridge")
    world.publish("bridge")
    world.watch()
    handed = world.outbox.take_due(world.now)
    world.outbox.end(handed.note, "failed", "refused")

    world.publish("copy", COPY)
    world.watch()

    assert world.deliver() == [(77, "bridge")]


def test_subscriptions_of_another_process_are_noticed(world):
    world.publish("comet")
    world.watch()
    world.subscribe("bridge")
    world.publish("bridge")
    world.watch()
    first = world.deliver()
    [subscription] = world.subscriptions.all()
    world.subscriptions.remove(subscription.id)
    world.publish("bridge2", "Another bridge, in Narva, is closed to lorries.")
    world.watch()

    assert first == [(77, "bridge")]
    assert world.deliver() == []


def test_query_that_cannot_be_read_any_more_is_left_out(world, caplog):
    world.subscribe("bridge (")
    world.subscribe("bridge")
    world.publish("bridge")
    world.watch()

    assert world.deliver() == [(77, "bridge")]
    assert "cannot be read" in caplog.text


def test_two_watchers_tell_once(world):
    other = world.another_watcher()
    world.subscribe("bridge")
    world.publish("bridge")
    world.watch()
    other.watch(world.now)
    world.publish("copy", COPY)
    other.watch(world.now)
    world.watch()

    assert world.deliver() == [(77, "bridge")]
    assert not other.is_behind()


def test_watcher_that_was_overtaken_drops_its_work(world):
    other = world.another_watcher()

    def rarity(term):
        other.watch(world.now)  # in the middle of the first one's look at the articles
        return float(len(term))

    world.subscribe("bridge")
    world.publish("bridge")

    assert Watcher(world.store, rarity).watch(world.now) == Seen(1)
    assert world.deliver() == [(77, "bridge")]


def test_restart_goes_on_with_the_same_stories(world):
    world.subscribe("bridge")
    world.publish("bridge")
    world.watch()
    world.deliver()
    world.watcher = world.another_watcher()

    world.publish("copy", COPY)
    world.watch()

    assert world.deliver() == []
    assert [len(handed.matches) for handed in world.outbox.to_edit(10)] == [2]


def test_nothing_is_written_if_the_transaction_fails(world, monkeypatch):
    world.subscribe("bridge")
    world.publish("bridge")
    monkeypatch.setattr(
        world.store, "move_cursor", lambda *_: (_ for _ in ()).throw(StoreError("full"))
    )

    with pytest.raises(StoreError, match="full"):
        world.watcher.watch(world.now)

    assert world.outbox.states() == {}
    assert world.store.cursor(CURSOR) == 0
    monkeypatch.undo()
    world.watch()
    assert world.deliver() == [(77, "bridge")]


def test_old_articles_are_news_when_they_come(world):
    """What an archive holds is told as well: only the first poll of a feed is no news."""
    world.subscribe("bridge")
    world.publish("bridge", published=world.now - timedelta(days=4000))
    world.watch()

    assert world.deliver() == [(77, "bridge")]


def test_date_in_the_future_counts_as_now(world):
    world.subscribe("bridge")
    world.publish("bridge", published=world.now + timedelta(days=4000))
    world.publish("copy", COPY)
    world.watch()

    assert world.deliver() == [(77, "bridge")]


def test_what_came_long_before_the_first_subscription_is_passed_over(world, monkeypatch):
    monkeypatch.setattr("bot.alerts.watcher.RECENT", 2)
    for name in ("bridge", "flood", "comet"):
        world.publish(name)

    world.watcher.begin()

    assert world.store.cursor("alerts") == 1
    world.subscribe("bridge OR flood")
    for name in ("election", "strike"):
        world.publish(name)
    world.watcher.begin()
    assert world.store.cursor("alerts") == 1
