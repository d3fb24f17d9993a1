"""A query's characters -> its tokens, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NoReturn

from retrieval.errors import QueryError, QueryProblem
from retrieval.types import Span

Kind = Literal["word", "phrase", "prefix", "filter", "or", "and", "not", "(", ")"]

FILTER_NAMES = ("title", "source", "lang", "after", "before")

_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "「": "」", "『": "』", "＂": "＂"}
_TOKEN = re.compile(
    rf"""
    (?P<space>\s+)
  | (?P<open>[(（]) | (?P<close>[)）])
  | (?P<filter>(?:{"|".join(FILTER_NAMES)})[:：])
  | (?P<minus>[-−–](?=[^\s\-−–]))        # only before a word: a dash between two is none
  | (?P<quote>[{"".join(map(re.escape, _QUOTES))}])
  | (?P<bar>\|{{1,2}}) | (?P<amp>&{{1,2}})
  | (?P<word>[^\s()（）{"".join(map(re.escape, _QUOTES))}|]+)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_VALUE = re.compile(r"[^\s()（）]*")
_OPERATORS: dict[str, Kind] = {"OR": "or", "AND": "and", "NOT": "not"}


@dataclass(frozen=True, slots=True)
class Token:
    """
    One token.

    Attributes:
        text: A word without its star, a phrase without its marks, a filter's value.
        span: All of it, in the query.
        name: A filter's, in lower case.
        is_phrase: Of a filter's value: whether it stood in quotation marks.
        is_prefix: Likewise: whether a star ended it.
    """

    kind: Kind
    text: str
    span: Span
    name: str = ""
    is_phrase: bool = False
    is_prefix: bool = False


def tokens(query: str) -> Iterator[Token]:
    """
    The tokens of *query*.

    Raises:
        QueryError: If a quotation mark is not closed, or a filter has no value.
    """
    at = 0
    while found := _TOKEN.match(query, at):  # any character is some token's
        kind, start, at = found.lastgroup, at, found.end()
        if kind == "space":
            continue
        if kind == "open":
            yield Token("(", "(", Span(start, at))
        elif kind == "close":
            yield Token(")", ")", Span(start, at))
        elif kind == "minus":
            yield Token("not", "-", Span(start, at))
        elif kind in {"bar", "amp"}:
            yield Token("or" if kind == "bar" else "and", found[0], Span(start, at))
        elif kind == "quote":
            text, at = _quoted(query, start)
            yield Token("phrase", text, Span(start, at))
        elif kind == "filter":
            token = _filter(query, found[0][:-1].lower(), start, at)
            at = token.span.stop
            yield token
        else:
            yield _word(found[0], start)


def _word(word: str, start: int) -> Token:
    span = Span(start, start + len(word))
    if word in _OPERATORS:
        return Token(_OPERATORS[word], word, span)
    bare = word.rstrip("*＊")
    if bare != word and bare:
        return Token("prefix", bare, span)
    return Token("word", word, span)


def _quoted(query: str, start: int) -> tuple[str, int]:
    """What stands between the mark at *start* and its other half, and where that ends."""
    end = query.find(_QUOTES[query[start]], start + 1)
    if end < 0:
        fail("this quotation mark is not closed", start, "unclosed_quote", query[start])
    return query[start + 1 : end].strip(), end + 1


def _filter(query: str, name: str, start: int, at: int) -> Token:
    if at < len(query) and query[at] in _QUOTES:
        value, stop = _quoted(query, at)
        token = Token("filter", value, Span(start, stop), name, is_phrase=True)
    else:
        stop = _end_of(_VALUE, query, at)
        bare = query[at:stop].rstrip("*＊")
        is_prefix = bare != query[at:stop]
        token = Token("filter", bare, Span(start, stop), name, is_prefix=is_prefix)
    if not token.text:
        fail(f"{name}: has no value", token.span.stop, "no_value", name=name)
    return token


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return at if found is None else found.end()


def fail(
    message: str, position: int, problem: QueryProblem, value: str = "", *, name: str = ""
) -> NoReturn:
    """Raise the QueryError."""
    raise QueryError(message, position, problem=problem, name=name, value=value)
