"""Figures over answered questions: pure functions, each with its formula and source."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_EDGES = " .,“”\"'‘’"


def normalised(text: str) -> str:
    """NFKC, case folded, white space and the punctuation around it folded."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\s+", " ", folded).strip(_EDGES)


def holds_any(text: str, golds: Sequence[str]) -> bool:
    """
    Whether a gold string stands in *text* ("answer containment", as in open-domain
    QA since Chen et al. 2017, doi:10.18653/v1/P17-1171); empty golds never do.
    """
    within = normalised(text)
    return any(gold in within for gold in map(normalised, golds) if gold)


def lies_in_any(text: str, evidence: Sequence[str]) -> bool:
    """Whether *text* is a part of a gold sentence, or the other way round."""
    mine = normalised(text)
    return any(mine in gold or gold in mine for gold in map(normalised, evidence) if gold)


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """
    Probability that a positive scores above a negative, ties counting half: the area
    under the ROC curve by the rank-sum statistic (Hanley & McNeil 1982,
    doi:10.1148/radiology.143.1.7063747). None where one side is empty.
    """
    if not positives or not negatives:
        return None
    ordered = sorted([(p, 1) for p in positives] + [(n, 0) for n in negatives])
    rank_sum, start = 0.0, 0
    while start < len(ordered):
        stop = start
        while stop < len(ordered) and ordered[stop][0] == ordered[start][0]:
            stop += 1
        mean_rank = (start + 1 + stop) / 2
        rank_sum += mean_rank * sum(is_positive for _, is_positive in ordered[start:stop])
        start = stop
    n, m = len(positives), len(negatives)
    return (rank_sum - n * (n + 1) / 2) / (n * m)


def calibration_error(
    confidences: Sequence[float], outcomes: Sequence[bool], bins: int = 10
) -> float | None:
    """
    Expected calibration error: the mean gap between confidence and the share that
    came true, over bins of equal width weighted by size (Naeini et al. 2015, AAAI).
    None for nothing.
    """
    if not confidences:
        return None
    gaps = [0.0] * bins
    for confidence, outcome in zip(confidences, outcomes, strict=True):
        gaps[min(int(confidence * bins), bins - 1)] += confidence - outcome
    return sum(map(abs, gaps)) / len(confidences)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which *share* of *values* lie (nearest rank); 0.0 for nothing."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0
