"""Subscriptions by a button under an answer: to its story, or to what had no answer."""

from __future__ import annotations

from telegram import CallbackQuery

from bot.ledger import AnswerRecord
from bot.messages import Messages
from bot.telegram.alert_desk import TooManySubscriptions
from bot.telegram.answering import View
from bot.telegram.handlers.press_effects import Effect
from bot.telegram.managers import Managers
from bot.telegram.office import Office, now


class AlertFollow:
    """What the buttons of answers have to do with alerts."""

    def __init__(self, office: Office, managers: Managers) -> None:
        self._office = office
        self.managers = managers

    async def follow(
        self, query: CallbackQuery, record: AnswerRecord, messages: Messages
    ) -> Effect:
        """*Follow this story*, or *Tell me when it appears*."""
        if not await self.managers.may_manage(query):
            return Effect(messages.text("manage.admins_only_short"))
        desk = self._office.alert_desk
        wanted = await self._office.think(desk.follow, record, query.from_user.id, now())
        if wanted is None:
            return Effect(messages.text("follow.no_words"), is_popup=True)
        if await self._office.run(desk.is_kept, wanted):
            return Effect(messages.text("follow.known"), is_popup=True)
        try:
            await self._office.run(desk.save, wanted, messages.lang)
        except TooManySubscriptions:
            return Effect(messages.text("subscribe.full"), is_popup=True)
        key = "follow.waits" if wanted.story is None else "follow.done"
        return Effect(messages.text(key), is_popup=True)

    async def alert(self, record: AnswerRecord) -> View | None:
        """The alert that a kept answer stands for, as it is told; None if it answers a question."""
        return await self._office.run(self._alert, record)

    def _alert(self, record: AnswerRecord) -> View | None:
        desk = self._office.alert_desk
        if record.message_id is None:
            return None
        handed = desk.outbox.by_message(record.chat_id, record.message_id)
        return None if handed is None else desk.drawn(handed)
