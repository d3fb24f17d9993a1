"""
A question that may lean on another: its parts, and the name or date that may be all of it.

What it leans on is in ``turns``, what is made of both in ``rules``.
"""

from __future__ import annotations

from functools import cached_property

import regex

from bot.followups.dates import is_date
from bot.followups.turns import MARKS
from retrieval.language.questions import Asked, asked
from retrieval.language.references import References, content, names, references, stretches

NAME_MAX_WORDS = 6
BARE_NAME_MAX_WORDS = 4
"""Behind "what about" and behind a bare "and"."""


class Followup:
    """A question that may lean on another."""

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        self.table = references(text)
        self.opening, self.core = self._opened()

    def _opened(self) -> tuple[str, str]:
        """What it opens with, and the rest without the marks around it."""
        if self.table is None:
            return "", self.text.strip(MARKS)
        opening = regex.match(self.table.openings, self.text, regex.IGNORECASE)
        start = opening.end() if opening is not None else 0
        return self.text[:start], self.text[start:].strip(MARKS)

    @property
    def is_continuing(self) -> bool:
        return self.table is not None and bool(
            regex.match(
                rf"[¿¡\s]*(?:{self.table.continuing})(?!\p{{Latin}}|\p{{Cyrillic}})",
                self.opening,
                regex.IGNORECASE,
            )
        )

    @cached_property
    def asked(self) -> Asked:
        return asked(self.core, (self.table.lang,) if self.table else ())

    @cached_property
    def new_name(self) -> str | None:
        """The name that is all of it: "what about Latvia?", "And in Latvia?", "in Latvia?"."""
        table = self.table
        if table is None:
            return None
        for pattern in table.about:
            found = regex.fullmatch(pattern, self.core, regex.IGNORECASE)
            if found is not None:
                new = found["new"].strip()
                is_name = _is_name(new, NAME_MAX_WORDS, table) and not _refers_back(new, table)
                return new if is_name else None
        new = regex.sub(table.closings, "", self.core, flags=regex.IGNORECASE)
        if not self.is_continuing and not _is_placed(new, table):
            return None
        return new if _is_bare_name(new, table) else None


def _is_name(new: str, most: int, table: References) -> bool:
    found = asked(new, (table.lang,))
    if found.words is not None or found.topic is not None:
        return False
    return len(new.split()) <= most and bool(content(new, table.lang))


def _refers_back(new: str, table: References) -> bool:
    """Whether *new* is a thing of somebody named before: "her album"."""
    return any(regex.search(p.pattern, new, regex.IGNORECASE) for p in table.pronouns)


def _is_placed(new: str, table: References) -> bool:
    """Whether *new* is a place or a time with its preposition, which is no question by itself."""
    if table.cuts is not None:
        return False
    inside = table.within[0]
    rest = new[len(inside) :]
    is_named = [span.of(rest) for span in names(rest, table.lang)] == [rest]
    return new.casefold().startswith(inside) and (is_named or is_date(new, rest))


def _is_bare_name(new: str, table: References) -> bool:
    """Whether *new* is nothing but a name, or a noun with its article."""
    if not _is_name(new, BARE_NAME_MAX_WORDS, table):
        return False
    if table.cuts is not None:
        return len(stretches(new, table)) == 1
    opened = rf"(?:(?:{table.prepositions}|{table.determiners or table.prepositions}) )*"
    rest = regex.sub(rf"^{opened}", "", new, count=1, flags=regex.IGNORECASE)
    n_words = len(rest.split())
    is_named = [span.of(rest) for span in names(rest, table.lang)] == [rest]
    is_noun = n_words <= 2 and len(content(rest, table.lang)) >= n_words
    return is_named or is_noun or is_date(new, rest)
