"""`clipdesk feedback export`: what is written, and that `clipdesk eval` reads it."""

import json
import logging
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from toy_records import ANN, BOB, NOW, TEXTS, quote, record, save

from bot.cli import main
from bot.demo import corpus_path, demo_path
from bot.ledger import Ledger, QuoteRef
from retrieval.desk import STORE_FILE, Desk
from retrieval.evaluation.questions import read_question_set
from retrieval.store import Store
from retrieval.types import Answer, Filters

ROOT = Path(__file__).parents[3]
FIRST = "The harbour bridge reopened on Monday."
SECOND = "The repairs cost 12 million crowns."
DAVE = 700_000_003


@pytest.fixture
def clipdesk(tmp_path):
    """The command line, within this process; `tmp_path / "data"` is its data folder."""

    def run(*arguments):
        data_dir = ["--data-dir", str(tmp_path / "data")]
        return CliRunner().invoke(main, [*data_dir, *map(str, arguments)])

    handlers, level = logging.root.handlers[:], logging.root.level
    yield run
    logging.root.handlers[:] = handlers  # those of the program write to a stream that is closed
    logging.root.setLevel(level)


def process(tmp_path, *arguments):
    """The same in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", "--data-dir", tmp_path / "data", *arguments],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
    )


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "data" / STORE_FILE) as store:
        yield store


@pytest.fixture
def rate(ledger, store):
    """Rates an answer of these quotes: (article, words, highlighted words)."""
    articles = {}

    def rate_it(user_id, label, *quotes, **changes):
        for article_id, _, _ in quotes:
            if article_id not in articles:
                articles[article_id] = save(store, article_id, TEXTS[article_id], title="標題 🌉")
        refs = [QuoteRef.of(quote(articles[a], words, answer)) for a, words, answer in quotes]
        fields = {"quotes": tuple(refs), "filters": Filters()} | changes
        answer = ledger.add_answer(record(user_id=user_id, **fields))
        assert ledger.rate(answer.id, user_id, label, NOW)
        return answer

    return rate_it


@pytest.fixture
def export(clipdesk, tmp_path):
    """The questions and the articles that are exported, by id."""

    def export_it():
        done = clipdesk("feedback", "export", tmp_path / "set", "--force")
        assert (done.exit_code, done.stderr) == (0, "")
        questions = (tmp_path / "set/questions.jsonl").read_bytes().decode().split("\n")
        articles = (tmp_path / "set/articles.jsonl").read_bytes().decode().split("\n")
        assert (questions.pop(), articles.pop()) == ("", "")
        return [json.loads(q) for q in questions], {
            article["id"]: article for article in map(json.loads, articles)
        }

    return export_it


def test_export_of_what_was_rated_is_a_set_that_eval_answers(tmp_path):
    demo = read_question_set(demo_path())
    with Desk.open(tmp_path / "data") as desk:
        desk.add([corpus_path() / "wire.jsonl", corpus_path() / "text"])
        ledger = Ledger.open(desk.store)
        liked = disliked = 0
        for number, gold in enumerate(demo.questions):
            reply = desk.ask(gold.question)
            if not isinstance(reply, Answer):
                continue
            refs = tuple(map(QuoteRef.of, reply.quotes))
            kept = ledger.add_answer(
                record(question=gold.question, filters=Filters(), quotes=refs, chat_id=number + 1)
            )
            label = 1 if number % 4 else -1
            ledger.rate(kept.id, ANN, label, NOW)
            liked += label == 1
            disliked += label == -1
    assert liked > 10
    assert disliked > 2

    told = process(tmp_path, "feedback", "export", tmp_path / "set", "--json")
    assert (told.returncode, told.stderr) == (0, "")
    facts = json.loads(told.stdout)
    assert (facts["gold"], facts["to_complete"]) == (liked, disliked)
    assert facts["ratings"] == liked + disliked

    scored = process(tmp_path, "eval", tmp_path / "set", "--json")
    assert (scored.returncode, scored.stderr) == (0, "")
    figures = json.loads(scored.stdout)
    assert figures["n"] == liked
    assert figures["verbatim"] == 100
    assert figures["q3"] >= 95, figures  # over fewer articles: nearly what was rated


def test_liked_answer_is_gold(rate, export):
    rate(ANN, 1, ("bridge", FIRST, "Monday"), ("bridge", SECOND, None))

    [question], articles = export()

    identity = question.pop("id")
    assert question == {
        "question": "When did the bridge reopen?",
        "answerable": True,
        "answers": ["Monday"],
        "article_ids": ["bridge"],
        "evidence": [FIRST],
        "rejected": [],
        "label": 1,
        "votes": {"up": 1, "down": 0},
    }
    assert identity.startswith("feedback-")
    assert articles == {"bridge": {"id": "bridge", "title": "標題 🌉", "text": TEXTS["bridge"]}}


def test_liked_answer_without_a_highlight_is_gold_as_a_whole(rate, export):
    rate(ANN, 1, ("ملف", "أُعيد فتح الجسر يوم الاثنين.", None), question="متى أُعيد فتح الجسر؟")

    [question], articles = export()

    assert question["answers"] == question["evidence"] == ["أُعيد فتح الجسر يوم الاثنين."]
    assert question["question"] == "متى أُعيد فتح الجسر؟"
    assert articles["ملف"]["text"] == TEXTS["ملف"]


def test_disliked_answer_waits_for_a_person_and_eval_leaves_it_out(
    rate, export, clipdesk, tmp_path
):
    rate(ANN, -1, ("bridge", FIRST, "Monday"), ("light", "北角燈塔於星期五重新點亮。", None))

    [question], articles = export()

    assert question["answerable"] is None
    assert question["rejected"] == [FIRST, "北角燈塔於星期五重新點亮。"]
    assert (question["answers"], question["evidence"], question["label"]) == ([], [], -1)
    assert set(articles) == {"bridge", "light"}
    assert read_question_set(tmp_path / "set").questions == ()
    scored = clipdesk("eval", tmp_path / "set", "--json")
    assert (scored.exit_code, json.loads(scored.stdout)["n"]) == (0, 0)


def test_ratings_of_one_question_are_merged_and_counted(rate, export):
    both = ("bridge", FIRST, "Monday"), ("bridge", SECOND, None)
    rate(ANN, 1, *both)
    rate(BOB, 1, both[0], question="  when did the BRIDGE reopen? ")
    rate(DAVE, -1, *both)
    rate(ANN, 1, ("light", "北角燈塔於星期五重新點亮。", "星期五"), question="燈塔何時重新點亮？")

    [bridge, light], _ = export()

    assert bridge["votes"] == {"up": 2, "down": 1}
    assert (bridge["evidence"], bridge["rejected"], bridge["label"]) == ([FIRST], [SECOND], 1)
    assert bridge["answerable"] is True
    assert (light["answers"], light["votes"]) == (["星期五"], {"up": 1, "down": 0})


def test_tie_is_nobodys_gold(rate, export):
    rate(ANN, 1, ("bridge", FIRST, "Monday"))
    rate(BOB, -1, ("bridge", FIRST, "Monday"))

    [question], _ = export()

    assert (question["answerable"], question["label"]) == (None, 0)
    assert question["rejected"] == [FIRST]


def test_one_voice_a_user_the_last_one(rate, export, ledger):
    answer = rate(ANN, -1, ("bridge", FIRST, "Monday"))
    ledger.replace_answer(replace(answer, text="edited"))
    ledger.rate(answer.id, ANN, 1, NOW)

    [question], _ = export()

    assert question["votes"] == {"up": 1, "down": 0}
    assert question["answerable"] is True


def test_two_right_quotes_are_both_gold_the_more_liked_first(rate, export):
    rate(ANN, 1, ("bridge", SECOND, "12 million"))
    rate(ANN, 1, ("bridge", FIRST, None))
    rate(BOB, 1, ("bridge", FIRST, None))

    [question], _ = export()

    assert question["evidence"] == [FIRST, SECOND]
    assert question["answers"] == [FIRST, "12 million"]


def test_other_articles_with_the_same_words_are_gold_too(rate, export, ledger, store):
    answer = rate(ANN, 1, ("bridge", FIRST, "Monday"))
    twin = QuoteRef.of(quote(save(store, "twin", TEXTS["bridge"]), FIRST))
    ledger.replace_answer(replace(answer, quotes=(replace(answer.quotes[0], also_in=(twin,)),)))
    ledger.rate(answer.id, BOB, 1, NOW)

    [question], articles = export()

    assert question["article_ids"] == ["bridge", "twin"]
    assert set(articles) == {"bridge", "twin"}


@pytest.mark.parametrize("label", [1, -1])
def test_refusal_is_never_gold(rate, export, label):
    near = ("bridge", FIRST, None)
    rate(ANN, label, near, answered=False, reason="low_confidence")

    [question], _ = export()

    assert question["answerable"] is (False if label > 0 else None)
    assert (question["evidence"], question["rejected"]) == ([], [])
    assert (question["refusals"], question["label"]) == (1, label)


def test_answer_under_filters_waits_for_a_person_with_what_is_known(rate, export):
    filters = Filters(("courier",), NOW, None, ("en",))
    rate(ANN, 1, ("bridge", FIRST, "Monday"), filters=filters)
    rate(ANN, 1, ("bridge", FIRST, "Monday"))

    [filtered, plain], _ = export()

    assert (filtered["answerable"], filtered["answers"]) == (None, ["Monday"])
    assert filtered["filters"] == {
        "sources": ["courier"],
        "after": "2026-03-04T12:30:15.250001Z",
        "langs": ["en"],
    }
    assert plain["answerable"] is True
    assert plain["id"] != filtered["id"]


def test_changed_article_is_exported_once_as_it_was_last_quoted(rate, export, ledger, store):
    old = rate(ANN, 1, ("bridge", FIRST, "Monday"))
    changed = save(store, "bridge", "The bridge reopened on Tuesday. " + SECOND)
    save(store, "bridge", "Nobody has quoted this one.")
    ref = QuoteRef.of(quote(changed, SECOND, "12 million"))
    answer = ledger.add_answer(record(question="How much?", quotes=(ref,), filters=Filters()))
    ledger.rate(answer.id, ANN, 1, NOW)
    ledger.rate(old.id, BOB, 1, NOW)  # late, of what was shown before the change

    [when, how_much], articles = export()

    assert articles["bridge"]["text"] == changed.text
    assert (how_much["answerable"], how_much["answers"]) == (True, ["12 million"])
    assert (when["answerable"], when["answers"]) == (None, ["Monday"])  # no longer in the article


def test_article_that_the_store_lost_leaves_its_question_to_a_person(export, ledger):
    lost = QuoteRef("nobody", 1, 0, 4, 1, 1.0, None)
    answer = ledger.add_answer(record(quotes=(lost,), filters=Filters()))
    ledger.rate(answer.id, ANN, 1, NOW)

    [question], articles = export()

    assert (question["answerable"], question["evidence"], articles) == (None, [], {})


@pytest.mark.parametrize("text", ["a\u2028b\u0085c\x0bd?", "half \ud83c?", "", "🌉 متى", '"\\'])
def test_any_question_stays_one_line_and_the_same(rate, export, tmp_path, text):
    rate(ANN, 1, ("bridge", FIRST, "Monday"), question=text)

    [question], _ = export()

    assert question["question"] == text
    assert [gold.question for gold in read_question_set(tmp_path / "set").questions] == [text]


def test_nothing_written_says_who_asked_or_rated(rate, export, tmp_path):
    rate(ANN, 1, ("bridge", FIRST, "Monday"), chat_id=700_000_009, message_id=700_000_008)
    rate(BOB, -1, ("bridge", FIRST, "Monday"))

    export()

    written = "".join(file.read_text() for file in (tmp_path / "set").iterdir())
    assert "Monday" in written
    assert "7000000" not in written


def test_no_feedback_is_said_in_one_line_and_writes_nothing(clipdesk, ledger, tmp_path):
    done = clipdesk("feedback", "export", tmp_path / "set")

    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        "no feedback yet, nothing written: it comes from the buttons under answers\n"
    )
    assert not (tmp_path / "set").exists()
    facts = json.loads(clipdesk("feedback", "export", tmp_path / "set", "--json").stdout)
    assert facts == {
        "gold": 0,
        "refused": 0,
        "to_complete": 0,
        "ratings": 0,
        "articles": 0,
        "folder": None,
    }


@pytest.mark.parametrize("name", ["articles.jsonl", "questions.jsonl"])
def test_what_is_there_is_not_overwritten_without_force(rate, clipdesk, tmp_path, name):
    rate(ANN, 1, ("bridge", FIRST, "Monday"))
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / name).write_text("mine\n")

    refused = clipdesk("feedback", "export", tmp_path / "set")
    assert refused.exit_code == 1
    assert f"{name}' exists; --force overwrites it" in refused.stderr
    assert [file.read_text() for file in (tmp_path / "set").iterdir()] == ["mine\n"]

    done = clipdesk("feedback", "export", tmp_path / "set", "--force")
    assert done.exit_code == 0
    assert done.stdout == (
        "1 questions with a gold answer, 0 rightly refused, 0 to complete by hand (answerable is null), 1 articles:"
        f" {tmp_path / 'set'}\n"
    )
    assert {file.name for file in (tmp_path / "set").iterdir()} == {
        "articles.jsonl",
        "questions.jsonl",
    }


def test_folder_that_cannot_be_made_is_said_in_one_line(rate, clipdesk, tmp_path):
    rate(ANN, 1, ("bridge", FIRST, "Monday"))
    (tmp_path / "file").touch()

    refused = clipdesk("feedback", "export", tmp_path / "file" / "set")

    assert refused.exit_code == 1
    assert "cannot be written (Not a directory)" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_no_store_is_said_in_one_line(clipdesk, tmp_path):
    refused = clipdesk("feedback", "export", tmp_path / "set")

    assert refused.exit_code == 1
    assert "store does not exist" in refused.stderr
