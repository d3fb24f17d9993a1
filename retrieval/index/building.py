"""
Entries gathered for the memory engine, and merged with a snapshot into the next.

Gathering costs a few bytes a term; merging goes through all postings, so entries are
gathered for as long as nobody searches.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from retrieval.index import Entry
from retrieval.index.bm25 import Ints, Postings
from retrieval.index.snapshot import Group, Snapshot, TermList, article_key, encoded, microseconds

_BLOCK = 250_000  # postings that are merged at a time: 10 MB while they are sorted

_Block = tuple[Ints, Ints, Ints]  # parallel arrays


class Gathering:
    """Passages to add and to remove; the last word on a passage id counts."""

    def __init__(self) -> None:
        self.removed: set[int] = set()
        self._numbers: dict[str, int] = {}  # term -> its number here
        self._groups: dict[Group, int] = {}
        self._rows: dict[int, int] = {}  # passage id -> its row here
        self._terms = array("i")
        self._frequencies = array("i")
        self._sizes = array("i")  # distinct terms of each row
        self._lengths = array("q")
        self._published = array("q")
        self._article_keys = array("q")
        self._row_groups = array("i")

    def __bool__(self) -> bool:
        return bool(self._rows or self.removed)

    def add(self, entries: Iterable[Entry]) -> None:
        """Gather entries; one with a known id replaces the former."""
        numbers = self._numbers
        for entry in entries:
            counts = Counter(entry.terms)
            self._terms.extend([numbers.setdefault(t, len(numbers)) for t in counts])
            self._frequencies.extend(counts.values())
            self._sizes.append(len(counts))
            self._lengths.append(len(entry.terms))
            self._published.append(microseconds(entry.published))
            self._article_keys.append(article_key(entry.article_id))
            group = Group(entry.source, entry.host, entry.lang)
            self._row_groups.append(self._groups.setdefault(group, len(self._groups)))
            self._rows[entry.passage_id] = len(self._sizes) - 1
            self.removed.discard(entry.passage_id)

    def remove(self, passage_ids: Collection[int]) -> None:
        """Take passages out, whether they are gathered here or in the snapshot."""
        for passage_id in passage_ids:
            self._rows.pop(passage_id, None)
        self.removed.update(passage_ids)

    def merged(self, old: Snapshot) -> Snapshot:
        """*old* without what was removed or replaced, with what was added."""
        passage_ids = np.fromiter(self._rows.keys(), np.int64, len(self._rows))
        rows = np.fromiter(self._rows.values(), np.int64, len(self._rows))
        gone = np.fromiter(self.removed, np.int64, len(self.removed))
        kept = ~np.isin(old.passage_ids, np.concatenate([passage_ids, gone]))

        all_ids = np.concatenate([old.passage_ids[kept], passage_ids])
        order = np.argsort(all_ids)
        place = np.empty(len(all_ids), np.int32)  # row of all_ids -> its document number
        place[order] = np.arange(len(all_ids))

        old_terms, new_terms, terms = _united(old.terms, list(self._numbers))
        groups = {group: number for number, group in enumerate(old.groups)}
        new_groups = [groups.setdefault(group, len(groups)) for group in self._groups]

        document_of_row = np.full(len(self._sizes), -1, np.int32)
        document_of_row[rows] = place[int(kept.sum()) :]
        document_of_old = np.full(len(kept), -1, np.int32)
        document_of_old[kept] = place[: int(kept.sum())]

        lengths = np.concatenate([old.postings.lengths[kept], _longs(self._lengths)[rows]])[order]
        row_starts = np.concatenate([[0], np.cumsum(_ints(self._sizes), dtype=np.int64)])
        old_runs = _Runs(old.postings.starts, old.postings.documents, old.postings.frequencies)
        new_runs = _Runs(row_starts, _ints(self._terms), _ints(self._frequencies))

        def blocks() -> Iterator[_Block]:
            for term, document, frequencies in old_runs.blocks():
                yield old_terms[term], document_of_old[document], frequencies
            for row, term, frequencies in new_runs.blocks():
                yield new_terms[term], document_of_row[row], frequencies

        postings = _postings(blocks, len(terms), lengths)
        group_numbers = np.asarray(new_groups, np.int32)[_ints(self._row_groups)[rows]]
        return Snapshot(
            TermList.of(terms),
            postings,
            all_ids[order],
            np.concatenate([old.group_numbers[kept], group_numbers])[order].astype(np.int32),
            np.concatenate([old.published[kept], _longs(self._published)[rows]])[order],
            np.concatenate([old.article_keys[kept], _longs(self._article_keys)[rows]])[order],
            tuple(groups),
        )


def _ints(values: array[int]) -> npt.NDArray[np.int32]:
    return np.frombuffer(values, np.int32) if values else np.zeros(0, np.int32)


def _longs(values: array[int]) -> npt.NDArray[np.int64]:
    return np.frombuffer(values, np.int64) if values else np.zeros(0, np.int64)


def _united(
    old: TermList, new: Sequence[str]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], list[bytes]]:
    """The number in the united list of each old and each new term, and the list."""
    new_bytes = [encoded(term) for term in new]
    old_bytes: list[bytes] = list(old)
    terms = sorted({*old_bytes, *new_bytes})
    number = {term: n for n, term in enumerate(terms)}
    return (
        np.fromiter((number[t] for t in old_bytes), np.int32, len(old_bytes)),
        np.fromiter((number[t] for t in new_bytes), np.int32, len(new_bytes)),
        terms,
    )


@dataclass(frozen=True, slots=True)
class _Runs:
    """Parallel arrays in runs, one run an owner: the terms of a row, the documents of a term."""

    starts: npt.NDArray[np.int64]
    members: Ints
    frequencies: Ints

    def blocks(self) -> Iterator[_Block]:
        """(owner, member, frequency) of all, some at a time."""
        for first in range(0, len(self.members), _BLOCK):
            block = slice(first, min(first + _BLOCK, len(self.members)))
            places = np.arange(block.start, block.stop)
            owners = np.searchsorted(self.starts, places, side="right") - 1
            yield owners.astype(np.int32), self.members[block], self.frequencies[block]


def _postings(
    blocks: Callable[[], Iterable[_Block]], term_count: int, lengths: npt.NDArray[np.int64]
) -> Postings:
    """
    Postings from blocks of (term, document, frequency), which are gone through twice;
    a negative document is left out.

    Nothing as long as the postings is made beside them: sorting all at once took four
    times their memory, which was the most that an ingest needed.
    """
    counts = np.zeros(term_count, np.int64)
    for terms, documents, _ in blocks():
        counts += np.bincount(terms[documents >= 0], minlength=term_count)
    starts = np.concatenate([[0], np.cumsum(counts)])
    placed = np.empty(starts[-1], np.int32)
    frequencies = np.empty(starts[-1], np.int32)
    free = starts[:-1].copy()  # where the next posting of each term goes
    for terms, documents, block_frequencies in blocks():
        live = np.flatnonzero(documents >= 0)
        order = live[np.lexsort((documents[live], terms[live]))]
        sizes = np.bincount(terms[order], minlength=term_count)
        firsts = np.cumsum(sizes) - sizes  # in the block, of each term's run
        places = (free - firsts)[terms[order]] + np.arange(len(order))
        placed[places] = documents[order]
        frequencies[places] = block_frequencies[order]
        free += sizes
    if not _is_rising(starts, placed):
        # Passages came in another order than that of their ids: one that was restored.
        keys = np.repeat(np.arange(term_count), counts) * len(lengths) + placed
        order = np.argsort(keys)
        placed, frequencies = placed[order], frequencies[order]
    return Postings(starts, placed, frequencies, lengths)


def _is_rising(starts: npt.NDArray[np.int64], documents: Ints) -> bool:
    """Whether the documents of each run are in order."""
    falls = np.flatnonzero(documents[1:] < documents[:-1]) + 1
    return bool(np.isin(falls, starts).all())
