"""What Telegram shows of the bot: its commands, by scope and language, and its description."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from typing import NamedTuple

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeChatAdministrators,
    Chat,
)
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from bot.messages import Messages, languages
from bot.telegram.office import Office
from bot.telegram.speech import telegram_code

log = logging.getLogger(__name__)

IN_PRIVATE = (
    "start",
    "help",
    "ask",
    "latest",
    "sources",
    "about",
    "settings",
    "language",
    "new",
    "subscribe",
    "alerts",
    "unsubscribe",
    "digest",
    "quiet",
    "timezone",
    "missed",
    "trend",
    "export",
    "import",
    "forget",
)
IN_GROUPS = (
    "ask",
    "help",
    "latest",
    "trend",
    "sources",
    "about",
    "settings",
    "language",
    "new",
    "forget",
)
FOR_GROUP_ADMINS = (
    "subscribe",
    "alerts",
    "unsubscribe",
    "digest",
    "quiet",
    "timezone",
    "missed",
    "export",
    "import",
)
FOR_ADMINS = ("status", "ingest", "feeds")

_FACT = "registered"


class Listing(NamedTuple):
    """The commands of one scope in one language; None is for every other language."""

    scope: BotCommandScope
    language_code: str | None
    commands: tuple[BotCommand, ...]


async def register(office: Office) -> None:
    """Tell Telegram the commands, if they changed; trouble with it costs no answer."""
    listings = list(_listings(office))
    digest = hashlib.sha256(f"{office.me.id} {listings!r}".encode()).hexdigest()
    if office.ledger.value(_FACT) == digest:
        return
    bot = office.bot
    is_complete = True
    for listing in listings:
        try:
            await bot.set_my_commands(
                listing.commands, scope=listing.scope, language_code=listing.language_code
            )
        except (BadRequest, Forbidden, InvalidToken) as e:  # an admin who never wrote to the bot
            log.info("commands not registered for %s: %s", listing.scope.type, e)
            is_complete &= isinstance(listing.scope, BotCommandScopeChat)
        except TelegramError as e:
            log.warning("commands not registered: %s", e)
            return
    for code, messages in _spoken(office):
        try:
            await bot.set_my_description(messages.text("profile.long"), language_code=code)
            await bot.set_my_short_description(messages.text("profile.short"), language_code=code)
        except TelegramError as e:
            log.info("description not registered: %s", e)
            is_complete = False
    if is_complete:
        await office.run(office.ledger.set_value, _FACT, digest)


async def register_chat(office: Office, chat: Chat, lang: str) -> None:
    """List the commands in the language that *chat* has chosen; "" as Telegram is set."""
    names: tuple[str, ...] = IN_PRIVATE if chat.type == ChatType.PRIVATE else IN_GROUPS
    if chat.id in office.access.admins:
        names = (*IN_PRIVATE, *FOR_ADMINS)
    lists: list[tuple[BotCommandScope, tuple[str, ...]]] = [(BotCommandScopeChat(chat.id), names)]
    if chat.type != ChatType.PRIVATE:
        # A chat's own list goes before that of the admins of all groups
        in_all = (*IN_GROUPS, *FOR_GROUP_ADMINS)
        lists.append((BotCommandScopeChatAdministrators(chat.id), in_all))
    try:
        for scope, listed in lists:
            if lang or chat.id in office.access.admins:
                messages = Messages(lang or office.settings.language)
                await office.bot.set_my_commands(_commands(listed, messages), scope=scope)
            else:
                await office.bot.delete_my_commands(scope=scope)
    except TelegramError as e:
        log.info("commands not registered for chat %d: %s", chat.id, e)


def _listings(office: Office) -> Iterator[Listing]:
    for code, messages in _spoken(office):
        yield Listing(BotCommandScopeAllPrivateChats(), code, _commands(IN_PRIVATE, messages))
        yield Listing(BotCommandScopeAllGroupChats(), code, _commands(IN_GROUPS, messages))
        in_all = (*IN_GROUPS, *FOR_GROUP_ADMINS)
        yield Listing(BotCommandScopeAllChatAdministrators(), code, _commands(in_all, messages))
    for admin in sorted(office.access.admins):
        record = office.ledger.chat(admin)
        chosen = None if record is None else record.lang
        messages = Messages(chosen or office.settings.language)
        commands = _commands((*IN_PRIVATE, *FOR_ADMINS), messages)
        yield Listing(BotCommandScopeChat(admin), None, commands)


def _spoken(office: Office) -> Iterator[tuple[str | None, Messages]]:
    """Each language under Telegram's code; the one for all others goes without."""
    yield None, Messages(office.settings.language)
    for lang in languages():
        code = telegram_code(lang)
        if code is not None:
            yield code, Messages(lang)


def _commands(names: tuple[str, ...], messages: Messages) -> tuple[BotCommand, ...]:
    return tuple(BotCommand(name, messages.text(f"command.{name}")) for name in names)
