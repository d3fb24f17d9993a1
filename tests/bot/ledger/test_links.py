"""Saved links: short, unguessable, the same for the same body."""

import re
from dataclasses import replace

import pytest
from toy_records import ANN, BOB, DAY, NOW, REF

from bot.ledger import KEEP_QUESTIONS_DAYS, KEEP_QUOTES_DAYS, Ledger, Link, QuoteRef
from retrieval.store import Store

BODIES = [
    ("quote", REF.to_json() | {"answer": [31, 37]}),
    ("question", {"question": "燈塔何時重新點亮？ 🌉 متى", "filters": None}),
    ("question", {}),
    ("question", {"question": "half \ud83c", "n": [1, {"a": 0.5}]}),
]


@pytest.mark.parametrize(("kind", "body"), BODIES)
def test_link_comes_out_as_it_went_in(store, ledger, kind, body):
    token = ledger.save_link(kind, body, ANN, NOW)

    assert re.fullmatch(r"[A-Za-z0-9_-]{1,40}", token)
    assert ledger.link(token) == Link(kind, body)
    assert Ledger.open(store).link(token) == Link(kind, body)


def test_quote_in_a_link_comes_out_as_it_went_in(ledger):
    token = ledger.save_link("quote", REF.to_json(), 0, NOW)

    assert QuoteRef.from_json(ledger.link(token).body) == REF


def test_same_body_has_the_same_token_and_others_have_others(ledger):
    token = ledger.save_link("question", {"a": 1, "b": 2}, ANN, NOW)

    assert ledger.save_link("question", {"b": 2, "a": 1}, BOB, NOW + 30 * DAY) == token
    others = [
        ledger.save_link("quote", {"a": 1, "b": 2}, ANN, NOW),
        ledger.save_link("question", {"a": 1, "b": 3}, ANN, NOW),
    ]
    assert len({token, *others}) == 3
    # Its first owner's: goes with Ann, not with Bob.
    assert ledger.about_user(BOB).links == 0
    ledger.forget_user(ANN)
    assert ledger.link(token) is None


def test_token_is_another_in_another_ledger(tmp_path, ledger):
    with Store.open(tmp_path / "other.db") as other:
        token = Ledger.open(other).save_link("question", {}, ANN, NOW)

    assert token != ledger.save_link("question", {}, ANN, NOW)


@pytest.mark.parametrize("token", ["", "x", "a" * 5000, "'; --", "鏈", "\ud83c", "%", "A\x00"])
def test_token_that_stands_for_nothing(ledger, token):
    ledger.save_link("question", {}, ANN, NOW)

    assert ledger.link(token) is None


def test_link_saved_again_writes_at_most_once_a_day_and_stays_alive(store, ledger):
    def save(moment):
        ledger.save_link("question", {}, ANN, moment)
        return store.database.value("SELECT total_changes()")

    before = save(NOW)
    assert save(NOW + DAY / 2) == before
    assert save(NOW + DAY) == before + 1

    token = ledger.save_link("question", {}, ANN, NOW)
    ledger.prune(NOW + KEEP_QUESTIONS_DAYS * DAY)
    assert ledger.link(token) is not None


def test_a_quote_has_one_link_whichever_question_found_it(store, ledger):
    other = replace(REF, score=REF.score + 1, answer=(REF.start, REF.start + 1), also_in=(REF,))

    tokens = {ledger.save_link("quote", ref.link_body(), 0, NOW) for ref in (REF, other)}

    assert len(tokens) == 1
    found = QuoteRef.from_json(ledger.link(*tokens).body)
    assert (found.place, found.paragraph) == (REF.place, REF.paragraph)
    assert store.database.value("SELECT count(*) FROM bot_links") == 1


def test_many_links_are_one_transaction(store, ledger):
    bodies = [REF.link_body() | {"start": n} for n in range(50)] * 2
    commits = []
    store.database._connection().set_trace_callback(commits.append)  # noqa: SLF001

    ledger.save_links("quote", bodies, 0, NOW)
    ledger.save_links("quote", bodies, 0, NOW)  # saved today: nothing to write

    store.database._connection().set_trace_callback(None)  # noqa: SLF001
    assert commits.count("COMMIT") == 1
    links = [ledger.link(ledger.link_token("quote", body)) for body in bodies]
    assert links == [Link("quote", body) for body in bodies]


def test_prune_drops_old_questions_and_much_older_quotes(ledger):
    question = ledger.save_link("question", {}, ANN, NOW)
    quote = ledger.save_link("quote", {}, ANN, NOW)

    ledger.prune(NOW + KEEP_QUESTIONS_DAYS * DAY)
    assert ledger.link(question) is not None
    ledger.prune(NOW + (KEEP_QUESTIONS_DAYS + 1) * DAY)
    assert (ledger.link(question), ledger.link(quote)) == (None, Link("quote", {}))
    ledger.prune(NOW + KEEP_QUOTES_DAYS * DAY)
    assert ledger.link(quote) is not None
    ledger.prune(NOW + (KEEP_QUOTES_DAYS + 1) * DAY)
    assert ledger.link(quote) is None


def test_of_what_a_user_typed_the_last_is_kept(ledger):
    tokens = {ledger.save_typed("燈塔何時重新"[:n], ANN, NOW) for n in range(1, 7)}
    other = ledger.save_typed("燈塔", BOB, NOW)

    [token] = tokens
    assert ledger.link(token) == Link("question", {"text": "燈塔何時重新"})
    assert ledger.link(other) == Link("question", {"text": "燈塔"})
    assert ledger.about_user(ANN).links == 1
