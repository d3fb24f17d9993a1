"""Methods about the bot itself: who it is, its commands and descriptions."""

from __future__ import annotations

import copy
import re

from telegram_api.records import Json, bot_fault
from telegram_api.state import State

MAX_COMMANDS = 100
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"([a-z]{2})?")


def get_me(state: State, _params: Json) -> Json:
    return copy.deepcopy(state.bot)


def log_out(_state: State, _params: Json) -> bool:
    return True


def set_my_commands(state: State, params: Json) -> bool:
    if len(params["commands"]) > MAX_COMMANDS:
        raise bot_fault("BOT_COMMANDS_TOO_MUCH")
    for command in params["commands"]:
        if not _COMMAND.fullmatch(command["command"].removeprefix("/")):
            raise bot_fault("BOT_COMMAND_INVALID")
        if not command["description"].strip():
            raise bot_fault("BOT_COMMAND_DESCRIPTION_INVALID")
    state.commands[_key(state, params)] = copy.deepcopy(params["commands"])
    return True


def delete_my_commands(state: State, params: Json) -> bool:
    state.commands.pop(_key(state, params), None)
    return True


def get_my_commands(state: State, params: Json) -> list[Json]:
    return copy.deepcopy(state.commands.get(_key(state, params), []))


def set_my_name(state: State, params: Json) -> bool:
    return _set_text(state, params, "name")


def set_my_description(state: State, params: Json) -> bool:
    return _set_text(state, params, "description")


def set_my_short_description(state: State, params: Json) -> bool:
    return _set_text(state, params, "short_description")


def get_my_name(state: State, params: Json) -> Json:
    return _get_text(state, params, "name", state.bot["first_name"])


def get_my_description(state: State, params: Json) -> Json:
    return _get_text(state, params, "description", "")


def get_my_short_description(state: State, params: Json) -> Json:
    return _get_text(state, params, "short_description", "")


def _set_text(state: State, params: Json, name: str) -> bool:
    state.texts[f"{name}:{_language(params)}"] = params.get(name, "")
    return True


def _get_text(state: State, params: Json, name: str, default: str) -> Json:
    general = state.texts.get(f"{name}:") or default
    return {name: state.texts.get(f"{name}:{_language(params)}") or general}


def _language(params: Json) -> str:
    language = str(params.get("language_code", ""))
    if not _LANGUAGE.fullmatch(language):
        raise bot_fault("invalid language code specified")
    return language


def _key(state: State, params: Json) -> str:
    """``scope type[:chat[:user]]/language``, as in ``all_private_chats/`` or ``chat:-5/de``."""
    scope = params.get("scope", {"type": "default"})
    parts = [scope["type"]]
    if "chat_id" in scope:
        parts.append(str(state.room(scope["chat_id"]).chat["id"]))
    if "user_id" in scope:
        parts.append(str(scope["user_id"]))
    return f"{':'.join(parts)}/{_language(params)}"
