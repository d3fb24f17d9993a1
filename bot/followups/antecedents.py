"""
What the pronouns of a follow-up mean, and what one that goes on is still about.

The turn itself, its question and the names in it, are in ``turns``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Literal

import regex

from bot.followups.turns import MARKS, EarlierQuestion
from retrieval.language.items import items
from retrieval.language.questions import Kind
from retrieval.language.references import Referent, names
from retrieval.language.stopwords import stop_words
from retrieval.types import Span

TOPIC_MAX_WORDS = 5
"""Of a question without a name or a thing, as many content words tell what it is about."""


class Before(EarlierQuestion):
    """An earlier turn, and what may be meant when it is referred to."""

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

    def topic(self) -> str:
        """Its name, or its content words: what a question that goes on is still about."""
        if self.named is not None:
            return self.named
        if self.aside is not None:
            return self.aside.of(self.question)
        if self.asked.topic is not None:
            return self.asked.topic
        if self.names:
            return self._spelled(self.names[0])
        thing = self.object()
        if thing is not None:
            return thing.of(self.question)
        return " ".join(self.words[:TOPIC_MAX_WORDS])

    @property
    def may_name_a_person(self) -> bool:
        """Whether a name in the question may be a person's: nothing tells that it is a thing's."""
        return any(self.likeness(s.of(self.question)) != "thing" for s in self.names)

    def opens_a_sentence(self, name: str) -> bool:
        """Whether the article opens a sentence with *name*: so it stands in its first case."""
        opened = rf"(?:^|[.!?…\n—–«]\s*){regex.escape(name)}(?!\w)"
        return regex.search(opened, self._article) is not None

    def likeness(self, name: str) -> Literal["person", "thing"] | None:
        """What *name* looks like in the article; None if that cannot be told."""
        text = self._article
        if self.table is not None and self.table.cuts:
            people = {span.of(text) for span in items(text, Kind.PERSON)}
            acts = rf"{regex.escape(name)}.{{0,8}}(?:{self.table.personal})"
            is_acting = regex.search(acts, self.question) is not None
            return "person" if name in people or is_acting else None
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
        answer = self.highlighted
        likeness = self.likeness
        is_person = referent is Referent.PERSON
        if self.named is not None:
            return None if is_person and likeness(self.named) != "person" else self.named
        if (
            answer is not None
            and (self.kind, referent) in _ANSWERED
            and not (is_person and likeness(answer) == "thing")
        ):
            return answer
        if self.aside is not None:
            topic = self.aside.of(self.question)
            return None if is_person and likeness(topic) != "person" else topic
        if self.asked.topic is not None:
            topic = self.asked.topic
            return None if is_person and likeness(topic) == "thing" else topic
        return _first(self._person() if is_person else self._thing(referent))

    def _spelled_names(self) -> list[str]:
        return [self._spelled(span) for span in self.names]

    def _person(self) -> list[str]:
        """Who "he" may be, the likeliest first."""
        named = self._spelled_names()
        if self.table is not None and self.table.owned:
            named = [self._whole(span, self.table.owned) for span in self.names]
        pool = [*self.told, *named] if self.kind is Kind.PERSON else [*named, *self.told]
        people = [name for name in pool if self.likeness(name) == "person"]
        return [*people, *self._description()]

    def _thing(self, referent: Referent) -> list[str]:
        """What "it" may be, the likeliest first."""
        named, told = self._spelled_names(), self.told
        if referent is Referent.ANY:
            return [*named, *self._object_text(), *told]
        likeness = {name: self.likeness(name) for name in [*named, *told]}
        # That an acronym is no person tells less than a preposition: Sweden joins NATO, and is "it"
        things = [n for n in named if likeness[n] == "thing" and not n.isupper()]
        maybe = [n for n in named if likeness[n] != "person"]
        others = [n for n in told if likeness[n] == "thing"]
        return [*things, *maybe, *self._object_text(), *others]

    def _whole(self, span: Span, owned: str) -> str:
        """A stretch with what is said to belong to it: 神舟二十號的太空人."""
        behind = [s for s in self.names if self.question[span.stop : s.start] == owned]
        return self.question[span.start : behind[0].stop if behind else span.stop]

    def _description(self) -> list[str]:
        """Who is asked for, or about: "the prime minister of Norway"."""
        if self.table is None or self.table.described is None:
            return []
        found = regex.search(self.table.described, self.question.strip(MARKS), regex.IGNORECASE)
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
