"""
Lucene's BM25 on rank-bm25: the score that every engine gives.

Lucene's variant (Kamphuis et al. 2020, "Which BM25 do you mean?", ECIR,
doi:10.1007/978-3-030-45442-5_4) has an idf that is never negative,
ln(1 + (N - df + 0.5) / (df + 0.5)), and document lengths kept in one byte.
rank-bm25's own idf turns negative for a term in more than half of the documents
and is then replaced by a quarter of the mean, so that "the" can outweigh "said".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rank_bm25 import BM25Okapi

K1 = 1.2
B = 0.75

# Lucene's SmallFloat keeps a length up to this exactly; above, four significant bits.
_EXACT_LENGTHS = 24

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


def _four_bits(value: int) -> int:
    """*value* rounded down to four significant bits (SmallFloat.longToInt4 and back)."""
    shift = max(value.bit_length() - 4, 0)
    return value >> shift << shift


def stored_lengths(lengths: npt.NDArray[np.int64]) -> Floats:
    """Lengths as they survive Lucene's one-byte norm (SmallFloat.intToByte4), shape (n,)."""
    longest = int(lengths.max(initial=0))
    table = np.arange(longest + 1, dtype=np.float64)
    for length in range(_EXACT_LENGTHS, longest + 1):
        table[length] = _EXACT_LENGTHS + _four_bits(length - _EXACT_LENGTHS)
    return table[lengths]


@dataclass(frozen=True, slots=True)
class Postings:
    """
    Which documents hold which term, a run of ``documents`` for each term.

    Attributes:
        starts: Where a term's run starts; shape (terms + 1,).
        documents: Document numbers, rising within a run.
        frequencies: How often the term stands in the document; same shape.
        lengths: Exact lengths of the documents in terms, shape (documents,).
    """

    starts: npt.NDArray[np.int64]
    documents: Ints
    frequencies: Ints
    lengths: npt.NDArray[np.int64]

    def run(self, term: int) -> tuple[Ints, Ints]:
        """The documents that hold *term*, and how often."""
        start, stop = self.starts[term], self.starts[term + 1]
        return self.documents[start:stop], self.frequencies[start:stop]

    def document_frequency(self, term: int) -> int:
        """In how many documents *term* stands."""
        return int(self.starts[term + 1] - self.starts[term])


def idf(document_frequency: int, documents: int) -> float:
    """Lucene's idf; positive for every frequency up to *documents*."""
    return math.log(1 + (documents - document_frequency + 0.5) / (document_frequency + 0.5))


class LuceneBM25(BM25Okapi):  # type: ignore[misc]  # rank-bm25 has no types
    """
    rank-bm25's Okapi, scored as Lucene does, over postings.

    ``BM25Okapi`` counts token lists into one dict a document and visits each of
    them for each query term; postings visit only documents that hold the term,
    and can be kept in a file. Terms are numbers here. The formula is the one of
    ``BM25Okapi.get_scores``; a test compares the two.
    """

    def __init__(self, postings: Postings) -> None:
        # BM25Okapi.__init__ would count a corpus, which postings have done, and
        # divides by its size, which may be 0.
        self.k1 = K1
        self.b = B
        self.postings = postings
        self.corpus_size = len(postings.lengths)
        self.avgdl = float(postings.lengths.mean()) if self.corpus_size else 0.0
        self.doc_len = stored_lengths(postings.lengths)
        self._norms = self.k1 * (1 - self.b + self.b * self.doc_len / (self.avgdl or 1.0))

    def idf_of(self, term: int) -> float:
        """The idf of a term."""
        return idf(self.postings.document_frequency(term), self.corpus_size)

    def get_scores(self, query: Sequence[int]) -> Floats:
        """The score of every document, 0.0 where it holds no term of *query*; shape (documents,)."""
        scores = np.zeros(self.corpus_size)
        for term in dict.fromkeys(query):
            documents, frequencies = self.postings.run(term)
            scores[documents] += (
                self.idf_of(term)
                * (frequencies * (self.k1 + 1))
                / (frequencies + self._norms[documents])
            )
        return scores

    def get_batch_scores(self, query: Sequence[int], doc_ids: Sequence[int]) -> list[float]:
        """The scores of some documents, in their order."""
        scores: list[float] = self.get_scores(query)[list(doc_ids)].tolist()
        return scores
