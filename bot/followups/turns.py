"""
What a follow-up may lean on: a turn before it, the names in it, what its pronouns mean.

What is made of them is in ``rules``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import regex

from retrieval.language.items import items
from retrieval.language.questions import Kind, asked
from retrieval.language.references import (
    References,
    Referent,
    content,
    names,
    references,
    stretches,
)
from retrieval.language.stopwords import stop_words
from retrieval.types import Quote, Span

TOPIC_MAX_WORDS = 5
"""Of a question without a name or a thing, as many content words tell what it is about."""

MARKS = " \t\n?？!！.。…¿¡,，、;；:"
"""What may stand around the words of a question."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """
    An earlier turn, as far as a follow-up may lean on it.

    Attributes:
        question: Whole, without its filters.
        quotes: Of its answer, best first; () where there was none.
        is_replied_to: The follow-up was sent as a reply to this turn.
    """

    question: str
    quotes: tuple[Quote, ...] = ()
    is_replied_to: bool = False


def says_something(turn: Earlier) -> bool:
    table = references(turn.question)
    return bool(content(turn.question, "und" if table is None else table.lang))


class Before:
    """An earlier turn and the names in it."""

    def __init__(self, turn: Earlier) -> None:
        self.question = _unwrapped(turn.question)
        self.is_replied_to = turn.is_replied_to
        self.quotes = turn.quotes
        self.table = references(self.question)
        self.lang = "und" if self.table is None else self.table.lang
        self.asked = asked(self.question, (self.lang,))

    @property
    def articles(self) -> tuple[str, ...]:
        if not self.quotes:
            return ()
        first = self.quotes[0]
        return tuple(dict.fromkeys(q.article.id for q in (first, *first.also_in)))

    @property
    def words(self) -> tuple[str, ...]:
        """Its content words."""
        return self.words_but(None)

    def words_but(self, left_out: Span | None) -> tuple[str, ...]:
        """Its content words without those in *left_out*."""
        found: list[Span] = []
        for span in content(self.question, self.lang):
            if left_out is not None and span.overlaps(left_out):
                continue
            if found and self.question[found[-1].stop : span.start] in ("", "-"):
                found[-1] = Span(found[-1].start, span.stop)
            else:
                found.append(span)
        return tuple(span.of(self.question) for span in found)

    @cached_property
    def names(self) -> list[Span]:
        """The names in the question; those that its article spells with a capital, if typed without."""
        question = self.question
        if self.table is None:  # then a word that opens it cannot be told from a name
            return []
        if self.table.cuts is not None:
            return list(self._stretches(self.table))
        found = names(question, self.lang)
        if found:
            return found
        lowered = question.casefold()
        told = (
            regex.search(rf"(?<!\w){regex.escape(name)}(?!\w)", lowered) for name in self._spellings
        )
        return [Span(*span) for span in sorted(match.span() for match in told if match is not None)]

    @cached_property
    def _spellings(self) -> dict[str, str]:
        """The names in the article that was quoted first, by their folded form."""
        text = self._article
        words = set(regex.findall(r"[\p{L}\p{N}-]+", text))
        found: dict[str, str] = {}
        for span in names(text, self.lang):
            name = span.of(text)
            opens = regex.search(r"(?:^|[.!?…:\n\"“«—-])\s*$", text[: span.start]) is not None
            # One capital tells little where a sentence opens, or where the word is written without.
            if " " in name or not (opens or name.casefold() in words):
                found.setdefault(name.casefold(), name)
        return found

    def _spelled(self, span: Span) -> str:
        """A name of the question as its article spells it, with an article where it has one."""
        name = span.of(self.question)
        name = self._spellings.get(name.casefold(), name)
        return self._determiner(self.question[: span.start]) + name + self._noun_behind(span)

    def _noun_behind(self, span: Span) -> str:
        """What follows the name in "in the Hualien earthquake", where that ends the question."""
        table = self.table
        if table is None or not table.nouns_follow:
            return ""
        placed = rf"\b(?:{table.prepositions}) (?:{table.determiners}) $"
        behind = self.question[span.stop :].rstrip(MARKS)
        noun = behind.strip()
        if (
            regex.search(placed, self.question[: span.start], regex.IGNORECASE) is None
            or regex.fullmatch(r" \p{Ll}[\p{Ll}-]+", behind) is None
            or noun in stop_words(self.lang)
            or regex.search(rf"\b{regex.escape(noun)}\b", self._article.casefold()) is None
        ):
            return ""
        return behind

    def _determiner(self, head: str) -> str:
        """The definite or indefinite article at the end of *head*, with its space."""
        if self.table is None or self.table.determiners is None:
            return ""
        found = regex.search(rf"\b(?:{self.table.determiners}) $", head, regex.IGNORECASE)
        return "" if found is None else found[0].lower()

    def _stretches(self, table: References) -> Iterator[Span]:
        """What stands between function words, as far as the article has it in one piece."""
        question = self.question
        for word in (self.asked.words, *self.asked.others):
            if word is not None:
                question = question[: word.start] + " " * len(word) + question[word.stop :]
        for span in stretches(question, table):
            text = span.of(question)
            longest = next(
                (n for n in range(len(text), 1, -1) if text[:n] in self._article), len(text)
            )
            yield Span(span.start, span.start + longest)

    @cached_property
    def _article(self) -> str:
        if not self.quotes:
            return ""
        article = self.quotes[0].article
        return f"{article.title or ''}\n{article.text}"

    @cached_property
    def told(self) -> list[str]:
        """The names in the first quote that the question does not hold."""
        if not self.quotes or self.table is None:
            return []
        text = self.quotes[0].text
        spans = items(text, Kind.PERSON) if self.table.cuts else names(text, self.lang)
        known = self.question.casefold()
        return [
            self._determiner(text[: span.start]) + name
            for span in spans
            if (name := span.of(text)).casefold() not in known and not items(name, Kind.TIME)
        ]

    @property
    def highlighted(self) -> str | None:
        """The words of the first quote that answer."""
        if not self.quotes or (span := self.quotes[0].answer) is None:
            return None
        return span.of(self.quotes[0].article.text)

    def object(self) -> Span | None:
        """What the question is about, where that has no name: "the harbour bridge"."""
        if self.table is None or self.table.determiners is None:
            return None
        words = r"(?:\s+[\p{L}\p{N}'’-]+)"
        opened = rf"\b(?:{self.table.determiners})(?={words})"
        article = " ".join(self._article.casefold().split())
        for match in regex.finditer(opened, self.question, regex.IGNORECASE):
            for n in range(4, 0, -1):
                phrase = regex.match(rf"{words}{{{n}}}", self.question, pos=match.end())
                if phrase is None:
                    continue
                folded = " ".join(phrase[0].casefold().split())
                if regex.search(rf"\b{regex.escape(folded)}\b", article) and content(
                    folded, self.lang
                ):
                    return Span(match.start(), phrase.end())
        return None

    def is_told(self, span: Span) -> bool:
        """Whether the article that was quoted first has these words of the question."""
        return span.of(self.question) in self._article

    def topic(self) -> str:
        """Its name, or its content words: what a question that goes on is still about."""
        if self.asked.topic is not None:
            return self.asked.topic
        if self.names:
            return self._spelled(self.names[0])
        thing = self.object()
        if thing is not None:
            return thing.of(self.question)
        return " ".join(self.words[:TOPIC_MAX_WORDS])

    def likeness(self, name: str) -> Literal["person", "thing"] | None:
        """What *name* looks like in the article; None if that cannot be told."""
        text = self._article
        if self.table is not None and self.table.cuts:
            people = {span.of(text) for span in items(text, Kind.PERSON)}
            return "person" if name in people else None
        if self._determiner(name[: name.find(" ") + 1]):
            return "thing"
        escaped = regex.escape(name)
        if name.isupper() or regex.search(r"[^\p{L}\p{M}\s'’.-]|\b(?:and|y|и|of|de)\b", name):
            return "thing"
        placed = rf"(?<!\w)(?:the|in|at|near|outside|en|el|la|в|во|на)\s+{escaped}(?!\w)"
        if regex.search(placed, text):
            return "thing"
        if " " in name:
            return "person"
        full = rf"(\p{{Lu}}[\p{{L}}-]+) {escaped}(?!\w)"
        stops = stop_words(self.lang)
        before = (match[1].casefold() for match in regex.finditer(full, text))
        return "person" if any(word not in stops for word in before) else None

    def antecedent(self, referent: Referent) -> str | None:
        """What a pronoun stands for; None if nothing here is likely."""
        answer, kind = self.highlighted, self.asked.kind
        if answer is not None and (kind, referent) in _ANSWERED:
            return answer
        if self.asked.topic is not None:
            return self.asked.topic
        named = [self._spelled(span) for span in self.names]
        if self.table is not None and self.table.owned and referent is Referent.PERSON:
            named = [self._whole(span, self.table.owned) for span in self.names]
        if referent is Referent.ANY:
            return _first([*named, *self._object_text(), *self.told])
        told = self.told
        pool = (
            [*told, *named]
            if (kind, referent) == (Kind.PERSON, Referent.PERSON)
            else [*named, *told]
        )
        likeness = {name: self.likeness(name) for name in pool}
        if referent is Referent.PERSON:
            people = [name for name in pool if likeness[name] == "person"]
            if kind is Kind.PERSON:  # who it is was asked, and the names in the question are others
                return _first([*people, *self._description()])
            return _first([*people, *(name for name in named if likeness[name] is None)])
        # That an acronym is no person tells less than a preposition: Sweden joins NATO, and is "it"
        things = [n for n in named if likeness[n] == "thing" and not n.isupper()]
        maybe = [n for n in named if likeness[n] != "person"]
        others = [n for n in told if likeness[n] == "thing"]
        return _first([*things, *maybe, *self._object_text(), *others])

    def _whole(self, span: Span, owned: str) -> str:
        """A stretch with what is said to belong to it: 神舟二十號的太空人."""
        behind = [s for s in self.names if self.question[span.stop : s.start] == owned]
        return self.question[span.start : behind[0].stop if behind else span.stop]

    def _description(self) -> list[str]:
        """Who is asked for: "the prime minister of Norway"."""
        if self.table is None or self.table.described is None:
            return []
        bare = self.question.strip(MARKS)
        found = regex.fullmatch(self.table.described, bare, regex.IGNORECASE)
        return [] if found is None else [found["description"]]

    def _object_text(self) -> list[str]:
        span = self.object()
        return [] if span is None else [span.of(self.question)]


_ANSWERED = {
    (Kind.PERSON, Referent.PERSON),
    (Kind.PERSON, Referent.ANY),
    (Kind.PLACE, Referent.THING),
    (Kind.PLACE, Referent.PLACE),
}
"""Kinds whose highlighted answer is what a pronoun behind it stands for."""


def _first(found: Sequence[str]) -> str | None:
    return found[0] if found else None


_BESIDE = regex.compile(r"[¿]?[^?？()（）]*[?？] ?[(（](?P<question>.+)[)）]")


def _unwrapped(question: str) -> str:
    """The question that an earlier completion set beside a question word."""
    found = _BESIDE.fullmatch(question)
    return question if found is None else str(found["question"])
