"""
A date in plain words inside a question, as bounds in time: "since Monday", "в марте", 上週.

In English, Spanish, Russian and Chinese; their words are in ``period_words``. Where a word
may be a name ("Black Friday", "USA Today") or a count ("after 2000 people"), no date is
found: a missed one costs little, a wrong one hides articles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import regex

from retrieval.language.folding import fold_han
from retrieval.language.period_points import Kind, Point, read_point
from retrieval.language.period_words import GRAMMARS, Grammar
from retrieval.language.scripts import count_scripts
from retrieval.language.stopwords import stop_words
from retrieval.types import Span


@dataclass(frozen=True, slots=True)
class Period:
    """
    A stretch of time that a text names; in UTC, weeks begin on Monday.

    Attributes:
        span: Of the whole expression, with its preposition.
        after: The first instant; None where it is open.
        before: The instant just behind the last; None where it is open or yet to come.
        is_relative: It counts from now ("last week", "in March", which is the latest March
            that has begun); articles of that time seldom hold such words.
    """

    span: Span
    after: datetime | None
    before: datetime | None
    is_relative: bool


# A longer question is a pasted text.
_HEAD = 1_000


def find_period(text: str, now: datetime) -> Period | None:
    """
    The first period that *text* names, counted from *now* (aware); None if it names none.

    ``since``, ``before`` and ``after`` take any date, ``in`` and ``on`` any but a bare year:
    "in 2022" is a matter of the text's words.
    """
    prepared = _prepared(text[:_HEAD])
    found = (
        period
        for grammar in _grammars(prepared)
        for period in _Reader(prepared, text, grammar, now.astimezone(UTC)).periods()
    )
    return min(found, key=lambda p: (p.span.start, -p.span.stop), default=None)


_QUOTED = regex.compile(
    r'"[^"]*"|“[^”]*”|«[^»]*»|「[^」]*」|『[^』]*』|《[^》]*》|〈[^〉]*〉|‘[^’]*’'
)
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_BLANK = "\0"


def _prepared(text: str) -> str:
    """*text* as the patterns want it, character for character."""
    folded = _QUOTED.sub(lambda m: _BLANK * len(m[0]), fold_han(text.translate(_FULL_WIDTH)))
    lower = folded.lower()
    return lower if folded.isupper() and len(lower) == len(folded) else folded


_SCRIPT = {"en": "Latn", "es": "Latn", "ru": "Cyrl", "zh": "Hani"}


def _grammars(text: str) -> list[Grammar]:
    scripts = count_scripts(text)
    return [
        grammar
        for grammar in GRAMMARS
        if _SCRIPT[grammar.lang] in scripts and re.search(grammar.cue, text, re.IGNORECASE)
    ]


@dataclass(frozen=True, slots=True)
class _Patterns:
    point: regex.Pattern[str]
    since: regex.Pattern[str]
    before: regex.Pattern[str]
    after: regex.Pattern[str]
    bare: regex.Pattern[str]
    within_month: regex.Pattern[str]
    within_day: regex.Pattern[str]
    before_range: regex.Pattern[str]
    range_joint: regex.Pattern[str]
    future: regex.Pattern[str]
    since_behind: regex.Pattern[str]
    before_behind: regex.Pattern[str]
    after_behind: regex.Pattern[str]
    genitive: regex.Pattern[str]
    accusative: regex.Pattern[str]


@cache
def _patterns(grammar: Grammar) -> _Patterns:
    def behind(pattern: str) -> regex.Pattern[str]:
        return regex.compile(pattern, regex.IGNORECASE)

    def ahead(pattern: str) -> regex.Pattern[str]:
        return regex.compile(f"(?:{pattern})$", regex.IGNORECASE)

    return _Patterns(
        point=regex.compile(grammar.point, regex.IGNORECASE | regex.VERBOSE),
        **{
            name: ahead(getattr(grammar, name))
            for name in (
                "since", "before", "after", "bare", "within_month", "within_day", "before_range",
                "genitive", "accusative",
            )
        },
        **{
            name: behind(getattr(grammar, name))
            for name in ("range_joint", "future", "since_behind", "before_behind", "after_behind")
        },
    )  # fmt: skip


# --- What is said of it ---------------------------------------------------------------------

_LONGEST_BEFORE = 40  # characters of a preposition and what belongs to it
_NEXT_WORD = regex.compile(r"\s+(\w+)")
_GLUED = regex.compile(r"['’]?[a-z\d%/–-]|[.,]\d", regex.IGNORECASE)
_SENTENCE_OPENS = regex.compile(r"(?:^|[.!?\n])[^\p{L}\d\0]*$")


@dataclass(frozen=True, slots=True)
class _Reader:
    """The periods of one text in one language."""

    text: str  # prepared
    original: str
    grammar: Grammar
    now: datetime

    @property
    def patterns(self) -> _Patterns:
        return _patterns(self.grammar)

    def periods(self) -> Iterator[Period]:
        at = 0
        while match := self.patterns.point.search(self.text, at):
            at = match.end()
            if (other := self._second(match)) is not None:
                at = other.end()
                period = self._range(match, other)
            else:
                period = self._single(match)
            if period is not None:
                yield period

    def _second(self, match: regex.Match[str]) -> regex.Match[str] | None:
        """The second point of a range, where *match* is the first."""
        joint = self.patterns.range_joint.match(self.text, match.end())
        return self.patterns.point.match(self.text, joint.end()) if joint else None

    def _range(self, first: regex.Match[str], second: regex.Match[str]) -> Period | None:
        """From one month or day to another of no said year: the latest that have begun."""
        before = self._ahead(self.patterns.before_range, first)
        stop = read_point(second, self.grammar, self.now)
        start = stop and read_point(first, self.grammar, stop.start)
        if before is None or start is None or stop is None:
            return None
        if not {start.kind, stop.kind} <= {Kind.MONTH, Kind.DAY} or "weekday" in {
            name for match in (first, second) for name, value in match.groupdict().items() if value
        }:
            return None
        return self._made(before, second.end(), start.start, stop.stop, is_relative=True)

    def _single(self, match: regex.Match[str]) -> Period | None:
        point = read_point(match, self.grammar, self.now)
        if point is None or self._is_name(point) or self._is_count(point):
            return None
        for relation, after, before in (
            ("since", point.start, None),
            ("before", None, point.start),
            ("after", point.stop, None),
        ):
            if (span := self._said(relation, match)) is not None:
                if any(bound is not None and bound > self.now for bound in (after, before)):
                    return None
                relative = point.kind is not Kind.ABSOLUTE
                return Period(span, after, before, relative)
        begin = self._within(point)
        if begin is None or point.start > self.now:
            return None
        relative = point.kind is not Kind.ABSOLUTE
        return self._made(begin, match.end(), point.start, point.stop, is_relative=relative)

    def _said(self, relation: str, match: regex.Match[str]) -> Span | None:
        """The span with the words for "since", "before" or "after" around a point."""
        ahead = self._ahead(getattr(self.patterns, relation), match)
        name = match["month"] or match["weekday"]
        if ahead is not None and name and not self.patterns.genitive.search(name):
            ahead = None
        behind = getattr(self.patterns, f"{relation}_behind").match(self.text, match.end())
        if behind is not None:
            start = self._ahead(self.patterns.since, match)
            start = self._ahead(self.patterns.within_day, match) if start is None else start
            return Span(match.start() if start is None else start, behind.end())
        if ahead is None:
            return None
        # 自週一之後: both say since
        tail = self.patterns.after_behind.match(self.text, match.end())
        return Span(ahead, match.end() if tail is None else tail.end())

    def _within(self, point: Point) -> int | None:
        """Where the expression begins that names the point as the time itself; None if none does."""
        match, patterns = point.match, self.patterns
        if point.kind is Kind.ABSOLUTE:
            return self._in_year(match)
        if point.kind is Kind.BARE:
            for pattern in (patterns.within_day, patterns.within_month, patterns.bare):
                if (begin := self._ahead(pattern, match)) is not None:
                    return begin
            return match.start()
        if patterns.future.search(self.text):
            return None
        if point.kind is Kind.MONTH:
            return self._ahead(patterns.within_month, match)
        return self._on(match)

    def _in_year(self, match: regex.Match[str]) -> int | None:
        """Where "in March 2022" or "on 5 March 2022" begins; a bare year is a word like others."""
        if match["month"] is None:
            return None
        pattern = self.patterns.within_day if match["day"] else self.patterns.within_month
        begin = self._ahead(pattern, match)
        return match.start() if begin is None and self.grammar.lang == "zh" else begin

    def _on(self, match: regex.Match[str]) -> int | None:
        weekday = match["weekday"]
        if weekday and not self.patterns.accusative.search(weekday):
            return None
        begin = self._ahead(self.patterns.within_day, match)
        if begin is None and weekday and self.grammar.lang == "zh":
            # 周 is a surname too: 周一良
            is_plain = self.original[match.start()] == "週" or not match[0].startswith("周")
            return match.start() if is_plain else None
        return begin

    def _ahead(self, pattern: regex.Pattern[str], match: regex.Match[str]) -> int | None:
        """Where *pattern* begins that ends at the point."""
        start = match.start()
        found = pattern.search(self.text, max(start - _LONGEST_BEFORE, 0), start)
        return None if found is None else found.start()

    def _made(
        self, start: int, stop: int, after: datetime, before: datetime, *, is_relative: bool
    ) -> Period:
        if self.grammar.lang == "zh" and self.text[stop : stop + 1] == "的":
            stop += 1
        open_end = None if before >= self.now else before
        return Period(Span(start, stop), after, open_end, is_relative)

    def _is_name(self, point: Point) -> bool:
        """Whether a word that is no name by itself has a capital inside a sentence: USA Today."""
        start = point.match.start()
        return (
            point.kind is Kind.BARE
            and point.match["month"] is None
            and self.text[start].isupper()
            and _SENTENCE_OPENS.search(self.text, 0, start) is None
        )

    def _is_count(self, point: Point) -> bool:
        """Whether a bare year may be a number of something, or a part of a name."""
        match = point.match
        if match["month"] is not None or not match[0][-1].isdecimal() or match["year"] is None:
            return False
        if _GLUED.match(self.text, match.end()):
            return True
        word = _NEXT_WORD.match(self.text, match.end())
        return word is not None and word[1] not in stop_words(self.grammar.lang)
