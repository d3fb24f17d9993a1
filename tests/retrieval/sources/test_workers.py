"""Worker processes: real ones, that are starved, hung and killed."""

import asyncio
import os
import pickle
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from retrieval.errors import FetchError, NoSuchArticle, QueryError, RetrievalError, SourceError
from retrieval.sources import workers as workers_module
from retrieval.sources.feeds import parse_feed
from retrieval.sources.workers import Workers

ROOT = Path(__file__).parents[3]
FEED = b"<rss version='2.0'><channel><item><title>\xe7\x87\x88\xe5\xa1\x94</title></item></channel></rss>"


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    # Imports of a worker's first call count too, on a busy machine.
    with Workers(timeout_s=60.0) as made:
        yield made


def test_run_gives_what_the_function_gives(workers: Workers) -> None:
    assert workers.run(os.getpid, name="x") != os.getpid()
    assert workers.run(parse_feed, FEED, "x", name="x") == parse_feed(FEED, "x")


def test_run_passes_a_source_error_on(workers: Workers) -> None:
    with pytest.raises(SourceError) as caught:
        workers.run(parse_feed, b"", "a feed", name="another name")

    assert (caught.value.location, caught.value.message) == (
        *("a feed", "is empty; save the feed again"),
    )


def test_run_when_it_takes_too_much_memory(workers: Workers) -> None:
    with pytest.raises(SourceError, match="needs more than 512 MB to be read: 'x'"):
        workers.run(bytearray, 600 << 20, name="x")

    assert len(workers.run(bytearray, 20 << 20, name="x")) == 20 << 20


@pytest.mark.parametrize(
    ("function", "args"),
    [(os._exit, (3,)), (os.abort, ()), (signal.raise_signal, (signal.SIGKILL,))],
)
def test_run_when_the_worker_ends(workers: Workers, function: object, args: tuple[int]) -> None:
    with pytest.raises(SourceError, match=r"could not be read \(its reader ended\): 'x'"):
        workers.run(function, *args, name="x")  # type: ignore[arg-type]

    assert workers.run(abs, -1, name="x") == 1


@pytest.mark.parametrize(
    ("function", "arg", "error"),
    [
        (int, "x", "ValueError"),
        (sys.exit, 3, "SystemExit"),
        (open, os.devnull, "TypeError"),  # which cannot be pickled
    ],
)
def test_run_when_there_is_a_bug(
    workers: Workers, function: object, arg: object, error: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(SourceError, match=rf"could not be read \({error}\): 'x'"):
        workers.run(function, arg, name="x")  # type: ignore[arg-type]

    assert "Traceback" in caplog.text
    assert error in caplog.text


def test_run_when_the_worker_died_meanwhile(workers: Workers) -> None:
    os.kill(workers.run(os.getpid, name="x"), signal.SIGKILL)
    time.sleep(0.5)  # the pool looks at its workers ten times a second

    assert workers.run(abs, -1, name="x") == 1


def test_run_ignores_an_interrupt(workers: Workers) -> None:
    pid = workers.run(os.getpid, name="x")

    os.kill(pid, signal.SIGINT)

    assert workers.run(os.getpid, name="x") == pid


def test_run_when_it_takes_too_long() -> None:
    with Workers(timeout_s=1.0) as workers:
        workers.run(abs, -1, name="x")
        began = time.monotonic()

        # A regular expression that never ends and never gives up Python's turn.
        with pytest.raises(SourceError, match="took longer than 1 s to read: 'x'"):
            workers.run(re.match, "(a+)+$", "a" * 60 + "b", name="x")

        assert time.monotonic() - began < 4
        assert workers.run(abs, -1, name="x") == 1


def test_run_when_the_pool_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers_module, "_GRACE_S", -29.5)
    with Workers(timeout_s=30.0) as workers:
        with pytest.raises(SourceError, match="took longer than 30 s to read: 'x'"):
            workers.run(time.sleep, 60, name="x")

        monkeypatch.setattr(workers_module, "_GRACE_S", 30.0)
        assert workers.run(abs, -1, name="x") == 1


def test_workers_are_recycled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers_module, "TASKS_PER_WORKER", 2)
    with Workers() as workers:
        pids = [workers.run(os.getpid, name="x") for _ in range(4)]

    assert len(set(pids)) == 2


def test_workers_run_side_by_side_from_threads_of_an_asyncio_program() -> None:
    async def ask(workers: Workers) -> float:
        await asyncio.gather(*(asyncio.to_thread(workers.run, abs, -1, name="x") for _ in range(2)))
        began = time.monotonic()
        await asyncio.gather(
            *(asyncio.to_thread(workers.run, time.sleep, 1, name="x") for _ in range(2))
        )
        return time.monotonic() - began

    with Workers(2) as workers:
        assert asyncio.run(ask(workers)) < 1.8


def test_close_ends_what_is_running_and_waiting() -> None:
    workers = Workers()
    workers.run(abs, -1, name="x")
    errors: list[str] = []

    def call() -> None:
        with pytest.raises(SourceError) as caught:
            workers.run(time.sleep, 60, name="x")
        errors.append(caught.value.message)

    threads = [threading.Thread(target=call) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    workers.close()
    for thread in threads:
        thread.join(10)
    workers.close()

    assert errors == ["could not be read (its reader ended)"] * 3
    with pytest.raises(SourceError, match="its reader ended"):
        workers.run(abs, -1, name="x")


def test_workers_that_were_never_asked_start_nothing() -> None:
    with Workers(8):
        pass


HANGING = """
import os, re, sys, time, threading
from retrieval.sources.workers import Workers
if __name__ == "__main__":
    workers = Workers(2)
    print(workers.run(os.getpid, name="x"), flush=True)
    hang = lambda: workers.run(re.match, "(a+)+$", "a" * 60 + "b", name="x")
    threading.Thread(target=hang, daemon=True).start()
    time.sleep(1)
    print("ready", flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's part is Linux's")
def test_workers_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "hanging.py"
    script.write_text(HANGING)
    with subprocess.Popen(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert parent.stdout.readline() == "ready\n"

        parent.kill()

    deadline = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize(
    "error",
    [
        RetrievalError("x"),
        SourceError("a:1", "is no feed"),
        FetchError("https://a.example/", "is gone", status=410, retry_after=timedelta(hours=1)),
        NoSuchArticle("a", 2),
        QueryError("no date", 3, problem="no_date", name="after", value="x"),
    ],
)
def test_errors_travel_between_processes(error: RetrievalError) -> None:
    error.args += ("燈塔",)

    back = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own

    assert type(back) is type(error)
    assert (back.args, back.__dict__) == (error.args, error.__dict__)
