"""
Queries of words, for articles in one language: whether one holds, and by which terms it can
be found at all.

``keys`` gives terms one of which an article must hold to match; None where there are none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from retrieval.language.analysis import analyze
from retrieval.percolator.document import PREFIX_KEY, Document, Place, folded, satisfies
from retrieval.query.tree import AllOf, Node, NoneOf, Prefix, Where, Words

PREFIX_MARK: Final = "\x00"
"""Begins a key that is the beginning of words; stands in no term."""


@dataclass(frozen=True, slots=True)
class _Row:
    """Words in a row, as their terms and how far behind the first slot each stands."""

    terms: tuple[tuple[str, int], ...]
    length: int
    in_title: bool

    def holds(self, document: Document, found: list[Place]) -> bool:
        starts = self._starts(document)
        for start in starts:
            found += (document.place(term, start + offset) for term, offset in self.terms)
        return bool(starts)

    def _starts(self, document: Document) -> list[int]:
        slots = [document.slots.get(term) for term, _ in self.terms]
        if not slots or None in slots:
            return []
        (_, first), *_ = self.terms
        starts = {slot - first for slot in slots[0] or ()}
        for (_, offset), those in zip(self.terms[1:], slots[1:], strict=True):
            starts &= {slot - offset for slot in those or ()}
        stop = document.title_stop
        return sorted(
            start
            for start in starts
            if start >= 0 and (start + self.length <= stop or (start > stop and not self.in_title))
        )

    def keys(self, rarity: Callable[[str], float]) -> frozenset[str] | None:
        # Of no terms the key is one that no article holds, as it never matches
        return frozenset([max((term for term, _ in self.terms), key=rarity, default="")])


@dataclass(frozen=True, slots=True)
class _Beginning:
    prefix: str
    in_title: bool

    def holds(self, document: Document, found: list[Place]) -> bool:
        slots = [
            slot
            for slot in document.beginning_with(self.prefix)
            if slot < document.title_stop or not self.in_title
        ]
        found += ((slot, document.places[slot].stop) for slot in slots)
        return bool(slots)

    def keys(self, _: Callable[[str], float]) -> frozenset[str] | None:
        return frozenset([PREFIX_MARK + self.prefix[:PREFIX_KEY]])


@dataclass(frozen=True, slots=True)
class _Of:
    where: Where

    def holds(self, document: Document, _: list[Place]) -> bool:
        return satisfies(document.article, self.where.filters)

    def keys(self, _: Callable[[str], float]) -> frozenset[str] | None:
        return None


@dataclass(frozen=True, slots=True)
class _All:
    tests: tuple[Test, ...]

    def holds(self, document: Document, found: list[Place]) -> bool:
        return all(test.holds(document, found) for test in self.tests)

    def keys(self, rarity: Callable[[str], float]) -> frozenset[str] | None:
        """Of the part that is rarest: whose most common key is the least common."""
        choices = [keys for test in self.tests if (keys := test.keys(rarity)) is not None]
        return max(choices, key=lambda keys: _rarest(keys, rarity), default=None)


@dataclass(frozen=True, slots=True)
class _Any:
    tests: tuple[Test, ...]

    def holds(self, document: Document, found: list[Place]) -> bool:
        # All of them, not just the first: each that holds is evidence
        return sum(test.holds(document, found) for test in self.tests) > 0

    def keys(self, rarity: Callable[[str], float]) -> frozenset[str] | None:
        all_keys: set[str] = set()
        for test in self.tests:
            keys = test.keys(rarity)
            if keys is None:
                return None
            all_keys |= keys
        return frozenset(all_keys)


@dataclass(frozen=True, slots=True)
class _None:
    test: Test

    def holds(self, document: Document, _: list[Place]) -> bool:
        return not self.test.holds(document, [])

    def keys(self, _: Callable[[str], float]) -> frozenset[str] | None:
        return None


Test = _Row | _Beginning | _Of | _All | _Any | _None


def _rarest(keys: Collection[str], rarity: Callable[[str], float]) -> float:
    """How rare the most common of *keys* is; a beginning counts as common as any."""
    return min((0.0 if key.startswith(PREFIX_MARK) else rarity(key) for key in keys), default=1e9)


def compiled(node: Node, lang: str | None) -> Test:
    if isinstance(node, Words):
        return _row(node, lang)
    if isinstance(node, Prefix):
        return _Beginning(folded(node.text), node.in_title)
    if isinstance(node, Where):
        return _Of(node)
    if isinstance(node, NoneOf):
        return _None(compiled(node.node, lang))
    tests = tuple(compiled(inner, lang) for inner in node.nodes)
    return _All(tests) if isinstance(node, AllOf) else _Any(tests)


def _row(words: Words, lang: str | None) -> _Row:
    terms: list[tuple[str, int]] = []
    slot, start = -1, -1
    for term in analyze(words.text, lang):
        if term.start != start:
            start = term.start
            slot += 1
        terms.append((term.text, slot))
    return _Row(tuple(terms), slot + 1, words.in_title)
