"""``clipdesk ingest FOLDER --watch`` as a process: files written, asked for, deleted, Ctrl-C."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

CLIPDESK = [sys.executable, "-m", "bot.cli"]
ROOT = Path(__file__).parents[2]
PATIENCE_S = 30  # a machine that is shared may be slow; what is waited for comes within a second


class Watching:
    """The program on a folder, and what it prints."""

    def __init__(self, tmp_path: Path) -> None:
        self.folder = tmp_path / "articles"
        self.folder.mkdir()
        self.out = tmp_path / "out"
        self.err = tmp_path / "err"
        kept = {k: v for k, v in os.environ.items() if not k.startswith("CLIPDESK_")}
        self.environment = kept | {
            "CLIPDESK_DATA_DIR": str(tmp_path / "data"),
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> None:
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(
                [*CLIPDESK, "ingest", str(self.folder), "--watch", *options],
                stdout=out,
                stderr=err,
                env=self.environment,
            )

    def lines(self, count: int) -> list[str]:
        """The first *count* lines that it prints, when it has."""
        deadline = time.monotonic() + PATIENCE_S
        while len(lines := self.out.read_text().splitlines()) < count:
            assert time.monotonic() < deadline, (lines, self.err.read_text())
            time.sleep(0.05)
        return lines

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while "watching " not in self.err.read_text():
            assert time.monotonic() < deadline, self.err.read_text()
            time.sleep(0.05)

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=PATIENCE_S)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*CLIPDESK, *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            env=self.environment,
            check=False,
        )

    def answers(self, question: str) -> list[str]:
        done = self.run("ask", "--json", question)
        shown = json.loads(done.stdout)
        return [quote["text"] for quote in shown["quotes"]] if shown["answered"] else []


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Watching]:
    watching = Watching(tmp_path)
    yield watching
    if watching.process is not None and watching.process.poll() is None:
        watching.process.kill()
        watching.process.wait()


BRIDGE = "The old bridge reopened on Friday, said Mayor Jo Field."
FERRY = "The island ferry sails at noon, said Captain Ada Brandt."


def test_watch_keeps_a_folder_in_step(watching: Watching) -> None:
    (watching.folder / "a.txt").write_text(BRIDGE)
    watching.start("--delete")
    watching.wait_until_ready()

    (watching.folder / "sub").mkdir()
    (watching.folder / "sub" / "b.txt").write_text(FERRY)
    assert watching.lines(2) == ["1 new, 0 changed, 0 same, 0 failed"] * 2
    assert watching.answers("When does the island ferry sail?") == [FERRY]

    (watching.folder / "sub" / "b.txt").write_text(FERRY.replace("noon", "midnight"))
    assert watching.lines(3)[2] == "0 new, 1 changed, 0 same, 0 failed"
    assert watching.answers("When does the island ferry sail?") == [
        FERRY.replace("noon", "midnight")
    ]

    (watching.folder / "sub").rename(watching.folder / "moved")
    time.sleep(0.5)  # nothing is printed: the move is what the next line must show
    moved = watching.folder / "moved" / "b.txt"
    moved.unlink()
    assert watching.lines(4)[3] == f"{moved} is gone: 1 deleted"
    assert watching.answers("When does the island ferry sail?") == []

    moved.write_text(FERRY.replace("noon", "midnight"))
    deadline = time.monotonic() + PATIENCE_S
    while not watching.answers("When does the island ferry sail?"):
        assert time.monotonic() < deadline

    assert watching.stop() == 0
    assert watching.lines(5)[-1] == "in all: 2 new, 1 changed, 0 failed, 1 deleted"


def test_watch_without_delete_keeps_the_articles(watching: Watching) -> None:
    watching.start()
    watching.wait_until_ready()
    path = watching.folder / "a.txt"
    path.write_text(BRIDGE)
    watching.lines(1)
    path.unlink()

    assert watching.lines(2)[1] == f"{path} is gone: 1 stay (--delete would delete them)"
    assert watching.answers("When did the bridge reopen?") == [BRIDGE]
    assert watching.stop() == 0


def test_watch_tells_in_json(watching: Watching) -> None:
    (watching.folder / "a.txt").write_text(BRIDGE)
    watching.start("--json", "--delete")
    watching.lines(1)
    (watching.folder / "a.txt").unlink()
    lines = watching.lines(2)
    assert watching.stop() == 0

    first, gone, total = map(json.loads, [*lines, watching.lines(3)[2]])
    assert (first["new"], gone["gone"]) == (1, str(watching.folder / "a.txt"))
    assert len(gone["deleted_ids"]) == 1
    assert total == {"total": {"new": 1, "changed": 0, "failed": 0, "deleted": 1}}


def test_watch_ends_in_words_when_the_folder_is_gone(watching: Watching) -> None:
    (watching.folder / "a.txt").write_text(BRIDGE)
    watching.start("--delete")
    watching.wait_until_ready()
    shutil.rmtree(watching.folder)

    assert watching.process is not None
    assert watching.process.wait(timeout=PATIENCE_S) == 1
    assert "Error: folder is gone, or was never there; check the path" in watching.err.read_text()
    assert watching.answers("When did the bridge reopen?") == [BRIDGE]


def test_watch_beside_another_process_that_ingests(watching: Watching, tmp_path: Path) -> None:
    watching.start()
    watching.wait_until_ready()
    (tmp_path / "other.txt").write_text(FERRY)
    assert watching.run("ingest", str(tmp_path / "other.txt")).returncode == 0
    (watching.folder / "a.txt").write_text(BRIDGE)
    watching.lines(1)

    assert watching.answers("When does the island ferry sail?") == [FERRY]
    assert watching.answers("When did the bridge reopen?") == [BRIDGE]
    assert watching.stop() == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-", "--watch"], "--watch keeps one folder of files in step, not '-'"),
        (["--watch"], "--watch keeps one folder of files in step, not nothing"),
        (["https://x.example/", "--watch"], "not 'https://x.example/'"),
        ([".", ".", "--watch"], "not '.', '.'"),
        ([".", "--delete"], "--delete goes with --watch, and --watch with one folder"),
        (["--demo", "--watch"], "--delete goes with --watch, and --watch with one folder"),
    ],
)
def test_watch_refuses_what_cannot_be_watched(
    watching: Watching, arguments: list[str], message: str
) -> None:
    done = watching.run("ingest", *arguments)

    assert done.returncode == 1
    assert message in done.stderr
    assert done.stdout == ""
