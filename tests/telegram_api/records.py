"""What the fake keeps and tells: calls, messages, uploads, refusals. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

# Telegram's own accounts, which speak for others.
ANONYMOUS_ADMIN: Json = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
CHANNEL_BOT: Json = {
    "id": 136817688,
    "is_bot": True,
    "first_name": "Channel",
    "username": "Channel_Bot",
}
SERVICE_ACCOUNT: Json = {"id": 777000, "is_bot": False, "first_name": "Telegram"}


class ApiError(Exception):
    """A refusal as the Bot API words it; ``by_fault`` where a right bot would not have asked."""

    def __init__(
        self,
        description: str,
        *,
        code: int = 400,
        parameters: Json | None = None,
        by_fault: bool = False,
    ) -> None:
        super().__init__(description)
        self.description = description
        self.code = code
        self.parameters = parameters
        self.by_fault = by_fault


def bad_request(description: str) -> ApiError:
    """A 400 that the state of the chat explains: the bot could not know."""
    return ApiError(f"Bad Request: {description}")


def bot_fault(description: str) -> ApiError:
    """A 400 that the bot alone is to blame for; it becomes a complaint."""
    return ApiError(f"Bad Request: {description}", by_fault=True)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart request."""

    file_name: str
    mime_type: str
    body: bytes = field(repr=False)


@dataclass(slots=True)
class Call:
    """One call of the bot's, in the order of arrival; times are of ``time.monotonic``."""

    method: str
    params: Json
    at: float
    done_at: float | None = None  # when the outcome was decided; None while it is open
    ok: bool = False
    error: str | None = None
    result: Any = None

    @property
    def chat_id(self) -> int | str | None:
        value = self.params.get("chat_id")
        return value if isinstance(value, int | str) else None


@dataclass(slots=True)
class Stored:
    """A message in a chat; ``message`` is the Message object as it stands now."""

    message: Json
    by_bot: bool
    at: float  # time.monotonic
    html: str | None = None  # the text as the bot wrote it, with its markup
    silent: bool = False
    edits: int = 0


@dataclass(slots=True)
class Room:
    """A chat, who is in it and what was said."""

    chat: Json
    messages: dict[int, Stored] = field(default_factory=dict)
    members: dict[int, str] = field(default_factory=dict)  # user id -> status
    rights: dict[int, Json] = field(default_factory=dict)  # user id -> where other than usual
    topics: dict[int, str] = field(default_factory=dict)  # thread id -> name
    lost_topics: set[int] = field(default_factory=set)
    linked: int | None = None
    migrated_to: int | None = None
    refusal: str | None = None  # the 403 that every message to it meets
    last_bot: int | None = None  # the bot that spoke last
    last_id: int = 0

    @property
    def kind(self) -> str:
        return str(self.chat["type"])


@dataclass(frozen=True, slots=True)
class Sent:
    """A message of the bot's as it stands now."""

    chat_id: int
    message_id: int
    text: str  # or the caption
    entities: list[Json]
    html: str | None  # as sent, with its markup
    buttons: list[list[tuple[str, str]]]  # rows of (text, callback data or URL)
    reply_to: int | None
    thread_id: int | None
    edits: int
    at: float  # time.monotonic when it was first sent
    silent: bool
    message: Json


def sent(stored: Stored) -> Sent:
    """What a test sees of a stored message."""
    message: dict[str, Any] = stored.message
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return Sent(
        chat_id=message["chat"]["id"],
        message_id=message["message_id"],
        text=shown_text(message),
        entities=shown_entities(message),
        html=stored.html,
        buttons=[[(button["text"], button_target(button)) for button in row] for row in rows],
        reply_to=message.get("reply_to_message", {}).get("message_id"),
        thread_id=message.get("message_thread_id"),
        edits=stored.edits,
        at=stored.at,
        silent=stored.silent,
        message=message,
    )


def shown_text(message: Json) -> str:
    """The text of a message, or its caption."""
    return str(message.get("text") or message.get("caption", ""))


def shown_entities(message: Json) -> list[Json]:
    """The entities of a message's text, or of its caption."""
    return list(message.get("entities") or message.get("caption_entities", []))


def button_target(button: Json) -> str:
    """A button's callback data, or its URL, or the text of its other action."""
    for action in ("callback_data", "url", "switch_inline_query"):
        if action in button:
            return str(button[action])
    return str(button.get("switch_inline_query_current_chat", ""))
