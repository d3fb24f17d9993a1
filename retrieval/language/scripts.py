"""
Which script a character belongs to, and which languages are written in it.

Scripts are named by ISO 15924 (``Latn``, ``Hani``). The table is coarse: whole
blocks, only scripts that news is written in; everything else is ``Zyyy``. What
is done with a script is decided in analysis.py and detect.py.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections import Counter
from functools import cache, lru_cache

COMMON = "Zyyy"

# First and last code point, script; in order. Digits, marks of no script and
# punctuation are left out, so they are COMMON.
_BLOCKS: tuple[tuple[int, int, str], ...] = (
    (0x0041, 0x005A, "Latn"),
    (0x0061, 0x007A, "Latn"),
    (0x00AA, 0x00AA, "Latn"),
    (0x00BA, 0x00BA, "Latn"),
    (0x00C0, 0x00D6, "Latn"),
    (0x00D8, 0x00F6, "Latn"),
    (0x00F8, 0x02B8, "Latn"),
    (0x0370, 0x0373, "Grek"),
    (0x0376, 0x037D, "Grek"),
    (0x037F, 0x0383, "Grek"),
    (0x0386, 0x0386, "Grek"),
    (0x0388, 0x03FF, "Grek"),
    (0x0400, 0x052F, "Cyrl"),
    (0x0531, 0x0588, "Armn"),
    (0x0591, 0x05F4, "Hebr"),
    (0x0610, 0x061A, "Arab"),
    (0x0620, 0x065F, "Arab"),
    (0x066E, 0x06EF, "Arab"),
    (0x06FA, 0x06FF, "Arab"),
    (0x0750, 0x077F, "Arab"),
    (0x08A0, 0x08FF, "Arab"),
    (0x0900, 0x0963, "Deva"),
    (0x0971, 0x097F, "Deva"),
    (0x0980, 0x09E5, "Beng"),
    (0x09F0, 0x09FE, "Beng"),
    (0x0A01, 0x0A5E, "Guru"),
    (0x0A70, 0x0A76, "Guru"),
    (0x0A81, 0x0AE5, "Gujr"),
    (0x0AF9, 0x0AFF, "Gujr"),
    (0x0B01, 0x0B65, "Orya"),
    (0x0B82, 0x0BE5, "Taml"),
    (0x0C00, 0x0C65, "Telu"),
    (0x0C80, 0x0CE5, "Knda"),
    (0x0D00, 0x0D65, "Mlym"),
    (0x0D7A, 0x0D7F, "Mlym"),
    (0x0D81, 0x0DE5, "Sinh"),
    (0x0E01, 0x0E3A, "Thai"),
    (0x0E40, 0x0E4E, "Thai"),
    (0x0E81, 0x0ECE, "Laoo"),
    (0x0EDC, 0x0EDF, "Laoo"),
    (0x0F00, 0x0F1F, "Tibt"),
    (0x0F40, 0x0FBC, "Tibt"),
    (0x1000, 0x103F, "Mymr"),
    (0x1050, 0x108F, "Mymr"),
    (0x109A, 0x109D, "Mymr"),
    (0x10A0, 0x10FF, "Geor"),
    (0x1100, 0x11FF, "Hang"),
    (0x1200, 0x139F, "Ethi"),
    (0x1780, 0x17D3, "Khmr"),
    (0x17D7, 0x17D7, "Khmr"),
    (0x17DC, 0x17DD, "Khmr"),
    (0x1C80, 0x1C8F, "Cyrl"),
    (0x1C90, 0x1CBF, "Geor"),
    (0x1E00, 0x1EFF, "Latn"),
    (0x1F00, 0x1FFF, "Grek"),
    (0x2C60, 0x2C7F, "Latn"),
    (0x2DE0, 0x2DFF, "Cyrl"),
    (0x3005, 0x3007, "Hani"),
    (0x3021, 0x3029, "Hani"),
    (0x3031, 0x3035, "Hira"),
    (0x303B, 0x303B, "Hani"),
    (0x3041, 0x309F, "Hira"),
    (0x30A1, 0x30FA, "Kana"),
    (0x30FC, 0x30FF, "Kana"),
    (0x3105, 0x312F, "Bopo"),
    (0x3131, 0x318E, "Hang"),
    (0x31A0, 0x31BF, "Bopo"),
    (0x31F0, 0x31FF, "Kana"),
    (0x3400, 0x4DBF, "Hani"),
    (0x4E00, 0x9FFF, "Hani"),
    (0xA640, 0xA69F, "Cyrl"),
    (0xA722, 0xA787, "Latn"),
    (0xA78B, 0xA7FF, "Latn"),
    (0xA8E0, 0xA8FF, "Deva"),
    (0xA960, 0xA97F, "Hang"),
    (0xA9E0, 0xA9EF, "Mymr"),
    (0xA9FA, 0xA9FE, "Mymr"),
    (0xAA60, 0xAA7F, "Mymr"),
    (0xAB30, 0xAB6F, "Latn"),
    (0xAC00, 0xD7FF, "Hang"),
    (0xF900, 0xFAFF, "Hani"),
    (0xFB00, 0xFB06, "Latn"),
    (0xFB13, 0xFB17, "Armn"),
    (0xFB1D, 0xFB4F, "Hebr"),
    (0xFB50, 0xFDFF, "Arab"),
    (0xFE70, 0xFEFC, "Arab"),
    (0xFF21, 0xFF3A, "Latn"),
    (0xFF41, 0xFF5A, "Latn"),
    (0xFF66, 0xFF9F, "Kana"),
    (0xFFA0, 0xFFDC, "Hang"),
    (0x20000, 0x3FFFF, "Hani"),
)
_FIRSTS = [first for first, _, _ in _BLOCKS]

# Written without spaces between words, so that words cannot be cut out by rule.
HAN_AND_KANA = ("Hani", "Hira", "Kana", "Bopo")
SOUTH_EAST_ASIAN = ("Thai", "Laoo", "Khmr", "Mymr")

# The language that a script's words are taken for where nothing else is known.
DEFAULT_LANGUAGE = {
    "Latn": "en",
    "Cyrl": "ru",
    "Grek": "el",
    "Arab": "ar",
    "Deva": "hi",
    "Hebr": "he",
    "Armn": "hy",
    "Geor": "ka",
    "Beng": "bn",
    "Guru": "pa",
    "Gujr": "gu",
    "Orya": "or",
    "Taml": "ta",
    "Telu": "te",
    "Knda": "kn",
    "Mlym": "ml",
    "Sinh": "si",
    "Thai": "th",
    "Laoo": "lo",
    "Khmr": "km",
    "Mymr": "my",
    "Tibt": "bo",
    "Ethi": "am",
    "Hani": "zh",
    "Bopo": "zh",
    "Hira": "ja",
    "Kana": "ja",
    "Hang": "ko",
}

_JAPANESE = ("Hani", "Hira", "Kana")
# Languages that are not written in Latin letters, or not in them alone.
_SCRIPTS_OF = {
    **{lang: (script,) for script, lang in DEFAULT_LANGUAGE.items()},
    **dict.fromkeys(("uk", "be", "bg", "mk", "kk", "ky", "tg", "mn", "tt", "ba"), ("Cyrl",)),
    **dict.fromkeys(("fa", "ur", "ps", "ckb", "ug", "sd"), ("Arab",)),
    **dict.fromkeys(("mr", "ne", "sa", "mai", "bho"), ("Deva",)),
    **dict.fromkeys(("zh", "yue", "wuu"), ("Hani", "Bopo")),
    **dict.fromkeys(("sr", "uz", "az"), ("Latn", "Cyrl")),
    "en": ("Latn",),
    "ja": _JAPANESE,
    "ko": ("Hang", "Hani"),
    "yi": ("Hebr",),
    "ti": ("Ethi",),
    "as": ("Beng",),
}


@lru_cache(maxsize=4096)
def script_of(char: str) -> str:
    """The script of one character; ``Zyyy`` for digits, punctuation, emoji and the unknown."""
    code = ord(char)
    at = bisect_right(_FIRSTS, code) - 1
    if at < 0 or code > _BLOCKS[at][1]:
        return COMMON
    return _BLOCKS[at][2]


def count_scripts(text: str) -> Counter[str]:
    """How many characters of *text* each script has, ``Zyyy`` left out."""
    counts = Counter[str]()
    for char, n in Counter(text).items():
        script = script_of(char)
        if script != COMMON:
            counts[script] += n
    return counts


def base_language(lang: str | None) -> str | None:
    """The language of a BCP 47 tag without region and script; None for none and ``und``."""
    base = (lang or "").replace("_", "-").split("-", 1)[0].lower()
    return None if base in {"", "und", "mul", "mis", "zxx"} else base


def scripts_of(lang: str) -> tuple[str, ...]:
    """The scripts that a language is written in; Latin for those not listed here."""
    return _SCRIPTS_OF.get(lang, ("Latn",))


def class_of(*scripts: str) -> str:
    """The characters of *scripts* as the inside of a regular expression's ``[]``."""
    return "".join(
        f"{chr(first)}-{chr(last)}" for first, last, script in _BLOCKS if script in scripts
    )


# Marks are found in these planes' parts only; the rest is ideographs and pictures.
_MARK_AREAS = ((0x0300, 0x3100), (0xA600, 0xAC00), (0xFB00, 0xFE30), (0x10A00, 0x12000))


@cache
def combining_marks(*but_not: str) -> str:
    r"""
    All combining marks, but for some scripts', as the inside of a regular expression's ``[]``.

    ``\w`` of the standard library leaves them out, so that it cuts Hindi words at
    every vowel sign.
    """
    category = unicodedata.category
    codes = [
        code
        for first, stop in _MARK_AREAS
        for code in range(first, stop)
        if category(chr(code))[0] == "M" and script_of(chr(code)) not in but_not
    ]
    ranges: list[list[int]] = []
    for code in codes:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)
