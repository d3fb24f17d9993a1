"""
The sentences that may answer, analysed, and the question seen the same way.

Nothing here scores. Analysis is cached by text, because the same passages come back
for question after question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Protocol

import regex

from retrieval.language.analysis import Term, analyze
from retrieval.language.items import items
from retrieval.language.questions import Asked, asked
from retrieval.types import Article, Context, Sentence, Span

_NGRAM = 4
# About 2 kB a sentence: some 30 MB when full, the passages of the last 300 questions.
_CACHED_SENTENCES = 16_384
# A question longer than this is a pasted text; its head says what is asked.
MAX_QUESTION_CHARACTERS = 1_000


class TermStats(Protocol):
    """How telling a term is in the whole corpus."""

    def idf(self, term: str) -> float:
        """Lucene's BM25 idf; the largest one for a term that the corpus does not hold."""
        ...


@dataclass(frozen=True, slots=True)
class AnalysedText:
    """
    A text as features see it.

    Attributes:
        names: The terms that have a capital letter where grammar asks for none.
        length: In terms, with repetitions.
    """

    terms: frozenset[str]
    names: frozenset[str]
    length: int
    grams: frozenset[str]


@lru_cache(maxsize=_CACHED_SENTENCES)
def analysed(text: str, lang: str | None) -> AnalysedText:
    """The analysis of *text*, made once."""
    found = analyze(text, lang)
    return AnalysedText(
        terms=frozenset(term.text for term in found),
        names=names(text, found, lang),
        length=len(found),
        grams=grams(text),
    )


_CAPITAL_NOUNS = frozenset({"de", "lb"})
_OPENING = " \t\n\"'“‘«»¿¡([*-–—•"


def names(text: str, found: Sequence[Term], lang: str | None) -> frozenset[str]:
    """
    The terms of *found* that are capitalised and do not open *text* or a quotation in it;
    none where every noun has a capital.
    """
    if lang in _CAPITAL_NOUNS:
        return frozenset()
    first = len(text) - len(text.lstrip(_OPENING))
    return frozenset(
        term.text
        for term in found
        if text[term.start].isupper() and term.start > first and text[term.start - 1] not in '"“‘«'
    )


def grams(text: str) -> frozenset[str]:
    """The character 4-grams of the words of *text*, each word padded with one space."""
    folded = f" {' '.join(text.casefold().split())} "
    return frozenset(folded[i : i + _NGRAM] for i in range(max(len(folded) - _NGRAM + 1, 1)))


@dataclass(slots=True)
class Candidate:
    """
    A sentence of a retrieved passage.

    Attributes:
        score: BM25 of the best passage that holds the sentence.
        rank: Of that passage, from 1.
        number: Of the sentence among the ones retrieved from its article; from 0 where
            they begin with the article's own first sentence, else from its paragraph.
        before: The sentence just before it, where it was retrieved too.
        after: The sentence just behind it, where it was retrieved too.
    """

    article: Article
    sentence: Sentence
    text: str
    analysis: AnalysedText
    score: float
    rank: int
    number: int = 0
    before: Candidate | None = field(default=None, repr=False)
    after: Candidate | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class QuestionView:
    """
    The question, analysed as the articles of one language are.

    Attributes:
        weights: Share of each term in the whole, by idf; sums to 1 unless empty.
        places: Where in ``text`` each term stands first.
        idfs: How telling each term is in the corpus, not as a share.
        unknown: The terms that the corpus does not hold.
        most: What BM25 could give at most to a passage that holds every term.
        names: The terms that the question writes as names are written.
        breadth: The idf of a term that the corpus does not hold: the log of its size.
        items: Folded texts of the asked kind that the question itself holds: no news.
    """

    text: str
    asked: Asked
    weights: dict[str, float]
    places: dict[str, Span]
    idfs: dict[str, float]
    unknown: frozenset[str]
    most: float
    grams: frozenset[str]
    names: frozenset[str]
    items: frozenset[str]
    breadth: float


# Lucene's BM25 approaches idf * (k1 + 1), k1 = 1.2, as a term is repeated.
_SATURATION = 2.2
_UNSPACED = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
)
# Most unknown bigrams are the end of one word and the start of the next, not an unknown word.
_UNKNOWN_PIECE = 0.35
_NO_TERM = "\0"


def view(question: str, lang: str | None, stats: TermStats) -> QuestionView:
    """*question* as an article in *lang* sees it."""
    text = question[:MAX_QUESTION_CHARACTERS]
    code = (lang,) if lang else ()
    wanted = asked(text, code)
    found = _telling_terms(text, lang, wanted)
    breadth = stats.idf(_NO_TERM)
    idfs = {term.text: stats.idf(term.text) for term in found}
    worths = {term: _worth(term, idf, breadth) for term, idf in idfs.items()}
    total = sum(worths.values())
    return QuestionView(
        text=text,
        asked=wanted,
        weights={term: worth / total for term, worth in worths.items()} if total > 0 else {},
        places={t.text: Span(t.start, t.stop) for t in reversed(found)},
        idfs=idfs,
        unknown=frozenset(term for term, idf in idfs.items() if idf >= breadth),
        most=total * _SATURATION,
        grams=grams(text),
        names=names(text, found, lang),
        items=frozenset(span.of(text).casefold() for span in items(text, wanted.kind)),
        breadth=breadth,
    )


def _worth(term: str, idf: float, breadth: float) -> float:
    """The idf of *term*, less where it is a piece of words that the corpus lacks."""
    return _UNKNOWN_PIECE * idf if idf >= breadth and _is_piece(term) else idf


def _is_piece(term: str) -> bool:
    return _UNSPACED.match(term) is not None


def _telling_terms(text: str, lang: str | None, wanted: Asked) -> list[Term]:
    """
    The terms that an answering sentence should hold.

    Not the stop words, and not the question words: scripts without spaces have no stop
    words to catch them, and "which city" is answered by a city, seldom by the word.
    """
    found = [term for term in analyze(text, lang) if not term.is_stop]
    if wanted.topic is not None:
        start = text.find(wanted.topic)
        stop = start + len(wanted.topic)
        kept = [term for term in found if start <= term.start and term.stop <= stop]
    elif wanted.words is not None:
        edges = [edge for words in (wanted.words, *wanted.others) for edge in _edges(text, words)]
        kept = [t for t in found if not any(e.start < t.stop and t.start < e.stop for e in edges)]
    else:
        kept = found
    return kept or found


def _edges(text: str, words: Span) -> tuple[Span, Span]:
    """The first and the last word of *words*: between them stands what is asked about."""
    parts = words.of(text).split()
    return (
        Span(words.start, words.start + len(parts[0])),
        Span(words.stop - len(parts[-1]), words.stop),
    )


def collect(contexts: Sequence[Context]) -> list[Candidate]:
    """
    The complete sentences of *contexts*, each once, in the order of article and text.

    A sentence that two passages share takes the better passage's score.
    """
    found: dict[tuple[str, int, int], Candidate] = {}
    for context in contexts:
        article = context.article
        for sentence in context.passage.sentences:
            key = (article.id, sentence.span.start, sentence.span.stop)
            if key in found or not sentence.is_complete or not len(sentence.span):
                continue
            text = sentence.span.of(article.text)
            analysis = analysed(text, article.lang)
            found[key] = Candidate(
                article, sentence, text, analysis, context.hit.score, context.hit.rank
            )
    by_article: dict[str, list[Candidate]] = {}
    for candidate in found.values():
        by_article.setdefault(candidate.article.id, []).append(candidate)
    for siblings in by_article.values():
        siblings.sort(key=lambda c: c.sentence.span)
        _link(siblings)
    return [c for siblings in by_article.values() for c in siblings]


def _link(siblings: list[Candidate]) -> None:
    """Tell sentences that follow each other in the text of their neighbours."""
    text = siblings[0].article.text
    for left, right in pairwise(siblings):
        if not text[left.sentence.span.stop : right.sentence.span.start].strip():
            left.after, right.before = right, left
    first = siblings[0].sentence
    opening = 0 if not text[: first.span.start].strip() else first.paragraph
    for number, candidate in enumerate(siblings):
        candidate.number = number + opening
