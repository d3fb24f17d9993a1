"""Rows of the feeds' tables to values and back; no SQL is run here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from retrieval.feeds.values import FeedRecord, KnownEntry, Marks
from retrieval.sources.fetch import Validators
from retrieval.store.rows import text_out, time_out

# The columns that `feed_out` reads.
FEED = (
    "id, url, host, name, is_named, title, lang, every_s, full_text, withdrawals, added, paused,"
    " pause_reason, etag, last_modified, ttl_s, backfilled, last_poll, last_success, last_new,"
    " interval_s, next_poll, failures, failing_since, error, told_dead, holder, held_until"
)
# The columns that `known_out` reads.
KNOWN = "key, guid, link, content, article_id, is_ours, published"


def feed_out(row: Sequence[Any]) -> FeedRecord:
    """The feed of a row of ``FEED``."""
    (number, url, host, name, is_named, title, lang, every_s, full_text, withdrawals) = row[:10]
    (added, paused, pause_reason, etag, last_modified, ttl_s, backfilled) = row[10:17]
    (last_poll, last_success, last_new, interval_s, next_poll, failures) = row[17:23]
    (failing_since, error, told_dead, holder, held_until) = row[23:]
    return FeedRecord(
        id=number,
        url=text_out(url) or "",
        host=text_out(host) or "",
        name=text_out(name) or "",
        is_named=bool(is_named),
        title=text_out(title),
        lang=lang,
        every=None if every_s is None else timedelta(seconds=every_s),
        full_text=bool(full_text),
        withdrawals=bool(withdrawals),
        added=time_out(added),  # type: ignore[arg-type]  # NOT NULL, as are interval and next_poll
        paused=time_out(paused),
        pause_reason=pause_reason,
        validators=Validators(text_out(etag), text_out(last_modified)),
        ttl=None if ttl_s is None else timedelta(seconds=ttl_s),
        backfilled=time_out(backfilled),
        last_poll=time_out(last_poll),
        last_success=time_out(last_success),
        last_new=time_out(last_new),
        interval=timedelta(seconds=interval_s),
        next_poll=time_out(next_poll),  # type: ignore[arg-type]
        failures=failures,
        failing_since=time_out(failing_since),
        error=text_out(error),
        told_dead=time_out(told_dead),
        holder=holder,
        held_until=time_out(held_until),
    )


def known_out(row: Sequence[Any]) -> KnownEntry:
    """The entry of a row of ``KNOWN``."""
    key, guid, link, content, article_id, is_ours, published = row
    return KnownEntry(
        key=key,
        marks=Marks(guid=guid, link=link, content=content),
        article_id=text_out(article_id) or "",
        is_ours=bool(is_ours),
        published=time_out(published),
    )
