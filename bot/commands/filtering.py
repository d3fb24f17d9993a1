"""The filter options that several commands have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from retrieval.query import make_filters
from retrieval.types import Filters


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterOptions:
    """``--source``, ``--after``, ``--before`` and ``--lang``, as they were written."""

    source: tuple[str, ...]
    after: str | None
    before: str | None
    lang: tuple[str, ...]

    def filters(self, now: datetime) -> Filters:
        """
        The filters that the options ask for.

        Raises:
            QueryError: If one does not parse.
        """
        return make_filters(
            now=now,
            source=self.source,
            after=() if self.after is None else (self.after,),
            before=() if self.before is None else (self.before,),
            lang=self.lang,
        )
