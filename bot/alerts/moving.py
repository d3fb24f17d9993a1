"""
A chat's subscriptions, settings and feedback as one JSON object, to be taken elsewhere.

No number of a chat, a user or a message is in it: whoever takes it in becomes its owner. A
file that is damaged, or of a later version, changes nothing.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from typing import Annotated, Any, Literal, NamedTuple, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.alerts.hours import DigestTime, Quiet
from bot.alerts.subscriptions import MOST_A_CHAT, Subscriptions
from bot.alerts.values import NO_USER, ChatSettings, Place, Subscription
from bot.ledger import KeptRating, Ledger, QuoteRef, RatedQuote, Rating
from bot.messages import languages
from retrieval.errors import QueryError, SourceError
from retrieval.query import parse_standing
from retrieval.types import Filters

VERSION: Literal[1] = 1

MOST_BYTES = 5_000_000
"""Of a file: a hundred subscriptions and thousands of ratings are far less."""

_MOST_RATINGS = 10_000

_Moment = AwareDatetime
_Count = Annotated[int, Field(ge=0, le=2**53)]
_Score = Annotated[float, Field(ge=0, le=1)]


class Taken(NamedTuple):
    """What a file brought: how many subscriptions and ratings, and how many of them are new."""

    subscriptions: int
    new_subscriptions: int
    ratings: int
    new_ratings: int


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=False, allow_inf_nan=False)


class _Subscription(_Strict):
    query: str
    mode: Literal["instant", "digest", "both"]
    budget: _Count
    least: _Score
    created: _Moment
    story: str | None = None
    paused: _Moment | None = None
    muted_until: _Moment | None = None


class _Quiet(_Strict):
    start: time
    stop: time
    is_silent: bool = False


class _Digest(_Strict):
    at: time
    weekday: Annotated[int, Field(ge=0, le=6)] | None = None


class _Settings(_Strict):
    lang: str | None = None
    zone: str = "UTC"
    quiet: _Quiet | None = None
    digest: _Digest | None = None


class _Filters(_Strict):
    sources: tuple[str, ...] = ()
    after: _Moment | None = None
    before: _Moment | None = None
    langs: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()


class _Quote(_Strict):
    article_id: str
    version: _Count
    start: _Count
    stop: _Count
    paragraph: _Count
    score: float
    answer: tuple[_Count, _Count] | None = None
    also_in: tuple[_Quote, ...] = ()
    text: str | None = None

    @model_validator(mode="after")
    def _check_spans(self) -> Self:
        for start, stop in ((self.start, self.stop), self.answer or (0, 0)):
            if start > stop:
                raise ValueError(f"span is reversed: {start}, {stop}")
        return self


class _Rating(_Strict):
    at: _Moment
    label: Literal[1, -1]
    question: str
    answered: bool
    filters: _Filters = _Filters()
    quotes: tuple[_Quote, ...] = ()


class _File(_Strict):
    clipdesk_alerts: Literal[1]
    exported: _Moment
    subscriptions: Annotated[list[_Subscription], Field(max_length=MOST_A_CHAT)]
    settings: _Settings
    ratings: Annotated[list[_Rating], Field(max_length=_MOST_RATINGS)]


def export_chat(subscriptions: Subscriptions, ledger: Ledger, chat_id: int, now: datetime) -> str:
    """What is kept of a chat's alerts, as JSON that can be read."""
    chat = subscriptions.chat(chat_id)
    quiet, digest = chat.quiet, chat.digest
    kept = _File(
        clipdesk_alerts=VERSION,
        exported=now,
        subscriptions=[_given(one) for one in subscriptions.of_chat(chat_id)],
        settings=_Settings(
            lang=chat.lang,
            zone=chat.zone.key,
            quiet=None
            if quiet is None
            else _Quiet(start=quiet.start, stop=quiet.stop, is_silent=quiet.is_silent),
            digest=None if digest is None else _Digest(at=digest.at, weekday=digest.weekday),
        ),
        ratings=[_rated(one) for one in ledger.ratings_in(chat_id)[-_MOST_RATINGS:]],
    )
    text = json.dumps(kept.model_dump(mode="json"), ensure_ascii=False, indent=2)
    # A lone surrogate cannot be written as it is
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace") + "\n"


def import_chat(
    subscriptions: Subscriptions,
    ledger: Ledger,
    body: bytes,
    place: Place,
    *,
    name: str,
    user_id: int = NO_USER,
) -> Taken:
    """
    Take in what ``export_chat`` gave: all of it, or nothing.

    A query that the place has already is changed to what the file says; the file's settings
    take the place of the chat's. Doing it twice is doing it once.

    Args:
        subscriptions: Of the bot that takes it in.
        ledger: Of the same.
        body: The file.
        place: Where alerts are to go from now on.
        name: Of the file, for the error.
        user_id: Who takes it in.

    Raises:
        SourceError: If it is no such file, or something in it is wrong.
    """
    kept = _read(body, name)
    added = [_subscription(one, place, user_id, name) for one in kept.subscriptions]
    settings = _chat(kept.settings, place.chat_id, name)
    with subscriptions.store.transaction():
        before = len(subscriptions.of_chat(place.chat_id))
        for one in added:
            subscriptions.add(one)
        after = len(subscriptions.of_chat(place.chat_id))
        if after > MOST_A_CHAT:
            raise SourceError(
                name, f"would make more than {MOST_A_CHAT} subscriptions; remove some first"
            )
        subscriptions.set_chat(settings)
        new = sum([ledger.keep_rating(_kept(one, user_id)) for one in kept.ratings])
    return Taken(len(added), after - before, len(kept.ratings), new)


def _read(body: bytes, name: str) -> _File:
    if len(body) > MOST_BYTES:
        raise SourceError(name, "is too large for a file of alerts")
    try:
        found = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as e:
        raise SourceError(name, "is damaged, or no file of alerts (no JSON)") from e
    version = found.get("clipdesk_alerts") if isinstance(found, dict) else None
    if version is None:
        raise SourceError(name, "is no file that clipdesk alerts export wrote")
    if version != VERSION:
        raise SourceError(name, f"is of version {version!r}, which this program does not know")
    try:
        return _File.model_validate(found)
    except (ValidationError, RecursionError) as e:
        raise SourceError(name, f"is damaged ({_first(e)})") from e


def _first(error: ValidationError | RecursionError) -> str:
    """``subscriptions.3.budget: Input should be …``."""
    if isinstance(error, RecursionError):
        return "too deep"
    wrong = error.errors(include_input=False, include_url=False, include_context=False)[0]
    return f"{'.'.join(map(str, wrong['loc']))}: {wrong['msg']}"


def _given(one: Subscription) -> _Subscription:
    return _Subscription(
        query=one.query,
        mode=one.mode,
        budget=one.budget,
        least=one.least,
        created=one.created,
        story=one.story,
        paused=one.paused,
        muted_until=one.muted_until,
    )


def _subscription(one: _Subscription, place: Place, user_id: int, name: str) -> Subscription:
    created = _utc(one.created)
    if one.story is None:
        try:
            parse_standing(one.query, created)
        except QueryError as e:
            raise SourceError(name, f"is damaged (the query {one.query!r}: {e})") from e
    return Subscription(
        id=0,
        place=place,
        user_id=user_id,
        created=created,
        query=one.query,
        least=one.least,
        story=one.story,
        mode=one.mode,
        budget=one.budget,
        paused=None if one.paused is None else _utc(one.paused),
        muted_until=None if one.muted_until is None else _utc(one.muted_until),
    )


def _chat(one: _Settings, chat_id: int, name: str) -> ChatSettings:
    if one.lang is not None and one.lang not in languages():
        raise SourceError(name, f"is damaged (settings: no language of ours: {one.lang!r})")
    quiet, digest = one.quiet, one.digest
    try:
        return ChatSettings(
            chat_id=chat_id,
            lang=one.lang,
            zone=ZoneInfo(one.zone),
            quiet=None if quiet is None else Quiet(quiet.start, quiet.stop, quiet.is_silent),
            digest=None if digest is None else DigestTime(digest.at, digest.weekday),
        )
    except (ValueError, OSError, ZoneInfoNotFoundError) as e:
        raise SourceError(name, f"is damaged (settings: {e})") from e


def _rated(kept: KeptRating) -> _Rating:
    rating = kept.rating
    filters = rating.filters
    quotes: list[dict[str, Any]] = [q.ref.to_json() | {"text": q.text} for q in rating.quotes]
    return _Rating(
        at=kept.at,
        label=rating.label,
        question=rating.question,
        answered=rating.answered,
        filters=_Filters(
            sources=filters.sources,
            after=filters.after,
            before=filters.before,
            langs=filters.langs,
            articles=filters.articles,
        ),
        quotes=tuple(map(_Quote.model_validate, quotes)),
    )


def _kept(one: _Rating, user_id: int) -> KeptRating:
    asked = one.filters
    filters = Filters(
        sources=asked.sources,
        after=None if asked.after is None else _utc(asked.after),
        before=None if asked.before is None else _utc(asked.before),
        langs=asked.langs,
        articles=asked.articles,
    )
    quotes = tuple(
        RatedQuote(QuoteRef.from_json(quote.model_dump()), quote.text) for quote in one.quotes
    )
    rating = Rating(user_id, one.label, one.question, filters, one.answered, quotes)
    return KeptRating(_utc(one.at), rating)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
