"""
What is made of an article before it is stored: what its text tells, passages, a sketch.

It takes as long as reading and storing together, and needs nothing but the article; so a
process of its own does it for one batch while this one stores the batch before and reads
the next.
"""

from __future__ import annotations

import logging
import pickle
import sys
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, NamedTuple, Self

from retrieval.copies import sketch_of
from retrieval.ingest.deriving import derive
from retrieval.segment import segment
from retrieval.spawning import spawn
from retrieval.store import PackedPassage, pack
from retrieval.types import Alias, Article

log = logging.getLogger(__name__)

WORTH_IT = 1_000
"""Articles; a process that starts costs as much as some hundred."""


class Prepared(NamedTuple):
    """An article with what its text tells, its passages, and the sketch its copies are found by."""

    article: Article
    passages: Sequence[PackedPassage]
    sketch: tuple[int, ...]


Prepare = Callable[[Article], Prepared]


def prepare(article: Article, langs: Collection[str] = ()) -> Prepared:
    """
    *article*, ready to be stored.

    Args:
        article: As it was read.
        langs: The languages that it is known to be in one of; () if not known.
    """
    derived = derive(article, langs)
    return Prepared(derived, [pack(one) for one in segment(derived)], sketch_of(derived))


class Preparing:
    """
    Prepares one batch at a time; a context manager, as it may start a process.

    Args:
        here: How an article is prepared in this process.
        elsewhere: Starts a process that prepares it in the same way; None for never.
    """

    def __init__(self, here: Prepare, elsewhere: Callable[[], Elsewhere] | None) -> None:
        self._here = here
        self._start = elsewhere
        self._elsewhere: Elsewhere | None = None
        self._articles: Sequence[Article] = ()
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._elsewhere is not None:
            self._elsewhere.end()

    @property
    def is_elsewhere(self) -> bool:
        """Whether a batch is prepared while this process does something else."""
        return self._elsewhere is not None

    def begin(self, articles: Sequence[Article]) -> None:
        """Take up a batch, when the one before has been collected."""
        self._articles = articles
        self._count += len(articles)
        if not articles:
            return
        try:
            if self._elsewhere is None and self._start is not None and self._count >= WORTH_IT:
                self._elsewhere = self._start()
            if self._elsewhere is not None:
                self._elsewhere.begin(articles)
        except OSError as e:
            self._give_up(e)

    def collect(self) -> list[Prepared]:
        """The batch that was begun, prepared; empty if there is none."""
        articles, self._articles = self._articles, ()
        if articles and self._elsewhere is not None:
            try:
                return self._elsewhere.collect()
            except (OSError, EOFError, pickle.UnpicklingError) as e:
                self._give_up(e)
        return [self._here(article) for article in articles]

    def _give_up(self, error: Exception) -> None:
        log.warning("articles are prepared in one process from here on: %r", error)
        elsewhere, self._elsewhere, self._start = self._elsewhere, None, None
        if elsewhere is not None:
            elsewhere.end()


class Elsewhere:
    """
    ``prepare`` in another process.

    Args:
        langs: As for ``prepare``.

    Raises:
        OSError: If it cannot be started; from all methods, like EOFError, if it died.
    """

    def __init__(self, langs: Collection[str]) -> None:
        self._process = spawn(__name__, *langs)
        self._articles: Sequence[Article] = ()

    def begin(self, articles: Sequence[Article]) -> None:
        """Hand a batch over."""
        # Plain tuples: of our own classes, each object is pickled by a call of Python's.
        told = [
            (a.text, a.title, a.lang, a.is_truncated, a.agencies, [*map(_pair, a.aliases)])
            for a in articles
        ]
        self._articles = articles
        pickle.dump(told, self._process.says, pickle.HIGHEST_PROTOCOL)
        self._process.says.flush()

    def collect(self) -> list[Prepared]:
        """Wait for the batch."""
        replies = pickle.load(self._process.hears)  # noqa: S301  # of our own process
        return [
            Prepared(
                replace(
                    article,
                    lang=lang,
                    agencies=agencies,
                    aliases=tuple(Alias(*pair) for pair in aliases),
                ),
                [PackedPassage(*passage) for passage in passages],
                sketch,
            )
            for article, (lang, agencies, aliases, passages, sketch) in zip(
                self._articles, replies, strict=True
            )
        ]

    def end(self) -> None:
        """End the process, whatever it is at: all that it has is what was handed over."""
        self._process.popen.kill()
        self._process.end()


def _pair(alias: Alias) -> tuple[str, str]:
    return alias.name, alias.alias


def work(langs: Collection[str], batches: Any, replies: Any) -> None:
    """
    What the process does, until no batch is left.

    Args:
        langs: As for ``prepare``.
        batches: A stream of what ``Elsewhere.begin`` writes.
        replies: Where to write what ``Elsewhere.collect`` reads.
    """
    while True:
        try:
            told = pickle.load(batches)  # noqa: S301  # of our own process
        except (EOFError, pickle.UnpicklingError):  # in the middle, if the parent has died
            return
        done = []
        for text, title, lang, is_truncated, agencies, aliases in told:
            article = Article(
                id="-",
                text=text,
                title=title,
                lang=lang,
                is_truncated=is_truncated,
                agencies=agencies,
                aliases=tuple(Alias(*pair) for pair in aliases),
            )
            derived, passages, sketch = prepare(article, langs)
            facts = derived.lang, derived.agencies, [*map(_pair, derived.aliases)]
            done.append((*facts, [*map(tuple, passages)], sketch))
        pickle.dump(done, replies, pickle.HIGHEST_PROTOCOL)
        replies.flush()


def main() -> None:  # pragma: no cover  # in another process
    """The process: ``work``, with its arguments and pipes."""
    with suppress(BrokenPipeError):  # the parent has died
        work(sys.argv[1:], sys.stdin.buffer, sys.stdout.buffer)
