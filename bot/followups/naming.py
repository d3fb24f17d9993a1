"""
Where a new name may stand in the question before: "and Latvia?" in the place of "Finland".

A name takes the place of a name that is written like it, a noun with its article that of
such a noun, and only where one such place is to be seen. Everywhere else the two stand
beside each other, which is plain and cannot be wrong; that is done in ``rules``.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import regex

from bot.followups.antecedents import Before
from retrieval.language.questions import Kind
from retrieval.language.references import References, names, stretches
from retrieval.types import Span

ADVERBIAL = (Kind.TIME, Kind.PLACE, Kind.REASON, Kind.MANNER)
"""Kinds whose question words leave the rest of a question whole."""

ALIKE_FROM = 2
"""Characters that two Chinese names begin or end with alike: 神舟二十號, 神舟二十一號."""

_QUOTES = ("«", "»", "“", "”", '"', "„")


@dataclass(frozen=True, slots=True)
class NewName:
    """A name as a follow-up gives it, apart from what opens it: "in", "the", "Tainan"."""

    said: str
    preposition: str | None
    determiner: str | None
    bare: str

    @classmethod
    def of(cls, said: str, table: References) -> NewName:
        if table.cuts is not None:
            return cls(said, None, None, said)
        found = regex.fullmatch(
            rf"(?:(?P<preposition>{table.prepositions})\s+(?=\w))?"
            rf"(?:(?P<determiner>{table.determiners or '(?!)'})\s+(?=\w))?(?P<bare>.+)",
            said,
            regex.IGNORECASE | regex.DOTALL,
        )
        if found is None:
            return cls(said, None, None, said)
        return cls(said, found["preposition"], found["determiner"], found["bare"])

    @property
    def with_determiner(self) -> str:
        return self.bare if self.determiner is None else f"{self.determiner} {self.bare}"


def swapped(new: NewName, table: References, before: Before) -> tuple[str, Span] | None:
    """The question before with *new* in the place of a name, and that place; None if none is sure."""
    if before.table is not table:
        return None
    topic = before.aside if before.head is None else before.bare_topic
    if topic is not None:
        is_alike = new.bare[0].islower() == topic.of(before.question).islower()
        return (before.with_put(new.said, topic), topic) if is_alike else None
    # "the men's" is of something that is not said
    if before.aside is not None or regex.search(r"['’]s?$", new.bare):
        return None
    if new.determiner is not None and new.bare[0].islower():
        noun = None if names(new.bare, table.lang) else _noun(new, table, before)
        return None if noun is None else (_with(before, noun, new.with_determiner), noun)
    return _by_name(new, table, before)


def _by_name(new: NewName, table: References, before: Before) -> tuple[str, Span] | None:
    place = (_in_chinese if table.cuts is not None else _name)(new, table, before)
    if place is None:
        return None
    start = place.start
    article = table.determiners and regex.search(
        rf"\b(?:{table.determiners})\s+$", before.question[:start], regex.IGNORECASE
    )
    whole = Span(article.start() if article else start, place.stop)
    words = new.with_determiner
    if before.question[: place.start].endswith(_QUOTES):
        words = words.strip("".join(_QUOTES))
    return _with(before, whole, words), place


def _with(before: Before, place: Span, words: str) -> str:
    return before.with_put(words if place.start else words[:1].upper() + words[1:], place)


# --- Names --------------------------------------------------------------------------------


def _name(new: NewName, table: References, before: Before) -> Span | None:
    """The name that *new* takes the place of."""
    noun = _noun_of(new, table)
    if noun is not None:
        return _same_noun(noun, before)
    free = [s for s in before.names if not before.belongs(s)]
    if new.preposition is not None:
        alike = [s for s in free if _is_written_alike(new, s, before)]
        return _placed(new.preposition, table, before, alike)
    return _only_alike(new, table, before, free)


def _noun_of(new: NewName, table: References) -> str | None:
    """The noun behind the name in "the Tainan earthquake"."""
    found = names(new.bare, table.lang)
    if not table.nouns_follow or len(found) != 1 or found[0].start != 0:
        return None
    behind = new.bare[found[0].stop :].strip()
    return behind or None


def _same_noun(noun: str, before: Before) -> Span | None:
    """The name before the same noun, with it."""
    for span in before.names:
        behind = regex.match(rf"\s+{regex.escape(noun)}(?!\w)", before.question[span.stop :])
        if behind is not None:
            return Span(span.start, span.stop + behind.end())
    return None


def _placed(preposition: str, table: References, before: Before, alike: list[Span]) -> Span | None:
    """The name behind the same *preposition*, or behind an "of" that says the same."""
    found = [s for s in alike if _stands_behind(regex.escape(preposition), s, table, before)]
    is_place = regex.fullmatch(table.places, preposition, regex.IGNORECASE) is not None
    if not found and is_place:  # "the prime minister of Sweden", "and in Finland?"
        found = [s for s in alike if _stands_behind(table.genitives, s, table, before)]
    return found[0] if len(found) == 1 else None


def _is_written_alike(new: NewName, span: Span, before: Before) -> bool:
    """Both in capitals throughout, or neither: NATO and the EU, Norway and Latvia."""
    return span.of(before.question).isupper() == new.bare.isupper()


def _stands_behind(prepositions: str, span: Span, table: References, before: Before) -> bool:
    article = f"(?:(?:{table.determiners})\\s+)?" if table.determiners else ""
    pattern = rf"\b(?:{prepositions})\s+{article}$"
    return bool(regex.search(pattern, before.question[: span.start], regex.IGNORECASE))


def _only_alike(new: NewName, table: References, before: Before, found: list[Span]) -> Span | None:
    """The one name that is written as *new* is: "Sweden" takes Finland's place, not NATO's."""
    alike = [s for s in found if _is_written_alike(new, s, before)]
    if len(found) == 1:
        alike = found
    if len(alike) != 1 or (len(found) > 1 and new.bare.isupper()):
        return None
    if table.declines and _endings(alike[0].of(before.question)) != _endings(new.bare):
        return None  # of another case, gender or number: it would not fit its verb
    return alike[0]


def _endings(name: str) -> list[str]:
    """What tells case and gender of the words of a Russian *name*, as far as letters do."""
    return [
        ""
        if word.isupper() or not regex.search(r"[аеёиоуыэюяь]$", word)
        else word[-2:]
        if word[-2:-1] in ("и", "е") or word.endswith("ь")
        else word[-1]
        for word in name.split()
    ]


# --- Nouns --------------------------------------------------------------------------------


def _noun(new: NewName, table: References, before: Before) -> Span | None:
    """The noun phrase that *new* takes the place of: the only one, or the last of a chain."""
    owner = before.owner_at_end
    things = before.objects() if owner is None else [owner]
    if owner is None and before.n_objects != len(things):  # where one of them ends cannot be told
        return None
    for first, second in pairwise(things):
        between = before.question[first.stop : second.start].strip()
        if regex.fullmatch(table.genitives, between, regex.IGNORECASE) is None:
            return None
    if not things or regex.search(r"\p{Lu}", things[-1].of(before.question)):
        return None
    if new.preposition is not None and not _stands_behind(
        regex.escape(new.preposition), things[-1], table, before
    ):
        return None
    return things[-1]


# --- Languages without spaces --------------------------------------------------------------


def _in_chinese(name: NewName, table: References, before: Before) -> Span | None:
    """The subject that opens the question before, or a name that begins or ends like *new*."""
    new = name.bare
    alike = [s for s in before.names if _is_alike(s.of(before.question), new)]
    if len(alike) == 1:
        return alike[0]
    question = before.unasked
    first = next(iter(stretches(question, table)), None)
    if first is None or len(first) < ALIKE_FROM or question[: first.start].strip("在 "):
        return None
    is_subject = regex.match(table.subjects, question[first.stop :]) is not None
    word = before.asked.words
    if word is not None and word.start == first.stop and before.asked.kind in ADVERBIAL:
        rest = before.question[word.stop :].strip("?？。 ")
        is_subject = is_subject or (bool(rest) or before.asked.kind is Kind.PLACE)
    return first if is_subject and before.is_one_name(first, new) else None


def _is_alike(old: str, new: str) -> bool:
    if old == new or abs(len(old) - len(new)) > 1 or min(len(old), len(new)) <= ALIKE_FROM:
        return False
    return old[:ALIKE_FROM] == new[:ALIKE_FROM] or old[-ALIKE_FROM:] == new[-ALIKE_FROM:]
