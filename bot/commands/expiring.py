"""``clipdesk expire``: let go of what is more than the settings keep."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import click

from bot.alerts.book import AlertBook
from bot.errors import UsageProblem
from bot.ledger import Ledger
from bot.render.lines import visible_line
from bot.render.progress import progress_bar
from bot.render.records import json_line
from bot.services import open_desk
from bot.settings import Settings
from retrieval.expiry import expire
from retrieval.store import Excess, Retention

_SHOWN = 10  # sources that are told one by one


def run_expire(settings: Settings, *, dry_run: bool, as_json: bool) -> int:
    """
    Tell what goes, and let it go.

    Raises:
        UsageProblem: If no setting says what to keep.
    """
    retention = settings.retention
    if not retention:
        raise UsageProblem(
            "everything is kept; set CLIPDESK_RETENTION_DAYS or CLIPDESK_RETENTION_PER_SOURCE"
        )
    now = datetime.now(UTC)
    with open_desk(settings) as desk:
        ledger, alerts = Ledger.open(desk.store), AlertBook.open(desk.store)

        def cited() -> set[tuple[str, int]]:
            return ledger.cited_articles() | alerts.upkeep.cited_articles()

        excess = desk.store.excess(retention, now, cited())
        if not as_json:
            click.echo(_told(excess, retention))
        facts = {"old": excess.old, "over": excess.over, "cited": excess.cited}
        if not dry_run:
            count = excess.old + sum(excess.over.values())
            with progress_bar("Expiring") as on_step:
                report = expire(
                    desk,
                    retention,
                    now,
                    cited=cited,
                    wait=_wait,
                    on_progress=lambda done: on_step(done, count, ""),
                )
            facts |= {"expired": report.expired, "texts": report.texts, "changes": report.changes}
            if not as_json:
                click.echo(f"{report.expired:,} expired, {report.texts:,} texts dropped")
    if as_json:
        click.echo(json_line(facts))
    return 0


def _wait(seconds: float) -> bool:
    time.sleep(seconds)
    return False


def _told(excess: Excess, retention: Retention) -> str:
    parts = []
    if retention.days is not None:
        parts.append(f"{_articles(excess.old)} older than {retention.days:,} days")
    if retention.per_source is not None:
        parts += _told_over(excess.over, retention.per_source)
    if not excess.old and not excess.over:
        return f"nothing to expire: {', '.join(parts)}"
    cited = f"{excess.cited:,} {'is' if excess.cited == 1 else 'are'} cited and keep"
    return f"{', '.join(parts)}; {cited}{'s' if excess.cited == 1 else ''} their text"


def _told_over(over: dict[str, int], limit: int) -> list[str]:
    largest = sorted(over.items(), key=lambda pair: (-pair[1], pair[0]))
    told = [
        f"{count:,} over the limit of {limit:,} of {visible_line(source)}"
        for source, count in largest[:_SHOWN]
    ]
    if rest := sum(count for _, count in largest[_SHOWN:]):
        told.append(f"{rest:,} of {len(largest) - _SHOWN:,} more sources")
    return told or [f"none over the limit of {limit:,} a source"]


def _articles(count: int) -> str:
    return f"{count:,} article{'' if count == 1 else 's'}"
