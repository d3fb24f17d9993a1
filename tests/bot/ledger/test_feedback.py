"""Ratings: counted, taken back, and kept with a copy of what was rated."""

from dataclasses import replace

import pytest
from toy_records import ANN, BOB, DAY, GROUP, NOW, TEXTS, quote, record, save

from bot.ledger import KEEP_ANSWERS_DAYS, QuoteRef, RatedQuote, Rating
from retrieval.types import Filters


@pytest.fixture
def answer(store, ledger):
    bridge = save(store, "bridge", TEXTS["bridge"])
    light = save(store, "light", TEXTS["light"])
    quotes = (
        quote(bridge, "The harbour bridge reopened on Monday.", "Monday"),
        quote(light, "北角"),
    )
    return ledger.add_answer(record(quotes=tuple(map(QuoteRef.of, quotes)), chat_id=GROUP))


def test_rate_counts_turns_and_is_taken_back(ledger, answer):
    def rate(user_id, label):
        return ledger.rate(answer.id, user_id, label, NOW), ledger.ratings(answer.id)

    assert ledger.ratings(answer.id) == (0, 0)
    assert rate(ANN, 1) == (True, (1, 0))
    assert rate(BOB, 1) == (True, (2, 0))
    assert rate(ANN, -1) == (True, (1, 1))
    assert rate(ANN, -1) == (False, (1, 0))
    assert rate(ANN, -1) == (True, (1, 1))
    assert rate(BOB, 1) == (False, (0, 1))


def test_rate_when_the_answer_is_gone_keeps_nothing(ledger, answer):
    assert ledger.rate(answer.id + 1, ANN, 1, NOW) is False
    assert ledger.ratings(answer.id + 1) == (0, 0)
    assert list(ledger.iter_ratings()) == []


def test_rating_holds_a_copy_that_outlives_article_and_answer(store, ledger, answer):
    ledger.rate(answer.id, BOB, -1, NOW)
    expected = Rating(
        BOB,
        -1,
        answer.question,
        answer.filters,
        answered=True,
        quotes=(
            RatedQuote(answer.quotes[0], "The harbour bridge reopened on Monday."),
            RatedQuote(answer.quotes[1], "北角"),
        ),
    )
    assert list(ledger.iter_ratings()) == [expected]

    save(store, "bridge", "Rewritten.")
    ledger.prune(NOW + (KEEP_ANSWERS_DAYS + 1) * DAY)

    assert ledger.answer(answer.id) is None
    assert list(ledger.iter_ratings()) == [expected]


def test_rating_of_a_quote_whose_article_is_lost_has_no_text(ledger):
    ref = QuoteRef("nobody", 1, 0, 4, 1, 1.0, None)
    answer = ledger.add_answer(record(quotes=(ref,)))

    ledger.rate(answer.id, ANN, 1, NOW)

    [rating] = ledger.iter_ratings()
    assert rating.quotes == (RatedQuote(ref, None),)


@pytest.mark.parametrize("filters", [Filters(), Filters(sources=("courier",))])
@pytest.mark.parametrize("widened", [None, Filters(langs=("en",)), Filters(after=NOW)])
def test_rating_holds_the_filters_that_the_reply_kept_to(ledger, filters, widened):
    answer = ledger.add_answer(record(filters=filters, widened=widened, quotes=()))

    ledger.rate(answer.id, ANN, 1, NOW)

    assert next(ledger.iter_ratings()).filters == filters


def test_edited_question_is_rated_anew_and_the_old_rating_stays(ledger, answer):
    ledger.rate(answer.id, ANN, 1, NOW)
    ledger.replace_answer(replace(answer, question="How much did it cost?", quotes=()))

    assert ledger.ratings(answer.id) == (0, 0)
    assert ledger.rate(answer.id, ANN, 1, NOW) is True  # not taken back: another content
    assert ledger.ratings(answer.id) == (1, 0)
    assert [(r.question, len(r.quotes)) for r in ledger.iter_ratings()] == [
        ("When did the bridge reopen?", 2),
        ("How much did it cost?", 0),
    ]


def test_many_ratings_come_in_steps(ledger, answer, monkeypatch):
    monkeypatch.setattr("bot.ledger.feedback._STEP", 2)
    for user_id in range(1, 6):
        ledger.rate(answer.id, user_id, 1, NOW)

    assert [rating.user_id for rating in ledger.iter_ratings()] == [1, 2, 3, 4, 5]
