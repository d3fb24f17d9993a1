"""``/export``, ``/import`` and ``/trend``: what goes out and comes in as a file or a picture."""

from __future__ import annotations

import logging

from telegram import Document, Message, Update
from telegram.error import BadRequest, InvalidToken

from bot.alerts.moving import MOST_BYTES, Taken, export_chat, import_chat
from bot.messages import Messages
from bot.render.chart import caption, chart
from bot.telegram.handlers.alert_entry import Entry, words_of
from bot.telegram.handlers.alert_setup import pointed_at
from bot.telegram.handlers.commands import Context
from bot.telegram.office import Office, now, place_of
from retrieval.errors import QueryError, SourceError
from retrieval.query import parse_standing

log = logging.getLogger(__name__)

FILE_NAME = "clipdesk-alerts.json"


class AlertFiles:
    """Handlers of files."""

    def __init__(self, office: Office, entry: Entry) -> None:
        self._office = office
        self._entry = entry

    async def on_export(self, update: Update, _: Context) -> None:
        """``/export [CHAT]``: the chat's subscriptions and settings as a file."""
        entered = await self._entry.enter(update)
        if entered is None:
            return
        office, messages = self._office, entered.messages
        subscriptions = office.alert_desk.subscriptions
        text = await office.run(
            export_chat, subscriptions, office.ledger, entered.target.place.chat_id, now()
        )
        said = office.answering.renderer(messages.lang).say(messages.text("moving.exported"))
        await office.sender.send_file(place_of(update), text.encode(), FILE_NAME, said)

    async def on_import(self, update: Update, _: Context) -> None:
        """``/import [CHAT]``, as the caption of such a file or in reply to it."""
        entered = await self._entry.enter(update)
        if entered is None:
            return
        messages = entered.messages
        document = _document(entered.message)
        if document is None:
            await self._office.tell(update, messages, messages.text("moving.usage"))
            return
        if (document.file_size or 0) > MOST_BYTES:
            await self._office.tell(update, messages, messages.text("moving.too_large"))
            return
        body = await _fetched(document)
        if body is None:
            await self._office.tell(update, messages, messages.text("moving.not_fetched"))
            return
        if len(body) > MOST_BYTES:  # Telegram need not tell a size
            await self._office.tell(update, messages, messages.text("moving.too_large"))
            return
        office = self._office
        try:
            taken = await office.run(
                import_chat,
                office.alert_desk.subscriptions,
                office.ledger,
                body,
                entered.target.place,
                name=document.file_name or FILE_NAME,
                user_id=entered.target.user_id,
            )
        except SourceError as e:
            said = messages.text("moving.bad_file", detail=f"{e.location} {e.message}")
            await office.tell(update, messages, said)
            return
        await office.tell(update, messages, _taken(taken, messages))

    async def on_trend(self, update: Update, _: Context) -> None:
        """``/trend QUERY``: a picture of how many articles a day match."""
        message = await self._entry.admit(update)
        if message is None:
            return
        office = self._office
        messages = office.messages(update)
        text = words_of(message)
        if not text:
            await office.tell(update, messages, messages.text("moving.trend_usage"))
            return
        try:
            query = parse_standing(text, message.date)
        except QueryError as e:
            await office.tell(update, messages, pointed_at(e, text, messages))
            return
        found = await office.think(office.alert_desk.trend, query, message.chat.id, now())
        picture = await office.think(chart, found, text, messages)
        say = office.answering.renderer(messages.lang).say
        if picture is None:
            await office.reply(update, say(caption(found, text, (), messages)))
            return
        said = say(caption(found, text, picture.numbered, messages))
        await office.sender.send_file(
            place_of(update), picture.png, "articles-a-day.png", said, is_picture=True
        )


async def _fetched(document: Document) -> bytes | None:
    """What is in a file; None if Telegram does not give it."""
    try:
        file = await document.get_file()
    except BadRequest as e:
        log.info("a file is not given: %s", e)
        return None
    try:
        return bytes(await file.download_as_bytearray())
    except (BadRequest, InvalidToken) as e:  # PTB takes every 404 for a wrong token
        log.info("a file cannot be fetched: %s", e)
        return None


def _taken(taken: Taken, messages: Messages) -> str:
    said = [messages.count("moving.imported", taken.new_subscriptions)]
    known = taken.subscriptions - taken.new_subscriptions
    if known:
        said.append(messages.count("moving.known", known))
    if taken.new_ratings:
        said.append(messages.count("moving.ratings", taken.new_ratings))
    return "\n".join(said)


def _document(message: Message) -> Document | None:
    """The file that *message* is, or replies to."""
    if message.document is not None:
        return message.document
    original = message.reply_to_message
    return None if original is None else original.document
