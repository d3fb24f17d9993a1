"""
``/feeds`` of admins: how the feeds are, and adding, pausing and removing them.

What changes anything is asked back with a button. Buttons are pressed in the admin's
private chat only, and whether the one who presses is an admin is looked at once more.
"""

from __future__ import annotations

import re
import secrets
from collections import OrderedDict
from typing import Literal, NamedTuple

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Update

from bot.messages import Messages
from bot.render.citation import day
from bot.services import feed_facts
from bot.telegram.handlers.commands import Context
from bot.telegram.handlers.press_effects import Effect, answer_press
from bot.telegram.office import Office, now
from retrieval.errors import FeedError, SourceError
from retrieval.feeds import FeedOptions, FeedRecord, FoundFeed, find_feed

Verb = Literal["pause", "resume", "poll", "remove"]

_VERBS: dict[str, Verb] = {"p": "pause", "r": "resume", "n": "poll", "x": "remove"}
_LETTERS = {verb: letter for letter, verb in _VERBS.items()}
_BY_NAME: dict[str, Verb] = {verb: verb for verb in _LETTERS}
_DATA = re.compile(r"f:(?:([prnx]):([0-9]{1,18})|a:([A-Za-z0-9_-]{8,24})|(c))", re.ASCII)

PATTERN = r"f:"
"""What the data behind this module's buttons begins with."""

_WAITING_MAX = 50  # feeds that were found and not yet added; the oldest are forgotten
_URL_MAX_CHARS = 2_000
_FULL_TEXT = "full"


class _Waiting(NamedTuple):
    found: FoundFeed
    options: FeedOptions


class Feeds:
    """Handlers of ``/feeds`` and of the buttons that confirm."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._waiting: OrderedDict[str, _Waiting] = OrderedDict()

    async def on_command(self, update: Update, context: Context) -> None:
        """``/feeds``, ``/feeds add URL [full]``, ``/feeds pause|resume|poll|remove FEED``."""
        messages = self._office.messages(update)
        verb, *rest = context.args or [""]
        verb = verb.casefold()
        if verb == "":
            html = await self._office.run(self._list, messages)
            await self._office.reply(update, html)
        elif verb == "add" and rest and len(rest[0]) <= _URL_MAX_CHARS:
            await self._ask_to_add(update, messages, rest[0], rest[1:])
        elif (changed := _BY_NAME.get(verb)) is not None and rest:
            await self._ask_to_change(update, messages, changed, " ".join(rest))
        else:
            await self._office.tell(update, messages, messages.text("feeds.usage"))

    def _list(self, messages: Messages) -> str:
        office = self._office
        renderer = office.answering.renderer(messages.lang)
        return renderer.feeds(feed_facts(office.feeds.book, now()), now())

    # --- asking back ----------------------------------------------------------

    async def _ask_to_add(
        self, update: Update, messages: Messages, location: str, words: list[str]
    ) -> None:
        office = self._office
        begun = await office.tell(update, messages, messages.text("feeds.reading"))
        keyboard = None
        try:
            found = await office.fetch(find_feed, location, office.feeds.tools)
        except SourceError as e:
            said = messages.text("feeds.not_found", detail=f"{e.message}: {location}")
        else:
            options = FeedOptions(full_text=_FULL_TEXT in map(str.casefold, words))
            token = secrets.token_urlsafe(9)
            self._waiting[token] = _Waiting(found, options)
            if len(self._waiting) > _WAITING_MAX:
                self._waiting.popitem(last=False)
            said = _introduce(found, messages)
            keyboard = _keyboard(messages, messages.text("feeds.button.add"), f"f:a:{token}")
        html = office.answering.renderer(messages.lang).say(said)
        if begun is not None:
            await office.sender.edit(begun.chat.id, begun.message_id, html, keyboard=keyboard)

    async def _ask_to_change(
        self, update: Update, messages: Messages, verb: Verb, wanted: str
    ) -> None:
        office = self._office
        try:
            feed = await office.run(office.feeds.book.find, wanted)
        except FeedError as e:
            said = messages.text("feeds.not_found", detail=f"{e.message}: {wanted}")
            await office.tell(update, messages, said)
            return
        said = messages.text(f"feeds.ask.{verb}", name=feed.name, address=feed.url)
        keyboard = _keyboard(
            messages, messages.text(f"feeds.button.{verb}"), f"f:{_LETTERS[verb]}:{feed.id}"
        )
        html = office.answering.renderer(messages.lang).say(said)
        await office.reply(update, html, keyboard=keyboard)

    # --- buttons --------------------------------------------------------------

    async def on_press(self, update: Update, _: object) -> None:
        """A button under one of these questions."""
        await answer_press(update, self._office, self._effect)

    async def _effect(self, _: Update, query: CallbackQuery, messages: Messages) -> Effect:
        office = self._office
        pressed = _DATA.fullmatch(query.data or "")
        if pressed is None or not office.access.is_admin_press(query):
            return Effect(messages.text("press.gone"))
        said = await self._do(pressed, messages)
        if said is None:
            return Effect(messages.text("press.gone"))
        html = office.answering.renderer(messages.lang).say(said)
        message = query.message
        assert message is not None
        return Effect(change=lambda: office.sender.edit(message.chat.id, message.message_id, html))

    async def _do(self, pressed: re.Match[str], messages: Messages) -> str | None:
        """What became of it, in words; None where there is nothing left to do it to."""
        letter, number, token, _ = pressed.groups()
        if token is not None:
            waiting = self._waiting.pop(token, None)
            return None if waiting is None else await self._add(waiting, messages)
        if letter is None:
            return messages.text("feeds.cancelled")
        verb = _VERBS[letter]
        feed = await self._office.run(self._change, verb, int(number))
        self._office.feeds.wake()
        return None if feed is None else messages.text(f"feeds.done.{verb}", name=feed.name)

    def _change(self, verb: Verb, feed_id: int) -> FeedRecord | None:
        book = self._office.feeds.book
        feed = book.get(feed_id)
        if feed is None:
            return None
        if verb == "pause":
            book.pause(feed_id, "asked", now())
        elif verb == "resume":
            book.resume(feed_id, now())
        elif verb == "poll":
            book.make_due(feed_id, now())
        else:
            book.remove(feed_id)
        return feed

    async def _add(self, waiting: _Waiting, messages: Messages) -> str:
        book = self._office.feeds.book
        found = waiting.found
        try:
            feed = await self._office.run(
                book.add, found.url, waiting.options, title=found.feed.title, now=now()
            )
        except FeedError as e:
            return messages.text("feeds.not_added", detail=f"{e.message}: {e.wanted}")
        self._office.feeds.wake()
        return messages.text("feeds.done.add", name=feed.name, number=str(feed.id))


def _introduce(found: FoundFeed, messages: Messages) -> str:
    """What the feed is, so that the right one is added."""
    entries = found.feed.entries
    said = [
        messages.text("feeds.ask.add", name=found.feed.title or found.url, address=found.url),
        messages.count("feeds.entries", len(entries)),
    ]
    newest = max(
        (e for e in entries if e.published is not None and e.title),
        key=lambda e: e.published or now(),
        default=None,
    )
    if newest is not None and newest.published is not None:
        when = day(newest.published, messages)
        said.append(messages.text("feeds.newest", day=when, title=newest.title))
    return "\n".join(said)


def _keyboard(messages: Messages, words: str, data: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(words, callback_data=data),
                InlineKeyboardButton(messages.text("feeds.button.cancel"), callback_data="f:c"),
            ]
        ]
    )
