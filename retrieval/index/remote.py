"""
The engine on a cluster: OpenSearch behind the ``Index`` protocol.

Several processes may follow one store into one index at once. A document's version is the
number of the change that it was written for, and the cluster refuses what is older, so what
comes late, twice or out of order does no harm. The position is a document beside them.

Lucene counts a deleted passage until its segment is merged, so scores may be slightly off
while many were deleted; and one without a term counts for nothing in the statistics.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any, Self

from retrieval.errors import IndexingError
from retrieval.index import Entry
from retrieval.index.bm25 import idf
from retrieval.index.opensearch import layout, wire
from retrieval.index.opensearch.cluster import (
    CLIENT_GRACE_S,
    RED,
    Cluster,
    RemoteOptions,
    is_passing,
    refusal,
)
from retrieval.index.opensearch.stats import Statistics
from retrieval.index.opensearch.writing import Operation, versioned, write
from retrieval.index.partial import note_partial
from retrieval.types import Filters, Hit

log = logging.getLogger(__name__)

_BULK = 500  # documents a request, about half a megabyte
_PAGE = 10_000  # hits a request: what an index allows unless it is set otherwise
_MOST_TERMS = 1000  # of a query: Lucene refuses more than 1,024

# Seconds between tries to read the position: a node may learn a little late of a new index.
_READ_WAITS_S = (0.1, 0.3, 0.6)

# Seconds between tries to search what lacks a shard, and for how long it is then taken as it is.
_SEARCH_WAITS_S = (0.1, 0.3, 0.6, 1.0)
_LACKING_S = 30.0

# Before an index that was replaced is deleted: searches that began in it end.
_GRACE_S = 2.0


class RemoteIndex:
    """
    Passages in an OpenSearch cluster; see ``Index`` for the contract.

    Safe to use from several threads, and from several processes. Every method raises
    ``IndexingError`` if the cluster cannot do its part; it says what to do. A search that
    a part of the index did not answer gives what the rest has, and ``note_partial`` is told.
    """

    def __init__(
        self,
        cluster: Cluster,
        alias: str,
        *,
        filling: str = "",
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        An index that ``open`` or ``renewed`` completes.

        Args:
            cluster: Where it is.
            alias: Under which name, see ``layout``.
            filling: The index that is filled beside the one behind *alias*; "" for that one.
            sleep: Waits so many seconds.
            clock: Tells seconds.
        """
        self._cluster = cluster
        self._alias = alias
        self._sleep = sleep
        self._clock = clock
        self._lacking_until = clock()
        self._stats = Statistics(clock)
        self._reads = filling or alias
        self._index = filling  # or what is behind the alias: `_find` sets it
        self._position = 0
        self._is_held = False
        self._is_written = False  # and not yet found
        # One copy of each shard for each process: copies differ in what they have merged
        self._preference = uuid.uuid4().hex

    @classmethod
    def open(
        cls, options: RemoteOptions, fingerprint: str, sleep: Callable[[float], None] = time.sleep
    ) -> Self:
        """
        The index of what *fingerprint* names; made, empty, if there is none.

        One that has lost shards can be asked; its position is not known then, and 0.

        Raises:
            IndexingError: If the cluster cannot be used.
        """
        index = cls(Cluster(options), layout.alias_of(options, fingerprint), sleep=sleep)
        try:
            index._find()  # our own
            try:
                index._read_position()  # our own
            except IndexingError as e:
                log.warning("the index can be asked, and not followed: %s", e)
        except BaseException:
            index.close()
            raise
        return index

    def close(self) -> None:
        """Close the connections; closing twice does nothing."""
        self._cluster.close()

    @property
    def name(self) -> str:
        """The index behind the alias."""
        return self._index

    @property
    def position(self) -> int:
        """See ``Index``; as it was when it was last set or the index was held."""
        return self._position

    @position.setter
    def position(self, seq: int) -> None:
        # One that another process has moved further stays there
        self._write([versioned("index", layout.STATE_ID, seq, {"position": seq})])
        self._position = seq

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Around following: finds out how far others have come, and shows what was written."""
        if self._reads == self._alias:  # not while it is filled beside the one in use
            self._find()
            self._read_position()
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
            self._show()

    def _find(self) -> None:
        """Which index the alias means now."""
        indices = self._cluster.client.indices
        with self._cluster.explained():
            found = indices.get_alias(name=self._alias, ignore=404)
            if "error" in found:
                self._create(1, {self._alias: {}})
                found = indices.get_alias(name=self._alias)
        self._index = max(found)

    def _read_position(self) -> None:
        """How far the index has come."""
        from opensearchpy.exceptions import TransportError  # noqa: PLC0415  # imported on use

        waits = iter(_READ_WAITS_S)
        state = None
        with self._cluster.explained():
            self._wait_for_primaries(self._index)
            while state is None:
                try:
                    state = self._cluster.client.get(
                        index=self._index, id=layout.STATE_ID, stored_fields="position", ignore=404
                    )
                except TransportError as e:
                    wait_s = next(waits, None)
                    if wait_s is None or not is_passing(e.status_code):
                        raise
                    self._sleep(wait_s)
        self._position = state["fields"]["position"][0] if state.get("found") else 0

    def _wait_for_primaries(self, index: str) -> None:
        """Until every shard can be written; a new index takes a moment."""
        timeout_s = self._cluster.options.timeout_s
        answer = self._cluster.client.cluster.health(
            index=index,
            params={
                "wait_for_status": "yellow",
                "timeout": wire.duration(timeout_s),
                "request_timeout": timeout_s + CLIENT_GRACE_S,
                "ignore": 408,
            },
        )
        if answer["timed_out"]:
            raise IndexingError(f"{RED}: {self._cluster.options.place}")

    def _create(self, number: int, aliases: dict[str, Any]) -> str:
        """Make the *number*-th index, if another process has not."""
        client, options = self._cluster.client, self._cluster.options
        client.indices.put_index_template(
            name=options.name, body=layout.template(options, self._cluster.major)
        )
        index = layout.numbered(self._alias, number)
        body = {"aliases": {layout.writing_alias(index): {}, **aliases}}
        answer = client.indices.create(index=index, body=body, ignore=400)
        if "error" in answer and answer["error"]["type"] != "resource_already_exists_exception":
            raise IndexingError(f"the cluster makes no index ({answer['error']['reason']})")
        return index

    def update(self, add: Iterable[Entry], remove: Collection[int], revision: int = 0) -> None:
        """See ``Index.update``; what was written with a later *revision* stays as it is."""
        operations = chain(
            (versioned("delete", str(passage_id), revision) for passage_id in remove),
            (
                versioned("index", str(entry.passage_id), revision, wire.document(entry))
                for entry in add
            ),
        )
        # The next ones are analysed while the cluster writes; in order, as the last one counts
        with ThreadPoolExecutor(1) as sender:
            underway: Future[None] | None = None
            while operations_now := list(islice(operations, _BULK)):
                before, underway = underway, sender.submit(self._write, operations_now)
                if before is not None:
                    before.result()
            if underway is not None:
                underway.result()

    def _write(self, operations: Sequence[Operation]) -> None:
        self._is_written = True
        write(self._cluster, self._index, operations, self._sleep)

    def _show(self) -> None:
        """Let searches find what this process has written."""
        if self._is_written and not self._is_held:
            self._is_written = False
            with self._cluster.explained():
                self._cluster.client.indices.refresh(index=self._index, ignore=404)
            self._stats.forget()

    def search(self, terms: Sequence[str], filters: Filters, k: int) -> list[Hit]:
        """See ``Index.search``."""
        wanted = list(dict.fromkeys(terms))
        if not wanted:
            return []
        if len(wanted) > _MOST_TERMS:  # a page of text for a question: its rarest words
            counts = self._count(wanted)
            wanted = sorted(filter(counts.get, wanted), key=counts.__getitem__)[:_MOST_TERMS]
            if not wanted:
                return []
        hits: list[Hit] = []
        while len(hits) < k:
            size = min(k - len(hits), _PAGE)
            after = (hits[-1].score, hits[-1].passage_id) if hits else ()
            timeout_s = self._cluster.options.timeout_s
            body = wire.search_body(wanted, filters, size, timeout_s, after)
            # Who searches asks for idfs next: counted here, they cost no request of their own
            page = wire.hits_in(self._ask(body, count=self._stats.unknown(wanted)), len(hits) + 1)
            hits += page
            if len(page) < size:
                break
        return hits

    def _ask(self, body: dict[str, Any], count: Sequence[str] = ()) -> dict[str, Any]:
        """The answer to a search; in the same request the passages of terms are counted."""
        self._show()
        first, *counted = self._answers([body, *map(wire.count_body, count)])
        self._learn(count, counted)
        return first

    def _count(self, terms: Sequence[str]) -> dict[str, int]:
        """How many passages hold each term."""
        self._show()
        return self._learn(terms, self._answers([*map(wire.count_body, terms)]))

    def _learn(self, terms: Sequence[str], answers: Sequence[dict[str, Any]]) -> dict[str, int]:
        counts = {
            term: int(answer["hits"]["total"]["value"])
            for term, answer in zip(terms, answers, strict=True)
        }
        if not any(map(wire.is_partial, answers)):
            self._stats.learn(counts)
        return counts

    def _answers(self, bodies: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The answers to several searches, in one request."""
        header = {
            "index": self._reads,
            "preference": self._preference,
            # Each shard counts for itself otherwise, and a word may be rare in one of them only;
            # of a single shard the cluster knows that it need not ask
            "search_type": "dfs_query_then_fetch",
        }
        lines = [line for body in bodies for line in (header, body)]
        # Just after a node was lost its shards are asked in vain; then the copies are known
        waits = iter(_SEARCH_WAITS_S if self._clock() >= self._lacking_until else ())
        while True:
            answers = self._try(lines)
            wait_s = next(waits, None)
            if wait_s is None or not any(map(wire.is_lacking, answers)):
                break
            self._sleep(wait_s)
        for answer in answers:
            if "error" in answer:
                why = refusal([answer["status"]], answer["error"])
                raise IndexingError(f"{why}: {self._cluster.options.place}")
            if wire.is_partial(answer):
                self._lacking_until = self._clock() + _LACKING_S
                note_partial()
        return answers

    def _try(self, lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        from opensearchpy.exceptions import TransportError  # noqa: PLC0415  # imported on use

        with self._cluster.explained():
            try:
                answers: list[dict[str, Any]] = self._cluster.client.msearch(body=lines)[
                    "responses"
                ]
            except TransportError as e:
                if not is_passing(e.status_code):
                    raise
                return [{"status": e.status_code, "error": e.info}]
        return answers

    def idf(self, term: str) -> float:
        """See ``Index.idf``."""
        frequency = self._stats.frequency(term)
        if frequency is None or self._is_written:
            frequency = self._count([term])[term]
        total = self.count()
        return idf(min(frequency, total), total)  # counted at different moments

    def langs(self) -> dict[str | None, int]:
        """See ``Index.langs``."""
        self._show()
        known = self._stats.langs
        if known is None:
            (answer,) = self._answers([wire.LANGS_BODY])
            known = wire.langs_in(answer)
            if not wire.is_partial(answer):
                self._stats.langs = known
        return dict(known)

    def count(self) -> int:
        """See ``Index.count``."""
        return sum(self.langs().values())

    def size(self) -> int:
        """Bytes on all nodes."""
        with self._cluster.explained():
            stats = self._cluster.client.indices.stats(index=self._reads, metric="store")
        return int(stats["_all"]["total"]["store"]["size_in_bytes"])

    def renewed(self) -> Self:
        """
        An empty index beside this one, to be filled and then put in its place by ``adopt``.

        Until then this one is searched, and followed, as before.
        """
        with self._cluster.explained():
            others = self._cluster.client.indices.get(index=f"{self._alias}-*")
            number = 1 + max(map(layout.number_of, [*others, self._index]))
            index = self._create(number, {})
            self._wait_for_primaries(index)
        return type(self)(
            self._cluster, self._alias, filling=index, sleep=self._sleep, clock=self._clock
        )

    def adopt(self) -> None:
        """Put an index that ``renewed`` gave in the place of all others of its alias."""
        indices = self._cluster.client.indices
        self._show()
        with self._cluster.explained():
            others = [name for name in indices.get(index=f"{self._alias}-*") if name != self._index]
            away = [
                {"remove": {"index": name, "alias": self._alias, "must_exist": False}}
                for name in others
            ]
            here = {"add": {"index": self._index, "alias": self._alias}}
            indices.update_aliases(body={"actions": [*away, here]})
            self._reads = self._alias
            self._sleep(_GRACE_S)
            if others:
                indices.delete(index=",".join(others), ignore=404)

    def discard(self) -> None:
        """Delete an index that ``renewed`` gave and that will not be adopted."""
        with self._cluster.explained():
            self._cluster.client.indices.delete(index=self._index, ignore=404)
