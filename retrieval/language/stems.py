"""
The stems of words by language, Snowball's where it has them, safe to take from any thread.

Folding comes before and after, in chunks.py; here a stem is taken of a word that is in
lower case already.
"""

from __future__ import annotations

import re
import threading

import Stemmer

from retrieval.language.light_stems import LIGHT_STEMMERS

STEMMER_VERSION: str = Stemmer.version()

_ALGORITHMS = {
    "ar": "arabic",
    "bs": "serbian",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "eo": "esperanto",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hr": "serbian",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ms": "indonesian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
# Before Snowball's Persian, which takes more than this ending from "ایرانی" ("Iranian") and
# leaves "ایران" as it is. Shorter words end with a letter of their own ("بازی").
_PERSIAN_YA = re.compile("(?<=....)[يی]$")
_of_thread = threading.local()


def stem(word: str, lang: str) -> str:
    """
    The stem of *word*; the word itself for languages without a stemmer.

    A stemmer works in a buffer of its own, so no two threads may use one at a time:
    each thread has its own set, which needs no lock.
    """
    stemmers: dict[str, Stemmer.Stemmer | None] = _of_thread.__dict__.setdefault("stemmers", {})
    if lang not in stemmers:
        algorithm = _ALGORITHMS.get(lang)
        # PyStemmer 3.0 lacks some of the algorithms of 3.1.
        is_known = algorithm in Stemmer.algorithms()
        # 0: without its own cache, the caller remembers what it was given.
        stemmers[lang] = Stemmer.Stemmer(algorithm, 0) if is_known else None
    stemmer = stemmers[lang]
    if stemmer is None:
        light = LIGHT_STEMMERS.get(lang)
        return word if light is None else light(word)
    if lang == "fa":
        word = _PERSIAN_YA.sub("", word)
    stemmed: str = stemmer.stemWord(word)
    return stemmed or word
