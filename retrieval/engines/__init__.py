"""
The index of a store, kept by the engine that was asked for.

``memory.py`` and ``disk.py`` each keep one in a folder; ``auto.py`` chooses by the size of
the corpus and moves from the one to the other; ``remote.py`` has it kept by a cluster. All of
them follow the store's change feed (``retrieval.follower``), on disk also in a process of its
own while much is taken in (``beside.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from retrieval.follower import OnFollow
from retrieval.index import Index
from retrieval.store import Store

if TYPE_CHECKING:
    from retrieval.index.opensearch.cluster import RemoteOptions

Engine = Literal["auto", "memory", "disk", "remote"]

INDEX_FOLDER = "index"


class KeptIndex(Protocol):
    """
    An index that is kept in step with a store.

    Any method but ``close`` raises ``StoreError`` if the store cannot be read.

    Attributes:
        name: Of the engine at work.
        why: It is this one, in words.
        index: To be asked; another object after a rebuild, or after a move.
        problem: Why it could not be opened as it was left, in words; "" if it could.
        is_elsewhere: Others run what keeps it: it may be asked when it cannot be written, and
            trouble is theirs to end, not ours by making it anew.
    """

    @property
    def name(self) -> str: ...

    @property
    def why(self) -> str: ...

    @property
    def problem(self) -> str: ...

    @property
    def is_elsewhere(self) -> bool: ...

    @property
    def index(self) -> Index: ...

    def is_on_disk(self) -> bool:
        """Whether ``beside.py``'s process can do what ``follow`` would."""
        ...

    def follow(self, on_follow: OnFollow | None = None, *, is_waiting: bool = True) -> int:
        """
        Take in what the store has and the index has not; gives how many changes.

        Questions that are asked meanwhile are answered from what was there before.

        Args:
            on_follow: Told how far it is.
            is_waiting: For another process that is writing the index; otherwise the rest
                is left to that one, where there is an index to ask already.
        """
        ...

    def rebuild(self, on_follow: OnFollow | None = None) -> int:
        """
        Make the index anew from the store; gives the number of passages.

        Raises:
            IndexingError: If it cannot be written, or another process is writing it.
        """
        ...

    def size(self) -> int:
        """Bytes on disk."""
        ...

    def close(self) -> None:
        """Let go of what other processes may want; safe to repeat."""
        ...


def open_index(
    folder: Path, store: Store, engine: Engine, remote: RemoteOptions | None = None
) -> KeptIndex:
    """
    The index of *store* in the desk's *folder*, as it was left: it may have to follow.

    Args:
        folder: Of the desk.
        store: Whose passages are in it.
        engine: Which one keeps it.
        remote: For the engine ``remote``, where its cluster is; None for a cluster at home.

    Raises:
        IndexingError: If a cluster cannot be used.
    """
    if engine == "remote":
        from retrieval.engines.remote import RemoteKept  # noqa: PLC0415  # imported on use

        return RemoteKept(store, remote)
    # imported on use: each imports what only it needs
    from retrieval.engines.auto import AutoKept  # noqa: PLC0415
    from retrieval.engines.disk import DiskKept  # noqa: PLC0415
    from retrieval.engines.memory import MemoryKept  # noqa: PLC0415

    local: dict[Engine, Callable[[Path, Store], KeptIndex]] = {
        "auto": AutoKept,
        "memory": MemoryKept,
        "disk": DiskKept,
    }
    return local[engine](folder / INDEX_FOLDER, store)


def is_unfit(index: Index, store: Store) -> bool:
    """
    Whether following cannot bring *index* up to *store*: it is of a later state, as the
    store was put back from a copy, or what it has yet to take in is in the feed no more.
    """
    return index.position > store.last_seq() or 0 < index.position < store.last_trimmed()
