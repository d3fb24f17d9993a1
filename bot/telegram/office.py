"""What every handler works with: the desk, the ledger, the post, and who is who."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ParamSpec, TypeVar, cast

from telegram import Chat, InlineKeyboardMarkup, Message, Update, User
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.alerts.book import AlertBook
from bot.ledger import ChatKind, Ledger
from bot.messages import Messages
from bot.settings import Settings
from bot.telegram.access import Access
from bot.telegram.alert_desk import AlertDesk
from bot.telegram.alert_messages import AlertMessages
from bot.telegram.answering import Answering
from bot.telegram.feeding import FeedPolling
from bot.telegram.flood import FloodControl, Priority
from bot.telegram.handlers.addressing import question_in
from bot.telegram.health import Health
from bot.telegram.inbox import Inbox
from bot.telegram.quota import Quota
from bot.telegram.sender import Place, Sender
from bot.telegram.speech import spoken
from bot.telegram.threads import Threads
from retrieval.desk import Desk
from retrieval.errors import StoreError

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

TRY_AGAIN = timedelta(hours=1)
"""A group that refused an alert, and is heard all the same, is tried again after so long."""


@dataclass(frozen=True, slots=True)
class Office:
    """The parts of one running bot; made once, by ``service``."""

    settings: Settings
    desk: Desk
    ledger: Ledger
    answering: Answering
    bot: ExtBot[Priority]
    sender: Sender
    flood: FloodControl
    inbox: Inbox
    health: Health
    access: Access
    quota: Quota
    threads: Threads
    feeds: FeedPolling
    alerts: AlertBook
    alert_desk: AlertDesk
    alert_messages: AlertMessages
    me: User

    async def run(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Do short *work* (with the ledger, say) in a thread; the loop goes on meanwhile."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.threads.short, lambda: work(*args, **kwargs))

    async def think(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Do *work* that asks the desk, and may take seconds, where nothing short waits for it."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.threads.asking, lambda: work(*args, **kwargs))

    async def fetch(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Do *work* that may take minutes (a page to read), where no question waits for it."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.threads.fetching, lambda: work(*args, **kwargs))

    def language(self, update: Update) -> str:
        """The language of the bot's words: the chat's choice, or the user's Telegram."""
        chat = update.effective_chat
        record = None if chat is None else self.ledger.chat(chat.id)
        if record is not None and record.lang is not None:
            return record.lang
        user = update.effective_user
        code = None if user is None else user.language_code
        return spoken(code, self.settings.language)

    def messages(self, update: Update) -> Messages:
        """The catalogue for whoever sent *update*."""
        return Messages(self.language(update))

    async def see(self, chat: Chat) -> None:
        """Note that *chat* speaks; one that was suspended is served again."""
        kind = cast(ChatKind, str(chat.type))
        if not self.ledger.has_seen(chat.id, kind, chat.title, now()):
            await self.run(self.ledger.see_chat, chat.id, kind, chat.title, now())
            # In a chat that lets us hear and not speak each message would be a try
            before = None if chat.type == Chat.PRIVATE else now() - TRY_AGAIN
            await self.run(self.alerts.subscriptions.resume, chat.id, before=before)

    async def migrate(self, old: int, new: int) -> None:
        """A group became a supergroup: everything that is kept about *old* belongs to *new*."""
        log.info("group %d became supergroup %d", old, new)
        await self.run(self.ledger.migrate_chat, old, new)
        await self.run(self.alerts.subscriptions.migrate_chat, old, new)

    async def suspend(self, chat_id: int, reason: str) -> None:
        """Nothing can be sent to a chat."""
        log.info("chat %d takes no messages: %s", chat_id, reason)
        await self.run(self.ledger.suspend, chat_id, reason, now())
        await self.run(self.alerts.subscriptions.suspend, chat_id, reason, now())

    async def reply(
        self, update: Update, html: str, *, keyboard: InlineKeyboardMarkup | None = None
    ) -> Message | None:
        """Answer *update* with a message that is drawn."""
        return await self.sender.send(place_of(update), html, keyboard=keyboard)

    async def tell(self, update: Update, messages: Messages, sentence: str) -> Message | None:
        """Answer *update* with a sentence of the catalogue."""
        return await self.reply(update, self.answering.renderer(messages.lang).say(sentence))

    async def tell_full(self, update: Update) -> None:
        """Say that *update* is left out, where the bot was spoken to."""
        message = update.message
        if message is None or not self.access.may_ask(update):
            return
        if message.chat.type == Chat.PRIVATE or question_in(message, self.me) is not None:
            messages = self.messages(update)
            await self.tell(update, messages, messages.text("ask.full"))

    async def tell_admins(self, key: str, **values: object) -> None:
        """A sentence of the catalogue to each admin that can be reached, in their language."""
        for admin in sorted(self.access.admins):
            lang: str | None = None
            try:
                record = self.ledger.chat(admin)
            except StoreError:  # which may be what they are told about
                log.warning("admin %d is written to without a look at the ledger", admin)
            else:
                if record is None or record.suspended is not None:
                    continue  # a bot cannot write first to someone who never started it
                lang = record.lang
            messages = Messages(lang or self.settings.language)
            html = self.answering.renderer(messages.lang).say(messages.text(key, **values))
            try:
                await self.sender.send(Place(admin), html, priority=Priority.NOTICE)
            except (TelegramError, StoreError) as e:
                log.warning("admin %d cannot be told: %s", admin, e)


def place_of(update: Update) -> Place:
    """Where the answer to *update* goes: its chat and topic; in a group, as a reply."""
    message = update.effective_message
    chat = update.effective_chat
    assert chat is not None
    if message is None:
        return Place(chat.id)
    thread_id = message.message_thread_id if getattr(message, "is_topic_message", False) else None
    return Place(chat.id, thread_id, None if chat.type == chat.PRIVATE else message.message_id)


def now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)
