"""What is made of an article before it is stored, here and in a process of its own."""

import io
import json
import logging
import os
import pickle
import signal
import sys

import pytest
from toy_ingest import BRIDGE, CATS, RAIN

from retrieval.ingest import ingest, preparing
from retrieval.ingest.preparing import Elsewhere, Preparing, prepare, work
from retrieval.spawning import spawn
from retrieval.store import Store
from retrieval.types import Alias, Article, Location

ARTICLES = [
    Article(id="1", text=f"{RAIN} The Harbour Board (HB) said so, Reuters reported.", title="Rain"),
    Article(id="2", text=BRIDGE, location=Location("/n/a.txt", 3, 4), extra={"desk": 1}),
    Article(id="3", text="A lone \ud800 surrogate fell.", lang="en", is_truncated=True),
    Article(id="4", text=CATS, agencies=("AFP",), aliases=(Alias("Cats", "C"),), author="A. Clerk"),
    Article(id="5", text="123."),
]


@pytest.fixture
def elsewhere():
    process = Elsewhere(["en", "zh-Hant"])
    yield process
    process.end()


def test_another_process_gives_what_this_one_gives(elsewhere):
    here = [prepare(article, ["en", "zh-Hant"]) for article in ARTICLES]

    for _ in range(2):
        elsewhere.begin(ARTICLES)
        assert elsewhere.collect() == here
    assert here[0].article.agencies == ("Reuters",)
    assert here[0].article.aliases == (Alias("Harbour Board", "HB"),)
    assert here[1].article.lang == "zh-Hant"
    assert [len(one.passages) for one in here] == [1, 1, 1, 1, 0]
    assert here[4].sketch == ()


def test_the_process_works_until_no_batch_is_left():
    batches, replies = io.BytesIO(), io.BytesIO()
    for texts in (["Rain fell."], [], ["Storm.", "Sun."]):
        pickle.dump([(text, None, None, False, (), []) for text in texts], batches)
    batches.seek(0)

    work(["en"], batches, replies)
    replies.seek(0)
    assert [[facts[0] for facts in pickle.load(replies)] for _ in range(3)] == [  # noqa: S301
        ["en"],
        [],
        ["en", "en"],
    ]
    assert replies.read() == b""


def test_a_process_is_started_when_it_is_worth_it(monkeypatch):
    monkeypatch.setattr(preparing, "WORTH_IT", 8)
    started = []

    def start():
        started.append(Elsewhere(["en"]))
        return started[-1]

    with Preparing(prepare, start) as steps:
        for is_elsewhere in (False, True, True):
            assert steps.collect() == []
            steps.begin(ARTICLES)
            assert steps.is_elsewhere is is_elsewhere
            assert [one.article.id for one in steps.collect()] == list("12345")
        steps.begin([])
    assert len(started) == 1


def test_without_a_process_all_is_prepared_here(monkeypatch):
    monkeypatch.setattr(preparing, "WORTH_IT", 0)
    with Preparing(prepare, None) as steps:
        steps.begin(ARTICLES)
        assert not steps.is_elsewhere
        assert len(steps.collect()) == 5


@pytest.mark.parametrize("moment", ["before", "meanwhile"])
def test_a_process_that_dies_costs_no_article(monkeypatch, caplog, moment):
    processes = []
    monkeypatch.setattr(
        preparing, "spawn", lambda *given: processes.append(spawn(*given)) or processes[-1]
    )
    monkeypatch.setattr(preparing, "WORTH_IT", 0)
    with Preparing(prepare, lambda: Elsewhere(["en"])) as steps:
        steps.begin(ARTICLES)
        pid = processes[0].popen.pid
        if moment == "before":
            steps.collect()
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        if moment == "before":
            steps.begin(ARTICLES * 300)  # more than a pipe holds
        assert [one.article.id for one in steps.collect()][:5] == list("12345")
        steps.begin(ARTICLES)
        assert not steps.is_elsewhere
        assert len(steps.collect()) == 5
    assert caplog.text.count("prepared in one process from here on") == 1


def test_no_process_can_be_started(monkeypatch, caplog, tmp_path):
    monkeypatch.setattr(preparing, "WORTH_IT", 0)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with Preparing(prepare, lambda: Elsewhere(["en"])) as steps:
        steps.begin(ARTICLES)
        assert len(steps.collect()) == 5
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_the_process_ends_without_a_word_when_a_batch_breaks_off():
    whole = pickle.dumps([("Rain fell.", None, "en", False, (), [])])
    replies = io.BytesIO()

    work(["en"], io.BytesIO(whole[:-3]), replies)
    assert replies.getvalue() == b""


def test_an_id_that_comes_again_is_decided_on_what_is_stored(tmp_path, monkeypatch):
    """Batches wait in two places: to be full, and to be prepared."""
    monkeypatch.setattr(preparing, "WORTH_IT", 0)
    names = [str(number % 25) for number in range(100)]
    lines = [json.dumps({"id": name, "text": f"Storm number {name}."}) for name in names]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    with Store.open(tmp_path / "store.db") as store:
        report = ingest(store, [str(tmp_path / "a.jsonl")], batch_size=10)

        assert (report.new, report.changed, report.same) == (25, 0, 75)
        assert store.counts().versions == 25


def test_an_ingest_stores_the_same_either_way(tmp_path, monkeypatch):
    for number in range(70):
        text = [RAIN, CATS, BRIDGE][number % 3] + f" ({number})"
        (tmp_path / f"{number}.txt").write_text(text)
    held = []
    for most in (10**9, 0):
        monkeypatch.setattr(preparing, "WORTH_IT", most)
        with Store.open(tmp_path / f"{most}.db") as store:
            report = ingest(store, [str(tmp_path)], batch_size=20)
            assert (report.new, report.passages) == (70, 70)
            ids = [article.id for article in store.iter_articles()]
            held.append(
                [(store.get(i), store.article_passages(i), store.copies_of([i])) for i in ids]
            )
            assert store.check() == []
    assert held[0] == held[1]
