"""The index on a cluster, which several processes follow one store into."""

from __future__ import annotations

import threading

from retrieval.engines import is_unfit
from retrieval.errors import IndexingError
from retrieval.follower import OnFollow, fingerprint, follow
from retrieval.index.opensearch.cluster import RemoteOptions
from retrieval.index.remote import RemoteIndex
from retrieval.store import Store


class RemoteKept:
    """A ``KeptIndex``; every method also raises ``IndexingError`` if the cluster cannot do it."""

    name = "remote"
    why = "set"
    problem = ""
    is_elsewhere = True

    def __init__(self, store: Store, options: RemoteOptions | None = None) -> None:
        self._store = store
        self._following = threading.Lock()
        self.index = RemoteIndex.open(options or RemoteOptions(), fingerprint(store))

    def is_on_disk(self) -> bool:
        """See ``KeptIndex``."""
        return False

    def follow(self, on_follow: OnFollow | None = None, *, is_waiting: bool = True) -> int:  # noqa: ARG002  # nobody need wait
        """
        See ``KeptIndex.follow``; what another process has taken in is not taken in again.

        Raises:
            IndexingError: If the index is of a later state than the store, too: a bot on a copy
                of the store must not take the index from those on the store itself.
        """
        with self._following, self.index.hold():
            if self.index.position > self._store.last_seq():
                raise IndexingError(
                    "the cluster's index is of a later state than this store; if the store was put"
                    " back from a copy, make the index anew: clipdesk index rebuild"
                )
            if is_unfit(self.index, self._store):
                return self._build(on_follow)
            return follow(self._store, self.index, on_follow)

    def rebuild(self, on_follow: OnFollow | None = None) -> int:
        """See ``KeptIndex.rebuild``; until the new index is whole, the old one is asked."""
        with self._following:
            self._build(on_follow)
        return self.index.count()

    def _build(self, on_follow: OnFollow | None) -> int:
        fresh = self.index.renewed()
        try:
            with fresh.hold():
                taken = follow(self._store, fresh, on_follow)
        except BaseException:
            fresh.discard()
            raise
        fresh.adopt()  # what it leaves where it fails, the next one clears away
        self.index = fresh
        return taken

    def size(self) -> int:
        """See ``KeptIndex.size``; with all copies, on all nodes."""
        return self.index.size()

    def close(self) -> None:
        """See ``KeptIndex.close``."""
        self.index.close()
