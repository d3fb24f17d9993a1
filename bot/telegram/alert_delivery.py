"""
Alerts on their way to Telegram: several chats at once; within a chat one at a time, in order.

A message is *sending* from the moment at which its request is made, and not while it waits for
its turn: what is killed in a queue was never sent. How often a message is tried, and what an
error means for it, is decided here; what it says is `alert_messages`'s.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Message
from telegram.error import (
    BadRequest,
    ChatMigrated,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.alerts.outbox import NOTHING_LEFT, Handed
from bot.alerts.values import NO_THREAD, Note
from bot.telegram.alert_messages import ReadyAlert
from bot.telegram.background import Tasks, end_within
from bot.telegram.failures import Failure, failure_of
from bot.telegram.flood import Priority
from bot.telegram.office import Office, now
from bot.telegram.sender import Place
from retrieval.errors import RetrievalError, StoreError

log = logging.getLogger(__name__)

CHATS_AT_ONCE = 1_000
"""Of which one message each may wait for its turn; what waits costs some kilobytes."""

EDIT_EVERY_S = 10.0
"""A message is edited no more often: reports of one story come in groups."""

EDITS_AT_ONCE = 100

_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0
_RECORD_AGAIN_S = (0.5, 1.0, 5.0, 15.0, 60.0)


class _NotWanted(Exception):
    """The message is not to go any more."""


class Delivery:
    """
    Sends what is due and edits what has changed; for the event loop's thread.

    Args:
        office: Sends and keeps.
        clock: Seconds that only grow.
    """

    def __init__(self, office: Office, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._office = office
        self._book = office.alerts
        self._clock = clock
        self._tasks = Tasks()
        self._serving: dict[int, asyncio.Task[None]] = {}  # by chat
        self._under_way: set[int] = set()  # chats of which a request is made now
        self._editing: set[int] = set()  # notes
        self._edited_at: dict[int, float] = {}  # of notes
        self._rests: dict[int, _Rest] = {}  # of chats
        self._is_ending = False

    async def look(self) -> None:
        """Begin with what is due by now; returns at once."""
        at = self._clock()
        resting = {chat for chat, rest in self._rests.items() if rest.until > at}
        room = CHATS_AT_ONCE - len(self._serving)
        if room > 0:
            skip = self._serving.keys() | resting
            for chat_id in await self._office.run(self._book.outbox.due_chats, now(), room, skip):
                if chat_id not in self._serving and not self._is_ending:
                    self._serving[chat_id] = self._tasks.start(self._serve(chat_id))
        self._edited_at = {n: t for n, t in self._edited_at.items() if t + EDIT_EVERY_S > at}
        room = EDITS_AT_ONCE - len(self._editing)
        if room > 0:
            rested = self._editing | self._edited_at.keys()
            for handed in await self._office.run(self._book.outbox.to_edit, room, rested):
                number, chat_id = handed.note.id, handed.note.place.chat_id
                if number not in self._editing and chat_id not in resting and not self._is_ending:
                    self._editing.add(handed.note.id)
                    self._tasks.start(self._edit(handed))

    async def stop(self, grace_s: float) -> None:
        """Begin nothing more: who waits for a turn gives it up, unharmed; the rest may end."""
        self._is_ending = True
        for chat_id, task in self._serving.items():
            if chat_id not in self._under_way:
                task.cancel()
        await end_within(grace_s, set(self._serving.values()))
        await self._tasks.stop()

    # --- sending ----------------------------------------------------------------

    async def _serve(self, chat_id: int) -> None:
        """Send what is due in a chat, until that is all or it has to rest."""
        try:
            while not self._is_ending:
                handed = await self._office.run(self._book.outbox.next_of, chat_id, now())
                if handed is None or not await self._send(handed):
                    return
        except StoreError as e:
            log.warning("alerts of chat %d wait for the store: %s", chat_id, e)
            self._rest(chat_id)
        except Exception:
            # Whatever it is: it must neither be tried at once again nor stop the other chats
            self._rest(chat_id)
            raise
        finally:
            del self._serving[chat_id]

    async def _send(self, handed: Handed) -> bool:
        """Send one message; whether the chat's next one may be tried now."""
        note, office = handed.note, self._office
        ready = await office.run(office.alert_messages.make, handed, now())
        if ready is None:
            await self._record(self._book.outbox.end, note, "withdrawn", NOTHING_LEFT)
            return True

        async def on_turn() -> None:
            self._under_way.add(note.place.chat_id)
            if self._is_ending:
                raise _NotWanted
            if not await office.run(self._book.outbox.claim, note.id, ready.answer_id):
                raise _NotWanted

        try:
            return await self._send_ready(handed, ready, on_turn)
        finally:
            self._under_way.discard(note.place.chat_id)

    async def _send_ready(
        self, handed: Handed, ready: ReadyAlert, on_turn: Callable[[], Awaitable[None]]
    ) -> bool:
        note, office = handed.note, self._office
        place = Place(note.place.chat_id, note.place.thread_id or None)
        try:
            message = await office.sender.send_once(
                place, ready.html, on_turn, keyboard=ready.keyboard, silent=note.is_silent
            )
        except _NotWanted:
            return True
        except (TelegramError, RetrievalError) as e:
            return await self._failed(note, e)
        if message is None:  # refused; the chat is suspended by now
            await self._put_back(note, "the chat takes no messages")
            return False
        self._rests.pop(note.place.chat_id, None)
        await self._record(
            self._book.outbox.sent, handed, message.message_id, ready.answer_id, now()
        )
        await self._record(office.ledger.mark_sent, ready.answer_id, message.message_id)
        if place.thread_id is not None and _is_elsewhere(message, place):
            await self._topic_is_gone(note)
        return True

    async def _failed(self, note: Note, error: Exception) -> bool:
        """What becomes of a message that did not get through; whether the chat may go on."""
        chat_id = note.place.chat_id
        if isinstance(error, RetryAfter):  # the chat is held where turns are given
            await self._put_back(note, str(error))
            return True
        if isinstance(error, BadRequest):
            log.error("alert %d is refused chat=%d: %s", note.id, chat_id, error)
            await self._record(self._book.outbox.end, note, "failed", error.message)
            return True
        failure = failure_of(error) if isinstance(error, NetworkError) else None
        may_have = failure is Failure.UNKNOWN
        if isinstance(error, InvalidToken):
            self._office.health.doubt_token()
        elif not isinstance(error, NetworkError | ChatMigrated | StoreError):
            log.error("alert %d met an error that is unknown", note.id, exc_info=error)
        pause_s = self._rest(chat_id)
        log.warning("alerts of chat %d wait %.1f s: %s", chat_id, pause_s, error)
        if may_have and self._office.settings.alerts_unsure == "drop":
            await self._record(self._book.outbox.end, note, "unsure", str(error))
        else:
            await self._put_back(note, str(error), may_have=may_have)
        return False

    async def _put_back(self, note: Note, reason: str, *, may_have: bool = False) -> None:
        # Its time stays: what cannot be sent grows old from when it was to go
        await self._record(
            self._book.outbox.put_back, note, note.not_before, reason, may_have=may_have
        )

    async def _topic_is_gone(self, note: Note) -> None:
        """It went to the chat's general topic; so will what comes after it."""
        office = self._office
        log.info("topic %d of chat %d is gone", note.place.thread_id, note.place.chat_id)
        await self._record(self._book.subscriptions.move_topic, note.place)
        chat = office.ledger.chat(note.place.chat_id)
        name = (chat.title if chat is not None else None) or str(note.place.chat_id)
        self._tasks.start(office.tell_admins("health.topic_gone", chat=name))

    def _rest(self, chat_id: int) -> float:
        """Leave a chat alone for a while, longer each time; gives the seconds."""
        earlier = self._rests.get(chat_id)
        tries = 0 if earlier is None else min(earlier.tries + 1, 16)
        longest: float = min(_FIRST_PAUSE_S * 2.0**tries, _LONGEST_PAUSE_S)
        pause_s = longest * (1 + random.random()) / 2  # so that not all return at once
        self._rests[chat_id] = _Rest(self._clock() + pause_s, tries)
        return pause_s

    # --- editing ----------------------------------------------------------------

    async def _edit(self, handed: Handed) -> None:
        note, office = handed.note, self._office
        assert note.message_id is not None
        try:
            ready: ReadyAlert | None = await office.run(office.alert_messages.make, handed, now())
            if ready is not None:
                await office.sender.edit(
                    note.place.chat_id,
                    note.message_id,
                    ready.html,
                    keyboard=ready.keyboard,
                    priority=Priority.ALERT_EDIT,
                )
            await self._record(self._book.outbox.edited, handed, now())
        except BadRequest as e:
            log.error("an alert cannot be edited note=%d: %s", note.id, e)  # noqa: TRY400  # said whole
            await self._record(self._book.outbox.edited, handed, now())
        except (TelegramError, StoreError) as e:
            log.warning("alert %d is edited later: %s", note.id, e)
        finally:
            self._editing.discard(note.id)
            self._edited_at[note.id] = self._clock()

    # --- parts ------------------------------------------------------------------

    async def _record(self, work: Callable[..., Any], *arguments: Any, **named: Any) -> None:
        """
        Write down what became of a message, again while the store is busy or full: what has
        arrived and is not written down arrives a second time.
        """
        for pause_s in _RECORD_AGAIN_S:
            try:
                await self._office.run(work, *arguments, **named)
            except StoreError as e:
                if not e.is_passing:
                    raise
                log.warning("trying again in %.1f s to note an alert: %s", pause_s, e)
                await asyncio.sleep(pause_s)
            else:
                return
        await self._office.run(work, *arguments, **named)


class _Rest:
    """Until when a chat is left alone, by the clock, and after how many failures in a row."""

    __slots__ = ("tries", "until")

    def __init__(self, until: float, tries: int) -> None:
        self.until = until
        self.tries = tries


def _is_elsewhere(message: Message, place: Place) -> bool:
    """Whether it went to another topic of the same chat."""
    if message.chat.id != place.chat_id:
        return False
    thread_id = message.message_thread_id if message.is_topic_message else None
    return (thread_id or NO_THREAD) != place.thread_id
