"""The composition root: settings -> an open desk, and what to tell while it opens."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.render.progress import progress_bar
from bot.settings import Settings
from retrieval.desk import Desk


def start_logging(level: str) -> None:
    """Log to standard error, a line an event."""
    logging.basicConfig(
        stream=sys.stderr,
        level=level.upper(),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        force=True,
    )
    if level != "debug":  # a page without a story is told by its reader, in our words
        logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


@contextmanager
def open_desk(settings: Settings, folder: Path | None = None) -> Iterator[Desk]:
    """
    The desk of the settings' data folder, or of *folder*; closed at the end.

    Shows progress when there is something to index first.
    """
    with (
        progress_bar("Indexing") as on_step,
        Desk.open(
            folder or settings.data_dir, on_follow=lambda done, all_: on_step(done, all_, "")
        ) as desk,
    ):
        yield desk
