"""Whether a message speaks to the bot, and which of its words are the question."""

from __future__ import annotations

import re
from dataclasses import dataclass

from telegram import Message, MessageEntity, User
from telegram.constants import ChatID, ChatType

_ASK = re.compile(r"/ask(?:@(\w+)|(?![\w@]))[,:;]?\s*", re.IGNORECASE | re.ASCII)
"""Telegram's commands end at the first sign that is no ASCII letter: "/ask大橋" is one."""


@dataclass(frozen=True, slots=True)
class Question:
    """
    What was asked; *text* may be empty: `/ask` alone, or a bare mention.

    Attributes:
        is_command: It was written as ``/ask``.
    """

    text: str
    is_command: bool = False


def question_in(message: Message, me: User) -> Question | None:
    """
    The question that *message* puts to the bot; None if it is not the bot's business.

    In a private chat every text is one, but for other commands. In a group: ``/ask``, a
    reply to a message of the bot, and a mention of it, unless forwarded. What bots say is
    never one, nor what was sent by way of a bot: an inline result that a user has just sent
    comes back as a message.
    """
    text = message.text or message.caption or ""
    if message.via_bot is not None or message.is_automatic_forward or _is_bot(message):
        return None
    if message.chat.type == ChatType.PRIVATE:
        return _commanded(message, text, me) or _said_in_private(message, text)
    if message.forward_origin is not None:
        return None
    if text.startswith("/"):
        return _commanded(message, text, me)
    return _addressed(message, text, me)


def _said_in_private(message: Message, text: str) -> Question | None:
    return Question(text.strip()) if text and not _is_command(message) else None


def _addressed(message: Message, text: str, me: User) -> Question | None:
    """The question of a message that mentions us, or replies to us."""
    mentioned = _without_mention(message, me)
    if mentioned is not None:
        return Question(mentioned or _quoted_text(message))
    return Question(text.strip()) if text and replied_to_bot(message, me) else None


def _commanded(message: Message, text: str, me: User) -> Question | None:
    """The question of an ``/ask`` that is meant for us; None for every other command."""
    command = _ASK.match(text)
    if command is None or (command[1] or me.username or "").casefold() != _name(me):
        return None
    return Question(text[command.end() :].strip() or _quoted_text(message), is_command=True)


def _is_command(message: Message) -> bool:
    """Whether Telegram takes *message* for a command; "/путь" is none."""
    first = next(iter(message.entities or message.caption_entities), None)
    return first is not None and first.type == MessageEntity.BOT_COMMAND and first.offset == 0


def _name(me: User) -> str:
    return (me.username or "").casefold()


def replied_to_bot(message: Message, me: User) -> bool:
    """Whether *message* is a reply to something that the bot said."""
    original = message.reply_to_message
    return (
        original is not None
        and original.from_user is not None
        and original.from_user.id == me.id
        and original.forum_topic_created is None  # every message of a topic "replies" to its start
    )


def sender_id(message: Message) -> int:
    """Who is speaking: the group or channel in whose name it is done, else the user."""
    if message.sender_chat is not None:
        return message.sender_chat.id
    return 0 if message.from_user is None else message.from_user.id


def _is_bot(message: Message) -> bool:
    user = message.from_user
    if user is None or not user.is_bot:
        return False
    # Anonymous admins and channels speak through accounts that Telegram marks as bots
    return user.id not in {ChatID.ANONYMOUS_ADMIN, ChatID.FAKE_CHANNEL}


def _without_mention(message: Message, me: User) -> str | None:
    """The text without its mention of the bot; None where it is not mentioned."""
    name = f"@{_name(me)}"
    kinds: list[str | None] = [MessageEntity.MENTION, MessageEntity.TEXT_MENTION]
    found = message.parse_entities(kinds) or message.parse_caption_entities(kinds)
    units = (message.text or message.caption or "").encode("utf-16-le")  # what offsets count
    for entity, written in found.items():
        is_me = written.casefold() == name or (entity.user is not None and entity.user.id == me.id)
        if is_me:
            start, stop = 2 * entity.offset, 2 * (entity.offset + entity.length)
            without = units[:start] + " ".encode("utf-16-le") + units[stop:]
            return " ".join(without.decode("utf-16-le").split())
    return None


def _quoted_text(message: Message) -> str:
    """What a bare ``/ask`` in reply to a person's message asks."""
    original = message.reply_to_message
    if original is None or original.forum_topic_created is not None:
        return ""
    if message.quote is not None:
        return message.quote.text.strip()
    return (original.text or original.caption or "").strip()
