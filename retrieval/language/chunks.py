"""
What stands between two spaces, expanded into terms: the rules of the analyzer.

A *chunk* is a word with what is written onto it (``Russia's``, ``U.S``, ``1,234.5``,
``Shenzhou-20``, ``dell'arte``) or a run of a script without spaces. Finding chunks in a
text, remembering their terms and mapping offsets is analysis.py's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

from retrieval.language.folding import GROUP_SPACE, fold_case, fold_han, fold_letters, normalise
from retrieval.language.numerals import (
    has_decimal_comma,
    has_spaced_groups,
    is_unit,
    read_day,
    read_number,
)
from retrieval.language.scripts import (
    DEFAULT_LANGUAGE,
    HAN_AND_KANA,
    SOUTH_EAST_ASIAN,
    class_of,
    combining_marks,
    script_of,
    scripts_of,
)
from retrieval.language.stems import stem
from retrieval.language.stopwords import stop_words

# A term, where in its chunk it starts and stops, whether it is a stop word.
Record = tuple[str, int, int, bool]

_RUN_SCRIPTS = frozenset({*HAN_AND_KANA, *SOUTH_EAST_ASIAN, "Hang"})
_APOSTROPHES = "'’‘ʼʻ′‛`"
_HYPHENS = "-‐\u2011"

# No word is as long; what is, is a chain of letters that only costs an index its space.
_LONGEST_TERM = 64


@cache
def chunk_pattern(*, spaced_groups: bool) -> re.Pattern[str]:
    """
    What finds the chunks of a normalised text, whatever its scripts.

    Args:
        spaced_groups: A common space may stand between the groups of a number, too.
    """
    group_spaces = GROUP_SPACE + " " * spaced_groups
    letters = rf"[^\W_{class_of(*_RUN_SCRIPTS)}]+"
    # Marks stand between letters and not in one class with them: see combining_marks.
    word = f"{letters}(?:[{combining_marks(*_RUN_SCRIPTS)}]+(?:{letters})?)*"
    one_run_each = (HAN_AND_KANA, ("Hang",), *((script,) for script in SOUTH_EAST_ASIAN))
    runs = "|".join(f"[{class_of(*scripts)}]+" for scripts in one_run_each)
    return re.compile(
        rf"\d{{1,3}}(?:[{group_spaces}]\d{{3}})+(?!\w)(?:,\d+)?"
        rf"|{word}(?:[{_HYPHENS}{_APOSTROPHES}.,:&\"״׳٫٬]{word})*(?:\+\+|\#)?"
        rf"|{runs}"
    )


# The same for ASCII in languages without spaced groups, twice as fast.
ASCII_CHUNK = re.compile(r"[A-Za-z0-9]+(?:[-'`.,:&\"][A-Za-z0-9]+)*(?:\+\+|#)?")

# One for one, so that offsets hold.
_PLAIN = str.maketrans(
    dict.fromkeys(_APOSTROPHES + "׳", "'")
    | dict.fromkeys(_HYPHENS, "-")
    | {"״": '"', "٫": ".", "٬": ","}
)
_OTHER_DIGIT = re.compile(r"(?![0-9])\d")
_INNER = r"""[^-'".,:&+#]"""  # of a chunk's characters, those that words are made of
_PIECE = re.compile(
    rf"""
    (?P<date>\d{{4}}-\d\d-\d\d)(?!\d)
    |(?P<day>\d\d?\.\d\d?\.\d{{4}})(?!\d)
    |(?P<clock>\d\d?:\d\d)(?!\d)
    |(?P<number>\d+(?:[.,']\d+)*)(?P<suffix>'?[^\W\d_]{_INNER}*)?
    |(?P<dotted>[^\W\d_](?:\.[^\W\d_])+)(?!{_INNER})
    |(?P<pair>[A-Za-z]{{1,3}}&[A-Za-z]{{1,3}})(?!{_INNER})
    |(?P<code>[A-Za-z](?:\+\+|\#))
    |(?P<word>[^\W_]{_INNER}*(?:'(?!\d){_INNER}+|(?<=[א-ת])"(?=[א-ת]){_INNER}+)*)
    """,
    re.VERBOSE,
)

# Capitals that are another word than the same letters in lower case, in languages where
# the latter is a stop word. US is always kept apart.
_ACRONYMS = frozenset({"AI", "EU", "IS", "IT", "ME", "UE", "UN", "US", "WHO"})
_ELISIONS = {
    "fr": "l d j m t s n c qu jusqu lorsqu puisqu quoiqu quelqu",
    "it": "l un d c s v t m n gl dell all dall nell sull coll agl degl dagl negl sugl quell quest"
    " bell sant anch cos dov com quant tutt mezz senz",
    "ca": "l d m t s n",
}
_HYPHENATED_PAIR = re.compile(rf"([^\W\d_]{_INNER}*)-({_INNER}+)(?:'s)?$")
_KANA = re.compile(f"[{class_of('Hira', 'Kana')}]")
_POSSESSIVE = re.compile("(?:'s)+$", re.IGNORECASE)
_CLITICS = re.compile("(?:'(?:s|ll|re|ve|d|m))+$", re.IGNORECASE)
# Particles and endings that Korean writes onto a word of two syllables and more. What is
# left of the word stands in the pairs before them.
_KOREAN_ENDING = re.compile(
    "(?<=..)(?:"
    "(?:에게|에|으로|로|까지|부터|와|과)?(?:서는|서도|서의|서|는|도|의|만)?"
    "|은|이|가|을|를|보다|처럼|이?라는|이?라고|이?란|이며|이고|하고"
    "|(?:이|하|했|됐|되|였|었|았|한|된|인)*(?:은가|는가|던가|인가|한가|나요?|가요?|니까|습니까|까요?|지요|죠|다)"
    ")$"
)
# Where people leave accents out of the little words, or scripts have several spellings.
_LAX_STOP_WORDS = frozenset(
    {"ar", "el", "es", "fa", "fr", "he", "hi", "it", "pl", "pt", "ro", "tr"}
)

# "and" in Arabic; "and", "that", "in", "to", "as", "from" in Hebrew.
_PREFIXED = {"ar": frozenset("و"), "he": frozenset("ושבלכמ")}


class Expander:
    """
    The terms of chunks in articles of one language.

    Args:
        lang: The base language, None where it is unknown.
        in_capitals: The text has no lower case, so capitals say nothing.
    """

    def __init__(self, lang: str | None, *, in_capitals: bool) -> None:
        self.lang = lang
        self.in_capitals = in_capitals
        self.decimal_comma = has_decimal_comma(lang)
        self.spaced_groups = has_spaced_groups(lang)

    def language_of(self, script: str) -> str:
        """What a word in *script* is analysed as: the text's language or the script's usual one."""
        if self.lang is not None and script in scripts_of(self.lang):
            return self.lang
        return DEFAULT_LANGUAGE.get(script, "und")

    def expand(self, chunk: str) -> tuple[Record, ...]:
        """The terms of a chunk in the order of their starts; () if it has none."""
        if is_run(chunk):
            return tuple(self._grams(chunk))
        if chunk.isascii() and chunk.isalpha():  # most are a word and nothing else
            found: Iterable[Record] = self._word(chunk, 0)
        else:
            plain = chunk.translate(_PLAIN)
            plain = _OTHER_DIGIT.sub(lambda match: str(unicodedata.decimal(match[0])), plain)
            found = self._spaced_number(plain) or self._pieces(plain)
        return tuple(
            (term[:_LONGEST_TERM], start, stop, is_stop)
            for term, start, stop, is_stop in found
            if term
        )

    def expand_texts(self, chunk: str) -> tuple[str, ...]:
        """The texts of what ``expand`` gives; quicker for runs, whose stop words are not sought."""
        if not is_run(chunk):
            return tuple([record[0] for record in self.expand(chunk)])
        run, _, spans = self._run(chunk)
        return tuple([run[start:stop] for start, stop in spans])

    def _spaced_number(self, chunk: str) -> list[Record]:
        if " " not in chunk and GROUP_SPACE not in chunk:
            return []
        digits = chunk.replace(" ", "").replace(GROUP_SPACE, "")
        return [(digits.replace(",", "."), 0, len(chunk), False)]

    def _pieces(self, chunk: str) -> list[Record]:
        found = [record for piece in _PIECE.finditer(chunk) for record in self._piece(piece)]
        pair = _HYPHENATED_PAIR.match(chunk)
        if pair is not None and _is_also_one_word(pair[1], pair[2]):
            [(text, _, _, _)] = self._word(pair[1] + pair[2], 0)
            found.insert(1, (text, 0, pair.end(2), all(record[3] for record in found)))
        return found

    def _piece(self, piece: re.Match[str]) -> Iterator[Record]:
        start, stop = piece.span()
        raw = piece[0]
        match piece.lastgroup:
            case "date":
                yield raw, start, stop, False
                yield raw[:4], start, start + 4, False
            case "day":
                yield read_day(raw) or raw, start, stop, False
                yield raw[-4:], stop - 4, stop, False
            case "dotted":
                letters = raw.replace(".", "")
                acronym = self._acronym(letters, start, stop, is_dotted=True)
                yield acronym or self._plain_word(letters, start, stop)
            case "word":
                yield from self._word(raw, start)
            case "number" | "suffix":
                yield from self._number(piece["number"], piece["suffix"] or "", start)
            case _:  # "clock", "pair", "code"
                yield raw.casefold(), start, stop, False

    def _number(self, raw: str, suffix: str, start: int) -> Iterator[Record]:
        stop = start + len(raw)
        if suffix and raw.isdecimal() and suffix[0] != "'" and not is_unit(suffix):
            yield self._plain_word(raw + suffix, start, stop + len(suffix))  # 3rd, 5G, 1980s
            return
        number = read_number(raw, decimal_comma=self.decimal_comma)
        if number is not None:
            yield number, start, stop, False
        else:
            for part in re.finditer(r"\d+", raw):
                yield part[0], start + part.start(), start + part.end(), False
        if suffix and suffix[0] != "'":  # behind an apostrophe stands an ending: 2001's, 2001'de
            yield self._plain_word(suffix, stop, stop + len(suffix))

    def _word(self, raw: str, start: int) -> Iterator[Record]:
        """One term, or several where an elided word stands before (``dell'arte``)."""
        lang = self.language_of(script_of(raw[0]))
        word = raw
        if "'" in raw:
            head, _, tail = raw.partition("'")
            if head.casefold() in _ELISIONS.get(lang, "").split():
                yield head.casefold(), start, start + len(head), True
                yield from self._word(tail, start + len(head) + 1)
                return
            if lang in {"tr", "az"} and len(head) > 1:
                word = head  # an apostrophe parts a name from its endings
            else:
                word = (_CLITICS if lang == "en" else _POSSESSIVE).sub("", raw)
        stop = start + len(word)
        yield self._acronym(word, start, stop) or self._plain_word(word, start, stop)

    def _acronym(
        self, letters: str, start: int, stop: int, *, is_dotted: bool = False
    ) -> Record | None:
        """US and its like as terms of their own; None for other words."""
        upper = letters.upper()
        if upper not in _ACRONYMS:
            return None
        if not is_dotted and (self.in_capitals or letters != upper):
            return None
        lang = self.language_of("Latn")
        if upper != "US" and upper.casefold() not in _stops(lang):
            return None
        return upper, start, stop, False

    def _plain_word(self, word: str, start: int, stop: int) -> Record:
        word = word.replace("'", "").replace('"', "")
        script = script_of(word[0])
        if word[0].isdecimal():
            return fold_letters(word.casefold(), "", script_of(word[-1])), start, stop, False
        lang = self.language_of(script)
        lowered = fold_case(word, lang, script)
        is_stop = _is_stop_word(lowered, lang, script)
        stemmed = stem(lowered, lang) if len(lowered) <= _LONGEST_TERM else lowered
        return fold_letters(stemmed, lang, script), start, stop, is_stop

    def _run(self, chunk: str) -> tuple[str, str, list[tuple[int, int]]]:
        """
        A run after folding, the language of its stop words, and its grams.

        Characters and pairs of Han, pairs of kana and Hangul, triples of Thai and its
        neighbours: better than words cut by dictionaries, or no worse, and quicker.
        """
        script = script_of(chunk[0])
        lang = self.language_of(script)
        if script in HAN_AND_KANA:
            has_kana = _KANA.search(chunk) is not None
            return fold_han(chunk), "ja" if has_kana else lang, _han_spans(chunk, has_kana=has_kana)
        return chunk, lang, _windows(len(chunk), 2 if script == "Hang" else 3)

    def _grams(self, chunk: str) -> Iterator[Record]:
        """The grams of a run; one made up of stop words is a stop word."""
        run, lang, spans = self._run(chunk)
        is_function = _mark_stop_words(run, lang)
        # A pair of a word's last syllable and a Korean particle says nothing of its own.
        is_whole = any if lang == "ko" else all
        for start, stop in spans:
            yield run[start:stop], start, stop, is_whole(is_function[start:stop])


def is_run(chunk: str) -> bool:
    """Whether a chunk is a run of a script that is cut into grams, not words."""
    return script_of(chunk[0]) in _RUN_SCRIPTS


def has_run(word: str) -> bool:
    """Whether such a run stands anywhere in *word*."""
    return not word.isascii() and _run().search(word) is not None


@cache
def _run() -> re.Pattern[str]:
    return re.compile(f"[{class_of(*_RUN_SCRIPTS)}]")


def _windows(length: int, size: int) -> list[tuple[int, int]]:
    if length <= size:
        return [(0, length)]
    return [(start, start + size) for start in range(length - size + 1)]


def _han_spans(run: str, *, has_kana: bool) -> list[tuple[int, int]]:
    """Each Han character, and each pair; of kana only pairs, one of them says nothing."""
    stop = len(run)
    if stop == 1:
        return [(0, 1)]
    if not has_kana:
        spans = [(start, start + size) for start in range(stop - 1) for size in (1, 2)]
        return [*spans, (stop - 1, stop)]
    return [
        (start, start + size)
        for start in range(stop)
        for size in (1, 2)
        if start + size <= stop and (size == 2 or _KANA.match(run, start) is None)
    ]


@cache
def _stops(lang: str) -> frozenset[str]:
    """The stop words of a language as they are after fold_case."""
    words = {normalise(word.replace("'", "")) for word in stop_words(lang)}
    folded = {fold_case(word, lang, script_of(word[0])) for word in words}
    if lang in _LAX_STOP_WORDS:
        folded |= {fold_letters(word, lang, script_of(word[0])) for word in folded}
    return frozenset(folded)


def _is_stop_word(lowered: str, lang: str, script: str) -> bool:
    stops = _stops(lang)
    if lowered in stops:
        return True
    if lang not in _LAX_STOP_WORDS:
        return False
    bare = fold_letters(lowered, lang, script)
    # Some little words are written onto the word behind them.
    return bare in stops or (bare[:1] in _PREFIXED.get(lang, ()) and bare[1:] in stops)


@cache
def _stop_pattern(lang: str) -> re.Pattern[str] | None:
    words = {fold_han(normalise(word)) for word in stop_words(lang)}
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, longest_first))) if words else None


def _mark_stop_words(run: str, lang: str) -> list[bool]:
    """Of each character of a run, whether it belongs to a stop word."""
    if lang == "ko":  # spaces part its words, so a stop word is a whole run
        ending = _KOREAN_ENDING.search(run)
        stop = 0 if run in stop_words(lang) else ending.start() if ending else len(run)
        return [at >= stop for at in range(len(run))]
    is_function = [False] * len(run)
    pattern = _stop_pattern(lang)
    for match in pattern.finditer(run) if pattern is not None else ():
        is_function[match.start() : match.end()] = [True] * len(match[0])
    return is_function


def _is_also_one_word(first: str, second: str) -> bool:
    """
    Whether others write the two without the hyphen: e-mail, Covid-19, Chi-yuen.

    Only short parts and syllables of names; to join all would lengthen passages for
    words that nobody writes (US-led).
    """
    if first.isupper() and len(first) > 1 and second.isalpha():
        return False
    is_name = first[0].isupper() and second.islower() and len(first) <= 6 and len(second) <= 5
    return is_name or min(len(first), len(second)) <= 2
