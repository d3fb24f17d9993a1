"""Where a question names a time; what instants that are is `retrieval.language.periods`' matter."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import regex

from retrieval.language.items import items
from retrieval.language.periods import find_period
from retrieval.language.questions import Kind
from retrieval.types import Span

if TYPE_CHECKING:
    from retrieval.language.references import References

_SOME_DAY = datetime(2100, 1, 1, tzinfo=UTC)
"""What a date in words counts from, where only its place in the text matters; a late day, so
that no date is yet to come."""


def dates_in(text: str) -> tuple[Span, ...]:
    """The dates in *text*; first one in plain words, which has its preposition with it."""
    period = find_period(text, _SOME_DAY)
    found = items(text, Kind.TIME)
    return found if period is None else (period.span, *found)


def is_date(*texts: str) -> bool:
    """Whether one of *texts* is a date and nothing else: "in January" and not "in January rain"."""
    return any(Span(0, len(text)) in dates_in(text) for text in texts)


def as_period(new: str, table: References) -> str | None:
    """*new* as it narrows a question: "in March" for "March"; None if it is no such date."""
    for preposition in ("", *table.within):
        said = preposition + new
        period = find_period(said, _SOME_DAY)
        if period is not None and period.span == Span(0, len(said)):
            return said
    return None


def with_year_of(old: str, new: str, table: References) -> str | None:
    """
    *new*, a month or a day, in the year of the date *old*: "in August" after "July 2024".

    None where *old* has no year, or *new* is no such date.
    """
    year = regex.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", old)
    if year is None or regex.search(r"\d{4}", new):
        return None
    said = table.dated.format(date=new.removeprefix("在"), year=year[0])
    period = find_period(said, _SOME_DAY)
    is_whole = period is not None and period.span == Span(0, len(said))
    is_of_year = (
        period is not None and period.after is not None and str(period.after.year) == year[0]
    )
    return said if is_whole and is_of_year else None
