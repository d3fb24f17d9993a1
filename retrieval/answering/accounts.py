"""
What several articles of one story say the answer is: who agrees, whose figures differ.

Silence is better than a false conflict: figures are set against each other only where they
count the same thing (the same word behind them) and the question's fate (its words for
dying and the like), or else all of its words, stand beside both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import regex

from retrieval.answering.candidates import QuestionView, TermStats
from retrieval.language.analysis import Term, analyze, terms
from retrieval.language.items import counts, items
from retrieval.language.questions import Kind
from retrieval.stories import WINDOW, fading, likeness, opening_terms, vector
from retrieval.types import Account, Article, Quote, Span

# About the clause that a figure stands in.
_NEAR_CHARACTERS = 60
# Less than between any two articles: these were found by one question, hold
# its names, and count the same.
_STORY = 0.1
_DIGITS = regex.compile(r"\d+(?:[.,]\d+)*")
_WORDS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
# Terms that say the same of a toll, which papers seldom put in the same words.
_KIN = {
    form: family
    for family, forms in (
        ("death", "die dead death kill toll fatal casualti"),
        ("injury", "injur hurt wound"),
    )
    for form in forms.split()
}
_FATES = set(_KIN.values())
_UNDATED = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure in a quote: what it counts, and the words beside it, by their kin."""

    span: Span
    value: str
    unit: str
    near: frozenset[str]


def accounts(view: QuestionView, quotes: Sequence[Quote], stats: TermStats) -> tuple[Account, ...]:
    """
    The values that *quotes* give, newest first, where two outlets say one or two differ.

    Args:
        view: The question, as the first quote's language sees it.
        quotes: Best first; the first one says what is counted, and of which story.
        stats: Of the corpus.
    """
    if view.asked.kind is not Kind.NUMBER:
        return ()
    first, *others = quotes
    wanted = {_kin(term) for term in view.weights if term not in view.names}
    ours = _figures(first)
    told: dict[str, tuple[_Figure, Quote]] = {}
    for quote in others:
        same = [
            (mine, theirs)
            for mine in ours
            for theirs in _figures(quote)
            if mine.unit == theirs.unit and _is_asked(wanted - {mine.unit}, mine, theirs)
        ]
        # With two figures of one unit nobody can tell which is which
        if len(same) != 1 or quote.article.id in (first.article.id, *told):
            continue
        mine, theirs = same[0]
        known = told.setdefault(first.article.id, (mine, first))[0]
        if mine == known and _is_one_story(first.article, quote.article, view.names, stats):
            told[quote.article.id] = theirs, quote
    outlets = {quote.article.source for _, quote in told.values()}
    return _by_value(told.values()) if len(outlets) > 1 else ()


def _is_asked(wanted: set[str], mine: _Figure, theirs: _Figure) -> bool:
    """Whether both are said of what the question asks: of its fate, or else of all its words."""
    said = wanted & _FATES or wanted
    return bool(said) and said <= mine.near & theirs.near


def _by_value(told: Iterable[tuple[_Figure, Quote]]) -> tuple[Account, ...]:
    found: dict[str, list[Quote]] = {}
    for figure, quote in sorted(told, key=lambda one: _date(one[1]), reverse=True):
        found.setdefault(figure.value, []).append(replace(quote, answer=figure.span))
    return tuple(Account(value, tuple(quotes)) for value, quotes in found.items())


def _figures(quote: Quote) -> list[_Figure]:
    """The figures of *quote* that count something and are no dates."""
    text = quote.text
    telling = [term for term in analyze(text, quote.article.lang) if not term.is_stop]
    found = []
    for span in items(text, Kind.NUMBER, quote.article.lang):
        value = _value(span.of(text))
        behind = [term for term in telling if term.start >= span.stop]
        if value is None or not behind or not counts(text, span, quote.article.lang):
            continue
        unit = behind[0]
        if unit.start - span.stop > 1 or any(map(str.isdigit, unit.text)):
            continue
        place = Span(quote.span.start + span.start, quote.span.start + span.stop)
        found.append(_Figure(place, value, unit.text, _near(telling, span)))
    return found


def _near(telling: Sequence[Term], figure: Span) -> frozenset[str]:
    """The kin of the terms beside *figure*; of several fates only the nearest is its own."""
    apart = {
        term: max(term.start - figure.stop, figure.start - term.stop)
        for term in reversed(telling)
        if max(term.start - figure.stop, figure.start - term.stop) <= _NEAR_CHARACTERS
    }
    fates = [term for term in apart if term.text in _KIN]
    nearest = {_kin(min(fates, key=apart.__getitem__).text)} if fates else set()
    return frozenset({term.text for term in apart if term.text not in _KIN} | nearest)


def _value(text: str) -> str | None:
    """The figure in *text* in digits; None where there is not just one."""
    digits = _DIGITS.findall(text)
    words = [str(_WORDS.index(w)) for w in text.casefold().split() if w in _WORDS]
    figures = [*digits, *words]
    return figures[0].replace(",", "") if len(figures) == 1 else None


def _kin(term: str) -> str:
    return _KIN.get(term, term)


def _is_one_story(one: Article, other: Article, names: Collection[str], stats: TermStats) -> bool:
    apart = timedelta(0)
    if one.published is not None and other.published is not None:
        apart = abs(one.published - other.published)
    if apart > WINDOW or not all(_holds(article, names) for article in (one, other)):
        return False
    vectors = [vector(opening_terms(article), stats.idf) for article in (one, other)]
    return likeness(*vectors) * fading(apart) >= _STORY


def _holds(article: Article, names: Collection[str]) -> bool:
    """Whether all names that the question has stand in the article."""
    whole = f"{article.title or ''}\n{article.text}"
    return not names or set(names) <= set(terms(whole, article.lang))


def _date(quote: Quote) -> datetime:
    return quote.article.published or _UNDATED
