"""
The memory engine's data at one moment: arrays that are read and never changed.

A search works on one snapshot from start to end, so it needs no lock while the
next snapshot is being built.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt

from retrieval.index.bm25 import LuceneBM25, Postings, idf
from retrieval.types import Filters, Hit

Bools = npt.NDArray[np.bool_]
Longs = npt.NDArray[np.int64]

# Stands for "no date": earlier than every date, and not equal to one.
UNDATED = int(np.iinfo(np.int64).min)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(moment: datetime | None) -> int:
    """Since 1970; ``UNDATED`` for None."""
    return UNDATED if moment is None else (moment - _EPOCH) // timedelta(microseconds=1)


def article_key(article_id: str) -> int:
    """64 bits that stand for an article id: a list of ids would be as large as the terms."""
    digest = hashlib.blake2b(encoded(article_id), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@dataclass(frozen=True, slots=True)
class TermList(Sequence[bytes]):
    """Distinct terms as UTF-8, sorted, in one buffer: searched without building a dict."""

    data: npt.NDArray[np.uint8]
    stops: Longs

    @classmethod
    def of(cls, terms: Sequence[bytes]) -> Self:
        """*terms* must be sorted and distinct."""
        stops = np.cumsum([len(term) for term in terms], dtype=np.int64)
        return cls(np.frombuffer(b"".join(terms), dtype=np.uint8), stops)

    def __len__(self) -> int:
        return len(self.stops)

    def __getitem__(self, number: Any) -> Any:
        start = self.stops[number - 1] if number else 0
        return self.data[start : self.stops[number]].tobytes()

    def find(self, term: str) -> int | None:
        """The number of *term*, or None."""
        wanted = encoded(term)
        number = bisect_left(self, wanted)
        return number if number < len(self) and self[number] == wanted else None


def encoded(term: str) -> bytes:
    """A term as it is sorted and kept; a lone surrogate is kept as it is."""
    return term.encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Group:
    """What filters look at, the same for many passages: numbered in ``Snapshot.groups``."""

    source: str | None
    host: str | None
    lang: str | None

    def satisfies(self, filters: Filters) -> bool:
        """Whether the outlet and the language are among the wanted."""
        outlet = f"{self.source or ''}\n{self.host or ''}".casefold()
        return (
            not filters.sources or any(wanted.casefold() in outlet for wanted in filters.sources)
        ) and (not filters.langs or any(_is_lang(self.lang, wanted) for wanted in filters.langs))


def _is_lang(lang: str | None, wanted: str) -> bool:
    """Whether *lang* is *wanted* or a kind of it: ``zh-Hant`` is ``zh``."""
    if lang is None:
        return False
    return f"{lang}-".casefold().startswith(f"{wanted}-".casefold())


def host_of(url: str | None) -> str | None:
    """The host of an article's link, as filters look at it; None where there is none."""
    if url is None:
        return None
    try:
        return urlsplit(url).hostname
    except ValueError:  # "http://[" and the like: a source may say anything
        return None


class Snapshot:
    """
    Postings with what is known of each passage; passages are in the order of their ids.

    Attributes:
        passage_ids: Rising, shape (passages,).
        group_numbers: Which of ``groups`` a passage is in, shape (passages,).
        published: Microseconds since 1970 or ``UNDATED``, shape (passages,).
        article_keys: What ``article_key`` gives of each passage's article, shape (passages,).
    """

    def __init__(
        self,
        terms: TermList,
        postings: Postings,
        passage_ids: Longs,
        group_numbers: npt.NDArray[np.int32],
        published: Longs,
        article_keys: Longs,
        groups: Sequence[Group],
    ) -> None:
        self.terms = terms
        self.postings = postings
        self.passage_ids = passage_ids
        self.group_numbers = group_numbers
        self.published = published
        self.article_keys = article_keys
        self.groups = groups
        self.bm25 = LuceneBM25(postings)

    @classmethod
    def empty(cls) -> Self:
        """A snapshot of nothing."""
        longs = np.zeros(0, np.int64)
        ints = np.zeros(0, np.int32)
        postings = Postings(np.zeros(1, np.int64), ints, ints, longs)
        return cls(TermList.of(()), postings, longs, ints, longs, longs, ())

    def search(self, terms: Sequence[str], filters: Filters, k: int) -> list[Hit]:
        """See ``Index.search``."""
        numbers = [n for n in map(self.terms.find, dict.fromkeys(terms)) if n is not None]
        if not numbers or k < 1:
            return []
        scores = self.bm25.get_scores(numbers)
        # A score is positive exactly where a term is shared: idf and frequency are.
        matching = scores > 0
        if filters:
            matching &= self._satisfying(filters)
        found = np.flatnonzero(matching)
        if len(found) > k:
            least = np.partition(scores[found], len(found) - k)[len(found) - k]
            found = found[scores[found] >= least]
        # Stable, and documents are in the order of passage ids: ties go by id.
        best = found[np.argsort(-scores[found], kind="stable")][:k]
        return [
            Hit(int(self.passage_ids[number]), float(scores[number]), rank)
            for rank, number in enumerate(best, start=1)
        ]

    def _satisfying(self, filters: Filters) -> Bools:
        wanted = np.array([group.satisfies(filters) for group in self.groups], dtype=np.bool_)
        satisfying: Bools = wanted[self.group_numbers]
        if filters.after is not None or filters.before is not None:
            satisfying &= self.published != UNDATED
        if filters.after is not None:
            satisfying &= self.published >= microseconds(filters.after)
        if filters.before is not None:
            satisfying &= self.published < microseconds(filters.before)
        if filters.articles:
            satisfying &= np.isin(self.article_keys, [*map(article_key, filters.articles)])
        return satisfying

    def idf(self, term: str) -> float:
        """See ``Index.idf``."""
        number = self.terms.find(term)
        known = 0 if number is None else self.postings.document_frequency(number)
        return idf(known, len(self.passage_ids))

    def langs(self) -> dict[str | None, int]:
        """See ``Index.langs``."""
        sizes = np.bincount(self.group_numbers, minlength=len(self.groups))
        langs: dict[str | None, int] = {}
        for group, size in zip(self.groups, sizes.tolist(), strict=True):
            langs[group.lang] = langs.get(group.lang, 0) + size
        return {lang: size for lang, size in langs.items() if size}
