"""Buttons under alerts and digests, and the way to those under lists and back-tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from telegram import CallbackQuery, Update
from telegram.constants import ChatType

from bot.alerts.outbox import Handed
from bot.alerts.values import Subscription
from bot.messages import Messages
from bot.render.markup import cut, visible_text
from bot.telegram import alert_keyboards as keyboards
from bot.telegram.alert_presses import AlertPress
from bot.telegram.answering import View
from bot.telegram.handlers.alert_list import AlertList
from bot.telegram.handlers.alert_setup import AlertSetup
from bot.telegram.handlers.press_effects import TOAST_MAX, Effect, answer_press
from bot.telegram.managers import Managers
from bot.telegram.office import Office, now

Show = Callable[[CallbackQuery, View], Awaitable[object]]

_UNDER_BACKTEST = ("save", "save_digest", "instead", "cancel")
_UNDER_NOTE = ("alert", "why", "ask", "mute_story", "unmute_story", "pause_one", "page")
_WORDS_MAX = 60  # UTF-16 units of a query in a line that pops up


class AlertButtons:
    """
    Handlers of what is pressed under what is said about alerts.

    Args:
        office: The parts of the bot.
        managers: Who may change what.
        setup: Takes presses under back-tests.
        listing: Takes presses under the list.
        show: Changes a message to a view.
    """

    def __init__(
        self,
        office: Office,
        managers: Managers,
        setup: AlertSetup,
        listing: AlertList,
        show: Show,
    ) -> None:
        self._office = office
        self._managers = managers
        self._setup = setup
        self._listing = listing
        self._show = show

    async def on_press(self, update: Update, _: object) -> None:
        """A button under what is said about alerts."""
        await answer_press(update, self._office, self._effect)

    async def _effect(self, update: Update, query: CallbackQuery, messages: Messages) -> Effect:
        if not self._office.access.may_ask(update):
            return Effect(messages.text("access.refused_short"))
        press = AlertPress.parse(query.data or "")
        if press is None or query.message is None:
            return Effect(messages.text("press.gone"))
        if press.action in _UNDER_NOTE:
            return await self._under_note(query, press, messages)
        handler = self._setup if press.action in _UNDER_BACKTEST else self._listing
        pressed = await handler.press(query, press, messages)
        view = pressed.view
        if view is None:
            return Effect(pressed.toast)
        return Effect(pressed.toast, lambda: self._show(query, view))

    # --- under alerts -------------------------------------------------------------

    async def _under_note(
        self, query: CallbackQuery, press: AlertPress, messages: Messages
    ) -> Effect:
        assert query.message is not None
        chat = query.message.chat
        handed = await self._office.run(self._office.alert_desk.outbox.note, press.number)
        # Another chat's alert must not be read, nor quietened
        if handed is None or handed.note.place.chat_id != chat.id:
            return Effect(messages.text("alert_press.gone"))
        if press.action in {"ask", "alert", "why", "page"}:
            return await self._look(query, press, handed, messages)
        if not await self._managers.may_manage(query):
            return Effect(messages.text("manage.admins_only_short"))
        if press.action == "pause_one":
            return await self._pause(query, press, handed, messages)
        return await self._mute(query, press, handed, messages)

    async def _look(
        self, query: CallbackQuery, press: AlertPress, handed: Handed, messages: Messages
    ) -> Effect:
        """What anybody may do who can see the alert; in a channel, without changing the post."""
        assert query.message is not None
        if press.action == "ask":
            return Effect(messages.text("alert_press.ask"), is_popup=True)
        if query.message.chat.type == ChatType.CHANNEL:
            if press.action == "why":
                return await self._why_popup(handed, messages)
            if not await self._managers.may_manage(query):
                return Effect(messages.text("manage.admins_only_short"))
        view = await self._view(handed, press)
        if view is None:
            return Effect(messages.text("alert_press.gone"))
        return Effect(None, lambda: self._show(query, view))

    async def _view(self, handed: Handed, press: AlertPress) -> View | None:
        desk = self._office.alert_desk
        if press.action == "why":
            return await self._office.run(desk.why, handed)
        return await self._office.run(desk.drawn, handed, page=press.value)

    async def _why_popup(self, handed: Handed, messages: Messages) -> Effect:
        """In a channel the post stays as it is for all others."""
        view = await self._office.run(self._office.alert_desk.why, handed)
        if view is None:
            return Effect(messages.text("alert_press.gone"))
        return Effect(cut(visible_text(view.html), TOAST_MAX), is_popup=True)

    async def _mute(
        self, query: CallbackQuery, press: AlertPress, handed: Handed, messages: Messages
    ) -> Effect:
        note, desk = handed.note, self._office.alert_desk
        is_muted = press.action == "mute_story"
        outbox = desk.outbox
        if is_muted:
            await self._office.run(outbox.mute_story, note.place, note.key, now())
        else:
            await self._office.run(outbox.unmute_story, note.place, note.key)
        view = await self._office.run(desk.drawn, handed)
        said = messages.text(f"alert_press.{'muted' if is_muted else 'unmuted'}")
        return Effect(said, None if view is None else lambda: self._relabel(query, view))

    async def _pause(
        self, query: CallbackQuery, press: AlertPress, handed: Handed, messages: Messages
    ) -> Effect:
        desk = self._office.alert_desk
        found: list[Subscription] = await self._office.run(desk.subscriptions_of, handed)
        if not found:
            return Effect(messages.text("alert_press.none_left"))
        if press.value:
            found = [one for one in found if one.id == press.value]
        if not found:
            return Effect(messages.text("alert_press.none_left"))
        if len(found) > 1:
            which = keyboards.which_to_pause(messages, handed.note.id, found)
            return Effect(
                messages.text("alert_press.which"), lambda: self._relabel(query, View("", which))
            )
        [one] = found
        await self._office.run(desk.change, replace(one, paused=now()))
        said = messages.text("alert_press.paused", query=cut(one.query, _WORDS_MAX))
        if not press.value:
            return Effect(said)
        view = await self._office.run(desk.drawn, handed)
        return Effect(said, None if view is None else lambda: self._relabel(query, view))

    async def _relabel(self, query: CallbackQuery, view: View) -> None:
        """Other buttons under the message, which else stays as it is."""
        assert query.message is not None
        await self._office.sender.edit_keyboard(
            query.message.chat.id, query.message.message_id, view.keyboard
        )
