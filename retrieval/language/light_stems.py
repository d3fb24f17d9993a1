"""
Stems for languages that Snowball lacks: endings and prefixes cut off by list.

Light on purpose: a rule here brings forms of one word together, and does not mind
if another word of the same letters joins them. Words come in lower case; the
caller (stems.py) chooses the language.
"""

from __future__ import annotations

import re
from collections.abc import Callable

# No stem is shorter: of two letters, many words are the same.
_SHORTEST = 3


def _endings(listed: str) -> re.Pattern[str]:
    """The longest of the endings that leaves a stem, at the end of a word."""
    longest_first = sorted(listed.split(), key=lambda ending: (-len(ending), ending))
    return re.compile(f"(?<=.{{{_SHORTEST}}})(?:{'|'.join(longest_first)})$")


# --- Ukrainian ----------------------------------------------------------------------------

_REFLEXIVE = _endings("ся сь")
# Of nouns and adjectives, then of verbs.
_UKRAINIAN = _endings("""
    ями ами ові еві єві ього ьому ого ому ої ьої ими іми ій ий їй їм їх им их ім іх ів їв єю ею ою ям ям
    ях ам ах ом ем єм а я о е є и і ї у ю ь й
    ють уть ять ать ють ете єте ити іти їти ати яти ути али или іли яли ули ала ила іла яла ула
    ало ило іло яло уло ав ив яв ув ла ло ли
""")
# "Харків" and "Харкова", "Україна" and "український": what is left of them after the ending.
_SUFFIX = _endings("ов ев єв ів їв ськ зьк цьк")
# A syllable that an ending closes or opens: "рік" and "року", "Київ" and "Києва".
_CLOSED = re.compile("[іїе](?=[^аеєиіїоуюя]+$)")
_OPENED = {"і": "о", "ї": "є", "е": "е"}


def _stem_ukrainian(word: str) -> str:
    word = _UKRAINIAN.sub("", _REFLEXIVE.sub("", word))
    return _CLOSED.sub(lambda vowel: _OPENED[vowel[0]], _SUFFIX.sub("", word))


# --- Hebrew -------------------------------------------------------------------------------

# "and", "that", "the", "in", "to", "as", "from": written onto the word, several at once. A
# first letter of the word's own that is one of them goes too, so that both come out alike.
_LETTERS = "ושהבלכמ"
_PREFIXES = re.compile(f"^[{_LETTERS}]+(?=.{{{_SHORTEST}}})")
_PLURAL = _endings("ים יים ות יות")
# Of the other endings, each may belong to a short word that has a prefix: "הבית" is "בית".
_SINGULAR = re.compile(f"(?:(?<=^[^{_LETTERS}]..)|(?<=....))(?:יה|ית|ה|ת|י|ו)$")
_FINAL_LETTERS = str.maketrans("ךםןףץ", "כמנפצ")


def _stem_hebrew(word: str) -> str:
    # Full spelling doubles what is a consonant, and not all do.
    word = word.replace("יי", "י").replace("וו", "ו")
    bare = _PLURAL.sub("", word)
    if bare == word:
        bare = _SINGULAR.sub("", word)
    return _PREFIXES.sub("", bare).translate(_FINAL_LETTERS)


LIGHT_STEMMERS: dict[str, Callable[[str], str]] = {"he": _stem_hebrew, "uk": _stem_ukrainian}
