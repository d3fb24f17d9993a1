"""
Locations -> articles in the store: read, decide, prepare, save.

Reading lives in ``sources``, the rules of what is new in ``deciding.py``, what is made of
an article in ``preparing.py``, one run in ``running.py``, the figures in ``report.py``; the
index follows by the change feed. Work is saved in batches, one transaction a batch, so
that a crash loses at most the two batches at hand and repeating the ingest completes it;
memory holds two batches, whatever the size of the input.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from retrieval.errors import SourceError
from retrieval.ingest.report import (
    Conflict,
    IngestReport,
    Listed,
    LocationReport,
    OnProgress,
    Progress,
    Tally,
)
from retrieval.ingest.running import Run
from retrieval.ingest.seen import Seen
from retrieval.store import Store
from retrieval.types import Article

if TYPE_CHECKING:
    from retrieval.ingest.preparing import Elsewhere, Prepare
    from retrieval.sources.fetch import FetchPolicy
    from retrieval.sources.files import FileLocation, SkippedFile

__all__ = [
    "Conflict",
    "IngestReport",
    "Listed",
    "LocationReport",
    "OnProgress",
    "Pipeline",
    "Progress",
    "ingest",
]

# One sync of the disk a batch; 2,000 articles a batch were no faster.
BATCH_ARTICLES = 500


@dataclass(frozen=True, slots=True)
class Pipeline:
    """
    The steps of an ingest that other modules do; a seam for tests and other sources.

    Attributes:
        locations: The files and pages that paths name; tells its second argument what it skips.
        read: The articles of a file; tells its second argument how many bytes it read.
        prepare: An article made ready to be stored.
        elsewhere: Starts a process that prepares as well; None where there is none.
    """

    locations: Callable[
        [Sequence[str], Callable[[SkippedFile], None]], Iterable[FileLocation | SourceError]
    ]
    read: Callable[[FileLocation, Callable[[int], None]], Iterator[Article | SourceError]]
    prepare: Prepare
    elsewhere: Callable[[], Elsewhere] | None = None


def ingest(
    store: Store,
    paths: Sequence[str],
    *,
    langs: Collection[str] = (),
    on_progress: OnProgress | None = None,
    on_saved: Callable[[], None] | None = None,
    batch_size: int = BATCH_ARTICLES,
    fetch_policy: FetchPolicy | None = None,
    is_backfill: bool = False,
    pipeline: Pipeline | None = None,
) -> IngestReport:
    """
    Store the articles of *paths*; repeating it changes nothing.

    A file or record that cannot be read is an error in the report, and the rest
    goes on. Ctrl-C ends it: what was committed stays, the batches at hand are dropped,
    and the report so far comes back, marked as interrupted.

    Args:
        store: Open for writing.
        paths: Files, folders, web addresses, or ``"-"`` for standard input.
        langs: The languages that the articles are known to be in; () if not known.
        on_progress: Told every hundred articles and at the end of each file.
        on_saved: Called when a batch is in the store.
        batch_size: Articles a transaction.
        fetch_policy: How far the fetch of a web address may go; None for the default.
        is_backfill: What is stored is no news, see ``store.Change``.
        pipeline: Other steps than the real ones, which then fetch as they like.

    Raises:
        StoreError: If the store cannot be written.
    """
    from retrieval.ingest.preparing import Preparing  # noqa: PLC0415  # imported on use: see below

    steps = _real_pipeline(langs, fetch_policy) if pipeline is None else pipeline
    tally = Tally()
    try:
        with Seen() as seen, Preparing(steps.prepare, steps.elsewhere) as preparing:
            run = Run(
                store,
                steps,
                preparing,
                batch_size,
                tally,
                seen,
                on_saved=on_saved,
                is_backfill=is_backfill,
            )
            _run(run, steps, paths, tally, on_progress)
    except KeyboardInterrupt:
        return tally.report(is_interrupted=True)
    return tally.report()


def _run(
    run: Run,
    steps: Pipeline,
    paths: Sequence[str],
    tally: Tally,
    on_progress: OnProgress | None,
) -> None:
    bytes_read = 0
    bytes_total = None if on_progress is None else _total_bytes(steps, paths)

    def on_bytes(count: int) -> None:
        nonlocal bytes_read
        bytes_read += count

    def tell(location: str) -> None:
        if on_progress is not None:
            on_progress(Progress(location, bytes_read, bytes_total, run.articles))

    for location in steps.locations(paths, tally.skipped):
        if isinstance(location, SourceError):
            tally.failed(location)
        else:
            run.take_file(location, on_bytes, partial(tell, location.name))
    run.save()


def _total_bytes(steps: Pipeline, paths: Sequence[str]) -> int | None:
    """Of all files together; None if one of them does not tell."""
    total = 0
    for location in steps.locations(paths, lambda _skipped: None):
        if not isinstance(location, SourceError):
            if location.size is None:
                return None
            total += location.size
    return total


def _real_pipeline(langs: Collection[str], fetch_policy: FetchPolicy | None) -> Pipeline:
    # imported on use: `clipdesk ask` imports this module and reads no file
    from retrieval.ingest.preparing import Elsewhere, prepare  # noqa: PLC0415
    from retrieval.sources.fetch import FetchPolicy  # noqa: PLC0415
    from retrieval.sources.files import iter_locations  # noqa: PLC0415
    from retrieval.sources.reading import read_articles  # noqa: PLC0415
    from retrieval.sources.robots import Robots  # noqa: PLC0415

    policy = fetch_policy or FetchPolicy()
    read = partial(read_articles, fetch_policy=policy, robots=Robots(policy))
    return Pipeline(iter_locations, read, partial(prepare, langs=langs), partial(Elsewhere, langs))
