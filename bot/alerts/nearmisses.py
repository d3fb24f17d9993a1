"""Why a query brings nothing: the word that no article holds, or two that none holds together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.alerts.recent import Window, find
from retrieval.desk import Desk
from retrieval.language.analysis import analyze, query_terms
from retrieval.query import AllOf, AnyOf, Node, StandingQuery, Topic, Words
from retrieval.types import Filters, Span

# More parts are not left out one by one.
_MOST_PARTS = 5
_SHORTEST_MISSPELT = 4
_MOST_MISSPELT = 20  # letters


@dataclass(frozen=True, slots=True)
class Missing:
    """
    A word, or a phrase, that no article of the days holds.

    Attributes:
        span: In the query.
        is_nowhere: No other article of the corpus does.
        near: A word spelt much like it that articles do hold; None if there is none, or no
            need of one.
    """

    text: str
    span: Span | None
    is_nowhere: bool
    near: str | None


@dataclass(frozen=True, slots=True)
class Loosened:
    """What would have matched without a part of the query: so many articles."""

    without: str
    articles: int


@dataclass(frozen=True, slots=True)
class NearMisses:
    """
    Why nothing matched.

    Attributes:
        missing: Words that no article of the days holds, in the query's order.
        loosened: Where none is missing: what each part that can be left out costs, those
            that cost most first.
    """

    missing: tuple[Missing, ...]
    loosened: tuple[Loosened, ...]


def near_misses(desk: Desk, query: StandingQuery, within: Window) -> NearMisses:
    """Why *query* matches nothing of a window."""
    wanted: list[tuple[str, Span | None]]
    if isinstance(query.matcher, Topic):
        wanted = [(word, None) for word in _topic_words(query.matcher.text)]
    else:
        wanted = [(words.text, words.span) for words in _wanted(query.matcher)]
    held = [(text, span) for text, span in wanted if not _is_held(desk, text, within.filters)]
    missing = tuple(_missing(desk, text, span) for text, span in held)
    return NearMisses(missing, () if missing else _loosened(desk, query, within))


def _wanted(node: Node) -> Iterator[Words]:
    """The words of which an article may have to hold some; not those that it must not hold."""
    if isinstance(node, Words):
        yield node
    elif isinstance(node, AllOf | AnyOf):
        for inner in node.nodes:
            yield from _wanted(inner)


def _topic_words(text: str) -> list[str]:
    """Each once, in order, without stop words and the parts of words that are terms as well."""
    spans = [Span(term.start, term.stop) for term in analyze(text, None) if not term.is_stop]
    whole = [s for s in spans if not any(o != s and o.holds(s) for o in spans)]
    return list(dict.fromkeys(span.of(text) for span in whole))


def _missing(desk: Desk, text: str, span: Span | None) -> Missing:
    is_nowhere = not _is_held(desk, text, Filters())
    near = _spelling(desk, text) if is_nowhere else None
    return Missing(text, span, is_nowhere, near)


def _is_held(desk: Desk, text: str, filters: Filters) -> bool:
    """Whether some article holds each term of *text*, in some language of the corpus."""
    return any(
        all(desk.index.search([term], filters, 1) for term in terms)
        for lang in desk.index.langs()
        if (terms := query_terms(text, [lang]))
    )


def _spelling(desk: Desk, word: str) -> str | None:
    """
    The most common word of the corpus that one letter, or two that changed places, part from
    *word*; None for what is no single word.
    """
    bare = word.strip()
    if not (bare.isalpha() and _SHORTEST_MISSPELT <= len(bare) <= _MOST_MISSPELT):
        return None
    idf = desk.index.idf
    unknown = idf("\0")  # no term
    langs = list(desk.index.langs())
    best: tuple[float, str, str] | None = None
    for near in _edits(bare.lower()):
        for term in query_terms(near, langs):
            weight = idf(term)
            if weight < unknown and (best is None or (weight, near, term) < best):
                best = weight, near, term
    return None if best is None else _as_written(desk, best[2]) or best[1]


def _edits(word: str) -> Iterator[str]:
    """All that is one letter away (Norvig, "How to Write a Spelling Corrector", 2007)."""
    letters = _alphabet(word)
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        if tail:
            yield head + tail[1:]
            yield from (head + letter + tail[1:] for letter in letters if letter != tail[0])
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        yield from (head + letter + tail for letter in letters)


def _alphabet(word: str) -> str:
    """The letters of the script that *word* is written in; its own, of another one."""
    if word.isascii():
        return "abcdefghijklmnopqrstuvwxyz"
    if any("а" <= letter <= "я" for letter in word):
        return "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
    return "".join(sorted(set(word)))


def _as_written(desk: Desk, term: str) -> str | None:
    """A word that became *term*, as an article has it."""
    for hit in desk.index.search([term], Filters(), 1):
        for stored in desk.store.passages([hit.passage_id]).values():
            article = desk.store.get(stored.article_id)
            for text in (article.title or "", stored.passage.span.of(article.text)):
                for found in analyze(text, article.lang):
                    if found.text == term:
                        return text[found.start : found.stop]
    return None


def _loosened(desk: Desk, query: StandingQuery, within: Window) -> tuple[Loosened, ...]:
    matcher = query.matcher
    if not isinstance(matcher, AllOf) or len(matcher.nodes) > _MOST_PARTS:
        return ()
    found: list[Loosened] = []
    for number, node in enumerate(matcher.nodes):
        rest = matcher.nodes[:number] + matcher.nodes[number + 1 :]
        if not isinstance(node, Words) or not any(isinstance(one, Words) for one in rest):
            continue
        looser = StandingQuery(query.text, AllOf(rest) if len(rest) > 1 else rest[0])
        some = find(desk, looser, within)
        if some.matches:
            found.append(Loosened(node.text, round(len(some.matches) * some.scale)))
    return tuple(sorted(found, key=lambda one: -one.articles))
