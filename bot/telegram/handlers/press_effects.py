"""What a press of a button does, and the answer that every press gets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from telegram import CallbackQuery
from telegram.constants import CallbackQueryLimit
from telegram.error import BadRequest

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


async def answer(query: CallbackQuery, effect: Effect) -> None:
    """Answer a press, so that its clock stops turning."""
    toast = None if effect.toast is None else effect.toast[:TOAST_MAX]
    try:
        await query.answer(toast, show_alert=effect.is_popup or None)
    except BadRequest:  # pressed too long ago: there is nobody left to tell
        return
