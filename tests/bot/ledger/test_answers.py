"""Answers: what goes in comes out, and is found by button, reply, edit and thread."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from toy_records import ANN, BOB, DAY, GROUP, HOUR, NOW, REF, SECOND, TEXTS, quote, record, save

from bot.ledger import Ledger, QuoteRef
from retrieval.desk import Desk
from retrieval.store import Retention
from retrieval.types import Filters, Span

OTHER = QuoteRef("light", 1, 13, 29, 1, -0.5, None)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"text": "", "question": "", "quotes": ()},
        {"text": "燈塔？", "question": "燈塔何時重新點亮？", "completion": "燈塔何時重新點亮？"},
        {"text": "متى؟", "question": "متى أُعيد فتح الجسر؟", "thread_id": 7, "chat_id": GROUP},
        {"text": "🌉" * 3000, "question": "a\x00b\u2028c", "completion": "half \ud83c of a pair"},
        {"filters": Filters(), "widened": Filters()},
        {
            "filters": Filters(("a b", "報"), NOW, NOW + DAY, ("zh-Hant", "en")),
            "widened": Filters(before=datetime(1900, 1, 1, tzinfo=UTC)),
        },
        {"answered": False, "reason": "low_confidence", "confidence": 0.0, "lang": "zh-Hant"},
        {"message_id": 2**31, "chat_id": -(2**51), "user_id": 2**51, "quotes": (REF, OTHER)},
    ],
)
def test_answer_comes_out_as_it_went_in(ledger, changes):
    kept = ledger.add_answer(record(**changes))

    assert kept == record(**changes, id=kept.id)
    assert kept.id > 0
    assert ledger.answer(kept.id) == kept


def test_answer_ids_are_never_given_twice(ledger):
    first = ledger.add_answer(record())
    ledger.forget_user(ANN)

    assert ledger.add_answer(record()).id > first.id
    assert ledger.answer(first.id) is None


def test_answer_is_there_after_a_restart(store, ledger):
    kept = ledger.add_answer(record())
    ledger.mark_sent(kept.id, 12)

    assert Ledger.open(store).answer_by_message(ANN, 12) == replace(kept, message_id=12)


def test_answer_is_found_by_its_message_and_by_its_question(ledger):
    mine = ledger.add_answer(record())
    ledger.mark_sent(mine.id, 12)
    elsewhere = ledger.add_answer(record(chat_id=GROUP, message_id=12))
    mine = replace(mine, message_id=12)

    assert ledger.answer_by_message(ANN, 12) == mine
    assert ledger.answer_by_message(GROUP, 12) == elsewhere
    assert ledger.answer_by_message(ANN, 13) is None
    assert ledger.answer_to(ANN, 11) == mine
    assert ledger.answer_to(GROUP, 12) is None


def test_answer_to_no_message_is_none_and_to_one_asked_twice_is_the_last(ledger):
    ledger.add_answer(record(question_message_id=0))
    ledger.add_answer(record())
    last = ledger.add_answer(record())

    assert ledger.answer_to(ANN, 0) is None
    assert ledger.answer_to(ANN, 11) == last


def test_add_quotes_appends_and_a_button_pressed_twice_adds_nothing(ledger):
    kept = ledger.add_answer(record())

    ledger.add_quotes(kept.id, [OTHER])
    ledger.add_quotes(kept.id, [OTHER, replace(REF, score=0.0)])
    ledger.add_quotes(kept.id, [])
    ledger.add_quotes(kept.id + 1, [OTHER])

    assert ledger.answer(kept.id).quotes == (REF, OTHER)


def test_replace_answer_changes_the_content_and_not_the_place(ledger):
    kept = ledger.add_answer(record(chat_id=GROUP, thread_id=5, message_id=12))
    edited = replace(
        record(text="How much?", question="How much did it cost?", quotes=(OTHER,)),
        id=kept.id,
        completion="How much did it cost?",
        answered=False,
        reason="no_match",
        filters=Filters(),
        asked_at=NOW + SECOND,
        lang="ru",
        confidence=0.25,
    )

    ledger.replace_answer(edited)

    got = ledger.answer(kept.id)
    assert got == replace(edited, chat_id=GROUP, thread_id=5, message_id=12)
    ledger.replace_answer(replace(edited, message_id=99))
    assert ledger.answer(kept.id).message_id == 99


def ask(ledger, number, **changes):
    return ledger.add_answer(record(question=str(number), **changes))


def questions(answers):
    return [answer.question for answer in answers]


def test_last_answers_are_those_of_the_thread_oldest_first(ledger):
    place = {"chat_id": GROUP, "thread_id": 3}
    for number in range(5):
        ask(ledger, number, asked_at=NOW + number * SECOND, **place)
    ask(ledger, "none", chat_id=GROUP)
    ask(ledger, "general", chat_id=GROUP, thread_id=1)
    ask(ledger, "private")

    ask(ledger, "bob", user_id=BOB, asked_at=NOW + 5 * SECOND, **place)

    def last(thread_id, limit, since=NOW):
        return questions(ledger.last_answers(GROUP, thread_id, limit, since))

    assert last(3, 10) == ["0", "1", "2", "3", "4", "bob"]
    assert last(3, 2) == ["4", "bob"]
    assert last(3, 10, NOW + 3 * SECOND) == ["3", "4", "bob"]
    assert last(None, 10) == ["none"]
    assert last(1, 10) == ["general"]
    assert last(3, 10, NOW + HOUR) == []


def test_last_answers_of_one_second_keep_their_order(ledger):
    for number in range(3):
        ask(ledger, number)

    assert questions(ledger.last_answers(ANN, None, 2, NOW)) == ["1", "2"]


@pytest.mark.parametrize("thread_id", [None, 3])
def test_forget_thread_ends_that_thread_alone(ledger, thread_id):
    other = 3 if thread_id is None else None
    first = ask(ledger, 1, chat_id=GROUP, thread_id=thread_id, message_id=12)
    ask(ledger, "other thread", chat_id=GROUP, thread_id=other)
    ask(ledger, "bob", chat_id=GROUP, thread_id=thread_id, user_id=BOB)

    ledger.forget_thread(GROUP, thread_id, NOW)
    ask(ledger, 2, chat_id=GROUP, thread_id=thread_id)  # in the same second

    def last(thread):
        return questions(ledger.last_answers(GROUP, thread, 10, NOW - DAY))

    assert last(thread_id) == ["2"]
    assert last(other) == ["other thread"]
    assert ledger.answer_by_message(GROUP, 12) == first  # a reply, a button still find it


# --- quotes -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("article_id", "words", "answer"),
    [
        ("bridge", "The repairs cost 12 million crowns.", "12 million"),
        ("light", "修復工程由陳美玲主持，歷時三年。", "陳美玲"),
        ("ملف", "🌉 كلفت الإصلاحات 12 مليون كرونة.", None),
    ],
)
def test_quote_resolves_to_itself_without_its_features(store, article_id, words, answer):
    article = save(store, article_id, TEXTS[article_id], title="T", source="S", published=NOW)
    other = save(store, "other", "Rain fell on Tuesday.")
    given = quote(
        article,
        words,
        answer,
        features={"overlap": 1.0},
        also_in=(quote(other, "Rain fell", features={"overlap": 0.5}),),
    )
    plain = replace(given, features={}, also_in=(quote(other, "Rain fell"),))
    ref = QuoteRef.of(given)

    assert ref.resolve(store) == plain
    assert ref.resolve(store).text == words
    assert QuoteRef.from_json(ref.to_json()) == ref

    save(store, article_id, "Rewritten from the first word to the last one. " * 3)
    store.delete("other")
    assert ref.resolve(store) == plain
    assert replace(ref, version=3).resolve(store) is None
    assert replace(ref, article_id="nobody").resolve(store) is None


def test_quote_when_another_of_its_articles_is_gone_is_still_resolved(store):
    article = save(store, "bridge", TEXTS["bridge"])
    given = quote(article, "The harbour bridge")
    ref = replace(QuoteRef.of(given), also_in=(OTHER,))

    assert ref.resolve(store) == given


def test_quote_resolves_from_a_desk(tmp_path):
    with Desk.open(tmp_path) as desk:
        article = save(desk.store, "bridge", TEXTS["bridge"])
        ref = QuoteRef.of(quote(article, "reopened", "reopened"))
        save(desk.store, "bridge", "Something else.")

        found = ref.resolve(desk)
        assert (found.text, found.answer) == ("reopened", Span(19, 27))
        assert replace(ref, version=9).resolve(desk) is None


def test_cited_are_the_articles_of_answers_and_of_links_to_quotes(store, ledger):
    answer = ledger.add_answer(record(quotes=(REF, replace(REF, version=3, also_in=()))))
    ledger.add_answer(record(quotes=()))
    shared = replace(REF, article_id="ملف", also_in=(replace(OTHER, article_id="雨"),))
    ledger.save_link("quote", shared.to_json(), 0, NOW)
    ledger.save_link("question", {"text": "?"}, ANN, NOW)
    ledger.rate(answer.id, ANN, 1, NOW)
    from_answers = {(REF.article_id, REF.version), (REF.article_id, 3), ("light", 2)}
    from_links = {("ملف", REF.version), ("雨", OTHER.version)}

    assert ledger.cited_articles() == from_answers | from_links

    ledger.prune(NOW + 200 * DAY)  # a rating holds a copy
    assert ledger.cited_articles() == from_links


def test_a_quote_resolves_after_its_article_expired(store, ledger):
    article = save(store, "bridge", TEXTS["bridge"], published=NOW - 100 * DAY)
    lost = save(store, "light", TEXTS["light"], published=NOW - 100 * DAY)
    given, other = quote(article, "The harbour bridge"), quote(lost, "北角燈塔")
    ledger.add_answer(record(quotes=(QuoteRef.of(given),)))
    retention = Retention(days=90)

    store.expire(retention, NOW, lambda _: False)
    store.drop_texts(retention, NOW, ledger.cited_articles(), lambda _: False)

    assert QuoteRef.of(given).resolve(store) == given
    assert QuoteRef.of(other).resolve(store) is None


def test_alerts_are_no_turns_of_a_thread(ledger):
    ask(ledger, "question")
    ask(ledger, "alert", user_id=0, asked_at=NOW + SECOND)

    assert questions(ledger.last_answers(ANN, None, 5, NOW)) == ["question"]
