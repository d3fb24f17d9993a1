"""Bars of long work: drawn for somebody who watches, one at a time."""

import io

import pytest

from bot.render import progress
from bot.render.progress import progress_bar


class Terminal(io.StringIO):
    """Standard error that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_bar_that_begins_takes_the_place_of_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(progress, "_PATIENCE_S", -1.0)
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with progress_bar("Reading") as on_read, progress_bar("Indexing") as on_index:
        on_read(5, 10, "half")
        on_index(1, 2, "")
        before, _, after = terminal.getvalue().partition("Indexing")
        on_index(2, 2, "")

    assert "Reading" in before
    assert before.endswith("\x1b[2K\x1b[?25l")  # its line is cleared, the other's begins
    assert "Reading" not in after
    assert "Reading" not in terminal.getvalue()[len(before) :]


def test_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    monkeypatch.setattr(progress, "_PATIENCE_S", -1.0)
    monkeypatch.setattr("sys.stderr", written)
    with progress_bar("Reading") as on_read:
        on_read(5, 10, "half")
    assert written.getvalue() == ""
