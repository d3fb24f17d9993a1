"""Questions: asked, asked again by an edit, asked about an earlier answer."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta

from telegram import Message, Update

from bot.ledger import AnswerRecord
from bot.messages import Messages
from bot.render.wording import query_problem
from bot.telegram.answering import Asked, View
from bot.telegram.handlers.addressing import question_in, sender_id
from bot.telegram.handlers.courtesy import Courtesy, courtesy
from bot.telegram.office import Office, now, place_of
from retrieval.errors import QueryError
from retrieval.types import Filters

log = logging.getLogger(__name__)

TYPING_AFTER_S = 0.7
"""An answer that is there sooner needs no sign that one is on its way."""

TYPING_EVERY_S = 4.5  # Telegram shows the sign for five seconds

REFUSE_AGAIN = timedelta(hours=1)
"""A chat that may not ask is told so once in this time."""

_REFUSED_MAX = 10_000
_ALBUMS_MAX = 100


class Questions:
    """Handlers of what people say to the bot."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._albums: deque[str] = deque(maxlen=_ALBUMS_MAX)
        self._refused: dict[int, datetime] = {}  # the last to be refused stands last

    async def on_message(self, update: Update, _: object) -> None:
        """A new message: a question, or nothing to us."""
        message = update.message
        assert message is not None
        question = question_in(message, self._office.me)
        if question is None:
            if message.chat.type == message.chat.PRIVATE and not message.text:
                await self._say_text_only(update, message)
            return
        if not question.text:
            if await self.admit(update):
                messages = self._office.messages(update)
                await self._office.tell(update, messages, messages.text("ask.empty"))
            return
        said = courtesy(question.text)
        if said is not None and not question.is_command:
            await self._answer_courtesy(update, message, said)
            return
        await self.ask(update, message, question.text)

    async def on_edit(self, update: Update, _: object) -> None:
        """An edited question: its answer is edited."""
        message = update.edited_message
        assert message is not None
        question = question_in(message, self._office.me)
        if question is None or not question.text:
            return
        earlier = self._office.ledger.answer_to(message.chat.id, message.message_id)
        said = None if question.is_command else courtesy(question.text)
        if said is not None:
            if earlier is not None:
                await self._unanswer(update, earlier, question.text, self._courteous(update, said))
            return
        if (
            earlier is None
            and message.chat.type != message.chat.PRIVATE
            and not question.is_command
        ):
            return  # a mention that was added to an old message
        if earlier is None or earlier.text != question.text:
            await self.ask(update, message, question.text, replaces=earlier)

    async def ask(
        self,
        update: Update,
        message: Message,
        text: str,
        *,
        replaces: AnswerRecord | None = None,
    ) -> None:
        """Answer *text*, said in *message*; an answer that it replaces is edited."""
        office = self._office
        if not await self.may_ask(update):
            return
        if update.update_id in office.inbox.replayed:
            replaces = replaces or office.ledger.answer_to(message.chat.id, message.message_id)
            if replaces is not None and replaces.message_id is not None and replaces.text == text:
                return  # it was sent before the program was stopped
        if not await self.is_in_quota(update):
            return
        messages = office.messages(update)
        asked = Asked(
            chat_id=message.chat.id,
            thread_id=place_of(update).thread_id,
            user_id=sender_id(message),
            message_id=message.message_id,
            text=text,
            date=(message.edit_date if replaces else None) or message.date,
            lang=messages.lang,
            about=self._about(message),
            replaces=replaces,
        )
        async with self._typing(update):
            started = time.monotonic()
            try:
                record, view = await office.think(office.answering.ask, asked)
            except QueryError as e:
                problem = query_problem(e, messages)
                if replaces is None:
                    await self._office.tell(update, messages, problem)
                else:
                    await self._unanswer(update, replaces, text, problem)
                return
            office.health.questions += 1
            office.health.answered_in(time.monotonic() - started)
            await self._deliver(update, record, view)

    async def _answer_courtesy(self, update: Update, message: Message, said: Courtesy) -> None:
        """A word of thanks, or a greeting, is no question; in a group it is left alone."""
        if message.chat.type != message.chat.PRIVATE or not await self.admit(update):
            return
        await self._office.tell(
            update, self._office.messages(update), self._courteous(update, said)
        )

    def _courteous(self, update: Update, said: Courtesy) -> str:
        messages = self._office.messages(update)
        match said:
            case "greeting":
                return messages.text("hello.chat")
            case "thanks":
                return messages.text("ask.welcome")
            case "more":
                return messages.text("ask.more", more=messages.text("button.more"))
            case "help":
                return guide(self._office, messages)

    async def _unanswer(
        self, update: Update, earlier: AnswerRecord, text: str, sentence: str
    ) -> None:
        """Put *sentence* in the place of an answer whose question was edited into none."""
        office = self._office
        emptied = replace(
            earlier,
            text=text,
            question="",
            filters=Filters(),
            widened=None,
            completion=None,
            answered=False,
            reason="no_terms",
            confidence=0.0,
            quotes=(),
        )
        await office.run(office.ledger.replace_answer, emptied)
        view = View(office.answering.renderer(office.language(update)).say(sentence))
        await self._deliver(update, emptied, view)

    async def admit(self, update: Update) -> bool:
        """Whether what is said may be answered: from one who may ask, and not too often."""
        return await self.may_ask(update) and await self.is_in_quota(update)

    async def is_in_quota(self, update: Update) -> bool:
        """Whether the sender has not said too much lately, this included; told so once if not."""
        message = update.effective_message
        assert message is not None
        quota, user_id = self._office.quota, sender_id(message)
        wait_s = quota.take(user_id)
        if wait_s > 0 and quota.should_tell(user_id):
            messages = self._office.messages(update)
            said = messages.count("ask.too_many", max(round(wait_s), 1))
            await self._office.tell(update, messages, said)
        return wait_s == 0

    async def may_ask(self, update: Update) -> bool:
        """Whether this chat may ask; if not, that is said, not too often."""
        if self._office.access.may_ask(update):
            return True
        await self._refuse(update)
        return False

    async def _refuse(self, update: Update) -> None:
        chat = update.effective_chat
        assert chat is not None
        last = self._refused.pop(chat.id, None)
        is_told = last is not None and now() - last < REFUSE_AGAIN
        self._refused[chat.id] = last if last is not None and is_told else now()
        if len(self._refused) > _REFUSED_MAX:
            del self._refused[next(iter(self._refused))]
        if is_told:
            return
        messages = self._office.messages(update)
        await self._office.tell(update, messages, messages.text("access.refused", id=str(chat.id)))

    async def _deliver(self, update: Update, record: AnswerRecord, view: View) -> None:
        sender = self._office.sender
        if record.message_id is not None and await sender.edit(
            record.chat_id, record.message_id, view.html, keyboard=view.keyboard
        ):
            return
        sent = await sender.send(place_of(update), view.html, keyboard=view.keyboard)
        if sent is not None:
            await self._office.run(self._office.ledger.mark_sent, record.id, sent.message_id)

    def _about(self, message: Message) -> AnswerRecord | None:
        """The answer, or the alert, that *message* replies to."""
        original = message.reply_to_message
        if original is None:
            return None
        return self._office.ledger.answer_by_message(message.chat.id, original.message_id)

    @asynccontextmanager
    async def _typing(self, update: Update) -> AsyncIterator[None]:
        """Shows that an answer is on its way, if it takes long."""
        place = place_of(update)

        async def show() -> None:
            await asyncio.sleep(TYPING_AFTER_S)
            while True:
                await self._office.sender.typing(place)
                await asyncio.sleep(TYPING_EVERY_S)

        task = asyncio.create_task(show())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _say_text_only(self, update: Update, message: Message) -> None:
        """Once for an album, which comes as a message a picture, and within the quota."""
        if not message.effective_attachment or message.media_group_id in self._albums:
            return
        if message.media_group_id is not None:
            self._albums.append(message.media_group_id)
        may_ask = self._office.access.may_ask(update)
        if may_ask and self._office.quota.take(sender_id(message)) == 0:
            messages = self._office.messages(update)
            await self._office.tell(update, messages, messages.text("ask.text_only"))


def guide(office: Office, messages: Messages) -> str:
    """What can be asked, and how."""
    bot = f"@{office.me.username}"
    sees_all = office.me.can_read_all_group_messages
    group = messages.text("guide.group_all" if sees_all else "guide.group", bot=bot)
    parts = [messages.text("guide.chat", bot=bot), messages.text("guide.alerts"), group]
    return "\n\n".join(parts)
