"""The bot let into a chat, put out of it, and chats that move."""

from __future__ import annotations

import logging

from telegram import ChatMemberUpdated, Update
from telegram.constants import ChatMemberStatus, ChatType

from bot.telegram.office import Office, now

log = logging.getLogger(__name__)

_IN = {
    ChatMemberStatus.MEMBER,
    ChatMemberStatus.ADMINISTRATOR,
    ChatMemberStatus.OWNER,
    ChatMemberStatus.RESTRICTED,
}


class Membership:
    """Handlers of what happens to the bot, not of what is said to it."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def on_change(self, update: Update, _: object) -> None:
        """Blocked, kicked, let in again, made an admin."""
        change = update.my_chat_member
        assert change is not None
        chat, ledger = change.chat, self._office.ledger
        if not _is_in(change, "new"):
            reason = str(change.new_chat_member.status)
            log.info("put out of chat %d: %s", chat.id, reason)
            await self._office.run(ledger.suspend, chat.id, reason, now())
            return
        await self._office.see(chat)
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
            await self.migrate(old, new)

    async def migrate(self, old: int, new: int) -> None:
        """Everything that is kept about *old* belongs to *new*."""
        log.info("group %d became supergroup %d", old, new)
        await self._office.run(self._office.ledger.migrate_chat, old, new)


def _is_in(change: ChatMemberUpdated, side: str) -> bool:
    member = change.new_chat_member if side == "new" else change.old_chat_member
    return member.status in _IN and getattr(member, "is_member", True)
