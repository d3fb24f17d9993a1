"""
Who may ask, and who may look after the bot.

Decided from what Telegram vouches for: the id of the sender and of the chat. A name, a
forwarded message's author, an anonymous admin's group or the data behind a button
prove nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from telegram import CallbackQuery, Message, Update


@dataclass(frozen=True, slots=True)
class Access:
    """
    The operator's lists of ids.

    Attributes:
        admins: Users.
        allowed: Users, groups and channels that may ask; empty means everyone.
    """

    admins: frozenset[int]
    allowed: frozenset[int]

    @classmethod
    def of(cls, admins: Collection[int], allowed: Collection[int]) -> Access:
        """From the lists of the settings."""
        return cls(frozenset(admins), frozenset(allowed))

    def may_ask(self, update: Update) -> bool:
        """Whether the sender, or the chat that it was said in, is on a list; admins are on one."""
        if not self.allowed:
            return True
        user, chat = update.effective_user, update.effective_chat
        ids = {user.id if user else None, chat.id if chat else None}
        return bool(ids & (self.allowed | self.admins))

    def is_admin(self, update: Update) -> bool:
        """
        Whether an admin wrote this new message, as themselves and in their own words.

        Not an edit of an old one, nothing forwarded or sent by way of a bot, and not in the
        name of a group or a channel.
        """
        message = update.message
        return (
            message is not None
            and message.from_user is not None
            and message.from_user.id in self.admins
            and is_own(message)
        )

    def is_admin_press(self, query: CallbackQuery) -> bool:
        """Whether an admin pressed a button in the private chat that it was shown in."""
        return (
            query.from_user.id in self.admins
            and query.message is not None
            and query.message.chat.id == query.from_user.id
        )


def is_own(message: Message) -> bool:
    """Whether *message* was written by its sender in the sender's own name."""
    return (
        message.forward_origin is None
        and message.sender_chat is None
        and message.via_bot is None
        and not message.is_automatic_forward
    )
