"""
Telegram's rates, over the times at which messages arrived: 1 a second in a private chat,
20 a minute in a group or channel, 30 a second in all. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from telegram_api.faults import is_message
from telegram_api.records import Call


@dataclass(frozen=True, slots=True)
class Rate:
    """At most *count* messages in any half-open window of *seconds*."""

    words: str
    count: int
    seconds: float


PRIVATE = Rate("a private chat", 1, 1.0)
GROUP = Rate("a group", 20, 60.0)
OVERALL = Rate("all chats", 30, 1.0)


def _rate_of(chat_id: int | str | None) -> Rate:
    return PRIVATE if isinstance(chat_id, int) and chat_id > 0 else GROUP


def _message_times(calls: Iterable[Call], chat_id: int | str | None = None) -> list[float]:
    return [
        call.at
        for call in calls
        if call.ok and is_message(call.method) and chat_id in (None, call.chat_id)
    ]


def wait_needed(calls: Sequence[Call], call: Call) -> int:
    """Whole seconds until *call* would keep the rates after the *calls* before it; 0 if now."""
    waits = []
    for rate, chat_id in ((_rate_of(call.chat_id), call.chat_id), (OVERALL, None)):
        times = _message_times(calls, chat_id)
        if len(times) >= rate.count and (left := times[-rate.count] + rate.seconds - call.at) > 0:
            waits.append(math.ceil(left))
    return max(waits, default=0)


def find_violations(calls: Sequence[Call], tolerance_s: float = 0.0) -> list[str]:
    """In words, where the messages among *calls* came faster than Telegram allows."""
    chats = dict.fromkeys(call.chat_id for call in calls if call.ok and is_message(call.method))
    checks = [(_rate_of(chat), f"chat {chat}", _message_times(calls, chat)) for chat in chats]
    checks.append((OVERALL, "all chats", sorted(_message_times(calls))))
    return [
        f"{where}: {rate.count + 1} messages in {later - first:.3f} s; {rate.words} may have "
        f"{rate.count} in {rate.seconds:g} s"
        for rate, where, times in checks
        for first, later in zip(times, times[rate.count :], strict=False)
        if later - first < rate.seconds - tolerance_s
    ]
