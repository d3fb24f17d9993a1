"""The library's face: open, add, ask, close; and the index that follows the store."""

import json
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import retrieval
from retrieval.desk import Desk
from retrieval.engines import INDEX_FOLDER
from retrieval.engines.memory import CACHE
from retrieval.errors import NoSuchArticle, StoreError
from retrieval.follower import fingerprint, follow
from retrieval.index.memory import MemoryIndex
from retrieval.types import Answer, Filters, NoAnswer

PARAGRAPHS = [
    "The island ferry sailed again on Monday after 11 weeks in the yard.",
    "Captain Ada Brandt said that a new engine cost 2.4 million euros.",
    "Passengers brought flowers to the quay.",
    "The next ferry leaves at noon.",
]
FERRY = {
    "id": "ferry",
    "title": "Ferry returns",
    "text": "\n\n".join(PARAGRAPHS),
    "source": "Harbour Courier",
    "url": "https://courier.example/ferry",
    "published": "2024-03-04",
    "lang": "en",
}
LIGHT = {
    "id": "light",
    "text": "北角燈塔於星期五重新點亮。修復工程由陳美玲主持。",
    "lang": "zh-Hant",
}
FARO = {"id": "faro", "text": "El faro de la isla volvió a encenderse el viernes.", "lang": "es"}


def test_more_quotes_are_taken_from_later_passages_when_more_are_wanted(tmp_path: Path) -> None:
    reports = [
        {
            "id": f"r{n}",
            "lang": "en",
            "text": f"The island ferry carried {n + 100} passengers in week {n} of the season.",
        }
        for n in range(30)
    ]
    with Desk.open(tmp_path / "desk") as desk:
        desk.add([write(tmp_path, *reports)])

        few = desk.ask("How many passengers did the island ferry carry?", k=30, quotes=3)
        many = desk.ask("How many passengers did the island ferry carry?", k=30, quotes=25)
        none = desk.ask("How many passengers did the ski lift in Davos carry?", k=30, quotes=25)

    assert isinstance(few, Answer)
    assert isinstance(many, Answer)
    assert isinstance(none, NoAnswer)
    assert many.quotes[:3] == few.quotes
    assert many.confidence == few.confidence
    assert 20 < len(many.quotes) <= 25
    assert len({q.article.id for q in many.quotes}) == len(many.quotes)
    assert len(none.nearest) > 10


def write(folder: Path, *articles: dict[str, Any]) -> Path:
    path = folder / "articles.jsonl"
    path.write_text("".join(json.dumps(article) + "\n" for article in articles))
    return path


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    return write(tmp_path, FERRY, LIGHT, FARO)


@pytest.fixture
def folder(tmp_path: Path, articles: Path) -> Path:
    """The folder of a closed desk that holds the articles."""
    with Desk.open(tmp_path / "desk") as desk:
        report = desk.add([articles])
    assert (report.new, report.failed.count) == (3, 0)
    return tmp_path / "desk"


def test_the_package_offers_its_face_lazily() -> None:
    assert retrieval.Desk is Desk
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = retrieval.Nothing


def test_ask_gives_a_quote_from_the_article(folder: Path) -> None:
    with Desk.open(folder) as desk:
        reply = desk.ask("How much did the new engine cost?")

        assert isinstance(reply, Answer)
        assert reply.quotes[0].text == PARAGRAPHS[1]
        assert desk.article("ferry") == reply.quotes[0].article
        assert desk.article("ferry", 1) == reply.quotes[0].article
        with pytest.raises(NoSuchArticle):
            desk.article("none")


@pytest.mark.parametrize(
    ("question", "filters", "reason"),
    [
        ("", Filters(), "no_terms"),
        ("?!… 🚢", Filters(), "no_terms"),
        ("zygote quorum", Filters(), "no_match"),
        ("new engine cost", Filters(after=datetime(2025, 1, 1, tzinfo=UTC)), "filters"),
        ("zygote", Filters(langs=("en",)), "no_match"),
    ],
)
def test_no_answer_says_why(folder: Path, question: str, filters: Filters, reason: str) -> None:
    with Desk.open(folder) as desk:
        assert desk.ask(question, filters=filters) == NoAnswer(question, reason)


def test_an_empty_desk_says_so(tmp_path: Path) -> None:
    with Desk.open(tmp_path / "new") as desk:
        assert desk.ask("anything?") == NoAnswer("anything?", "empty_corpus")
        assert desk.sources() == []


def test_a_desk_that_must_exist_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        Desk.open(tmp_path / "none", must_exist=True)
    assert not (tmp_path / "none").exists()


def test_k_bounds_the_passages_and_reaches_past_those_read_for_quotes(tmp_path: Path) -> None:
    many = [{"id": f"f{n}", "text": f"Ferry number {n} sailed."} for n in range(30)]
    with Desk.open(tmp_path / "desk") as desk:
        desk.add([write(tmp_path, *many)])

        for k in (1, 10, 25):
            contexts = desk.ask("Which ferry sailed?", k=k).contexts
            assert [c.hit.rank for c in contexts] == list(range(1, k + 1))


def test_a_question_is_analysed_in_its_own_language(folder: Path) -> None:
    with Desk.open(folder) as desk:
        for question, article_id in (
            ("¿Cuándo se encendió de nuevo el faro?", "faro"),
            ("灯塔何时重新点亮？", "light"),
            ("When did the ferry sail?", "ferry"),
        ):
            assert desk.ask(question).contexts[0].article.id == article_id
        assert desk.ask("faro", lang="es").contexts[0].article.id == "faro"


def test_around_gives_the_paragraph_and_its_neighbours(folder: Path) -> None:
    with Desk.open(folder) as desk:
        reply = desk.ask("How much did the new engine cost?")
        assert isinstance(reply, Answer)
        quote = reply.quotes[0]

        def texts(neighbours: int) -> list[str]:
            return [span.of(quote.article.text) for span in desk.around(quote, neighbours)]

        assert texts(0) == PARAGRAPHS[1:2]
        assert texts(1) == PARAGRAPHS[:3]
        assert texts(9) == PARAGRAPHS


def test_changes_and_deletions_reach_the_index(folder: Path, tmp_path: Path) -> None:
    changed = FERRY | {"text": "The ferry was scrapped."}
    with Desk.open(folder) as desk:
        assert desk.add([write(tmp_path, changed)]).changed == 1
        assert not desk.ask("engine euros Brandt").contexts
        assert desk.ask("Was the ferry scrapped?").contexts
        assert desk.article("ferry", 1).text == FERRY["text"]

        desk.store.delete("ferry")
        desk.follow()
        assert not desk.ask("Was the ferry scrapped?").contexts


def test_reopening_analyses_nothing_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("analysed again")

    monkeypatch.setattr("retrieval.follower.terms", refuse)
    with Desk.open(folder) as desk:
        assert desk.index.count() == 3


@pytest.mark.parametrize("damage", ["missing", "cut", "other analyzer", "ahead"])
def test_an_index_that_does_not_fit_is_made_anew(folder: Path, damage: str) -> None:
    path = folder / INDEX_FOLDER / CACHE
    with Desk.open(folder) as desk:
        if damage == "missing":
            path.unlink()
        elif damage == "cut":
            path.write_bytes(path.read_bytes()[:100])
        elif damage == "other analyzer":
            desk.index.save(path, "made by another analyzer")
        else:  # the store was put back from an older copy
            desk.index.position = 99
            desk.index.save(path, fingerprint(desk.store))
    steps: list[tuple[int, int]] = []

    with Desk.open(folder, on_follow=lambda done, of: steps.append((done, of))) as desk:
        assert desk.index.count() == 3
        assert steps == [(3, 3)]
        assert isinstance(desk.ask("How much did the new engine cost?"), Answer)


def test_an_index_file_that_cannot_be_written_costs_no_answer(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / INDEX_FOLDER / CACHE).unlink()
    (folder / INDEX_FOLDER / CACHE).mkdir()

    with Desk.open(folder) as desk:
        assert isinstance(desk.ask("How much did the new engine cost?"), Answer)
    assert "index cache not saved" in caplog.text


def test_rebuild_gives_the_same_index(folder: Path) -> None:
    with Desk.open(folder) as desk:
        before = desk.ask("When did the ferry sail?")

        assert desk.rebuild() == 3
        assert desk.ask("When did the ferry sail?") == before


def test_following_twice_changes_nothing(folder: Path) -> None:
    with Desk.open(folder) as desk:
        index = MemoryIndex()

        assert follow(desk.store, index) == 3
        assert follow(desk.store, index) == 0
        index.position = 0  # as after a crash between the update and the move
        assert follow(desk.store, index) == 3
        assert index.count() == 3


def test_an_address_that_is_none_costs_only_its_host(tmp_path: Path) -> None:
    with Desk.open(tmp_path / "desk") as desk:
        bad = {"id": "x", "text": "Ferry here.", "url": "http://[broken", "lang": "en"}
        assert desk.add([write(tmp_path, bad)]).new == 1
        assert desk.index.count() == 1


def test_a_passage_replaced_while_asking_is_left_out(folder: Path, tmp_path: Path) -> None:
    """Another process ingests; this desk's index has not followed yet."""
    with Desk.open(folder) as asking, Desk.open(folder) as other:
        other.add([write(tmp_path, FERRY | {"text": "Scrapped."})])

        assert not asking.ask("How much did the new engine cost?").contexts
        asking.follow()
        assert asking.ask("Was it scrapped?").contexts


def test_threads_ask_at_once(folder: Path) -> None:
    with Desk.open(folder) as desk:
        expected = desk.ask("How much did the new engine cost?")
        wrong: list[object] = []

        def ask() -> None:
            for _ in range(20):
                reply = desk.ask("How much did the new engine cost?")
                if reply != expected:
                    wrong.append(reply)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []


def test_a_failed_start_closes_the_store(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[bool] = []
    monkeypatch.setattr("retrieval.store.Store.close", lambda _: closed.append(True))

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("retrieval.engines.memory.follow", interrupt)
    with pytest.raises(KeyboardInterrupt):
        Desk.open(folder)
    assert closed == [True]


def test_the_example_in_the_docstring_runs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The five lines of `retrieval.desk`, on a folder of articles."""
    doc = sys.modules[Desk.__module__].__doc__
    assert doc is not None
    code = "\n".join(line[4:] for line in doc.splitlines() if line.startswith("    "))
    (folder / "articles").mkdir()
    (folder / "articles" / "a.txt").write_text("The bridge reopened on Friday.\n")
    monkeypatch.chdir(folder)

    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102  # our own documentation
    assert names["answer"].contexts[0].article.text == "The bridge reopened on Friday."


def test_a_desk_tells_that_it_is_behind_another_process(folder: Path, tmp_path: Path) -> None:
    with Desk.open(folder) as served:
        assert not served.is_behind()
        with Desk.open(folder) as other:
            other.add([write(tmp_path, FERRY | {"id": "new", "text": "The tram runs again."})])

        assert served.is_behind()
        served.follow()
        assert not served.is_behind()
        assert isinstance(served.ask("What runs again?"), Answer)
