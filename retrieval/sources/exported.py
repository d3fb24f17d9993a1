"""
A record that Clipdesk itself wrote: article -> record, and back without any change.

The keys are those that ``records`` knows, then what else is known, then the keys that the
source gave and nobody knows. ``MARK`` says that the values are exact: that white space was
folded, languages and dates were read when the article first came. It also holds the
source's keys that have the name of one of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from retrieval.types import Article, Location

MARK: Final = "clipdesk"
_FORMAT = 1

_TEXTS = ("title", "source", "url", "published_origin", "lang", "author", "kicker")
_FLAGS = ("is_truncated", "is_suspect")
_OWN = frozenset(("id", "text", "published", *_TEXTS, *_FLAGS, MARK))

Record = dict[str, Any]


def record_of(article: Article) -> Record:
    """
    All that was read of *article*, but for its place; what is not known is left out.

    Agencies and aliases are not in it: they are derived from the text.
    """
    published = article.published
    known = {
        "id": article.id,
        "title": article.title,
        "text": article.text,
        "source": article.source,
        "url": article.url,
        "published": None if published is None else _moment(published),
        "published_origin": article.published_origin,
        "lang": article.lang,
        "author": article.author,
        "kicker": article.kicker,
        "is_truncated": article.is_truncated or None,
        "is_suspect": article.is_suspect or None,
    }
    record: Record = {key: value for key, value in known.items() if value is not None}
    record |= {key: value for key, value in article.extra.items() if key not in _OWN}
    clashing = {key: value for key, value in article.extra.items() if key in _OWN}
    record[MARK] = {"format": _FORMAT} | ({"extra": clashing} if clashing else {})
    return record


def _moment(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def article_of(record: Mapping[str, Any], location: Location) -> Article | None:
    """
    The article that *record* was made of; None if it was not made here, or is not whole.

    It is then a record like any other's.
    """
    mark = record.get(MARK)
    if not isinstance(mark, dict) or mark.get("format") != _FORMAT:
        return None
    extra = mark.get("extra", {})
    said: dict[str, Any] = {key: record.get(key) for key in _TEXTS}
    flags: dict[str, Any] = {key: record.get(key, False) for key in _FLAGS}
    article_id, text = record.get("id"), record.get("text")
    if not (
        isinstance(article_id, str)
        and article_id
        and isinstance(text, str)
        and text.strip()
        and isinstance(extra, dict)
        and all(value is None or isinstance(value, str) for value in said.values())
        and all(isinstance(value, bool) for value in flags.values())
    ):
        return None
    try:
        published = _published(record.get("published"))
    except ValueError:
        return None
    others = {key: value for key, value in record.items() if key not in _OWN}
    return Article(
        id=article_id,
        text=text,
        published=published,
        location=location,
        extra=others | extra,
        **said,
        **flags,
    )


def _published(value: Any) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError(f"no moment: {value!r}")  # noqa: TRY004  # of a file, not a bug
    moment = datetime.fromisoformat(value)
    if moment.utcoffset() != timedelta(0):
        raise ValueError(f"not in UTC: {value!r}")
    return moment.astimezone(UTC)
