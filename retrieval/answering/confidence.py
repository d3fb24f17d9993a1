"""
How sure the answerer is that its first quote answers, and when it is too little.

Two questions, each a logistic model of a few signals that mean the same in every corpus:
does the corpus hold an answer at all (``held_signals``), and if it does, is the first
quote the place (``place_signals``)? The confidence is the product. Whether to answer
depends on the first above all: a corpus that holds the answer should not be silent because
two sentences compete. The weights are in ``weights``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from retrieval.answering.candidates import Candidate, QuestionView, analysed, grams
from retrieval.answering.features import kind, ngrams, passage, predicate
from retrieval.answering.ranking import Ranking
from retrieval.answering.weights import HELD, LEAST_RIGHT, PLACE, THRESHOLD
from retrieval.types import Span

# In a few passages a word that only another article holds was hardly left out by chance; in
# a large corpus every word stands somewhere else too.
_SMALL, _LARGE = 3.0, 7.0
# Sentences past this rank have no share in the softmax to speak of.
_COMPETING = 30
# Share of 4-grams that two unrelated words have in common, about: no sign of one stem.
_CHANCE = 0.34
# Sentences that share so much of their terms say much the same: no rivals.
_ALIKE = 0.4
# Half of the words stand nowhere in the corpus, in no form: the question is about something
# else, which the sets hardly show ("When was the vaccine approved?" of a corpus without one).
# It refuses one answerable question in a hundred of xquad_ru and none elsewhere.
_MUCH_UNKNOWN = 0.5
_UNLIKE = 0.9  # of ``Evidence.missing``: no form of it either
_MUCH_LOST = 0.5  # of a name, by idf
# Breadth of a corpus of about 200 passages; the question sets have more.
_FEW = 6.0
# A quote that may tell of another matter is shown as one that does not clearly answer.
_DOUBTED = 0.45
# Articles that share so much of the smaller one's vocabulary tell of the same event.
_SAME_EVENT = 0.3


@dataclass(frozen=True, slots=True)
class Estimate:
    """
    How sure it is.

    Attributes:
        held: The probability that the corpus holds an answer.
        right: The probability that the first quote answers; ``held`` at most.
        is_aside: Whether the quoted article lacks what the question names, so that it may
            share no more than a word with the matter.
    """

    held: float
    right: float
    is_aside: bool = False


def estimate(ranked: Ranking, *, strict: bool = False) -> Estimate:
    """
    What is to be thought of the first quote of *ranked*, which has a candidate.

    Args:
        ranked: All candidates.
        strict: What the question names must stand in the quoted article; always so in a
            small corpus.
    """
    evidence = Evidence(ranked)
    held = probability(HELD, held_signals(evidence))
    if (unknown := evidence.unknown_share()) >= _MUCH_UNKNOWN:
        held *= 1 - unknown
    right = held * probability(PLACE, place_signals(evidence))
    is_small = evidence.view.breadth < _FEW
    if is_small and evidence.lacks_what_is_said():
        right = min(right, _DOUBTED)
    return Estimate(held, right, is_aside=(strict or is_small) and evidence.lacks_a_name())


def is_enough(sure: Estimate) -> bool:
    """Whether to answer."""
    return not sure.is_aside and sure.held >= THRESHOLD and sure.right >= LEAST_RIGHT


def probability(weights: Mapping[str, float], found: Mapping[str, float]) -> float:
    """The logistic model."""
    z = weights["bias"] + sum(weights[name] * x for name, x in found.items())
    return 1 / (1 + math.exp(-z))


class Evidence:
    """What the signals look at: the best sentence, its article, and what competes with them."""

    def __init__(self, ranked: Ranking) -> None:
        first = ranked.order[0]
        self.scene = ranked.scene_of[first]
        self.view: QuestionView = self.scene.view
        self.best = ranked.candidates[first]
        self.rivals = [ranked.candidates[i] for i in ranked.order[:_COMPETING]]
        scores = np.array([ranked.score(i) for i in ranked.order[:_COMPETING]])
        self._odds = np.exp(scores - scores[0])
        self.terms_of: dict[str, set[str]] = {}
        for c in ranked.candidates:
            self.terms_of.setdefault(c.article.id, set()).update(c.analysis.terms)
        self._grams = frozenset().union(
            *(c.analysis.grams for c in ranked.candidates if self.is_own(c))
        )

    def is_own(self, c: Candidate) -> bool:
        """Whether *c* is of the article that the first quote is from."""
        return c.article.id == self.best.article.id

    @cached_property
    def missing(self) -> dict[str, float]:
        """
        The question's terms that the article of the first quote lacks, and how surely.

        That is 1 for a word unlike all that was retrieved of the article, and less for one
        that shares its character 4-grams: an inflection that the stemmer does not know.
        """
        view, article = self.view, self.best.article
        held = self.terms_of[article.id]
        title = analysed(article.title, article.lang).terms if article.title else frozenset()
        text = article.text.casefold()
        lacking: dict[str, float] = {}
        for term in view.weights:
            written = view.places[term].of(view.text).casefold()
            if term not in held and term not in title and written not in text:
                wanted = grams(written)
                shared = len(wanted & self._grams) / len(wanted)
                lacking[term] = 1 - max(0.0, (shared - _CHANCE) / (1 - _CHANCE))
        return lacking

    def unknown_share(self) -> float:
        """The share of the question's terms that the corpus does not know in any form."""
        unknown = [
            term
            for term, unlike in self.missing.items()
            if unlike > _UNLIKE and term in self.view.unknown
        ]
        return len(unknown) / max(len(self.view.weights), 1)

    @cached_property
    def lost_names(self) -> list[list[str]]:
        """The question's names of which the article lacks every term."""
        return [name for name in self.names if all(term in self.missing for term in name)]

    @property
    def written_names(self) -> list[list[str]]:
        """The names that the question writes as such."""
        return [name for name in self.names if not self.view.names.isdisjoint(name)]

    def lacks_a_name(self) -> bool:
        """Whether the article lacks a name that the question writes as one."""
        return any(map(self._is_lost, self.written_names))

    def lacks_what_is_said(self) -> bool:
        """
        Whether the article has the question's names, and nothing of what it says of them.

        It may say that in other words ("entered", for "joined"), or not at all.
        """
        said = [t for t in self.view.weights if t not in self.scene.names and not t.isdecimal()]
        return bool(self.written_names and said) and all(
            self.missing.get(term, 0.0) > _UNLIKE for term in said
        )

    def _is_lost(self, name: list[str]) -> bool:
        """Whether what tells a name from others is missing: its rarest term, or most of it."""
        idfs = self.view.idfs
        lost = {term for term in name if self.missing.get(term, 0.0) > _UNLIKE}
        weight = sum(idfs[term] for term in name)
        return self.most_telling(name) in lost or sum(idfs[t] for t in lost) > _MUCH_LOST * weight

    def most_telling(self, name: list[str]) -> str:
        """The term of *name* that the fewest passages hold."""
        return max(name, key=lambda term: self.view.idfs[term])

    @cached_property
    def names(self) -> list[list[str]]:
        """The names of the question, of one or more terms that stand side by side in it."""
        places = self.view.places
        found: list[list[str]] = []
        last: Span | None = None
        for term in sorted(self.scene.names, key=lambda name: places[name]):
            span = places[term]
            if last is not None and _is_one_name(self.view.text[last.stop : span.start]):
                found[-1].append(term)
            else:
                found.append([term])
            last = span
        return found

    def elsewhere(self, terms: set[str]) -> dict[str, float]:
        """Those of ``missing`` that are in *terms*."""
        return {term: sure for term, sure in self.missing.items() if term in terms}

    def share(self, lacking: Mapping[str, float]) -> float:
        """The weight in the question of terms that are lacking."""
        return sum(self.view.weights[term] * sure for term, sure in lacking.items())

    def is_same_event(self, article_id: str) -> bool:
        """Whether an article tells of what the first quote's article tells of."""
        one = self.terms_of[self.best.article.id] - self.view.weights.keys()
        other = self.terms_of[article_id] - self.view.weights.keys()
        return len(one & other) >= _SAME_EVENT * max(min(len(one), len(other)), 1)

    def softmax(self, counted: list[bool]) -> float:
        """The share of some of ``rivals`` in the softmax that the sentence weights were fitted to."""
        return float(self._odds[counted].sum() / self._odds.sum())


def held_signals(e: Evidence) -> dict[str, float]:
    """What speaks for and against that the corpus holds an answer."""
    view = e.view
    small = _smallness(view.breadth)
    n = max(len(view.weights), 1)
    elsewhere = e.elsewhere(set().union(*e.terms_of.values()))
    known = sum(w for term, w in view.weights.items() if term not in view.unknown)
    matched = sum(view.idfs[t] for t in view.weights if t in e.best.analysis.terms)
    missing_idfs = [view.idfs[t] for t in e.missing if t not in view.unknown]
    exchanged = any(not view.unknown.issuperset(name) for name in e.lost_names)
    same_event = {article: e.is_same_event(article) for article in e.terms_of}
    return {
        # share of the question's terms that the article holds, each counting the same
        "article": 1 - sum(e.missing.values()) / n,
        # BM25 of the passage as a share of what the terms could give that the corpus knows
        "passage": min(passage(e.scene, e.best) / known, 1.0) if known else 0.0,
        # other events compete little for the quote
        "event": e.softmax([same_event[c.article.id] for c in e.rivals]),
        "matched": math.log1p(matched),
        "ngrams": ngrams(e.scene, e.best),
        # what the article lacks stands in others retrieved: at least the subject is known
        "elsewhere": sum(elsewhere.values()) / n,
        "rarest_missing": max(missing_idfs, default=0.0) / view.breadth,
        # names without the term that tells them from others
        "lost": sum(e.most_telling(name) in e.missing for name in e.names) / max(len(e.names), 1),
        # In a small corpus: a name that only other articles hold, ...
        "exchanged": small * exchanged,
        # ... and one other article that holds what this one lacks.
        "complement": small * max(e.share(e.elsewhere(terms)) for terms in e.terms_of.values()),
    }


def place_signals(e: Evidence) -> dict[str, float]:
    """What speaks for and against the first quote, if the corpus holds the answer."""
    near = (e.best, e.best.before, e.best.after)
    return {
        # no sentence but the neighbours, which are quoted too, and likes of it competes
        "alone": e.softmax([any(c is x for x in near) or _is_alike(c, e.best) for c in e.rivals]),
        "predicate": predicate(e.scene, e.best),
        "kind": kind(e.scene, e.best),
    }


def _is_alike(c: Candidate, best: Candidate) -> bool:
    one, other = c.analysis.terms, best.analysis.terms
    return len(one & other) >= _ALIKE * len(one | other)


def _is_one_name(between: str) -> bool:
    """Whether terms with *between* between them may belong to one name; "" if they overlap."""
    return len(between) <= 2 and not between.strip(" .-‐’'·")


def _smallness(breadth: float) -> float:
    """1 in a corpus of a few passages, 0 from about a thousand on (see ``QuestionView.breadth``)."""
    return min(max((_LARGE - breadth) / (_LARGE - _SMALL), 0.0), 1.0)
