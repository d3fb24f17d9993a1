"""
The query language: filters apart from the words of a question.

``source:bbc``, ``source:"Taipei Times"``, ``after:2022-02``, ``before:2023``,
``lang:zh``; a filter may stand anywhere. All else is the question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from retrieval.errors import QueryError
from retrieval.language.dates import parse_start
from retrieval.types import Filters

_FILTER = re.compile(
    r"""(?<!\S)(?P<name>source|after|before|lang)[:：]   # the full-width colon of East Asian keyboards
        (?P<value>"[^"]*"|[^\s"]*)""",
    re.IGNORECASE | re.VERBOSE,
)
_LANG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.IGNORECASE)

DATE_FORMS = "a year (2022), a month (2022-02), a day (2022-02-24), today, yesterday or 7d"


def parse_question(text: str, now: datetime) -> tuple[str, Filters]:
    """
    The question without its filters, and the filters.

    Raises:
        QueryError: If a filter has no value or one that does not parse; points at it.
    """
    values: dict[str, list[str]] = {"source": [], "after": [], "before": [], "lang": []}
    positions = {}
    for match in _FILTER.finditer(text):
        name, value = match["name"].casefold(), match["value"].strip('" ')
        if not value:
            raise QueryError(
                f"{name}: has no value; write for example {_EXAMPLES[name]}", match.end()
            )
        values[name].append(value)
        positions[name] = match.start("value")
    try:
        filters = make_filters(now=now, **values)
    except QueryError as e:
        name = str(e).partition(" ")[0]
        raise QueryError(str(e), positions[name]) from None
    return " ".join(_FILTER.sub(" ", text).split()) if filters else text.strip(), filters


_EXAMPLES = {
    "source": "source:bbc",
    "after": "after:2022-02",
    "before": "before:2023",
    "lang": "lang:zh",
}


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
            raise QueryError(f"lang is no language code: {written!r}; write for example lang:zh", 0)
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
        raise QueryError(f"{name} is no date: {written[-1]!r}; write {DATE_FORMS}", 0)
    return moment
