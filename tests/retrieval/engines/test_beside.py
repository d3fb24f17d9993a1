"""A process that indexes while this one takes articles in: to its end, and when either dies."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval import desk as desk_module
from retrieval.desk import STORE_FILE, Desk
from retrieval.engines import auto, beside, open_index
from retrieval.engines.beside import Beside, run
from retrieval.engines.disk import DiskKept
from retrieval.index.lock import FileLock
from retrieval.ingest import Progress
from retrieval.segment import segment
from retrieval.store import Store
from retrieval.types import Answer, Article

WAIT_S = 30.0


def save(store: Store, first: int, count: int) -> None:
    articles = [
        Article(id=f"a{n}", text=f"The island ferry {n} sailed on Monday.", lang="en")
        for n in range(first, first + count)
    ]
    store.save([(one, segment(one)) for one in articles])


def write(path: Path, count: int) -> Path:
    with path.open("w") as file:
        for n in range(count):
            text = f"The island ferry {n} sailed on Monday."
            file.write(json.dumps({"id": f"a{n}", "text": text, "lang": "en"}) + "\n")
    return path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / STORE_FILE) as opened:
        save(opened, 0, 3)
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


def test_what_is_stored_is_indexed_by_the_process(store: Store, folder: Path) -> None:
    told: list[tuple[int, int]] = []
    with Beside(folder, store) as process:
        process.finish()
        assert process.pid is None
        process.begin()
        save(store, 3, 4)
        process.finish(lambda done, total: told.append((done, total)))
    assert told == [(7, 7)]
    kept = DiskKept(folder, store)
    assert (kept.index.count(), kept.index.position) == (7, store.last_seq())
    assert kept.follow() == 0


def test_left_early_it_ends(store: Store, folder: Path) -> None:
    with Beside(folder, store) as process:
        process.begin()
        pid = process.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert DiskKept(folder, store).follow() == 3


def test_a_process_that_died_is_told_and_leaves_the_work(
    store: Store, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Beside(folder, store) as process:
        process.begin()
        os.kill(process.pid, signal.SIGKILL)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        process.finish()
    assert "the process that indexes ended with status -9" in caplog.text
    assert DiskKept(folder, store).follow() == 3


def test_no_process_can_be_started(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    with Beside(folder, store) as process:
        process.begin()
        assert process.pid is None
        process.finish()
    assert "no process could be started" in caplog.text


@pytest.mark.parametrize("engine", ["disk", "auto"])
def test_a_large_ingest_is_indexed_meanwhile(
    tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(desk_module, "WORTH_IT", 500)
    monkeypatch.setattr(auto, "MOST_IN_MEMORY", 900)
    caplog.set_level(logging.INFO)
    finished: list[int | None] = []
    finish = Beside.finish

    def watched(process: Beside, *args: object) -> None:
        finish(process, *args)
        finished.append(process.pid)
        assert is_indexed(tmp_path / "desk/index", desk.store, 3000)

    monkeypatch.setattr(Beside, "finish", watched)

    with Desk.open(tmp_path / "desk", engine=engine) as desk:
        report = desk.add([write(tmp_path / "a.jsonl", 3000)])
        assert (report.new, desk.index.count(), desk.engine) == (3000, 3000, "disk")
        assert isinstance(desk.ask("When did the island ferry 2999 sail?"), Answer)
        desk.add([tmp_path / "a.jsonl"])  # nothing is new: no process
    assert finished[0]
    assert finished[1] is None
    assert caplog.text.count("the index is on disk now") == (engine == "auto")


def test_ctrl_c_leaves_what_was_stored_indexed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "WORTH_IT", 500)

    def on_progress(progress: Progress) -> None:
        if progress.articles == 2300:
            raise KeyboardInterrupt

    with Desk.open(tmp_path / "desk", engine="disk") as desk:
        report = desk.add([write(tmp_path / "a.jsonl", 3000)], on_progress=on_progress)
        assert (report.is_interrupted, report.new, desk.index.count()) == (True, 1500, 1500)
        assert not desk.is_behind()


KILLED = """
import sys
import time
from retrieval import desk
from retrieval.ingest import preparing
desk.WORTH_IT = preparing.WORTH_IT = 500
def tell(progress):
    if progress.articles == int(sys.argv[3]):
        print("now", flush=True)
        time.sleep(60)
with desk.Desk.open(sys.argv[1], engine="disk") as opened:
    opened.add([sys.argv[2]], on_progress=tell)
"""


@pytest.mark.parametrize("moment", ["1200", "2100", "2900"])
def test_an_ingest_that_is_killed_is_whole_and_completed(tmp_path: Path, moment: str) -> None:
    file = write(tmp_path / "a.jsonl", 3000)
    command = [sys.executable, "-c", KILLED, str(tmp_path / "desk"), str(file), moment]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"now\n"  # the processes that it started go on
        process.kill()
    assert process.returncode == -signal.SIGKILL

    with Desk.open(tmp_path / "desk", engine="disk") as desk:
        stored = desk.store.counts().passages
        assert 0 < stored < 3000
        assert stored % 500 == 0
        assert (desk.index.count(), desk.is_behind()) == (stored, False)
        assert desk.store.check() == []
        report = desk.add([file])
        assert (report.new, report.same) == (3000 - stored, stored)
        assert desk.index.count() == 3000


def test_engines_that_are_not_on_disk_need_none(tmp_path: Path, store: Store) -> None:
    assert not open_index(tmp_path, store, "memory").is_on_disk()
    assert not open_index(tmp_path, store, "auto").is_on_disk()


class Parent:
    """The ends of the pipes that a parent has; ``run`` has the others, in a thread."""

    def __init__(self, store: Store, folder: Path) -> None:
        hears, self.says = os.pipe()
        self.hears, tells = os.pipe()
        self.raised: list[BaseException] = []
        self.thread = threading.Thread(target=self._run, args=(store, folder, hears, tells))
        self.thread.start()

    def _run(self, store: Store, folder: Path, hears: int, tells: int) -> None:
        try:
            run(store.path, folder, hears, tells)
        except BaseException as e:  # noqa: BLE001  # the test looks at it
            self.raised.append(e)
        finally:
            os.close(hears)
            os.close(tells)

    def heard(self) -> bytes:
        self.thread.join(WAIT_S)
        assert not self.thread.is_alive()
        said = b""
        while part := os.read(self.hears, 100):
            said += part
        os.close(self.hears)
        return said


def is_indexed(folder: Path, store: Store, passages: int) -> bool:
    kept = DiskKept(folder, store)
    return kept.is_there and kept.index.count() == passages


def wait_for(folder: Path, store: Store, passages: int) -> None:
    deadline = time.monotonic() + WAIT_S
    while not is_indexed(folder, store, passages):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_rounds_are_made_when_they_are_worth_it_or_due(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "_ROUND_CHANGES", 3)
    parent = Parent(store, folder)
    wait_for(folder, store, 3)
    save(store, 3, 1)  # too few, but they do not wait for ever
    monkeypatch.setattr(beside, "_ROUND_S", 0.3)
    wait_for(folder, store, 4)
    save(store, 4, 2)
    os.write(parent.says, b"finish\n")
    assert parent.heard() in (b"2 2\n", b"1 1\n", b"")  # a round may have been due just before
    assert parent.raised == []
    assert is_indexed(folder, store, 6)
    os.close(parent.says)


@pytest.mark.parametrize("others_write", [False, True])
def test_a_parent_that_died_is_not_outlived(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch, others_write: bool
) -> None:
    monkeypatch.setattr(beside, "_ROUND_CHANGES", 1)
    lock = FileLock(folder / "disk" / "lock")
    if others_write:
        lock.take()
    parent = Parent(store, folder)
    time.sleep(0.5)
    os.close(parent.says)
    assert parent.heard() == b""
    assert [type(e) for e in parent.raised] == [SystemExit]
    lock.free()
