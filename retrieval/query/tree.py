"""
What a standing query is: a tree of what an article must hold, or a topic that it is about.

Nothing here knows terms or languages: which words of an article are those of a query is
decided with the article's language, in ``retrieval.percolator``.
"""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.types import Filters, Span


@dataclass(frozen=True, slots=True)
class Words:
    """
    Words that stand in a row, in any inflection; one word is the common case.

    Attributes:
        text: As they were written.
        span: Where, in the query.
        in_title: Whether they must stand in the title.
        is_phrase: Whether they were put in quotation marks.
    """

    text: str
    span: Span
    in_title: bool = False
    is_phrase: bool = False


@dataclass(frozen=True, slots=True)
class Prefix:
    """A word that begins so; otherwise as ``Words``."""

    text: str
    span: Span
    in_title: bool = False


@dataclass(frozen=True, slots=True)
class Where:
    """What the article's source, date or language must be."""

    filters: Filters


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of these hold; there are at least two."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of these holds; there are at least two."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class NoneOf:
    """What must not hold."""

    node: Node


Node = Words | Prefix | Where | AllOf | AnyOf | NoneOf


@dataclass(frozen=True, slots=True)
class Topic:
    """
    An article that is about this: it holds most of the weight of the words.

    Attributes:
        text: The topic or question, without what only says that one wants to be told.
        filters: What the article must satisfy besides.
    """

    text: str
    filters: Filters = Filters()  # noqa: RUF009  # frozen


@dataclass(frozen=True, slots=True)
class StandingQuery:
    """
    A query to be matched against every new article.

    Attributes:
        text: As it was written; parsing it again gives the same, but for relative dates.
        matcher: What is looked for.
    """

    text: str
    matcher: Node | Topic

    @property
    def is_topic(self) -> bool:
        """Whether nearness decides, and not each word."""
        return isinstance(self.matcher, Topic)
