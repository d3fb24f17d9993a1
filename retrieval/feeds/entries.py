"""
What an entry of a feed is to what the feed has listed before: pure, no store.

An entry is known again by its guid, else by its link, else by its words and date: feeds
change all of their guids when their software does, and all of their links when they move,
and neither is news. Only changed words are a new version; a date that moves with every
poll is none.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit

from retrieval.feeds.values import KnownEntry, Marks
from retrieval.sources.canonical import clean_url
from retrieval.sources.feeds import Entry

Outcome = Literal["new", "changed", "same"]

_Kind = Literal["guid", "link", "content"]
_KINDS: tuple[_Kind, ...] = ("guid", "link", "content")  # those that tell more come first

UNLIKE = 0.2
"""Share of words below which two texts under one guid are two articles; see ``ingest.deciding``."""

SAME_DATE = timedelta(days=1)
"""Words that come again at another date are another entry ("Photos of the week"); a feed that
moves keeps its dates, but for the time zone."""

TELLING_CHARACTERS = 80
"""Where no dates tell, words from so many characters on do."""

_DIGEST_BYTES = 12  # a collision among a million entries of a feed: one in 10^17

# What means one thing in all the world: addresses, tag:, urn: and UUIDs.
_WORLD_WIDE = re.compile(
    r"(?:https?://|tag:|urn:).+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Decision:
    """
    What becomes of an entry.

    Attributes:
        article_id: Of the article that it is, or becomes.
        known: The entry that it is, for ``changed`` and ``same``; None if it is new.
    """

    entry: Entry
    marks: Marks
    outcome: Outcome
    article_id: str
    known: KnownEntry | None = None


def marks_of(entries: Sequence[Entry]) -> list[Marks]:
    """
    The digests by which each of *entries* is known again.

    A guid or a link that several of them share tells none from another and is left out, and
    so is a link to a site's home page, where a guid tells more.
    """
    all_marks = [
        Marks(
            guid=_digest(entry.guid) if entry.guid else None,
            link=_digest(_page_of(entry.url))
            if entry.url and not (entry.guid and _is_home(entry.url))
            else None,
            content=_digest(_words(entry).casefold()),
        )
        for entry in entries
    ]
    guids = Counter(marks.guid for marks in all_marks)
    links = Counter(marks.link for marks in all_marks)
    return [
        replace(
            marks,
            guid=marks.guid if guids[marks.guid] == 1 else None,
            link=marks.link if links[marks.link] == 1 else None,
        )
        for marks in all_marks
    ]


def decide(
    entries: Sequence[Entry],
    marks: Sequence[Marks],
    known: Iterable[KnownEntry],
    *,
    host: str,
    likeness: Callable[[Entry, str], float],
) -> list[Decision]:
    """
    A decision an entry, in order; of two entries that are one, the first counts.

    Args:
        entries: As the feed lists them.
        marks: What ``marks_of`` gives for them.
        known: Those listed before that share a digest with any of them.
        host: Of the feed: part of the ids of entries whose guids mean nothing elsewhere.
        likeness: The share, from 0 to 1, of words that an entry has in common with the
            article of an id; asked where the words have changed, and the guid or the link.
    """
    before = _Known(known)
    found: dict[int, KnownEntry] = {}
    # All by guid before any by link: what tells less must not take what another is for sure
    for kind in _KINDS:
        for number, (entry, own) in enumerate(zip(entries, marks, strict=True)):
            match = None if number in found else before.find(kind, entry, own)
            if match is not None and (
                own.content == match.marks.content
                or (own.guid, own.link) == (match.marks.guid, match.marks.link)
                or likeness(entry, match.article_id) >= UNLIKE  # else one of them has a new owner
            ):
                before.take(match)
                found[number] = match
    decisions: list[Decision] = []
    for number, (entry, own) in enumerate(zip(entries, marks, strict=True)):
        if number in found:
            match = found[number]
            outcome: Outcome = "same" if match.marks.content == own.content else "changed"
            decisions.append(Decision(entry, own, outcome, match.article_id, match))
            continue
        article_id = _new_id(entry, own, host, before.article_ids)
        if article_id is not None:
            before.article_ids.add(article_id)
            decisions.append(Decision(entry, own, "new", article_id))
    return decisions


class _Known:
    """
    Entries listed before, by each of their digests.

    Attributes:
        article_ids: That are taken: an entry that is none of these gets another one.
    """

    def __init__(self, entries: Iterable[KnownEntry]) -> None:
        self.article_ids: set[str] = set()
        self._taken: set[int] = set()
        self._by: dict[tuple[_Kind, bytes], list[KnownEntry]] = {}
        for entry in entries:
            self.article_ids.add(entry.article_id)
            for kind in _KINDS:
                mark = getattr(entry.marks, kind)
                if mark is not None:
                    self._by.setdefault((kind, mark), []).append(entry)

    def find(self, kind: _Kind, entry: Entry, own: Marks) -> KnownEntry | None:
        """The one that *entry* may be by its guid, by its link, or by its words and date."""
        alike = self._of(kind, getattr(own, kind))
        if kind == "link" and len(alike) > 1:  # it tells none from another
            return None
        if kind == "content":
            alike = [known for known in alike if _is_of_one_date(entry, known)]
        return alike[-1] if alike else None

    def take(self, entry: KnownEntry) -> None:
        """*entry* is found; it cannot be another one's too."""
        self._taken.add(entry.key)

    def _of(self, kind: _Kind, mark: bytes | None) -> list[KnownEntry]:
        found = () if mark is None else self._by.get((kind, mark), ())
        return [entry for entry in found if entry.key not in self._taken]


def _is_of_one_date(entry: Entry, known: KnownEntry) -> bool:
    if entry.published is None or known.published is None:
        return len(_words(entry)) >= TELLING_CHARACTERS
    return abs(entry.published - known.published) <= SAME_DATE


def _new_id(entry: Entry, own: Marks, host: str, taken: set[str]) -> str | None:
    """
    The article's id: guid or link, where it means this one thing everywhere, else digits
    with the feed's host. None if the same entry has been listed already.
    """
    for named, mark in ((entry.guid, own.guid), (entry.url, own.link)):
        if mark is not None and named and _WORLD_WIDE.fullmatch(named) and named not in taken:
            return named
    for basis in (own.guid or own.content, own.content):
        article_id = f"{host or 'file'}/{basis.hex()}"
        if article_id not in taken:  # else the guid stood for another article before
            return article_id
    return None


def _words(entry: Entry) -> str:
    return " ".join(f"{entry.title or ''}\n{entry.text}".split())


def _page_of(url: str) -> str:
    """*url* as far as it names a page: without tracking, scheme and ``www.``."""
    parts = urlsplit(clean_url(url))
    host = parts.netloc.casefold().removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}?{parts.query}"


def _is_home(url: str) -> bool:
    parts = urlsplit(clean_url(url))
    return parts.path in {"", "/"} and not parts.query


def _digest(text: str) -> bytes:
    return hashlib.blake2b(
        text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES
    ).digest()
