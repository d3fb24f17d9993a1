"""
What kind of answer a question asks for.

The tables are in ``question_words``; what an item of a kind looks like in a text is
in ``items``. A question that gives no sign of a kind asks for ``Kind.THING``:
then nothing is expected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import regex

from retrieval.language.question_words import DEFINITIONS, QUESTION_WORDS, Kind
from retrieval.types import Span

__all__ = ["Asked", "Kind", "asked"]


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What a question asks for.

    Attributes:
        words: The question words in the question, None where there are none.
        others: Further question words, as in "what happened and when".
        is_sure: Whether the first question word asks for the kind; in "what did he do when"
            another does.
        topic: What is to be defined; set for ``Kind.DEFINITION`` only.
    """

    kind: Kind
    words: Span | None = None
    topic: str | None = None
    others: tuple[Span, ...] = ()
    is_sure: bool = True


# A longer "name" is a description ("who is president of …"), and a person or a
# thing is asked for, not a definition.
_TOPIC_WORDS = 4
_TOPIC_CHARACTERS = 40
# Past this many characters a question is a pasted text; its kind is read from the head.
_HEAD = 400
_SCRIPTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"[\p{Hiragana}\p{Katakana}]", ("ja",)),
    (r"\p{Hangul}", ("ko",)),
    (r"\p{Han}", ("zh",)),
    (r"\p{Thai}", ("th",)),
    (r"\p{Devanagari}", ("hi",)),
    (r"\p{Hebrew}", ("he",)),
    (r"\p{Arabic}", ("ar", "fa")),
    (r"\p{Greek}", ("el",)),
    (r"\p{Cyrillic}", ("ru", "uk")),
)
_LATIN = ("en", "es", "de", "fr", "it", "pt", "ro", "tr", "vi", "nl", "pl", "id", "sv", "cs")
# Letters that the usual language of the script lacks.
_TELLING = {"fa": "[پچژگکی]", "uk": "[іїєґ]"}


@cache
def _question_words(lang: str) -> regex.Pattern[str]:
    parts = (f"(?P<_{i}>{p})" for i, (_, p) in enumerate(QUESTION_WORDS[lang]))
    return regex.compile("|".join(parts), regex.IGNORECASE)


@cache
def _definitions() -> tuple[regex.Pattern[str], ...]:
    return tuple(
        regex.compile(rf"^[\s¿¡]*{p}[\s?？؟;!！。.]*$", regex.IGNORECASE) for p in DEFINITIONS
    )


def _languages(question: str, langs: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """The languages that the question is surely in, one of them, and those that it may be in."""
    codes = tuple(dict.fromkeys(c.split("-")[0] for c in langs))
    for script, of_script in _SCRIPTS:
        if regex.search(script, question):
            return _one_of_script(question, of_script, codes), ()
    hinted = [code for code in codes if code in _LATIN]
    sure = hinted or ["en"]
    return sure, [code for code in _LATIN if code not in sure]


def _one_of_script(question: str, of_script: Sequence[str], hints: Sequence[str]) -> list[str]:
    """The language of a question among those of its script: its letters tell, or a hint does."""
    told = [
        lang
        for lang in of_script
        if lang in _TELLING and regex.search(_TELLING[lang], question, regex.IGNORECASE)
    ]
    return [*told, *(hint for hint in hints if hint in of_script), of_script[0]][:1]


def _first(question: str, lang: str) -> Asked | None:
    found = list(_question_words(lang).finditer(question))
    if not found:
        return None
    kinds = [QUESTION_WORDS[lang][i][0] for m in found for i in (int(str(m.lastgroup)[1:]),)]
    words = [Span(*m.span()) for m in found]
    # "What did it report and on what day": the second asks more exactly than "what".
    kind = next((kind for kind in kinds if kind is not Kind.THING), Kind.THING)
    is_sure = kinds[0] is kind and not _is_name(question, words[0])
    return Asked(kind, words[0], others=tuple(words[1:]), is_sure=is_sure)


def _is_name(question: str, words: Span) -> bool:
    """Whether a question word is written as a name within the question: "Doctor Who"."""
    before = question[: words.start].rstrip()
    return before[-1:].isalnum() and question[words.start].isupper() and not question.isupper()


def _definition(question: str) -> Asked | None:
    for pattern in _definitions():
        found = pattern.match(question)
        if found is None:
            continue
        topic = found["topic"].strip(" ?？؟;!！。.")
        if topic and len(topic) <= _TOPIC_CHARACTERS and len(topic.split()) <= _TOPIC_WORDS:
            return Asked(Kind.DEFINITION, None, topic)
    return None


@lru_cache(maxsize=1024)
def asked(question: str, langs: tuple[str, ...] = ()) -> Asked:
    """
    The kind of answer that a question asks for.

    Args:
        question: Of any length; its kind is read from the head.
        langs: Languages of the question, the likeliest first; only a hint, and
            only among languages that share the Latin script.
    """
    head = question[:_HEAD]
    found = _definition(head)
    if found is not None:
        return found
    sure, unsure = _languages(head, langs)
    readings = [found for lang in sure if (found := _first(head, lang)) is not None]
    if readings:
        return min(readings, key=lambda reading: reading.words or Span(0, 0))
    # In a language that nobody named a question word may be any word ("Kim", "care", "AI"):
    # it may hint at a kind, but it stays a word of the question.
    guesses = [found for lang in unsure if (found := _first(head, lang)) is not None]
    return Asked(guesses[0].kind) if guesses else Asked(Kind.THING)
