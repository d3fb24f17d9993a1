"""Methods that tell of chats and their members, and the leaving of one."""

from __future__ import annotations

import copy

from telegram_api.members import REFUSALS, chat_member
from telegram_api.records import Json, Room, bad_request
from telegram_api.sending import is_admin, open_room
from telegram_api.state import State

_NO_GIFTS = dict.fromkeys(
    (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    ),
    False,
)


def get_chat(state: State, params: Json) -> Json:
    room = open_room(state, params["chat_id"])
    full = copy.deepcopy(room.chat) | {
        "accent_color_id": 1,
        "max_reaction_count": 11,
        "accepted_gift_types": _NO_GIFTS,
    }
    if room.linked is not None:
        full["linked_chat_id"] = room.linked
    return full


def get_chat_member(state: State, params: Json) -> Json:
    room = open_room(state, params["chat_id"])
    user_id = params["user_id"]
    if room.kind == "channel" and not is_admin(state, room):
        raise bad_request("member list is inaccessible")
    if user_id == state.bot["id"]:
        user = state.member_bot()
    elif user_id in state.users:
        user = state.users[user_id]
    else:
        raise bad_request("PARTICIPANT_ID_INVALID")
    return _member(room, user)


def get_chat_administrators(state: State, params: Json) -> list[Json]:
    room = open_room(state, params["chat_id"])
    if room.kind == "private":
        raise bad_request("there are no administrators in the private chat")
    known = {**state.users, state.bot["id"]: state.member_bot()}
    return [
        _member(room, known[user_id])
        for user_id, status in room.members.items()
        if status in ("creator", "administrator")
        and (not known[user_id]["is_bot"] or user_id == state.bot["id"])
    ]


def get_chat_member_count(state: State, params: Json) -> int:
    room = open_room(state, params["chat_id"])
    return sum(status not in ("left", "kicked") for status in room.members.values())


def leave_chat(state: State, params: Json) -> bool:
    room = open_room(state, params["chat_id"])
    if room.kind == "private":
        raise bad_request("chat member status can't be changed in private chats")
    room.members[state.bot["id"]] = "left"
    room.refusal = REFUSALS["left", room.kind]
    return True


def _member(room: Room, user: Json) -> Json:
    status = room.members.get(user["id"], "left")
    told = chat_member(copy.deepcopy(user), status, channel=room.kind == "channel")
    return told | room.rights.get(user["id"], {})
