"""Files into the store, again and again: what is a version, and what is another article."""

from dataclasses import replace

import pytest
from toy_ingest import BRIDGE, CATS, CATS_EDITED, RAIN, RAIN_EDITED, prepare, read, rec

from retrieval.ingest import (
    Conflict,
    Listed,
    LocationReport,
    Pipeline,
    ingest,
)
from retrieval.ingest import running as running_module
from retrieval.ingest.deciding import other_id
from retrieval.sources.files import FileLocation
from retrieval.types import content_id

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

    pipeline = Pipeline(lambda _p, _s: iter((FileLocation("-"),)), read_input, prepare)
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
