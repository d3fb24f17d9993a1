"""
Which articles tell the same story: one event, told by several outlets; pure.

Two openings are alike by TF-IDF cosine, less the further apart in time they are. How telling
a term is is learnt from the articles of the window, so that in a week in which everybody
writes of one war its name alone joins nothing. A new article joins the story of its likest
article, if it is like the story's other articles on average as well: else one article that
tells of two events would chain two stories together.
"""

from __future__ import annotations

import heapq
import math
from array import array
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import regex

from retrieval.language.analysis import analyze
from retrieval.types import Article

Vector = Mapping[str, float]

# Eighty words of an alphabet; a Han or kana character says as much as three letters. What an
# article is about stands there, and below it stands what other articles were about.
_OPENING_WIDTH = 480
_DENSE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_DENSE_WIDTH = 3

WINDOW = timedelta(days=3)
# Of .15 to .21, with 2 to 6 days of fading, the most that joins at most .02 % of different
# pairs of two outlets (``benchmarks/stories.py``); the given idf or the learnt one, alike.
THRESHOLD = 0.19
# Days after which two articles are alike by 1 / e of what their words say.
_FADING_DAYS = 4.0
# Entries of posting lists that are looked at for one article, the rarest terms first, and
# how many of the articles found so are compared in full: both bound the time, and neither
# changed a story of 5,856 articles.
_MOST_POSTINGS = 1000
_MOST_COMPARED = 24
# So many of a story's latest articles stand for it.
_COMPANY = 12


def opening_terms(article: Article) -> list[str]:
    """The terms of the title and the first 80 words or so, without stop words, in order."""
    text = f"{article.title or ''}\n{article.text[: 2 * _OPENING_WIDTH]}".strip()
    dense = len(_DENSE.findall(text))
    width = _OPENING_WIDTH // _DENSE_WIDTH if 2 * dense > len(text) else _OPENING_WIDTH
    head = text[:width]
    if len(head) < len(text) and " " in head:
        head = head.rpartition(" ")[0]
    return [term.text for term in analyze(head, article.lang) if not term.is_stop]


def vector(terms: Sequence[str], idf: Callable[[str], float]) -> Vector:
    """(1 + ln tf) · idf of each term, of length 1; empty where no term tells anything."""
    raw = {term: (1 + math.log(n)) * idf(term) for term, n in Counter(terms).items()}
    norm = math.sqrt(math.fsum(weight * weight for weight in raw.values()))
    return {term: weight / norm for term, weight in raw.items() if weight} if norm else {}


def likeness(a: Vector, b: Vector) -> float:
    """The cosine of two vectors of length 1, from 0 to 1."""
    if len(b) < len(a):
        a, b = b, a
    return math.fsum(weight * b[term] for term, weight in a.items() if term in b)


def fading(apart: timedelta) -> float:
    """What is left of a likeness between two articles that are so far apart in time."""
    return math.exp(-abs(apart.total_seconds()) / (86_400 * _FADING_DAYS))


@dataclass(slots=True)
class _Story:
    """Its articles that are still in the window; first and last are of all it ever had."""

    id: str
    first: datetime
    last: datetime
    members: list[_Member] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class _Member:
    """An article; its vector in two parts, a fifth of the memory of a dict."""

    article_id: str
    at: datetime
    terms: tuple[str, ...]
    weights: array[float]
    story: _Story

    def likeness(self, vec: Vector) -> float:
        """As ``likeness``."""
        get = vec.get
        return sum(get(term, 0.0) * w for term, w in zip(self.terms, self.weights, strict=True))


class Stories:
    """
    The stories of one window of recent articles; not for several threads at once.

    To restore one after a restart, assign the last days' articles again, in the same order
    and with the stories they were given.
    """

    def __init__(
        self,
        *,
        idf: Callable[[str], float] | None = None,
        window: timedelta = WINDOW,
        threshold: float = THRESHOLD,
    ) -> None:
        """
        Args:
            idf: How telling a term is in a larger corpus, which then counts as much as what
                the window tells; None where there is none.
            window: Articles further apart are never one story.
            threshold: The least likeness, faded with time, to the likest article of a story.
        """
        self._given = idf
        self._window = window
        self._threshold = threshold
        self._by_id: dict[str, _Member] = {}
        self._arrived: deque[_Member] = deque()
        self._postings: dict[str, list[_Member]] = {}  # a deque of one takes 10 times the room
        self._stories: dict[str, _Story] = {}
        self._newest: datetime | None = None

    def __len__(self) -> int:
        """How many articles are in the window."""
        return len(self._by_id)

    def assign(
        self, article_id: str, terms: Sequence[str], at: datetime, *, story: str | None = None
    ) -> str:
        """
        The id of the story that an article tells, which is the id of the story's first article.

        An article that is in the window already keeps its story.

        Args:
            article_id: Of an article that is new, or one of the last days.
            terms: Its ``opening_terms``.
            at: When it was published, aware; when it came, where that is not known or lies
                in the future: a date far ahead would end the window for all others.
            story: The story that it was given before, to restore it.
        """
        known = self._by_id.get(article_id)
        if known is not None:
            return known.story.id
        self._newest = at if self._newest is None else max(at, self._newest)
        self._expire(self._newest - self._window)
        vec = vector(terms, self._idf)
        joined = self._find(vec, at) if story is None else self._stories.get(story)
        if joined is None:
            name = article_id if story is None else story
            joined = self._stories[name] = _Story(name, at, at)
        member = _Member(article_id, at, tuple(vec), array("f", vec.values()), joined)
        joined.first, joined.last = min(at, joined.first), max(at, joined.last)
        joined.members.append(member)
        self._by_id[article_id] = member
        self._arrived.append(member)
        for term in vec:
            self._postings.setdefault(term, []).append(member)
        return joined.id

    def _idf(self, term: str) -> float:
        """Lucene's BM25 idf over the window, or the mean of that and the given one."""
        df = len(self._postings.get(term, ()))
        learnt = math.log(1 + (len(self._by_id) - df + 0.5) / (df + 0.5))
        return learnt if self._given is None else (learnt + self._given(term)) / 2

    def _find(self, vec: Vector, at: datetime) -> _Story | None:
        """The story of the likest article, if the others of it are like this one too."""
        best: tuple[float, _Story] | None = None
        refused: set[str] = set()
        for member in self._candidates(vec):
            story = member.story
            like = member.likeness(vec) * fading(member.at - at)
            if like < self._threshold or story.id in refused or (best and like <= best[0]):
                continue
            if self._suits(story, vec, at):
                best = like, story
            else:
                refused.add(story.id)
        return best[1] if best else None

    def _suits(self, story: _Story, vec: Vector, at: datetime) -> bool:
        if max(at, story.last) - min(at, story.first) > self._window:
            return False
        company = story.members[-_COMPANY:]
        mean = sum(other.likeness(vec) for other in company) / len(company)
        return mean >= self._threshold

    def _candidates(self, vec: Vector) -> list[_Member]:
        """The articles that share the most by their rarest common terms."""
        found: defaultdict[_Member, float] = defaultdict(float)
        looked_at = 0
        lists = [(len(held), term, held) for term in vec if (held := self._postings.get(term))]
        for length, term, held in sorted(lists, key=lambda one: one[:2]):
            if found and looked_at + length > _MOST_POSTINGS:
                break
            looked_at += length
            worth = vec[term] ** 2
            for member in held:
                found[member] += worth
        return heapq.nlargest(_MOST_COMPARED, found, key=found.__getitem__)

    def _expire(self, oldest: datetime) -> None:
        """Drop what lies before the window, as it came: posting lists are in that order too."""
        while self._arrived and self._arrived[0].at < oldest:
            member = self._arrived.popleft()
            del self._by_id[member.article_id]
            for term in member.terms:
                held = self._postings[term]
                del held[0]
                if not held:
                    del self._postings[term]
            del member.story.members[0]
            if not member.story.members:
                del self._stories[member.story.id]
