"""``clipdesk ingest``: files, folders and web pages in, a summary out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from bot.demo import corpus_path
from bot.errors import UsageProblem
from bot.render.lines import visible_line
from bot.render.progress import progress_bar
from bot.render.records import json_line
from bot.services import open_desk
from bot.settings import Settings
from retrieval.ingest import IngestReport

_SHOWN = 10  # errors and the like that are told one by one
INTERRUPTED = 130  # as in bot.cli


def run_ingest(
    settings: Settings,
    paths: Sequence[str],
    *,
    demo: bool,
    as_json: bool,
    no_alerts: bool = False,
) -> int:
    """
    Take in what *paths* name, and tell what became of it; with *no_alerts* it is no news.

    Returns:
        0, also when some records could not be read; 1 when nothing could be; 130 after
        Ctrl-C (what was stored by then stays, and repeating does the rest).

    Raises:
        UsageProblem: If no path is given.
    """
    wanted = [*paths, *([str(corpus_path())] if demo else [])]
    if not wanted:
        raise UsageProblem("nothing to ingest; write clipdesk ingest PATH..., or --demo")
    with (
        open_desk(settings) as desk,
        progress_bar("Reading", is_bytes=True) as on_read,
        progress_bar("Indexing") as on_index,
    ):
        report = desk.add(
            wanted,
            langs=settings.corpus_langs,
            fetch_policy=settings.fetch_policy,
            is_backfill=no_alerts,
            on_progress=lambda p: on_read(p.bytes_read, p.bytes_total, f"{p.articles:,} articles"),
            on_follow=lambda done, all_: on_index(done, all_, ""),
        )
    tell_report(report, as_json=as_json)
    if report.is_interrupted:
        click.echo(
            "interrupted; what was stored stays, and the same command does the rest", err=True
        )
        return INTERRUPTED
    return 1 if report.failed.count and not _articles(report) else 0


def _articles(report: IngestReport) -> int:
    return report.new + report.changed + report.same + report.deleted


def tell_report(report: IngestReport, *, as_json: bool) -> None:
    """Print what became of an ingest, in words or as one line of JSON."""
    if as_json:
        click.echo(json_line(_report_object(report)))
    else:
        _print_report(report)


def _print_report(report: IngestReport) -> None:
    for error in report.failed.first[:_SHOWN]:
        click.echo(f"not read: {error}", err=True)
    if (more := report.failed.count - _SHOWN) > 0:
        click.echo(
            f"not read: {more:,} more; --json lists the first {len(report.failed.first)}", err=True
        )
    for conflict in report.conflicts.first[:_SHOWN]:
        click.echo(
            f"two articles have the id {conflict.article_id!r}; the one of {conflict.path!r} is kept"
            f" as {conflict.kept_as!r}",
            err=True,
        )
    if (more := report.conflicts.count - _SHOWN) > 0:
        click.echo(f"{more:,} more ids are shared by two articles; both are kept", err=True)
    counts = {
        "new": report.new,
        "changed": report.changed,
        "same": report.same,
        "failed": report.failed.count,
    }
    optional = {
        "deleted or expired before, left out": report.deleted,
        "other files skipped": report.skipped.count,
    }
    counts |= {name: count for name, count in optional.items() if count}
    click.echo(", ".join(f"{count:,} {name}" for name, count in counts.items()))
    if report.suspects.count:
        click.echo(
            f"{report.suspects.count:,} may hold more than one story and were left whole:"
            f" {visible_line(', '.join(report.suspects.first[:_SHOWN]))}; clipdesk split FILE --explain shows why"
        )


def _report_object(report: IngestReport) -> dict[str, Any]:
    return {
        "new": report.new,
        "changed": report.changed,
        "same": report.same,
        "failed": report.failed.count,
        "deleted": report.deleted,
        "skipped": report.skipped.count,
        "passages": report.passages,
        "interrupted": report.is_interrupted,
        "errors": [{"location": e.location, "message": e.message} for e in report.failed.first],
        "conflicts": [conflict._asdict() for conflict in report.conflicts.first],
        "suspects": list(report.suspects.first),
    }
