"""
All candidate sentences of a question, scored and in order; nothing is chosen yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from retrieval.answering.candidates import Candidate, TermStats, collect, view
from retrieval.answering.features import FEATURES, Scene, matrix
from retrieval.answering.weights import SENTENCE
from retrieval.types import Context

_WEIGHTS = np.array([SENTENCE[name] for name in FEATURES])


@dataclass(slots=True)
class Ranking:
    """
    All candidates of a question, scored.

    Attributes:
        scene_of: The scene of each candidate: the question as its language sees it.
        shares: Feature times weight, shape (candidates, features).
        order: Indices into ``candidates``, best first.
    """

    candidates: list[Candidate]
    scene_of: list[Scene]
    shares: npt.NDArray[np.float64]
    order: list[int]

    def score(self, index: int) -> float:
        """The sum of the shares of one candidate."""
        return float(self.shares[index].sum())


def rank(question: str, contexts: Sequence[Context], stats: TermStats) -> Ranking:
    """Score the complete sentences of *contexts*; ties go by the passage's rank, then by text order."""
    by_lang: dict[str | None, list[Candidate]] = {}
    for c in collect(contexts):
        by_lang.setdefault(c.article.lang, []).append(c)
    candidates: list[Candidate] = []
    scene_of: list[Scene] = []
    rows = [np.zeros((0, len(FEATURES)))]
    for lang, group in by_lang.items():
        scene = Scene(view(question, lang, stats), group)
        candidates += group
        scene_of += [scene] * len(group)
        rows.append(matrix(scene))
    shares = np.vstack(rows) * _WEIGHTS
    scores = shares.sum(axis=1)
    order = sorted(range(len(candidates)), key=lambda i: (-scores[i], candidates[i].rank, i))
    return Ranking(candidates, scene_of, shares, order)
