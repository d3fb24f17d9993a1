"""
What to do with an article that was just read, given what is stored: pure, no store, no files.

The rules, in words:

- The same file gives another text or other metadata under an id: a new version.
- Another file gives the same text under an id, or a text that the article once had:
  a copy, the same article, as it is.
- Another file gives much the same text under an id: a new version.
- Another file gives a text that shares almost nothing (two dumps that both count from
  1), or one file gives two different texts under one id: two articles, the second kept
  under an id with a suffix.
- A deleted article stays deleted, whatever its source says now.
- An expired article stays out when its file, or the same reading elsewhere, gives it again.
  Its text is not there to be compared with, so another reading in another file is another
  article; were it the same one, its date would soon take it out again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from retrieval.shingles import Shingles, shared
from retrieval.store import StoredHead

Decision = Literal["new", "changed", "same", "deleted", "conflict"]

UNLIKE = 0.2
"""
Below this two texts are not versions of one article. Of 40,000 random pairs of Reuters
articles, many of them earnings reports off one template, 0.02 % are above; with every
tenth word of 3,000 of them replaced, 1 % share less than 0.5 and none less than 0.2.
"""
LIKE = 0.5
"""From here on a text of an edited file is a version of one that the file held before."""

STANDARD_INPUT = "-"

_SUFFIX_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Found:
    """
    What the decision looks at, of an article that was just read.

    Attributes:
        digest: ``store.digest`` of the article as its source gave it.
        path: Of the file, absolute, or of a member of an archive (``FILE.zip/member``);
            ``-`` for standard input.
    """

    digest: bytes
    path: str | None


@dataclass(frozen=True, slots=True)
class Likeness:
    """
    How the text that was read compares with the stored one.

    Attributes:
        share: Of their shingles that they share, from 0 to 1 (``shared``).
        is_same: They differ in white space at most.
        is_earlier: The same holds for the text of an earlier version.
    """

    share: float
    is_same: bool = False
    is_earlier: bool = False


EQUAL = Likeness(1.0, is_same=True)


def decide(
    found: Found, stored: StoredHead | None, likeness: Likeness = EQUAL, *, is_taken: bool = False
) -> Decision:
    """
    What *found* is to the article that is stored under its id.

    Args:
        found: What was read.
        stored: What the store holds under the id; None if nothing.
        likeness: Of the two texts; need not be given where the digests are equal.
        is_taken: In this run, this file has given the id before.

    Returns:
        ``"conflict"`` if *found* is another article and needs another id.
    """
    if stored is None:
        return "new"
    known: Decision = "deleted" if stored.is_deleted else "same"
    if found.digest == stored.digest:
        return known
    is_known_text = likeness.is_same or likeness.is_earlier
    if is_taken:
        return known if is_known_text else "conflict"
    if not _is_same_file(found.path, stored):
        if is_known_text:
            return known
        if likeness.share < UNLIKE:
            return "conflict"
    return "deleted" if stored.is_deleted else "changed"


def _is_same_file(path: str | None, stored: StoredHead) -> bool:
    """What comes through standard input comes from anywhere."""
    stored_path = None if stored.location is None else stored.location.path
    return path == stored_path and not is_standard_input(path)


def is_standard_input(path: str | None) -> bool:
    """Whether *path* is standard input, or a member of an archive that came through it."""
    return path is not None and path.partition("/")[0] == STANDARD_INPUT


def other_id(article_id: str, path: str | None, attempt: int) -> str:
    """
    The id of the *attempt*-th other article with this id: ``"7~1c0f"``.

    Made from the file's name without its folder, so that a corpus that moves keeps it.
    """
    name = PurePath(path or "").name
    digits = hashlib.sha256(f"{name}\x00{attempt}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"{article_id}~{digits[:_SUFFIX_DIGITS]}"


def pair_edited(gone: Mapping[str, Shingles], come: Sequence[Shingles]) -> dict[int, str]:
    """
    Which of the texts that came to a file is which of those that went, edited.

    Args:
        gone: By id, shingles of the texts that the file no longer holds.
        come: Shingles of the texts that it holds now and did not hold before.

    Returns:
        For a position in *come*, an id of *gone*; each at most once, the likest
        pairs first, none below ``LIKE``.
    """
    # By shingle, so that only pairs with something in common are looked at.
    holders: dict[int, list[int]] = {}
    for position, those in enumerate(come):
        for shingle in those:
            holders.setdefault(shingle, []).append(position)
    pairs: list[tuple[float, int, int, str]] = []
    for order, (article_id, those) in enumerate(gone.items()):
        candidates = {position for shingle in those for position in holders.get(shingle, ())}
        pairs += (
            (-share, position, order, article_id)
            for position in candidates
            if (share := shared(those, come[position])) >= LIKE
        )
    pairs.sort(key=lambda pair: pair[:3])
    edited: dict[int, str] = {}
    used: set[str] = set()
    for _, position, _, article_id in pairs:
        if position not in edited and article_id not in used:
            edited[position] = article_id
            used.add(article_id)
    return edited
