"""Inline mode: quotes to choose from, while a question is typed in any chat."""

from __future__ import annotations

import asyncio
import logging

from telegram import (
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import InlineQueryLimit, ParseMode
from telegram.error import BadRequest

from bot.messages import Messages
from bot.render.html import Numbered
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
                results = await office.run(self._results, text, messages)
            except QueryError:  # a filter that is half typed
                results = []
        if not results:
            token = await office.run(
                office.ledger.save_link, "question", {"text": text}, query.from_user.id, now()
            )
            await self._nothing(query, messages.text("inline.none"), token)
            return
        await _reply(query, results, None)

    def _results(self, text: str, messages: Messages) -> list[InlineQueryResultArticle]:
        found = ask_parsed(self._office.desk, parse_question(text, now()), k=PAGE, quotes=PAGE)
        quotes = found.reply.quotes if isinstance(found.reply, Answer) else ()
        is_answer = is_clear(found.reply)  # of the quotes, the first is what answers
        return [
            self._result(Numbered(quote, n), text if is_answer and n == 1 else "", messages)
            for n, quote in enumerate(quotes[:PAGE], 1)
        ]

    def _result(
        self, numbered: Numbered, question: str, messages: Messages
    ) -> InlineQueryResultArticle:
        drawn = self._office.answering.renderer(messages.lang).inline(numbered, question)
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
