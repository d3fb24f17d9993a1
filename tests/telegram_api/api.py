"""A call of the bot's -> its result, or the refusal: the table of methods and what all share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from telegram_api import answers, chats, downloads, profile, sending, webhooks
from telegram_api.faults import is_message
from telegram_api.rates import wait_needed
from telegram_api.records import ApiError, Call, Json, bot_fault
from telegram_api.schema import load_schema
from telegram_api.state import State

METHODS: Mapping[str, Callable[[State, Json], Any]] = {
    "answerCallbackQuery": answers.answer_callback_query,
    "answerInlineQuery": answers.answer_inline_query,
    "close": profile.log_out,
    "copyMessage": sending.copy_message,
    "deleteMessage": sending.delete_message,
    "deleteMessages": sending.delete_messages,
    "deleteMyCommands": profile.delete_my_commands,
    "deleteWebhook": webhooks.delete_webhook,
    "editMessageCaption": sending.edit_message_caption,
    "editMessageReplyMarkup": sending.edit_message_reply_markup,
    "editMessageText": sending.edit_message_text,
    "forwardMessage": sending.forward_message,
    "getChat": chats.get_chat,
    "getChatAdministrators": chats.get_chat_administrators,
    "getChatMember": chats.get_chat_member,
    "getChatMemberCount": chats.get_chat_member_count,
    "getFile": downloads.get_file,
    "getMe": profile.get_me,
    "getMyCommands": profile.get_my_commands,
    "getMyDescription": profile.get_my_description,
    "getMyName": profile.get_my_name,
    "getMyShortDescription": profile.get_my_short_description,
    "getWebhookInfo": webhooks.get_webhook_info,
    "leaveChat": chats.leave_chat,
    "logOut": profile.log_out,
    "sendChatAction": sending.send_chat_action,
    "sendDocument": sending.send_document,
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "setMessageReaction": sending.set_message_reaction,
    "setMyCommands": profile.set_my_commands,
    "setMyDescription": profile.set_my_description,
    "setMyName": profile.set_my_name,
    "setMyShortDescription": profile.set_my_short_description,
    "setWebhook": webhooks.set_webhook,
}


def perform(state: State, call: Call) -> Any:
    """
    Do what *call* asks for; the result is held against the schema.

    Raises:
        ApiError: What Telegram answers instead.
    """
    method = METHODS.get(call.method)
    if method is None:
        raise bot_fault(f"not in this fake: {call.method}")
    if state.enforce_limits and is_message(call.method):
        before = [other for other in state.calls if other is not call]
        if wait_s := wait_needed(before, call):
            raise flood(wait_s)
    try:
        result = method(state, call.params)
        state.check(result, *load_schema().returns[call.method])
    except AssertionError as error:
        raise ApiError(f"Internal Server Error: {error}", code=500) from error
    return result


def flood(retry_after: int) -> ApiError:
    """Telegram's 429: to wait for *retry_after* seconds."""
    return ApiError(
        f"Too Many Requests: retry after {retry_after}",
        code=429,
        parameters={"retry_after": retry_after},
    )


def refuse_parameters(problems: list[str]) -> ApiError:
    """The 400 for parameters that do not fit the schema."""
    if any(".callback_data:" in problem for problem in problems):
        return bot_fault(f"BUTTON_DATA_INVALID ({'; '.join(problems)})")
    return bot_fault(f"can't parse parameters: {'; '.join(problems)}")
