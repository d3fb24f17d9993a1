"""
What the fake knows: chats, calls, complaints, the queue of updates. Every part of the
fake shares one `State` and holds its lock while it reads or writes.
"""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from telegram_api.faults import Faults
from telegram_api.records import ApiError, Call, Json, Room, Stored, Upload, bad_request
from telegram_api.schema import load_schema
from telegram_api.updates import UpdateQueue

TOKEN = "123456789:TESTaaBBccDDeeFFggHHiiJJkkLLmmNNooP"  # noqa: S105  # opens this fake only


class State:
    """All that the fake knows; see the module."""

    def __init__(self, *, token: str = TOKEN, username: str = "clipdesk_bot") -> None:
        self.token = token
        self.bot: Json = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": "Clipdesk",
            "username": username,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": True,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.privacy_mode = False
        self.enforce_limits = False
        self.calls: list[Call] = []
        self.complaints: list[str] = []
        self.webhook: Json | None = None
        self.commands: dict[str, list[Json]] = {}  # scope and language -> commands
        self.texts: dict[str, str] = {}  # name, description and short description by language
        self.users: dict[int, Json] = {}
        self.rooms: dict[int, Room] = {}
        self.changed = threading.Condition(threading.RLock())
        self.faults = Faults()
        self.queue = UpdateQueue()
        self.callbacks: dict[str, bool] = {}  # id of a callback query -> answered
        self.inline_queries: dict[str, bool] = {}
        self.webhook_error: tuple[int, str] | None = None  # date, words
        self.files: dict[str, Upload] = {}  # by file_id

    def room(self, chat_id: Any) -> Room:
        """
        The chat of that id or @name.

        Raises:
            ApiError: If there is none, or it became a supergroup.
        """
        room = self.rooms.get(chat_id) if isinstance(chat_id, int) else self._named(chat_id)
        if room is None:
            raise bad_request("chat not found")
        if room.migrated_to is not None:
            raise ApiError(
                "Bad Request: group chat was upgraded to a supergroup chat",
                parameters={"migrate_to_chat_id": room.migrated_to},
            )
        return room

    def _named(self, name: Any) -> Room | None:
        wanted = str(name).removeprefix("@").lower()
        rooms = self.rooms.values()
        return next((r for r in rooms if str(r.chat.get("username")).lower() == wanted), None)

    def member_bot(self) -> Json:
        """The bot as others see it, without what getMe alone tells."""
        return {k: self.bot[k] for k in ("id", "is_bot", "first_name", "username")}

    def timestamp(self) -> int:
        return int(self.now().timestamp())

    def add_message(self, room: Room, fields: Json, *, by_bot: bool) -> Stored:
        """
        Store a new message of the chat: *fields* with an id, a date and the chat.

        It is held against the schema when it is served.
        """
        message = {
            "message_id": room.last_id + 1,
            "date": self.timestamp(),
            "chat": room.chat,
            **copy.deepcopy(fields),
        }
        stored = Stored(message=message, by_bot=by_bot, at=time.monotonic())
        room.messages[message["message_id"]] = stored
        room.last_id = max(room.last_id, message["message_id"])
        sender = message.get("from", {})
        if sender.get("is_bot"):
            room.last_bot = sender["id"]
        return stored

    def in_reply(self, room: Room, message_id: int) -> Json:
        """A message as a reply to it shows it: without the one that it replies to."""
        message = copy.deepcopy(room.messages[message_id].message)
        message.pop("reply_to_message", None)
        return message

    def add_file(self, upload: Upload) -> Json:
        """Keep a file that was uploaded; what Telegram tells of it, as in Document."""
        unique = f"{len(self.files):016x}"
        self.files[f"AgAD{unique}"] = upload
        return {
            "file_id": f"AgAD{unique}",
            "file_unique_id": unique,
            "file_name": upload.file_name,
            "mime_type": upload.mime_type,
            "file_size": len(upload.body),
        }

    def check(self, value: Any, *types: str) -> None:
        """
        Hold what is about to be served against the schema.

        Raises:
            AssertionError: If it is of none of *types*; the fake is wrong then, or its user.
        """
        problems = load_schema().problems(value, types, "/".join(types))
        if problems:
            self.complaints.append(f"the fake would serve what is no {types}: {problems}")
            raise AssertionError(self.complaints[-1])

    def mention_users(self, entities: list[Json]) -> list[Json]:
        """The entities with whole users; mentions of strangers are dropped, as Telegram does."""
        known = [e for e in entities if "user" not in e or e["user"]["id"] in self.users]
        return [e | {"user": self.users[e["user"]["id"]]} if "user" in e else e for e in known]

    def complain(self, call: Call, problem: str) -> None:
        self.complaints.append(f"{call.method}: {problem}")
