"""
Which date, number or sum in a quote is the one asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import regex

from retrieval.answering.quoted import Quoted
from retrieval.language.analysis import Term
from retrieval.language.items import items
from retrieval.language.measures import fates, measure_of, measured
from retrieval.language.questions import Kind
from retrieval.types import Span

# The best of several must be so many times as near to the question's words as the next.
_CLEAR = 1.1
_YEAR = regex.compile(
    r"(?<!\p{N})(?:\p{N}{4}|[〇零一二三四五六七八九]{4}年)(?!\p{N})|\p{N}{2,4} ?年"
)
_CLOCK = regex.compile(r"\d{1,2}[:.h]\d{2}|\d{1,2} ?[ap]\.?m|[上下]午", regex.IGNORECASE)
_DAY = regex.compile(r"(?<!\p{N})\p{N}{1,2}(?!\p{N}|:)")
_LIFE = regex.compile(r"[(（][^()（）]{0,40}\Z")
_BORN = regex.compile(r"\b(?:born|die[ds]?|birth|death|nac|mur|род|умер)|生|死|逝|ولد|توفي|وفاة")
_ASKS_YEAR = regex.compile(
    r"\byear|\baño|\bгод|\bannée|\bjahr|\banno|\bano\b|年|عام|سنة", regex.IGNORECASE
)
_ASKS_CLOCK = regex.compile(
    r"what time|at what hour|how (?:late|early)|qué hora|котор\w+ час|во сколько|[几幾][点點]|الساعة",
    regex.IGNORECASE,
)


def _clearest(quoted: Quoted, places: Iterable[Span]) -> Span | None:
    """The place that is clearly nearest to the question's words; the same words count once."""
    ranked = sorted(places, key=quoted.nearness, reverse=True)
    if not ranked:
        return None
    best = ranked[0]
    said = best.of(quoted.text)
    rivals = [quoted.nearness(p) for p in ranked[1:] if p.of(quoted.text) != said]
    return best if not rivals or quoted.nearness(best) >= _CLEAR * rivals[0] else None


def time(quoted: Quoted, places: Sequence[Span]) -> Span | None:
    """A date: a clock time only where it is asked for, with its year where that is."""
    text, question = quoted.text, quoted.view.text
    clocks = [p for p in places if _CLOCK.fullmatch(p.of(text))]
    if _ASKS_CLOCK.search(question):
        return _clearest(quoted, clocks)
    asked = quoted.view.asked.words
    kept = [p for p in places if p not in clocks]
    if asked is not None and _ASKS_YEAR.search(asked.of(question)):
        kept = [p for p in kept if _YEAR.search(p.of(text))]
    if not _BORN.search(question):
        kept = [p for p in kept if not _is_lifetime(quoted, p)]
    return _clearest(quoted, _as_ranges(quoted, kept))


def _is_lifetime(quoted: Quoted, place: Span) -> bool:
    """Whether it is the years in brackets behind a name: "(1858-1940)"."""
    return _RANGE.search(place.of(quoted.text)) is not None and (
        _LIFE.search(quoted.text, max(place.start - 40, 0), place.start) is not None
    )


_RANGE = regex.compile(r"\p{N}[-–—]\p{N}")
_TO = regex.compile(r" ?(?:[-–—~至到和]|and|to|until|y|a|hasta|и|по|до|إلى|و) ?", regex.IGNORECASE)


def _as_ranges(quoted: Quoted, dates: Sequence[Span]) -> list[Span]:
    """Dates with only "to" or "and" between them as one."""
    joined: list[Span] = []
    for date in dates:
        if joined and _TO.fullmatch(quoted.text, joined[-1].stop, date.start):
            joined[-1] = Span(joined[-1].start, date.stop)
        else:
            joined.append(date)
    return joined


def amount(quoted: Quoted, places: Sequence[Span]) -> Span | None:
    """A sum of money or a share."""
    return _clearest(quoted, places)


def number(quoted: Quoted, places: Sequence[Span]) -> Span | None:
    """A number of what is measured or counted in the question."""
    text, lang = quoted.text, quoted.article.lang
    question = quoted.view.text
    if _ASKS_OTHER.search(question):
        return None
    measure = measure_of(question)
    if measure is not None:
        units = [
            Span(p.start, stop)
            for p in _joined(quoted, places)
            if (stop := measured(measure, text, p.start, p.stop)) is not None
            and not _YEAR.fullmatch(text, p.start, stop)
        ]
        return _clearest(quoted, _outside_brackets(quoted, units))
    sums = [*items(text, Kind.PERCENT, lang), *items(text, Kind.MONEY, lang)]
    dates = items(text, Kind.TIME, lang)
    plain = [
        p
        for p in places
        if not any(p.overlaps(date) for date in dates) and not _is_label(quoted, p)
    ]
    if not _ASKS_COUNT.search(question):
        whole = [next((s for s in sums if s.overlaps(p)), p) for p in plain]
        return _clearest(quoted, _joined(quoted, list(dict.fromkeys(whole))))
    kept = _joined(quoted, [p for p in plain if not any(p.overlaps(s) for s in sums)])
    counted = _counted(quoted)
    told = [p for p in kept if any(_is_before(quoted, p, t, kept) for t in counted)]
    told = told or [p for p in kept if any(_is_behind(quoted, p, t, kept) for t in counted)]
    if asked_fates := {n for n, *_ in fates(question)}:
        whole = [p for p in kept if not _PART.search(text, 0, p.start)]
        fated = [p for p in whole if _fate(quoted, p, whole) in asked_fates]
        return _clearest(quoted, [p for p in fated if p in told] or fated)
    if told:
        return _clearest(quoted, told)
    return kept[0] if len(kept) == 1 and not _ONE.fullmatch(kept[0].of(text)) else None


_ASKS_OTHER = regex.compile(
    r"how (?:often|frequently)|con qué frecuencia|как часто|多久一次|第[几幾]", regex.IGNORECASE
)
_ASKS_COUNT = regex.compile(
    r"how many|cuánt[oa]s|quant[oai]s?|combien|wie ?viele|скольк(?:о|их|им)(?! (?:стоит|вес))|(?:多少|[几幾])\p{Han}(?<!了)|كم|กี่|πόσ|kaç|bao nhiêu|ile\b|hoeveel",
    regex.IGNORECASE,
)
_ONE = regex.compile(r"ones?|uno|una|un|один|одна|одно|одного|一|واحد\w*", regex.IGNORECASE)
_COUNTED_TERMS = 3  # of the question, behind "how many": the noun and what stands with it
_COUNTED_PIECES = 8  # the same in Chinese, where a term is one or two characters
_REACH, _REACH_HAN = 30, 12  # characters between a number and its noun
_HAN = regex.compile(r"\p{Han}")
_END = regex.compile(r"[.!?。！？;；\n](?!\d)")
_CLAUSE = regex.compile(r"[,.;:!?，。；：！？،؛\n](?!\d)")
_FAR = 80  # a word for a fate further off tells of something else
_CROSSED = 100  # another number between a number and a word is worth so many characters


def _counted(quoted: Quoted) -> list[Term]:
    """Where the text holds the nouns that the question counts."""
    view = quoted.view
    if view.asked.words is None:
        return []
    behind = sorted(
        (span.start, term)
        for term, span in view.places.items()
        if span.start >= view.asked.words.stop - 1 and term not in view.names
    )
    n = _COUNTED_PIECES if _HAN.search(view.text) else _COUNTED_TERMS
    wanted = {term for _, term in behind[:n]}
    return [term for term in quoted.matched if term.text in wanted]


def _is_before(quoted: Quoted, place: Span, term: Term, numbers: Sequence[Span]) -> bool:
    """Whether *place* is the last number before *term*, close and in its clause: "forty cables"."""
    before = [n for n in numbers if n.stop <= term.start]
    reach = _REACH_HAN if _HAN.match(term.text) else _REACH
    return (
        bool(before)
        and before[-1] == place
        and term.start - place.stop <= reach
        and not _CLAUSE.search(quoted.text, place.stop, term.start)
    )


def _is_behind(quoted: Quoted, place: Span, term: Term, numbers: Sequence[Span]) -> bool:
    """Whether *place* is the first number behind *term*, close and in its clause: "cables: forty"."""
    behind = [n for n in numbers if n.start >= term.stop]
    reach = _REACH_HAN if _HAN.match(term.text) else _REACH
    return (
        bool(behind)
        and behind[0] == place
        and place.start - term.stop <= reach
        and not _CLAUSE.search(quoted.text, term.stop, place.start)
    )


def _fate(quoted: Quoted, place: Span, numbers: Sequence[Span]) -> int | None:
    """The fate that is told of a number: that of the nearest word for one; None if none is near."""
    nearest: tuple[float, int] | None = None
    for n, start, stop in fates(quoted.text):
        word = Span(start, stop)
        between = Span(min(place.stop, word.stop), max(place.start, word.start))
        cost = quoted.gap(place, word) + _CROSSED * sum(between.holds(other) for other in numbers)
        if nearest is None or cost < nearest[0]:
            nearest = (cost, n)
    return nearest[1] if nearest is not None and nearest[0] <= _FAR else None


_PART = regex.compile(
    r"(?:including|among them|of them|of whom|incluid[oa]s?|incluyendo|entre ellos|в том числе|из них|среди них"
    r"|其中(?:包括)?|包括|[من ]*بينهم|منهم|darunter|dont)[\s:：,，]*(?:\w+ )?\Z",
    regex.IGNORECASE,
)
_ORDINAL = regex.compile(r"(?:st|nd|rd|th|º|ª|-[йяе]|-?го)(?!\p{L})|[-‐]\p{L}|\p{L}")
_LABELLED = regex.compile(r"(?:\p{Lu}[\p{L}]*[ -]|\p{L}[-‐–]|第|№ ?|No\. ?|#)\Z")
_PRONOUN = regex.compile(r"(?:one of|third|half)(?!\p{L})", regex.IGNORECASE)


def _is_label(quoted: Quoted, place: Span) -> bool:
    """Whether a number is part of a name or tells an order: "Apollo 11", "the 3rd"."""
    text = quoted.text
    if (
        _ORDINAL.match(text, place.stop)
        and text[place.stop - 1].isascii()
        and text[place.stop - 1].isdigit()
    ):
        return not regex.match(r"\p{Han}|k|m|bn", text[place.stop :])
    if _PRONOUN.match(text, place.start):
        return True
    label = _LABELLED.search(text, max(place.start - 30, 0), place.start)
    return label is not None and not quoted.is_opening(label.start())


def _joined(quoted: Quoted, places: Sequence[Span]) -> list[Span]:
    """Ranges and scores ("100-150", "3:2") as one."""
    joined: list[Span] = []
    for place in places:
        if joined and regex.fullmatch(
            r" ?[-–—:~至到] ?| (?:to|a|до|or|o|или|إلى)? ?",
            quoted.text[joined[-1].stop : place.start],
        ):
            joined[-1] = Span(joined[-1].start, place.stop)
        else:
            joined.append(place)
    return joined


def _outside_brackets(quoted: Quoted, places: Sequence[Span]) -> list[Span]:
    """Without conversions: "5 km (3 miles)"."""
    kept = [p for p in places if not _LIFE.search(quoted.text, max(p.start - 40, 0), p.start)]
    return kept or list(places)
