"""``clipdesk ingest FOLDER --watch``: a folder kept in step until Ctrl-C."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from bot.commands.ingesting import tell_report
from bot.errors import UsageProblem
from bot.render.lines import visible_line
from bot.render.progress import progress_bar
from bot.render.records import json_line
from bot.services import open_desk
from bot.settings import Settings
from retrieval.desk import Desk
from retrieval.ingest import IngestReport
from retrieval.sources.encoding import replace_surrogates
from retrieval.sources.watching import FolderChanges, WatchedFolder, iter_changes


def run_watch(
    settings: Settings,
    paths: Sequence[str],
    *,
    is_deleting: bool,
    as_json: bool,
    no_alerts: bool = False,
) -> int:
    """
    Take in a folder, then what is written into it, with a line each time.

    Args:
        settings: Of the program.
        paths: The folder, which must be the only one.
        is_deleting: Delete the articles of files that are deleted.
        as_json: Print each line as an object.
        no_alerts: What is taken in is no news.

    Returns:
        0, after Ctrl-C.

    Raises:
        UsageProblem: If *paths* is not one folder.
        SourceError: If the folder is gone, or cannot be watched.
    """
    if len(paths) != 1 or not Path(paths[0]).is_dir():
        named = ", ".join(map(repr, paths)) or "nothing"
        raise UsageProblem(f"--watch keeps one folder of files in step, not {named}")
    with open_desk(settings) as desk:
        step = _Step(settings, desk, is_deleting=is_deleting, as_json=as_json, no_alerts=no_alerts)
        try:
            folder = WatchedFolder(paths[0])
            step.take(folder.files())
            if not as_json:
                shown = visible_line(replace_surrogates(paths[0]))
                click.echo(f"watching {shown}; Ctrl-C ends it", err=True)
            for changes in iter_changes(folder):
                step.follow(changes)
        except KeyboardInterrupt:
            step.tell_total()
    return 0


class _Step:
    """Brings the desk in step with what changed, and counts."""

    def __init__(
        self, settings: Settings, desk: Desk, *, is_deleting: bool, as_json: bool, no_alerts: bool
    ) -> None:
        self._settings = settings
        self._desk = desk
        self._is_deleting = is_deleting
        self._as_json = as_json
        self._no_alerts = no_alerts
        self._total: Counter[str] = Counter()
        self._deleted: dict[str, list[str]] = {}  # path -> the ids that were deleted with it

    def take(self, paths: Sequence[str]) -> None:
        """Take in files; KeyboardInterrupt if Ctrl-C came meanwhile."""
        if paths:
            report = self._add(paths)
            if report.deleted and self._restore(paths):
                report = self._add(paths)
            self._count(report)
            if report.new or report.changed or report.failed.count or not self._total["steps"]:
                tell_report(report, as_json=self._as_json)
            if report.is_interrupted:
                raise KeyboardInterrupt
        self._total["steps"] += 1

    def follow(self, changes: FolderChanges) -> None:
        """Do what *changes* ask for."""
        for old, new in changes.moved:
            self._desk.store.move(_stored(old), _stored(new))
        self.take(changes.written)
        for path in changes.gone:
            self._gone(path)
        if changes.gone:
            self._desk.follow()

    def _add(self, paths: Sequence[str]) -> IngestReport:
        with progress_bar("Reading", is_bytes=True) as on_read:
            return self._desk.add(
                paths,
                langs=self._settings.corpus_langs,
                is_backfill=self._no_alerts,
                on_progress=lambda p: on_read(
                    p.bytes_read, p.bytes_total, f"{p.articles:,} articles"
                ),
            )

    def _restore(self, paths: Sequence[str]) -> bool:
        """Take back the deletions that came of files which are there again; whether there were any."""
        ids = [one for path in paths for one in self._deleted.pop(_stored(path), ())]
        for article_id in ids:
            self._desk.store.restore(article_id)
        return bool(ids)

    def _gone(self, path: str) -> None:
        ids = self._desk.store.ids_at(_stored(path))
        if self._is_deleting:
            for article_id in ids:
                self._desk.store.delete(article_id)
            self._deleted[_stored(path)] = ids
        self._total["deleted" if self._is_deleting else "kept"] += len(ids)
        if self._as_json:
            key = "deleted_ids" if self._is_deleting else "kept_ids"
            click.echo(json_line({"gone": replace_surrogates(path), key: ids}))
            return
        what = "deleted" if self._is_deleting else "stay (--delete would delete them)"
        click.echo(f"{visible_line(replace_surrogates(path))} is gone: {len(ids):,} {what}")

    def _count(self, report: IngestReport) -> None:
        self._total += Counter(new=report.new, changed=report.changed, failed=report.failed.count)

    def tell_total(self) -> None:
        """The last summary."""
        names = ["new", "changed", "failed", "deleted"]
        counts: dict[str, Any] = {name: self._total[name] for name in names}
        if self._as_json:
            click.echo(json_line({"total": counts}))
        else:
            told = ", ".join(f"{count:,} {name}" for name, count in counts.items())
            click.echo(f"in all: {told}")


def _stored(path: str) -> str:
    """A path as articles keep it."""
    return replace_surrogates(str(Path(path).absolute()))
