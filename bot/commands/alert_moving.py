"""``clipdesk alerts export`` and ``import``: a chat's alerts as one file."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bot.alerts.moving import MOST_BYTES, export_chat, import_chat
from bot.alerts.subscriptions import Subscriptions
from bot.alerts.values import NO_THREAD, TERMINAL, Place
from bot.alerts.watcher import utc_now
from bot.errors import UsageProblem
from bot.ledger import Ledger
from bot.services import open_desk
from bot.settings import Settings
from retrieval.errors import SourceError


def run_export(settings: Settings, file: str, *, chat: int, force: bool) -> int:
    """Write what is kept of a chat's alerts."""
    if file != "-" and not force and Path(file).exists():
        raise UsageProblem(f"{file!r} is there already; --force overwrites it")
    with open_desk(settings) as desk:
        subscriptions = Subscriptions.open(desk.store)
        text = export_chat(subscriptions, Ledger.open(desk.store), chat, utc_now())
        count = len(subscriptions.of_chat(chat))
    if file == "-":
        sys.stdout.buffer.write(text.encode())
        return 0
    try:
        Path(file).write_text(text, encoding="utf-8")
    except OSError as e:
        raise UsageProblem(f"{file!r} cannot be written ({e.strerror})") from e
    click.echo(f"{count:,} subscriptions written", err=True)
    return 0


def run_import(settings: Settings, file: str, *, chat: int, topic: int) -> int:
    """Take in what ``run_export`` wrote."""
    if topic != NO_THREAD and chat == TERMINAL:
        raise UsageProblem("--topic goes with --chat; a terminal has no topics")
    body = _bytes_of(file)
    with open_desk(settings) as desk:
        taken = import_chat(
            Subscriptions.open(desk.store),
            Ledger.open(desk.store),
            body,
            Place(chat, topic),
            name=file,
        )
    click.echo(
        f"{taken.subscriptions:,} subscriptions ({taken.new_subscriptions:,} new),"
        f" {taken.ratings:,} ratings ({taken.new_ratings:,} new)"
    )
    return 0


def _bytes_of(file: str) -> bytes:
    """At most one byte more than a file may have."""
    if file == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    try:
        with Path(file).open("rb") as stream:
            return stream.read(MOST_BYTES + 1)
    except OSError as e:
        raise SourceError(file, f"cannot be read ({e.strerror})") from e
