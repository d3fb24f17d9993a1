"""What tests see of the bot: its messages, its calls, and waiting for them."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from typing import TypeVar

from telegram_api.rates import find_violations
from telegram_api.records import Call, Json, Room, Sent, sent
from telegram_api.state import State

_Found = TypeVar("_Found")
_TOLD_CALLS = 20


class Watching(State):
    """Reads and waits; nothing here changes what the bot meets."""

    def messages(self, chat: Json) -> list[Sent]:
        """The bot's messages of *chat* as they stand now, in order; removed ones are left out."""
        with self.changed:
            return [
                sent(copy.deepcopy(stored))
                for stored in self._room_of(chat).messages.values()
                if stored.by_bot
            ]

    def wait_messages(self, chat: Json, count: int = 1, timeout: float = 10) -> list[Sent]:
        """The bot's messages of *chat*, once there are *count* of them."""

        def enough() -> list[Sent] | None:
            found = self.messages(chat)
            return found if len(found) >= count else None

        return self._wait(enough, timeout, f"{count} messages in chat {chat['id']}")

    def wait_call(
        self,
        method: str,
        predicate: Callable[[Call], bool] = lambda _: True,
        timeout: float = 10,
        after: int = 0,
    ) -> Call:
        """
        The first call of *method* that *predicate* holds for, from ``calls[after]`` on.

        Its outcome is known, but for getUpdates, which may still wait for updates.
        """

        def found() -> Call | None:
            for call in self.calls[after:]:
                settled = call.done_at is not None or method == "getUpdates"
                if call.method == method and settled and predicate(call):
                    return call
            return None

        return self._wait(found, timeout, f"a call of {method}")

    def wait_edit(self, chat: Json, message_id: int, edits: int = 1, timeout: float = 10) -> Sent:
        """The bot's message, once it has been edited that often."""

        def edited() -> Sent | None:
            stored = self._room_of(chat).messages.get(message_id)
            return sent(copy.deepcopy(stored)) if stored and stored.edits >= edits else None

        return self._wait(edited, timeout, f"edit {edits} of message {message_id}")

    def answered(self, callback_id: str, timeout: float = 10) -> Call:
        """The call that answered a callback query or an inline query."""

        def answer() -> Call | None:
            for call in self.calls:
                query = call.params.get("callback_query_id", call.params.get("inline_query_id"))
                if query == callback_id and call.done_at is not None and call.ok:
                    return call
            return None

        return self._wait(answer, timeout, f"an answer to query {callback_id}")

    def idle(self, seconds: float, timeout: float = 60) -> None:
        """Return once no call but getUpdates came for *seconds*."""
        start = time.monotonic()
        with self.changed:
            while True:
                times = [call.at for call in self.calls if call.method != "getUpdates"]
                now = time.monotonic()
                left = max([start, *times]) + seconds - now
                if left <= 0:
                    return
                if now > start + timeout:
                    raise AssertionError(f"never idle for {seconds} s; {self._told_calls()}")
                self.changed.wait(left)

    def violations(self, tolerance_s: float = 0.0) -> list[str]:
        """In words, where the bot's messages came faster than Telegram allows."""
        with self.changed:
            return find_violations(self.calls, tolerance_s)

    def _room_of(self, chat: Json) -> Room:
        return self.rooms[chat["id"]]

    def _wait(self, find: Callable[[], _Found | None], timeout: float, what: str) -> _Found:
        end = time.monotonic() + timeout
        with self.changed:
            while (found := find()) is None:
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"{timeout} s in vain for {what}; {self._told_calls()}")
                self.changed.wait(left)
            return found

    def _told_calls(self) -> str:
        told = [call for call in self.calls if call.method != "getUpdates"]
        lines = [
            f"  {call.method} {call.params!r:.300} -> "
            + ("open" if call.done_at is None else call.error or "ok")
            for call in told[-_TOLD_CALLS:]
        ]
        polls = len(self.calls) - len(told)
        return "\n".join(
            [
                f"{polls} polls, {len(told)} other calls, the last of them:",
                *lines,
                f"complaints: {self.complaints}",
            ]
        )
