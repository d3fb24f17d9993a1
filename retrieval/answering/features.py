"""
What speaks for a sentence: one small function a feature, all of them named.

A feature is a number of about 0 to 1 (or -1 to 1) that means the same in every
language and in a corpus of any size. What each one counts for is in ``weights``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import regex

from retrieval.answering.candidates import Candidate, QuestionView, analysed
from retrieval.language.items import counts, is_count, is_visible, items
from retrieval.language.questions import Kind
from retrieval.types import Span

_YEAR = regex.compile(r"(?<!\d)(?:1[0-9]{3}|20[0-9]{2})(?!\d)")
_QUESTION_MARK = ("?", "？", "؟", ";")
_LONG_SENTENCE = 40  # terms; beyond it more words are no longer more news


@dataclass(slots=True)
class Scene:
    """All that features may look at for one question in one language."""

    view: QuestionView
    candidates: Sequence[Candidate]
    local: dict[str, float] = field(default_factory=dict)
    heads: list[tuple[Candidate, frozenset[str]]] = field(default_factory=list)
    names: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        seen = frozenset().union(*(c.analysis.names for c in self.candidates))
        self.names = frozenset(self.view.weights.keys() & (self.view.names | seen))
        self.local = _local_weights(self)
        self.heads = _best_of_each_article(self)


def _local_weights(scene: Scene) -> dict[str, float]:
    """Shares of the question's terms by how few of the candidates hold them, times idf."""
    n = len(scene.candidates)
    raw = {}
    for term, weight in scene.view.weights.items():
        df = sum(term in c.analysis.terms for c in scene.candidates)
        raw[term] = weight * math.log(1 + (n - df + 0.5) / (df + 0.5)) if df else 0.0
    total = sum(raw.values())
    return {term: value / total for term, value in raw.items()} if total > 0 else {}


_HEADS = 6


def _best_of_each_article(scene: Scene) -> list[tuple[Candidate, frozenset[str]]]:
    """The best-covering sentence of each article, and its words that are news."""
    best: dict[str, tuple[float, Candidate]] = {}
    for c in scene.candidates:
        share = _share(scene.view.weights, c.analysis.terms)
        held = best.get(c.article.id)
        if held is None or share > held[0]:
            best[c.article.id] = (share, c)
    ranked = sorted(best.values(), key=lambda pair: -pair[0])[:_HEADS]
    return [(c, c.analysis.terms - scene.view.weights.keys()) for _, c in ranked]


def _share(weights: dict[str, float], terms: frozenset[str]) -> float:
    return sum(weight for term, weight in weights.items() if term in terms)


def _title_terms(c: Candidate) -> frozenset[str]:
    return analysed(c.article.title, c.article.lang).terms if c.article.title else frozenset()


def coverage(scene: Scene, c: Candidate) -> float:
    """Idf share of the question's terms that the sentence holds."""
    return _share(scene.view.weights, c.analysis.terms)


def local_coverage(scene: Scene, c: Candidate) -> float:
    """The same, by how well each term tells the candidates apart."""
    return _share(scene.local, c.analysis.terms)


def predicate(scene: Scene, c: Candidate) -> float:
    """Idf share of the terms that are no names: what is said, not of whom."""
    return _share(
        {t: w for t, w in scene.view.weights.items() if t not in scene.names}, c.analysis.terms
    )


def passage(scene: Scene, c: Candidate) -> float:
    """BM25 of the passage as a share of the most it could be."""
    return min(c.score / scene.view.most, 1.0) if scene.view.most > 0 else 0.0


def before(scene: Scene, c: Candidate) -> float:
    """What the sentence before adds to the coverage."""
    if c.before is None:
        return 0.0
    return _share(scene.view.weights, c.before.analysis.terms - c.analysis.terms)


def after(scene: Scene, c: Candidate) -> float:
    """What the sentence behind adds to the coverage."""
    if c.after is None:
        return 0.0
    return _share(scene.view.weights, c.after.analysis.terms - c.analysis.terms)


def title(scene: Scene, c: Candidate) -> float:
    """What the title adds to the coverage."""
    return _share(scene.view.weights, _title_terms(c) - c.analysis.terms)


def lead(scene: Scene, c: Candidate) -> float:
    """An early sentence of an article whose title the question names."""
    return _share(scene.view.weights, _title_terms(c)) / (1 + c.number)


def ngrams(scene: Scene, c: Candidate) -> float:
    """Share of the question's character 4-grams; finds what stemming does not."""
    wanted = scene.view.grams
    return len(wanted & c.analysis.grams) / len(wanted)


def kind(scene: Scene, c: Candidate) -> float:
    """1 where the sentence holds a new item of the asked kind, -1 where it lacks one."""
    wanted = scene.view.asked.kind
    if not is_visible(wanted, c.text):
        return 0.0
    # In any language: a sign is enough here, and names and numbers of others stand in any text.
    return 1.0 if new_items(scene.view, c.text, None) else -1.0


def new_items(view: QuestionView, text: str, lang: str | None) -> list[Span]:
    """Places in *text*, of language *lang*, of the asked kind that the question does not hold itself."""
    found = []
    folded_question = view.text.casefold()
    wants_count = view.asked.kind is Kind.NUMBER and is_count(view.text)
    for span in items(text, view.asked.kind, lang):
        folded = span.of(text).casefold()
        if wants_count and not counts(text, span, lang):
            continue
        if view.asked.kind in (Kind.REASON, Kind.SAYING, Kind.DEFINITION) or (
            folded not in view.items and folded not in folded_question
        ):
            found.append(span)
    return found


def year(scene: Scene, c: Candidate) -> float:
    """1 where a year of the question is in sentence, title or date; -1 where others are."""
    wanted = set(_YEAR.findall(scene.view.text))
    if not wanted:
        return 0.0
    seen = set(_YEAR.findall(c.text)) | set(_YEAR.findall(c.article.title or ""))
    if wanted & seen:
        return 1.0
    if c.article.published is not None:
        return 1.0 if str(c.article.published.year) in wanted else -1.0
    return -1.0 if seen else 0.0


def agreement(scene: Scene, c: Candidate) -> float:
    """How much of what is new here is also new in other articles' best sentences."""
    news = c.analysis.terms - scene.view.weights.keys()
    if not news:
        return 0.0
    others = [terms for head, terms in scene.heads if head.article.id != c.article.id]
    return max((len(news & terms) / len(news) for terms in others), default=0.0)


def length(scene: Scene, c: Candidate) -> float:  # noqa: ARG001  (all features are called alike)
    """Log of the sentence's length; a heading or a fragment answers little."""
    return min(math.log1p(c.analysis.length) / math.log1p(_LONG_SENTENCE), 1.0)


def question_like(scene: Scene, c: Candidate) -> float:  # noqa: ARG001
    """1 for a sentence that asks itself."""
    return 1.0 if c.text.rstrip("\"'”’»」』) ").endswith(_QUESTION_MARK) else 0.0


def definition(scene: Scene, c: Candidate) -> float:
    """1 where the name asked about is followed by what it is, or stands behind its role."""
    topic = scene.view.asked.topic
    if topic is None:
        return 0.0
    at = c.text.casefold().find(topic.casefold())
    if at < 0:
        return 0.0
    behind = c.text[at + len(topic) : at + len(topic) + 40]
    if items(behind, Kind.DEFINITION) or behind[:2].strip().startswith(("(", "（", ",", "，", "—")):
        return 1.0 if at < len(c.text) // 3 else 0.5
    return 0.3


Feature = Callable[[Scene, Candidate], float]
FEATURES: dict[str, Feature] = {
    f.__name__: f
    for f in (
        coverage, local_coverage, predicate, passage, before, after, title, lead, ngrams, kind, year,
        agreement, length, question_like, definition,
    )
}  # fmt: skip


def matrix(scene: Scene) -> npt.NDArray[np.float64]:
    """Every feature of every candidate, shape (candidates, features), in the order of FEATURES."""
    return np.array(
        [[feature(scene, c) for feature in FEATURES.values()] for c in scene.candidates],
        dtype=np.float64,
    ).reshape(len(scene.candidates), len(FEATURES))
