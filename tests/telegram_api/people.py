"""People and chats, and what people do: every act becomes an update for the bot."""

from __future__ import annotations

import copy
import mimetypes
from datetime import datetime
from typing import Any

from telegram_api.entities import clean, find_entities, is_blank
from telegram_api.members import REFUSALS, chat_member
from telegram_api.privacy import arrives
from telegram_api.records import (
    ANONYMOUS_ADMIN,
    CHANNEL_BOT,
    SERVICE_ACCOUNT,
    Json,
    Room,
    Stored,
    Upload,
    button_target,
)
from telegram_api.schema import utf16_length
from telegram_api.state import State

MAX_TEXT = 4096  # UTF-16 units; a client splits what is longer
MAX_CAPTION = 1024
MAX_DATA = 64  # bytes


class People(State):
    """Makes users and chats, and lets them act; the acts return what Telegram would tell."""

    def user(
        self,
        id: int,  # noqa: A002  # the Bot API's own name
        first_name: str = "Ada",
        language_code: str | None = "en",
        **fields: Any,
    ) -> Json:
        """A person; *fields* as in User (``last_name``, ``username``, ``is_bot`` …)."""
        user: Json = {"id": id, "is_bot": False, "first_name": first_name, **fields}
        if language_code is not None:
            user["language_code"] = language_code
        self.check(user, "User")
        with self.changed:
            self.users[id] = user
        return copy.deepcopy(user)

    def private(self, user: Json) -> Json:
        """The private chat of the bot with *user*."""
        names: Json = {k: user[k] for k in ("first_name", "last_name", "username") if k in user}
        return self._chat({"id": user["id"], "type": "private", **names}, [user["id"]])

    def group(
        self,
        id: int,  # noqa: A002  # the Bot API's own name
        title: str = "Newsroom",
        **fields: Any,
    ) -> Json:
        """A basic group with the bot in it; the id is negative."""
        return self._chat({"id": id, "type": "group", "title": title, **fields})

    def supergroup(
        self,
        id: int,  # noqa: A002  # the Bot API's own name
        title: str = "Newsroom",
        *,
        is_forum: bool = False,
        **fields: Any,
    ) -> Json:
        """A supergroup, or a forum, with the bot in it; its id begins with -100."""
        if is_forum:
            fields["is_forum"] = True
        return self._chat({"id": id, "type": "supergroup", "title": title, **fields})

    def channel(
        self,
        id: int,  # noqa: A002  # the Bot API's own name
        title: str = "Wire",
        *,
        linked: Json | None = None,
        **fields: Any,
    ) -> Json:
        """A channel that the bot may post to; *linked* is its discussion group."""
        chat = self._chat({"id": id, "type": "channel", "title": title, **fields})
        with self.changed:
            self.rooms[id].members[self.bot["id"]] = "administrator"
            if linked is not None:
                self.rooms[id].linked = linked["id"]
                self.rooms[linked["id"]].linked = id
        return chat

    def topic(self, chat: Json, name: str = "General news", user: Json | None = None) -> int:
        """Open a topic in a forum; its thread id."""
        with self.changed:
            room = self.room(chat["id"])
            if not room.chat.get("is_forum"):
                raise ValueError(f"no forum: {chat!r}")
            created = {"name": name, "icon_color": 7322096}
            stored = self._service(room, user, forum_topic_created=created)
            thread_id = int(stored.message["message_id"])
            stored.message |= {"message_thread_id": thread_id, "is_topic_message": True}
            room.topics[thread_id] = name
            self._announce("message", stored, room)
            return thread_id

    def member(self, chat: Json, user: Json, status: str, **rights: bool) -> None:
        """
        Let *user* be creator, administrator, member, restricted, left or kicked.

        *rights* are those that differ from the usual ones, as in ChatMemberAdministrator.
        """
        as_told = chat_member(user, status, channel=chat["type"] == "channel") | rights
        self.check(as_told, "ChatMember")
        with self.changed:
            self.users.setdefault(user["id"], copy.deepcopy(user))
            self.room(chat["id"]).members[user["id"]] = status
            self.room(chat["id"]).rights[user["id"]] = rights

    def say(
        self,
        chat: Json,
        user: Json,
        text: str,
        *,
        reply_to: Json | None = None,
        thread_id: int | None = None,
        sender_chat: Json | None = None,
        forward_from: Json | None = None,
        via_bot: Json | None = None,
        document: tuple[str, bytes] | None = None,
        date: datetime | int | None = None,
        **fields: Any,
    ) -> Json:
        """
        A person's message in *chat*.

        Args:
            chat: Where it is said.
            user: Who says it.
            text: Without markup; commands, mentions and links are found in it.
            sender_chat: The chat that speaks in the person's place: *chat* itself for an
                anonymous admin, a channel for somebody who posts as it.
            forward_from: The User, or the channel's Chat, whose message it forwards.
            reply_to: A message of the chat, the bot's or a person's.
            thread_id: A topic of a forum; it is opened if it is not there.
            document: The name of a file that is sent, and what is in it; *text* is its caption then.
            via_bot: The bot through whose inline mode it was sent.
            date: When it was said, if not now.
            **fields: Other fields of Message, which win.

        Raises:
            ValueError: If no Telegram client could send that text.
        """
        message: Json = {"from": user}
        if document is None:
            message |= _text_fields(text)
        else:
            message["document"] = self._attached(document)
            message |= _caption_fields(text)
        if sender_chat is not None:
            own = sender_chat["id"] == chat["id"]
            message |= {
                "from": ANONYMOUS_ADMIN if own else CHANNEL_BOT,
                "sender_chat": sender_chat,
            }
        if forward_from is not None:
            message["forward_origin"] = _origin(forward_from, self.timestamp())
        if via_bot is not None:
            message["via_bot"] = via_bot
        if date is not None:
            message["date"] = int(date.timestamp()) if isinstance(date, datetime) else date
        with self.changed:
            room = self.room(chat["id"])
            message |= self._thread_fields(room, reply_to, thread_id)
            stored = self.add_message(room, message | fields, by_bot=False)
            return self._announce("message", stored, room)

    def edit(self, message: Json, text: str) -> Json:
        """A person changes a message of theirs."""
        with self.changed:
            room, stored = self._find(message)
            for name in ("text", "entities"):
                stored.message.pop(name, None)
            stored.message |= _text_fields(text) | {"edit_date": self.timestamp()}
            stored.edits += 1
            kind = "edited_channel_post" if room.kind == "channel" else "edited_message"
            return self._announce(kind, stored, room)

    def post(self, channel: Json, text: str) -> Json:
        """Somebody posts in a channel; see `forwarded` for its discussion group."""
        with self.changed:
            room = self.room(channel["id"])
            fields = {"sender_chat": room.chat, **_text_fields(text)}
            return self._announce(
                "channel_post", self.add_message(room, fields, by_bot=False), room
            )

    def forwarded(self, channel_post: Json, group: Json) -> Json:
        """Telegram carries a channel's post into its discussion group."""
        origin: Json = {
            "type": "channel",
            "date": channel_post["date"],
            "chat": channel_post["chat"],
            "message_id": channel_post["message_id"],
        }
        kept: Json = {k: channel_post[k] for k in ("text", "entities") if k in channel_post}
        fields = {
            "from": SERVICE_ACCOUNT,
            "sender_chat": channel_post["chat"],
            "is_automatic_forward": True,
            "forward_origin": origin,
            **kept,
        }
        with self.changed:
            room = self.room(group["id"])
            return self._announce("message", self.add_message(room, fields, by_bot=False), room)

    def press(self, message: Json, button: str, user: Json) -> str:
        """
        Press the button of that text, or of exactly that data; the callback query's id.

        Raises:
            ValueError: If the message has no such button now.
        """
        with self.changed:
            _, stored = self._find(message)
            rows = stored.message.get("reply_markup", {}).get("inline_keyboard", [])
            for one in (one for row in rows for one in row if "callback_data" in one):
                if button in (one["text"], one["callback_data"]):
                    return self._callback(stored.message, one["callback_data"], user)
            there = [(one["text"], button_target(one)) for row in rows for one in row]
            raise ValueError(f"no button {button!r} to press; there are {there}")

    def callback(self, message: Json, data: str, user: Json) -> str:
        """A callback query with data of the user's own making; its id."""
        with self.changed:
            stored = self.room(message["chat"]["id"]).messages.get(message["message_id"])
            if stored is not None:
                return self._callback(stored.message, data, user)
            gone = {"chat": message["chat"], "message_id": message["message_id"], "date": 0}
            return self._callback(gone, data, user)

    def _callback(self, message: Json, data: str, user: Json) -> str:
        if not 1 <= len(data.encode()) <= MAX_DATA:
            raise ValueError(f"no client can send that data: {data!r}")
        query_id = str(4_000_000_000_000_000 + len(self.callbacks))
        self.callbacks[query_id] = False
        self.push(
            {
                "callback_query": {
                    "id": query_id,
                    "from": user,
                    "message": message,
                    "chat_instance": str(abs(message["chat"]["id"]) * 7919),
                    "data": data,
                }
            }
        )
        return query_id

    def ask_inline(
        self, user: Json, query: str, offset: str = "", chat_type: str | None = "sender"
    ) -> str:
        """``@bot query`` typed into any chat; the inline query's id."""
        fields: Json = {"from": user, "query": query[:256], "offset": offset}
        if chat_type is not None:
            fields["chat_type"] = chat_type
        with self.changed:
            query_id = str(5_000_000_000_000_000 + len(self.inline_queries))
            self.inline_queries[query_id] = False
            self.push({"inline_query": {"id": query_id, **fields}})
            return query_id

    def my_chat_member(self, chat: Json, user: Json, old: str, new: str) -> None:
        """*user* changes what the bot is in *chat*; ``kicked`` and ``left`` bring 403, and
        coming back ends it.
        """
        channel = chat["type"] == "channel"
        with self.changed:
            room = self.room(chat["id"])
            room.members[self.bot["id"]] = new
            room.refusal = REFUSALS[new, room.kind] if new in ("left", "kicked") else None
            self.push(
                {
                    "my_chat_member": {
                        "chat": room.chat,
                        "from": user,
                        "date": self.timestamp(),
                        "old_chat_member": chat_member(self.member_bot(), old, channel=channel),
                        "new_chat_member": chat_member(self.member_bot(), new, channel=channel),
                    }
                }
            )

    def migrate(self, group: Json, new_id: int, user: Json | None = None) -> Json:
        """The group becomes a supergroup, with a service message in each; the new chat."""
        with self.changed:
            old = self.room(group["id"])
            fields = {k: v for k, v in old.chat.items() if k not in ("id", "type")}
            chat = self.supergroup(new_id, **fields)
            new = self.room(new_id)
            new.members = dict(old.members)
            left = self._service(old, user, migrate_to_chat_id=new_id)
            self._announce("message", left, old)
            entered = self._service(new, user, migrate_from_chat_id=group["id"])
            self._announce("message", entered, new)
            old.migrated_to = new_id
            return chat

    def push(self, update: Json) -> int:
        """Any update, without its id, which is returned; AssertionError if it is none."""
        update = copy.deepcopy(update)
        self.check({"update_id": 0, **update}, "Update")
        with self.changed:
            update_id = self.queue.push(update)
            self.changed.notify_all()
        self.updates_changed()
        return update_id

    def updates_changed(self) -> None:
        """Called after an update came; the server overrides it to wake who waits."""

    def _chat(self, chat: Json, members: list[int] | None = None) -> Json:
        self.check(chat, "Chat")
        with self.changed:
            # In a forum 1 is the General topic, so no topic that is opened has that id.
            room = Room(chat=chat, last_id=1 if chat.get("is_forum") else 0)
            room = self.rooms.setdefault(chat["id"], room)
            room.members[self.bot["id"]] = "member"
            room.members |= dict.fromkeys(members or [], "member")
        return copy.deepcopy(chat)

    def _attached(self, document: tuple[str, bytes]) -> Json:
        name, body = document
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        with self.changed:
            return self.add_file(Upload(name, kind, body))

    def _find(self, message: Json) -> tuple[Room, Stored]:
        room = self.room(message["chat"]["id"])
        stored = room.messages.get(message["message_id"])
        if stored is None:
            raise ValueError(f"no such message: {message!r}")
        return room, stored

    def _service(self, room: Room, user: Json | None, **fields: Any) -> Stored:
        people = [self.users[i] for i in room.members if i in self.users]
        sender = user or (people[0] if people else ANONYMOUS_ADMIN)
        return self.add_message(room, {"from": sender, **fields}, by_bot=False)

    def _thread_fields(self, room: Room, reply_to: Json | None, thread_id: int | None) -> Json:
        """The reply and the thread of a new message, as Telegram fills them in."""
        fields: Json = {}
        if thread_id is not None:
            if not room.chat.get("is_forum"):
                raise ValueError(f"no forum, so no topics: {room.chat!r}")
            if thread_id not in room.topics:
                if thread_id in room.messages:
                    raise ValueError(f"message {thread_id} opens no topic; see People.topic")
                created = {"name": f"Topic {thread_id}", "icon_color": 7322096}
                opening = {"message_id": thread_id, "from": ANONYMOUS_ADMIN}
                self.add_message(room, opening | {"forum_topic_created": created}, by_bot=False)
                room.topics[thread_id] = str(created["name"])
            fields |= {"message_thread_id": thread_id, "is_topic_message": True}
            # A message in a topic that replies to nothing is shown as a reply to its opening.
            fields["reply_to_message"] = self.in_reply(room, thread_id)
        if reply_to is not None:
            original = self.in_reply(room, reply_to["message_id"])
            fields["reply_to_message"] = original
            for name in ("message_thread_id", "is_topic_message"):
                if name in original:
                    fields[name] = original[name]
            if room.kind == "supergroup" and not room.chat.get("is_forum"):
                fields.setdefault("message_thread_id", reply_to["message_id"])
        return fields

    def _announce(self, kind: str, stored: Stored, room: Room) -> Json:
        """Make the update, unless Telegram hides it from the bot; the message."""
        if arrives(stored.message, room, self.bot, privacy=self.privacy_mode):
            self.push({kind: stored.message})
        return copy.deepcopy(stored.message)


def _text_fields(text: str) -> Json:
    text, _ = clean(text, [])
    if is_blank(text) or utf16_length(text) > MAX_TEXT:
        raise ValueError(f"no client can send that: {utf16_length(text)} units, {text!r:.60}")
    entities = find_entities(text)
    return {"text": text, "entities": entities} if entities else {"text": text}


def _caption_fields(text: str) -> Json:
    """The caption of a file, which may be empty."""
    text, _ = clean(text, [])
    if utf16_length(text) > MAX_CAPTION:
        raise ValueError(f"no client can send that caption: {utf16_length(text)} units")
    entities = find_entities(text)
    if is_blank(text):
        return {}
    return {"caption": text, "caption_entities": entities} if entities else {"caption": text}


def _origin(source: Json, date: int) -> Json:
    if "type" in source:
        return {"type": "channel", "date": date, "chat": source, "message_id": 1}
    return {"type": "user", "date": date, "sender_user": source}
