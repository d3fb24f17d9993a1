"""Topics: how near an article is to one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

from retrieval.language.analysis import query_terms
from retrieval.percolator.document import Document, Place, satisfies
from retrieval.query.tree import Topic

K1: Final = 1.2
B: Final = 0.75

WINDOW: Final = 100
"""Tokens of an article that are looked at together for a topic: a passage's length."""

LEAST: Final = 0.35
"""
The score from which an article is about a topic, unless the subscription has its own.

All words of the topic once in a passage of usual length give .45.
"""


@dataclass(frozen=True, slots=True)
class Nearness:
    """
    How much of a topic's weight a passage of the article holds: BM25, as the index has it,
    divided by the most that it could be (Robertson and Zaragoza 2009, doi:10.1561/1500000019).
    """

    topic: Topic
    weights: Mapping[str, float]
    least: float
    total: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "total", sum(self.weights.values()))

    def keys(self, _: Callable[[str], float]) -> frozenset[str] | None:
        """
        The heaviest terms: without any of them, the others cannot reach the least score.
        """
        light_first = sorted(self.weights.items(), key=lambda item: item[1])
        sums = accumulate(weight for _, weight in light_first)
        least = self.least * self.total
        return frozenset(
            term for (term, _), so_far in zip(light_first, sums, strict=True) if so_far >= least
        )

    def score(self, document: Document, found: list[Place]) -> float:
        if not satisfies(document.article, self.topic.filters) or not self.total:
            return -1.0
        slots = {t: document.slots[t] for t in self.weights if t in document.slots}
        best, best_window = 0.0, range(0)
        for window in _windows(document):
            score = self._score(document, slots, window)
            if score > best:
                best, best_window = score, window
        found += (
            document.place(term, slot)
            for term, those in slots.items()
            for slot in those
            if slot in best_window or slot < document.title_stop
        )
        return best / self.total

    def _score(
        self, document: Document, slots: Mapping[str, Sequence[int]], window: range
    ) -> float:
        title = document.title_stop
        norm = K1 * (1 - B + B * (len(window) + title) / WINDOW)
        score = 0.0
        for term, those in slots.items():
            count = sum(slot < title or slot in window for slot in those)
            score += self.weights[term] * count / (count + norm)
        return score


def _windows(document: Document) -> Iterator[range]:
    """Stretches of the text of ``WINDOW`` tokens, each half in the next."""
    start, stop = document.title_stop + 1, len(document.places)
    yield range(start, min(start + WINDOW, stop))
    for at in range(start + WINDOW // 2, stop - WINDOW // 2, WINDOW // 2):
        yield range(at, min(at + WINDOW, stop))


def nearness(
    topic: Topic, lang: str | None, rarity: Callable[[str], float], least: float
) -> Nearness:
    weights = {term: rarity(term) for term in query_terms(topic.text, [lang])}
    return Nearness(topic, weights, least)
