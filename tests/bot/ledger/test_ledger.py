"""The ledger as a whole: opening, forgetting people, upkeep, and how it looks things up."""

import re
import sqlite3

import pytest
from toy_records import ANN, BOB, DAY, GROUP, HOUR, MINUTE, NOW, REF, SECOND, record, save

from bot.ledger import KEEP_ANSWERS_DAYS, Forgotten, KeptRating, Ledger, LedgerCounts, Rating
from bot.ledger.schema import MIGRATIONS
from retrieval.errors import StoreError
from retrieval.store import Store
from retrieval.types import Filters

NOTHING = Forgotten(0, 0, 0, 0, 0)
UPDATES = {ANN: 10, BOB: 20}  # the first of three


def test_open_when_the_store_had_no_ledger_keeps_its_articles(tmp_path):
    path = tmp_path / "store.db"
    with Store.open(path) as store:
        save(store, "a1", "Rain fell.")

    with Store.open(path) as store:
        Ledger.open(store).set_value("greeting", "你好")
        again = Ledger.open(store)
        assert (store.get("a1").text, again.value("greeting")) == ("Rain fell.", "你好")
        assert store.check() == []


def test_open_when_the_ledger_is_newer_refuses(store, ledger):
    with store.transaction():
        store.database.write("UPDATE components SET version = version + 1")

    with pytest.raises(StoreError, match=rf"version {len(MIGRATIONS) + 1}, .*update the program"):
        Ledger.open(store)


def test_work_of_bot_and_store_is_one_transaction(store, ledger):
    with pytest.raises(KeyboardInterrupt), store.transaction():  # noqa: PT012  # what is undone
        save(store, "a1", "Rain fell.")
        store.move_cursor("alerts", 1)
        ledger.set_value("outbox", "1")
        raise KeyboardInterrupt
    assert (store.cursor("alerts"), ledger.value("outbox"), store.find("a1")) == (0, None, None)

    with store.transaction():
        save(store, "a1", "Rain fell.")
        store.move_cursor("alerts", 1)
        ledger.set_value("outbox", "1")
    assert (store.cursor("alerts"), ledger.value("outbox")) == (1, "1")


def test_values_are_kept_by_name(ledger):
    assert ledger.value("digest") is None
    ledger.set_value("digest", "")
    assert ledger.value("digest") == ""
    ledger.set_value("digest", "half \ud83c")
    assert ledger.value("digest") == "half \ud83c"
    assert ledger.value("other") is None


# --- people -----------------------------------------------------------------------


@pytest.fixture
def lives(store, ledger):
    """Ann and Bob, in their private chats and in a group."""
    ids = {}
    for user_id in (ANN, BOB):
        ledger.see_chat(user_id, "private", None, NOW)
        ledger.set_language(user_id, "ru")
        ids[user_id] = [
            ledger.add_answer(record(chat_id=chat_id, user_id=user_id, text=f"by {user_id}")).id
            for chat_id in (user_id, GROUP)
        ]
        ledger.save_link("question", {"by": user_id}, user_id, NOW)
        first = UPDATES[user_id]
        ledger.keep([(first + n, user_id, f"by {user_id}") for n in range(3)], NOW)
        ledger.done(first, NOW)
        ledger.fail(first + 1, f"by {user_id}", NOW)
    ledger.see_chat(GROUP, "group", "News", NOW)
    ledger.rate(ids[ANN][1], ANN, 1, NOW)
    ledger.rate(ids[ANN][1], BOB, -1, NOW)
    ledger.rate(ids[BOB][1], BOB, 1, NOW)
    return ids


def test_forget_user_takes_all_of_one_and_nothing_of_another(store, ledger, lives):
    told = ledger.about_user(ANN)
    assert told == Forgotten(questions=2, ratings=2, links=1, settings=1, waiting=2)
    assert ledger.about_user(ANN) == told

    assert ledger.forget_user(ANN) == told

    assert ledger.about_user(ANN) == ledger.forget_user(ANN) == NOTHING
    assert ledger.about_user(BOB) == Forgotten(2, 1, 1, 1, 2)
    assert (ledger.chat(ANN), ledger.chat(GROUP).title) == (None, "News")
    assert [ledger.answer(answer_id) for answer_id in lives[ANN]] == [None, None]
    assert all(ledger.answer(answer_id) for answer_id in lives[BOB])
    assert ledger.undone() == [(22, f"by {BOB}")]
    assert str(BOB) in everything(store)
    assert str(ANN) not in everything(store)


def everything(store):
    """All that the bot's tables hold."""
    tables = store.database.rows(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'bot!_%' ESCAPE '!'"
    )
    assert len(tables) == 6
    rows = [store.database.rows(f"SELECT * FROM {name}") for (name,) in tables]  # noqa: S608
    return str(rows)


def test_forgotten_updates_delivered_again_are_not_new(ledger, lives):
    ledger.forget_user(ANN)
    ledger.done(12, NOW)  # of the very update that asked for it

    assert ledger.keep([(n, ANN, "{}") for n in (10, 11, 12)], NOW + HOUR) == []


def test_ratings_of_a_pruned_question_are_forgotten_with_its_asker(ledger, lives):
    ledger.prune(NOW + (KEEP_ANSWERS_DAYS + 1) * DAY)
    assert len(list(ledger.iter_ratings())) == 3

    assert ledger.forget_user(ANN).ratings == 2
    assert [rating.user_id for rating in ledger.iter_ratings()] == [BOB]


def test_user_of_whom_nothing_is_kept(ledger):
    assert ledger.about_user(5) == ledger.forget_user(5) == NOTHING


# --- upkeep -----------------------------------------------------------------------


def test_prune_drops_old_answers_and_no_others(ledger):
    old = ledger.add_answer(record(asked_at=NOW - KEEP_ANSWERS_DAYS * DAY - SECOND))
    kept = ledger.add_answer(record(asked_at=NOW - KEEP_ANSWERS_DAYS * DAY))

    ledger.prune(NOW)

    assert (ledger.answer(old.id), ledger.answer(kept.id)) == (None, kept)


def test_counts(ledger):
    assert ledger.counts(NOW) == LedgerCounts(0, 0, 0, None, 0, 0, 0)

    for chat_id in (1, 2, 3):
        ledger.see_chat(chat_id, "private", None, NOW)
    ledger.suspend(3, "blocked", NOW)
    answers = [ledger.add_answer(record(answered=n != 0)) for n in range(4)]
    ledger.add_answer(record(asked_at=NOW - DAY - SECOND, answered=False))
    ledger.rate(answers[0].id, ANN, -1, NOW)
    ledger.keep([(n, ANN, "{}") for n in range(4)], NOW)
    ledger.done(0, NOW)
    ledger.fail(1, "bug", NOW)

    assert ledger.counts(NOW) == LedgerCounts(
        chats_active=2,
        chats_suspended=1,
        questions=4,
        answered_share=0.75,
        ratings=1,
        inbox_waiting=2,
        inbox_failed=1,
    )


# --- look-ups ---------------------------------------------------------------------

# Every public method with arguments, but for those that read all there is.
CALLS = {
    "about_user": (ANN,),
    "add_answer": (record(),),
    "add_quotes": (1, [REF, REF]),
    "answer": (1,),
    "answer_by_message": (ANN, 12),
    "answer_to": (ANN, 11),
    "chat": (ANN,),
    "cited_articles": (),
    "done": (1, NOW),
    "fail": (2, "bug", NOW),
    "fail_all": ([2], "bug", NOW),
    "failures": (),
    "forget_thread": (ANN, None, NOW),
    "forget_user": (BOB,),
    "has_seen": (ANN, "private", None, NOW),
    "iter_ratings": (),
    "keep": ([(1, ANN, "{}")], NOW),
    "keep_rating": (KeptRating(NOW, Rating(ANN, 1, "Who?", Filters(), answered=True, quotes=())),),
    "last_answers": (ANN, 3, 5, NOW),
    "link": ("token",),
    "link_token": ("quote", {}),
    "mark_sent": (1, 12),
    "migrate_chat": (GROUP, GROUP - 1),
    "prune": (NOW,),
    "rate": (1, ANN, 1, NOW),
    "ratings": (1,),
    "ratings_in": (ANN,),
    "replace_answer": (record(id=1),),
    "resume": (ANN,),
    "save_link": ("quote", {}, ANN, NOW),
    "save_links": ("quote", [{}], ANN, NOW),
    "save_typed": ("half a question", ANN, NOW),
    "see_chat": (ANN, "private", None, NOW + 2 * HOUR),
    "set_language": (ANN, "en"),
    "set_value": ("digest", "1"),
    "suspend": (ANN, "blocked", NOW),
    "undone": (),
    "value": ("digest",),
}
SCANS = {
    "failures": "SCAN bot_inbox USING INDEX bot_inbox_failed",  # the index holds no others
    "undone": "SCAN bot_inbox USING INDEX bot_inbox_waiting",
}


def test_every_public_method_is_listed():
    public = {name for name in dir(Ledger) if not name.startswith("_")}
    assert public - {"open", "counts"} == set(CALLS)


@pytest.mark.parametrize("name", sorted(CALLS))
def test_method_looks_up_by_index(store, ledger, name):
    ledger.see_chat(ANN, "private", None, NOW)
    ledger.add_answer(record())
    ledger.rate(1, ANN, 1, NOW)
    ledger.keep([(2, ANN, "{}")], NOW)
    connection = store.database._connection()  # noqa: SLF001  # traces what the ledger runs
    statements = []
    connection.set_trace_callback(statements.append)

    result = getattr(ledger, name)(*CALLS[name])
    if name.startswith("iter_"):
        list(result)

    connection.set_trace_callback(None)
    looked_at = [s for s in statements if re.match(r"\s*(SELECT|UPDATE|DELETE|INSERT)", s)]
    assert looked_at
    for statement in looked_at:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
        scans = [s for s in plan if s.startswith("SCAN") and s != "SCAN CONSTANT ROW"]
        assert scans == ([SCANS[name]] if name in SCANS else []), (statement, plan)
        assert not any("TEMP B-TREE" in step for step in plan), (statement, plan)


@pytest.mark.parametrize("name", sorted(CALLS))
def test_method_when_the_store_is_closed(tmp_path, name):
    store = Store.open(tmp_path / "store.db")
    ledger = Ledger.open(store)
    store.close()

    with pytest.raises(StoreError, match="store is closed"):
        for _ in getattr(ledger, name)(*CALLS[name]) or ():
            pass


def test_naive_moment_is_refused(ledger):
    with pytest.raises(TypeError, match="offset-naive"):
        ledger.add_answer(record(asked_at=NOW.replace(tzinfo=None)))


def test_bug_passes_through_as_what_it_is(ledger):
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        ledger.save_link("other", {}, ANN, NOW + MINUTE)


def test_alerts_go_with_their_private_chat_and_are_no_questions(ledger):
    own = ledger.add_answer(record(user_id=0))
    other = ledger.add_answer(record(user_id=0, chat_id=GROUP))
    assert ledger.counts(NOW).questions == 0
    assert ledger.about_user(ANN) == NOTHING

    ledger.forget_user(ANN)

    assert ledger.answer(own.id) is None
    assert ledger.answer(other.id) == other
