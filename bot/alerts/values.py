"""What the parts of the alerts pass to each other: frozen, and valid by construction."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from bot.alerts.hours import DigestTime, Quiet
from retrieval.types import Span

TERMINAL = 0
"""The chat id of the terminal: no chat of Telegram has it."""

NO_THREAD = 0
"""The thread id of a chat without topics, and of a forum's general one."""

NO_USER = 0
"""Who asks in the terminal, or in a file that was taken in."""

DEFAULT_BUDGET = 20
"""Alerts a day of one subscription; what is over goes into the digest."""

Mode = Literal["instant", "digest", "both"]

NoteState = Literal["waiting", "sending", "sent", "unsure", "expired", "failed", "withdrawn"]
"""
Of a message: ``waiting`` for its time or its turn; ``sending``, and if the program is killed
then nobody knows; ``unsure``, it may have arrived and is not sent again; ``expired``, it could
not be sent while it was news; ``failed``, Telegram refuses it; ``withdrawn``, its article was
taken back before it was sent.
"""

Outcome = Literal["alert", "merged", "digest", "over_budget", "muted"]
"""
Of a match: it made a message, or was put into one about the same story; it has no message, by
choice or since the day's budget was spent, and is told in the digest; or it was muted.
"""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where alerts go: a chat and a topic in it."""

    chat_id: int
    thread_id: int = NO_THREAD


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """
    What a chat wants to be told of.

    Attributes:
        id: A number that is never given twice.
        user_id: Who asked for it.
        query: As it was written; see ``retrieval.query.parse_standing``.
        least: The score from which an article is about it, if it is a topic.
        story: An article that is told to be of this story matches too, whatever its words.
        budget: The most alerts a day.
        after_seq: The last change of the store before it was made.
        paused: Since when it rests, by request.
        muted_until: Until when what matches is noted, and not told.
    """

    id: int
    place: Place
    user_id: int
    created: datetime
    query: str
    least: float
    story: str | None = None
    mode: Mode = "instant"
    budget: int = DEFAULT_BUDGET
    after_seq: int = 0
    paused: datetime | None = None
    muted_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSettings:
    """
    When a chat wants to be told.

    Attributes:
        lang: Of the bot's words there; None for the program's.
        digest: When the digest comes; None: only where a budget was spent, or a subscription
            asks for it, in the morning.
        suspended: Since when nothing can be sent there; ``suspended_for`` is Telegram's reason.
    """

    chat_id: int
    lang: str | None = None
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    quiet: Quiet | None = None
    digest: DigestTime | None = None
    suspended: datetime | None = None
    suspended_for: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """
    A message to a chat, sent or to be sent: of a story, or a digest.

    Attributes:
        key: The story's id, or the digest's name.
        reason: Why it ended as it did, where that needs saying.
        not_before: It waits until then.
        attempts: How often it was begun to be sent.
        was_unsure: An earlier attempt may have arrived.
        revision: Counts what it should say; ``shown`` is the revision that was sent.
        answer_id: Of the ledger's answer that stands for it: buttons and replies find it.
    """

    id: int
    place: Place
    kind: Literal["story", "digest"]
    key: str
    state: NoteState
    reason: str | None
    created: datetime
    not_before: datetime
    is_silent: bool
    attempts: int
    was_unsure: bool
    revision: int
    shown: int
    message_id: int | None
    answer_id: int | None
    sent: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRecord:
    """
    An article that a subscription matched.

    Attributes:
        version: Of the article, that matched.
        spans: The words that matched, in its text; ``title_spans`` in its title.
        note_id: The message that tells its story; None if there is none.
        in_digest: Whether it is to be in a digest: ``digest_id``, once that was made.
    """

    id: int
    subscription_id: int
    place: Place
    article_id: str
    version: int
    story: str
    score: float | None
    spans: tuple[Span, ...]
    title_spans: tuple[Span, ...]
    matched: datetime
    outcome: Outcome
    note_id: int | None
    in_digest: bool
    digest_id: int | None
