"""The README is true: its commands print what it shows, its example runs."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def run(command: str, folder: Path) -> str:
    """What `clipdesk ...` prints, in a folder that is its home."""
    program, *arguments = shlex.split(command)
    assert program == "clipdesk"
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        cwd=folder,
        check=True,
        env=os.environ
        | {"CLIPDESK_DATA_DIR": str(folder / "data"), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
    )
    return done.stdout


def test_transcripts_are_what_the_program_prints(tmp_path: Path) -> None:
    transcripts = [part for block in blocks("console") for part in block.split("$ ")[1:]]
    assert len(transcripts) >= 4

    for transcript in transcripts:
        command, _, printed = transcript.partition("\n")
        assert run(command, tmp_path) == printed, command


def shape(value: Any) -> Any:
    """Keys and types: figures may differ."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value[:1]]
    return float if isinstance(value, int | float) and not isinstance(value, bool) else type(value)


def test_the_json_object_is_of_the_shape_shown(tmp_path: Path) -> None:
    [shown] = map(json.loads, blocks("json"))
    run("clipdesk ingest --demo", tmp_path)

    got = json.loads(run(f"clipdesk ask --json {shlex.quote(shown['question'])}", tmp_path))

    assert shape(got) == shape(shown)
    assert got["quotes"][0]["text"] == shown["quotes"][0]["text"]


def test_the_library_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.txt").write_text("The bridge reopened on Friday.\n")
    monkeypatch.chdir(tmp_path)

    for code in blocks("python"):
        exec(code, {})  # noqa: S102  # our own documentation

    assert "The bridge reopened on Friday." in capsys.readouterr().out


def test_every_command_stands_in_the_readme() -> None:
    from bot.cli import main

    for name in main.commands:
        assert f"clipdesk {name}" in README, name


def test_the_two_commands_are_targets_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^make (\w+)", blocks("")[0], re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
