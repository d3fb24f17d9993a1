"""What a chat is to see is made of the store as it stands now."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.alerts.hours import DigestTime, Quiet
from bot.alerts.values import ChatSettings, Place
from bot.alerts.viewing import AlertViews, evidence_of
from retrieval.store import Retention

CHAT = Place(77)
BRIDGE = "The harbour bridge reopened on Friday after eleven months of repairs to its deck."


@pytest.fixture
def views(world):
    return AlertViews(world.store, world.subscriptions, world.outbox)


def sent(world):
    """The one message that is due, sent."""
    handed = world.outbox.take_due(world.now)
    world.outbox.sent(handed, 1, None, world.now)
    return handed


def edited(world):
    """The one message that is to be edited."""
    world.watch()
    (handed,) = world.outbox.to_edit(9)
    return handed


def words_of(report):
    return [span.of(report.article.text) for span in report.words]


def test_an_alert_shows_the_words_that_matched_and_each_outlet_once(world, views):
    world.subscribe("bridge repairs")
    world.subscribe("harbour")
    world.publish("bridge", title="Harbour open", source="Courier")
    for n, outlet in enumerate(["Ledger", "COURIER ", "ledger", None, None]):
        world.publish(f"b{n}", BRIDGE, title="Open", source=outlet, url=f"https://w{n}.example/")
    world.watch()
    view = views.of_note(sent(world))

    assert view.lead.article.id == "bridge"
    assert view.lead.quote.text == BRIDGE
    assert words_of(view.lead) == ["harbour", "bridge", "repairs"]
    assert [span.of("Harbour open") for span in view.lead.title_words] == ["Harbour"]
    assert [report.article.id for report in view.others] == ["b0", "b3", "b4"]
    assert [why.words for why in view.reasons] == [("bridge", "repairs"), ("harbour",)]
    assert [why.title_words for why in view.reasons] == [(), ("Harbour",)]
    assert not view.may_be_repeat


def test_a_topic_has_its_score_and_a_followed_story_says_so(world, views):
    world.subscribe("anything about the harbour bridge")
    world.subscribe("the reopening", story="bridge")
    world.publish("bridge")
    world.watch()
    topic, story = views.of_note(sent(world)).reasons

    assert 0.35 < topic.score <= 1
    assert topic.words == ("harbour", "bridge")
    assert story.subscription.story == "bridge"
    assert story.words == ("reopened",)


def test_an_edited_article_is_quoted_as_it_stands_with_what_matches_there(world, views):
    world.subscribe("bridge repairs")
    world.publish("bridge")
    world.watch()
    sent(world)
    world.publish("bridge", f"A correction was made. {BRIDGE.replace('Friday', 'Monday')}")
    view = views.of_note(edited(world))

    assert view.lead.standing == "corrected"
    assert view.lead.quote.text == BRIDGE.replace("Friday", "Monday")
    assert words_of(view.lead) == ["bridge", "repairs"]


def test_an_edit_that_takes_the_words_away_leaves_none(world, views):
    world.subscribe("repairs")
    world.publish("bridge")
    world.watch()
    sent(world)
    world.publish("bridge", "The harbour bridge stays closed, the city says, until the spring.")
    view = views.of_note(edited(world))

    assert view.lead.standing == "corrected"
    assert words_of(view.lead) == []
    assert view.reasons[0].words == ("repairs",)  # as they stood when it matched


def test_a_new_version_with_the_same_words_is_no_correction(world, views):
    world.subscribe("repairs")
    world.publish("bridge")
    world.watch()
    sent(world)
    world.publish("bridge", author="A. Writer")
    view = views.of_note(edited(world))

    assert view.lead.standing == "current"
    assert view.lead.article.author == "A. Writer"
    assert words_of(view.lead) == ["repairs"]


def test_a_withdrawn_article_gives_the_lead_to_one_that_was_not(world, views):
    world.subscribe("bridge")
    world.publish("bridge")
    world.publish("b2", BRIDGE, source="Ledger")
    world.watch()
    sent(world)
    world.store.delete("bridge")
    view = views.of_note(edited(world))

    assert (view.lead.article.id, view.lead.standing) == ("b2", "current")
    assert [(r.article.id, r.standing) for r in view.others] == [("bridge", "withdrawn")]

    world.publish("b2", BRIDGE.replace("eleven", "twelve"), source="Ledger")
    world.watch()
    world.store.delete("b2")
    view = views.of_note(edited(world))

    assert (view.lead.article.id, view.lead.standing) == ("bridge", "withdrawn")
    assert view.others[0].quote.text == BRIDGE.replace("eleven", "twelve")  # as it stood last


def test_what_has_expired_was_withdrawn_by_nobody(world, views):
    world.subscribe("bridge")
    world.publish("bridge")
    world.watch()
    handed = sent(world)
    later = world.now + timedelta(days=40)
    retention = Retention(days=30)
    world.store.expire(retention, later, lambda _: False)

    assert views.of_note(handed).lead.standing == "current"

    world.store.drop_texts(retention, later + timedelta(days=400), (), lambda _: False)
    assert world.store.find("bridge") is None
    assert views.of_note(handed) is None


def test_a_cancelled_subscription_gives_no_reason(world, views):
    first = world.subscribe("bridge")
    world.subscribe("repairs")
    world.publish("bridge")
    world.watch()
    handed = sent(world)
    world.subscriptions.remove(first.id)

    assert [why.words for why in views.of_note(handed).reasons] == [("repairs",)]


def test_a_digest_has_its_stories_and_what_was_over_the_budget(world, views):
    subscription = world.subscribe("bridge OR flood OR comet", budget=1)
    world.publish("comet")
    world.watch()
    world.publish("bridge")
    world.publish("b2", BRIDGE, source="Ledger")
    world.publish("flood")
    world.watch()
    world.store.delete("flood")
    world.watch()
    sent(world)
    world.pass_time(days=1)
    world.digests.make_due(world.now)
    view = views.of_note(world.outbox.take_due(world.now))

    assert [[r.article.id for r in story.reports] for story in view.stories] == [["bridge", "b2"]]
    assert [(over.subscription.id, over.count) for over in view.over] == [(subscription.id, 3)]


def test_a_digest_of_what_was_all_withdrawn_is_none(world, views):
    world.subscribe("bridge", mode="digest")
    world.publish("bridge")
    world.watch()
    world.store.delete("bridge")
    world.pass_time(days=1)
    world.digests.make_due(world.now)

    assert views.of_note(world.outbox.take_due(world.now)) is None


def test_a_subscription_counts_messages_and_articles_of_a_week(world, views):
    world.subscribe("anything about the harbour bridge")
    world.subscribe("flood OR comet", mode="digest")
    world.subscribe("open again", story="bridge")
    world.publish("bridge", title="Open")
    world.publish("b2", BRIDGE, source="Ledger")
    world.publish("flood")
    world.watch()
    topic, words, story = views.of_chat(77, world.now)

    assert (topic.told, topic.matched, topic.last, topic.is_topic) == (1, 2, world.now, True)
    assert (words.told, words.matched, words.is_topic) == (0, 1, False)
    assert story.title == "Open"

    topic, *_ = views.of_chat(77, world.now + timedelta(days=8))
    assert (topic.told, topic.matched, topic.last) == (0, 0, world.now)


def missed(world, views, days=3):
    found = views.missed(CHAT, world.now - timedelta(days=days), 50, world.now)
    return [(one.article.id, one.reason, one.until, one.detail) for one in found]


def test_what_was_missed_says_why(world, views):
    ten = datetime(2026, 3, 9, 22, 0, tzinfo=UTC)
    world.subscriptions.set_chat(
        ChatSettings(
            chat_id=77,
            zone=ZoneInfo("Europe/Riga"),
            quiet=Quiet(time(22), time(7)),
            digest=DigestTime(time(8)),
        )
    )
    world.now = ten
    world.subscribe("bridge")
    world.subscribe("flood", mode="digest")
    world.subscribe("comet", muted_until=ten + timedelta(hours=1))
    world.subscribe("stop", budget=0)
    for name in ("bridge", "flood", "comet", "strike"):
        world.publish(name)
    world.watch()
    six = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)

    assert missed(world, views) == [
        ("strike", "over_budget", six, None),
        ("comet", "muted", None, None),
        ("flood", "digest", six, None),
        ("bridge", "held", datetime(2026, 3, 10, 5, 0, tzinfo=UTC), None),
    ]

    world.subscriptions.suspend(77, "Forbidden: bot was kicked", ten)
    assert missed(world, views)[3] == ("bridge", "suspended", None, "Forbidden: bot was kicked")
    world.subscriptions.resume(77)

    world.now = six
    assert missed(world, views)[3][:2] == ("bridge", "waiting")
    handed = world.outbox.take_due(world.now)
    world.outbox.end(handed.note, "failed", "Bad Request: can't parse")
    assert missed(world, views)[3] == ("bridge", "failed", None, "Bad Request: can't parse")


@pytest.mark.parametrize("state", ["unsure", "expired", "withdrawn"])
def test_what_ended_without_being_sent_is_missed(world, views, state):
    world.subscribe("bridge")
    world.publish("bridge")
    world.watch()
    world.outbox.end(world.outbox.take_due(world.now).note, state, "why")

    assert missed(world, views) == [("bridge", state, None, "why")]


def test_an_article_that_several_subscriptions_missed_stands_once(world, views):
    world.subscribe("bridge", mode="digest")
    world.subscribe("repairs", mode="digest")
    world.publish("bridge")
    world.watch()

    assert [one[0] for one in missed(world, views)] == ["bridge"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("港口", ["港口"]),
        ("anything about the harbour", []),
        ("((", []),  # a followed story's words need be no query
    ],
)
def test_evidence_is_of_what_is_asked(world, query, words):
    subscription = world.subscribe(query)
    world.publish("a", "港口於星期一重新開放，工程結束。", title=None, lang="zh-Hant")
    article = world.store.get("a")
    found = evidence_of(replace(subscription, query=query), article)

    assert [span.of(article.text) for span in found.spans] == words
