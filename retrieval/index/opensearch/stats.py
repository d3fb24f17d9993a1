"""How many passages hold a term or are in a language, kept for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping

KEPT_S = 60.0  # others write as well; an idf changes little in a minute
_MOST = 50_000  # terms


class Statistics:
    """
    What the cluster said lately; usable from any thread.

    Attributes:
        langs: Passages of each language; None where that is not known now.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._frequencies: dict[str, int] = {}
        self._langs: Mapping[str | None, int] | None = None
        self._until = clock() + KEPT_S

    def forget(self) -> None:
        """Something was written."""
        with self._lock:
            self._clear()

    def _clear(self) -> None:
        self._frequencies = {}
        self._langs = None
        self._until = self._clock() + KEPT_S

    def _expire(self) -> None:
        if self._clock() >= self._until or len(self._frequencies) > _MOST:
            self._clear()

    @property
    def langs(self) -> Mapping[str | None, int] | None:
        with self._lock:
            self._expire()
            return self._langs

    @langs.setter
    def langs(self, langs: Mapping[str | None, int]) -> None:
        with self._lock:
            self._langs = langs

    def frequency(self, term: str) -> int | None:
        """How many passages hold *term*; None where that is not known now."""
        with self._lock:
            self._expire()
            return self._frequencies.get(term)

    def unknown(self, terms: Iterable[str]) -> list[str]:
        """Those of *terms* whose frequency is not known now."""
        with self._lock:
            self._expire()
            return [term for term in terms if term not in self._frequencies]

    def learn(self, frequencies: Mapping[str, int]) -> None:
        """What the cluster says."""
        with self._lock:
            self._frequencies.update(frequencies)
