"""
Whether a question is plainly in another language than a text.

Plainly: a wrong yes refuses a good answer. So a question speaks by its script and by its
function words, never by its names, and what the text holds too tells nothing. How the
language of a text is detected is in ``detect``.
"""

from __future__ import annotations

import re
from functools import cache

from retrieval.language.detect import main_script
from retrieval.language.questions import Kind, asked
from retrieval.language.scripts import DEFAULT_LANGUAGE, base_language, scripts_of
from retrieval.language.stopwords import languages, stop_words

_HEAD = 400  # characters; a longer question is a pasted text
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SPACED = frozenset({"Latn", "Cyrl", "Grek", "Arab", "Hebr", "Deva"})
_CASED = frozenset({"Latn", "Cyrl", "Grek"})

# Function words that a language has more of in the question than the text's language.
_CLEAR_LEAD = 2


def is_foreign(question: str, text: str, lang: str | None) -> bool:
    """
    Whether *question* is in another language than *text* beyond doubt.

    A question without function words ("NATO 2023?", a name) is in no language; Traditional
    and Simplified Chinese are one.

    Args:
        question: As it was asked.
        text: A sentence or more.
        lang: Its BCP 47 tag, None if unknown; not believed where the text itself speaks
            the question's language.
    """
    head = question[:_HEAD]
    script, written_in = main_script(head), main_script(text)
    if script is None or written_in is None:
        return False
    base = base_language(lang)
    if script != written_in:
        is_possible = base is not None and script in scripts_of(base)
        return not is_possible and _has_language(head, script)
    return base is not None and script in _SPACED and _other_words(head, text, base, script)


def _has_language(question: str, script: str) -> bool:
    """Whether words of *question* say more than a name does in any language of *script*."""
    if script not in _SPACED:
        wanted = asked(question, (DEFAULT_LANGUAGE[script],))
        return wanted.words is not None or wanted.kind is Kind.DEFINITION
    words = _words(question)
    most = max(_count(words, lang) for lang in _languages_of(script))
    return most >= _CLEAR_LEAD or (most > 0 and _is_sentence(question, script))


def _other_words(question: str, text: str, base: str, script: str) -> bool:
    """Whether a language of the same script has clearly more of the question's words."""
    if not stop_words(base):
        return False
    held = _words(text)
    words = _words(question) - held
    own = _count(words, base)
    others = {lang: _count(words, lang) for lang in _languages_of(script) if lang != base}
    best = max(others, key=lambda lang: (others[lang], lang), default=None)
    if best is None or _count(held, base) <= _count(held, best):
        return False
    lead = others[best] - own
    return lead >= _CLEAR_LEAD or (lead > 0 and own == 0 and _is_question(question, best, script))


def _is_question(question: str, lang: str, script: str) -> bool:
    """Whether it asks by a question word of *lang* and is more than names."""
    return _is_sentence(question, script) and asked(question, (lang,)).words is not None


def _is_sentence(question: str, script: str) -> bool:
    """Whether a word of it is written as names are not; where there is no case, if it has some."""
    words = _WORD.findall(question)
    if script in _CASED:
        return any(word.islower() for word in words[1:])
    return len(words) > _CLEAR_LEAD


def _words(text: str) -> set[str]:
    return {word.casefold().replace("’", "'") for word in _WORD.findall(text)}


def _count(words: set[str], lang: str) -> int:
    return len(words & stop_words(lang))


@cache
def _languages_of(script: str) -> tuple[str, ...]:
    return tuple(lang for lang in languages() if script in scripts_of(lang))
