"""The fake in use: an Application of python-telegram-bot polls it, or is its webhook."""

import asyncio
import contextlib
import queue
import socket
import threading

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

MORE = InlineKeyboardMarkup([[InlineKeyboardButton("More", callback_data="more:2")]])
ERRORS = {
    "html": (BadRequest, "unsupported start tag"),
    "blocked": (Forbidden, "blocked by the user"),
    "flood": (RetryAfter, "flood control exceeded"),
    "migrated": (ChatMigrated, "group migrated to supergroup"),
}


async def echo(update, context):
    await update.effective_message.reply_html(
        f"<b>{update.effective_message.text_html}</b>", reply_markup=MORE, do_quote=True
    )


async def turn_page(update, context):
    await update.callback_query.answer("page 2")
    await update.callback_query.edit_message_text("<i>page 2</i>", parse_mode="HTML")


async def answer_inline(update, context):
    await update.inline_query.answer([], cache_time=0)


async def poll(application, fake):
    await application.updater.start_polling(poll_interval=0, timeout=5)


async def listen(application, fake):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    fake.proxy = f"http://127.0.0.1:{port}"
    await application.updater.start_webhook(
        listen="127.0.0.1",
        port=port,
        url_path="hook",
        webhook_url="https://desk.example/hook",
        secret_token="s-1",  # noqa: S106  # of this test
    )


@contextlib.contextmanager
def running(fake, start=poll):
    """An echo bot in a thread; gives what sends by it."""
    loops = queue.Queue()

    async def run():
        builder = Application.builder().token(fake.token).base_url(f"{fake.base_url}/bot")
        application = builder.build()
        application.add_handler(MessageHandler(filters.TEXT, echo))
        application.add_handler(CallbackQueryHandler(turn_page))
        application.add_handler(InlineQueryHandler(answer_inline))
        async with application:
            await start(application, fake)
            await application.start()
            stop = asyncio.Event()
            loops.put((asyncio.get_running_loop(), application.bot, stop))
            await stop.wait()
            await application.updater.stop()
            await application.stop()

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    loop, bot, stop = loops.get(timeout=10)
    try:
        yield lambda **params: asyncio.run_coroutine_threadsafe(
            bot.send_message(**params), loop
        ).result(5)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


@pytest.mark.parametrize("start", [poll, listen])
def test_a_question_a_button_and_an_inline_query_are_answered(fake, start):
    ada = fake.user(7, "Ada 漢")
    chat = fake.private(ada)

    with running(fake, start):
        said = fake.say(chat, ada, "<who> & 😀 שלום?")
        (answer,) = fake.wait_messages(chat)
        query = fake.press(answer.message, "More", ada)
        edited = fake.wait_edit(chat, answer.message_id)
        assert fake.answered(query).params["text"] == "page 2"
        assert fake.answered(fake.ask_inline(ada, "x")).params["results"] == []

    assert answer.text == "<who> & 😀 שלום?"
    assert answer.reply_to == said["message_id"]
    assert (edited.text, edited.edits, edited.buttons) == ("page 2", 1, [])
    assert fake.complaints == []
    assert fake.queue.pending == {}
    assert (fake.webhook is None) == (start is poll)


def test_updates_that_were_not_confirmed_come_again(fake):
    chat = fake.private(fake.user(7))
    fake.say(chat, fake.user(7), "asked while the bot was down")

    with running(fake):
        (answer,) = fake.wait_messages(chat)

    assert answer.text == "asked while the bot was down"


@pytest.mark.parametrize("case", ERRORS)
def test_refusals_are_the_errors_that_the_library_knows(fake, case, monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # without it RetryAfter warns
    kind, words = ERRORS[case]
    chat = fake.private(fake.user(7))
    params = {"chat_id": 7, "text": "<p>", "parse_mode": "HTML" if case == "html" else None}
    if case == "blocked":
        fake.block(7)
    if case == "flood":
        fake.flood(7, 3)
    if case == "migrated":
        chat = fake.group(-5)
        params["chat_id"] = -5
        fake.migrate(chat, -1005)

    with running(fake) as send, pytest.raises(kind, match=f"(?i){words}"):
        send(**params)

    assert len(fake.complaints) == (case == "html")
