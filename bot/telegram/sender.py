"""
Sends and edits messages, with the right reaction to whatever Telegram or the network says.

When a request may go is `flood`'s matter, what an error means `failures`', and what a message
says `bot.render`'s.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from telegram import InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, TelegramError
from telegram.ext import ExtBot

from bot.render.markup import LIMIT, cut, utf16_length, visible_text
from bot.telegram import failures, flood
from bot.telegram.failures import RESENDS, Failure, failure_of, is_about
from bot.telegram.flood import Priority

log = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE_S = 300.0
"""How long a message that cannot be delivered is tried, from its first failure on."""

_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 30.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes: a chat, a topic in it, and the message that it replies to."""

    chat_id: int
    thread_id: int | None = None
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class _Body:
    text: str
    parse_mode: ParseMode | None = ParseMode.HTML
    is_cut: bool = False


class _Refused(Exception):
    """The chat does not let us in."""

    def __init__(self, chat_id: int, reason: str) -> None:
        super().__init__(reason)
        self.chat_id = chat_id
        self.reason = reason


class Sender:
    """
    The one place from which messages go out.

    Messages of one priority reach a chat in the order in which they were given, also while the
    first of them is tried again. A chat that refuses a message (blocked, kicked, no right to
    write) is not tried again with it.

    Args:
        bot: Sends; its rate limiter is `bot.telegram.flood.FloodControl`.
        on_migrated: Awaited with the old and the new id before the message goes to the new
            one. Must not send to the old one, where messages wait behind this one.
        on_refused: Awaited with the chat and Telegram's reason, after each refused message.
        patience_s: How long a message is tried while Telegram cannot be reached.
        clock: Seconds that only grow.
        sleep: Pauses between tries.
        jitter: A random number from 0 to 1, so that chats do not all return at once.
    """

    def __init__(
        self,
        bot: ExtBot[Priority],
        *,
        on_migrated: Callable[[int, int], Awaitable[None]],
        on_refused: Callable[[int, str], Awaitable[None]],
        patience_s: float = PATIENCE_S,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._bot = bot
        self._on_migrated = on_migrated
        self._on_refused = on_refused
        self._patience_s = patience_s
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter
        self._turns: WeakValueDictionary[tuple[int, Priority], asyncio.Lock] = WeakValueDictionary()

    async def send(
        self,
        place: Place,
        html: str,
        *,
        keyboard: InlineKeyboardMarkup | None = None,
        priority: Priority = Priority.ANSWER,
        silent: bool = False,
        preview_url: str | None = None,
    ) -> Message | None:
        """
        Send *html*; gives the message, or None where the chat refused it.

        A group that became a supergroup is followed; a topic that is gone or closed is left
        for the chat's main one. Text that Telegram cannot parse goes as plain text, and text
        that is too long goes cut, without markup: both are bugs of ours, logged as errors.

        Args:
            place: Where to; a message to reply to that is gone does not matter.
            html: In Telegram's HTML, at most 4,096 UTF-16 units when parsed.
            keyboard: Buttons beneath.
            priority: What the message waits behind.
            silent: Whether no sound announces it.
            preview_url: The link whose preview is shown; None shows none.

        Raises:
            telegram.error.TelegramError: Telegram was not reached in time, or refuses for a
                reason that only a bug or a wrong token has.
        """

        def request(place: Place, body: _Body) -> Awaitable[Message]:
            reply_to = place.reply_to
            return self._bot.send_message(
                place.chat_id,
                body.text,
                parse_mode=body.parse_mode,
                message_thread_id=place.thread_id,
                reply_parameters=None
                if reply_to is None
                else ReplyParameters(reply_to, allow_sending_without_reply=True),
                reply_markup=keyboard,
                link_preview_options=LinkPreviewOptions(
                    is_disabled=preview_url is None, url=preview_url
                ),
                disable_notification=silent,
                rate_limit_args=priority,
            )

        return await self._post(place, priority, html, request)

    async def send_file(
        self,
        place: Place,
        body: bytes,
        name: str,
        caption: str,
        *,
        is_picture: bool = False,
        priority: Priority = Priority.ANSWER,
    ) -> Message | None:
        """
        Send a file, or a picture, with a *caption* in HTML; the rest is as with `send`.

        Args:
            place: Where to.
            body: What is in it; up to 50 MB, a picture up to 10 MB.
            name: As it is saved.
            caption: At most 1,024 UTF-16 units when parsed.
            is_picture: Show it.
            priority: What it waits behind.
        """

        def request(place: Place, text: _Body) -> Awaitable[Message]:
            shared: dict[str, Any] = {
                "caption": text.text,
                "parse_mode": text.parse_mode,
                "message_thread_id": place.thread_id,
                "reply_parameters": None
                if place.reply_to is None
                else ReplyParameters(place.reply_to, allow_sending_without_reply=True),
                "filename": name,
                "rate_limit_args": priority,
            }
            if is_picture:
                return self._bot.send_photo(place.chat_id, body, **shared)
            return self._bot.send_document(place.chat_id, body, **shared)

        return await self._post(place, priority, caption, request)

    async def send_once(
        self,
        place: Place,
        html: str,
        on_turn: Callable[[], Awaitable[None]],
        *,
        keyboard: InlineKeyboardMarkup | None = None,
        silent: bool = False,
    ) -> Message | None:
        """
        As `send`, an alert; but when Telegram cannot be reached, or says to wait, that is raised at once.

        Args:
            place: Where to.
            html: As in `send`.
            on_turn: Awaited right before each request; what it raises is raised.
            keyboard: Buttons beneath.
            silent: Whether no sound announces it.

        Raises:
            telegram.error.TelegramError: Among others `RetryAfter`, and `NetworkError` with
                which it may have arrived, see `failures.failure_of`.
        """
        token = flood.on_turn.set(on_turn)
        try:
            return await self.send(
                place, html, keyboard=keyboard, priority=Priority.ALERT, silent=silent
            )
        finally:
            flood.on_turn.reset(token)

    async def edit(
        self,
        chat_id: int,
        message_id: int,
        html: str,
        *,
        keyboard: InlineKeyboardMarkup | None = None,
        priority: Priority = Priority.EDIT,
    ) -> bool:
        """
        Make a message of ours say *html*; False if it is gone or can no longer be edited.

        True also when it says so already. Otherwise as `send`, but a message is not followed
        into a supergroup, where its number is another's.
        """

        def request(body: _Body) -> Awaitable[Any]:
            return self._bot.edit_message_text(
                body.text,
                chat_id=chat_id,
                message_id=message_id,
                parse_mode=body.parse_mode,
                reply_markup=keyboard,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                rate_limit_args=priority,
            )

        return await self._edit(chat_id, priority, _Body(html), request)

    async def edit_keyboard(
        self,
        chat_id: int,
        message_id: int,
        keyboard: InlineKeyboardMarkup | None,
        *,
        priority: Priority = Priority.EDIT,
    ) -> bool:
        """Put other buttons under a message of ours, or none; the rest is as with `edit`."""

        def request(_: _Body) -> Awaitable[Any]:
            return self._bot.edit_message_reply_markup(
                chat_id, message_id, reply_markup=keyboard, rate_limit_args=priority
            )

        return await self._edit(chat_id, priority, _Body("", parse_mode=None), request)

    async def typing(self, place: Place) -> None:
        """Show that we are writing; whether it is seen does not matter."""
        try:
            await self._bot.send_chat_action(
                place.chat_id, ChatAction.TYPING, message_thread_id=place.thread_id
            )
        except TelegramError as e:
            log.debug("no typing sign chat=%d: %s", place.chat_id, e)

    def _turn(self, chat_id: int, priority: Priority) -> asyncio.Lock:
        return self._turns.setdefault((chat_id, priority), asyncio.Lock())

    async def _post(
        self,
        place: Place,
        priority: Priority,
        html: str,
        request: Callable[[Place, _Body], Awaitable[Message]],
    ) -> Message | None:
        try:
            async with self._turn(place.chat_id, priority):
                return await self._send(place, _Body(html), request)
        except _Refused as refusal:
            await self._on_refused(refusal.chat_id, refusal.reason)
            return None

    async def _send(
        self, place: Place, body: _Body, request: Callable[[Place, _Body], Awaitable[Message]]
    ) -> Message:
        is_moved = False
        while True:
            try:
                return await self._deliver(partial(request, place, body))
            except ChatMigrated as e:
                if is_moved:
                    raise
                is_moved = True
                await self._on_migrated(place.chat_id, e.new_chat_id)
                place = Place(e.new_chat_id)  # neither topics nor message numbers move along
            except Forbidden as e:
                raise _Refused(place.chat_id, e.message) from e
            except BadRequest as e:
                main = Place(place.chat_id)  # no reply: that puts it into the same topic again
                if place != main and is_about(e, failures.NO_THREAD):
                    place = main
                else:
                    body = _body_after(e, body, place.chat_id)

    async def _edit(
        self,
        chat_id: int,
        priority: Priority,
        body: _Body,
        request: Callable[[_Body], Awaitable[Any]],
    ) -> bool:
        try:
            async with self._turn(chat_id, priority):
                while True:
                    try:
                        await self._deliver(partial(request, body))
                    except Forbidden as e:
                        raise _Refused(chat_id, e.message) from e
                    except BadRequest as e:
                        if is_about(e, failures.UNCHANGED):
                            return True
                        if is_about(e, failures.NOT_EDITABLE + failures.NO_THREAD):
                            return False
                        body = _body_after(e, body, chat_id)
                    else:
                        return True
        except ChatMigrated as e:
            await self._on_migrated(chat_id, e.new_chat_id)
        except _Refused as refusal:
            await self._on_refused(refusal.chat_id, refusal.reason)
        return False

    async def _deliver(self, request: Callable[[], Awaitable[T]]) -> T:
        """What *request* gives, tried again as often as its kind of failure allows."""
        counts: Counter[Failure] = Counter()
        gives_up_at: float | None = None
        while True:
            try:
                return await request()
            except NetworkError as e:
                failure = failure_of(e)
                if failure is None or flood.on_turn.get() is not None:
                    raise
                pause_s = self._pause_s(counts.total())
                now = self._clock()
                if gives_up_at is None:
                    gives_up_at = now + self._patience_s
                if counts[failure] == RESENDS[failure] or now + pause_s > gives_up_at:
                    raise
                counts[failure] += 1
                log.warning("trying again in %.1f s (%s): %s", pause_s, failure.name, e)
            await self._sleep(pause_s)

    def _pause_s(self, earlier: int) -> float:
        doublings = min(earlier, 16)  # far past the longest pause, far from overflow
        base_s: float = min(_FIRST_PAUSE_S * 2.0**doublings, _LONGEST_PAUSE_S / 2)
        return base_s * (1 + self._jitter())


def _body_after(error: BadRequest, body: _Body, chat_id: int) -> _Body:
    """
    The same message in a form to which *error* does not apply.

    Raises:
        _Refused: If it is the chat that does not want it.
        BadRequest: *error* itself, if no form would help.
    """
    if is_about(error, failures.NO_ENTRY):
        raise _Refused(chat_id, error.message) from error
    if is_about(error, failures.WRONG_HTML) and body.parse_mode is not None:
        log.error("our markup was refused chat=%d, sent as plain text: %s", chat_id, error)
        return _Body(visible_text(body.text), parse_mode=None)
    if is_about(error, failures.TOO_LONG) and not body.is_cut:
        text = body.text if body.parse_mode is None else visible_text(body.text)
        log.error("our text was refused chat=%d units=%d, sent cut", chat_id, utf16_length(text))
        return _Body(cut(text, LIMIT), parse_mode=None, is_cut=True)
    raise error
