"""The bot let into a chat, put out of it, and chats that move."""

from __future__ import annotations

from telegram import (
    ChatMemberAdministrator,
    ChatMemberOwner,
    ChatMemberRestricted,
    ChatMemberUpdated,
    Update,
)
from telegram.constants import ChatMemberStatus, ChatType

from bot.telegram.office import Office, now

_IN = {
    ChatMemberStatus.MEMBER,
    ChatMemberStatus.ADMINISTRATOR,
    ChatMemberStatus.OWNER,
    ChatMemberStatus.RESTRICTED,
}


NO_RIGHT = "no right to post"


class Membership:
    """Handlers of what happens to the bot, not of what is said to it."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def on_change(self, update: Update, _: object) -> None:
        """Blocked, kicked, let in again, made an admin."""
        change = update.my_chat_member
        assert change is not None
        chat = change.chat
        if not _is_in(change, "new"):
            await self._office.suspend(chat.id, str(change.new_chat_member.status))
            return
        await self._office.see(chat)
        subscriptions = self._office.alerts.subscriptions
        if _may_speak(change):
            # What waited comes now, but for what is news no more: /missed tells of that
            await self._office.run(subscriptions.resume, chat.id)
        else:
            await self._office.run(subscriptions.suspend, chat.id, NO_RIGHT, now())
        is_group = chat.type in {ChatType.GROUP, ChatType.SUPERGROUP}
        if is_group and not _is_in(change, "old") and self._office.access.may_ask(update):
            messages = self._office.messages(update)
            name = self._office.me.username
            sees_all = self._office.me.can_read_all_group_messages
            key = "group.hello_all" if sees_all else "group.hello"
            await self._office.tell(update, messages, messages.text(key, bot=f"@{name}"))

    async def on_migration(self, update: Update, _: object) -> None:
        """A group became a supergroup: it has another id from now on."""
        message = update.effective_message
        assert message is not None
        old, new = message.chat.id, message.migrate_to_chat_id
        if new is None:
            old, new = message.migrate_from_chat_id or old, message.chat.id
        if old != new:
            await self._office.migrate(old, new)


def _may_speak(change: ChatMemberUpdated) -> bool:
    """Whether the bot, which is in the chat, may write there."""
    member = change.new_chat_member
    if change.chat.type == ChatType.CHANNEL:
        return isinstance(member, ChatMemberOwner) or bool(
            isinstance(member, ChatMemberAdministrator) and member.can_post_messages
        )
    return not isinstance(member, ChatMemberRestricted) or member.can_send_messages


def _is_in(change: ChatMemberUpdated, side: str) -> bool:
    member = change.new_chat_member if side == "new" else change.old_chat_member
    return member.status in _IN and getattr(member, "is_member", True)
