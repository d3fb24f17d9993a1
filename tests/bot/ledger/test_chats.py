"""Chats: seen, set, suspended, resumed, and moved when a group becomes a supergroup."""

import pytest
from toy_records import BOB, GROUP, HOUR, MINUTE, NOW, record

from bot.ledger import ChatRecord, Ledger

SUPER = -1002003


def test_chat_that_was_never_seen_is_none(ledger):
    assert ledger.chat(5) is None
    ledger.suspend(5, "blocked", NOW)
    ledger.resume(5)
    ledger.migrate_chat(5, 6)
    assert (ledger.chat(5), ledger.chat(6)) == (None, None)


@pytest.mark.parametrize("title", [None, "", "花蓮讀報", "قناة", "🗞\u2028", "half \ud83d"])
def test_chat_is_seen_and_kept(store, ledger, title):
    ledger.see_chat(GROUP, "group", title, NOW)

    expected = ChatRecord(GROUP, "group", title, None, None, NOW)
    assert ledger.chat(GROUP) == expected
    assert Ledger.open(store).chat(GROUP) == expected


def writes(store):
    return store.database.value("SELECT total_changes()")


def test_see_chat_writes_only_what_has_changed(store, ledger):
    ledger.see_chat(GROUP, "group", "News", NOW)
    before = writes(store)

    ledger.see_chat(GROUP, "group", "News", NOW + HOUR - MINUTE)
    ledger.see_chat(GROUP, "group", "News", NOW - HOUR)
    assert writes(store) == before
    assert ledger.chat(GROUP).seen == NOW

    ledger.see_chat(GROUP, "group", "News", NOW + HOUR)
    assert ledger.chat(GROUP).seen == NOW + HOUR
    ledger.see_chat(GROUP, "supergroup", "The news", NOW)
    assert ledger.chat(GROUP) == ChatRecord(GROUP, "supergroup", "The news", None, None, NOW + HOUR)


def test_language_is_set_taken_back_and_outlives_being_seen(ledger):
    ledger.see_chat(GROUP, "group", "News", NOW)
    ledger.set_language(GROUP, "zh-Hant")
    ledger.see_chat(GROUP, "group", "Renamed", NOW)

    assert ledger.chat(GROUP).lang == "zh-Hant"
    ledger.set_language(GROUP, None)
    assert ledger.chat(GROUP).lang is None


def test_set_language_of_a_chat_never_seen(ledger):
    with pytest.raises(LookupError, match=r"no such chat: 5; see_chat comes first"):
        ledger.set_language(5, "en")


def test_chat_is_suspended_and_resumed_by_hand_or_by_speaking(ledger):
    ledger.see_chat(GROUP, "group", "News", NOW)
    ledger.suspend(GROUP, "kicked", NOW)
    assert ledger.chat(GROUP).suspended == "kicked"

    ledger.resume(GROUP)
    assert ledger.chat(GROUP).suspended is None

    ledger.suspend(GROUP, "kicked", NOW)
    ledger.see_chat(GROUP, "group", "News", NOW + MINUTE)
    assert ledger.chat(GROUP).suspended is None


@pytest.mark.parametrize("is_seen_first", [False, True])
def test_migrate_chat_moves_all_and_is_safe_to_repeat(ledger, is_seen_first):
    ledger.see_chat(GROUP, "group", "News", NOW)
    ledger.set_language(GROUP, "ru")
    ledger.suspend(GROUP, "upgraded", NOW)
    if is_seen_first:
        ledger.see_chat(SUPER, "supergroup", "News", NOW + MINUTE)
    new = ledger.add_answer(record(chat_id=SUPER, message_id=12, user_id=BOB))
    old = ledger.add_answer(record(chat_id=GROUP, message_id=12))

    for _ in range(2):
        ledger.migrate_chat(GROUP, SUPER)

    seen = NOW + MINUTE if is_seen_first else NOW
    assert ledger.chat(SUPER) == ChatRecord(SUPER, "supergroup", "News", "ru", None, seen)
    assert ledger.chat(GROUP) is None
    # Message 12 of the supergroup is another one than message 12 of the group was.
    assert ledger.answer_by_message(SUPER, 12) == new
    assert ledger.answer_to(SUPER, 11) == new
    assert ledger.answer(old.id).chat_id == SUPER
    assert [a.id for a in ledger.last_answers(SUPER, None, 5, NOW)] == [new.id, old.id]


def test_migrate_chat_keeps_what_the_supergroup_has_set(ledger):
    ledger.see_chat(GROUP, "group", "Old", NOW)
    ledger.set_language(GROUP, "ru")
    ledger.see_chat(SUPER, "supergroup", "New", NOW)
    ledger.set_language(SUPER, "es")
    ledger.suspend(SUPER, "kicked", NOW)

    ledger.migrate_chat(GROUP, SUPER)

    assert ledger.chat(SUPER) == ChatRecord(SUPER, "supergroup", "New", "es", "kicked", NOW)
