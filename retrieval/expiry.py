"""
Letting articles go, whole: they expire, the index follows, then their texts are dropped.

The rules and each step are the store's (``store/expiring.py``); the order is here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from retrieval.desk import Desk
from retrieval.store import Cited, Retention, Wait

SETTLE_S = 5.0
"""An answer that is being given may still quote what has just expired, in this process or
in another, which follows every two seconds; so long after, it has been noted down."""


@dataclass(frozen=True, slots=True)
class ExpiryReport:
    """
    What became of a corpus that was more than is to be kept.

    Attributes:
        expired: Articles.
        texts: Versions of articles, of this and of earlier times, whose text was dropped.
        cited: Expired articles, of this and of earlier times, that keep a text.
        changes: Rows that were taken out of the change feed.
        is_stopped: It was stopped; repeating it does the rest.
    """

    expired: int = 0
    texts: int = 0
    cited: int = 0
    changes: int = 0
    is_stopped: bool = False


def expire(
    desk: Desk,
    retention: Retention,
    now: datetime,
    *,
    cited: Callable[[], Cited],
    wait: Wait,
    on_progress: Callable[[int], None] | None = None,
) -> ExpiryReport:
    """
    Keep no more than *retention* says. A crash at any moment leaves a whole corpus, and
    repeating it completes the work.

    Others who read or write are held up for one short transaction at most.

    Args:
        desk: Its index follows.
        retention: What to keep.
        now: The time.
        cited: Asked, when the articles have expired, which versions keep their texts.
        wait: Waits so many seconds, and says whether to stop.
        on_progress: Told how many articles have expired so far.

    Raises:
        StoreError: If the store cannot be written.
    """
    store, is_stopped = desk.store, False

    def watched(seconds: float) -> bool:
        nonlocal is_stopped
        is_stopped = wait(seconds)
        return is_stopped

    expired = store.expire(retention, now, watched, on_progress)
    desk.follow()
    if is_stopped or (expired and watched(SETTLE_S)):
        return ExpiryReport(expired, is_stopped=True)
    texts, kept = store.drop_texts(retention, now, cited(), watched)
    changes = 0
    if not is_stopped:
        changes = store.trim_changes(retention, now, desk.index.position, watched)
    if not is_stopped:
        store.release_space(watched)
    return ExpiryReport(expired, texts, kept, changes, is_stopped)
