"""Files into the store, again and again: what is new, what is a version, what is another article."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.errors import SourceError
from retrieval.ingest import (
    Conflict,
    IngestReport,
    Listed,
    LocationReport,
    Pipeline,
    Progress,
    ingest,
)
from retrieval.ingest import running as running_module
from retrieval.ingest.deciding import other_id
from retrieval.ingest.seen import Seen
from retrieval.sources.files import FileLocation, SkippedFile
from retrieval.store import Change, Store
from retrieval.types import Article, Location, Passage, Sentence, Span, content_id

RAIN = "The harbour bridge closed on Monday after heavy rain, and the mayor asked for patience."
RAIN_EDITED = RAIN.replace("Monday", "Tuesday")
CATS = "Two cats were rescued from the roof of the old customs house by neighbours with a ladder."
CATS_EDITED = CATS + " Both are well."
BRIDGE = "大橋週一因豪雨關閉，市長呼籲市民耐心等候通知。"


# --- a small reader ---------------------------------------------------------------


def read(location, on_bytes):
    """``.jsonl``: a record a line. Else: an article a line, keyed by content."""
    with Path(location.path).open("rb") as file:
        for number, line in enumerate(file, 1):
            on_bytes(len(line))
            text = line.decode().rstrip("\n")
            place = Location(location.name, number, number)
            if text == "BREAK":
                raise SourceError(f"{location.name}:{number}", "file is torn")
            if text == "BAD":
                yield SourceError(f"{location.name}:{number}", "no record")
            elif location.path.endswith(".jsonl"):
                record = json.loads(text)
                article_id = record.pop("id", None) or content_id(record["text"])
                yield Article(id=article_id, location=place, **record)
            else:
                yield Article(id=content_id(text), text=text, location=place)


def locations(paths, on_skipped):
    for path in paths:
        if path.endswith(".pdf"):
            on_skipped(SkippedFile(path, "no text"))
        elif Path(path).exists():
            yield FileLocation(path, Path(path).stat().st_size)
        else:
            yield SourceError(path, "no such file")


def segment(article):
    span = Span(0, len(article.text))
    return [Passage(span, (Sentence(span, 1),))]


def derive(article):
    return replace(article, lang=article.lang or "en")


PIPELINE = Pipeline(locations, read, derive, segment)


class Desk:
    """Files in a folder, and a store that takes them in."""

    def __init__(self, folder):
        self.folder = folder
        self.store = Store.open(folder / "store.db")

    def path(self, name):
        return str(self.folder / name)

    def write(self, name, *lines):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        path.write_text("".join(f"{text}\n" for text in texts))
        return self.path(name)

    def ingest(self, *names, **options):
        options = {"pipeline": PIPELINE, **options}
        return ingest(self.store, [self.path(name) for name in names], **options)

    def outcome(self, *names, **options):
        """New, changed, same, deleted and conflicts."""
        report = self.ingest(*names, **options)
        return (report.new, report.changed, report.same, report.deleted, report.conflicts.count)

    def held(self):
        """Id, version and text of what is current."""
        return [(a.id, a.version, a.text) for a in self.store.iter_articles()]


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    yield desk
    assert desk.store.check() == []
    desk.store.close()


def rec(article_id, text, **more):
    return {"id": article_id, "text": text, **more}


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


# --- versions ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "after",
    [rec("1", RAIN_EDITED), rec("1", CATS), rec("1", RAIN, title="Bridge"), rec("1", RAIN + " ")],
)
def test_ingest_when_a_record_changed_in_its_file(desk, after):
    desk.write("a.jsonl", rec("1", RAIN))
    desk.ingest("a.jsonl")
    desk.write("a.jsonl", after)

    assert desk.outcome("a.jsonl") == (0, 1, 0, 0, 0)
    assert desk.held() == [("1", 2, after["text"])]
    assert desk.store.get_version("1", 1).text == RAIN
    assert desk.outcome("a.jsonl") == (0, 0, 1, 0, 0)


def test_ingest_when_a_record_changed_back_is_a_version(desk):
    for text, version in ((RAIN, 1), (RAIN_EDITED, 2), (RAIN, 3)):
        desk.write("a.jsonl", rec("1", text))
        desk.ingest("a.jsonl")
        assert desk.held() == [("1", version, text)]


def test_ingest_when_deleted_does_not_bring_it_back(desk):
    desk.write("a.jsonl", rec("1", RAIN, is_suspect=True))
    desk.ingest("a.jsonl")
    desk.store.delete("1")

    assert desk.outcome("a.jsonl") == (0, 0, 0, 1, 0)
    assert desk.ingest("a.jsonl").suspects == Listed()
    desk.write("a.jsonl", rec("1", RAIN_EDITED))
    assert desk.outcome("a.jsonl") == (0, 0, 0, 1, 0)
    assert desk.held() == []

    desk.store.restore("1")
    assert desk.outcome("a.jsonl") == (0, 1, 0, 0, 0)
    assert desk.held() == [("1", 2, RAIN_EDITED)]


def test_ingest_when_another_file_has_a_newer_and_an_older_edition(desk):
    desk.write("old.jsonl", rec("1", RAIN))
    desk.write("new.jsonl", rec("1", RAIN_EDITED))

    assert desk.outcome("old.jsonl") == (1, 0, 0, 0, 0)
    assert desk.outcome("new.jsonl") == (0, 1, 0, 0, 0)
    assert desk.outcome("old.jsonl", "new.jsonl") == (0, 0, 2, 0, 0)
    assert desk.held() == [("1", 2, RAIN_EDITED)]


@pytest.mark.parametrize("more", [{}, {"title": "Bridge"}])
def test_ingest_when_another_file_has_the_same_text(desk, more):
    desk.write("a.jsonl", rec("1", RAIN))
    desk.write("b.jsonl", rec("1", RAIN, **more))

    assert desk.outcome("a.jsonl", "b.jsonl") == (1, 0, 1, 0, 0)
    assert desk.outcome("a.jsonl", "b.jsonl") == (0, 0, 2, 0, 0)


# --- two articles with one id -----------------------------------------------------


@pytest.mark.parametrize("batch_size", [1, 500])
def test_ingest_when_two_dumps_count_from_one_keeps_both(desk, batch_size):
    desk.write("a.jsonl", rec("1", RAIN), rec("2", BRIDGE))
    b = desk.write("b.jsonl", rec("1", CATS), rec("2", BRIDGE))
    kept_as = other_id("1", "b.jsonl", 1)

    report = desk.ingest("a.jsonl", "b.jsonl", batch_size=batch_size)

    assert (report.new, report.same) == (3, 1)
    assert report.conflicts == Listed((Conflict("1", kept_as, b),), 1)
    assert desk.held() == [("1", 1, RAIN), ("2", 1, BRIDGE), (kept_as, 1, CATS)]
    assert desk.outcome("a.jsonl", "b.jsonl") == (0, 0, 4, 0, 1)
    assert desk.outcome("b.jsonl", "a.jsonl") == (0, 0, 4, 0, 1)

    desk.write("b.jsonl", rec("1", CATS_EDITED), rec("2", BRIDGE))
    assert desk.outcome("b.jsonl") == (0, 1, 1, 0, 1)
    desk.store.delete(kept_as)
    assert desk.outcome("b.jsonl") == (0, 0, 1, 1, 1)
    assert desk.held() == [("1", 1, RAIN), ("2", 1, BRIDGE)]


def test_ingest_when_files_of_one_name_in_two_folders_count_from_one(desk):
    for folder, text in (("x", RAIN), ("y", CATS), ("z", BRIDGE)):
        desk.write(f"{folder}/a.jsonl", rec("1", text))
    names = ("x/a.jsonl", "y/a.jsonl", "z/a.jsonl")

    assert desk.outcome(*names) == (3, 0, 0, 0, 2)
    assert desk.held() == [
        ("1", 1, RAIN),
        (other_id("1", "a.jsonl", 1), 1, CATS),
        (other_id("1", "a.jsonl", 2), 1, BRIDGE),
    ]
    assert desk.outcome(*names) == (0, 0, 3, 0, 2)


@pytest.mark.parametrize("batch_size", [1, 500])
def test_ingest_when_one_file_gives_an_id_twice_keeps_both(desk, batch_size):
    lines = rec("1", RAIN), rec("1", CATS), rec("1", RAIN_EDITED), rec("1", RAIN, title="x")
    desk.write("a.jsonl", *lines)
    second, third = (other_id("1", "a.jsonl", n) for n in (1, 2))

    assert desk.outcome("a.jsonl", batch_size=batch_size) == (3, 0, 1, 0, 2)
    assert desk.held() == [("1", 1, RAIN), (second, 1, CATS), (third, 1, RAIN_EDITED)]
    assert desk.outcome("a.jsonl") == (0, 0, 4, 0, 2)

    desk.write("a.jsonl", lines[0], rec("1", CATS_EDITED), *lines[2:])
    assert desk.outcome("a.jsonl") == (0, 1, 3, 0, 2)
    assert desk.store.get(second).text == CATS_EDITED


def test_ingest_when_standard_input_gives_other_articles_each_time(desk, tmp_path):
    def read_input(location, on_bytes):
        for article in read(FileLocation(desk.path("in.jsonl")), on_bytes):
            yield replace(article, location=replace(article.location, path=location.name))

    pipeline = Pipeline(lambda _p, _s: iter((FileLocation("-"),)), read_input, derive, segment)
    results = []
    for text in (RAIN, CATS, RAIN_EDITED):
        desk.write("in.jsonl", rec("1", text), {"text": text + "!"})
        report = ingest(desk.store, ["-"], pipeline=pipeline)
        results.append((report.new, report.changed, report.conflicts.count))

    assert results == [(2, 0, 0), (2, 0, 1), (1, 1, 0)]
    assert {a.location.path for a in desk.store.iter_articles()} == {"-"}


# --- ids made from the text -------------------------------------------------------


def test_ingest_when_a_text_was_edited_makes_a_version(desk):
    path = desk.write("a.txt", RAIN, BRIDGE)
    desk.write("b.txt", CATS)
    desk.ingest("a.txt", "b.txt")
    article_id = content_id(RAIN)

    desk.write("a.txt", RAIN_EDITED, BRIDGE)
    report = desk.ingest("a.txt", "b.txt")
    assert (report.new, report.changed, report.same) == (0, 1, 2)
    assert report.locations.first[0] == LocationReport(path, changed=1, same=1)
    assert desk.held() == [
        (article_id, 2, RAIN_EDITED),
        (content_id(BRIDGE), 1, BRIDGE),
        (content_id(CATS), 1, CATS),
    ]
    assert desk.outcome("a.txt") == (0, 0, 2, 0, 0)

    desk.write("a.txt", BRIDGE, RAIN_EDITED + " No date was given.")
    assert desk.outcome("a.txt") == (0, 1, 1, 0, 0)
    assert desk.store.get(article_id).version == 3
    assert desk.outcome("a.txt") == (0, 0, 2, 0, 0)

    desk.write("a.txt", RAIN, BRIDGE)  # changed back
    assert desk.outcome("a.txt") == (0, 1, 1, 0, 0)
    assert desk.store.get(article_id).text == RAIN
    assert desk.outcome("a.txt") == (0, 0, 2, 0, 0)

    desk.write("a.txt", RAIN_EDITED, BRIDGE)  # and to what was its second version
    assert desk.outcome("a.txt") == (0, 1, 1, 0, 0)
    assert desk.held()[0] == (article_id, 5, RAIN_EDITED)
    assert desk.outcome("a.txt") == (0, 0, 2, 0, 0)


def test_ingest_when_a_text_was_replaced_makes_another_article(desk):
    desk.write("a.txt", RAIN)
    desk.ingest("a.txt")
    desk.write("a.txt", CATS)

    assert desk.outcome("a.txt") == (1, 0, 0, 0, 0)
    assert desk.held() == [(content_id(RAIN), 1, RAIN), (content_id(CATS), 1, CATS)]


def test_ingest_when_a_text_was_wrapped_anew_makes_a_version(desk):
    desk.write("a.txt", RAIN)
    desk.write("b.txt", RAIN.replace(" ", "  "))
    desk.ingest("a.txt")

    assert desk.outcome("b.txt") == (0, 0, 1, 0, 0)  # another file has the same text
    desk.write("a.txt", RAIN.replace(" ", "  "))
    assert desk.outcome("a.txt") == (0, 1, 0, 0, 0)
    assert desk.outcome("a.txt", "b.txt") == (0, 0, 2, 0, 0)


def test_ingest_when_a_text_was_added_and_one_edited(desk):
    desk.write("a.txt", RAIN)
    desk.ingest("a.txt")
    desk.write("a.txt", CATS, RAIN_EDITED, CATS, RAIN_EDITED)

    assert desk.outcome("a.txt") == (1, 1, 2, 0, 0)
    assert desk.outcome("a.txt") == (0, 0, 4, 0, 0)
    assert desk.held() == [(content_id(RAIN), 2, RAIN_EDITED), (content_id(CATS), 1, CATS)]


def test_ingest_when_an_edited_text_stands_beside_the_first_keeps_both(desk):
    desk.write("a.txt", RAIN)
    desk.ingest("a.txt")
    desk.write("a.txt", RAIN, RAIN_EDITED)

    assert desk.outcome("a.txt") == (1, 0, 1, 0, 0)
    assert desk.outcome("a.txt") == (0, 0, 2, 0, 0)

    desk.write("b.txt", CATS)
    desk.ingest("b.txt")
    desk.write("b.txt", CATS_EDITED)
    desk.ingest("b.txt")
    desk.write("b.txt", CATS, CATS_EDITED)  # both editions: the first takes its article back
    assert desk.outcome("b.txt") == (1, 1, 0, 0, 0)
    assert desk.outcome("b.txt") == (0, 0, 2, 0, 0)


def test_ingest_when_two_files_have_one_text_is_one_article(desk):
    desk.write("a.txt", RAIN)
    desk.write("b.txt", RAIN, RAIN)

    assert desk.outcome("a.txt", "b.txt") == (1, 0, 2, 0, 0)
    desk.write("a.txt", RAIN_EDITED)
    assert desk.outcome("a.txt", "b.txt") == (0, 1, 2, 0, 0)
    assert desk.outcome("b.txt", "a.txt") == (0, 0, 3, 0, 0)
    assert desk.held() == [(content_id(RAIN), 2, RAIN_EDITED)]


def test_ingest_when_one_batch_holds_an_edited_text_and_its_copy(desk):
    desk.write("a.txt", RAIN)
    desk.ingest("a.txt")
    desk.write("a.txt", RAIN_EDITED)
    desk.write("b.txt", RAIN_EDITED)

    assert desk.outcome("a.txt", "b.txt") == (0, 1, 1, 0, 0)
    assert desk.held() == [(content_id(RAIN), 2, RAIN_EDITED)]


def test_ingest_when_a_deleted_text_was_edited_stays_deleted(desk):
    desk.write("a.txt", RAIN)
    desk.ingest("a.txt")
    desk.store.delete(content_id(RAIN))
    desk.write("a.txt", RAIN_EDITED, CATS)

    assert desk.outcome("a.txt") == (1, 0, 0, 1, 0)
    assert desk.outcome("a.txt") == (0, 0, 1, 1, 0)
    assert desk.held() == [(content_id(CATS), 1, CATS)]


def test_ingest_when_more_was_replaced_than_is_held(desk, monkeypatch):
    monkeypatch.setattr(running_module, "MOST_HELD", 2)
    news = [f"{RAIN} Report number {n} of {n}." for n in range(4)]
    desk.write("a.txt", *news)
    desk.ingest("a.txt")
    desk.write("a.txt", *(text + " End." for text in news))

    assert desk.outcome("a.txt") == (2, 2, 0, 0, 0)
    assert desk.outcome("a.txt") == (0, 0, 4, 0, 0)


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
    assert sizes == [2, 2, 0]


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


@pytest.mark.parametrize("step", ["read", "segment"])
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
        else replace(PIPELINE, derive=lambda article: derive(stop_at_eight(article)))
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
        return segment(article)

    report = desk.ingest("a.jsonl", pipeline=replace(PIPELINE, segment=faster))

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
