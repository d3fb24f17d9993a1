"""The chat as a process: fed by a pipe, and on a real pseudo-terminal."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

ROOT = Path(__file__).parent.parent.parent
TOY = [sys.executable, str(Path(__file__).parent / "toy_desk.py")]
ENV = {
    **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
    "PYTHONPATH": str(ROOT),
    "LC_ALL": "C.UTF-8",
}


def run_toy(typed: bytes, **options: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        TOY, input=typed, capture_output=True, env=ENV, timeout=30, check=False, **options
    )


def test_a_process_reads_questions_and_prints_answers() -> None:
    done = run_toy("bridge \udcff?\nharbour bridge?".encode("utf-8", "surrogateescape"))

    assert (done.returncode, done.stderr) == (0, b"")
    assert "› bridge �?" in done.stdout.decode()
    assert b"\x1b" not in done.stdout


def test_an_encoding_that_lacks_a_letter_does_not_stop_an_answer() -> None:
    done = subprocess.run(
        TOY,
        input=b"harbour bridge?\n",
        capture_output=True,
        env={**ENV, "PYTHONIOENCODING": "ascii"},
        timeout=30,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert b"[2] Northern Wire ? 5 Mar 2024 ? " in done.stdout


def test_a_closed_pipe_is_quiet() -> None:
    process = subprocess.Popen(
        TOY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENV
    )
    assert process.stdin
    assert process.stdout
    assert process.stderr
    process.stdin.write(b"harbour bridge?\n")
    process.stdin.flush()
    process.stdout.read(1)
    process.stdout.close()
    process.stdin.write(b"harbour bridge?\n" * 5)
    process.stdin.close()

    with process.stderr:
        assert process.stderr.read() == b""
    assert process.wait(timeout=30) == 0


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[pexpect.spawn]:
    child = pexpect.spawn(
        TOY[0],
        [*TOY[1:], str(tmp_path / "data" / "history")],
        # prompt_toolkit would ask this terminal where its cursor is, and wait for the reply
        env={**ENV, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"},
        dimensions=(40, 70),
        encoding="utf-8",
        timeout=20,
    )
    yield child
    child.close(force=True)


def test_a_chat_on_a_real_terminal(terminal: pexpect.spawn, tmp_path: Path) -> None:
    terminal.expect_exact("4 articles from 3 sources, dated 20 Nov 2023 to 5 Mar 2024.")
    terminal.expect_exact("/help lists the commands")
    terminal.expect_exact("› ")

    terminal.send("When did the harbour bridge reopen?\r")
    terminal.expect_exact("\x1b[1;32mMonday\x1b[0m")
    terminal.expect_exact("[3]")

    terminal.send("wait\r")
    terminal.expect_exact("waiting")
    terminal.send("\x03")  # Ctrl-C cancels the question
    terminal.expect_exact("Cancelled.")
    terminal.expect_exact("› ")

    terminal.send("half a quest\x03")  # Ctrl-C clears the line
    terminal.send("\x03")  # and says how to leave where there is nothing to clear
    terminal.expect_exact("Ctrl-D or /quit leaves.")

    terminal.send("\x1b[200~who closed the\nharbour bridge reopen\x1b[201~")  # one pasted question
    terminal.send("\r")
    terminal.expect_exact("[1]")
    terminal.expect_exact("› ")

    terminal.send("\x1b[200~/context 2\n/why 1\x1b[201~\r")  # two pasted commands
    terminal.expect_exact("Ferries kept")
    terminal.expect_exact("Its passage was found")

    terminal.send("/so")  # a command offers itself, and Tab takes it
    terminal.expect_exact("list the sources, or those with WORDS in the name")
    terminal.send("\t")
    terminal.expect_exact("/sources")
    terminal.send("\r")
    terminal.expect_exact("dated 20 Nov 2023 to 5 Mar 2024.")

    terminal.send("\x04")  # Ctrl-D
    terminal.expect(pexpect.EOF)
    terminal.wait()
    assert terminal.exitstatus == 0
    history = tmp_path / "data" / "history"
    assert "+When did the harbour bridge reopen?" in history.read_text()
    assert history.stat().st_mode & 0o077 == 0
