"""The bundled demo corpus: a desk of its own, so that it never mixes with a user's."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from bot.demo import corpus_path
from bot.errors import UsageProblem
from bot.services import open_desk
from bot.settings import Settings
from retrieval.desk import Desk

EMPTY = (
    "nothing has been ingested yet; run clipdesk ingest PATH, or clipdesk repl --demo"
    " to try the demo corpus"
)


@contextmanager
def open_demo(settings: Settings) -> Iterator[Desk]:
    """The demo desk, filled on first use."""
    with open_desk(settings, settings.data_dir / "demo") as desk:
        desk.add([corpus_path()])
        yield desk


@contextmanager
def offered_demo(settings: Settings, own: Desk) -> Iterator[Desk]:
    """
    The user's own desk; if it is empty, the demo desk when the user agrees.

    Raises:
        UsageProblem: If it is empty and nobody is there to agree.
    """
    if own.index.count():
        yield own
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageProblem(EMPTY)
    if not click.confirm(
        "Nothing has been ingested yet. Use the demo corpus?", default=True, err=True
    ):
        raise UsageProblem(EMPTY)
    with open_demo(settings) as desk:
        yield desk
