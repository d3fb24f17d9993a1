"""
Where sentences end: rules over one pass of a regular expression, in every script.

A candidate is a run of end marks with the quotes and brackets that close behind
it; what stands before and after decides. The lists know abbreviations that a
sentence does not end with; a full stop behind any other word ends one. Nothing
here knows articles, paragraphs or passages: a line break always ends a sentence,
and who wants it to be a mere space (hard-wrapped text) replaces it beforehand.

The rules are our own because sentencex 1.0.32, the best library found, gets a third
of the hard cases in the tests wrong. Ours are tables, so a miss costs one word.
"""

from __future__ import annotations

import re

from retrieval.language.abbreviations import (
    AFTER_HOUR,
    AFTER_YEAR,
    CLAUSE_LINKS,
    CLAUSE_OPENERS,
    NAME_CHARACTERS,
    StopRules,
    stop_rules,
)
from retrieval.types import Span

# The same characters as str.splitlines() breaks at.
_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
# Marks that end a sentence only in front of white space (or nearly so) ...
_WEAK = ".!?…؟‼⁇⁈⁉．;\u037e"
# ... and those that need none: CJK, Indic, Urdu, Armenian, Ethiopic, Burmese, Khmer, Tibetan.
_STRONG = "。！？｡।॥۔։።፧፨။។៕།༎᠃᠉"
_CLOSERS = "\"'”’)]}」』】〉》〕）］｝＂＇"
_TWO_WAY = "»›«“‘"  # close in one language and open in another: closing if nothing is close behind
# Emoji, and marks of direction and joining that cannot be seen.
_TRAILERS = "\U0001f300-\U0001faff\u2600-\u27bf\ufe0f\u200b-\u200f\u2060\ufeff"
_OPENERS = "\"'“‘„‚«»‹›([{「『【〈《〔（［｛¿¡—–•*-"
_QUOTES = "\"'”’»«“‘」』＂＇"
_TITLE_CLOSERS = "》〉"  # of a work's name, which may end with a mark of its own

_TOKEN_WINDOW = 24  # characters looked at before a mark; no abbreviation is longer
_CANDIDATE = re.compile(
    rf"[{_BREAKS}{_WEAK}{_STRONG}]"  # one class in front of all, which is what makes it quick
    rf"(?:(?<=[{_BREAKS}])\s*"
    rf"|(?<![{_BREAKS}])(?:[{_WEAK}{_STRONG}{re.escape(_CLOSERS)}{_TRAILERS}]"
    r"|\[\d{1,3}\]"  # a reference: "in 2010.[3] The"
    rf"|(?:[{_TWO_WAY}]|[ \u00a0\u202f][»›])"  # the French set a space before it
    rf"(?=[\s.,;:!?)\]{_STRONG}]|$))*)"
)
_TRAIL = re.compile(
    rf"(?:[\s{re.escape(_CLOSERS)}{_TWO_WAY}{_TRAILERS}]|\[\d{{1,3}}\]){{1,{_TOKEN_WINDOW}}}\Z"
)
_BLANKS_AND_OPENERS = re.compile(rf"(?:[^\S{_BREAKS}]|[{re.escape(_OPENERS)}])*")
_STRONG_MARK = re.compile(f"[{_STRONG}]")
_SPACE = re.compile(r"\s*")
_WORD = re.compile(r"[^\W_]")
_NEXT_WORD = re.compile(r"[^\W\d_]{1,16}")
_PREFIX = re.compile(r"[-'’]")
_CAMEL = re.compile(r"[a-z]{1,3}[-'’]?[A-Z]|(?<=['’])[st] [A-Z]")  # eBay, d'Estaing, 's Nachts
_ACRONYM = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")
_LONGEST_ITEM = 4
_ITEM = re.compile(r"\d{1,3}|[^\W\d_]|[IVXivx]{1,4}")
_GREEK = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")  # to which ";" is a question mark
_THAI_LAO = re.compile(r"[\u0e00-\u0eff]")
_HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_KANA = r"\u3041-\u30ff"
_CJK = re.compile(rf"[{_HAN}{_KANA}]")
_HANGUL = re.compile(r"[가-힣]{1,2}")
_ARABIC = re.compile(r"[\u0620-\u064a]{2,3}")
_ADDRESS = re.compile(r"[/@=_]|www\.")
_FIGURE = re.compile(r"\d")

# '"Why?" Smith asked.': the quotation is not the whole sentence.
_SAID = re.compile(
    r"(?:[A-Z][\w.'’-]{0,20} ){1,3}(?:said|asked|wrote|added|replied|shouted|cried)[.,]"
    r"|(?:قال|قالت|سأل|سألت|يقول|تقول|أضاف|أضافت)\b"
    rf"|[{_HAN}]{{1,8}}(?:说|說|问|問|道|喊|答|叫|写|寫|表示)。"
    r"|(?:と|って|という|などと|[のがはをにもで](?!も|は|、))"
)
# Scripts whose spaces part phrases and not words.
_PHRASED = re.compile(rf"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff{_HAN}{_KANA}]")
_GAP = re.compile(r"\s+")
_CLAUSE = re.compile(r"(?<=;)\s+|(?<=；)\s*|\s+(?=[•▪●|] )|\s{3,}")
_QUOTE_WINDOW = 1000  # characters of the line that are searched for the opening quote

_LONG_PIECE = 600  # only a longer sentence is cut where no mark ends it
_PHRASED_SHORT, _PHRASED_AIM, _PHRASED_LONG = 100, 200, 280
_FULL_PHRASE = 12  # characters; a shorter one is a name or one of a list
_YEAR_LEAD = 30  # "В 2010 г. Россия …": a date alone is no sentence


def split_sentences(text: str, lang: str | None) -> list[Span]:
    """
    The sentences of *text*, in order, without the white space around them.

    A line break always ends one. Every character that is not white space lies in
    exactly one span. Thai and Lao, which mark no ends, come in groups of phrases.
    Linear in the length of the text.

    Args:
        text: Any text; spans count its code points.
        lang: BCP 47, chooses the abbreviations; None means those that hold in any text.
    """
    rules = stop_rules(lang)
    spans: list[Span] = []
    line = start = _SPACE.match(text).end()  # type: ignore[union-attr]  # matches the empty string too
    for candidate in _CANDIDATE.finditer(text, start):
        mark, stop = candidate.span()
        if text[mark] in _BREAKS:
            line = begin = stop
            stop = start + len(text[start:mark].rstrip())
        else:
            stop = _without_opener(text, line, mark, stop)
            if not _is_boundary(text, start, mark, stop, rules):
                continue
            begin = _SPACE.match(text, stop).end()  # type: ignore[union-attr]
        if stop > start:
            _add(spans, text, start, stop)
        start = begin
    stop = start + len(text[start:].rstrip())
    if stop > start:
        _add(spans, text, start, stop)
    return spans


def is_finished(sentence: str) -> bool:
    """
    Whether *sentence* ends as a finished one does.

    A mark that ends sentences, quotes and brackets behind it left aside. An
    ellipsis finishes direct speech only: elsewhere it shows that text is missing.
    An abbreviation that something always follows ("quoted Gen.") does not finish.
    Thai and Lao mark no end, so a word of theirs in last place counts as one.
    """
    bare = sentence.rstrip()
    ending = bare[-_TOKEN_WINDOW:]
    inner = _TRAIL.sub("", ending)
    last = inner[-1:]
    if last == "…" or inner.endswith(".."):
        return ending[-1] in _QUOTES
    if last in (";", "\u037e"):
        return _GREEK.match(inner[-2:-1]) is not None
    if last == ".":
        return _last_token(inner, 0, len(inner) - 1).lstrip(_OPENERS) not in stop_rules(None).never
    return last != "" and (last in _WEAK or last in _STRONG or _THAI_LAO.match(last) is not None)


def _without_opener(text: str, line: int, mark: int, stop: int) -> int:
    """*stop*, or one less where the straight quote before it opens: ``他来了。"好。"``."""
    quote = text[stop - 1]
    if quote not in '"＂' or stop == len(text) or text[stop].isspace():
        return stop
    return stop - 1 if text.count(quote, max(line, mark - _QUOTE_WINDOW), mark) % 2 == 0 else stop


def _is_boundary(  # noqa: PLR0911 - one return a rule
    text: str, start: int, mark: int, stop: int, rules: StopRules
) -> bool:
    """Whether a sentence that began at *start* ends with the marks in text[mark:stop]."""
    if stop == len(text):
        return True
    if mark - start < _TOKEN_WINDOW and _WORD.search(text, start, mark) is None:
        return False  # marks alone are no sentence
    sign = text[mark]
    if _STRONG_MARK.search(text, mark, stop):
        return _ends_unspaced(text, start, mark, stop)
    if sign in ";\u037e":
        return text[stop].isspace() and _GREEK.match(text, mark - 1) is not None
    if not text[stop].isspace():
        return _ends_glued(text, start, mark, stop)
    following = _BLANKS_AND_OPENERS.match(text, stop).end()  # type: ignore[union-attr]
    if following == len(text) or text[following] in _BREAKS:
        return False  # at most a quote or dash is left of the line
    first = text[following]
    if first.islower() and not "\u10d0" <= first <= "\u10ff":  # Georgian has no capitals
        return _CAMEL.match(text, following) is not None
    if sign == "." and text[mark + 1] != ".":
        return _ends_with_stop(text, start, mark, following, rules)
    if text[stop - 1] in _QUOTES and _SAID.match(text, following):
        return False
    return not (sign == "!" and text.endswith("Yahoo", start, mark))


def _ends_with_stop(  # noqa: PLR0911 - one return a rule
    text: str, start: int, mark: int, following: int, rules: StopRules
) -> bool:
    """The same for a single full stop before white space and no small letter."""
    token = _last_token(text, start, mark)
    is_plain = len(token) > _LONGEST_ITEM and token.isascii() and token.isalpha()
    if is_plain and token.islower() and token not in rules.words:
        return True  # as below, where most come to it
    if mark - start == len(token) and _ITEM.fullmatch(token):
        return False  # "1. First of a list"
    token = token.lstrip(_OPENERS)
    first = text[following]
    names = token, token.capitalize() if token.isupper() else "", _PREFIX.split(token)[-1]
    if not rules.never.isdisjoint(names):
        return False  # "Mr.", "MR.", "Lt.-Gen.", "l’avv."
    if first.isdigit():
        is_short = (len(token) == 1 and token.isalpha()) or (token.isdigit() and len(token) < 3)
        return not (is_short or token in rules.numbered)
    if token.isdigit():
        return not (rules.has_ordinals and len(token) < 3) or _starts(text, following, rules)
    if token in ("a.m", "p.m"):
        word = _NEXT_WORD.match(text, following)
        return word is None or word.group() not in AFTER_HOUR
    if token in AFTER_YEAR and _FIGURE.search(text, max(start, mark - len("1999 гг")), mark):
        return mark - start >= _YEAR_LEAD
    if token in ("т.д", "т.п") or text.endswith(("т. д", "т. п"), start, mark):
        return True
    if (
        (len(token) == 1 and token.isalpha())
        or token in rules.doubtful
        or _ACRONYM.fullmatch(token)
    ):
        return _starts(text, following, rules)
    # A Thai phrase has no spaces, so a short one before a full stop is an abbreviation.
    return len(token) > 5 or _THAI_LAO.search(token) is None


def _starts(text: str, following: int, rules: StopRules) -> bool:
    """Whether the word at *following* is one that sentences begin with."""
    word = _NEXT_WORD.match(text, following)
    return (
        word is not None
        and word.group() in rules.starters
        and text[word.end() : word.end() + 1] not in (".", "-")
    )


def _ends_glued(text: str, start: int, mark: int, stop: int) -> bool:
    """The same where the next word stands right behind the marks: "said.The"."""
    before = _last_token(text, start, mark)
    after = text[stop : stop + _TOKEN_WINDOW].split(None, 1)[0]
    if text[mark] == "…" or text[mark : mark + 2] == ".." or _ADDRESS.search(before + " " + after):
        return False
    after = after.lstrip("\"'“‘„«»([")
    last, first = before[-2:], after[:2]
    if _CJK.search(last[-1:]):
        is_name = text[mark] in ".．" and last[-1] in NAME_CHARACTERS
        return _CJK.match(first) is not None and not is_name
    if _HANGUL.fullmatch(last) or _ARABIC.fullmatch(before[-3:]):
        return _HANGUL.match(first) is not None or _ARABIC.match(first) is not None
    return (last + first).isalpha() and len(last) == 2 and last.islower() and first.istitle()


def _last_token(text: str, start: int, mark: int) -> str:
    """The characters before *mark* back to white space or the window's edge."""
    return (text[max(start, mark - _TOKEN_WINDOW) : mark].rsplit(None, 1) or [""])[-1]


def _ends_unspaced(text: str, start: int, mark: int, stop: int) -> bool:
    """The same for a mark that needs no white space behind it."""
    sign, closer = text[mark], text[stop - 1]
    if closer in _TITLE_CLOSERS:
        return False
    if closer in ")）" and sign in "！？":
        return text[start] in "(（"
    if closer in _QUOTES:
        return _SAID.match(text, _SPACE.match(text, stop).end()) is None  # type: ignore[union-attr]
    if sign == "！" and text.endswith("Yahoo", start, mark):
        return False
    return not (sign == "۔" and text[stop].isdigit())


def _add(spans: list[Span], text: str, start: int, stop: int) -> None:
    """Append the sentence, in parts where it is too long and shows where to cut."""
    if stop - start > _PHRASED_LONG:
        if len(_PHRASED.findall(text, start, stop)) * 2 > stop - start:
            start = _add_phrases(spans, text, start, stop)
        elif stop - start > _LONG_PIECE:
            start = _add_clauses(spans, text, start, stop)
    spans.append(Span(start, stop))


def _add_phrases(spans: list[Span], text: str, start: int, stop: int) -> int:
    """
    Append groups of phrases, which spaces part; the start of the last group.

    Of the spaces that leave a group of fair length the one that parts best is
    taken: see _parting. Of equal ones the nearest to the length aimed at.
    """
    gaps = [gap.span() for gap in _GAP.finditer(text, start, stop)]
    edges = [(start, start), *gaps, (stop, stop)]
    best: tuple[int, int] | None = None
    cut = (start, start)
    for before, gap, after in zip(edges, edges[1:], edges[2:], strict=False):
        if gap[0] - start > _PHRASED_LONG and best is not None:
            spans.append(Span(start, cut[0]))
            start, best = cut[1], None
        if gap[0] - start < _PHRASED_SHORT or stop - gap[1] < _PHRASED_SHORT:
            continue
        phrases = text[before[1] : gap[0]], text[gap[1] : after[0]]
        rank = (_parting(*phrases), -abs(gap[0] - start - _PHRASED_AIM))
        if best is None or rank > best:
            best, cut = rank, gap
    if best is not None and stop - start > _PHRASED_LONG:
        spans.append(Span(start, cut[0]))
        start = cut[1]
    return start


def _parting(before: str, after: str) -> int:
    """
    How plainly the space between two phrases of an unspaced script parts them.

    Beside a figure, a bracket or a foreign word a space parts nothing, beside a
    short phrase it stands in a name or list, and some words open a clause.
    """
    if (
        not (_PHRASED.match(before[-1]) and _PHRASED.match(after))
        or after.startswith(CLAUSE_LINKS)
        or before.endswith("ๆ")
    ):
        return 0
    if after.startswith(CLAUSE_OPENERS):
        return 3
    return 2 if min(len(before), len(after)) >= _FULL_PHRASE else 1


def _add_clauses(spans: list[Span], text: str, start: int, stop: int) -> int:
    """Append what semicolons, bullets and bars part of a list; the start of the rest."""
    for gap in _CLAUSE.finditer(text, start, stop):
        if gap.start() - start >= _PHRASED_AIM and stop - gap.end() >= _PHRASED_SHORT:
            spans.append(Span(start, gap.start()))
            start = gap.end()
    return start
