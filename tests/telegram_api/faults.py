"""Faults to come, and which call meets which. Knows no HTTP and no chats."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from telegram_api.records import ApiError, Call


def is_message(method: str) -> bool:
    """Whether a call of *method* puts or changes a message, which Telegram's rates count."""
    if method == "sendChatAction":
        return False
    return method.startswith(("send", "edit", "forward", "copy"))


@dataclass(slots=True)
class Fault:
    """What is to happen to the next *times* calls that match."""

    kind: Literal["refuse", "reset", "reset after work", "bad gateway", "black hole"]
    method: str | None = None  # None: any
    chat_id: int | None = None
    messages_only: bool = False
    times: int = 1
    error: ApiError | None = None
    seconds: float = 0

    def matches(self, call: Call) -> bool:
        return (
            self.method in (None, call.method)
            and self.chat_id in (None, call.chat_id)
            and (not self.messages_only or is_message(call.method))
        )


@dataclass(slots=True)
class Faults:
    """The faults to come, the oldest first."""

    coming: list[Fault] = field(default_factory=list)
    revoked: bool = False

    def take(self, call: Call) -> Fault | None:
        """The fault that *call* meets; one of its times is used up."""
        for fault in self.coming:
            if fault.matches(call):
                fault.times -= 1
                if fault.times <= 0:
                    self.coming.remove(fault)
                return fault
        return None
