"""
Words that tie blocks together: names and rare words that come back.

Weights come from the dump itself; of languages only the function words are known,
those of all at once. Nothing here decides.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate

from retrieval.language.stopwords import stop_words

# Words of four letters on, and acronyms and numbers of three; scripts without spaces give character pairs.
_TERM = re.compile(r"\w{3,}")
_SPACED_TERM = re.compile(
    r"[^\W\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]{3,}"
)
_LETTERS = 4
_HAN_KANA = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]{2,}")
# Thai, Lao, Burmese, Khmer: their few letters make any two a pair of every text, not so any five.
_UNSPACED = re.compile(r"[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff]{5,}")
# Terms beyond this many characters of a block add time and no evidence: 50 MB on one line stay cheap.
_READ_CHARACTERS = 4_000
# Inflected forms of one word mostly share their first six letters.
_STEM_LETTERS = 6
_NAME_WEIGHT = 2.0
# A chain of one word breaks when it stays away for so many blocks.
_CHAIN_BLOCKS = 8
# Words of news in general: they tie anything to anything.
_NEWS_WORDS = """
    said says told year years month months week day days time people government country first last
    like still according official officials reported report news state world percent million billion
    monday tuesday wednesday thursday friday saturday sunday january february march april june july
    august september october november december
"""
_LANGUAGES = ("en", "es", "pt", "fr", "it", "de", "nl", "sv", "pl", "tr", "ru", "uk", "ar")
# The article and what is written onto it: "and the", "with the", "for the".
_ARABIC_PREFIX = re.compile(r"^(?:[وفبكل]?ال|لل)(?=\w{3})")
# Distinct words whose reading is kept: a few megabytes.
_WORDS_KEPT = 1 << 16


@dataclass(frozen=True, slots=True)
class Terms:
    """Of each block its terms and their total weight, and of each term its weight in this dump."""

    of_block: Sequence[frozenset[str]]
    weights: Mapping[str, float]
    totals: Sequence[float]

    def weight(self, terms: frozenset[str]) -> float:
        """The sum of the terms' weights."""
        return sum(map(self.weights.__getitem__, terms))

    def part(self, start: int, stop: int) -> Terms:
        """The same for the blocks from *start* to before *stop*."""
        return Terms(self.of_block[start:stop], self.weights, self.totals[start:stop])


def read_terms(texts: Sequence[str]) -> Terms:
    """The terms of each text and their weights: names double, and less the more texts have them."""
    of_block: list[frozenset[str]] = []
    df: Counter[str] = Counter()
    names: set[str] = set()
    for text in texts:
        terms = _terms(text[:_READ_CHARACTERS], names)
        of_block.append(terms)
        df.update(terms)
    top = math.log(len(texts) + 1.0)
    weights = {
        term: (_NAME_WEIGHT if term in names else 1.0)
        * (0.25 + 0.75 * (1 - math.log(n) / top) if top else 1.0)
        for term, n in df.items()
    }
    totals = [sum(map(weights.__getitem__, terms)) for terms in of_block]
    return Terms(of_block, weights, totals)


def _terms(text: str, names: set[str]) -> frozenset[str]:
    terms: set[str] = set()
    pattern = _TERM if text.isascii() else _SPACED_TERM
    for word in set(pattern.findall(text)):
        stem, is_name = _read_word(word)
        terms.add(stem)
        if is_name:
            names.add(stem)
    terms.discard("")
    if not text.isascii():
        for run in _HAN_KANA.findall(text):
            terms.update(map(str.__add__, run, run[1:]))
        for run in _UNSPACED.findall(text):
            terms.update(map("".join, zip(run, run[1:], run[2:], run[3:], run[4:], strict=False)))
    return frozenset(terms)


@lru_cache(_WORDS_KEPT)
def _read_word(word: str) -> tuple[str, bool]:
    """The word's stem, "" for a function word, and whether it is written like a name."""
    folded = word.lower()
    is_short = len(word) < _LETTERS
    if folded in _common_words() or (is_short and not word.isupper() and not word.isdigit()):
        return "", False
    is_name = (word != folded and word[1:].islower()) or is_short or word[0].isdigit()
    return _ARABIC_PREFIX.sub("", folded, count=1)[:_STEM_LETTERS], is_name


@cache
def _common_words() -> frozenset[str]:
    return frozenset(_NEWS_WORDS.split()).union(*map(stop_words, _LANGUAGES))


def chain_strengths(terms: Terms) -> list[float]:
    """
    For each block, how strongly words run on over the gap before it, in [0, 1].

    Lexical chains (Morris & Hirst 1991; Galley et al. 2003, doi:10.3115/1096678.1096688
    for segmentation): a term that comes back within ``_CHAIN_BLOCKS`` blocks
    crosses every gap on its way. A gap's sum is set against the weight of the
    smaller of the two sides within reach. 1.0 before the first block.
    """
    n = len(terms.of_block)
    steps = [0.0] * (n + 2)
    seen: dict[str, int] = {}
    weights = terms.weights
    for i, block in enumerate(terms.of_block):
        for term in block:
            before = seen.get(term)
            if before is not None and i - before <= _CHAIN_BLOCKS:
                weight = weights[term]
                steps[before + 1] += weight
                steps[i + 1] -= weight
            seen[term] = i
    totals = [0.0, *accumulate(terms.totals)]
    strengths = [1.0] * n
    crossing = steps[0]
    for i in range(1, n):
        crossing += steps[i]
        left = totals[i] - totals[max(0, i - _CHAIN_BLOCKS)]
        right = totals[min(n, i + _CHAIN_BLOCKS)] - totals[i]
        strengths[i] = min(1.0, crossing / max(1.0, min(left, right)))
    return strengths
