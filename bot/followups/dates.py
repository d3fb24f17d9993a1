"""Where a question names a time; what instants that are is `retrieval.language.periods`' matter."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

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


def as_period(new: str, table: References) -> str | None:
    """*new* as it narrows a question: "in March" for "March"; None if it is no such date."""
    for preposition in ("", *table.within):
        said = preposition + new
        period = find_period(said, _SOME_DAY)
        if period is not None and period.span == Span(0, len(said)):
            return said
    return None
