"""
Whether a search saw less than the whole index: a part of a cluster did not answer.

An engine notes it where it happens, and who asked learns of it, however many searches
and layers lie between. Each thread has its own notes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_noted: ContextVar[list[bool] | None] = ContextVar("noted", default=None)


def note_partial() -> None:
    """Say that what is found now may not be all."""
    if (notes := _noted.get()) is not None:
        notes.append(True)


@contextmanager
def noting_partial() -> Iterator[list[bool]]:
    """Gives a list that is empty as long as all searches inside saw the whole index."""
    notes: list[bool] = []
    token = _noted.set(notes)
    try:
        yield notes
    finally:
        _noted.reset(token)
