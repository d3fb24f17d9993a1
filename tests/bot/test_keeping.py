"""``clipdesk export`` and ``clipdesk expire`` as a user runs them."""

import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import zstandard

Run = Callable[..., subprocess.CompletedProcess[str]]

CLIPDESK = [sys.executable, "-m", "bot.cli"]
ROOT = Path(__file__).parents[2]
NOW = datetime.now(UTC)
LOOPING = """
import retrieval.exporting
from bot.cli import main
once = retrieval.exporting.iter_lines
def for_ever(*given):
    lines = list(once(*given))
    print("writing", flush=True)
    while True:
        yield from lines
import bot.commands.exporting
bot.commands.exporting.iter_lines = for_ever
main()
"""


def days_ago(age: int) -> str:
    return (NOW - timedelta(days=age)).isoformat()


RECORDS = [
    {"id": "old", "title": "Ferry", "text": "The island ferry sailed again.", "source": "BBC"}
    | {"published": days_ago(100)},
    {"id": "雨", "text": "大橋週一因豪雨關閉。", "published": days_ago(5), "section": ["a", None]},
    {"id": "ملف", "text": "أُعيد فتح الجسر يوم الاثنين. 🌉", "source": "BBC", "url": 5}
    | {"published": days_ago(4)},
    {"id": "undated", "text": "The lighthouse was lit again on Friday.", "source": "BBC"},
]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CLIPDESK_")}
    return kept | {
        "CLIPDESK_DATA_DIR": str(tmp_path / "data"),
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
    }


@pytest.fixture
def run(tmp_path: Path, environment: dict[str, str]) -> Run:
    def run_it(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*CLIPDESK, *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            cwd=tmp_path,
            env=environment | variables,
            check=False,
        )

    file = tmp_path / "feed.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in RECORDS))
    assert run_it("ingest", "feed.jsonl").returncode == 0
    return run_it


# --- export ----------------------------------------------------------------------


def test_export_to_a_pipe_and_to_files_is_the_same_and_comes_back(run: Run, tmp_path: Path) -> None:
    printed = run("export")
    assert (printed.returncode, printed.stderr) == (0, "")
    lines = [json.loads(line) for line in printed.stdout.splitlines()]
    assert [line["id"] for line in lines] == [record["id"] for record in RECORDS]
    assert lines[1]["section"] == ["a", None]

    for name, unpack in (
        ("a.jsonl", bytes),
        ("a.jsonl.gz", gzip.decompress),
        ("a.jsonl.zst", lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data)),
    ):
        done = run("export", name)
        assert (done.returncode, done.stderr) == (0, f"4 articles: {name}\n")
        assert unpack((tmp_path / name).read_bytes()).decode() == printed.stdout
        other = {"CLIPDESK_DATA_DIR": str(tmp_path / f"of {name}")}
        assert run("ingest", name, **other).stdout == "4 new, 0 changed, 0 same, 0 failed\n"
        assert run("export", **other).stdout == printed.stdout
    assert sorted(path.name for path in tmp_path.glob("[.a]*")) == [
        "a.jsonl",
        "a.jsonl.gz",
        "a.jsonl.zst",
    ]


def test_export_with_the_filters_of_ask(run: Run) -> None:
    def ids(*options: str) -> list[str]:
        return [json.loads(line)["id"] for line in run("export", *options).stdout.splitlines()]

    assert ids("--source", "bbc") == ["old", "ملف", "undated"]
    assert ids("--after", "30d") == ["雨", "ملف"]
    assert ids("--before", "30d") == ["old"]
    assert ids("--lang", "ar", "--source", "BBC") == ["ملف"]
    wrong = run("export", "--after", "soonish")
    assert wrong.returncode == 1
    assert "soonish" in wrong.stderr


def test_export_overwrites_nothing_unless_it_is_told_to(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    refused = run("export", "mine.txt")
    assert (refused.returncode, refused.stderr) == (
        1,
        "Error: 'mine.txt' exists; --force overwrites it\n",
    )
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert run("export", "--force", "mine.txt").returncode == 0
    assert (tmp_path / "mine.txt").read_text().count("\n") == 4

    for file, why in (
        (".", "is no file; name one"),
        ("/dev/null", "is no file"),
        ("none/a.jsonl", "cannot be written (No such file or directory)"),
    ):
        failed = run("export", "--force", file)
        assert (failed.returncode, why in failed.stderr) == (1, True), failed.stderr
    empty = run("export", CLIPDESK_DATA_DIR=str(tmp_path / "nothing"))
    assert "store does not exist" in empty.stderr


def test_ctrl_c_leaves_what_was_there(
    run: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(b"before")

    process = subprocess.Popen(
        [sys.executable, "-c", LOOPING, "export", "--force", "a.jsonl.gz"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=environment,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)

    assert (process.returncode, told) == (130, "interrupted\n")
    assert (tmp_path / "a.jsonl.gz").read_bytes() == b"before"
    assert not list(tmp_path.glob(".a*"))


def test_a_reader_who_leaves_is_no_error(
    run: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", LOOPING, "export"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=environment,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(1000)
    process.stdout.close()

    assert process.wait(timeout=30) in (1, 141)
    assert process.stderr.read() == b""
    process.stderr.close()


# --- expire ----------------------------------------------------------------------


def test_expire_needs_a_setting(run: Run) -> None:
    done = run("expire")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "Error: everything is kept; set CLIPDESK_RETENTION_DAYS or CLIPDESK_RETENTION_PER_SOURCE\n"
    )


def test_expire_by_age_and_number(run: Run) -> None:
    keep = {"CLIPDESK_RETENTION_DAYS": "90", "CLIPDESK_RETENTION_PER_SOURCE": "1"}
    told = (
        "1 article older than 90 days, 1 over the limit of 1 of BBC; 0 are cited and keep"
        " their text\n"
    )
    dry = run("expire", "--dry-run", **keep)
    assert (dry.returncode, dry.stdout, dry.stderr) == (0, told, "")
    assert '"articles": 4' in run("index", "status", "--json").stdout

    done = run("expire", **keep)

    assert (done.returncode, done.stdout) == (0, f"{told}2 expired, 2 texts dropped\n"), done.stderr
    status = run("index", "status").stdout
    assert "2, and 0 deleted, 2 expired" in status
    assert "2 in the store, 2 in the index" in status
    again = run("ingest", "feed.jsonl").stdout
    assert again == "0 new, 0 changed, 2 same, 0 failed, 2 deleted or expired before, left out\n"
    assert run("expire", **keep).stdout == (
        "nothing to expire: 0 articles older than 90 days, none over the limit of 1 a source\n"
        "0 expired, 0 texts dropped\n"
    )
    restored = run("delete", "--restore", "old", "雨")
    assert restored.returncode == 1
    assert "article has expired and cannot be restored: 'old'" in restored.stderr
    assert "2 passages, 2 expired, whole" in run("doctor").stdout
    assert json.loads(run("expire", "--json", **keep).stdout) == {
        "old": 0,
        "over": {},
        "cited": 0,
        "expired": 0,
        "texts": 0,
        "changes": 0,
    }


@pytest.mark.parametrize("value", ["0", "-1", "soon"])
def test_expire_refuses_odd_settings(run: Run, value: str) -> None:
    assert "CLIPDESK_RETENTION_DAYS: " in run("expire", CLIPDESK_RETENTION_DAYS=value).stderr
