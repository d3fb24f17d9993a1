"""Which engine `auto` takes, and the move from memory to disk while questions are asked."""

import threading
from pathlib import Path

import pytest

from retrieval.desk import Desk
from retrieval.engines import auto, open_index
from retrieval.engines.memory import CACHE
from retrieval.types import Answer


def write(path: Path, first: int, count: int) -> Path:
    for number in range(first, first + count):
        path.joinpath(f"{number}.txt").write_text(f"The island ferry {number} sailed on Monday.\n")
    return path


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auto, "MOST_IN_MEMORY", 10)
    monkeypatch.setattr(auto, "_BACK_AT", 5)


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    (tmp_path / "articles").mkdir()
    return tmp_path / "articles"


def test_a_corpus_that_grows_moves_to_disk_and_back(tmp_path: Path, articles: Path) -> None:
    folder = tmp_path / "desk"
    with Desk.open(folder) as desk:
        desk.add([write(articles, 0, 9)])
        assert (desk.engine, desk.why_engine) == ("memory", "auto: up to 10 passages")
        assert (folder / "index" / CACHE).exists()

        desk.add([write(articles, 9, 3)])
        assert (desk.engine, desk.why_engine) == (
            "disk",
            "auto: more than 10 passages, or lately so",
        )
        assert not (folder / "index" / CACHE).exists()
        assert desk.index.count() == 12
        assert isinstance(desk.ask("When did the island ferry 11 sail?"), Answer)
        assert desk.rebuild() == 12
    with Desk.open(folder) as desk:
        assert desk.engine == "disk"
        for one in [*desk.store.iter_articles()][:5]:
            desk.store.delete(one.id)
        desk.follow()
    with Desk.open(folder) as desk:  # smaller, but not by much: it may grow again
        assert (desk.engine, desk.index.count()) == ("disk", 7)
        for one in [*desk.store.iter_articles()][:5]:
            desk.store.delete(one.id)
    with Desk.open(folder) as desk:
        assert (desk.engine, desk.index.count()) == ("memory", 2)
        assert desk.index_bytes() > 0


def test_a_corpus_of_middle_size_begins_in_memory(tmp_path: Path, articles: Path) -> None:
    with Desk.open(tmp_path / "desk", engine="memory") as desk:
        desk.add([write(articles, 0, 8)])
    with Desk.open(tmp_path / "desk") as desk:
        assert desk.engine == "memory"
        assert open_index(desk.folder, desk.store, "auto").problem == ""


def test_questions_are_answered_throughout_the_move(tmp_path: Path, articles: Path) -> None:
    with Desk.open(tmp_path / "desk") as served:
        served.add([write(articles, 0, 9)])
        is_over = threading.Event()
        engines: list[str] = []
        unanswered: list[object] = []

        def ask() -> None:
            while not is_over.is_set():
                reply = served.ask("When did the island ferry 3 sail?")
                engines.append(served.engine)
                if not isinstance(reply, Answer):
                    unanswered.append(reply)

        threads = [threading.Thread(target=ask) for _ in range(2)]
        for thread in threads:
            thread.start()
        with Desk.open(tmp_path / "desk") as other:  # another process ingests
            other.add([write(articles, 9, 20)])
            assert other.engine == "disk"
        while served.is_behind():
            served.follow()
        asked = len(engines)
        while len(engines) < asked + 4:
            pass
        is_over.set()
        for thread in threads:
            thread.join()

        assert unanswered == []
        assert (engines[0], engines[-1]) == ("memory", "disk")
        assert served.index.count() == 29
