"""``clipdesk export``: the corpus as JSONL, to a file or to standard output."""

from __future__ import annotations

import gzip
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

import click

from bot.commands.filtering import FilterOptions
from bot.errors import UsageProblem
from bot.render.lines import visible_line
from bot.render.progress import OnStep, progress_bar
from bot.settings import Settings
from retrieval.desk import STORE_FILE
from retrieval.exporting import iter_lines
from retrieval.store import Store

STANDARD_OUTPUT = "-"
_TELL_ARTICLES = 100  # how often progress is told


class _Sink(Protocol):
    def write(self, data: bytes, /) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted(FilterOptions):
    """The options of ``clipdesk export``."""

    force: bool


def run_export(settings: Settings, file: str, wanted: Wanted) -> int:
    """
    Write the articles; all of the file, or what was there before.

    Raises:
        UsageProblem: If the file is there already and ``--force`` is not given, or cannot
            be written.
        QueryError: If a filter does not parse.
        StoreError: If there is no store.
    """
    filters = wanted.filters(datetime.now(UTC))
    path = None if file == STANDARD_OUTPUT else Path(file)
    if path is not None:
        _refuse(path, force=wanted.force)
    with (
        Store.open(settings.data_dir / STORE_FILE, must_exist=True) as store,
        progress_bar("Exporting") as on_step,
    ):
        total = store.counts().articles if sys.stderr.isatty() else None
        lines = iter_lines(store, filters, _teller(on_step, total))
        if path is None:
            _write(sys.stdout.buffer, lines)
            sys.stdout.buffer.flush()
            return 0
        try:
            with _whole_file(path) as sink:
                count = _write(sink, lines)
        except OSError as e:
            raise UsageProblem(f"{file!r} cannot be written ({e.strerror})") from e
    click.echo(f"{count:,} articles: {visible_line(file)}", err=True)
    return 0


def _refuse(path: Path, *, force: bool) -> None:
    try:
        if not path.exists():
            return
    except OSError as e:
        raise UsageProblem(f"{str(path)!r} cannot be written ({e.strerror})") from e
    if not path.is_file():
        raise UsageProblem(f"{str(path)!r} is no file; name one, or write to standard output")
    if not force:
        raise UsageProblem(f"{str(path)!r} exists; --force overwrites it")


def _teller(on_step: OnStep, total: int | None) -> Callable[[], None]:
    done = 0

    def on_article() -> None:
        nonlocal done
        done += 1
        if done % _TELL_ARTICLES == 0:
            on_step(done, total, "")

    return on_article


def _write(sink: _Sink, lines: Iterable[str]) -> int:
    count = 0
    for line in lines:
        sink.write(line.encode())
        count += 1
    return count


@contextmanager
def _whole_file(path: Path) -> Iterator[_Sink]:
    """What *path* becomes at the end, if nothing is raised until then."""
    unfinished = path.with_name(f".{path.name}.tmp")
    try:
        with ExitStack() as stack:
            file = stack.enter_context(unfinished.open("wb"))
            stack.callback(_sync, file)  # after the packing has ended
            yield _packed(stack, file, path.suffix)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _packed(stack: ExitStack, file: BinaryIO, suffix: str) -> _Sink:
    if suffix == ".gz":
        # Without a name and a time, so that the same corpus gives the same file
        return stack.enter_context(gzip.GzipFile("", "wb", fileobj=file, mtime=0))
    if suffix == ".zst":
        import zstandard  # noqa: PLC0415  # imported on use

        return stack.enter_context(zstandard.ZstdCompressor().stream_writer(file, closefd=False))
    return file
