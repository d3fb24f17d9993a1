"""The wiring: which handler gets which update, and what happens when one fails."""

from __future__ import annotations

import logging
import re
from typing import Any

from telegram import Message, Update, User
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
from bot.telegram import alert_presses
from bot.telegram.handlers.addressing import question_in
from bot.telegram.handlers.admin import Admin
from bot.telegram.handlers.alert_buttons import AlertButtons
from bot.telegram.handlers.alert_entry import Entry
from bot.telegram.handlers.alert_files import AlertFiles
from bot.telegram.handlers.alert_follow import AlertFollow
from bot.telegram.handlers.alert_hours import AlertHours
from bot.telegram.handlers.alert_list import AlertList
from bot.telegram.handlers.alert_setup import AlertSetup
from bot.telegram.handlers.buttons import Buttons
from bot.telegram.handlers.commands import Commands, Context
from bot.telegram.handlers.feeds import PATTERN, Feeds
from bot.telegram.handlers.inline import Inline
from bot.telegram.handlers.membership import Membership
from bot.telegram.handlers.questions import Questions
from bot.telegram.managers import Managers
from bot.telegram.office import Office
from retrieval.errors import StoreError

log = logging.getLogger(__name__)

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member")
"""What is asked of Telegram; all else is not for us."""

_OWN = filters.UpdateType.MESSAGE & ~filters.FORWARDED & ~filters.VIA_BOT
"""Commands count only when they are new and in the sender's own words."""


class _Import(filters.MessageFilter):
    """A file with ``/import`` as its caption; PTB finds commands in texts only."""

    def __init__(self, me: User) -> None:
        super().__init__()
        self._caption = re.compile(rf"/import(?:@{me.username})?(?:\s|$)", re.IGNORECASE)

    def filter(self, message: Message) -> bool:
        return self._caption.match(message.caption or "") is not None


class _Awaited(filters.MessageFilter):
    """The words that somebody was asked for."""

    def __init__(self, setup: AlertSetup) -> None:
        super().__init__()
        self._setup = setup

    def filter(self, message: Message) -> bool:
        return self._setup.awaits(message)


def add_handlers(application: Application[Any, Any, Any, Any, Any, Any], office: Office) -> None:
    """Give every kind of update to its handler; the first that matches takes it."""
    questions = Questions(office)
    commands = Commands(office, questions)
    admin = Admin(office, commands)
    membership = Membership(office)
    inline = Inline(office)
    feeds = Feeds(office)
    managers = Managers(office.bot)
    entry = Entry(office, questions, managers)
    alert_setup = AlertSetup(office, entry)
    alert_list = AlertList(office, entry, alert_setup)
    alert_hours = AlertHours(office, entry)
    alert_files = AlertFiles(office, entry)
    buttons = Buttons(office, AlertFollow(office, managers))
    alert_buttons = AlertButtons(office, managers, alert_setup, alert_list, buttons.show)

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
        "subscribe": alert_setup.on_command,
        "alerts": alert_list.on_alerts,
        "unsubscribe": alert_list.on_unsubscribe,
        "digest": alert_hours.on_digest,
        "quiet": alert_hours.on_quiet,
        "timezone": alert_hours.on_timezone,
        "missed": alert_hours.on_missed,
        "export": alert_files.on_export,
        "import": alert_files.on_import,
        "trend": alert_files.on_trend,
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
            CallbackQueryHandler(alert_buttons.on_press, pattern=alert_presses.PATTERN),
            CallbackQueryHandler(buttons.on_press),
            InlineQueryHandler(inline.on_query),
            *(CommandHandler(name, handler, filters=_OWN) for name, handler in named.items()),
            MessageHandler(_OWN & filters.Document.ALL & _Import(office.me), alert_files.on_import),
            MessageHandler(_OWN & filters.COMMAND, commands.unknown),
            MessageHandler(_OWN & _Awaited(alert_setup), alert_setup.on_words),
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
