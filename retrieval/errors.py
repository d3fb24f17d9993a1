"""
Every error that the library raises on purpose.

::

    RetrievalError
    ├── SourceError      a location cannot be read; the rest of the input goes on
    │   └── FetchError   the web said no, or could not be reached; later it may be had
    ├── StoreError       the store's file cannot be used
    ├── IndexingError    an index cannot be opened or updated; it can be rebuilt
    ├── FeedError        no such feed, or one that cannot be added as wished
    ├── QueryError       the question's filters do not parse; points at the character
    └── NoSuchArticle    an id or version that the store does not hold
        └── ArticleExpired   what has expired cannot be restored

A class stands here only because a caller acts on it differently. Bugs are not
wrapped: they pass through as what they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

QueryProblem = Literal[
    # of a filter
    "no_value",
    "no_date",
    "no_lang",
    # of a standing query
    "no_word",
    "only_stop_words",
    "only_not",
    "no_operand",
    "unclosed_quote",
    "unclosed_bracket",
    "stray_bracket",
    "empty_brackets",
    "short_prefix",
    "too_long",
]


class RetrievalError(Exception):
    """
    Root of the tree; catching it catches all that a user can cause or cure.

    Errors travel between processes whatever their constructors ask for.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.args, self.__dict__)


def _restored(
    kind: type[RetrievalError], args: tuple[Any, ...], attributes: Mapping[str, Any]
) -> RetrievalError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(attributes)
    return error


class SourceError(RetrievalError):
    """
    A location, or a place inside one, could not be read.

    Attributes:
        location: Where, as the user would write it: a path, ``path:line``.
        message: What is wrong, lower case, without the location.
    """

    def __init__(self, location: str, message: str) -> None:
        super().__init__(f"{message}: {location!r}")
        self.location = location
        self.message = message


class FetchError(SourceError):
    """
    The web said no, or could not be reached.

    Attributes:
        status: Of the answer, where it is what is wrong: 404, 410; None where nothing or
            nothing whole came.
        retry_after: How long not to ask again, at most a day: what the site said with a
            429 or 503, or until its robots.txt is asked for anew. None where nothing is known.
    """

    def __init__(
        self,
        location: str,
        message: str,
        *,
        status: int | None = None,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(location, message)
        self.status = status
        self.retry_after = retry_after


class StoreError(RetrievalError):
    """
    The store's file is missing, damaged, locked or of a newer version.

    Attributes:
        is_passing: The same may go well later: another process is writing, or the disk is
            full. Otherwise somebody has to put the file right.
    """

    def __init__(self, message: str, *, is_passing: bool = False) -> None:
        super().__init__(message)
        self.is_passing = is_passing


class IndexingError(RetrievalError):
    """An index cannot be used; the store can rebuild it."""


class FeedError(RetrievalError):
    """
    There is no such feed, several may be meant, or one cannot be added as wished.

    Attributes:
        wanted: What was asked for: a number, a name or an address.
        message: What is wrong with it, lower case.
    """

    def __init__(self, message: str, wanted: str) -> None:
        super().__init__(f"{message}: {wanted!r}")
        self.message = message
        self.wanted = wanted


class QueryError(RetrievalError):
    """
    A filter in a question, or a standing query, does not parse.

    The message is English; ``problem``, ``name`` and ``value`` are what a caller needs to
    say the same in another language.

    Attributes:
        position: Where in the query, in code points.
        problem: What is wrong.
        name: Of the filter: ``after``; empty where it is none.
        value: What is wrong, as it was written; for ``too_long``, the limit.
    """

    def __init__(
        self, message: str, position: int, *, problem: QueryProblem, name: str, value: str
    ) -> None:
        super().__init__(message)
        self.position = position
        self.problem = problem
        self.name = name
        self.value = value


class NoSuchArticle(RetrievalError):
    """The store holds no article, or no version of it, under this id."""

    def __init__(self, article_id: str, version: int | None = None) -> None:
        wanted = repr(article_id) if version is None else f"{article_id!r} version {version}"
        super().__init__(f"no such article: {wanted}")
        self.article_id = article_id
        self.version = version


class ArticleExpired(NoSuchArticle):
    """The store held the article until it grew too old, or one too many of its source."""

    def __init__(self, article_id: str) -> None:
        super().__init__(article_id)
        self.args = (f"article has expired and cannot be restored: {article_id!r}",)
