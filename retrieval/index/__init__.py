"""
Engines that find passages by terms: one protocol, one score, one contract test.

Engines get *terms*, never text: analysis happens once, outside, so that every
engine finds the same passages. The score is Lucene's BM25 everywhere (see
``bm25.py``). Nothing here knows the store; ``retrieval.follower`` brings the two
together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from retrieval.types import Filters, Hit


@dataclass(frozen=True, slots=True)
class Entry:
    """
    A passage as an engine sees it.

    Attributes:
        terms: In text order, with repetitions; empty is allowed and never found.
        source: The outlet's name, for filters.
        host: The host of the article's link, for filters.
        published: Aware, in UTC.
        lang: BCP 47.
        article_id: Of the passage's article, for filters; "" if it is not to be found by it.
    """

    passage_id: int
    terms: Sequence[str]
    source: str | None = None
    host: str | None = None
    published: datetime | None = None
    lang: str | None = None
    article_id: str = ""


class Index(Protocol):
    """
    What an engine must do; ``tests/retrieval/index/test_contract.py`` pins it.

    ``position`` is the number of the last change of the store that the index
    has taken in; it moves only after the change is in.
    """

    position: int

    def update(self, add: Iterable[Entry], remove: Collection[int], revision: int = 0) -> None:
        """
        Take passages out, then put passages in; replaces entries with the same
        id, ignores unknown ids in *remove*. Repeating an update changes nothing.

        *revision* is the number of the last change that the update takes in: an index that
        several processes write keeps what came with a later one.
        """
        ...

    def search(self, terms: Sequence[str], filters: Filters, k: int) -> list[Hit]:
        """
        The best *k* passages, best first; equal scores by passage id.

        A hit shares at least one term with *terms* and satisfies *filters*;
        repeated terms count once; *k* may exceed the corpus; an empty index, an
        empty query and unknown terms give ``[]``.
        """
        ...

    def idf(self, term: str) -> float:
        """Lucene's inverse document frequency; the largest for an unknown term."""
        ...

    def langs(self) -> dict[str | None, int]:
        """How many passages each language has."""
        ...

    def count(self) -> int:
        """How many passages the index holds."""
        ...
