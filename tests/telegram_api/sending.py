"""Methods that put, change and remove messages."""

from __future__ import annotations

import copy
import time
from typing import Any

from telegram_api.keyboards import check_keyboard
from telegram_api.records import ApiError, Json, Room, Stored, Upload, bad_request, bot_fault
from telegram_api.state import State
from telegram_api.texts import caption_fields, quote_fields, text_fields

GENERAL_TOPIC = 1
OLDEST_TO_DELETE_S = 48 * 3600
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
_CHAT_ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}
_CONTENT = ("text", "entities", "caption", "caption_entities", "photo", "document")


def open_room(state: State, chat_id: Any) -> Room:
    """The chat to write to; ApiError if it is unknown, gone, or keeps the bot out."""
    room = state.room(chat_id)
    if room.refusal is not None:
        raise ApiError(room.refusal, code=403)
    return room


def is_admin(state: State, room: Room) -> bool:
    """Whether the bot is an admin of the chat."""
    return room.members.get(state.bot["id"]) == "administrator"


def send_message(state: State, params: Json) -> Json:
    room = open_room(state, params["chat_id"])
    fields = text_fields(
        state,
        "sendMessage",
        params["text"],
        params.get("parse_mode"),
        params.get("entities"),
    )
    if "link_preview_options" in params:
        fields["link_preview_options"] = params["link_preview_options"]
    return _put(state, "sendMessage", room, params, fields, html=params["text"])


def send_photo(state: State, params: Json) -> Json:
    room = open_room(state, params["chat_id"])
    fields = caption_fields(state, "sendPhoto", params)
    size = _file_fields(state, params["photo"], 10 * 2**20) | {"width": 640, "height": 480}
    for name in ("file_name", "mime_type"):
        size.pop(name, None)
    fields["photo"] = [size]
    return _put(state, "sendPhoto", room, params, fields, html=params.get("caption"))


def send_document(state: State, params: Json) -> Json:
    room = open_room(state, params["chat_id"])
    fields = caption_fields(state, "sendDocument", params)
    fields["document"] = _file_fields(state, params["document"], 50 * 2**20)
    return _put(state, "sendDocument", room, params, fields, html=params.get("caption"))


def forward_message(state: State, params: Json) -> Json:
    room = open_room(state, params["chat_id"])
    source = _original(state, params)
    fields = {k: source.message[k] for k in _CONTENT if k in source.message}
    sender = source.message.get("from")
    origin: Json = {"date": source.message["date"]}
    if source.message["chat"]["type"] == "channel":
        origin |= {"type": "channel", "chat": source.message["chat"]}
        origin["message_id"] = source.message["message_id"]
    else:
        origin |= {"type": "user", "sender_user": sender}
    fields["forward_origin"] = origin
    return _put(state, "forwardMessage", room, params, fields, html=source.html)


def copy_message(state: State, params: Json) -> Json:
    room = open_room(state, params["chat_id"])
    source = _original(state, params)
    fields = {k: source.message[k] for k in _CONTENT if k in source.message}
    if "caption" in params:
        fields |= caption_fields(state, "copyMessage", params)
    message = _put(state, "copyMessage", room, params, fields, html=source.html)
    return {"message_id": message["message_id"]}


def edit_message_text(state: State, params: Json) -> Json:
    stored, room = _own(state, params, "edit")
    fields = text_fields(
        state,
        "editMessageText",
        params["text"],
        params.get("parse_mode"),
        params.get("entities"),
    )
    if "text" not in stored.message:
        raise bad_request("there is no text in the message to edit")
    if "link_preview_options" in params:
        fields["link_preview_options"] = params["link_preview_options"]
    old = ("text", "entities", "link_preview_options")
    return _change(state, stored, room, params, old, fields, html=params["text"])


def edit_message_caption(state: State, params: Json) -> Json:
    stored, room = _own(state, params, "edit")
    fields = caption_fields(state, "editMessageCaption", params)
    old = ("caption", "caption_entities")
    return _change(state, stored, room, params, old, fields, html=params.get("caption"))


def edit_message_reply_markup(state: State, params: Json) -> Json:
    stored, room = _own(state, params, "edit")
    return _change(state, stored, room, params, (), {}, html=stored.html)


def delete_message(state: State, params: Json) -> bool:
    room = state.room(params["chat_id"])
    stored = room.messages.get(params["message_id"])
    if stored is None:
        raise bad_request("message to delete not found")
    admin = is_admin(state, room)
    if not (stored.by_bot or admin):
        raise bad_request("message can't be deleted")
    if not admin and state.timestamp() - stored.message["date"] > OLDEST_TO_DELETE_S:
        raise bad_request("message can't be deleted for everyone")
    del room.messages[params["message_id"]]
    return True


def delete_messages(state: State, params: Json) -> bool:
    if not 1 <= len(params["message_ids"]) <= 100:
        raise bot_fault("there must be 1 to 100 messages to delete")
    room = state.room(params["chat_id"])
    for message_id in params["message_ids"]:
        if message_id in room.messages:
            delete_message(state, {"chat_id": params["chat_id"], "message_id": message_id})
    return True


def send_chat_action(state: State, params: Json) -> bool:
    room = open_room(state, params["chat_id"])
    if params["action"] not in _CHAT_ACTIONS:
        raise bot_fault("wrong parameter action in request")
    if room.kind == "channel":
        raise bot_fault("chat actions can't be sent to channels")
    if params.get("message_thread_id", GENERAL_TOPIC) != GENERAL_TOPIC:
        _check_thread(room, params["message_thread_id"])
    return True


def set_message_reaction(state: State, params: Json) -> bool:
    room = open_room(state, params["chat_id"])
    if params["message_id"] not in room.messages:
        raise bad_request("message to react not found")
    if len(params.get("reaction", [])) > 1:
        raise bot_fault("REACTIONS_TOO_MANY")
    if any(one["type"] == "paid" for one in params.get("reaction", [])):
        raise bot_fault("REACTION_INVALID")
    return True


def _put(
    state: State, method: str, room: Room, params: Json, fields: Json, *, html: str | None
) -> Json:
    """Store the bot's new message; it tells the call's thread, reply and keyboard."""
    if "message_thread_id" in params:
        thread_id = params["message_thread_id"]
        _check_thread(room, thread_id)
        fields["message_thread_id"] = thread_id
        fields["is_topic_message"] = True
        fields["reply_to_message"] = state.in_reply(room, thread_id)
    if "reply_parameters" in params:
        fields |= _reply_fields(state, method, room, params["reply_parameters"])
    if (keyboard := check_keyboard(params.get("reply_markup"), room.kind)) is not None:
        fields["reply_markup"] = keyboard
    if params.get("protect_content"):
        fields["has_protected_content"] = True
    if room.kind == "channel":
        fields["sender_chat"] = room.chat
    else:
        fields["from"] = state.member_bot()
    may_post = room.rights.get(state.bot["id"], {}).get("can_post_messages", True)
    if room.kind == "channel" and not (is_admin(state, room) and may_post):
        raise bad_request("need administrator rights in the channel chat")
    stored = state.add_message(room, fields, by_bot=True)
    room.last_bot = state.bot["id"]
    stored.html = html
    stored.silent = bool(params.get("disable_notification"))
    return copy.deepcopy(stored.message)


def _check_thread(room: Room, thread_id: int) -> None:
    # The thread of a chain of replies, outside of a forum, is no place to send to.
    if thread_id not in room.topics or thread_id in room.lost_topics:
        raise bad_request("message thread not found")


def _reply_fields(state: State, method: str, room: Room, reply: Json) -> Json:
    source = room if "chat_id" not in reply else state.room(reply["chat_id"])
    stored = source.messages.get(reply["message_id"])
    if stored is None:
        if reply.get("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")
    fields = quote_fields(state, method, reply, stored.message)
    if source is not room:
        origin = {"type": "user", "date": stored.message["date"]}
        sender = stored.message.get("from", state.member_bot())
        return fields | {"external_reply": {"origin": origin | {"sender_user": sender}}}
    fields["reply_to_message"] = state.in_reply(room, reply["message_id"])
    for name in ("message_thread_id", "is_topic_message"):
        if name in stored.message:
            fields[name] = stored.message[name]
    if room.kind == "supergroup" and not room.chat.get("is_forum"):
        fields.setdefault("message_thread_id", reply["message_id"])
    return fields


def _own(state: State, params: Json, verb: str) -> tuple[Stored, Room]:
    """The bot's message that the call names."""
    if "inline_message_id" in params:
        raise bad_request("MESSAGE_ID_INVALID")
    if "chat_id" not in params or "message_id" not in params:
        raise bot_fault("message identifier is not specified")
    room = open_room(state, params["chat_id"])
    stored = room.messages.get(params["message_id"])
    if stored is None:
        raise bad_request(f"message to {verb} not found")
    if not stored.by_bot:
        raise bot_fault("message can't be edited")
    if stored.message.get("message_thread_id") in room.lost_topics:
        raise bad_request("message thread not found")
    return stored, room


def _change(
    state: State,
    stored: Stored,
    room: Room,
    params: Json,
    replaced: tuple[str, ...],
    fields: Json,
    *,
    html: str | None,
) -> Json:
    """Replace fields and keyboard of a message; a call that names no keyboard removes it."""
    keyboard = check_keyboard(params.get("reply_markup"), room.kind)
    if keyboard is not None:
        fields = fields | {"reply_markup": keyboard}
    names = (*replaced, "reply_markup")
    if {k: stored.message[k] for k in names if k in stored.message} == fields:
        raise bad_request(_NOT_MODIFIED)
    for name in names:
        stored.message.pop(name, None)
    stored.message |= copy.deepcopy(fields) | {"edit_date": state.timestamp()}
    stored.edits += 1
    stored.html = html
    return copy.deepcopy(stored.message)


def _original(state: State, params: Json) -> Stored:
    stored = state.room(params["from_chat_id"]).messages.get(params["message_id"])
    if stored is None:
        raise bad_request("message to forward not found")
    return stored


def _file_fields(state: State, given: str | Upload, max_bytes: int) -> Json:
    """A file as Telegram tells of it: an upload, or one that it knows or fetches."""
    if isinstance(given, str):
        if not given.strip() or given.startswith("attach://"):
            raise bot_fault("there is no file in the request")
        return {"file_id": given, "file_unique_id": f"{time.monotonic_ns():x}"}
    if not given.body:
        raise bot_fault("file must be non-empty")
    if len(given.body) > max_bytes:
        raise ApiError("Request Entity Too Large", code=413, by_fault=True)
    return state.add_file(given)
