"""Letting articles go from a desk: the index follows, whatever happens in between."""

import json
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from retrieval.desk import Desk
from retrieval.engines import INDEX_FOLDER
from retrieval.engines.memory import CACHE
from retrieval.errors import NoSuchArticle
from retrieval.expiry import SETTLE_S, ExpiryReport, expire
from retrieval.store import Counts, Retention
from retrieval.types import Answer, Filters

NOW = datetime.now(UTC)  # what is ingested is stored now
DAYS = Retention(days=90)


def no_wait(_seconds: float) -> bool:
    return False


def nobody() -> set[tuple[str, int]]:
    return set()


def write(path: Path, *records: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def record(article_id: str, text: str, age: float | None = None) -> dict[str, object]:
    date = None if age is None else (NOW - timedelta(days=age)).isoformat()
    return {"id": article_id, "text": text, "published": date, "source": "BBC"}


OLD = record("ferry", "The island ferry sailed again on Monday.", 100)
NEW = record("light", "The lighthouse was lit again on Friday.", 10)


@pytest.fixture
def desk(tmp_path: Path):
    with Desk.open(tmp_path / "desk") as desk:
        desk.add([write(tmp_path / "feed.jsonl", OLD, NEW)])
        yield desk
        assert desk.store.check() == []


def test_what_expired_is_answered_from_no_more_and_stays_away(desk: Desk, tmp_path: Path) -> None:
    waits: list[float] = []

    report = expire(desk, DAYS, NOW, cited=nobody, wait=lambda seconds: bool(waits.append(seconds)))

    assert report == ExpiryReport(expired=1, texts=1)
    assert SETTLE_S in waits
    assert not desk.ask("When did the ferry sail?").contexts
    assert isinstance(desk.ask("When was the lighthouse lit?"), Answer)
    assert desk.add([tmp_path / "feed.jsonl"]).deleted == 1
    assert desk.add([write(tmp_path / "feed.jsonl", OLD | {"text": "Edited."})]).deleted == 1
    assert desk.store.counts() == Counts(1, 2, 1, 0, expired=1)
    assert expire(desk, DAYS, NOW, cited=nobody, wait=no_wait) == ExpiryReport()


def test_another_article_with_the_number_of_an_expired_one_is_taken(
    desk: Desk, tmp_path: Path
) -> None:
    expire(desk, DAYS, NOW, cited=nobody, wait=no_wait)

    other = write(tmp_path / "other.jsonl", record("ferry", "A quite different story.", 1))
    report = desk.add([other])

    assert (report.new, report.conflicts.count) == (1, 1)
    assert desk.add([other]).same == 1
    # The same reading elsewhere is the same article
    assert desk.add([write(tmp_path / "copy.jsonl", OLD)]).deleted == 1


def test_an_expired_text_without_an_id_stays_away_wherever_it_is(
    desk: Desk, tmp_path: Path
) -> None:
    unnamed = {key: value for key, value in OLD.items() if key != "id"} | {"text": "Rain fell."}
    desk.add([write(tmp_path / "a.jsonl", unnamed)])
    expire(desk, DAYS, NOW, cited=nobody, wait=no_wait)

    again = desk.add([write(tmp_path / "b.jsonl", unnamed | {"title": "Rain"})])

    assert (again.new, again.deleted) == (0, 1)
    # Its file is edited: what it is an edition of is gone
    edited = desk.add([write(tmp_path / "a.jsonl", unnamed | {"text": "Snow fell."})])
    assert edited.new == 1


def test_an_earlier_version_that_was_dropped_is_no_hindrance(desk: Desk, tmp_path: Path) -> None:
    for text in ("one two three four five", "one two three four six", "one two three four seven"):
        desk.add([write(tmp_path / "feed.jsonl", record("light", text, 10))])
    later = NOW + timedelta(days=70)  # nothing is older than 90 days; versions are, of 60
    desk.store.drop_texts(Retention(days=60), later, set(), no_wait)

    other = write(tmp_path / "copy.jsonl", record("light", "one two three four five", 10))

    assert desk.add([other]).changed == 1


def test_what_is_cited_still_resolves(desk: Desk) -> None:
    expire(desk, DAYS, NOW, cited=lambda: {("ferry", 1)}, wait=no_wait)
    assert desk.article("ferry", 1).text == OLD["text"]

    expire(desk, DAYS, NOW, cited=nobody, wait=no_wait)
    with pytest.raises(NoSuchArticle):
        desk.article("ferry", 1)


def test_who_cites_is_asked_after_the_articles_have_expired(desk: Desk) -> None:
    def cited() -> set[tuple[str, int]]:
        assert not desk.ask("ferry").contexts
        return {("ferry", 1)}

    assert expire(desk, DAYS, NOW, cited=cited, wait=no_wait).cited == 1


@pytest.mark.parametrize("stop_at", range(1, 6))
def test_stopped_at_any_pause_the_next_run_does_the_rest(desk: Desk, stop_at: int) -> None:
    waits: list[float] = []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return len(waits) == stop_at

    report = expire(desk, DAYS, NOW, cited=nobody, wait=wait)
    assert report.is_stopped == (len(waits) == stop_at)

    expire(desk, DAYS, NOW, cited=nobody, wait=no_wait)
    assert desk.store.counts().expired == 1
    with pytest.raises(NoSuchArticle):
        desk.article("ferry", 1)


def test_an_index_from_before_the_feed_was_trimmed_is_made_anew(desk: Desk, tmp_path: Path) -> None:
    old_index = (desk.folder / INDEX_FOLDER / CACHE).read_bytes()
    with Desk.open(desk.folder) as other:  # another process, that sleeps
        for text in ("It was lit by Chan.", "It was lit by Wong."):
            desk.add([write(tmp_path / "feed.jsonl", NEW | {"text": text})])
        later = NOW + timedelta(days=95)
        expire(desk, Retention(days=94), NOW, cited=nobody, wait=no_wait)
        desk.store.trim_changes(DAYS, later, desk.index.position, no_wait)
        assert desk.store.last_trimmed() > other.index.position > 0

        other.follow()
        assert other.index.count() == 1
        assert other.ask("Who lit it? Wong").contexts
        assert other.follow() == 0

    (desk.folder / INDEX_FOLDER / CACHE).write_bytes(old_index)
    with Desk.open(desk.folder) as again:
        assert again.index.count() == 1
        assert not again.ask("ferry").contexts


EXPIRE = """
import sys
from datetime import datetime
from retrieval.desk import Desk
from retrieval.expiry import expire
from retrieval.store import Retention
import retrieval.store.expiring
retrieval.store.expiring._TURN_S = 0.0
with Desk.open(sys.argv[1]) as desk:
    print("open", flush=True)
    now = datetime.fromisoformat(sys.argv[2])
    expire(desk, Retention(90, 150), now, cited=lambda: {(f"{n}", 1) for n in range(0, 400, 40)},
           wait=lambda _: print("turn", flush=True))
print("done", flush=True)
"""
ARTICLES = 400
KILLS = 8


def test_killed_at_any_moment_it_is_whole_and_repeating_completes_it(tmp_path: Path) -> None:
    records = [
        record(f"{n}", f"Story {n}. The harbour bridge closed on day {n} of the rain. " * 3, n)
        for n in range(ARTICLES)
    ]
    folder = tmp_path / "desk"
    with Desk.open(folder) as desk:
        desk.add([write(tmp_path / "a.jsonl", *records)])
    then = NOW + timedelta(days=40)  # the rows of the feed are younger than 90 days, and stay
    rng = random.Random(6)
    seen = set()
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", EXPIRE, str(folder), then.isoformat()],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        for _ in range(rng.randint(1, 12)):  # between two transactions, and a moment later
            process.stdout.readline()
        time.sleep(rng.uniform(0.0, 0.002))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        with Desk.open(folder) as desk:
            assert desk.store.check() == []
            assert desk.index.count() == desk.store.counts().passages
            seen.add(desk.store.counts().expired)

    done = subprocess.run(
        [sys.executable, "-c", EXPIRE, str(folder), then.isoformat()],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.endswith("done\n")
    assert any(0 < expired < 349 for expired in seen), seen
    with Desk.open(folder) as desk:
        assert desk.store.check() == []
        assert [a.id for a in desk.store.iter_articles()] == [f"{n}" for n in range(51)]
        for n in range(ARTICLES):
            if n < 51 or n % 40 == 0:
                assert desk.article(f"{n}", 1).text == records[n]["text"]
            else:
                with pytest.raises(NoSuchArticle):
                    desk.article(f"{n}", 1)
        hits = desk.index.search(["bridg", "harbour"], Filters(), 9999)
        desk.rebuild()
        assert desk.index.search(["bridg", "harbour"], Filters(), 9999) == hits
        assert len(hits) == desk.store.counts().passages
