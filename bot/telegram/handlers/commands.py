"""Commands that anyone may give; what each says is in the catalogues."""

from __future__ import annotations

from importlib.metadata import version

from telegram import Chat, Update
from telegram.constants import ChatType
from telegram.ext import CallbackContext, ExtBot

from bot.ledger import Forgotten
from bot.messages import Messages
from bot.render.wording import as_of, query_problem
from bot.telegram.flood import Priority
from bot.telegram.handlers.addressing import question_in, sender_id
from bot.telegram.handlers.buttons import language_view
from bot.telegram.handlers.inline import typed
from bot.telegram.handlers.questions import Questions, guide
from bot.telegram.office import Office, now, place_of
from retrieval.errors import QueryError
from retrieval.query import ParsedQuestion, parse_question
from retrieval.types import Filters

Context = CallbackContext[
    ExtBot[Priority], dict[object, object], dict[object, object], dict[object, object]
]

LATEST = 10


class Commands:
    """Handlers of `/start` to `/forget`."""

    def __init__(self, office: Office, questions: Questions) -> None:
        self._office = office
        self._questions = questions

    async def start(self, update: Update, context: Context) -> None:
        """Hello; or what a deep link leads to: an article at a quote, a saved question."""
        if not await self._questions.may_ask(update):
            return
        payload = context.args[0] if context.args else ""
        link = self._office.ledger.link(payload) if payload else None
        question = typed(payload) if link is None else link.body.get("text")
        if question is not None:
            assert update.message is not None
            await self._questions.ask(update, update.message, str(question))  # it counts itself
            return
        if not await self._questions.is_in_quota(update):
            return
        if payload in {"", "start", "help", "alerts"}:
            if payload == "help":
                await self._say_guide(update)
            elif payload == "alerts":
                messages = self._office.messages(update)
                await self._office.tell(update, messages, messages.text("guide.alerts"))
            else:
                messages = self._office.messages(update)
                await self._office.tell(update, messages, messages.text("hello.chat"))
            return
        messages = self._office.messages(update)
        view = None
        if link is not None:
            view = await self._office.run(self._office.answering.opened, link.body, messages.lang)
        if view is None:
            await self._office.tell(update, messages, messages.text("link.gone"))
            return
        await self._office.sender.send(place_of(update), view.html)

    async def help(self, update: Update, _: Context) -> None:
        """What can be asked, and how."""
        if await self._may_ask(update):
            await self._say_guide(update)

    async def ask(self, update: Update, _: Context) -> None:
        """``/ask QUESTION``; alone, in reply to a message, it asks that message."""
        message = update.message
        assert message is not None
        question = question_in(message, self._office.me)
        if question is not None and question.text:
            await self._questions.ask(update, message, question.text)
        elif question is not None and await self._may_ask(update):
            messages = self._office.messages(update)
            await self._office.tell(update, messages, messages.text("ask.empty"))

    async def latest(self, update: Update, context: Context) -> None:
        """The newest articles, of a topic or of all."""
        if not await self._may_ask(update):
            return
        messages = self._office.messages(update)
        topic = " ".join(context.args or [])
        try:
            parsed = parse_question(topic, update.message.date if update.message else now())
        except QueryError as e:
            await self._office.tell(update, messages, query_problem(e, messages))
            return
        bare, filters = topic_of(parsed)
        articles = await self._office.think(
            self._office.desk.latest, bare, filters=filters, k=LATEST
        )
        renderer = self._office.answering.renderer(messages.lang)
        html = await self._office.run(renderer.latest, articles, bare, filters)
        await self._office.reply(update, html)

    async def sources(self, update: Update, context: Context) -> None:
        """The outlets of the corpus."""
        if not await self._may_ask(update):
            return
        messages = self._office.messages(update)
        summaries = await self._office.run(self._office.answering.summaries)
        renderer = self._office.answering.renderer(messages.lang)
        await self._office.reply(
            update, renderer.corpus_sources(summaries, " ".join(context.args or []))
        )

    async def about(self, update: Update, _: Context) -> None:
        """What this bot is, what it reads, what it keeps."""
        if not await self._may_ask(update):
            return
        messages = self._office.messages(update)
        summaries = await self._office.run(self._office.answering.summaries)
        said = messages.text(
            "about.text", version=version("clipdesk"), corpus=as_of(summaries, messages)
        )
        await self._office.tell(update, messages, said)

    async def settings(self, update: Update, _: Context) -> None:
        """What holds in this chat, and how to change it."""
        if not await self._may_ask(update):
            return
        office, chat = self._office, update.effective_chat
        assert chat is not None
        messages = office.messages(update)
        chosen = self._chosen_language(chat)
        kind = "private"
        if chat.type != ChatType.PRIVATE:
            kind = "group_all" if office.me.can_read_all_group_messages else "group"
        said = [
            messages.text("settings.language", name=messages.text("language.name")),
            messages.text("settings.chosen" if chosen else "settings.own"),
            messages.count("settings.limit", office.settings.telegram_questions_per_minute),
            messages.text(f"settings.{kind}"),
            messages.text("settings.number", id=str(chat.id)),
        ]
        view = language_view(office, messages, chosen=chosen)
        general = office.answering.renderer(messages.lang).say("\n".join(said))
        html = "\n\n".join([general, await office.run(self._alert_settings, chat.id, messages)])
        await office.reply(update, html, keyboard=view.keyboard)

    def _alert_settings(self, chat_id: int, messages: Messages) -> str:
        """When the chat is told, and of how much."""
        desk = self._office.alert_desk
        subscriptions = desk.subscriptions
        count = messages.count("settings.alerts", len(subscriptions.of_chat(chat_id)))
        say = self._office.answering.renderer(messages.lang).say
        times = desk.settings(subscriptions.chat(chat_id), messages.lang, now())
        return "\n".join([say(count), times])

    async def language(self, update: Update, _: Context) -> None:
        """Choose the language of the bot's words."""
        if not await self._may_ask(update):
            return
        assert update.effective_chat is not None
        chosen = self._chosen_language(update.effective_chat)
        view = language_view(self._office, self._office.messages(update), chosen=chosen)
        await self._office.reply(update, view.html, keyboard=view.keyboard)

    def _chosen_language(self, chat: Chat) -> str:
        """What the chat has chosen; "" for each user's own."""
        record = self._office.ledger.chat(chat.id)
        return "" if record is None or record.lang is None else record.lang

    async def new(self, update: Update, _: Context) -> None:
        """Forget the thread: the next question stands by itself."""
        if not await self._may_ask(update):
            return
        message = update.message
        assert message is not None
        messages = self._office.messages(update)
        place = place_of(update)
        await self._office.run(
            self._office.ledger.forget_thread,
            message.chat.id,
            place.thread_id,
            now(),
        )
        await self._office.tell(update, messages, messages.text("new.done"))

    async def forget(self, update: Update, _: Context) -> None:
        """Delete what is kept about the sender, and say what that was. Allowed to all, within the quota."""
        message = update.message
        assert message is not None
        if not await self._questions.is_in_quota(update):
            return
        messages = self._office.messages(update)
        sender = sender_id(message)
        gone = await self._office.run(self._office.ledger.forget_user, sender)
        alerts = await self._office.run(self._office.alerts.subscriptions.forget_user, sender)
        await self._office.tell(update, messages, forgotten(gone, alerts, messages))

    async def unknown(self, update: Update, _: Context) -> None:
        """A command that there is not; in groups it may be another bot's."""
        message = update.message
        assert message is not None
        if message.chat.type != ChatType.PRIVATE or not await self._may_ask(update):
            return
        messages = self._office.messages(update)
        command = "".join((message.text or "").split(maxsplit=1)[:1])[:40]
        await self._office.tell(update, messages, messages.text("command.unknown", command=command))

    async def _may_ask(self, update: Update) -> bool:
        return await self._questions.admit(update)

    async def _say_guide(self, update: Update) -> None:
        messages = self._office.messages(update)
        await self._office.tell(update, messages, guide(self._office, messages))


def topic_of(parsed: ParsedQuestion) -> tuple[str | None, Filters]:
    """What is left of a topic without its dates, None if that is nothing; and all its filters."""
    topic, filters = parsed.question, parsed.filters
    if parsed.narrowed is not None:
        period, filters = parsed.narrowed.period, parsed.narrowed.filters
        topic = f"{topic[: period.start]} {topic[period.stop :]}"
    topic = " ".join(topic.split()).strip(",，、 ")
    return (topic if any(map(str.isalnum, topic)) else None), filters


def forgotten(gone: Forgotten, alerts: int, messages: Messages) -> str:
    """What was deleted, counted; *alerts* are subscriptions of the private chat."""
    kinds = [
        messages.count("forget.questions", gone.questions),
        messages.count("forget.ratings", gone.ratings),
        messages.count("forget.links", gone.links),
        messages.count("forget.settings", gone.settings),
        messages.count("forget.alerts", alerts),
    ]
    counts = (gone.questions, gone.ratings, gone.links, gone.settings, alerts)
    said = [kind for kind, count in zip(kinds, counts, strict=True) if count]
    if not said:
        return messages.text("forget.nothing")
    return messages.text("forget.done", what=messages.text("forget.and").join(said))
