"""
Snowball's stems by language, safe to take from any thread.

Folding comes before and after, in chunks.py; here a stem is taken of a word that is in
lower case already.
"""

from __future__ import annotations

import threading

import Stemmer

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
_of_thread = threading.local()


def stem(word: str, lang: str) -> str:
    """
    The stem of *word*; the word itself for languages that Snowball does not know.

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
        return word
    stemmed: str = stemmer.stemWord(word)
    return stemmed or word
