"""``/digest``, ``/quiet``, ``/timezone`` and ``/missed``: when a chat is told, and what was not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from difflib import get_close_matches
from zoneinfo import available_timezones

from telegram import Update

from bot.alerts.hours import read_zone
from bot.alerts.values import ChatSettings
from bot.messages import Messages
from bot.telegram.handlers.alert_entry import Entered, Entry
from bot.telegram.handlers.alert_words import read_digest, read_hours
from bot.telegram.handlers.commands import Context
from bot.telegram.office import Office, now

_NEAR, _NEAR_MAX = 0.75, 3  # "Rga" is near Riga, "Atlantis" not near Atlantic
_SHOWN_MAX = 60  # characters of a name that is no time zone


class AlertHours:
    """Handlers of a chat's times."""

    def __init__(self, office: Office, entry: Entry) -> None:
        self._office = office
        self._entry = entry

    async def on_digest(self, update: Update, _: Context) -> None:
        """``/digest [CHAT] daily 08:00 | weekly mon 08:00 | off``; alone, what holds."""
        entered = await self._entry.enter(update)
        if entered is None:
            return
        read = read_digest(entered.words) if entered.words else None
        if read is None:
            await self._show(update, entered, "hours.digest_usage")
            return
        digest = None if read == "off" else read
        kept = await self._office.run(
            self._office.alert_desk.subscriptions.of_chat, entered.target.place.chat_id
        )
        is_empty = bool(kept) and all(one.mode == "instant" for one in kept)
        note = "hours.digest_empty" if digest is not None and is_empty else None
        await self._set(update, entered, lambda chat: replace(chat, digest=digest), note)

    async def on_quiet(self, update: Update, _: Context) -> None:
        """``/quiet [CHAT] 22:00-07:00 [silent] | off``; alone, what holds."""
        entered = await self._entry.enter(update)
        if entered is None:
            return
        read = read_hours(entered.words) if entered.words else None
        if read is None:
            await self._show(update, entered, "hours.quiet_usage")
            return
        quiet = None if read == "off" else read
        await self._set(update, entered, lambda chat: replace(chat, quiet=quiet))

    async def on_timezone(self, update: Update, _: Context) -> None:
        """``/timezone [CHAT] Riga``; alone, what holds."""
        entered = await self._entry.enter(update)
        if entered is None:
            return
        if not entered.words:
            await self._show(update, entered, "hours.zone_usage")
            return
        zone = await self._office.run(read_zone, entered.words)
        if zone is None:
            said = await self._office.run(_no_zone, entered.words, entered.messages)
            await self._office.tell(update, entered.messages, said)
            return
        await self._set(update, entered, lambda chat: replace(chat, zone=zone))

    async def on_missed(self, update: Update, _: Context) -> None:
        """``/missed [CHAT]``."""
        entered = await self._entry.enter(update)
        if entered is None:
            return
        desk = self._office.alert_desk
        lang = entered.messages.lang
        html = await self._office.run(desk.missed, entered.target.place, lang, now())
        await self._office.reply(update, html)

    async def _set(
        self,
        update: Update,
        entered: Entered,
        change: Callable[[ChatSettings], ChatSettings],
        note: str | None = None,
    ) -> None:
        await self._office.run(self._write, entered.target.place.chat_id, change)
        await self._show(update, entered, note)

    def _write(self, chat_id: int, change: Callable[[ChatSettings], ChatSettings]) -> None:
        subscriptions = self._office.alert_desk.subscriptions
        subscriptions.set_chat(change(subscriptions.chat(chat_id)))

    async def _show(self, update: Update, entered: Entered, note: str | None) -> None:
        """What holds in the chat, and the sentence *note*."""
        desk, messages = self._office.alert_desk, entered.messages
        chat = await self._office.run(desk.subscriptions.chat, entered.target.place.chat_id)
        say = self._office.answering.renderer(messages.lang).say
        said = [desk.settings(chat, messages.lang, now())]
        if entered.target.title is not None:
            said.insert(0, say(messages.text("subscribe.for_chat", title=entered.target.title)))
        if note is not None:
            said += ["", say(messages.text(note))]
        await self._office.reply(update, "\n".join(said))


def _no_zone(wanted: str, messages: Messages) -> str:
    """That there is no such time zone, with those that are written much alike."""
    cities = {name.rpartition("/")[2].replace("_", " ").casefold(): name for name in _cities()}
    near = get_close_matches(wanted.strip().casefold(), cities, _NEAR_MAX, _NEAR)
    shown = wanted.strip()[:_SHOWN_MAX]
    if not near:
        return messages.text("hours.no_zone", wanted=shown)
    names = messages.text("chat.list_comma").join(cities[name] for name in near)
    return messages.text("hours.no_zone_near", wanted=shown, near=names)


def _cities() -> list[str]:
    return sorted(n for n in available_timezones() if "/" in n and not n.startswith("Etc/"))
