"""``clipdesk index status|rebuild`` and ``clipdesk delete``."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import click

from bot.render.lines import visible_line
from bot.render.progress import progress_bar
from bot.render.records import json_line
from bot.services import open_desk
from bot.settings import Settings
from retrieval.desk import Desk
from retrieval.errors import NoSuchArticle


def run_status(settings: Settings, *, as_json: bool) -> int:
    """Print what is indexed, and by which engine."""
    with open_desk(settings) as desk:
        facts = _facts(desk)
    if as_json:
        click.echo(json_line(facts))
        return 0
    langs = ", ".join(f"{lang or 'unknown'} {count:,}" for lang, count in facts["langs"].items())
    expired = f", {facts['expired']:,} expired" if facts["expired"] else ""
    rows = {
        "Data folder": settings.data_dir,
        "Engine": f"{facts['engine']} ({facts['why']})",
        "Articles": f"{facts['articles']:,}, and {facts['deleted']:,} deleted{expired}",
        "Passages": f"{facts['passages']:,} in the store, {facts['indexed']:,} in the index",
        "Languages": langs or "none",
        "Store": f"{facts['store_bytes'] / 1e6:.1f} MB, {facts['changes']:,} changes, last one indexed",
        "Index": f"{facts['index_bytes'] / 1e6:.1f} MB, made from the store; rebuild it at any time",
    }
    for name, value in rows.items():
        click.echo(f"{name + ':':13}{visible_line(str(value))}")
    return 0


def _facts(desk: Desk) -> dict[str, Any]:
    counts = desk.store.counts()
    return {
        "engine": desk.engine,
        "why": desk.why_engine,
        "articles": counts.articles,
        "deleted": counts.tombstones,
        "expired": counts.expired,
        "passages": counts.passages,
        "indexed": desk.index.count(),
        "changes": desk.index.position,
        "langs": {lang or "": count for lang, count in desk.store.languages().items()},
        "store_bytes": desk.store.path.stat().st_size,
        "index_bytes": desk.index_bytes(),
    }


def run_rebuild(settings: Settings) -> int:
    """Make the index anew, with a progress bar."""
    with open_desk(settings) as desk, progress_bar("Indexing") as on_step:
        started = time.monotonic()
        passages = desk.rebuild(lambda done, all_: on_step(done, all_, ""))
    click.echo(f"{passages:,} passages indexed in {time.monotonic() - started:.1f} s")
    return 0


def run_migrate(settings: Settings, engine: str) -> int:
    """Make the index of *engine*, and tell how to use it; 1 if it does not hold all passages."""
    with open_desk(settings.model_copy(update={"engine": engine})) as desk:
        indexed, stored = desk.index.count(), desk.store.counts().passages
        if indexed != stored:
            with progress_bar("Indexing") as on_step:
                indexed = desk.rebuild(lambda done, all_: on_step(done, all_, ""))
            stored = desk.store.counts().passages
    if indexed != stored:
        click.echo(
            f"clipdesk: {indexed:,} passages in the index, {stored:,} in the store; try again",
            err=True,
        )
        return 1
    click.echo(f"{indexed:,} passages in the index of {engine!r}")
    if settings.engine != engine:
        click.echo(f"Now set CLIPDESK_ENGINE={engine}, and start the bots anew")
    return 0


def run_delete(settings: Settings, ids: Sequence[str], *, restore: bool) -> int:
    """Delete articles, or take that back; 1 unless each of them changed."""
    done = 0
    with open_desk(settings) as desk:
        for article_id in ids:
            try:
                changed = (desk.store.restore if restore else desk.store.delete)(article_id)
            except NoSuchArticle as e:
                click.echo(f"clipdesk: {e}", err=True)
                continue
            done += changed
            if not changed:
                state = "not deleted" if restore else "deleted already"
                click.echo(f"clipdesk: {state}: {article_id!r}", err=True)
        desk.follow()
    click.echo(f"{done} {'restored' if restore else 'deleted'}")
    return 0 if done == len(ids) else 1
