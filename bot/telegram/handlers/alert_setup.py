"""
``/subscribe``: what a query would have brought is shown first, with buttons to keep it.

What was shown and not yet decided on is kept in memory: after a restart it is asked again.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from telegram import CallbackQuery, InlineKeyboardMarkup, Message, Update

from bot.alerts.values import Mode, Subscription
from bot.messages import Messages
from bot.render.markup import one_line
from bot.render.wording import query_problem
from bot.telegram import alert_keyboards as keyboards
from bot.telegram.alert_desk import TooManySubscriptions, Tried
from bot.telegram.alert_presses import AlertPress
from bot.telegram.answering import View
from bot.telegram.handlers.addressing import replied_to_bot, sender_id
from bot.telegram.handlers.alert_entry import Entry
from bot.telegram.handlers.alert_words import split_number
from bot.telegram.handlers.commands import Context
from bot.telegram.managers import Target
from bot.telegram.office import Office, now
from bot.telegram.sender import Place
from retrieval.errors import QueryError

EDIT_WITHIN = timedelta(minutes=10)
"""After *Edit*, the next message is the new query for so long."""

_WAITING_MAX = 500  # back-tests that are not decided on; the oldest are forgotten
_EDITS_MAX = 500
_TOKEN_BITS = 62
_HEAD_MAX = 150  # UTF-16 units of a title, or of a query that is replaced


@dataclass(frozen=True, slots=True)
class _Waiting:
    tried: Tried
    target: Target
    created: datetime
    shown_in: int
    replaces: int | None  # the subscription whose query it is to be


class _Editing(NamedTuple):
    subscription_id: int
    target: Target
    prompt_id: int
    until: datetime


class Pressed(NamedTuple):
    """What a press under a back-test comes to: a line that pops up, the message's new view."""

    toast: str | None = None
    view: View | None = None


class AlertSetup:
    """Handlers of ``/subscribe`` and of what follows it."""

    def __init__(self, office: Office, entry: Entry) -> None:
        self._office = office
        self._entry = entry
        self._waiting: OrderedDict[int, _Waiting] = OrderedDict()
        self._editing: OrderedDict[tuple[int, int], _Editing] = OrderedDict()  # chat, user

    async def on_command(self, update: Update, _: Context) -> None:
        """``/subscribe [CHAT] [N] QUERY``."""
        entered = await self._entry.enter(update)
        if entered is None:
            return
        target, messages = entered.target, entered.messages
        kept = await self._office.run(self._of_chat, target.place.chat_id)
        number, query = split_number(entered.words, len(kept))
        if number is None or not query:  # a number alone is a word
            number, query = None, entered.words
        if not query:
            await self._office.tell(update, messages, messages.text("subscribe.usage"))
            return
        replaces = None if number is None else kept[number - 1].id
        await self._propose(update, messages, query, target, replaces)

    # --- editing ----------------------------------------------------------------

    async def ask_for_words(
        self, query: CallbackQuery, subscription: Subscription, messages: Messages
    ) -> None:
        """Ask for the words that are to stand in the place of a subscription's query."""
        message = query.message
        assert message is not None
        office = self._office
        is_private = message.chat.id == query.from_user.id
        key = "subscribe.write" if is_private else "subscribe.write_reply"
        said = messages.text(key, query=subscription.query)
        thread_id = None
        if isinstance(message, Message) and message.is_topic_message:
            thread_id = message.message_thread_id
        html = office.answering.renderer(messages.lang).say(said)
        place = Place(message.chat.id, thread_id)
        prompt = await office.sender.send(place, html)
        if prompt is None:
            return
        target = Target(subscription.place, query.from_user.id)
        key_of = (message.chat.id, query.from_user.id)
        self._editing.pop(key_of, None)
        self._editing[key_of] = _Editing(
            subscription.id, target, prompt.message_id, now() + EDIT_WITHIN
        )
        if len(self._editing) > _EDITS_MAX:
            self._editing.popitem(last=False)

    def awaits(self, message: Message) -> bool:
        """Whether *message* is the new query that was asked for."""
        editing = self._editing.get((message.chat.id, sender_id(message)))
        if editing is None or not message.text or message.text.startswith("/"):
            return False
        if now() > editing.until:
            return False
        if message.chat.type == message.chat.PRIVATE:
            return True
        original = message.reply_to_message
        return (
            original is not None
            and original.message_id == editing.prompt_id
            and replied_to_bot(message, self._office.me)
        )

    async def on_words(self, update: Update, _: Context) -> None:
        """The words that were asked for."""
        message = await self._entry.admit(update)
        if message is None or not message.text:
            return
        editing = self._editing.pop((message.chat.id, sender_id(message)), None)
        if editing is None:
            return
        messages = self._office.messages(update)
        await self._propose(
            update, messages, message.text.strip(), editing.target, editing.subscription_id
        )

    # --- trying out -------------------------------------------------------------

    async def _propose(
        self, update: Update, messages: Messages, query: str, target: Target, replaces: int | None
    ) -> None:
        message = update.message
        assert message is not None
        try:
            tried = await self._office.think(self._office.alert_desk.try_out, query, message.date)
        except QueryError as e:
            await self._office.tell(update, messages, pointed_at(e, query, messages))
            return
        waiting = _Waiting(tried, target, message.date, message.chat.id, replaces)
        view = await self._shown(waiting, messages)
        await self._office.reply(update, view.html, keyboard=view.keyboard)

    async def _shown(self, waiting: _Waiting, messages: Messages) -> View:
        """The back-test with its buttons, remembered until one of them is pressed."""
        token = secrets.randbits(_TOKEN_BITS)
        self._waiting[token] = waiting
        if len(self._waiting) > _WAITING_MAX:
            self._waiting.popitem(last=False)
        desk = self._office.alert_desk
        html = await self._office.run(desk.draw_trial, waiting.tried, messages.lang)
        heads = []
        if waiting.target.title is not None:
            title = one_line(waiting.target.title, _HEAD_MAX)
            heads.append(messages.text("subscribe.for_chat", title=title))
        if waiting.replaces is not None:
            old = await self._office.run(desk.subscriptions.get, waiting.replaces)
            if old is not None:
                query = one_line(old.query, _HEAD_MAX)
                heads.append(messages.text("subscribe.instead_of", query=query))
        said = self._office.answering.renderer(messages.lang)
        html = "\n".join([*map(said.say, heads), html])
        return View(html, keyboards.preview(messages, token, waiting.tried.proposals))

    # --- buttons ----------------------------------------------------------------

    async def press(self, query: CallbackQuery, press: AlertPress, messages: Messages) -> Pressed:
        """A button under a back-test."""
        waiting = self._waiting.get(press.number)
        message = query.message
        if waiting is None or message is None or message.chat.id != waiting.shown_in:
            return Pressed(messages.text("subscribe.expired"))
        chat_id = waiting.target.place.chat_id
        if not await self._entry.managers.may_press(query.from_user, message.chat, chat_id):
            return Pressed(messages.text("manage.admins_only_short"))
        if press.action == "instead":
            return await self._try_instead(waiting, press, messages)
        if self._waiting.pop(press.number, None) is None:  # pressed twice meanwhile
            return Pressed(messages.text("subscribe.expired"))
        if press.action == "cancel":
            return self._said(messages.text("subscribe.cancelled"), messages)
        mode: Mode = "digest" if press.action == "save_digest" else "instant"
        return await self._save(waiting, mode, messages)

    async def _try_instead(
        self, waiting: _Waiting, press: AlertPress, messages: Messages
    ) -> Pressed:
        proposals = waiting.tried.proposals
        if press.value >= len(proposals):
            return Pressed(messages.text("subscribe.expired"))
        desk = self._office.alert_desk
        tried = await self._office.think(desk.try_out, proposals[press.value], waiting.created)
        self._waiting.pop(press.number, None)
        return Pressed(None, await self._shown(replace(waiting, tried=tried), messages))

    async def _save(self, waiting: _Waiting, mode: Mode, messages: Messages) -> Pressed:
        office, tried = self._office, waiting.tried
        desk = office.alert_desk
        if waiting.replaces is not None:
            is_there = await office.run(
                desk.rewrite, waiting.replaces, tried.query, tried.least, mode
            )
            if not is_there:
                return self._said(messages.text("alerts_list.gone"), messages)
            said = messages.text("subscribe.rewritten", query=tried.query)
            return self._said(said, messages, keyboards.opens(messages, waiting.replaces))
        subscription = Subscription(
            id=0,
            place=waiting.target.place,
            user_id=waiting.target.user_id,
            created=waiting.created,
            query=tried.query,
            least=tried.least,
            mode=mode,
        )
        target = waiting.target
        if target.kind is not None:  # a channel never speaks to us, but alerts ask what it is
            chat_id = target.place.chat_id
            await office.run(
                office.ledger.see_chat, chat_id, target.kind, target.title, waiting.created
            )
        try:
            kept = await office.run(desk.save, subscription, messages.lang)
        except TooManySubscriptions:
            return self._said(messages.text("subscribe.full"), messages)
        saved = [messages.text(f"subscribe.saved.{mode}", query=kept.query)]
        if waiting.target.title is not None:
            saved.insert(0, messages.text("subscribe.for_chat", title=waiting.target.title))
        return self._said("\n".join(saved), messages, keyboards.opens(messages, kept.id))

    def _said(
        self, sentence: str, messages: Messages, keyboard: InlineKeyboardMarkup | None = None
    ) -> Pressed:
        html = self._office.answering.renderer(messages.lang).say(sentence)
        return Pressed(None, View(html, keyboard))

    def _of_chat(self, chat_id: int) -> list[Subscription]:
        return self._office.alert_desk.subscriptions.of_chat(chat_id)


_POINTED_BEFORE, _POINTED_AFTER = 30, 20  # characters of the query that are repeated


def pointed_at(error: QueryError, query: str, messages: Messages) -> str:
    """What is wrong with *query*, under the part of it where that is, marked."""
    at = min(error.position, len(query))
    start, stop = max(at - _POINTED_BEFORE, 0), at + _POINTED_AFTER
    before = ("…" if start else "") + query[start:at]
    after = query[at:stop] + ("…" if stop < len(query) else "")
    shown = " ".join(f"{before}▸{after}".split())
    return f"{query_problem(error, messages)}\n{shown}"
