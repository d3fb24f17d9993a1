"""
Different spellings of one word made equal: NFKC, case, diacritics, Arabic letter
forms, Traditional and Simplified Han.

``normalise`` and ``align`` work on whole texts, before words are cut out;
``fold_case`` on a word before its stem is taken, ``fold_letters`` after it.
Nothing here knows stop words or stems.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from retrieval.language.scripts import combining_marks

# What stands between the groups of a number in French or Russian. All no-break
# spaces become this one character, so that "10\u00a0000" is still seen as one number
# after normalisation; everywhere else it is a space like another.
GROUP_SPACE = "\x1f"

# Replacements of one character by one, so that offsets hold. Applied before NFKC
# they make most Chinese text (full-width punctuation) NFKC already.
_ONE_TO_ONE = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # full-width ASCII
    | dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f"), GROUP_SPACE)
    | dict.fromkeys(map(ord, "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u200a\u3000"), " ")
    | dict.fromkeys(map(ord, "…‥™℠¨¯¸"), " ")  # NFKC would glue "tm" to the word
    | {ord("´"): "'", ord("ª"): "a", ord("º"): "o"}
)

# Invisible and without meaning for a word: soft hyphen, joiners, bidi marks,
# variation selectors. The zero width space is not here: it parts words.
_IGNORED = (
    "\u00ad\u034f\u061c\u180b-\u180e\u200c-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\U000e0000-\U000e0fff"
)
_find_ignored = re.compile(f"[{_IGNORED}]").search
_drop_ignored = re.compile(f"[{_IGNORED}]+").sub

# Characters that NFKC may join to the one before: marks, Hangul letters (also
# half-width and compatibility ones), half-width voicing marks.
_JOINING_LETTERS = "\u1160-\u11ff\u3131-\u318e\ud7b0-\ud7ff\uff9e\uff9f\uffa0-\uffdc"


@dataclass(frozen=True, slots=True)
class Aligned:
    """
    A normalised text and where each of its characters came from.

    ``starts`` and ``stops`` give the range in the original text, one entry a
    character; they are None where the offsets are the same.
    """

    text: str
    starts: list[int] | None = None
    stops: list[int] | None = None


@cache
def _segments() -> re.Pattern[str]:
    """A character and what NFKC may join to it; plain ASCII is passed over."""
    joining = combining_marks() + _JOINING_LETTERS
    return re.compile(f"[^\\x00-\\x7f][{joining}]*|[\\x00-\\x7f][{joining}]+")


@lru_cache(maxsize=8192)
def _normalise_segment(segment: str) -> str:
    return unicodedata.normalize("NFKC", _drop_ignored("", segment))


def _translate(text: str) -> tuple[str, bool]:
    """The text after replacements that keep offsets, and whether that was all."""
    if text.isascii():
        return text, True
    if not unicodedata.is_normalized("NFKC", text):
        text = text.translate(_ONE_TO_ONE)
        if not unicodedata.is_normalized("NFKC", text):
            return text, False
    return text, _find_ignored(text) is None


def normalise(text: str) -> str:
    """NFKC without invisible characters; no-break spaces become ``GROUP_SPACE``."""
    text, is_done = _translate(text)
    if is_done:
        return text
    return _segments().sub(lambda match: _normalise_segment(match[0]), text)


def align(text: str) -> Aligned:
    """What ``normalise`` gives, with the origin of each character."""
    text, is_done = _translate(text)
    if is_done:
        return Aligned(text)
    parts: list[str] = []
    starts: list[int] = []
    stops: list[int] = []
    done = 0
    for match in _segments().finditer(text):
        start, stop = match.span()
        parts.append(text[done:start])
        starts.extend(range(done, start))
        stops.extend(range(done + 1, start + 1))
        normal = _normalise_segment(match[0])
        parts.append(normal)
        if len(normal) == stop - start:
            starts.extend(range(start, stop))
            stops.extend(range(start + 1, stop + 1))
        else:
            starts.extend([start] * len(normal))
            stops.extend([stop] * len(normal))
        done = stop
    parts.append(text[done:])
    starts.extend(range(done, len(text)))
    stops.extend(range(done + 1, len(text) + 1))
    return Aligned("".join(parts), starts, stops)


_TURKISH_CASE = str.maketrans({"I": "ı", "İ": "i"})
_HARAKAT = re.compile(
    "[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]"
)
_PERSIAN_LETTERS = str.maketrans("یکۀەھ", "يكههه")
_ARABIC_LETTERS = str.maketrans("أإآٱىةؤئ", "اااايهءء")
# Written for a final ya by many; not in the short words, where it parts على from علي.
_FINAL_YA = re.compile("(?<=...)ى$")
_FINAL_HA = re.compile("(?<=...)ه$")
# A nasal before a consonant of its own row, as often written with a dot (हिन्दी, हिंदी).
_NASALS = re.compile("ङ्(?=[क-घ])|ञ्(?=[च-झ])|ण्(?=[ट-ढ])|न्(?=[त-ध])|म्(?=[प-भ])")
_HEBREW_POINTS = re.compile("[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]")
_STRESS_MARKS = re.compile("[\u0300\u0301]")
_LATIN_AND_GREEK_MARKS = re.compile("[\u0300-\u036f]+")
# Letters that are not a base with a mark; the usual ASCII spelling.
_LATIN_LETTERS = str.maketrans(
    {
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
        "ħ": "h",
        "ŧ": "t",
        "ŋ": "n",
        "ə": "a",
        "ɓ": "b",
        "ɗ": "d",
        "ƙ": "k",
    }
)
# Vietnamese puts the tone of oa, oe and uy on either vowel; one form of each.
_TONES = {"oa": "òóỏõọ", "oe": "òóỏõọ", "uy": "ùúủũụ"}
_NEW_STYLE = {"a": "àáảãạ", "e": "èéẻẽẹ", "y": "ỳýỷỹỵ"}
_VIETNAMESE_TONES = {
    old + pair[1]: pair[0] + new
    for pair, marked in _TONES.items()
    for old, new in zip(marked, _NEW_STYLE[pair[1]], strict=True)
}
_OLD_STYLE_TONE = re.compile(f"(?<!q)(?:{'|'.join(_VIETNAMESE_TONES)})$")


def fold_case(word: str, lang: str, script: str) -> str:
    """A word as a stemmer expects it: lower case, without vowel signs that may be left out."""
    if script == "Arab":
        return _FINAL_YA.sub("ي", _HARAKAT.sub("", word).translate(_PERSIAN_LETTERS))
    if script == "Hebr":
        return _HEBREW_POINTS.sub("", word)
    if script == "Deva":
        # The nukta is left out as often as not, and so is the moon of the candrabindu.
        bare = unicodedata.normalize("NFD", word).replace("\u093c", "")
        return _NASALS.sub("\u0902", bare.replace("\u0901", "\u0902"))
    if script == "Latn" and lang in {"tr", "az"}:
        word = word.translate(_TURKISH_CASE)
    word = word.casefold().replace("i\u0307", "i")  # what casefold makes of İ
    if lang == "vi":
        word = _OLD_STYLE_TONE.sub(lambda match: _VIETNAMESE_TONES[match[0]], word)
    elif script == "Cyrl":
        word = _STRESS_MARKS.sub("", word).replace("ё", "е")
    return word


def fold_letters(stem: str, lang: str, script: str) -> str:
    """A stem without the marks that writers leave out; Vietnamese ones stay, they part words."""
    if stem.isascii() or (lang == "vi" and script == "Latn"):
        return stem
    if script in {"Latn", "Grek"}:
        bare = _LATIN_AND_GREEK_MARKS.sub("", unicodedata.normalize("NFD", stem))
        return unicodedata.normalize("NFC", bare).translate(_LATIN_LETTERS)
    if script == "Arab":
        # The stemmer takes ة away; what many write for it must go as well.
        return _FINAL_HA.sub("", stem.translate(_PERSIAN_LETTERS).translate(_ARABIC_LETTERS))
    return stem


# Written alike in Taiwan where the mainland has two words, or the reverse; OpenCC
# keeps them apart because it must write, and we need only find.
_HAN_VARIANTS = {"著": "着", "妳": "你", "衞": "卫", "祂": "他", "牠": "它", "瞭": "了"}


@cache
def simplified_forms() -> Mapping[int, str]:
    """
    Each character that has another simplified form, and that form.

    As ``str.translate`` wants it; from OpenCC, character by character, in 8 ms.
    """
    forms = _other_forms("t2s") | {ord(a): b for a, b in _HAN_VARIANTS.items()}
    # Twice: 薴 becomes 苧, and that has a simplified form itself.
    return {code: forms.get(ord(form), form) for code, form in forms.items()}


@cache
def traditional_forms() -> Mapping[int, str]:
    """Each character that has another traditional form, and that form."""
    return _other_forms("s2t")


def _other_forms(conversion: str) -> dict[int, str]:
    import opencc  # noqa: PLC0415  imported on use: 12 ms that only Chinese needs

    # The block of the unified ideographs and extension A.
    han = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    # A line each: OpenCC looks at neighbours to choose a form.
    converted = opencc.OpenCC(conversion).convert("\n".join(han)).split("\n")
    pairs = zip(han, converted, strict=True)
    return {ord(a): b for a, b in pairs if a != b and len(b) == 1}


def fold_han(text: str) -> str:
    """
    Traditional characters as simplified ones, one for one.

    Many become one (乾, 幹 and 干; 裡, 裏 and 里), never one many, so both spellings
    of a word fold to the same characters.
    """
    return text.translate(simplified_forms())
