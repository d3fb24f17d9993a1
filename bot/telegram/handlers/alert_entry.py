"""How a command about alerts begins: whether it may be given, for which chat, and its words."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import Message, MessageEntity, Update

from bot.messages import Messages
from bot.telegram.handlers.alert_words import split_chat
from bot.telegram.handlers.questions import Questions
from bot.telegram.managers import Managers, Target
from bot.telegram.office import Office


@dataclass(frozen=True, slots=True)
class Entered:
    """
    A command that may be given.

    Attributes:
        words: What follows it, without the chat that it is for.
    """

    message: Message
    target: Target
    words: str
    messages: Messages


class Entry:
    """The way in of every command about alerts."""

    def __init__(self, office: Office, questions: Questions, managers: Managers) -> None:
        self._office = office
        self._questions = questions
        self.managers = managers

    async def admit(self, update: Update) -> Message | None:
        """The message of one who may ask, and not too often; None if that was refused."""
        return update.message if await self._questions.admit(update) else None

    async def enter(self, update: Update) -> Entered | None:
        """A command of one who may set up alerts there; None if that was refused, in words."""
        message = await self.admit(update)
        if message is None:
            return None
        messages = self._office.messages(update)
        named, words = split_chat(words_of(message))
        target = await self.managers.target(message, named)
        if not isinstance(target, Target):
            await self._office.tell(update, messages, messages.text(f"manage.{target}"))
            return None
        return Entered(message, target, words, messages)


def words_of(message: Message) -> str:
    """What follows the command of *message*, as it was written."""
    text = message.text or message.caption or ""
    first = next(iter(message.entities or message.caption_entities), None)
    if first is not None and first.type == MessageEntity.BOT_COMMAND and first.offset == 0:
        text = text[first.length :]  # a command is ASCII
    return text.strip()
