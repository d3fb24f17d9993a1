"""
Rows of the store's tables to values and back; no SQL is run here.

Also the digests by which two readings of an article are told apart.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple

from retrieval.types import Alias, Article, Location, Passage, Sentence, Span, StoredPassage

Action = Literal["save", "delete", "restore", "expire"]
Outcome = Literal["new", "changed", "same", "deleted"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DIGEST_BYTES = 16
_sorted_json = json.JSONEncoder(sort_keys=True).encode


@dataclass(frozen=True, slots=True)
class Saved:
    """
    What became of an article that was saved.

    Attributes:
        outcome: ``"same"`` and ``"deleted"`` changed nothing; the latter is a
            tombstone's, of an article that was deleted or has expired.
        version: The current one, after the save.
    """

    article_id: str
    outcome: Outcome
    version: int


@dataclass(frozen=True, slots=True)
class Change:
    """
    One step of the change feed.

    To follow the feed: take out every id in ``removed``, then put in what
    ``Store.index_rows`` gives for ``added``. Passages that a later change removed
    are still listed in ``added`` and no longer given there.

    ``is_backfill`` marks what was there before anybody listened, the first poll of a feed:
    it can be asked for, and is news to nobody.
    """

    seq: int
    article_id: str
    version: int
    action: Action
    added: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()
    is_backfill: bool = False


class IndexRow(NamedTuple):
    """What an index needs of a passage."""

    passage_id: int
    title: str | None
    text: str
    source: str | None
    url: str | None
    published: datetime | None
    lang: str | None
    article_id: str


class Listed(NamedTuple):
    """What filters look at of a current article, but for its date."""

    id: str
    source: str | None
    url: str | None
    lang: str | None


class SourceSummary(NamedTuple):
    """An outlet, or None for the articles that name none; dates are None if none is known."""

    source: str | None
    articles: int
    first: datetime | None
    last: datetime | None
    langs: tuple[str, ...]


class Counts(NamedTuple):
    """
    How much the store holds.

    ``articles`` and ``passages`` count what is current, ``versions`` all versions
    of all articles, ``tombstones`` the articles that somebody deleted, ``expired`` those
    that grew too old or too many.
    """

    articles: int
    versions: int
    passages: int
    tombstones: int
    expired: int = 0


# --- text ------------------------------------------------------------------------


def text_in(text: str | None) -> str | bytes | None:
    """*text* as a parameter; as bytes if SQLite's TEXT cannot hold it (a lone surrogate)."""
    if text is None or text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def text_out(value: str | bytes | None) -> str | None:
    """What ``text_in`` was given."""
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value


# --- articles --------------------------------------------------------------------

# The columns of `versions` that hold an article's metadata, in the order of `meta_in`.
META = (
    "title, source, url, published, published_origin, lang, author, kicker, path, first_line,"
    " last_line, is_truncated, is_suspect, agencies, aliases, extra"
)
# The columns that `article_out` reads, of articles `a`, versions `v` and texts `t`.
ARTICLE = f"a.id, v.version, t.text, {META}"


def meta_in(article: Article) -> tuple[Any, ...]:
    """The values of the columns ``META``."""
    location = article.location
    return (
        text_in(article.title),
        text_in(article.source),
        text_in(article.url),
        time_in(article.published),
        text_in(article.published_origin),
        text_in(article.lang),
        text_in(article.author),
        text_in(article.kicker),
        *(
            (text_in(location.path), location.first_line, location.last_line)
            if location
            else (None,) * 3
        ),
        article.is_truncated,
        article.is_suspect,
        json.dumps(article.agencies) if article.agencies else None,
        json.dumps([(a.name, a.alias) for a in article.aliases]) if article.aliases else None,
        json.dumps(dict(article.extra)) if article.extra else None,
    )


def article_out(row: Sequence[Any]) -> Article:
    """The article of a row of ``ARTICLE``."""
    (article_id, version, text, title, source, url, published, origin, lang, author, kicker) = row[
        :11
    ]
    (path, first_line, last_line, is_truncated, is_suspect, agencies, aliases, extra) = row[11:]
    return Article(
        id=text_out(article_id) or "",
        text=text_out(text) or "",
        title=text_out(title),
        source=text_out(source),
        url=text_out(url),
        published=time_out(published),
        published_origin=text_out(origin),
        lang=text_out(lang),
        author=text_out(author),
        kicker=text_out(kicker),
        location=_location_out(path, first_line, last_line),
        is_truncated=bool(is_truncated),
        is_suspect=bool(is_suspect),
        agencies=tuple(json.loads(agencies)) if agencies else (),
        aliases=tuple(Alias(*pair) for pair in json.loads(aliases)) if aliases else (),
        extra=json.loads(extra) if extra else {},
        version=version,
    )


def _location_out(path: Any, first_line: int | None, last_line: int | None) -> Location | None:
    known = text_out(path)
    return None if known is None else Location(known, first_line, last_line)


def time_in(moment: datetime | None) -> int | None:
    """Microseconds from 1970."""
    return None if moment is None else (moment - _EPOCH) // _MICROSECOND


def time_out(microseconds: int | None) -> datetime | None:
    """The moment, in UTC."""
    return None if microseconds is None else _EPOCH + timedelta(microseconds=microseconds)


def digest(article: Article) -> bytes:
    """
    Tells two readings of an article apart: its id, text and metadata, but neither
    where it was read nor its version.
    """
    meta = [
        article.id,
        article.title,
        article.source,
        article.url,
        None if article.published is None else article.published.astimezone(UTC).isoformat(),
        article.published_origin,
        article.lang,
        article.author,
        article.kicker,
        article.is_truncated,
        article.is_suspect,
        article.agencies,
        [(alias.name, alias.alias) for alias in article.aliases],
        dict(article.extra),
    ]
    # JSON in ASCII is the same whatever the version of Python; a NUL stands in no JSON.
    hashed = hashlib.blake2b(_sorted_json(meta).encode(), digest_size=_DIGEST_BYTES)
    hashed.update(b"\x00")
    hashed.update(article.text.encode("utf-8", "surrogatepass"))
    return hashed.digest()


# --- passages --------------------------------------------------------------------

# The columns that `passage_out` reads, of articles `a` and passages `p`.
PASSAGE = "p.id, a.id, a.version, p.start, p.stop, p.sentences"

_WIDTHS = "BHIQ"  # struct's codes of unsigned numbers of 1, 2, 4 and 8 bytes


class PackedPassage(NamedTuple):
    """The columns of a passage: its span, and its sentences as ``pack_sentences`` gives them."""

    start: int
    stop: int
    sentences: bytes


def pack_sentences(passage: Passage) -> bytes:
    """
    The sentences of *passage* in few bytes: the code of the narrowest number that
    holds all, then, little-endian, three numbers a sentence: its start counted from the
    passage's, twice its length plus 1 if it is incomplete, its paragraph.
    """
    numbers: list[int] = []
    for sentence in passage.sentences:
        span = sentence.span
        numbers += (
            span.start - passage.span.start,
            2 * len(span) + (not sentence.is_complete),
            sentence.paragraph,
        )
    bits = max(numbers).bit_length()
    width = "B" if bits <= 8 else "H" if bits <= 16 else "I" if bits <= 32 else "Q"
    return width.encode() + struct.pack(f"<{len(numbers)}{width}", *numbers)


def pack(passage: Passage) -> PackedPassage:
    """*passage* as it is stored."""
    return PackedPassage(passage.span.start, passage.span.stop, pack_sentences(passage))


def passage_out(row: Sequence[Any]) -> StoredPassage:
    """
    The passage of a row of ``PASSAGE``.

    Raises:
        ValueError: If the packed sentences are damaged.
    """
    passage_id, article_id, version, start, stop, packed = row
    return StoredPassage(
        passage_id,
        text_out(article_id) or "",
        version,
        Passage(Span(start, stop), _unpack_sentences(packed, start)),
    )


def _unpack_sentences(packed: bytes, passage_start: int) -> tuple[Sentence, ...]:
    width = chr(packed[0]) if packed else "none"
    if width not in _WIDTHS or (len(packed) - 1) % struct.calcsize(f"<3{width}"):
        raise ValueError(f"packed sentences are damaged: {packed!r}")
    numbers = struct.iter_unpack(f"<3{width}", packed[1:])
    return tuple(
        Sentence(
            Span(passage_start + start, passage_start + start + (length >> 1)),
            paragraph,
            is_complete=not length & 1,
        )
        for start, length, paragraph in numbers
    )
