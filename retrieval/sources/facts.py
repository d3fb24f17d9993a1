"""
Facts that one article's text tells about itself: agencies it cites, aliases in brackets.

Only what stands in the text, as the text writes it; nothing is looked up or
guessed. Which lines are one article is decided in ``retrieval.sources.dump``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval.types import Alias

# Agencies and papers known by name.
_SPACED = (
    "Itar-Tass|ITAR-TASS|Tass|TASS|RIA Novosti|Interfax|Reuters|Thomson Reuters|Agence France-Presse|AFP|Associated Press|AP"
    "|United Press International|UPI|Xinhua|China News Service|Central News Agency|CNA|Kyodo|Jiji Press|Yonhap|KCNA|Press Trust of India|PTI|Bernama"
    "|Deutsche Presse-Agentur|dpa|DPA|ANSA|EFE|Anadolu|IRNA|Bloomberg|Dow Jones Newswires|BBC|CNN|NBC News|ABC News|CBS News|Fox News|Sky News|NPR"
    "|Al Jazeera|Al Arabiya|NHK|CCTV|Le Parisien|Le Monde|Le Figaro|Libération|Der Spiegel|Bild|Die Welt|Frankfurter Allgemeine Zeitung"
    "|El País|El Mundo|La Vanguardia|Corriere della Sera|La Repubblica|New York Times|Washington Post|Wall Street Journal|Los Angeles Times"
    "|USA Today|Financial Times|Daily Telegraph|Daily Mail|Taipei Times|South China Morning Post|People's Daily|People’s Daily|Global Times"
    "|Asahi Shimbun|Yomiuri Shimbun|Mainichi Shimbun|Nikkei|Haaretz|Kommersant|Izvestia|Vedomosti|Politico|Axios"
)
_CYRILLIC = "РИА Новости|ИТАР-ТАСС|ТАСС|Интерфакс|Рейтер|Коммерсантъ|Известия"
# Arabic writes "and" and "by" onto the name, Chinese has no spaces: nothing need stand beside these.
_UNSPACED = (
    "中央社|新华社|新華社|中新社|路透社|法新社|美联社|美聯社|共同社|韩联社|韓聯社|彭博社|塔斯社|人民日报|人民日報|環球時報|环球时报"
    "|رويترز|وكالة فرانس برس|أسوشيتد برس|الجزيرة"
)

_STRINGS = tuple(_UNSPACED.split("|"))
# Names by their first word: what a text opens no word with is not looked for in it.
_FIRST = re.compile(r"[A-ZА-Я]\w+")
_BY_FIRST: dict[str, list[str]] = {}
for _name in f"{_SPACED}|{_CYRILLIC}".split("|"):
    _BY_FIRST.setdefault((_FIRST.findall(_name) or [_name])[0], []).append(_name)
_SMALL_FIRSTS = {first for first in _BY_FIRST if first.islower()}

_NAME_WORD = r"[^\W\d_][\w’'.&-]*"
_LINKS = r"(?:of|the|and|for|de|la|le|du|des|del|di|da|von|van|bin|al|ibn|y|et)"
# Letters of the alphabet before a bracket: "Tik Chi-yuen (", at most ten words.
_BEFORE = re.compile(rf"(?:{_NAME_WORD}\s+(?:{_LINKS}\s+){{0,2}}){{0,9}}{_NAME_WORD}$")
_BEFORE_WITH_COMMAS = re.compile(
    rf"(?:{_NAME_WORD},?\s+(?:{_LINKS}\s+){{0,2}}){{0,9}}{_NAME_WORD}$"
)
_BRACKET = re.compile(r"[(（]([^()（）\n]{1,60})[)）]")
_OR = re.compile(
    r",\s+(?:or|also known as|known as|abbreviated as|or simply)\s+(?:the\s+)?([A-Z][\w&.-]{1,19})(?=[,.;:)\s])"
)
_BEFORE_CHARACTERS = 120
_LETTERS_TO_LACK_ONE = 4
_ACRONYM = re.compile(r"[A-Z][A-Z0-9&.-]{1,11}s?")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7a3]")
_ARABIC_OR_HAN = re.compile(r"[\u0600-\u06ff\u3400-\u9fff]")
_HAN_NAME = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\u3040-\u30ffー·・\uac00-\ud7a3]{2,20}$")
_HAN_AND = re.compile(r"[與与和及&＆]")
_LATIN_ALIAS = re.compile(r"[A-Z][\w.’'-]*(?:[ ·-][\w.’'&-]+){0,5}")
_SMALL = frozenset(
    [
        "of",
        "the",
        "and",
        "for",
        "de",
        "la",
        "le",
        "du",
        "des",
        "del",
        "di",
        "da",
        "von",
        "van",
        "bin",
        "al",
        "ibn",
        "y",
        "et",
    ]
)
# A title before a name is not a part of it.
_TITLES = frozenset(
    [
        "The",
        "A",
        "An",
        "In",
        "On",
        "At",
        "By",
        "For",
        "And",
        "But",
        "When",
        "Between",
        "Lawmaker",
        "If",
        "As",
        "That",
        "Mr",
        "Mr.",
        "Ms",
        "Ms.",
        "Mrs",
        "Mrs.",
        "Dr",
        "Dr.",
        "President",
        "Premier",
        "Chairman",
        "Senator",
        "Minister",
    ]
)


def agencies_in(text: str) -> tuple[str, ...]:
    """The agencies and papers that *text* names, as it writes them, in text order, each once."""
    firsts = _BY_FIRST.keys() & {*_FIRST.findall(text), *_SMALL_FIRSTS}
    found = [
        (at, name)
        for first in firsts
        for name in _BY_FIRST[first]
        for at in _places(text, name)
        if _stands_alone(text, at, name)
    ]
    if not text.isascii() and _ARABIC_OR_HAN.search(text):
        found += [(at, name) for name in _STRINGS for at in _places(text, name)]
    names: list[str] = []
    stop = 0
    for at, name in sorted(found, key=lambda place: (place[0], -len(place[1]))):
        if at >= stop:
            names.append(name)
            stop = at + len(name)
    return tuple(dict.fromkeys(names))


def _places(text: str, name: str) -> Iterator[int]:
    at = text.find(name)
    while at >= 0:
        yield at
        at = text.find(name, at + 1)


def _stands_alone(text: str, at: int, name: str) -> bool:
    """Whether the name is no part of a longer word: not "CAPE", "AFPs" or "Anglo-Reuters"."""
    before, after = text[at - 1 : at] if at else "", text[at + len(name) : at + len(name) + 1]
    return not (before.isalnum() or before in ("_", "-") or after.isalnum() or after == "_")


def aliases_in(text: str) -> tuple[Alias, ...]:
    """
    Names with another name behind them, in text order, each pair once.

    In brackets: the name in another script, ``Shein (希音)`` and ``希音（Shein）``, or
    an acronym whose letters the name's words begin with, ``China Manned Space Agency (CMSA)``;
    or an acronym behind "or": ``Grand Egyptian Museum, or GEM``.
    """
    found: list[tuple[int, Alias]] = []
    for match in _BRACKET.finditer(text):
        start = match.start()
        if text[start - 1 : start].isspace():
            start -= 1
        before = text[max(0, start - _BEFORE_CHARACTERS) : start]
        alias = match[1].strip()
        name = _name_for(before, alias)
        if name:
            found.append((start, Alias(name, alias)))
    for match in _OR.finditer(text):
        before = text[max(0, match.start() - _BEFORE_CHARACTERS) : match.start()]
        alias = match[1].rstrip(".")
        name = _spelt_out(before, alias) if _ACRONYM.fullmatch(alias) else None
        if name:
            found.append((match.start(), Alias(name, alias)))
    return tuple(dict.fromkeys(alias for _, alias in sorted(found, key=lambda pair: pair[0])))


def _name_for(before: str, alias: str) -> str | None:
    if _HAN.search(alias) and _HAN_NAME.fullmatch(alias.replace(" ", "")):
        name = _capitalised(before)
        # "Reuters and Shein (希音)" names one of two; a name that joins two is joined in Han too.
        return name.rsplit(" and ", 1)[-1] if name and not _HAN_AND.search(alias) else name
    han = _HAN_NAME.search(before)
    if han and _LATIN_ALIAS.fullmatch(alias):
        return _short_han(before, han[0])
    if _ACRONYM.fullmatch(alias):
        return _spelt_out(before, alias)
    return None


def _capitalised(before: str, pattern: re.Pattern[str] = _BEFORE) -> str | None:
    """The run of capitalised words at the end of *before*, "of" and "the" allowed inside."""
    match = pattern.search(before)
    if match is None:
        return None
    words = match[0].split()
    start = len(words)
    while start > 0 and (words[start - 1][0].isupper() or words[start - 1] in _SMALL):
        # A full stop ends the sentence before, unless it belongs to an initial.
        if len(words[start - 1]) > 3 and words[start - 1].endswith("."):
            break
        start -= 1
    while start < len(words) and (words[start] in _SMALL or words[start] in _TITLES):
        start += 1
    return " ".join(words[start:]) or None


def _short_han(before: str, han: str) -> str | None:
    """A name in Han letters has no left edge but a mark; a long run is a clause, not a name."""
    opened = before[: len(before) - len(han)]
    return han if len(han) <= 8 or opened.endswith(("「", "《", "“")) else None


def _spelt_out(before: str, alias: str) -> str | None:
    """
    The words at the end of *before* that the acronym's letters begin, in order.

    Words may be skipped that no letter stands for, but the name must be capitalised and
    begin with its first letter. Of four letters or more one may have no word: acronyms are
    kept where names are translated (the R of DGCCRF is "répression").
    """
    letters = [c.casefold() for c in alias.rstrip("s") if c.isalpha()]
    run = _capitalised(before, _BEFORE_WITH_COMMAS)
    if run is None or len(letters) < 2:
        return None
    words = run.split()
    may_lack = 1 if len(set(letters)) >= _LETTERS_TO_LACK_ONE else 0
    for start in range(len(words) - 1):
        initials = [
            part[0].casefold()
            for word in words[start:]
            if word not in _SMALL
            for part in word.split("-")
            if part
        ]
        if initials[:1] == letters[:1] and len(set(letters) - set(initials)) <= may_lack:
            return " ".join(words[start:])
    return None
