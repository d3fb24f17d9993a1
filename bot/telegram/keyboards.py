"""The buttons under the bot's messages: which there are, and what stands behind each."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.messages import Messages
from bot.telegram.presses import Action, Press

ROW_MAX = 8
"""Buttons in a row; Telegram refuses more."""


def answer(messages: Messages, answer_id: int, *, is_answer: bool) -> InlineKeyboardMarkup:
    """Under an answer, and under passages that are none."""
    return InlineKeyboardMarkup(
        [
            [
                _button(messages.text("button.context"), Press("context", answer_id, 1, 1)),
                _button(messages.text("button.more"), Press("more", answer_id, 2)),
                _button(messages.text("button.sources"), Press("sources", answer_id)),
            ],
            _alert(messages, answer_id, is_answer=is_answer),
            _rating(answer_id),
        ]
    )


def waiting(messages: Messages, answer_id: int) -> InlineKeyboardMarkup:
    """Under what has no answer, nor passages that come close."""
    return InlineKeyboardMarkup([_alert(messages, answer_id, is_answer=False)])


def context(
    messages: Messages,
    answer_id: int,
    number: int,
    shown: Sequence[int],
    width: int,
    *,
    can_widen: bool,
    page: int,
) -> InlineKeyboardMarkup:
    """Under the paragraphs around quote *number*, one of those *shown* on *page*."""
    others = [
        _button(messages.text("button.quote", number=str(n)), Press("context", answer_id, n, 1))
        for n in shown
        if n != number
    ]
    back = Press("answer", answer_id) if page == 1 else Press("more", answer_id, page)
    row = [_button(messages.text("button.back"), back)]
    if can_widen:
        wider = Press("context", answer_id, number, width + 1)
        row.append(_button(messages.text("button.wider"), wider))
    if len(row) + len(others) <= ROW_MAX:
        return InlineKeyboardMarkup([row + others])
    rows = [others[n : n + ROW_MAX] for n in range(0, len(others), ROW_MAX)]
    return InlineKeyboardMarkup([row, *rows])


def page(messages: Messages, answer_id: int, number: int, first: int) -> InlineKeyboardMarkup:
    """Under page *number* of further quotes, whose first quote is *first*."""
    previous = Press("answer", answer_id) if number == 2 else Press("more", answer_id, number - 1)
    return InlineKeyboardMarkup(
        [
            [
                _button(messages.text("button.back"), previous),
                _button(messages.text("button.context"), Press("context", answer_id, first, 1)),
                _button(messages.text("button.more"), Press("more", answer_id, number + 1)),
                _button(messages.text("button.sources"), Press("sources", answer_id)),
            ],
            _rating(answer_id),
        ]
    )


def back(messages: Messages, answer_id: int) -> InlineKeyboardMarkup:
    """Under a view that only leads back to the answer."""
    return InlineKeyboardMarkup(
        [[_button(messages.text("button.back"), Press("answer", answer_id))]]
    )


def without(keyboard: InlineKeyboardMarkup, data: str) -> InlineKeyboardMarkup | None:
    """*keyboard* without the button behind which *data* stands; None if no other is left."""
    rows = [
        [button for button in row if button.callback_data != data]
        for row in keyboard.inline_keyboard
    ]
    rows = [row for row in rows if row]
    return InlineKeyboardMarkup(rows) if rows else None


def languages(messages: Messages, offered: Sequence[str], current: str) -> InlineKeyboardMarkup:
    """A language each, under its own name, two a row; *current* is ticked, "" is the user's own."""
    buttons = [
        InlineKeyboardButton(
            ("✓ " if lang == current else "") + Messages(lang).text("language.name"),
            callback_data=f"l:{lang}",
        )
        for lang in offered
    ]
    rows = [buttons[n : n + 2] for n in range(0, len(buttons), 2)]
    tick = "" if current else "✓ "
    own = InlineKeyboardButton(tick + messages.text("button.language_auto"), callback_data="l:")
    return InlineKeyboardMarkup([*rows, [own]])


def _alert(messages: Messages, answer_id: int, *, is_answer: bool) -> list[InlineKeyboardButton]:
    action: Action = "follow" if is_answer else "tell"
    return [_button(messages.text(f"button.{action}"), Press(action, answer_id))]


def _rating(answer_id: int) -> list[InlineKeyboardButton]:
    return [_button("👍", Press("good", answer_id)), _button("👎", Press("bad", answer_id))]


def _button(text: str, press: Press) -> InlineKeyboardButton:
    return InlineKeyboardButton(text, callback_data=press.data)
