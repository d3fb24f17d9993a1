"""
How sure the answerer is that its first quote answers, and when it is too little.

A few signals that mean the same in every corpus, one logistic model; its weights are in
``weights``.
"""

from __future__ import annotations

import math

from retrieval.answering.candidates import Candidate, QuestionView, analysed
from retrieval.answering.features import Scene, coverage, ngrams, passage
from retrieval.answering.ranking import Ranking
from retrieval.answering.weights import CONFIDENCE
from retrieval.segment import word_count
from retrieval.types import Span

# In a few passages a word that only another article holds was hardly left out by chance; in
# a large corpus every word stands somewhere else too.
_SMALL, _LARGE = 3.0, 7.0
# Past this many units of score the first sentence is clearly the first.
_CLEAR_MARGIN = 4.0


def _share(view: QuestionView, held: frozenset[str] | set[str]) -> float:
    return sum(weight for term, weight in view.weights.items() if term in held)


def signals(ranked: Ranking) -> dict[str, float]:
    """What speaks for and against the first quote of *ranked*, which has one."""
    index = ranked.order[0]
    scene, best = ranked.scene_of[index], ranked.candidates[index]
    rest = ranked.score(ranked.order[1]) if len(ranked.order) > 1 else 0.0
    margin = ranked.score(index) - rest
    view = scene.view
    held = _of_article(scene, best)
    everywhere: set[str] = set()
    for candidate in ranked.candidates:
        everywhere |= candidate.analysis.terms
    elsewhere = sum(w for t, w in view.weights.items() if t not in held and t in everywhere)
    return {
        "passage": passage(scene, best),
        "sentence": coverage(scene, best),
        "article": _share(view, held),
        "ngrams": ngrams(scene, best),
        "margin": min(margin, _CLEAR_MARGIN) * _share(view, held),
        "breadth": view.breadth,
        "words": math.log1p(word_count(view.text)),
        "lost": _lost_names(scene, best, held),
        "split": elsewhere * _smallness(view.breadth),
    }


def _of_article(scene: Scene, best: Candidate) -> frozenset[str]:
    """The terms of all that was retrieved from the article of *best*, and of its title."""
    held: set[str] = set()
    for c in scene.candidates:
        if c.article.id == best.article.id:
            held |= c.analysis.terms
    if best.article.title:
        held |= analysed(best.article.title, best.article.lang).terms
    return frozenset(held)


def _lost_names(scene: Scene, best: Candidate, held: frozenset[str]) -> float:
    """
    Share of the question's names that the whole article of *best* lacks.

    Names from two articles do not make an answer: what is known of one of them in this
    article was not said of the other.
    """
    if not scene.names:
        return 0.0
    text = best.article.text.casefold()
    lost = {name for name in scene.names if name not in held and name not in text}
    whole = _whole_names(scene)
    return sum(lost.issuperset(name) for name in whole) / len(whole)


def _whole_names(scene: Scene) -> list[list[str]]:
    """The names of the question, of one or more terms that stand side by side in it."""
    places = scene.view.places
    found: list[list[str]] = []
    last: Span | None = None
    for term in sorted(scene.names, key=lambda name: places[name]):
        span = places[term]
        if last is not None and _is_one_name(scene.view.text[last.stop : span.start]):
            found[-1].append(term)
        else:
            found.append([term])
        last = span
    return found


def _is_one_name(between: str) -> bool:
    """Whether terms with *between* between them may belong to one name; "" if they overlap."""
    return len(between) <= 2 and not between.strip(" .-‐’'·")


def _smallness(breadth: float) -> float:
    """1 in a corpus of a few passages, 0 from about a thousand on (see ``QuestionView.breadth``)."""
    return min(max((_LARGE - breadth) / (_LARGE - _SMALL), 0.0), 1.0)


def estimate(found: dict[str, float]) -> float:
    """The probability that the first quote answers."""
    z = CONFIDENCE["bias"] + sum(CONFIDENCE[name] * x for name, x in found.items())
    return 1 / (1 + math.exp(-z))
