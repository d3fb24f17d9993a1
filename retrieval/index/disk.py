"""
The engine on disk: tantivy behind the ``Index`` protocol, in one folder.

tantivy is given our terms, joined by spaces, and scores them as the engine in memory does;
what filters look at are numbers beside them. In the folder stand tantivy's files and ours:
how far the index has come, and the groups of passages by number. Nothing here is the
truth: what is damaged, or made from something else, is refused, and the store rebuilds it.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from retrieval.errors import IndexingError
from retrieval.index import Entry
from retrieval.index.bm25 import idf
from retrieval.index.disk_view import View, lang_numbers, make_schema
from retrieval.index.snapshot import Group, article_key, microseconds
from retrieval.index.tokens import joined, token
from retrieval.types import Filters, Hit

if TYPE_CHECKING:
    import tantivy

_POSITION_FILE = "clipdesk-position.json"
_GROUPS_FILE = "clipdesk-groups.json"

_HEAP_BYTES = (
    64_000_000  # tantivy writes a segment when they are full; a build was no faster with 256 MB
)
_HELD_PASSAGES = 50_000  # are committed together inside of `hold`: half a minute's work

# The sum of a score's parts depends on their order, which is tantivy's own, in its last
# bits: scores this close, relatively, are the same, and go by passage id.
_SAME_SCORE = 1e-6
# So many more than asked for, as equal scores may go on behind the last; the next number
# if they do, unless each look costs too much: stop words alone, that stand in so many
# passages, have thousands of equal scores, and ten of them are as good as ten others.
_SPARES = (6, 60, 1_000)
_COSTLY = 1_000_000


class BusyIndex(IndexingError):
    """Another process, or another index in this one, is writing to the folder."""


class DiskIndex:
    """
    Passages on disk; see ``Index`` for the contract.

    Safe to search from several threads and processes. One of them writes: an update raises
    ``BusyIndex`` while another does. What others wrote is seen after ``refresh``.

    Attributes:
        is_compared: Its owner has found that it holds what it should. Whoever writes next
            knows of it by ``release`` or ``remember``, unless a writer died since.
        is_remembered: It said so on disk when we last looked.

    The statistics behind a score count passages that were taken out until tantivy merges
    their segment, as Lucene's do. Of more than a thousand passages with the same score, and
    of words that stand in a million, the first by id may not be among the best.
    """

    def __init__(self, folder: Path, fingerprint: str, index: tantivy.Index) -> None:
        self.folder = folder
        self._fingerprint = fingerprint
        self._index = index
        self._writer: tantivy.IndexWriter | None = None
        self._lock = threading.RLock()
        self._is_held = False
        self._staged = 0  # passages that were put in or taken out since the last commit
        self._group_numbers: dict[Group, int] = {}
        self._saved_groups = 0
        self._stamp = _stamp(folder)  # before it is read: what changes meanwhile is read again
        self._position, self.is_compared = _read_position(folder, fingerprint)
        self.is_remembered = self.is_compared
        self._saved_position = self._position
        self._view = self._look()

    @classmethod
    def create(cls, folder: Path, fingerprint: str) -> Self:
        """
        An empty index in a new *folder*; *fingerprint* names all that it is made from.

        Raises:
            IndexingError: If it cannot be written.
        """
        import tantivy  # noqa: PLC0415  # imported on use: the engine in memory needs none

        with _translated(folder):
            folder.mkdir(parents=True)
            index = tantivy.Index(make_schema(), str(folder))
            _save(folder / _GROUPS_FILE, [])
            _save(folder / _POSITION_FILE, {"fingerprint": fingerprint, "position": 0})
            return cls(folder, fingerprint, index)

    @classmethod
    def open(cls, folder: Path, fingerprint: str) -> Self:
        """
        The index in *folder*.

        Raises:
            IndexingError: If there is none, or it is damaged or made from something else.
        """
        import tantivy  # noqa: PLC0415  # imported on use: the engine in memory needs none

        with _translated(folder):
            return cls(folder, fingerprint, tantivy.Index.open(str(folder)))

    # --- writing ------------------------------------------------------------

    @property
    def position(self) -> int:
        """See ``Index``; inside of ``hold`` it may be ahead of what is on disk."""
        return self._position

    @position.setter
    def position(self, position: int) -> None:
        with self._lock:
            self._position = position
            if not self._is_held or self._staged >= _HELD_PASSAGES:
                self._commit()

    @contextmanager
    def hold(self) -> Iterator[None]:
        """
        Inside, updates are committed some at a time, and for the last time at the end;
        searches see what was committed.
        """
        with self._lock:
            self._is_held = True
            try:
                with self._committed():
                    yield
            except IndexingError:
                # What was not committed is lost with the writer, and is taken in again
                self._writer = None
                self._staged = 0
                self._position = self._saved_position
                raise
            finally:
                self._is_held = False

    @contextmanager
    def _committed(self) -> Iterator[None]:
        try:
            yield
        except IndexingError:
            raise
        except BaseException:  # Ctrl-C: what is in beyond the position is taken in again
            self._commit()
            raise
        self._commit()

    def update(self, add: Iterable[Entry], remove: Collection[int], revision: int = 0) -> None:  # noqa: ARG002  # one process writes
        """See ``Index.update``."""
        import tantivy  # noqa: PLC0415  # imported on use: the engine in memory needs none

        entries = {entry.passage_id: entry for entry in add}
        goes = [*{*remove, *entries}]
        with self._lock, _translated(self.folder):
            writer = self._open_writer()
            schema = self._view.schema
            if goes:
                writer.delete_documents_by_query(tantivy.Query.term_set_query(schema, "id", goes))
            for entry in entries.values():
                writer.add_document(self._document(entry, schema))
            self._staged += len(goes)
            if not self._is_held:
                self._commit()

    def _open_writer(self) -> tantivy.IndexWriter:
        if self._writer is None:
            try:
                writer = self._index.writer(_HEAP_BYTES, 1)
            except ValueError as e:
                if "LockBusy" not in str(e):
                    raise
                raise BusyIndex(f"another process is writing to {str(self.folder)!r}") from e
            # What a killed writer left behind: its next file may have the same name, and
            # tantivy writes over nothing.
            writer.garbage_collect_files()
            self._writer = writer
            # What others wrote since we compared may have ended in a crash; and while there is
            # a writer, nothing is remembered.
            _, self.is_compared = _read_position(self.folder, self._fingerprint)
            self._save_position()
        return self._writer

    def _document(self, entry: Entry, schema: tantivy.Schema) -> tantivy.Document:
        import tantivy  # noqa: PLC0415  # imported on use: the engine in memory needs none

        group = Group(entry.source, entry.host, entry.lang)
        number = self._group_numbers.setdefault(group, len(self._group_numbers))
        values: dict[str, Any] = {
            "id": entry.passage_id,
            "terms": joined(entry.terms),
            "group": number,
            "lang": self._lang_number(entry.lang),
            "article": article_key(entry.article_id),
        }
        if entry.published is not None:
            values["published"] = microseconds(entry.published)
        return tantivy.Document.from_dict(values, schema)

    def _lang_number(self, lang: str | None) -> int:
        return self._lang_of_group.setdefault(lang, len(self._lang_of_group))

    def _commit(self) -> None:
        """Groups, passages, position: in this order, so that a crash between repeats work."""
        with _translated(self.folder):
            if not self._staged and self._position == self._saved_position:
                return
            if self._writer is not None:
                if len(self._group_numbers) > self._saved_groups:
                    groups = [[g.source, g.host, g.lang] for g in self._group_numbers]
                    _save(self.folder / _GROUPS_FILE, groups)
                self._writer.commit()
                self._staged = 0
            self._saved_position = self._position
            self._save_position()
            self._view = self._look()

    def _save_position(self) -> None:
        self.is_remembered = self.is_compared and self._writer is None
        facts = {
            "fingerprint": self._fingerprint,
            "position": self._saved_position,
            "is_compared": self.is_remembered,
        }
        _save(self.folder / _POSITION_FILE, facts)
        self._stamp = _stamp(self.folder)

    def refresh(self) -> None:
        """
        See what another process has written.

        Raises:
            IndexingError: If the index cannot be read any more.
        """
        with self._lock, _translated(self.folder):
            if self._staged == 0 and (stamp := _stamp(self.folder)) != self._stamp:
                position, self.is_remembered = _read_position(self.folder, self._fingerprint)
                self._position = self._saved_position = position
                self.is_compared |= self.is_remembered
                self._view = self._look()
                self._stamp = stamp

    def remember(self) -> None:
        """
        Save whether it was compared, though nothing was written; nobody may write meanwhile.

        What another process has written since the last ``refresh`` was not compared.
        """
        with self._lock, _translated(self.folder):
            if self._writer is None and _stamp(self.folder) == self._stamp:
                self._save_position()

    def release(self, *, is_waiting: bool = True) -> None:
        """
        Let another process write; searching goes on. Repeating it does nothing.

        Args:
            is_waiting: For segments that are being merged; otherwise that work is lost,
                and a later writer does it.
        """
        with self._lock, _translated(self.folder):
            writer, self._writer = self._writer, None
            if writer is not None and is_waiting:
                writer.wait_merging_threads()
                self._save_position()
                self._view = self._look()

    def _look(self) -> View:
        self._index.reload()
        searcher = self._index.searcher()
        # Behind the searcher: groups are saved before the passages that are in them.
        groups = _read_groups(self.folder)
        self._group_numbers = {group: number for number, group in enumerate(groups)}
        self._saved_groups = len(groups)
        self._lang_of_group = lang_numbers(groups)
        return View(self._index.schema, searcher, groups)

    # --- reading ------------------------------------------------------------

    def search(self, terms: Sequence[str], filters: Filters, k: int) -> list[Hit]:
        """See ``Index.search``."""
        with _translated(self.folder):
            view = self._view
            known = {t: n for t in dict.fromkeys(map(token, terms)) if (n := view.held(t))}
            query = view.query(list(known), filters) if known and k >= 1 else None
            if query is None:
                return []
            most = sum(known.values()) + 1  # so many are never found: then all were
            for spare in _SPARES if most < _COSTLY else _SPARES[:1]:
                limit = min(k + spare, most)
                hits = view.searcher.search(query, limit, count=False).hits
                if len(hits) < limit or hits[-1][0] < _least_same(hits[k - 1][0]):
                    break
            ids = view.searcher.fast_field_values("id", [address for _, address in hits])
            return _ranked([score for score, _ in hits], [int(i or 0) for i in ids], k)

    def idf(self, term: str) -> float:
        """See ``Index.idf``."""
        with _translated(self.folder):
            view = self._view
            known = view.held(token(term))
            # A term of passages that were taken out is counted until they are merged away.
            return idf(min(known, view.searcher.num_docs), view.searcher.num_docs)

    def langs(self) -> dict[str | None, int]:
        """See ``Index.langs``."""
        with _translated(self.folder):
            return dict(self._view.langs)

    def count(self) -> int:
        """See ``Index.count``."""
        return int(self._view.searcher.num_docs)


def _ranked(scores: Sequence[float], ids: Sequence[int], k: int) -> list[Hit]:
    """The best *k*; *scores* fall, and those that are the same go by id."""
    shared: list[float] = []
    for score in scores:
        is_same = bool(shared) and score >= _least_same(shared[-1])
        shared.append(shared[-1] if is_same else score)
    best = sorted(zip(shared, ids, strict=True), key=lambda hit: (-hit[0], hit[1]))[:k]
    return [Hit(passage_id, score, rank) for rank, (score, passage_id) in enumerate(best, start=1)]


def _least_same(score: float) -> float:
    return score - _SAME_SCORE * abs(score)


# --- our files beside tantivy's --------------------------------------------------


def _save(path: Path, facts: Any) -> None:
    """Write JSON in one step."""
    unfinished = path.with_suffix(".tmp")
    with unfinished.open("w", encoding="ascii") as file:
        json.dump(facts, file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _stamp(folder: Path) -> tuple[int, int]:
    """Changes when a position is saved."""
    stat = (folder / _POSITION_FILE).stat()
    return stat.st_ino, stat.st_mtime_ns


def _read_position(folder: Path, fingerprint: str) -> tuple[int, bool]:
    """The position, and whether the index was compared with what it should hold."""
    facts = json.loads((folder / _POSITION_FILE).read_bytes())
    if facts["fingerprint"] != fingerprint:
        raise IndexingError(f"the index was made from something else: {str(folder)!r}")
    return int(facts["position"]), facts.get("is_compared") is True


def _read_groups(folder: Path) -> tuple[Group, ...]:
    return tuple(Group(*fields) for fields in json.loads((folder / _GROUPS_FILE).read_bytes()))


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    """What tantivy and damaged files raise, as what the store can cure."""
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError) as e:
        raise IndexingError(f"the index is missing or damaged ({e}): {str(folder)!r}") from e
    except BaseException as e:
        # A panic inside tantivy comes as a class that cannot be imported, above Exception.
        if type(e).__name__ != "PanicException":
            raise
        raise IndexingError(f"the index is damaged ({e}): {str(folder)!r}") from e
