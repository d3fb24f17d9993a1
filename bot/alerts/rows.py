"""Rows of the alerts' tables to values and back; no SQL is run here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from bot.alerts.hours import DigestTime, Quiet
from bot.alerts.values import ChatSettings, MatchRecord, Note, Place, Subscription
from retrieval.store.rows import text_out, time_out
from retrieval.types import Span

# The columns that the functions below read.
SUBSCRIPTION = (
    "id, chat_id, thread_id, user_id, created, query, least, story, mode, budget, after_seq,"
    " paused, muted_until"
)
CHAT = (
    "chat_id, lang, zone, quiet_start, quiet_stop, quiet_is_silent, digest_at, digest_weekday,"
    " suspended, suspended_for"
)
NOTE = (
    "id, chat_id, thread_id, kind, key, state, reason, created, not_before, is_silent, attempts,"
    " was_unsure, revision, shown, message_id, answer_id, sent"
)
MATCH = (
    "id, subscription_id, chat_id, thread_id, article_id, version, story, score, spans,"
    " title_spans, matched, outcome, note_id, in_digest, digest_id"
)


def subscription_out(row: Sequence[Any]) -> Subscription:
    """The subscription of a row of ``SUBSCRIPTION``."""
    (number, chat_id, thread_id, user_id, created, query, least, story, mode, budget) = row[:10]
    after_seq, paused, muted_until = row[10:]
    return Subscription(
        id=number,
        place=Place(chat_id, thread_id),
        user_id=user_id,
        created=time_out(created),  # type: ignore[arg-type]  # NOT NULL, as below
        query=text_out(query) or "",
        least=least,
        story=text_out(story),
        mode=mode,
        budget=budget,
        after_seq=after_seq,
        paused=time_out(paused),
        muted_until=time_out(muted_until),
    )


def chat_out(row: Sequence[Any]) -> ChatSettings:
    """The settings of a row of ``CHAT``."""
    chat_id, lang, zone, start, stop, is_silent, digest_at, weekday, suspended, reason = row
    return ChatSettings(
        chat_id=chat_id,
        lang=lang,
        zone=ZoneInfo(zone or "UTC"),
        quiet=None
        if start is None
        else Quiet(time.fromisoformat(start), time.fromisoformat(stop), bool(is_silent)),
        digest=None if digest_at is None else DigestTime(time.fromisoformat(digest_at), weekday),
        suspended=time_out(suspended),
        suspended_for=text_out(reason),
    )


def chat_in(settings: ChatSettings) -> tuple[Any, ...]:
    """The values of the columns ``CHAT`` but for the last two."""
    quiet, digest = settings.quiet, settings.digest
    return (
        settings.chat_id,
        settings.lang,
        settings.zone.key,
        None if quiet is None else quiet.start.isoformat("minutes"),
        None if quiet is None else quiet.stop.isoformat("minutes"),
        quiet is not None and quiet.is_silent,
        None if digest is None else digest.at.isoformat("minutes"),
        None if digest is None else digest.weekday,
    )


def note_out(row: Sequence[Any]) -> Note:
    """The note of a row of ``NOTE``."""
    number, chat_id, thread_id, kind, key, state, reason, created, not_before = row[:9]
    is_silent, attempts, was_unsure, revision, shown, message_id, answer_id, sent = row[9:]
    return Note(
        id=number,
        place=Place(chat_id, thread_id),
        kind=kind,
        key=text_out(key) or "",
        state=state,
        reason=text_out(reason),
        created=time_out(created),  # type: ignore[arg-type]
        not_before=time_out(not_before),  # type: ignore[arg-type]
        is_silent=bool(is_silent),
        attempts=attempts,
        was_unsure=bool(was_unsure),
        revision=revision,
        shown=shown,
        message_id=message_id,
        answer_id=answer_id,
        sent=time_out(sent),
    )


def match_out(row: Sequence[Any]) -> MatchRecord:
    """The match of a row of ``MATCH``."""
    number, subscription_id, chat_id, thread_id, article_id, version, story, score = row[:8]
    spans, title_spans, matched, outcome, note_id, in_digest, digest_id = row[8:]
    return MatchRecord(
        id=number,
        subscription_id=subscription_id,
        place=Place(chat_id, thread_id),
        article_id=text_out(article_id) or "",
        version=version,
        story=text_out(story) or "",
        score=score,
        spans=spans_out(spans),
        title_spans=spans_out(title_spans),
        matched=time_out(matched),  # type: ignore[arg-type]
        outcome=outcome,
        note_id=note_id,
        in_digest=bool(in_digest),
        digest_id=digest_id,
    )


def spans_in(spans: Iterable[Span]) -> str:
    """As JSON."""
    return json.dumps([(span.start, span.stop) for span in spans])


def spans_out(text: str) -> tuple[Span, ...]:
    """What ``spans_in`` was given."""
    return tuple(Span(start, stop) for start, stop in json.loads(text))
