"""Files into the store: what an ingest reports, in which steps it works, and what holds whatever it reads."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy_ingest import (
    BRIDGE,
    CATS,
    CATS_EDITED,
    PIPELINE,
    RAIN,
    RAIN_EDITED,
    Desk,
    prepare,
    read,
    rec,
)

from retrieval.ingest import (
    IngestReport,
    Listed,
    LocationReport,
    Progress,
    ingest,
)
from retrieval.ingest import running as running_module
from retrieval.ingest.seen import Seen
from retrieval.sources.files import FileLocation, SkippedFile
from retrieval.store import Change, Store
from retrieval.types import Article, Location

# --- once, and again --------------------------------------------------------------


def test_ingest_reports_everything(desk):
    path = desk.write("a.jsonl", rec("1", RAIN, is_suspect=True), "BAD", rec("橋", BRIDGE))
    missing, pdf = desk.path("no.txt"), desk.path("b.pdf")

    report = desk.ingest("a.jsonl", "no.txt", "b.pdf")

    errors = report.failed.first
    assert [(e.location, e.message) for e in errors] == [
        (f"{path}:2", "no record"),
        (missing, "no such file"),
    ]
    assert report == IngestReport(
        new=2,
        passages=2,
        failed=Listed(errors, 2),
        skipped=Listed((SkippedFile(pdf, "no text"),), 1),
        suspects=Listed(("1",), 1),
        locations=Listed((LocationReport(path, new=2, failed=1),), 1),
    )
    assert desk.store.get("1") == Article(
        id="1",
        text=RAIN,
        lang="en",
        is_suspect=True,
        location=Location(path, 1, 1),
        version=1,
    )


def test_ingest_again_changes_nothing(desk):
    path = desk.write("a.jsonl", rec("1", RAIN, is_suspect=True), rec("2", BRIDGE))
    text = desk.write("b.txt", CATS, BRIDGE + "完")
    desk.ingest("a.jsonl", "b.txt")
    before = desk.held(), desk.store.last_seq()

    report = desk.ingest("a.jsonl", "b.txt")

    assert report == IngestReport(
        same=4,
        suspects=Listed(("1",), 1),
        locations=Listed((LocationReport(path, same=2), LocationReport(text, same=2)), 2),
    )
    assert (desk.held(), desk.store.last_seq()) == before


def test_ingest_when_there_is_nothing(desk):
    assert desk.ingest() == IngestReport()
    desk.write("empty.txt")
    assert desk.outcome("empty.txt") == (0, 0, 0, 0, 0)


def test_ingest_when_a_file_breaks_off_keeps_what_came_before(desk):
    path = desk.write("a.jsonl", rec("1", RAIN), "BREAK", rec("2", CATS))
    desk.write("b.jsonl", rec("3", BRIDGE))

    report = desk.ingest("a.jsonl", "b.jsonl")

    assert [str(error) for error in report.failed.first] == [f"file is torn: '{path}:2'"]
    assert [article_id for article_id, _, _ in desk.held()] == ["1", "3"]


def test_ingest_makes_paths_absolute(desk, monkeypatch):
    desk.write("x/a.jsonl", rec("1", RAIN))
    desk.write("y/a.jsonl", rec("1", CATS))
    monkeypatch.chdir(desk.folder / "x")
    ingest(desk.store, ["a.jsonl"], pipeline=PIPELINE)
    monkeypatch.chdir(desk.folder / "y")

    report = ingest(desk.store, ["../y/a.jsonl"], pipeline=PIPELINE)

    assert report.locations.first[0].location == "../y/a.jsonl"  # as the user wrote it
    assert report.conflicts.count == 1  # another file, whatever its name
    assert {a.location.path for a in desk.store.iter_articles()} == {
        desk.path("x/a.jsonl"),
        desk.path("y/a.jsonl"),
    }


def test_ingest_when_the_reader_names_no_place_or_one_inside_the_file(desk):
    path = desk.write("a.zip")
    articles = [
        Article(id="1", text=RAIN),
        Article(id="2", text=CATS, location=Location(os.path.relpath(f"{path}/x.txt"))),
    ]
    pipeline = replace(PIPELINE, read=lambda _location, _on_bytes: iter(articles))

    assert desk.outcome("a.zip", pipeline=pipeline) == (2, 0, 0, 0, 0)
    assert [a.location for a in desk.store.iter_articles()] == [None, Location(f"{path}/x.txt")]
    assert desk.outcome("a.zip", pipeline=pipeline) == (0, 0, 2, 0, 0)


# --- batches, progress, interruption ----------------------------------------------


def count_batches(desk):
    sizes = []
    save = desk.store.save

    def counted(batch, **options):
        sizes.append(len(batch))
        return save(batch, **options)

    desk.store.save = counted
    return sizes


def test_ingest_saves_in_batches_across_files(desk):
    desk.write("a.jsonl", *(rec(f"a{n}", f"Storm {n}.") for n in range(5)))
    desk.write("b.jsonl", *(rec(f"b{n}", f"Storm {n}.") for n in range(2)))
    sizes = count_batches(desk)

    assert desk.outcome("a.jsonl", "b.jsonl", batch_size=3) == (7, 0, 0, 0, 0)
    assert sizes == [3, 3, 1]


def test_ingest_saves_long_articles_in_small_batches(desk, monkeypatch):
    monkeypatch.setattr(running_module, "_BATCH_CHARACTERS", 100)
    desk.write("a.jsonl", *(rec(f"{n}", "Storm. " * 10) for n in range(4)))
    sizes = count_batches(desk)

    desk.ingest("a.jsonl")
    assert sizes == [2, 2]


def test_ingest_tells_progress(desk):
    a = desk.write("a.jsonl", *(rec(f"{n}", f"Storm {n}.") for n in range(150)))
    b = desk.write("b.txt", RAIN)
    sizes = [Path(path).stat().st_size for path in (a, b)]
    told = []

    desk.ingest("a.jsonl", "no.txt", "b.txt", on_progress=told.append)

    assert [(p.location, p.articles) for p in told] == [(a, 100), (a, 150), (b, 151)]
    assert told[1:] == [
        Progress(a, sizes[0], sum(sizes), 150),
        Progress(b, sum(sizes), sum(sizes), 151),
    ]


def test_ingest_tells_progress_when_the_size_is_unknown(desk):
    path = desk.write("a.txt", RAIN)
    pipeline = replace(PIPELINE, locations=lambda _p, _s: iter((FileLocation(path),)))
    told = []

    desk.ingest(on_progress=told.append, pipeline=pipeline)
    assert told == [Progress(path, len(RAIN) + 1, None, 1)]


@pytest.mark.parametrize("step", ["read", "prepare"])
def test_ingest_when_interrupted_keeps_what_was_committed(desk, step):
    records = [rec(f"{n}", f"Storm number {n}.") for n in range(10)]
    path = desk.write("a.jsonl", *records)

    def stop_at_eight(article):
        if article.id == "8":
            raise KeyboardInterrupt
        return article

    def read_some(location, on_bytes):
        return map(stop_at_eight, read(location, on_bytes))

    pipeline = (
        replace(PIPELINE, read=read_some)
        if step == "read"
        else replace(PIPELINE, prepare=lambda article: prepare(stop_at_eight(article)))
    )
    report = desk.ingest("a.jsonl", batch_size=3, pipeline=pipeline)

    assert report == IngestReport(
        new=6,
        passages=6,
        locations=Listed((LocationReport(path, new=6),), 1),
        is_interrupted=True,
    )
    assert [article_id for article_id, _, _ in desk.held()] == list("012345")
    assert desk.outcome("a.jsonl") == (4, 0, 6, 0, 0)


def test_ingest_when_another_process_was_faster(desk):
    desk.write("a.jsonl", rec("1", RAIN, is_suspect=True))

    def faster(article):
        with Store.open(desk.store.path) as other:
            ingest(other, [desk.path("a.jsonl")], pipeline=PIPELINE)
        return prepare(article)

    report = desk.ingest("a.jsonl", pipeline=replace(PIPELINE, prepare=faster))

    assert (report.new, report.same, report.passages) == (0, 1, 0)
    assert desk.store.changes_since(0, 9) == [Change(1, "1", 1, "save", added=(1,))]


def test_ingest_lists_the_first_errors_and_counts_all(desk):
    desk.write("a.jsonl", *["BAD"] * 250)

    failed = desk.ingest("a.jsonl").failed
    assert (failed.count, len(failed.first)) == (250, 100)


def test_listed_cannot_count_less_than_it_lists():
    with pytest.raises(ValueError, match="lists more than it counts"):
        Listed(("a",), 0)


def test_seen_is_a_set():
    with Seen() as seen:
        for article_id in ("1", "1", "橋", "\ud800", ""):
            seen.add(article_id)
        assert [x in seen for x in ("1", "橋", "\ud800", "", "2")] == [True] * 4 + [False]
        seen.clear()
        assert "1" not in seen


# --- what holds whatever the files hold -------------------------------------------

LINES = st.tuples(
    st.sampled_from(["1", "2", None]),
    st.sampled_from([RAIN, RAIN_EDITED, RAIN + " Twice.", CATS, CATS_EDITED, BRIDGE, RAIN + "  "]),
    st.sampled_from([None, None, "Bridge"]),
)
CORPUS = st.fixed_dictionaries(
    {name: st.lists(LINES, max_size=4) for name in ("a.jsonl", "b.jsonl", "x/a.jsonl")}
)


@settings(max_examples=60, deadline=None)
@given(st.lists(CORPUS, min_size=1, max_size=3), st.sampled_from([1, 2, 500]))
def test_ingest_again_changes_nothing_whatever_the_history(tmp_path_factory, states, batch_size):
    desk = Desk(tmp_path_factory.mktemp("corpus"))
    try:
        for corpus in states:
            for name, lines in corpus.items():
                records = [{"id": i, "text": t, "title": title} for i, t, title in lines]
                desk.write(name, *records)
            desk.ingest(*corpus, batch_size=batch_size)
            before = desk.held(), desk.store.last_seq()

            report = desk.ingest(*corpus)

            assert (report.new, report.changed, report.deleted) == (0, 0, 0)
            assert report.same == sum(map(len, corpus.values()))
            assert (desk.held(), desk.store.last_seq()) == before
            assert desk.store.check() == []
            known = {
                " ".join(desk.store.get_version(article.id, version).text.split())
                for article in desk.store.iter_articles()
                for version in range(1, article.version + 1)
            }
            assert {" ".join(t.split()) for ls in corpus.values() for _, t, _ in ls} <= known
    finally:
        desk.store.close()
        shutil.rmtree(desk.folder)


# --- with the real steps ----------------------------------------------------------


def test_ingest_with_the_real_steps(desk):
    desk.write(
        "a.jsonl", rec("7", f"{RAIN} Reuters asked for a word by Shein (希音).", source="Post")
    )
    desk.write("b.txt", BRIDGE)

    report = desk.ingest("a.jsonl", "b.txt", langs=("en", "zh-Hant"), pipeline=None)

    assert (report.new, report.passages, report.failed.count) == (2, 2, 0)
    article = desk.store.get("7")
    assert (article.lang, article.source, article.agencies) == ("en", "Post", ("Reuters",))
    assert [(alias.name, alias.alias) for alias in article.aliases] == [("Shein", "希音")]
    assert desk.store.languages() == {"en": 1, "zh-Hant": 1}
    texts = [stored.passage.span.of(article.text) for stored in desk.store.article_passages("7")]
    assert texts == [article.text]
    assert desk.outcome("a.jsonl", "b.txt", pipeline=None) == (0, 0, 2, 0, 0)


def test_ingest_with_the_real_steps_keeps_a_language_that_was_said(desk):
    desk.write("a.jsonl", rec("7", RAIN, lang="cy"))

    desk.ingest("a.jsonl", pipeline=None)
    assert desk.store.get("7").lang == "cy"
