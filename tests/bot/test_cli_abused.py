"""The program in rough hands: closed streams, full disks, wrong encodings, hostile input."""

import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from retrieval.desk import Desk

Shell = Callable[..., subprocess.CompletedProcess[str]]

ROOT = Path(__file__).parents[2]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A shell line in which ``clipdesk`` is the program; its folder holds ``f.jsonl``."""
    article = {"id": "f1", "text": "The ferry sailed again on Monday.", "title": "\x1b[2JFerry"}
    (tmp_path / "f.jsonl").write_text(json.dumps(article) + "\n")
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CLIPDESK_")}
    program = f'clipdesk() {{ "{sys.executable}" -m bot.cli "$@"; }}\n'

    def run(line: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = kept | {"CLIPDESK_DATA_DIR": str(tmp_path / "data"), "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            ["bash", "-c", program + line],
            cwd=tmp_path, env=environment | variables, check=False,
            capture_output=True, encoding="utf-8", timeout=60,
        )  # fmt: skip

    return run


@pytest.fixture
def filled(shell: Shell, tmp_path: Path) -> Shell:
    with Desk.open(tmp_path / "data") as desk:
        desk.add([tmp_path / "f.jsonl"])
    return shell


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ("clipdesk ask 'When did the ferry sail?' <&-", 0, ""),
        ("clipdesk repl <&-", 0, ""),
        ("clipdesk ask 'When did the ferry sail?' >&-", 0, ""),
        ("clipdesk ingest - <&-", 1, "not read: is empty; add an article"),
        ("clipdesk --data-dir new ask ferry <&-", 1, "Error: nothing has been ingested yet"),
        ("clipdesk --data-dir new repl <&-", 1, "Error: nothing has been ingested yet"),
    ],
)
def test_a_closed_stream_is_an_empty_one(filled: Shell, line: str, code: int, told: str) -> None:
    done = filled(line)

    assert (done.returncode, done.stderr[: len(told)]) == (code, told)
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(
    "arguments", ["ask ferry", "ask --json ferry", "index status", "--help", "repl <<< ferry"]
)
def test_output_on_a_full_disk_is_one_line(filled: Shell, arguments: str) -> None:
    done = filled(f"clipdesk {arguments} >/dev/full")

    assert done.stderr == "Error: output cannot be written (No space left on device)\n"
    assert done.returncode == 1


@pytest.mark.parametrize("arguments", ["ask ferry", "index status", "--help"])
def test_a_pipe_that_is_closed_early_brings_no_traceback(filled: Shell, arguments: str) -> None:
    done = filled(f"clipdesk {arguments} | true")

    assert done.stderr == ""


def test_batch_survives_every_line(filled: Shell, tmp_path: Path) -> None:
    lines = [
        '{"id": "\\ud800", "question": "When did the \\ud800 ferry sail?"}',
        '{"id": {"a": [1]}, "question": ""}',
        '{"id": NaN, "question": "ferry"}',
        '{"id": 3, "question": "ferry", "x": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"id": 4, "question": "' + "why ferry " * 10_000 + '"}',
    ]
    with gzip.open(tmp_path / "q.jsonl.gz", "wt") as file:
        file.write("\n".join(lines))

    done = filled("clipdesk ask --batch q.jsonl.gz")

    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert [reply["id"] for reply in replies] == ["\ud800", {"a": [1]}, 4]
    assert done.stderr.splitlines() == [
        "clipdesk: not JSON: 'q.jsonl.gz:3'",
        "clipdesk: not JSON: 'q.jsonl.gz:4'",
    ]
    assert done.returncode == 2


def test_json_is_whole_in_an_old_encoding(filled: Shell) -> None:
    done = filled("clipdesk ask --json '渡輪 ferry'", PYTHONIOENCODING="latin-1")

    assert json.loads(done.stdout)["question"] == "渡輪 ferry"


def test_a_binary_batch_is_one_error(filled: Shell, tmp_path: Path) -> None:
    (tmp_path / "b.bin").write_bytes(bytes(range(256)) * 40)

    done = filled("clipdesk ask --batch b.bin")

    assert done.stderr.startswith("Error: is a binary file")
    assert (done.stderr.count("\n"), done.returncode) == (1, 1)


def test_an_empty_variable_is_not_set(filled: Shell, tmp_path: Path) -> None:
    done = filled("clipdesk doctor", CLIPDESK_DATA_DIR="", XDG_DATA_HOME=str(tmp_path / "xdg"))

    assert f"data folder {tmp_path / 'xdg' / 'clipdesk'}" in done.stdout


def test_doctor_tells_of_a_data_folder_that_is_a_file(shell: Shell, tmp_path: Path) -> None:
    done = shell("clipdesk doctor", CLIPDESK_DATA_DIR=str(tmp_path / "f.jsonl"))

    assert f"PROBLEM  data folder: {tmp_path / 'f.jsonl'} is a file" in done.stdout
    assert done.returncode == 1


def test_a_data_folder_among_the_articles_is_not_taken_in(shell: Shell) -> None:
    assert shell("clipdesk --data-dir . ingest .").stdout.startswith("1 new")

    done = shell("echo 'ferry?' > history; clipdesk --data-dir . ingest . --json")

    report = json.loads(done.stdout)
    assert (report["new"], report["same"], report["errors"]) == (0, 1, [])


def test_split_reads_packed_dumps_and_shows_no_controls(shell: Shell, tmp_path: Path) -> None:
    with gzip.open(tmp_path / "d.txt.gz", "wt") as file:
        file.write("The ferry \x1b[2J sailed on Monday.\n" * 2)

    shown = shell("clipdesk split d.txt.gz").stdout
    signs = shell("clipdesk split --explain --json d.txt.gz").stdout
    empty = shell("clipdesk split - </dev/null")

    assert "\x1b" not in shown
    assert "ferry ␛[2J sailed" in shown
    assert json.loads(signs)["line"] == 2
    assert empty.stderr == "Error: is empty; name a file with text: '-'\n"


def test_a_page_without_a_story_is_one_error(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "p.html").write_text("<div>" * 50_000 + "x" + "</div>" * 50_000)

    done = shell("clipdesk ingest p.html")

    assert (
        done.stderr == "not read: no story was found on the page; save its text instead: 'p.html'\n"
    )


def test_ctrl_c_says_so_in_one_line(filled: Shell) -> None:
    program = (
        "import bot.commands.asking as a, os, signal\n"
        "from bot.cli import main\n"
        f"a.open_desk = lambda settings: os.kill(os.getpid(), signal.{signal.SIGINT.name})\n"
        "main(['ask', 'ferry'])\n"
    )

    done = filled(f'"{sys.executable}" -c "{program}"')

    assert (done.returncode, done.stderr) == (130, "interrupted\n")


def test_an_unknown_figure_is_told(shell: Shell) -> None:
    done = shell("clipdesk eval --limit 1 --floor none=1")

    assert done.stderr.startswith("Error: demo has no figure 'none', only n, q1")
    assert done.returncode == 1


def test_delete_fails_if_one_of_the_ids_is_unknown(filled: Shell) -> None:
    done = filled("clipdesk delete f1 none")

    assert (done.returncode, done.stdout) == (1, "1 deleted\n")
    assert done.stderr == "clipdesk: no such article: 'none'\n"
    assert filled("clipdesk delete --restore f1").returncode == 0


def test_rebuild_fails_if_the_index_cannot_be_kept(filled: Shell, tmp_path: Path) -> None:
    (tmp_path / "data" / "index" / "memory.bin").unlink()
    (tmp_path / "data" / "index" / "memory.bin").mkdir()

    done = filled("clipdesk index rebuild")

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Error: cannot write the index file ")
    assert filled("clipdesk ask ferry").returncode == 0
