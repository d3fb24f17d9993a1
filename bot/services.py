"""The composition root: settings -> an open desk, and what to tell while it opens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.render.progress import progress_bar
from bot.settings import Settings
from retrieval.desk import Desk


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
