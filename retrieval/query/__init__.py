"""
The query language: filters apart from the words of a question, and standing queries.

``questions.py`` reads what is asked once, ``standing.py`` what is to be matched against
every new article; both know the same filters. ``tree.py`` is what a standing query is.
"""

from retrieval.query.questions import (
    DATE_FORMS,
    Narrowed,
    ParsedQuestion,
    make_filters,
    parse_question,
    read_period,
)
from retrieval.query.standing import parse_standing
from retrieval.query.tree import (
    AllOf,
    AnyOf,
    Node,
    NoneOf,
    Prefix,
    StandingQuery,
    Topic,
    Where,
    Words,
)

__all__ = [
    "DATE_FORMS",
    "AllOf",
    "AnyOf",
    "Narrowed",
    "Node",
    "NoneOf",
    "ParsedQuestion",
    "Prefix",
    "StandingQuery",
    "Topic",
    "Where",
    "Words",
    "make_filters",
    "parse_question",
    "parse_standing",
    "read_period",
]
