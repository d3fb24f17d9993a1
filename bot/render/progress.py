"""Progress of long work, on standard error; silent when nobody watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

# Work that ends sooner than this shows no bar.
_PATIENCE_S = 0.5

_shown: list[Progress] = []  # the bar that was drawn last, if any

# How far the work is, of how much in all (None while that is not known), and a remark.
OnStep = Callable[[int, int | None, str], None]


@contextmanager
def progress_bar(label: str, *, is_bytes: bool = False) -> Iterator[OnStep]:
    """
    A callback that draws a bar with the time left, once the work takes long.

    The callback does nothing where standard error is no terminal.
    """
    if not sys.stderr.isatty():
        yield lambda _done, _total, _remark: None
        return

    from rich import progress as rich  # noqa: PLC0415  # imported on use: only long work needs it
    from rich.console import Console  # noqa: PLC0415

    amount = rich.DownloadColumn() if is_bytes else rich.MofNCompleteColumn()
    bar = rich.Progress(
        rich.TextColumn("{task.description}"),
        rich.BarColumn(),
        amount,
        rich.TimeRemainingColumn(),
        rich.TextColumn("[dim]{task.fields[remark]}"),
        console=Console(stderr=True),
        transient=True,
        # What is printed meanwhile stands above the bar; to a file it goes as it is
        redirect_stdout=sys.stdout.isatty(),
    )
    task = bar.add_task(label, total=None, remark="")
    started = time.monotonic()

    def on_step(done: int, total: int | None, remark: str) -> None:
        if not bar.live.is_started and time.monotonic() - started > _PATIENCE_S:
            # One at a time: two draw over each other, and neither is cleared.
            for other in _shown:
                other.stop()
            _shown[:] = [bar]
            bar.start()
        bar.update(task, completed=done, total=total, remark=remark)

    try:
        yield on_step
    finally:
        bar.stop()
