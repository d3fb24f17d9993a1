"""
One run of an ingest: the batch at hand, and what the file at hand has given so far.

Only ``ingest`` uses it; the rules it applies are in ``deciding.py``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from retrieval.errors import NoSuchArticle, SourceError
from retrieval.ingest.deciding import (
    EQUAL,
    STANDARD_INPUT,
    Decision,
    Found,
    Likeness,
    decide,
    is_standard_input,
    other_id,
    pair_edited,
)
from retrieval.ingest.report import Conflict, LocationTally, Tally
from retrieval.ingest.seen import Seen
from retrieval.shingles import Shingles, shared, shingles
from retrieval.store import Saved, Store, StoredHead, digest
from retrieval.types import Article, content_id, is_content_keyed

if TYPE_CHECKING:
    from retrieval.ingest import Pipeline
    from retrieval.ingest.preparing import Preparing
    from retrieval.sources.files import FileLocation

# Beside the number of articles, so that memory stays flat where articles are books.
_BATCH_CHARACTERS = 4_000_000
# Articles that came to an edited file wait for its end, to be compared with those that
# went; of a file that replaced more than these, the rest counts as new.
MOST_HELD = 300
_TELL_ARTICLES = 100  # how often progress is told


@dataclass(frozen=True, slots=True)
class _Read:
    """
    An article as its file gave it.

    ``content`` is its content id where that is its id.
    """

    article: Article
    digest: bytes
    content: str | None

    def found(self) -> Found:
        place = self.article.location
        path = None if place is None else place.path
        return Found(self.digest, path)


class _Staged(NamedTuple):
    """An article that waits to be prepared and saved."""

    article: Article
    digest: bytes
    location: LocationTally


class Run:
    """
    Takes in files one after another; what is read is in the store after ``save``.

    Attributes:
        articles: How many were read.
    """

    def __init__(
        self,
        store: Store,
        steps: Pipeline,
        preparing: Preparing,
        batch_size: int,
        tally: Tally,
        seen: Seen,
        *,
        on_saved: Callable[[], None] | None = None,
        is_backfill: bool = False,
    ) -> None:
        self.articles = 0
        self._store = store
        self._steps = steps
        self._preparing = preparing
        self._batch_size = batch_size
        self._on_saved = on_saved
        self._is_backfill = is_backfill
        self._tally = tally
        self._batch: list[_Staged] = []
        self._characters = 0  # of the batch
        self._in_preparation: list[_Staged] = []  # the batch before
        # Ids, and content ids, that the store does not show yet: of the one, and of the other.
        self._staged: set[str] = set()
        self._staged_before: set[str] = set()
        # Of the file at hand:
        self._seen = seen
        self._name = ""
        self._root = ""  # its absolute path; _path is that of the member at hand, if it has any
        self._path = ""
        self._location = LocationTally("")
        self._held: dict[str, _Read] = {}  # content-keyed, not stored; see MOST_HELD
        self._is_edited: bool | None = None  # None until it is asked

    def take_file(
        self, location: FileLocation, on_bytes: Callable[[int], None], tell: Callable[[], None]
    ) -> None:
        """
        Take in the articles of one file.

        Args:
            location: The file.
            on_bytes: Told how many bytes were read.
            tell: Called now and then.
        """
        self._name = location.name
        self._root = self._name if location.is_web else _absolute(self._name)
        self._location = self._tally.open(location.name)
        self._begin(self._root)
        try:
            for item in self._steps.read(location, on_bytes):
                if isinstance(item, SourceError):
                    self._tally.failed(item, self._location)
                    continue
                self._take(self._placed(item))
                self.articles += 1
                if self.articles % _TELL_ARTICLES == 0:
                    tell()
        except SourceError as e:  # the file cannot be read, or not to its end
            self._tally.failed(e, self._location)
        self._take_held()
        tell()

    def _begin(self, path: str) -> None:
        """What comes next is of another file, or of another member of the archive at hand."""
        self._path = path
        self._seen.clear()
        self._is_edited = None

    def save(self) -> None:
        """Commit all that was read so far; only then it is counted."""
        self._pass_on()
        self._pass_on()

    def _pass_on(self) -> None:
        """Begin to prepare the batch at hand, and meanwhile commit the one before."""
        prepared = self._preparing.collect()
        batch, self._in_preparation = self._in_preparation, self._batch
        self._batch, self._characters = [], 0
        self._staged_before, self._staged = self._staged, set()
        self._preparing.begin([staged.article for staged in self._in_preparation])
        if not batch:
            return
        results = self._store.save(
            [(article, passages) for article, passages, _ in prepared],
            found=[staged.digest for staged in batch],
            sketches=[sketch for _, _, sketch in prepared],
            is_backfill=self._is_backfill,
        )
        for staged, saved, (article, passages, _) in zip(batch, results, prepared, strict=True):
            self._tally.saved(saved, article, len(passages), staged.location)
        if self._on_saved is not None:
            self._on_saved()

    def _placed(self, article: Article) -> Article:
        """
        *article* with the absolute path of its file: a relative one means another file
        in another folder, and the ids of the one must not overwrite the other's.

        A member of an archive, ``FILE.zip/member``, is a file of its own; its name stays as
        it is, since ``..`` in it leads nowhere.
        """
        place = article.location
        if place is None:
            return article
        if place.path == self._name or place.path.startswith(f"{self._name}/"):
            path = self._root + place.path[len(self._name) :]
            if path != self._path:
                self._take_held()
                self._begin(path)
        else:
            path = _absolute(place.path)
        return (
            article if path == place.path else replace(article, location=replace(place, path=path))
        )

    # --- deciding -----------------------------------------------------------

    def _take(self, article: Article) -> None:
        read = _Read(article, digest(article), article.id if is_content_keyed(article) else None)
        if article.id in self._held:  # the same text twice in one file
            self._count("same", article)
            return
        article_id, decision = self._recognise(read)
        if article_id.startswith(f"{article.id}~"):
            self._tally.conflict(Conflict(article.id, article_id, read.found().path))
        self._seen.add(article_id)
        if decision == "new" and article_id == read.content and self._may_be_edited():
            self._held[article_id] = read
        else:
            self._do(decision, read, article_id)

    def _recognise(self, read: _Read) -> tuple[str, Decision]:
        """
        The id to keep an article under, and what it is to what is stored there.

        Its own id, or the next after it that is free or holds a version of it; but an
        article that is stored as it is comes first: it is not to be taken for an edited
        one because another took its id.
        """
        found = read.found()
        article_id, head = read.article.id, self._head(read.article.id)
        if head is None and read.content is not None:
            head = self._head_by_content(read.content)
            article_id = article_id if head is None else head.id
        choice: tuple[str, Decision] | None = None
        attempt = 0
        while True:
            decision = self._decide(read, found, head)
            if decision in ("same", "deleted"):
                return article_id, decision
            if decision != "conflict":
                choice = choice or (article_id, decision)
            if head is None and choice is not None:  # nothing lies further on
                return choice
            attempt += 1
            article_id = other_id(read.article.id, found.path, attempt)
            head = self._head(article_id)

    def _decide(self, read: _Read, found: Found, head: StoredHead | None) -> Decision:
        if head is None or head.digest == found.digest:
            return decide(found, head)
        if head.is_expired:
            # A content-keyed article is found by what its text is, or was.
            is_known_text = head.content is not None and read.content is not None
            likeness = Likeness(0.0, is_earlier=is_known_text)
        else:
            likeness = self._likeness(read.article, head)
        return decide(found, head, likeness, is_taken=head.id in self._seen)

    def _likeness(self, article: Article, head: StoredHead) -> Likeness:
        def text_of(version: int) -> str:
            return self._store.get_version(head.id, version).text

        def had(version: int) -> bool:
            try:
                return content_id(text_of(version)) == content
            except NoSuchArticle:  # too old, and nobody cites it
                return False

        content, current = content_id(article.text), text_of(head.version)
        if content_id(current) == content:
            return EQUAL
        return Likeness(
            shared(shingles(article.text), shingles(current)),
            is_earlier=any(map(had, range(1, head.version))),
        )

    def _head(self, article_id: str) -> StoredHead | None:
        if self._is_waiting(article_id):
            self.save()
        return self._store.find_head(article_id)

    def _is_waiting(self, an_id: str) -> bool:
        return an_id in self._staged or an_id in self._staged_before

    def _head_by_content(self, content: str) -> StoredHead | None:
        """
        The article that has or had this text; but not one that had it, and of which
        this file gave another edition: then the two stand side by side.
        """
        head = self._store.find_head_by_content(content)
        if head is not None and self._is_waiting(head.id):
            self.save()
            head = self._store.find_head_by_content(content)
        if head is not None and head.content != content and head.id in self._seen:
            return None
        return head

    def _do(self, decision: Decision, read: _Read, article_id: str) -> None:
        article = read.article
        if article.id != article_id:
            article = replace(article, id=article_id)
        if decision in ("same", "deleted"):
            self._count("same" if decision == "same" else "deleted", article)
            return
        self._batch.append(_Staged(article, read.digest, self._location))
        self._staged.add(article_id)
        if read.content is not None:
            self._staged.add(read.content)
        self._characters += len(article.text)
        if len(self._batch) >= self._batch_size or self._characters >= _BATCH_CHARACTERS:
            if self._preparing.is_elsewhere:
                self._pass_on()
            else:
                self.save()

    def _count(self, outcome: Literal["same", "deleted"], article: Article) -> None:
        """Count what needs no saving."""
        self._tally.saved(Saved(article.id, outcome, 0), article, 0, self._location)

    # --- a file that was edited ---------------------------------------------

    def _may_be_edited(self) -> bool:
        """Whether the file gave content-keyed articles before, which may now be gone."""
        if self._is_edited is None:
            self._is_edited = next(self._gave_before(), None) is not None
        return self._is_edited and len(self._held) < MOST_HELD

    def _gave_before(self) -> Iterator[str]:
        if is_standard_input(self._path):  # not one file, but another each time
            return iter(())
        return self._store.iter_content_keyed_at(self._path)

    def _take_held(self) -> None:
        """At the end of a file: articles that came to it are those that went, edited, or new."""
        if not self._held:
            return
        held, self._held = list(self._held.items()), {}
        gone: dict[str, Shingles] = {}
        for article_id in self._gave_before():
            if article_id not in self._seen:
                head = self._store.head(article_id)
                gone[article_id] = shingles(self._store.get_version(head.id, head.version).text)
                if len(gone) == MOST_HELD:
                    break
        edited = pair_edited(gone, [shingles(read.article.text) for _, read in held])
        for position, (article_id, read) in enumerate(held):
            if position not in edited:
                self._do("new", read, article_id)
            elif self._store.head(edited[position]).is_deleted:
                self._do("deleted", read, edited[position])
            else:
                self._do("changed", read, edited[position])


def _absolute(path: str) -> str:
    return path if path == STANDARD_INPUT else os.path.abspath(path)  # noqa: PTH100  # a plain string
