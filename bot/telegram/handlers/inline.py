"""Inline mode: quotes to choose from, while a question is typed in any chat."""

from __future__ import annotations

import asyncio
import base64
import logging
import re

from telegram import (
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import InlineQueryLimit, InlineQueryResultsButtonLimit, ParseMode
from telegram.error import BadRequest

from bot.messages import Messages
from bot.render.html import ChatRenderer, Numbered
from bot.render.wording import is_clear
from bot.telegram.office import Office, now
from retrieval.asking import ask_parsed
from retrieval.errors import QueryError
from retrieval.query import parse_question
from retrieval.types import Answer

log = logging.getLogger(__name__)

LEAST_CHARS = 3
"""Fewer are the beginning of a word; in unspaced scripts two are a word."""

CACHE_S = 60
"""How long Telegram may answer the same question for us; the corpus grows meanwhile."""

PAGE = InlineQueryLimit.RESULTS

_TYPED = "q-"
_CODED_MAX = InlineQueryResultsButtonLimit.MAX_START_PARAMETER_LENGTH - len(_TYPED)
"""Telegram's longest start parameter is 64 characters."""
_CODED = re.compile(r"[A-Za-z0-9_-]{1,62}", re.ASCII)


class Inline:
    """Handler of ``@bot question``."""

    def __init__(self, office: Office) -> None:
        self._office = office
        # They come with every key that anybody presses: most threads stay free for questions
        self._one_at_a_time = asyncio.Semaphore(1)

    async def on_query(self, update: Update, _: object) -> None:
        """Up to 50 quotes that answer, each ready to send; none where the corpus has no answer."""
        query = update.inline_query
        assert query is not None
        messages = self._office.messages(update)
        if not self._office.access.may_ask(update):
            await self._nothing(query, messages.text("access.refused_short"), "start")
            return
        text = query.query.strip()
        if len(text) < LEAST_CHARS and text.isascii():
            await self._nothing(query, messages.text("inline.type"), "help")
            return
        await self._answer(query, text, messages)

    async def _answer(self, query: InlineQuery, text: str, messages: Messages) -> None:
        office = self._office
        async with self._one_at_a_time:
            try:
                results = await office.think(self._results, text, messages)
            except QueryError:  # a filter that is half typed
                results = []
        if not results:
            start = payload(text)
            if start is None:
                start = await office.run(office.ledger.save_typed, text, query.from_user.id, now())
            await self._nothing(query, messages.text("inline.none"), start)
            return
        await _reply(query, results, None)

    def _results(self, text: str, messages: Messages) -> list[InlineQueryResultArticle]:
        parsed = parse_question(text, now())
        found = ask_parsed(self._office.desk, parsed, k=PAGE, quotes=PAGE)
        quotes = found.reply.quotes if isinstance(found.reply, Answer) else ()
        is_answer = is_clear(found.reply)  # of the quotes, the first is what answers
        with self._office.answering.drawing(messages.lang) as renderer:
            return [
                self._result(
                    Numbered(quote, n), parsed.question if is_answer and n == 1 else "", renderer
                )
                for n, quote in enumerate(quotes[:PAGE], 1)
            ]

    def _result(
        self, numbered: Numbered, question: str, renderer: ChatRenderer
    ) -> InlineQueryResultArticle:
        drawn = renderer.inline(numbered, question)
        return InlineQueryResultArticle(
            id=str(numbered.number),
            title=drawn.title,
            description=drawn.description,
            input_message_content=InputTextMessageContent(
                drawn.html,
                parse_mode=ParseMode.HTML,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            ),
        )

    async def _nothing(self, query: InlineQuery, said: str, start: str) -> None:
        """No result, and a button that leads to the private chat."""
        await _reply(query, [], InlineQueryResultsButton(said, start_parameter=start))


def payload(text: str) -> str | None:
    """A start parameter that holds *text* itself; None where it is too long."""
    coded = base64.urlsafe_b64encode(text.encode("utf-8", "replace")).decode().rstrip("=")
    return None if len(coded) > _CODED_MAX else _TYPED + coded


def typed(parameter: str) -> str | None:
    """The text in *parameter*, which may be anything; None if `payload` did not make it."""
    coded = parameter.removeprefix(_TYPED)
    if coded == parameter or not _CODED.fullmatch(coded):
        return None
    try:
        return base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode() or None
    except ValueError:  # no whole bytes, or no text in them
        return None


async def _reply(
    query: InlineQuery,
    results: list[InlineQueryResultArticle],
    button: InlineQueryResultsButton | None,
) -> None:
    try:
        # Personal: who may ask, and in which words, differs from user to user
        await query.answer(results, cache_time=CACHE_S, is_personal=True, button=button)
    except BadRequest as e:  # the user has typed on; what was asked is of no use any more
        log.debug("inline answer came too late: %s", e)
