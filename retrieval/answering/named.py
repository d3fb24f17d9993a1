"""
Which name in a quote is the person or the place asked for.
"""

from __future__ import annotations

from collections.abc import Sequence

import regex

from retrieval.answering.quoted import Quoted
from retrieval.language.items import items
from retrieval.language.questions import Kind
from retrieval.types import Span

# Scripts without capitals: what looks like a name there is one too seldom to be shown.
_UNCASED = regex.compile(r"[\p{Lo}]")
_WORD = regex.compile(r"\S+")
_ARTICLE_BEFORE = regex.compile(
    r"(?<!\p{L})(?:the|el|los|las|le|les|die|der|das)[  ]\Z", regex.IGNORECASE
)
_BY = regex.compile(r"\s(?:by|por|von|par|durch|da|van|door)\s\Z", regex.IGNORECASE)
_IN = regex.compile(
    r"(?<!\p{L})(?:in|at|near|from|to|into|across|inside|outside|around|via|en|desde|hacia|в|во|на|из|под|около|близ|à|dans|nach|aus)"
    r"(?:[  ](?:the|el|la|los|las|le|les|der|die|dem|den))?[  ]\Z",
    regex.IGNORECASE,
)


# 哪个 asks for anything; these for a person.
_ASKS_PERSON = regex.compile(r"谁|誰|哪一?[位名]|何人|什[么麼]人|人是")
_HAN = regex.compile(r"\p{Han}")


def person(quoted: Quoted, places: Sequence[Span]) -> Span | None:
    """The one name beside the words that say what was done, or the only person in the quote."""
    question = quoted.view.text
    if _HAN.search(question) and not _ASKS_PERSON.search(question):
        return None
    names = _names(quoted, places)
    people = [name for name in names if _is_person(quoted, name)]
    beside = [name for name in people if _is_beside(quoted, name)]
    if beside:
        return _only(quoted, beside)
    return _only(quoted, people) if len(people) == len(names) else None


def place(quoted: Quoted, places: Sequence[Span]) -> Span | None:
    """The only place in the quote, in one clause with what the question says of it."""
    one = _only(quoted, _names(quoted, places, is_place=True))
    told = [Span(term.start, term.stop) for term in quoted.predicates]
    return one if one and any(quoted.is_unbroken(one, span) for span in told) else None


def _only(quoted: Quoted, names: Sequence[Span]) -> Span | None:
    return names[0] if len({name.of(quoted.text) for name in names}) == 1 else None


def _names(quoted: Quoted, places: Sequence[Span], *, is_place: bool = False) -> list[Span]:
    """What of *places* may be a new name: not the question's own, no date, no mere capital."""
    text = quoted.text
    dates = items(text, Kind.TIME, quoted.article.lang)
    kept = []
    for found in places:
        name = _trimmed(quoted, found)
        if (
            name is None
            or name.overlaps(quoted.dateline)
            or _is_asked(quoted, name)
            or any(name.overlaps(date) for date in dates)
            or (_UNCASED.search(name.of(text)) and "·" not in name.of(text))
            or (name.of(text).isupper() and name.of(text).isascii())
            or (not is_place and _IN.search(text, max(name.start - 20, 0), name.start))
        ):
            continue
        kept.append(name)
    return kept


def _trimmed(quoted: Quoted, name: Span) -> Span | None:
    """*name* without an opening word that is none, and without the question's words around it."""
    text = quoted.text
    words = [Span(*m.span()) for m in _WORD.finditer(text, name.start, name.stop)]
    is_bare = len(words) == 1 or _is_stop(quoted, words[0])
    if is_bare and quoted.is_opening(words[0].start) and not _is_name_elsewhere(quoted, words[0]):
        words = words[1:]
    while words and (_is_asked(quoted, words[0]) or text[words[0].start].islower()):
        words = words[1:]
    while words and (_is_asked(quoted, words[-1]) or text[words[-1].start].islower()):
        words = words[:-1]
    return Span(words[0].start, words[-1].stop) if words else None


def _is_asked(quoted: Quoted, word: Span) -> bool:
    return any(word.start <= term.start < word.stop for term in quoted.matched)


def _is_stop(quoted: Quoted, word: Span) -> bool:
    return any(t.is_stop for t in quoted.terms if word.start <= t.start < word.stop)


def _is_name_elsewhere(quoted: Quoted, place: Span) -> bool:
    """Whether the article writes a word with its capital within a sentence, and never small."""
    word, text = place.of(quoted.text), quoted.article.text
    inside = regex.search(rf"(?<=[\p{{Ll}},][  ]){regex.escape(word)}(?!\p{{L}})", text)
    small = regex.search(rf"(?<!\p{{L}}){regex.escape(word.lower())}(?!\p{{L}})", text)
    return inside is not None and small is None


def _is_beside(quoted: Quoted, name: Span) -> bool:
    """Whether nothing but a space, or "by", parts the name from what the question says of it."""
    text = quoted.text
    for term in quoted.predicates:
        before, behind = term.start - name.stop, name.start - term.stop
        if (
            before == 1
            or behind == 1
            or (behind > 1 and _BY.fullmatch(text, term.stop, name.start))
        ):
            return True
    return False


def _is_person(quoted: Quoted, name: Span) -> bool:
    """Whether a name has two words, or is the last of one that has in the article."""
    words = name.of(quoted.text)
    if _ARTICLE_BEFORE.search(quoted.text, max(name.start - 6, 0), name.start):
        return False
    full = rf"\p{{Lu}}[\p{{Ll}}.]+[  ]{regex.escape(words)}(?!\p{{L}})"
    return (
        len(words.split()) > 1
        or "·" in words
        or regex.search(full, quoted.article.text) is not None
    )
