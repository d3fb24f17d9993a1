"""
The library's face: a folder with a store and an index, that takes articles and answers.

::

    from retrieval import Desk

    with Desk.open("my-desk") as desk:
        desk.add(["articles/"])
        answer = desk.ask("When did the bridge reopen?")
        print(answer)
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Self

from retrieval.answering import Answerer
from retrieval.answering.copied import Copies
from retrieval.engines import INDEX_FOLDER, Engine, KeptIndex, open_index
from retrieval.engines.beside import WORTH_IT, Beside
from retrieval.errors import IndexingError
from retrieval.follower import OnFollow
from retrieval.index import Index
from retrieval.index.partial import noting_partial
from retrieval.index.snapshot import Group, host_of
from retrieval.ingest import IngestReport, OnProgress, ingest
from retrieval.language.foreign import is_foreign
from retrieval.language.scripts import base_language
from retrieval.retriever import Retriever
from retrieval.segment import paragraphs
from retrieval.store import Listed, SourceSummary, Store
from retrieval.types import Answer, Article, Context, Filters, NoAnswer, Quote, Reason, Span

if TYPE_CHECKING:
    from retrieval.index.opensearch.cluster import RemoteOptions
    from retrieval.sources.fetch import FetchPolicy

log = logging.getLogger(__name__)

STORE_FILE = "clipdesk.db"

DEFAULT_K = 10
DEFAULT_QUOTES = 3
ANSWERING_K = 10  # passages read for quotes; the measured gain ends here
_MAIN_SHARE = 0.5  # of the passages: a language of less is a minority's


class Desk:
    """
    A corpus that can be asked; ``open`` it, use it as a context manager.

    Safe to ask from several threads. What another process ingests is found after
    the next ``follow``.
    """

    def __init__(self, folder: Path, store: Store, kept: KeptIndex) -> None:
        self.folder = folder
        self.store = store
        self._kept = kept
        self._answerer = Answerer()
        self._repairing = threading.Lock()

    @classmethod
    def open(
        cls,
        folder: str | Path,
        *,
        engine: Engine = "auto",
        remote: RemoteOptions | None = None,
        on_follow: OnFollow | None = None,
        must_exist: bool = False,
    ) -> Self:
        """
        Open the desk in *folder*, made if it is missing, and bring its index up to date.

        Args:
            folder: Where the store and the index live.
            engine: Which keeps the index; ``auto`` chooses by the size of the corpus.
            remote: For the engine ``remote``, where its cluster is.
            on_follow: Told how far the index is, when there is something to index.
            must_exist: Refuse to make a new store.

        Raises:
            StoreError: If the store cannot be used.
            IndexingError: If an index on disk is missing and cannot be written, or a cluster
                cannot be used at all. One that takes no changes now can be asked.
        """
        folder = Path(folder).expanduser()
        store = Store.open(folder / STORE_FILE, must_exist=must_exist)
        kept: KeptIndex | None = None
        try:
            kept = open_index(folder, store, engine, remote)
            desk = cls(folder, store, kept)
            try:
                desk.follow(on_follow)
            except IndexingError as e:
                if not kept.is_elsewhere:
                    raise
                log.warning("the index is not brought up to date now: %s", e)
        except BaseException:
            if kept is not None:
                kept.close()
            store.close()
            raise
        return desk

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the store and the index; closing twice does nothing."""
        self._kept.close()
        self.store.close()

    def add(
        self,
        locations: Sequence[str | Path],
        *,
        langs: Collection[str] = (),
        fetch_policy: FetchPolicy | None = None,
        is_backfill: bool = False,
        on_progress: OnProgress | None = None,
        on_follow: OnFollow | None = None,
    ) -> IngestReport:
        """
        Take in articles from files, folders and the web, and index what is new or changed.

        Repeating it changes nothing. A file or record that cannot be read is an
        error in the report, and the rest goes on.

        Args:
            locations: Files, folders, web addresses, or ``"-"`` for standard input.
            langs: The languages that the corpus is known to be in; () if not known.
            fetch_policy: How far the fetch of a web address may go, see ``sources.fetch``.
            is_backfill: It can be asked for, and is no news, see ``store.Change``.
            on_progress: Told of progress, see ``ingest``.
            on_follow: Told how far the index is.

        Raises:
            StoreError: If the store cannot be written.
        """
        with Beside(self.folder / INDEX_FOLDER, self.store) as beside:

            def on_saved() -> None:
                if beside.may_begin and self._lag() >= WORTH_IT and self._kept.is_on_disk():
                    beside.begin()

            try:
                return ingest(
                    self.store,
                    [str(x) for x in locations],
                    langs=langs,
                    fetch_policy=fetch_policy,
                    is_backfill=is_backfill,
                    on_progress=on_progress,
                    on_saved=on_saved,
                )
            finally:  # what was stored before Ctrl-C is found as well
                beside.finish(on_follow)
                self.follow(on_follow)

    def follow(self, on_follow: OnFollow | None = None, *, is_waiting: bool = True) -> int:
        """
        Bring the index up to the store; gives the number of changes taken in.

        Questions that are asked meanwhile are answered from what was there before.

        Args:
            on_follow: Told how far it is.
            is_waiting: For another process that is writing the same index; otherwise the
                rest is left to that one.
        """
        self.store.sketch_older()
        return self._kept.follow(on_follow, is_waiting=is_waiting)

    def is_behind(self) -> bool:
        """Whether the store holds changes that the index has not taken in."""
        return self._lag() > 0

    def _lag(self) -> int:
        """How many changes the index has not taken in; all, where there is none to ask."""
        try:
            position = self.index.position
        except IndexingError:
            position = 0
        return self.store.last_seq() - position

    def rebuild(self, on_follow: OnFollow | None = None) -> int:
        """
        Make the index anew from the store; gives the number of passages.

        Raises:
            IndexingError: If it cannot be written, or another process is writing it.
        """
        return self._kept.rebuild(on_follow)

    @property
    def index(self) -> Index:
        """What is asked now; after a ``follow`` or a ``rebuild`` it may be another one."""
        return self._kept.index

    @property
    def engine(self) -> str:
        """The name of the engine that answers: ``auto`` chooses one."""
        return self._kept.name

    @property
    def why_engine(self) -> str:
        """Why it is that one, in words."""
        return self._kept.why

    def index_bytes(self) -> int:
        """What the index takes on disk."""
        return self._kept.size()

    @property
    def _retriever(self) -> Retriever:
        return Retriever(self.store, self.index)

    def ask(
        self,
        question: str,
        *,
        filters: Filters = Filters(),  # noqa: B008  # frozen
        k: int = DEFAULT_K,
        quotes: int = DEFAULT_QUOTES,
        lang: str | None = None,
    ) -> Answer | NoAnswer:
        """
        Verbatim quotes that answer, or the nearest ones and why they do not.

        What is plainly in another language than the question does not answer it, unless
        *filters* name languages.

        Args:
            question: In any language; only its words count.
            filters: What the quoted articles must satisfy.
            k: How many passages to rank. The first ``ANSWERING_K`` are read for quotes, at
                any k; later ones only if more quotes are wanted than those hold.
            quotes: The most quotes to give.
            lang: The question's language, where it is known.
        """
        with noting_partial() as notes:
            reply = self._ask_whole(question, filters, k, quotes, lang)
        return replace(reply, is_partial=True) if notes else reply

    def _ask_whole(
        self, question: str, filters: Filters, k: int, quotes: int, lang: str | None
    ) -> Answer | NoAnswer:
        index = self.index
        try:
            return self._ask(question, filters, k, quotes, lang)
        except IndexingError as e:
            if self._kept.is_elsewhere:
                raise
            log.warning("the index is made anew: %s", e)
            with self._repairing:
                if self.index is index:  # or another thread has made it anew
                    self.rebuild()
            return self._ask(question, filters, k, quotes, lang)

    def _ask(
        self, question: str, filters: Filters, k: int, quotes: int, lang: str | None
    ) -> Answer | NoAnswer:
        terms = self._retriever.query_terms(question, lang)
        reply = self._answer(question, terms, filters, k, quotes)
        if reply is None:
            return NoAnswer(question, self._why_nothing(terms, filters))
        if filters.langs or (foreign := _foreign_quote(reply)) is None:
            return reply
        own = self._ask_elsewhere(reply, foreign, terms, filters, k, quotes)
        if isinstance(own, Answer) or (own is not None and isinstance(reply, NoAnswer)):
            return own
        return NoAnswer(
            question, "other_language", _quotes(reply), reply.confidence, reply.contexts
        )

    def _answer(
        self, question: str, terms: list[str], filters: Filters, k: int, quotes: int
    ) -> Answer | NoAnswer | None:
        """None where nothing shares a word with the question."""
        contexts = self._retriever.retrieve(terms, filters, max(k, ANSWERING_K))
        if not contexts:
            return None
        copies = Copies(self.store, contexts)
        readable = copies.without(contexts)
        if len(readable) < len(contexts):  # what copies crowded out is read in their place
            further = self._retriever.retrieve(terms, filters, 2 * len(contexts))
            copies = Copies(self.store, further)
            readable = copies.without(further)[: len(contexts)]
        read, rest = readable[:ANSWERING_K], readable[ANSWERING_K:k]
        strict = self._is_minority(contexts)
        reply = self._answerer.answer(question, read, self.index, quotes=quotes, strict=strict)
        best = _quotes(reply)
        if best and rest and len(best) < quotes:
            # Asked for more than the best passages hold; which ones answer is decided by those
            added = self._answerer.answer(question, rest, self.index, quotes=quotes - len(best))
            best = (*best, *(quote for quote in _quotes(added) if not quote.repeats(best)))
        best = tuple(copies.also_in(quote, filters) for quote in best)
        kept = tuple(contexts[:k])
        if isinstance(reply, Answer):
            return replace(reply, quotes=best, contexts=kept)
        return replace(reply, nearest=best, contexts=kept)

    def _is_minority(self, contexts: Sequence[Context]) -> bool:
        """
        Whether most passages are in other languages than the best of *contexts*.

        Then what its article lacks is more likely told in another language, or not at all,
        than told in other words.
        """
        sizes: Counter[str | None] = Counter()
        for lang, size in self.index.langs().items():
            sizes[base_language(lang)] += size
        own = sum(sizes[base_language(best.article.lang)] for best in contexts[:1])
        return own < _MAIN_SHARE * sizes.total()

    def _ask_elsewhere(
        self,
        reply: Answer | NoAnswer,
        foreign: Quote,
        terms: list[str],
        filters: Filters,
        k: int,
        quotes: int,
    ) -> Answer | NoAnswer | None:
        """The reply from articles in the question's own language; None if they have no quote."""
        other = base_language(foreign.article.lang)
        bases = map(base_language, self._retriever.question_langs(reply.question))
        langs = tuple(base for base in bases if base is not None and base != other)
        if not langs:
            return None
        within = replace(filters, langs=langs)
        own = self._answer(reply.question, terms, within, k, quotes)
        if own is None or not _quotes(own) or _foreign_quote(own) is not None:
            return None
        return own

    def _why_nothing(self, terms: list[str], filters: Filters) -> Reason:
        if not self.index.count():
            return "empty_corpus"
        if not terms:
            return "no_terms"
        if filters and self._retriever.retrieve(terms, Filters(), 1):
            return "filters"
        return "no_match"

    def sources(self) -> list[SourceSummary]:
        """The outlets of the corpus, the largest first."""
        return self.store.sources()

    def latest(
        self,
        topic: str | None = None,
        *,
        filters: Filters = Filters(),  # noqa: B008  # frozen
        k: int = DEFAULT_K,
    ) -> list[Article]:
        """
        The newest *k* articles by date; behind them those without one, the last that came first.

        Args:
            topic: What they must be about, see ``Retriever.about``; a topic without a word
                has no articles. None for any.
            filters: What they must satisfy.
            k: At most so many.
        """
        if topic is not None:
            ids = self.store.latest_of(self._retriever.about(topic, filters), k)
        else:
            newest = self.store.iter_latest(filters.after, filters.before)
            ids = [row.id for row in islice((r for r in newest if _is_wanted(r, filters)), k)]
        articles = self.store.get_many(ids)
        return [articles[article_id] for article_id in ids if article_id in articles]

    def article(self, article_id: str, version: int | None = None) -> Article:
        """
        An article, its current version unless another is asked for.

        Raises:
            NoSuchArticle: If the store does not hold it.
        """
        if version is None:
            return self.store.get(article_id)
        return self.store.get_version(article_id, version)

    def around(self, quote: Quote, neighbours: int = 1) -> list[Span]:
        """
        The paragraphs that a quote stands in and *neighbours* before and after,
        as spans into the article's text.
        """
        spans = paragraphs(quote.article.text)
        inside = [n for n, span in enumerate(spans) if span.overlaps(quote.span)]
        return spans[max(inside[0] - neighbours, 0) : inside[-1] + neighbours + 1]


def _is_wanted(row: Listed, filters: Filters) -> bool:
    """Whether an article satisfies *filters* but for the dates."""
    group = Group(row.source, host_of(row.url), row.lang)
    return group.satisfies(filters) and (not filters.articles or row.id in filters.articles)


def _quotes(reply: Answer | NoAnswer) -> tuple[Quote, ...]:
    return reply.quotes if isinstance(reply, Answer) else reply.nearest


def _foreign_quote(reply: Answer | NoAnswer) -> Quote | None:
    """The first quote, if it is in another language than the question."""
    for first in _quotes(reply)[:1]:
        if is_foreign(reply.question, first.text, first.article.lang):
            return first
    return None
