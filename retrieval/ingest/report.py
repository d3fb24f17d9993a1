"""What an ingest tells: its progress while it runs, its report at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from retrieval.errors import SourceError
from retrieval.store import Saved
from retrieval.types import Article

if TYPE_CHECKING:
    from retrieval.sources.files import SkippedFile

_Value = TypeVar("_Value")

MOST_LISTED = 100  # errors and the like that a report keeps; the rest is counted
MOST_LOCATIONS = 1000


@dataclass(frozen=True, slots=True)
class Listed(Generic[_Value]):
    """The first of many, and how many there were."""

    first: tuple[_Value, ...] = ()
    count: int = 0

    def __post_init__(self) -> None:
        if len(self.first) > self.count:
            raise ValueError(f"lists more than it counts: {self!r}")


class Conflict(NamedTuple):
    """An article whose id another one has; it is kept under an id of its own."""

    article_id: str
    kept_as: str
    path: str | None


@dataclass(frozen=True, slots=True)
class LocationReport:
    """What became of the articles of one file."""

    location: str
    new: int = 0
    changed: int = 0
    same: int = 0
    deleted: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class IngestReport:
    """
    What an ingest did; only what has been committed is counted.

    Every article that was read is one of new, changed, same and deleted, unless the
    ingest was interrupted before it was stored.

    Attributes:
        new: Stored for the first time.
        changed: Stored as a new version.
        same: Held already.
        deleted: Left out, since they were deleted or have expired before.
        passages: Of the new and changed articles.
        conflicts: Kept under another id, since two different articles had theirs.
        failed: Files and records that could not be read.
        skipped: Files in folders that hold no articles, which is no error.
        suspects: Ids of articles that may hold more than one story.
        locations: The files that were read.
        is_interrupted: Ctrl-C ended it early; repeating it does the rest.
    """

    new: int = 0
    changed: int = 0
    same: int = 0
    deleted: int = 0
    passages: int = 0
    conflicts: Listed[Conflict] = Listed()
    failed: Listed[SourceError] = Listed()
    skipped: Listed[SkippedFile] = Listed()
    suspects: Listed[str] = Listed()
    locations: Listed[LocationReport] = Listed()
    is_interrupted: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """
    How far an ingest is.

    Attributes:
        location: The file being read.
        bytes_read: Of all files so far, as they are stored (packed ones packed).
        bytes_total: Of all files; None if one of them has no size (a pipe).
        articles: Read so far.
    """

    location: str
    bytes_read: int
    bytes_total: int | None
    articles: int


OnProgress = Callable[[Progress], None]


@dataclass(slots=True)
class _Listing(Generic[_Value]):
    most: int = MOST_LISTED
    first: list[_Value] = field(default_factory=list)
    count: int = 0

    def add(self, value: _Value) -> None:
        self.count += 1
        if len(self.first) < self.most:
            self.first.append(value)

    def listed(self) -> Listed[_Value]:
        return Listed(tuple(self.first), self.count)


class LocationTally:
    """Counts of one file while the ingest runs."""

    def __init__(self, location: str) -> None:
        self.location = location
        self.counts: Counter[str] = Counter()  # by outcome, and "failed"


class Tally:
    """The report while the ingest runs."""

    def __init__(self) -> None:
        self._total = LocationTally("")
        self._passages = 0
        self._conflicts: _Listing[Conflict] = _Listing()
        self._failed: _Listing[SourceError] = _Listing()
        self._skipped: _Listing[SkippedFile] = _Listing()
        self._suspects: _Listing[str] = _Listing()
        self._locations: _Listing[LocationTally] = _Listing(MOST_LOCATIONS)

    def open(self, location: str) -> LocationTally:
        """Begin a file."""
        tally = LocationTally(location)
        self._locations.add(tally)
        return tally

    def saved(self, saved: Saved, article: Article, passages: int, location: LocationTally) -> None:
        """The store holds, or leaves out, an article that was read, with so many passages."""
        self._total.counts[saved.outcome] += 1
        location.counts[saved.outcome] += 1
        if saved.outcome in ("new", "changed"):
            self._passages += passages
        if article.is_suspect and saved.outcome != "deleted":
            self._suspects.add(article.id)

    def failed(self, error: SourceError, location: LocationTally | None = None) -> None:
        """A file, or a record of *location*, could not be read."""
        self._failed.add(error)
        if location is not None:
            location.counts["failed"] += 1

    def skipped(self, skipped: SkippedFile) -> None:
        """A file holds no articles."""
        self._skipped.add(skipped)

    def conflict(self, conflict: Conflict) -> None:
        """An article is kept under another id."""
        self._conflicts.add(conflict)

    def report(self, *, is_interrupted: bool = False) -> IngestReport:
        """The counts so far."""
        counts = self._total.counts
        return IngestReport(
            new=counts["new"],
            changed=counts["changed"],
            same=counts["same"],
            deleted=counts["deleted"],
            passages=self._passages,
            conflicts=self._conflicts.listed(),
            failed=self._failed.listed(),
            skipped=self._skipped.listed(),
            suspects=self._suspects.listed(),
            locations=Listed(
                tuple(
                    LocationReport(tally.location, **tally.counts)
                    for tally in self._locations.first
                ),
                self._locations.count,
            ),
            is_interrupted=is_interrupted,
        )
