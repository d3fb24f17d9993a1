"""
Who may set up alerts where: asked of Telegram each time, since rights are taken away.

Anyone for themselves; in a group its admins; from their private chat, the admins of a channel
or group for that. An anonymous admin, who speaks as the group itself, is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from telegram import (
    CallbackQuery,
    Chat,
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberRestricted,
    Message,
    User,
)
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import BadRequest, ChatMigrated, Forbidden
from telegram.ext import ExtBot

from bot.alerts.values import NO_THREAD, Place
from bot.ledger import ChatKind
from bot.telegram.flood import Priority
from bot.telegram.handlers.addressing import sender_id

Refusal = Literal["admins_only", "not_yours", "unknown_chat", "in_private", "cannot_post"]

_KINDS = (ChatType.CHANNEL, ChatType.GROUP, ChatType.SUPERGROUP)


@dataclass(frozen=True, slots=True)
class Target:
    """
    Where alerts are to go.

    Attributes:
        user_id: Who asks; the group's own id for an anonymous admin.
        title: Of a chat that is not the one it is said in, as is ``kind``; else None.
    """

    place: Place
    user_id: int
    title: str | None = None
    kind: ChatKind | None = None


class Managers:
    """Asks Telegram about rights."""

    def __init__(self, bot: ExtBot[Priority]) -> None:
        self._bot = bot

    async def target(self, message: Message, named: str | int | None) -> Target | Refusal:
        """
        Where what *message* sets up goes: where it is said or, in a private chat, to the chat
        that is *named*.
        """
        chat = message.chat
        if named is not None:
            if chat.type != ChatType.PRIVATE or message.from_user is None:
                return "in_private"
            return await self._elsewhere(message.from_user, named)
        place = Place(chat.id, _thread(message))
        if chat.type == ChatType.PRIVATE or await self._speaks_for(message):
            return Target(place, sender_id(message))
        return "admins_only"

    async def may_press(self, user: User, chat: Chat, target_id: int) -> bool:
        """
        Whether *user*, by a button shown in *chat*, may change the alerts of *target_id*.

        In the chat itself, or in the user's private chat for another.
        """
        is_private = chat.type == ChatType.PRIVATE and chat.id == user.id
        if chat.id != target_id and not is_private:
            return False
        if chat.id == target_id and chat.type == ChatType.PRIVATE:
            return is_private
        return await self._is_admin(target_id, user.id)

    async def may_manage(self, query: CallbackQuery) -> bool:
        """Whether who pressed a button may change the alerts of the chat that it is shown in."""
        if query.message is None:
            return False
        chat = query.message.chat
        return await self.may_press(query.from_user, chat, chat.id)

    async def _speaks_for(self, message: Message) -> bool:
        if message.sender_chat is not None:  # a channel that somebody posts as is no admin
            return message.sender_chat.id == message.chat.id
        user = message.from_user
        return user is not None and await self._is_admin(message.chat.id, user.id)

    async def _elsewhere(self, user: User, named: str | int) -> Target | Refusal:
        try:
            chat = await self._bot.get_chat(named)
            if chat.type not in _KINDS:
                return "unknown_chat"
            me = await self._bot.get_chat_member(chat.id, self._bot.id)
        except (BadRequest, Forbidden, ChatMigrated):
            return "unknown_chat"
        if not await self._is_admin(chat.id, user.id):
            return "not_yours"
        is_channel = chat.type == ChatType.CHANNEL
        if not _may_post(me, is_channel=is_channel):
            return "cannot_post"
        kind = cast(ChatKind, str(chat.type))
        return Target(Place(chat.id), user.id, chat.title or str(named), kind)

    async def _is_admin(self, chat_id: int, user_id: int) -> bool:
        try:
            member = await self._bot.get_chat_member(chat_id, user_id)
        except (BadRequest, Forbidden, ChatMigrated):
            return False
        if isinstance(member, ChatMemberAdministrator) and member.can_post_messages is False:
            return False  # of a channel: who may not post there may not let us post
        return member.status in {ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR}


def _may_post(me: ChatMember, *, is_channel: bool) -> bool:
    if isinstance(me, ChatMemberAdministrator):
        return bool(me.can_post_messages) if is_channel else True
    if isinstance(me, ChatMemberRestricted):
        return not is_channel and me.is_member and me.can_send_messages
    return not is_channel and me.status == ChatMemberStatus.MEMBER


def _thread(message: Message) -> int:
    """The topic of a forum; else none: the thread of a chain of replies is no place."""
    is_topic = message.is_topic_message and message.message_thread_id is not None
    return (message.message_thread_id or NO_THREAD) if is_topic else NO_THREAD
