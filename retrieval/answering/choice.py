"""
From scored sentences to places to quote: which ones, and how much of the text around.

What a sentence is worth was decided in ``features``; what is quoted with it is decided
here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import regex

from retrieval.answering.candidates import Candidate
from retrieval.answering.features import Scene, kind
from retrieval.answering.near_identical import say_the_same
from retrieval.answering.ranking import Ranking
from retrieval.types import Span

# A sentence that opens like this speaks of somebody named before it.
_LEANING = (
    r"(?:[\"“«‘'「『]?\s*)(?:"
    r"(?:he|she|they|it|his|her|their|its|this|these|that|those|there|such|both|another|the (?:two|latter|former|pair))\b"
    r"|(?:él|ella|ellos|ellas|esto|esta|este|estos|estas|ese|esa|eso|su|sus)\b"
    r"|(?:il|elle|ils|elles|cela|ceci|ce|cette|ces|son|sa|ses|leur|leurs)\b"
    r"|(?:er|sie|es|dies|diese[rsmn]?|sein[e]?|ihr[e]?)\b"
    r"|(?:ele|ela|eles|elas|isto|isso|esse|essa|seu|sua|seus|suas)\b"
    r"|(?:egli|ella|essi|esse|questo|questa|questi|queste|suo|sua)\b"
    r"|(?:el|ea|ei|ele|acesta|aceasta|aceștia)\b"
    r"|(?:он|она|они|оно|это|этот|эта|эти|его|её|ее|их)\b"
    r"|(?:αυτός|αυτή|αυτό|αυτοί|αυτές|αυτά)\b"
    r"|(?:bu|o|onlar|bunlar|şu)\b"
    r"|(?:ông|bà|họ|nó|anh ấy|cô ấy|điều này)\b"
    r"|(?:वह|वे|यह|ये|उन्होंने|उसने|इस|उनके|उनकी)(?!\p{L})"
    r"|(?:هو|هي|هم|وهو|وهي|كما|هذا|هذه)(?!\p{L})"
    r"|(?:他们|她们|它们|他們|她們|它們|他|她|它|这|這|此|该|該|其)"
    r"|(?:彼|彼女|彼ら|これ|それ|この|その)"
    r"|(?:그는|그녀는|그들은|이는|이것은|그의)"
    r"|(?:เขา|เธอ|พวกเขา|มัน|นี่|นั่น)"
    r")"
)
_SHORT = 4  # terms; "Yes, he did." says nothing alone


@cache
def _leaning() -> regex.Pattern[str]:
    return regex.compile(_LEANING, regex.IGNORECASE)


def leans_on_previous(text: str) -> bool:
    """Whether a sentence opens with a word for somebody or something named before it."""
    return _leaning().match(text) is not None


# A neighbour is quoted too where it is itself among the next best, since the answer often
# stands in the sentence beside the one that repeats the question. On twelve sets this
# finds 4 to 5 more answers in a hundred for a quarter more text; 2 to 6 ranks, 2 to 4 units
# of score and 300 to 500 characters all pay about alike, in the proportion of the text.
_NEXT_BEST = 3
_CLOSE = 3.0
# About three lines of a phone's chat.
_MAX_JOINED_WIDTH = 400
# A neighbour that holds what the sentence plainly lacks is worth a line more.
_MAX_WIDTH_WITH_KIND = 500
# A Chinese or Japanese character says as much as this many Latin ones.
_DENSE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_DENSE_WIDTH = 2.6
# Sentences past this rank are neither quoted nor looked at for repetition.
_LOOKED_AT = 30


@dataclass(slots=True)
class Pick:
    """A place to quote; ``others`` are places in other articles that say nearly the same."""

    candidate: Candidate
    index: int
    span: Span
    paragraph: int
    joined: Candidate | None = None  # the neighbour that is quoted too
    others: list[Pick] = field(default_factory=list)

    def says(self, c: Candidate) -> bool:
        """Whether a sentence of it says nearly the same as *c*."""
        return say_the_same(self.candidate.analysis, c.analysis) or (
            self.joined is not None and say_the_same(self.joined.analysis, c.analysis)
        )


def choose(ranked: Ranking, quotes: int) -> list[Pick]:
    """At most *quotes* places, best first, none of them overlapping or repeating another."""
    picks: list[Pick] = []
    for rank, index in enumerate(ranked.order[:_LOOKED_AT]):
        c = ranked.candidates[index]
        same = _same(picks, c)
        if same is not None:
            _also(same, c, index)
        elif len(picks) < quotes and not _is_quoted(picks, c, c.sentence.span):
            picks.append(_pick(ranked, picks, rank, index))
    return picks


def _same(picks: Sequence[Pick], c: Candidate) -> Pick | None:
    return next((p for p in picks if p.says(c)), None)


def _also(pick: Pick, c: Candidate, index: int) -> None:
    known = {pick.candidate.article.id, *(o.candidate.article.id for o in pick.others)}
    if c.article.id not in known:
        pick.others.append(Pick(c, index, c.sentence.span, c.sentence.paragraph))


def _is_quoted(picks: Sequence[Pick], c: Candidate, span: Span) -> bool:
    return any(p.candidate.article.id == c.article.id and p.span.overlaps(span) for p in picks)


def _pick(ranked: Ranking, picks: Sequence[Pick], rank: int, index: int) -> Pick:
    """The sentence at *rank*, with the neighbour that it needs or that answers with it."""
    c = ranked.candidates[index]
    for neighbour, limit in (
        (_with_the_kind(ranked.scene_of[index], c), _MAX_WIDTH_WITH_KIND),
        (_close_in_rank(ranked, rank, c), _MAX_JOINED_WIDTH),
        (c.before if _leans(c) else None, _MAX_JOINED_WIDTH),
    ):
        if neighbour is None or width(c.text) + width(neighbour.text) > limit:
            continue
        first, last = (neighbour, c) if neighbour is c.before else (c, neighbour)
        span = Span(first.sentence.span.start, last.sentence.span.stop)
        if _same(picks, neighbour) is None and not _is_quoted(picks, c, span):
            return Pick(c, index, span, first.sentence.paragraph, neighbour)
    return Pick(c, index, c.sentence.span, c.sentence.paragraph)


def width(text: str) -> float:
    """The length of *text* in characters of an alphabet."""
    return len(text) + (_DENSE_WIDTH - 1) * len(_DENSE.findall(text))


def _leans(c: Candidate) -> bool:
    return leans_on_previous(c.text) or c.analysis.length < _SHORT


def _with_the_kind(scene: Scene, c: Candidate) -> Candidate | None:
    """The neighbour that holds what is asked for, where the sentence itself plainly does not."""
    if kind(scene, c) >= 0:
        return None
    return next((n for n in (c.after, c.before) if n is not None and kind(scene, n) > 0), None)


def _close_in_rank(ranked: Ranking, rank: int, c: Candidate) -> Candidate | None:
    """The better neighbour, where it is among the next best and not much worse."""
    for index in ranked.order[rank + 1 : rank + 1 + _NEXT_BEST]:
        other = ranked.candidates[index]
        if other is c.before or other is c.after:
            gap = ranked.score(ranked.order[rank]) - ranked.score(index)
            return other if gap <= _CLOSE else None
    return None
