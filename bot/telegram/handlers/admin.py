"""Commands of those who look after the bot: in their private chat, and there alone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from telegram import Update
from telegram.constants import ChatType

from bot.render.feeds import summary
from bot.telegram.handlers.commands import Commands, Context
from bot.telegram.office import Office, now

log = logging.getLogger(__name__)

Handler = Callable[[Update, Context], Coroutine[Any, Any, None]]

_URL_MAX_CHARS = 2_000


class Admin:
    """Handlers of `/status` and `/ingest`."""

    def __init__(self, office: Office, commands: Commands) -> None:
        self._office = office
        self._commands = commands

    def only(self, handler: Handler) -> Handler:
        """
        *handler* for admins; to all others the command does not exist.

        In a group it would show the operator's matters to everyone, so there it only
        says where it works.
        """

        async def guarded(update: Update, context: Context) -> None:
            if not self._office.access.is_admin(update):
                await self._commands.unknown(update, context)
                return
            assert update.effective_chat is not None
            if update.effective_chat.type != ChatType.PRIVATE:
                messages = self._office.messages(update)
                await self._office.tell(update, messages, messages.text("admin.in_private"))
                return
            await handler(update, context)

        return guarded

    async def status(self, update: Update, _: Context) -> None:
        """How the bot is doing."""
        office = self._office
        messages = office.messages(update)
        counts = await office.run(office.ledger.counts, now())
        summaries = await office.run(office.answering.summaries)
        passages = await office.think(office.desk.index.count)
        health, held = office.health, office.flood.held()
        half, most = health.timing(0.5), health.timing(0.95)
        said = [
            messages.text(
                "status.running",
                mode=office.settings.telegram_mode,
                uptime=_span(health.uptime_s),
                silence=_span(health.silence_s),
            ),
            messages.text("status.trouble", reason=health.trouble)
            if health.trouble
            else messages.text("status.well"),
            messages.text(
                "status.corpus",
                articles=messages.number(sum(s.articles for s in summaries)),
                passages=messages.number(passages),
            ),
            messages.text(
                "status.questions",
                day=messages.number(counts.questions),
                run=messages.number(health.questions),
            ),
            messages.text(
                "status.chats",
                active=messages.number(counts.chats_active),
                suspended=messages.number(counts.chats_suspended),
            ),
            messages.text(
                "status.queues",
                waiting=messages.number(counts.inbox_waiting - 1),
                sending=messages.number(office.flood.waiting()),
                failed=messages.number(counts.inbox_failed),
                held=messages.number(len(held)),
            ),
        ]
        alerts = await office.run(office.alerts.upkeep.counts, now())
        if alerts.subscriptions or alerts.waiting:
            numbers = {name: messages.number(n) for name, n in alerts._asdict().items()}
            said.append(messages.text("status.alerts", **numbers))
        feeds = await office.run(office.feeds.book.all)
        if feeds:
            said.append(messages.text("status.feeds", summary=summary(feeds, messages)))
        if counts.answered_share is not None:
            percent = f"{100 * counts.answered_share:.0f}"
            said.append(messages.text("status.answered", percent=percent))
        if half is not None and most is not None:
            timings = {"half": f"{1000 * half:.0f}", "most": f"{1000 * most:.0f}"}
            said.append(messages.text("status.timing", **timings))
        await self._office.tell(update, messages, "\n".join(said))

    async def ingest(self, update: Update, context: Context) -> None:
        """``/ingest URL``: take in one page."""
        messages = self._office.messages(update)
        urls = context.args or []
        is_address = len(urls) == 1 and urls[0].startswith(("http://", "https://"))
        if not is_address or len(urls[0]) > _URL_MAX_CHARS:
            await self._office.tell(update, messages, messages.text("ingest.usage"))
            return
        office = self._office
        begun = await self._office.tell(update, messages, messages.text("ingest.reading"))
        report = await office.fetch(
            office.desk.add,
            urls,
            langs=office.settings.corpus_langs,
            fetch_policy=office.settings.fetch_policy,
        )
        if report.failed.first:
            said = messages.text("ingest.failed", detail=str(report.failed.first[0]))
        else:
            counts = {"new": report.new, "changed": report.changed, "same": report.same}
            said = messages.text("ingest.done", **{k: str(v) for k, v in counts.items()})
        html = office.answering.renderer(messages.lang).say(said)
        if begun is not None:
            await office.sender.edit(begun.chat.id, begun.message_id, html)


def _span(seconds: float) -> str:
    """``3 d 04:05:06``, without days where there is none."""
    whole = timedelta(seconds=round(seconds))
    clock = str(timedelta(seconds=whole.seconds))
    return f"{whole.days} d {clock}" if whole.days else clock
