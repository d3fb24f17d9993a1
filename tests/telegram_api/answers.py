"""Methods that answer a pressed button or an inline query."""

from __future__ import annotations

import re

from telegram_api.keyboards import check_keyboard
from telegram_api.records import Json, bad_request, bot_fault
from telegram_api.schema import utf16_length
from telegram_api.state import State
from telegram_api.texts import text_fields

MAX_RESULTS = 50
MAX_OFFSET = 64  # bytes
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
_START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")


def answer_callback_query(state: State, params: Json) -> bool:
    _answer(state.callbacks, params["callback_query_id"])
    url = params.get("url")
    if url is not None and not url.startswith((f"https://t.me/{state.bot['username']}", "tg://")):
        raise bot_fault("URL_INVALID")
    state.callbacks[params["callback_query_id"]] = True
    return True


def answer_inline_query(state: State, params: Json) -> bool:
    _answer(state.inline_queries, params["inline_query_id"])
    results = params["results"]
    if len(results) > MAX_RESULTS:
        raise bot_fault("RESULTS_TOO_MUCH")
    ids = [result["id"] for result in results]
    if len(set(ids)) < len(ids):
        raise bot_fault("RESULT_ID_DUPLICATE")
    if len(params.get("next_offset", "").encode()) > MAX_OFFSET:
        raise bot_fault("NEXT_OFFSET_INVALID")
    for result in results:
        _check_result(state, result)
    _check_button(params.get("button"))
    state.inline_queries[params["inline_query_id"]] = True
    return True


def _answer(queries: dict[str, bool], query_id: str) -> None:
    if query_id not in queries:
        raise bad_request(_TOO_OLD)
    if queries[query_id]:
        raise bot_fault(f"{_TOO_OLD} (it was answered before)")


def _check_result(state: State, result: Json) -> None:
    if not result.get("title", "-").strip():
        raise bot_fault("ARTICLE_TITLE_EMPTY")
    content = result.get("input_message_content")
    if content is not None and "message_text" in content:
        text_fields(
            state,
            "answerInlineQuery",
            content["message_text"],
            content.get("parse_mode"),
            content.get("entities"),
        )
    check_keyboard(result.get("reply_markup"), None)


def _check_button(button: Json | None) -> None:
    if button is None:
        return
    if ("start_parameter" in button) == ("web_app" in button):
        raise bot_fault("can't parse inline query results button: it must have one action")
    if not 1 <= utf16_length(button["text"]) <= 64:
        raise bot_fault("can't parse inline query results button: text is empty or too long")
    if not _START_PARAMETER.fullmatch(button.get("start_parameter", "-")):
        raise bot_fault("START_PARAM_INVALID")
