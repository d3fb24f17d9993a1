"""The buttons under alerts, under the list of them, and under what is asked back."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.alerts.values import Mode, Subscription
from bot.messages import Messages
from bot.render.markup import one_line
from bot.telegram.alert_presses import AlertAction, AlertPress
from bot.telegram.keyboards import ROW_MAX
from bot.telegram.presses import Press

MODES: tuple[Mode, ...] = ("instant", "digest", "both")

MUTE_HOURS = (8, 24, 168)

LIST_PAGE = 2 * ROW_MAX
"""Subscriptions listed in one message."""

_WORDS_MAX = 40  # UTF-16 units of a query on a button

Row = list[InlineKeyboardButton]


# --- under alerts ------------------------------------------------------------------


def alert(
    messages: Messages,
    note_id: int,
    answer_id: int | None,
    *,
    in_channel: str | None = None,
    is_muted: bool = False,
) -> InlineKeyboardMarkup:
    """
    Under an alert.

    Args:
        messages: The words to use.
        note_id: The note's id.
        answer_id: The ledger's answer that stands for it; None if none could be kept.
        in_channel: In a channel, the address of the quote in its article, here in the bot: a
            button there that changed the post would change it for all readers.
        is_muted: The story is told no more.
    """
    looked: Row = []
    if in_channel is not None:
        looked.append(InlineKeyboardButton(messages.text("button.context"), url=in_channel))
    elif answer_id is not None:
        context = Press("context", answer_id, 1, 1)
        looked.append(_plain(messages.text("button.context"), context.data))
    looked.append(_button(messages, "why", note_id))
    if in_channel is None:
        looked.append(_button(messages, "ask", note_id))
    quiet: AlertAction = "unmute_story" if is_muted else "mute_story"
    return InlineKeyboardMarkup(
        [looked, [_button(messages, quiet, note_id), _button(messages, "pause_one", note_id)]]
    )


def why(messages: Messages, note_id: int) -> InlineKeyboardMarkup:
    """Under why an alert was sent."""
    return InlineKeyboardMarkup([[_back(messages, AlertPress("alert", note_id))]])


def which_to_pause(
    messages: Messages, note_id: int, subscriptions: Sequence[Subscription]
) -> InlineKeyboardMarkup:
    """Under an alert that several subscriptions brought: which of them is to rest."""
    rows = [
        [_plain(_words(s.query), AlertPress("pause_one", note_id, s.id).data)]
        for s in subscriptions
    ]
    return InlineKeyboardMarkup([*rows, [_back(messages, AlertPress("alert", note_id))]])


def digest(
    messages: Messages, note_id: int, page: int = 0, pages: int = 1
) -> InlineKeyboardMarkup | None:
    """Under page *page*, from 0, of a digest of so many; None where there is one."""
    row: Row = []
    if page > 0:
        row.append(_back(messages, AlertPress("page", note_id, page - 1)))
    if page + 1 < pages:
        press = AlertPress("page", note_id, page + 1)
        row.append(_plain(messages.text("button.more"), press.data))
    return InlineKeyboardMarkup([row]) if row else None


# --- under the list ----------------------------------------------------------------


def subscriptions(
    messages: Messages, chat_id: int, found: Sequence[Subscription], page: int
) -> InlineKeyboardMarkup | None:
    """A number for each of a page of a chat's subscriptions."""
    first = page * LIST_PAGE
    numbers = [
        _plain(str(n), AlertPress("open", s.id).data)
        for n, s in enumerate(found[first : first + LIST_PAGE], first + 1)
    ]
    rows = [numbers[n : n + ROW_MAX] for n in range(0, len(numbers), ROW_MAX)]
    turns: Row = []
    if page > 0:
        turns.append(_back(messages, AlertPress("list", chat_id, page - 1)))
    if first + LIST_PAGE < len(found):
        press = AlertPress("list", chat_id, page + 1)
        turns.append(_plain(messages.text("button.more"), press.data))
    rows += [turns] if turns else []
    return InlineKeyboardMarkup(rows) if rows else None


def card(
    messages: Messages, subscription: Subscription, page: int, *, is_muted: bool
) -> InlineKeyboardMarkup:
    """Under all about one subscription, which page *page* of the list holds."""
    number = subscription.id
    rest: AlertAction = "pause" if subscription.paused is None else "resume"
    if is_muted:
        quiet = [_plain(messages.text("alert_button.unmute"), AlertPress("mute", number, 0).data)]
    else:
        quiet = [
            _plain(
                messages.text("alert_button.mute_hours", count=str(hours))
                if hours < 24
                else messages.text("alert_button.mute_days", count=str(hours // 24)),
                AlertPress("mute", number, hours).data,
            )
            for hours in MUTE_HOURS
        ]
    told = [
        _plain(
            ("✓ " if mode == subscription.mode else "") + messages.text(f"alert_button.{mode}"),
            AlertPress("mode", number, place).data,
        )
        for place, mode in enumerate(MODES)
    ]
    return InlineKeyboardMarkup(
        [
            [_button(messages, rest, number), _button(messages, "test", number)],
            quiet,
            told,
            [_button(messages, "edit", number), _button(messages, "delete", number)],
            [_back(messages, AlertPress("list", subscription.place.chat_id, page))],
        ]
    )


def opens(messages: Messages, subscription_id: int) -> InlineKeyboardMarkup:
    """Leads to one subscription."""
    press = AlertPress("open", subscription_id)
    return InlineKeyboardMarkup([[_plain(messages.text("alert_button.open"), press.data)]])


def back_to(messages: Messages, subscription: Subscription) -> InlineKeyboardMarkup:
    """Leads back to one subscription."""
    return InlineKeyboardMarkup([[_back(messages, AlertPress("open", subscription.id))]])


def confirm_delete(messages: Messages, subscription: Subscription) -> InlineKeyboardMarkup:
    """Whether it is really to be forgotten."""
    return InlineKeyboardMarkup(
        [
            [
                _button(messages, "delete_now", subscription.id),
                _back(messages, AlertPress("open", subscription.id)),
            ]
        ]
    )


# --- under a back-test ---------------------------------------------------------------


def preview(messages: Messages, token: int, proposals: Sequence[str]) -> InlineKeyboardMarkup:
    """Under what a query would have brought; *proposals* are queries that bring more, or less."""
    rows = [
        [_plain(_words(query), AlertPress("instead", token, place).data)]
        for place, query in enumerate(proposals)
    ]
    return InlineKeyboardMarkup(
        [
            *rows,
            [_button(messages, "save", token), _button(messages, "save_digest", token)],
            [_button(messages, "cancel", token)],
        ]
    )


def _button(messages: Messages, action: AlertAction, number: int) -> InlineKeyboardButton:
    words = messages.text(f"alert_button.{action}")
    return _plain(words, AlertPress(action, number).data)


def _back(messages: Messages, press: AlertPress) -> InlineKeyboardButton:
    return _plain(messages.text("button.back"), press.data)


def _plain(words: str, data: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(words, callback_data=data)


def _words(query: str) -> str:
    return one_line(query, _WORDS_MAX)
