"""
The query language: filters apart from the words of a question.

``source:bbc``, ``source:"Taipei Times"``, ``after:2022-02``, ``before:2023``,
``lang:zh``; a filter may stand anywhere. All else is the question; a date in plain words
in it ("since Monday") may narrow what is asked, see ``Narrowed``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from retrieval.errors import QueryError
from retrieval.language.dates import parse_start
from retrieval.language.periods import find_period
from retrieval.types import Filters, Span

_FILTER = re.compile(
    r"""(?<!\S)(?P<name>source|after|before|lang)[:：]   # the full-width colon of East Asian keyboards
        (?P<value>"[^"]*"|[^\s"]*)""",
    re.IGNORECASE | re.VERBOSE,
)
_LANG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.IGNORECASE)

DATE_FORMS = "a year (2022), a month (2022-02), a day (2022-02-24), today, yesterday or 7d"


@dataclass(frozen=True, slots=True)
class Narrowed:
    """
    A question with a date in plain words taken as a filter.

    Attributes:
        question: A relative date is taken out ("since Monday"); an absolute one stays, as
            its words are among those that articles hold ("before 2023").
        filters: Joined with those written as ``name:value``, which win.
        period: Where the date stands in ``ParsedQuestion.question``.
    """

    question: str
    filters: Filters
    period: Span


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """
    What was asked.

    Attributes:
        question: Without the filters written as ``name:value``; a date in plain words
            is still in it.
        filters: Those written as ``name:value``.
        narrowed: The same with a date in plain words taken as a filter, where there is one.
    """

    question: str
    filters: Filters
    narrowed: Narrowed | None = None


def parse_question(text: str, now: datetime) -> ParsedQuestion:
    """
    The question apart from its filters; dates count from *now* (aware).

    Raises:
        QueryError: If a filter has no value or one that does not parse; points at it.
    """
    values: dict[str, list[str]] = {"source": [], "after": [], "before": [], "lang": []}
    positions = {}
    for match in _FILTER.finditer(text):
        name, value = match["name"].casefold(), match["value"].strip('" ')
        if not value:
            raise QueryError(
                f"{name}: has no value; write for example {_EXAMPLES[name]}",
                match.end(),
                problem="no_value",
                name=name,
                value="",
            )
        values[name].append(value)
        positions[name] = match.start("value")
    try:
        filters = make_filters(now=now, **values)
    except QueryError as e:
        e.position = positions[e.name]
        raise
    question = " ".join(_FILTER.sub(" ", text).split()) if filters else text.strip()
    return read_period(question, filters, now)


_EXAMPLES = {
    "source": "source:bbc",
    "after": "after:2022-02",
    "before": "before:2023",
    "lang": "lang:zh",
}


def read_period(question: str, filters: Filters, now: datetime) -> ParsedQuestion:
    """
    *question*, unchanged, with the date in plain words that narrows it, if it has one.

    Bounds of *filters* are kept. A date that adds nothing to them, or contradicts them,
    narrows nothing.
    """
    parsed = ParsedQuestion(question, filters)
    period = find_period(question, now)
    if period is None:
        return parsed
    after = period.after if filters.after is None else filters.after
    before = period.before if filters.before is None else filters.before
    joined = replace(filters, after=after, before=before)
    if joined == filters or (after is not None and before is not None and after >= before):
        return parsed
    shorter = _without(question, period.span) if period.is_relative else question
    return replace(parsed, narrowed=Narrowed(shorter, joined, period.span))


_UNSPACED_END = re.compile(r"[\u3000-\u9fff\uff00-\uffef]$")
_SPACE_BEFORE_MARK = re.compile(r"\s+(?=[?!.,;:？！。，；：]|$)")


def _without(text: str, span: Span) -> str:
    """*text* without *span* and the comma that parted it; all of *text* if no word is left."""
    left = text[: span.start].rstrip()
    right = text[span.stop :].lstrip()
    if not left:
        right = right.lstrip(",，、 ")
    elif left[-1] in ",，、" and right[:1] in ("", *",，、?？!！.。"):
        left = left[:-1]
    gap = "" if _UNSPACED_END.search(left) else " "
    kept = _SPACE_BEFORE_MARK.sub("", f"{left}{gap}{right}").strip()
    return kept if any(map(str.isalnum, kept)) else text


def make_filters(
    *,
    now: datetime,
    source: Sequence[str] = (),
    after: Sequence[str] = (),
    before: Sequence[str] = (),
    lang: Sequence[str] = (),
) -> Filters:
    """
    Filters from what a user wrote; of several dates the last one counts.

    Raises:
        QueryError: If a date or a language does not parse; the message opens with
            the filter's name.
    """
    for written in lang:
        if not _LANG.fullmatch(written):
            raise QueryError(
                f"lang is no language code: {written!r}; write for example lang:zh",
                0,
                problem="no_lang",
                name="lang",
                value=written,
            )
    return Filters(
        sources=tuple(source),
        after=_parse_date("after", after, now),
        before=_parse_date("before", before, now),
        langs=tuple(lang),
    )


def _parse_date(name: str, written: Sequence[str], now: datetime) -> datetime | None:
    if not written:
        return None
    moment = parse_start(written[-1], now)
    if moment is None:
        raise QueryError(
            f"{name} is no date: {written[-1]!r}; write {DATE_FORMS}",
            0,
            problem="no_date",
            name=name,
            value=written[-1],
        )
    return moment
