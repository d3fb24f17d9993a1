"""What a press of a button does, and the answer that every press gets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from telegram import CallbackQuery, Update
from telegram.constants import CallbackQueryLimit
from telegram.error import BadRequest

from bot.messages import Messages
from bot.telegram.office import Office

TOAST_MAX = int(CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH)


@dataclass(frozen=True, slots=True)
class Effect:
    """
    What a press does: a line that is shown, and a change of the message.

    Attributes:
        is_popup: The line stays until it is closed, instead of for a moment.
    """

    toast: str | None = None
    change: Callable[[], Awaitable[object]] | None = None
    is_popup: bool = False


async def answer_press(
    update: Update,
    office: Office,
    effect_of: Callable[[Update, CallbackQuery, Messages], Awaitable[Effect]],
) -> None:
    """
    Answer a press, so that its clock stops turning, and only then change the message.

    The change may have to wait for the chat's budget. What *effect_of* raises goes on, after
    the one who pressed was told that something went wrong.
    """
    query = update.callback_query
    assert query is not None
    messages = office.messages(update)
    effect = Effect(messages.text("error.sorry"))
    try:
        effect = await effect_of(update, query, messages)
    finally:
        toast = None if effect.toast is None else effect.toast[:TOAST_MAX]
        with suppress(BadRequest):  # pressed too long ago: there is nobody left to tell
            await query.answer(toast, show_alert=effect.is_popup or None)
    if effect.change is not None:
        await effect.change()
