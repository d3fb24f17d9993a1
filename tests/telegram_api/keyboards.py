"""What Telegram demands of an inline keyboard beyond the schema."""

from __future__ import annotations

from urllib.parse import urlsplit

from telegram_api.entities import checked_link
from telegram_api.records import Json, bot_fault

MAX_IN_A_ROW = 8
MAX_BUTTONS = 100
_NOT_ACTIONS = {"text", "icon_custom_emoji_id", "style"}


def check_keyboard(markup: Json | None, chat_type: str | None) -> Json | None:
    """
    The inline keyboard to show under a message; None for none and for other keyboards.

    Args:
        markup: A reply_markup that fits the schema.
        chat_type: The chat's type; None for an inline result.

    Raises:
        ApiError: If Telegram refuses it.
    """
    if markup is None or "inline_keyboard" not in markup:
        return None
    rows = [row for row in markup["inline_keyboard"] if row]
    for row in rows:
        if len(row) > MAX_IN_A_ROW:
            raise bot_fault(f"reply markup is too long: {len(row)} buttons in a row")
        for button in row:
            _check_button(button, chat_type)
    if sum(map(len, rows)) > MAX_BUTTONS:
        raise bot_fault(f"reply markup is too long: {sum(map(len, rows))} buttons")
    return {"inline_keyboard": rows} if rows else None


def _check_button(button: Json, chat_type: str | None) -> None:
    actions = button.keys() - _NOT_ACTIONS
    if not button["text"].strip():
        raise bot_fault("can't parse inline keyboard button: text is empty")
    if not actions:
        raise bot_fault(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if len(actions) > 1:
        raise bot_fault(
            f"can't parse inline keyboard button: more than one action: {sorted(actions)}"
        )
    if "url" in button:
        url = button["url"]
        if checked_link(url) is None or not urlsplit(url).scheme:
            raise bot_fault(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    if "web_app" in button and chat_type not in ("private", None):
        raise bot_fault("BUTTON_TYPE_INVALID")
    if chat_type == "channel" and any(name.startswith("switch_inline") for name in actions):
        raise bot_fault("BUTTON_TYPE_INVALID")
