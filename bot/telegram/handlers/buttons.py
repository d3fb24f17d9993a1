"""Buttons: the views of an answer, its rating, and the choice of a language."""

from __future__ import annotations

import re
import time

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import BadRequest, Forbidden

from bot.ledger import AnswerRecord
from bot.messages import Messages, languages
from bot.telegram import keyboards
from bot.telegram.answering import View
from bot.telegram.handlers.alert_follow import AlertFollow
from bot.telegram.handlers.press_effects import Effect, answer_press
from bot.telegram.office import Office, now
from bot.telegram.presses import Press
from bot.telegram.registration import register_chat
from bot.telegram.speech import spoken

SAME_AGAIN_S = 5.0
"""A view that was asked for so lately is not shown again: several people press one button,
or one person twice, and each edit takes a message of the chat's budget."""

_SHOWN_MAX = 1_000

_LANGUAGE = re.compile(r"l:([A-Za-z-]{0,10})", re.ASCII)


class Buttons:
    """Handlers of what is pressed under the bot's messages."""

    def __init__(self, office: Office, alerts: AlertFollow) -> None:
        self._office = office
        self._alerts = alerts
        self._shown: dict[tuple[int, int], tuple[View, float]] = {}

    async def on_press(self, update: Update, _: object) -> None:
        """A button of an answer, or of the choice of a language."""
        await answer_press(update, self._office, self._effect)

    async def _effect(self, update: Update, query: CallbackQuery, messages: Messages) -> Effect:
        if not self._office.access.may_ask(update):
            return Effect(messages.text("access.refused_short"))
        chosen = _LANGUAGE.fullmatch(query.data or "")
        if chosen is not None:
            return await self._language(query, chosen[1], messages)
        return await self._press(query, messages)

    async def _press(self, query: CallbackQuery, messages: Messages) -> Effect:
        press = Press.parse(query.data or "")
        record = None if press is None else self._office.ledger.answer(press.answer_id)
        if press is None or record is None or not _stands_under(query, record):
            return Effect(messages.text("press.gone"))
        if press.action in {"good", "bad"}:
            return await self._rate(query, press, messages)
        if press.action in {"follow", "tell"}:
            return await self._alerts.follow(query, record, messages)
        return await self._turn(query, press, record, messages)

    async def _turn(
        self, query: CallbackQuery, press: Press, record: AnswerRecord, messages: Messages
    ) -> Effect:
        """Another view of the answer."""
        if not await self._may_turn(query):
            return Effect(messages.text("manage.admins_only_short"))
        view = await self._view(press, record)
        if view is not None:
            return Effect(None, lambda: self.show(query, view))
        if press.action == "more":
            return Effect(messages.text("more.none"), lambda: self._drop_button(query))
        return Effect(messages.text("press.gone"))

    async def _view(self, press: Press, record: AnswerRecord) -> View | None:
        run, answering = self._office.run, self._office.answering
        if press.action == "context":
            return await run(answering.context, record, press.place, press.width)
        if press.action == "more":
            return await self._office.think(answering.more, record, press.place)
        if press.action == "sources":
            return await run(answering.sources, record)
        return await self._alerts.alert(record) or await run(answering.answer, record)

    async def _may_turn(self, query: CallbackQuery) -> bool:
        """Whether the message may be changed: a post of a channel stays as it is for its readers."""
        assert query.message is not None
        if query.message.chat.type != ChatType.CHANNEL:
            return True
        return await self._alerts.managers.may_manage(query)

    async def show(self, query: CallbackQuery, view: View) -> None:
        """Make the message say *view*, unless it was just asked for the same."""
        assert query.message is not None
        chat_id, message_id = query.message.chat.id, query.message.message_id
        last, at = self._shown.get((chat_id, message_id), (None, 0.0))
        if last == view and time.monotonic() - at < SAME_AGAIN_S:
            return
        if len(self._shown) >= _SHOWN_MAX:
            self._shown.clear()
        self._shown[chat_id, message_id] = view, time.monotonic()
        await self._office.sender.edit(chat_id, message_id, view.html, keyboard=view.keyboard)

    async def _drop_button(self, query: CallbackQuery) -> None:
        message = query.message
        if isinstance(message, Message) and message.reply_markup is not None:
            left = keyboards.without(message.reply_markup, query.data or "")
            await self._office.sender.edit_keyboard(message.chat.id, message.message_id, left)

    async def _rate(self, query: CallbackQuery, press: Press, messages: Messages) -> Effect:
        is_kept = await self._office.run(
            self._office.ledger.rate,
            press.answer_id,
            query.from_user.id,
            1 if press.action == "good" else -1,
            now(),
        )
        return Effect(messages.text("rating.kept" if is_kept else "rating.taken_back"))

    async def _language(self, query: CallbackQuery, lang: str, messages: Messages) -> Effect:
        message = query.message
        if message is None or (lang and lang not in languages()):
            return Effect(messages.text("press.gone"))
        if not await _may_set(query):
            return Effect(messages.text("language.admins_only"))
        await self._office.see(message.chat)  # /forget leaves nothing to set a language on
        await self._office.run(self._office.ledger.set_language, message.chat.id, lang or None)
        await self._office.run(self._office.alert_desk.set_language, message.chat.id, lang or None)
        spoken_now = Messages(
            lang or spoken(query.from_user.language_code, self._office.settings.language)
        )
        await register_chat(self._office, message.chat, lang)
        view = language_view(self._office, spoken_now, chosen=lang)
        return Effect(spoken_now.text("language.set"), lambda: self.show(query, view))


def language_view(office: Office, messages: Messages, *, chosen: str) -> View:
    """The languages to choose from; *chosen* is marked, "" is the user's own."""
    html = office.answering.renderer(messages.lang).say(messages.text("language.choose"))
    return View(html, keyboards.languages(messages, languages(), chosen))


def _stands_under(query: CallbackQuery, record: AnswerRecord) -> bool:
    """Whether the button was pressed where the answer is: another chat's must not be read."""
    return query.message is not None and query.message.chat.id == record.chat_id


async def _may_set(query: CallbackQuery) -> bool:
    """Anyone for themselves; in a group its admins, asked of Telegram each time."""
    assert query.message is not None
    chat = query.message.chat
    if chat.type == ChatType.PRIVATE:
        return chat.id == query.from_user.id
    try:
        member = await query.get_bot().get_chat_member(chat.id, query.from_user.id)
    except (BadRequest, Forbidden):
        return False
    return member.status in {ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR}
