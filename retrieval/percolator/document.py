"""An article as queries look at it: where each of its terms stands."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Collection
from typing import Final

from retrieval.index.snapshot import Group, host_of
from retrieval.language.analysis import analyze
from retrieval.language.folding import normalise
from retrieval.types import Article, Filters, Span

PREFIX_KEY: Final = 3
"""The letters of a prefix that queries are kept by, and words found by."""

Place = tuple[int, int]
"""A slot of an article, see ``Document``, and where the words that are meant there end."""


class Document:
    """
    An article's tokens, title first, numbered: a term's *slots* are where it stands.

    Between title and text a number is left out, so that nothing stands in a row across.
    """

    def __init__(self, article: Article) -> None:
        self.article = article
        self.slots: dict[str, list[int]] = {}
        self._stops: dict[str, list[int]] = {}
        self.places: list[Span] = []
        self._surfaces: dict[str, list[tuple[str, int]]] | None = None
        self._read(article.title or "", article.lang)
        self.title_stop = len(self.places)
        self.places.append(Span(0, 0))
        self._read(article.text, article.lang)

    def _read(self, text: str, lang: str | None) -> None:
        slots, stops, places = self.slots, self._stops, self.places
        start = -1
        for term in analyze(text, lang):
            if term.start != start:
                start = term.start
                places.append(Span(start, term.stop))
            else:
                places[-1] = Span(start, max(places[-1].stop, term.stop))
            slots.setdefault(term.text, []).append(len(places) - 1)
            stops.setdefault(term.text, []).append(term.stop)

    def place(self, term: str, slot: int) -> Place:
        """*slot* as far as *term* goes there: of Han, one that begins with it may go further."""
        return slot, self._stops[term][bisect_left(self.slots[term], slot)]

    def beginning_with(self, prefix: str) -> list[int]:
        """The slots of words that begin so."""
        words = self._surface_words().get(prefix[:PREFIX_KEY], ())
        return [slot for word, slot in words if word.startswith(prefix)]

    def _surface_words(self) -> dict[str, list[tuple[str, int]]]:
        """The words as they are written, folded, by their first letters; made when asked for."""
        if self._surfaces is None:
            self._surfaces = {}
            for slot, place in enumerate(self.places):
                if len(place):
                    word = folded(place.of(self._text_of(slot)))
                    self._surfaces.setdefault(word[:PREFIX_KEY], []).append((word, slot))
        return self._surfaces

    def prefix_keys(self) -> Collection[str]:
        """The first letters of all words."""
        return self._surface_words().keys()

    def _text_of(self, slot: int) -> str:
        return (self.article.title or "") if slot < self.title_stop else self.article.text


def folded(word: str) -> str:
    """*word* without case and marks, as it is typed."""
    bare = unicodedata.normalize("NFD", normalise(word).casefold())
    return "".join(sign for sign in bare if not unicodedata.combining(sign))


def satisfies(article: Article, filters: Filters) -> bool:
    """Whether the article's outlet, language and date are those wanted, as in a search."""
    if not Group(article.source, host_of(article.url), article.lang).satisfies(filters):
        return False
    if filters.after is None and filters.before is None:
        return True
    when = article.published
    return (
        when is not None
        and (filters.after is None or when >= filters.after)
        and (filters.before is None or when < filters.before)
    )
