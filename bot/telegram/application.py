"""The wiring: which handler gets which update, and what happens when one fails."""

from __future__ import annotations

import logging
from typing import Any

from telegram import Update
from telegram.constants import ChatType
from telegram.error import InvalidToken
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.messages import Messages
from bot.telegram.handlers.addressing import question_in
from bot.telegram.handlers.admin import Admin
from bot.telegram.handlers.buttons import Buttons
from bot.telegram.handlers.commands import Commands, Context
from bot.telegram.handlers.feeds import PATTERN, Feeds
from bot.telegram.handlers.inline import Inline
from bot.telegram.handlers.membership import Membership
from bot.telegram.handlers.questions import Questions
from bot.telegram.office import Office
from retrieval.errors import StoreError

log = logging.getLogger(__name__)

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member")
"""What is asked of Telegram; all else is not for us."""

_OWN = filters.UpdateType.MESSAGE & ~filters.FORWARDED & ~filters.VIA_BOT
"""Commands count only when they are new and in the sender's own words."""


def add_handlers(application: Application[Any, Any, Any, Any, Any, Any], office: Office) -> None:
    """Give every kind of update to its handler; the first that matches takes it."""
    questions = Questions(office)
    commands = Commands(office, questions)
    admin = Admin(office, commands)
    membership = Membership(office)
    inline = Inline(office)
    feeds = Feeds(office)

    named = {
        "start": commands.start,
        "help": commands.help,
        "ask": commands.ask,
        "latest": commands.latest,
        "sources": commands.sources,
        "about": commands.about,
        "settings": commands.settings,
        "language": commands.language,
        "new": commands.new,
        "forget": commands.forget,
        "status": admin.only(admin.status),
        "ingest": admin.only(admin.ingest),
        "feeds": admin.only(feeds.on_command),
    }

    async def see(update: Update, _: Context) -> None:
        chat, message = update.effective_chat, update.message
        if chat is not None and message is not None and message.migrate_to_chat_id is None:
            await office.see(chat)

    async def on_error(update: object, context: Context) -> None:
        await _tell_failure(office, update, context.error)

    application.add_handler(TypeHandler(Update, see), group=-1)
    application.add_handlers(
        [
            MessageHandler(filters.StatusUpdate.MIGRATE, membership.on_migration),
            ChatMemberHandler(membership.on_change, ChatMemberHandler.MY_CHAT_MEMBER),
            CallbackQueryHandler(feeds.on_press, pattern=PATTERN),
            CallbackQueryHandler(Buttons(office).on_press),
            InlineQueryHandler(inline.on_query),
            *(CommandHandler(name, handler, filters=_OWN) for name, handler in named.items()),
            MessageHandler(_OWN & filters.COMMAND, commands.unknown),
            MessageHandler(filters.UpdateType.EDITED_MESSAGE, questions.on_edit),
            MessageHandler(filters.UpdateType.MESSAGE, questions.on_message),
        ]
    )
    application.add_error_handler(on_error)


async def _tell_failure(office: Office, update: object, error: BaseException | None) -> None:
    """Log it, keep why, and tell whoever asked; what failed while telling is only logged."""
    log.error("update failed", exc_info=error)
    if isinstance(error, InvalidToken):
        office.health.doubt_token()
        if isinstance(update, Update):
            office.inbox.leave(update)  # answered when the operator has set the right token
        return
    if not isinstance(update, Update):
        return
    office.inbox.failed(update, type(error).__name__)
    message = update.message
    is_private = message is not None and message.chat.type == ChatType.PRIVATE
    if message is not None and (is_private or question_in(message, office.me) is not None):
        try:
            messages = office.messages(update)
        except StoreError:  # then it does not tell which language was chosen either
            messages = Messages(office.settings.language)
        await office.tell(update, messages, messages.text("error.sorry"))
