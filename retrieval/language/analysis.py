"""
Text to terms: the one analyzer, for articles and for questions.

A text is normalised (folding.py) and cut into chunks, what stands between spaces and
brackets; a chunk is expanded into terms once (chunks.py) and then remembered. To index a
text, what stands between two spaces is remembered with all of its chunks, so that a corpus
costs one look-up a word. Which language a text is in is detect.py's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import TypeVar

from retrieval.language.chunks import ASCII_CHUNK, Expander, Record, chunk_pattern, has_run
from retrieval.language.folding import GROUP_SPACE, align, normalise
from retrieval.language.scripts import base_language
from retrieval.language.stems import STEMMER_VERSION

# The first number is ours: raise it with every change that gives other terms. The stems
# are Snowball's and the normal forms Unicode's, so their versions count too.
ANALYZER_VERSION: str = f"2 snowball {STEMMER_VERSION} unicode {unicodedata.unidata_version}"


@dataclass(frozen=True, slots=True)
class Term:
    """
    What is indexed and looked up; it came from ``text[start:stop]`` of the original text.

    ``text`` has no white space. It is in lower case, but for acronyms that would
    otherwise be a stop word (``US``, ``WHO``).
    """

    text: str
    start: int
    stop: int
    is_stop: bool


def analyze(text: str, lang: str | None) -> list[Term]:
    """
    The terms of *text* by where they start, stop words included and marked.

    A token in a script that *lang* (BCP 47) is not written in is analysed as the
    script's usual language; so is every token where *lang* is None.
    """
    analyzer = _analyzer_for(text, lang)
    aligned = align(text)
    starts, stops = aligned.starts, aligned.stops
    found: list[Term] = []
    for match in analyzer.pattern_for(aligned.text).finditer(aligned.text):
        at = match.start()
        for term, start, stop, is_stop in analyzer.records[match[0]]:
            if starts is None or stops is None:
                found.append(Term(term, at + start, at + stop, is_stop))
            else:
                found.append(Term(term, starts[at + start], stops[at + stop - 1], is_stop))
    return found


def terms(text: str, lang: str | None) -> list[str]:
    """The texts of what ``analyze`` gives, faster."""
    analyzer = _analyzer_for(text, lang)
    words = analyzer.words_of(normalise(text))
    return list(chain.from_iterable(map(analyzer.texts.__getitem__, words)))


def query_terms(question: str, langs: Sequence[str | None]) -> list[str]:
    """
    What to look up for *question* in articles of these languages, None standing for unknown.

    Distinct, in order, without stop words; with them, where nothing else is left. A
    language that the question is clearly in has its stop words dropped for all of them:
    else German would bring back "the" and "of".
    """
    by_lang = [analyze(question, lang) for lang in langs or (None,)]
    stops = [{(term.start, term.stop) for term in found if term.is_stop} for found in by_lang]
    most, *others = sorted(stops, key=len, reverse=True)
    dropped = most if all(len(most) >= len(other) + _CLEAR_LEAD for other in others) else set()
    kept = [
        term.text
        for found in by_lang
        for term in found
        if not term.is_stop and (term.start, term.stop) not in dropped
    ]
    if (question.islower() or question.isupper()) and _COUNTRY.search(question):
        kept.append("US")
    return list(dict.fromkeys(kept or [term.text for found in by_lang for term in found]))


# Stop words more than in the next language: one may be chance ("die", "war", "in").
_CLEAR_LEAD = 2

# Where capitals cannot tell the country from the pronoun, it is the country unless one of
# these stands before it: right in all 23 such questions of 2,414 typed into a search engine.
_COUNTRY = re.compile(
    r"(?<!\w)(?<!tell )(?<!tells )(?<!told )(?<!give )(?<!gives )(?<!let )(?<!show )(?<!shows )"
    r"(?<!help )(?<!helps )(?<!make )(?<!makes )(?<!for )(?<!with )(?<!among )us(?!\w)",
    re.IGNORECASE,
)


# Words remembered by an analyzer, and as many older ones: some 35 MB in all.
_REMEMBERED = 1 << 16
# Longer words, and longer runs of a script without spaces, hardly ever come again.
_LONGEST_REMEMBERED = 64
_LONGEST_REMEMBERED_RUN = 4

_Made = TypeVar("_Made")


class Memo(dict[str, _Made]):
    """
    What *make* gave for a word; at most twice *limit* words, of which most were seen once.

    When there are *limit* words, they become the older ones, and those before them are
    dropped; an older word that comes again is a new one, so that frequent words stay.
    Threads share it without a lock: at worst two of them make the same value.
    """

    def __init__(self, make: Callable[[str], _Made], limit: int = _REMEMBERED) -> None:
        super().__init__()
        self._make = make
        self._limit = limit
        self._older: dict[str, _Made] = {}

    def __missing__(self, word: str) -> _Made:
        older = self._older
        made = older[word] if word in older else self._make(word)
        longest = _LONGEST_REMEMBERED_RUN if has_run(word) else _LONGEST_REMEMBERED
        if len(word) <= longest:
            if len(self) >= self._limit:
                self._older = dict(self)
                self.clear()
            self[word] = made
        return made


class _Analyzer:
    """
    Finds and remembers the chunks of texts in one language.

    Attributes:
        records: The terms of a chunk.
        texts: The texts of the terms of a chunk, or of a word with all of its chunks.
    """

    def __init__(self, lang: str | None, *, in_capitals: bool) -> None:
        self._expander = expander = Expander(lang, in_capitals=in_capitals)
        self._spaced_groups = expander.spaced_groups
        self.records: Memo[tuple[Record, ...]] = Memo(expander.expand)
        self.texts: Memo[tuple[str, ...]] = Memo(self._expand_word)

    def words_of(self, text: str) -> list[str]:
        """What has all chunks of a normalised text in it: its words, or where spaces stand in numbers, these."""
        if self._spaced_groups or GROUP_SPACE in text:
            return self.pattern_for(text).findall(text)
        return text.split()

    def _expand_word(self, word: str) -> tuple[str, ...]:
        chunks = self.pattern_for(word).findall(word)
        if chunks == [word]:
            return self._expander.expand_texts(word)
        return tuple(chain.from_iterable(map(self.texts.__getitem__, chunks)))

    def pattern_for(self, text: str) -> re.Pattern[str]:
        if text.isascii() and not self._spaced_groups and GROUP_SPACE not in text:
            return ASCII_CHUNK
        return chunk_pattern(spaced_groups=self._spaced_groups)


@cache
def _analyzer(lang: str | None, *, in_capitals: bool) -> _Analyzer:
    return _Analyzer(lang, in_capitals=in_capitals)


def _analyzer_for(text: str, lang: str | None) -> _Analyzer:
    return _analyzer(base_language(lang), in_capitals=text.isupper() and _is_in_capitals(text))


def _is_in_capitals(text: str) -> bool:
    """Whether capitals say nothing: not in "US", nor in Chinese with some acronyms in it."""
    n_capitals = sum(map(str.isupper, text))
    return len(text.split()) > 2 and 2 * n_capitals > sum(map(str.isalpha, text))
