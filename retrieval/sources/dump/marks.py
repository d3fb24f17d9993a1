"""
Marks that one line bears: how it ends, how it opens, what it is besides prose.

Pure questions about a single line, in any script. What they weigh for a
boundary stands in ``signs.py``.
"""

from __future__ import annotations

import re

# Wide characters fill two columns: Hangul, kana, Han, full-width forms.
_WIDE = re.compile(
    r"[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]"
)
_CLOSERS = " \t\r\"'”’»›)]}」』】〕）》〉*_"
_STOPS = ".!?。！？．｡؟۔।॥։።።៖។၊။‼⁇⁈⁉"
_ELLIPSIS = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|\(…\)|⋯)$")
# Notes behind the full stop: "ended.[12]", "ended.7", "ended. (Photo by A. Roth)", "ended. — Roth".
_NOTES = re.compile(
    r"(?:[.!?。！？][\"”’」]?(?:\[[\w ]{1,4}\])+"
    r"|(?<=[a-z][.!?])[\"”’]?:?\d{1,3}(?:[-–:]\d{1,4})*"
    r"|[.!?。！？][\"”’」]?\s?[(\[（【][^()（）]{1,70}[)\]）】]"
    r"|[.!?][\"”’]?\s[—–−―-]{1,2}\s?[^\W\d_][\w.'’-]*(?:\s[^\W\d_][\w.'’-]*){0,3})\s*$"
)
_NOTE_CHARACTERS = 90
_INITIALS = re.compile(r"\b(?:[A-Z]\.){2,}$")
_LINK = re.compile(r"(?:https?://\S+|www\.\S+|@\w+|\S+@\S+\.\w+)$")
_INLINE_TRAILER = re.compile(
    r"(?<=[.…!?”\"。])\s*[\[(]?(?:read more|continue reading|more|read full story|繼續閱讀|继续阅读|leer más|lire la suite|читать далее)[\])]?\s*$",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"(?:[-=*_~#+•·—–―─═━＊＝－☆★◆◇■□]\s?){3,}")
_LIST_ITEM = re.compile(
    r"[-*•·‣◦▪–—►●○]\s|\(?\d{1,3}[.):、]\s?(?!\d)|\(?[a-zA-Z][.)]\s|#{1,6}\s|>\s|\||[QA][:：.]\s|[问問答][:：]"
)
_TRAILER = re.compile(
    r"[\[(«<\-–—>→»…\s]*(?:continue reading|read (?:more|full story|on)|full story|more\b(?=\W*$)|story continues"
    r"|keep reading|see more|show more|click here|lire (?:la suite|plus)|leer más|seguir leyendo|ler mais"
    r"|weiterlesen|mehr lesen|читать (?:далее|полностью|дальше)|подробнее|اقرأ المزيد"
    r"|繼續閱讀|继续阅读|閱讀(?:全文|更多)|阅读(?:全文|更多)|查看更多|更多內容|詳全文|続きを読む|อ่านต่อ)",
    re.IGNORECASE,
)
_TRAILER_COLUMNS = 60

_CREDIT = re.compile(
    r"(?:contributing|contributors?|sources?|photos?|video|credits?|quelle|fuente|источник)\b.{0,12}:",
    re.IGNORECASE,
)
_AGENCY = r"Reuters|AFP|AP|UPI|Xinhua|CNN|BBC|Tass|TASS|Itar-Tass|Interfax|dpa|EFE|ANSA|Kyodo|Yonhap|CNA|PTI|Bloomberg|РИА Новости|ТАСС|Интерфакс|رويترز"
_DATELINE = re.compile(
    rf"[^\W\d_][\w.,'’/ -]{{1,50}}\(\s*(?:{_AGENCY})\s*\)\s*[-–—:]*"  # LONDON, March 3 (Reuters) -
    rf"|[^\W\d_][\w.,'’/ -]{{0,50}}\s(?:{_AGENCY})\s+[-–—]+\s?"  # Paris CNN —
    rf"|[^\W\d_][\w.,'’/ -]{{1,50}}\s[-–—]+\s(?:{_AGENCY})\b"  # МОСКВА, 4 апр - ТАСС
    r"|[（(【〔]?\s*(?:中央社|新华社|新華社|中新社|中新网|路透社|法新社|美聯社|共同社)[^。]{0,25}[電电讯訊]"
    r"|[【〔〖][^】〕〗]{2,24}[】〕〗]"
)
# Few lines have any of these so early; the others are not looked at further.
_DATELINE_HINT = re.compile(r"[-–—(（【〔〖社网]")
# A place in capitals, perhaps a date, then a dash.
_CITY_DASH = re.compile(r"([^\W\d_][\w.’' ]{2,30})(?:,\s[\w. ]{2,24}){0,2}\s?[-–—]{1,2}\s")

_KICKER_COLUMNS = 60
_KICKER_LETTERS = 4
_KICKER_END = re.compile(r"[:：?？!！](?=[\s\"“‘'’”」]|$)|[：？！]")

_CONTINUERS = re.compile(
    r"[\"“‘'«„]?(?:but|and|or|so|yet|however|meanwhile|moreover|still|also|then|thus|nor|besides|instead|nevertheless"
    r"|furthermore|additionally|he|she|it|they|we|his|her|its|their|those|these|that|this|such|both|another|other|others"
    r"|despite that|in addition|for example|at that|as a result|at the same time|on the other hand|according to (?:him|her|them)"
    r"|pero|sin embargo|además|también|él|ella|ellos|esto|este|esta|estos|estas|mais|cependant|toutefois|il|elle|ils"
    r"|aber|doch|jedoch|er|sie|dies|diese|dieser|mas|porém|ele|ela|но|однако|он|она|они|это|этот|эти|кроме того|при этом"
    r"|также|его|её|их|ولكن|لكن|كما|وقال|وأضاف|هذا|هذه)\b"
    r"|[「“『]?(?:但|不過|不过|然而|而且|而|此外|另外|同時|同时|他|她|它|這|这|該|该|其|其中|因此|所以|並|并|此|與此|与此)",
    re.IGNORECASE,
)
OPEN_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "to",
        "in",
        "on",
        "at",
        "by",
        "for",
        "from",
        "with",
        "and",
        "or",
        "but",
        "as",
        "that",
        "which",
        "who",
        "whose",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "has",
        "have",
        "had",
        "will",
        "would",
        "could",
        "should",
        "can",
        "may",
        "might",
        "its",
        "his",
        "her",
        "their",
        "our",
        "your",
        "this",
        "these",
        "those",
        "than",
        "into",
        "over",
        "after",
        "before",
        "about",
        "between",
        "during",
        "not",
        "no",
        "it",
        "he",
        "she",
        "they",
        "we",
        "i",
        "said",
        "says",
        "who",
        "more",
        "most",
        "very",
        "also",
        "el",
        "la",
        "los",
        "las",
        "un",
        "una",
        "de",
        "del",
        "al",
        "en",
        "y",
        "o",
        "que",
        "con",
        "por",
        "para",
        "su",
        "sus",
        "se",
        "es",
        "fue",
        "le",
        "les",
        "des",
        "du",
        "et",
        "ou",
        "au",
        "aux",
        "dans",
        "sur",
        "pour",
        "avec",
        "qui",
        "est",
        "der",
        "die",
        "das",
        "den",
        "dem",
        "ein",
        "eine",
        "und",
        "oder",
        "von",
        "zu",
        "mit",
        "im",
        "ist",
        "war",
        "do",
        "da",
        "dos",
        "das",
        "os",
        "um",
        "uma",
        "e",
        "em",
        "no",
        "na",
        "и",
        "в",
        "на",
        "с",
        "по",
        "к",
        "из",
        "за",
        "о",
        "от",
        "для",
        "что",
        "как",
        "не",
        "его",
        "их",
        "был",
        "была",
        "على",
        "في",
        "من",
        "إلى",
        "أن",
        "التي",
        "الذي",
    ]
)
_LAST_WORD = re.compile(r"(\w+)\W*$")


def width(text: str) -> int:
    """Columns that *text* fills: two for a wide character."""
    return len(text) if text.isascii() else len(text) + len(_WIDE.findall(text))


def ends_finished(text: str) -> bool:
    """Whether the last mark ends a sentence, notes behind it aside; an ellipsis does not."""
    tail = text[-12:].rstrip(_CLOSERS)
    if tail[-1:] in _STOPS:
        return tail != "" and not tail.endswith("...")
    return _NOTES.search(text[-_NOTE_CHARACTERS:]) is not None


def ends_with_initials(text: str) -> bool:
    """Whether the full stop at the end is that of "U.S."."""
    return _INITIALS.search(text[-12:]) is not None


def ends_with_link(text: str) -> bool:
    """Whether the last word is an address or an account; no sentence breaks off behind one."""
    return _LINK.search(text[-300:]) is not None


def without_trailer(text: str) -> str:
    """The text without a "Read more" on the same line, behind a sentence or an ellipsis."""
    found = _INLINE_TRAILER.search(text[-40:])
    return text[: len(text) - len(found[0])].rstrip() if found else text


def ends_with_ellipsis(text: str) -> bool:
    """Whether the text trails off in an ellipsis, bracketed or not."""
    return _ELLIPSIS.search(text[-12:].rstrip()) is not None


def ends_open(text: str) -> bool:
    """Whether the last word cannot end a sentence: "of", "the", a comma, an open bracket."""
    if text[-1] in ",，、;；(（[「『“‘-–—":
        return True
    last = _LAST_WORD.search(text[-40:])
    return last is not None and last[1].casefold() in OPEN_WORDS


def is_separator(line: str) -> bool:
    """Whether the line is a rule: three or more signs and nothing else."""
    return line[0] in "-=*_~#+•·—–―─═━＊＝－☆★◆◇■□" and _SEPARATOR.fullmatch(line) is not None


def is_list_item(line: str) -> bool:
    """Whether the line is an item of a list, a table row, or a turn of an interview."""
    return _LIST_ITEM.match(line) is not None


def is_trailer(line: str) -> bool:
    """Whether the line says that the text goes on elsewhere."""
    return len(line) <= _TRAILER_COLUMNS and _TRAILER.match(line) is not None


def is_credit(line: str) -> bool:
    """Whether the line names those who helped, or where its matter comes from; it needs no full stop."""
    return _CREDIT.match(line) is not None


def has_dateline(text: str) -> bool:
    """Whether the text opens with a place and an agency, or a place in capitals and a dash."""
    head = text[:90]
    if not _DATELINE_HINT.search(head):
        return False
    if _DATELINE.match(head):
        return True
    city = _CITY_DASH.match(head)
    return city is not None and city[1].isupper() and not text[:200].isupper()


def continues(text: str) -> bool:
    """Whether the opener leans on what was said before: "But", "He", a small letter."""
    return text[0].islower() or _CONTINUERS.match(text) is not None


def kicker_of(text: str) -> str | None:
    """
    The words in capitals before the story, without a colon, with ``?`` or ``!``.

    None for a text all in capitals: nothing sets the kicker off there.
    """
    # Before anything dear: the first letters of a kicker are all in capitals.
    if text[:_KICKER_LETTERS] != text[:_KICKER_LETTERS].upper():
        return None
    head = text[:_KICKER_COLUMNS]
    for end in _KICKER_END.finditer(head):
        kicker = head[: end.start()]
        if not kicker.isupper():
            return None
        rest = text[end.end() : end.end() + 200]
        if (
            sum(c.isalpha() for c in kicker) >= _KICKER_LETTERS
            and rest.strip()
            and not rest.isupper()
        ):
            return kicker if end[0] in ":：" else head[: end.end()]
    return None
