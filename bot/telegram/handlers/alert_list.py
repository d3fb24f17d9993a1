"""``/alerts`` and ``/unsubscribe``: what a chat has subscribed to, and changing it by button."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from telegram import CallbackQuery, Update

from bot.alerts.values import Subscription
from bot.messages import Messages
from bot.telegram import alert_keyboards as keyboards
from bot.telegram.alert_keyboards import MODES, MUTE_HOURS
from bot.telegram.alert_presses import AlertPress
from bot.telegram.answering import View
from bot.telegram.handlers.alert_entry import Entry
from bot.telegram.handlers.alert_setup import AlertSetup, Pressed
from bot.telegram.handlers.alert_words import split_number
from bot.telegram.handlers.commands import Context
from bot.telegram.office import Office, now


class AlertList:
    """Handlers of the list and of the buttons under it."""

    def __init__(self, office: Office, entry: Entry, setup: AlertSetup) -> None:
        self._office = office
        self._entry = entry
        self._setup = setup

    async def on_alerts(self, update: Update, _: Context) -> None:
        """``/alerts [CHAT]``."""
        entered = await self._entry.enter(update)
        if entered is not None:
            await self._show_list(update, entered.target.place.chat_id, entered.messages)

    async def on_unsubscribe(self, update: Update, _: Context) -> None:
        """``/unsubscribe [CHAT] N|QUERY``; it is asked back, since numbers change."""
        entered = await self._entry.enter(update)
        if entered is None:
            return
        chat_id, messages = entered.target.place.chat_id, entered.messages
        kept = await self._office.run(self._of_chat, chat_id)
        if not entered.words:
            await self._show_list(update, chat_id, messages)
            return
        found = _wanted(entered.words, kept)
        if found is None:
            said = messages.text("alerts_list.no_such", wanted=entered.words[:200])
            await self._office.tell(update, messages, said)
            return
        view = self._question(found, messages)
        await self._office.reply(update, view.html, keyboard=view.keyboard)

    async def _show_list(self, update: Update, chat_id: int, messages: Messages) -> None:
        view = await self._list(chat_id, 0, messages)
        await self._office.reply(update, view.html, keyboard=view.keyboard)

    # --- buttons ----------------------------------------------------------------

    async def press(self, query: CallbackQuery, press: AlertPress, messages: Messages) -> Pressed:
        """A button under the list, or under one subscription."""
        message = query.message
        assert message is not None
        may_press = self._entry.managers.may_press
        if press.action == "list":
            if not await may_press(query.from_user, message.chat, press.number):
                return Pressed(messages.text("manage.admins_only_short"))
            return Pressed(None, await self._list(press.number, press.value, messages))
        found = await self._office.run(self._get, press.number)
        if found is None:
            return Pressed(messages.text("alerts_list.gone"))
        if not await may_press(query.from_user, message.chat, found.place.chat_id):
            # The same words as of one that is gone would hide nothing: numbers run on
            return Pressed(messages.text("manage.admins_only_short"))
        return await self._do(query, press, found, messages)

    async def _do(
        self, query: CallbackQuery, press: AlertPress, found: Subscription, messages: Messages
    ) -> Pressed:
        if press.action == "edit":
            await self._setup.ask_for_words(query, found, messages)
            return Pressed()
        if press.action == "delete_now":
            await self._office.run(self._remove, found.id)
            said = messages.text("alerts_list.deleted", query=found.query)
            return Pressed(None, View(self._say(said, messages)))
        if press.action == "test":
            return Pressed(None, await self._tested(found, messages))
        if press.action == "delete":
            return Pressed(None, self._question(found, messages))
        changed = found if press.action == "open" else _changed(found, press)
        if changed is None:
            return Pressed(messages.text("press.gone"))
        if changed != found:
            await self._office.run(self._office.alert_desk.change, changed)
        return Pressed(None, await self._card(changed, messages))

    async def _tested(self, found: Subscription, messages: Messages) -> View:
        """What it would have brought lately."""
        desk = self._office.alert_desk
        tried = await self._office.think(desk.try_again, found, now())
        html = await self._office.run(desk.draw_trial, tried, messages.lang)
        return View(html, keyboards.back_to(messages, found))

    def _question(self, found: Subscription, messages: Messages) -> View:
        said = messages.text("alerts_list.delete", query=found.query)
        return View(self._say(said, messages), keyboards.confirm_delete(messages, found))

    async def _list(self, chat_id: int, page: int, messages: Messages) -> View:
        desk = self._office.alert_desk
        return await self._office.run(desk.listing, chat_id, page, messages.lang, now())

    async def _card(self, found: Subscription, messages: Messages) -> View:
        return await self._office.run(self._office.alert_desk.card, found, messages.lang, now())

    def _say(self, sentence: str, messages: Messages) -> str:
        return self._office.answering.renderer(messages.lang).say(sentence)

    def _of_chat(self, chat_id: int) -> list[Subscription]:
        return self._office.alert_desk.subscriptions.of_chat(chat_id)

    def _get(self, subscription_id: int) -> Subscription | None:
        return self._office.alert_desk.subscriptions.get(subscription_id)

    def _remove(self, subscription_id: int) -> bool:
        return self._office.alert_desk.subscriptions.remove(subscription_id)


def _changed(found: Subscription, press: AlertPress) -> Subscription | None:
    """What a press makes of a subscription; None if it makes no sense."""
    changes: dict[str, Callable[[], Subscription | None]] = {
        "pause": lambda: replace(found, paused=found.paused or now()),
        "resume": lambda: replace(found, paused=None),
        "mute": lambda: _muted(found, press.value),
        "mode": lambda: (
            replace(found, mode=MODES[press.value]) if press.value < len(MODES) else None
        ),
    }
    change = changes.get(press.action)
    return None if change is None else change()


def _muted(found: Subscription, hours: int) -> Subscription | None:
    if hours == 0:
        return replace(found, muted_until=None)
    if hours not in MUTE_HOURS:
        return None
    return replace(found, muted_until=now() + timedelta(hours=hours))


def _wanted(words: str, kept: Sequence[Subscription]) -> Subscription | None:
    """The subscription that is meant: by its number in the list, or by its query."""
    number, rest = split_number(words, len(kept))
    if number is not None and not rest:
        return kept[number - 1]
    wanted = " ".join(words.casefold().split())
    return next((s for s in kept if " ".join(s.query.casefold().split()) == wanted), None)
