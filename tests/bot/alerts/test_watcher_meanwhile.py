"""What changes while the watcher looks, and what becomes of an article that was told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.alerts.values import Place
from bot.alerts.watcher import Seen
from retrieval.store.expiring import Retention


def changed_while_looking(world, change):
    """What the watcher has seen where *change* comes between its looking and its writing."""
    find_head = world.store.find_head

    def find_and_change(article_id):
        head = find_head(article_id)
        change()
        return head

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world.store, "find_head", find_and_change)
        return world.watcher.watch(world.now)


def test_subscription_that_is_removed_meanwhile_brings_nothing(world):
    subscription = world.subscribe("bridge")
    world.publish("bridge")

    seen = changed_while_looking(world, lambda: world.subscriptions.remove(subscription.id))
    world.watch()

    assert seen == Seen(changes=1)
    assert world.outbox.take_due(world.now) is None


def test_subscription_that_is_paused_meanwhile_brings_nothing(world):
    subscription = world.subscribe("bridge")
    world.subscribe("reopened", Place(78))
    world.publish("bridge")
    paused = replace(subscription, paused=world.now)

    changed_while_looking(world, lambda: world.subscriptions.change(paused))
    world.watch()

    assert world.deliver() == [(78, "bridge")]


def test_article_that_is_restored_in_time_is_told_after_all(world):
    world.subscribe("bridge")
    world.publish("bridge")
    world.watch()
    world.store.delete("bridge")
    world.watch()
    assert world.outbox.take_due(world.now) is None

    world.store.restore("bridge")
    world.watch()

    assert world.deliver() == [(77, "bridge")]


def test_article_that_is_restored_too_late_is_no_news(world):
    world.subscribe("bridge")
    world.publish("bridge")
    world.watch()
    world.store.delete("bridge")
    world.watch()
    world.pass_time(days=30)

    world.store.restore("bridge")
    world.watch()

    assert world.outbox.expire(world.now) == 1
    assert world.outbox.take_due(world.now) is None


def test_expiry_of_an_article_changes_no_message(world):
    world.subscribe("bridge")
    world.publish("bridge", published=world.now - timedelta(days=3))
    world.watch()
    world.deliver()

    world.store.expire(Retention(days=1), world.now, lambda _: False)
    assert world.store.changes_since(0, 10)[-1].action == "expire"

    assert world.watch() == 0
    assert world.outbox.to_edit(10) == []
