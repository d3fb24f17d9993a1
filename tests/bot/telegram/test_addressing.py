"""What of a chat's talk is put to the bot, as a table."""

from __future__ import annotations

import pytest
from telegram import Message, User

from bot.telegram.handlers.addressing import Question, question_in, replied_to_bot, sender_id

ME = User(100, "Clipdesk", is_bot=True, username="Clipdesk_Bot")
BOT = ME.to_dict()
ADA = {"id": 7, "is_bot": False, "first_name": "Ada"}
ROBOT = {"id": 8, "is_bot": True, "first_name": "Robot", "username": "robot"}
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
CHANNEL_BOT = {"id": 136817688, "is_bot": True, "first_name": "Channel"}
GROUP = {"id": -1005, "type": "supergroup", "title": "Newsroom"}
CHANNEL = {"id": -1006, "type": "channel", "title": "Wire"}
PRIVATE = {"id": 7, "type": "private", "first_name": "Ada"}
ORIGIN = {"type": "user", "date": 1, "sender_user": ADA}
Q = "When? 燈塔 متى 🌉"


def said(text: str | None, chat: dict = GROUP, **fields: object) -> Message:
    message = {"message_id": 9, "date": 1, "chat": chat, "from": ADA, **fields}
    if text is not None:
        message["text"] = text
    return Message.de_json(message, None)


def of_bot(**fields: object) -> dict:
    return {"message_id": 1, "date": 1, "chat": GROUP, "from": BOT, "text": "An answer.", **fields}


def of_ada(**fields: object) -> dict:
    return {"message_id": 1, "date": 1, "chat": GROUP, "from": ADA, "text": Q, **fields}


def mention(text: str, written: str, kind: str = "mention", **fields: object) -> dict:
    """The entity of *written* in *text*, counted as Telegram counts."""
    before = text[: text.index(written)]
    units = [len(part.encode("utf-16-le")) // 2 for part in (before, written)]
    return {"type": kind, "offset": units[0], "length": units[1], **fields}


def with_mention(text: str, written: str = "@clipdesk_bot", **fields: object) -> Message:
    return said(text, entities=[mention(text, written)], **fields)


def command(text: str) -> Question:
    return Question(text, is_command=True)


IN_PRIVATE = [
    (said(Q, PRIVATE), Question(Q)),
    (said(f"  {Q}\n", PRIVATE), Question(Q)),
    (said(" \n", PRIVATE), Question("")),
    (said("", PRIVATE), None),
    (said(None, PRIVATE), None),
    (said(None, PRIVATE, caption=Q), Question(Q)),
    (said(Q, PRIVATE, forward_origin=ORIGIN), Question(Q)),
    (said(Q, PRIVATE, via_bot=ROBOT), None),
    (said(Q, PRIVATE, via_bot=BOT), None),
    (said(f"/ask {Q}", PRIVATE), command(Q)),
    (said("/ask", PRIVATE), command("")),
    (said("/asking", PRIVATE, entities=[mention("/asking", "/asking", "bot_command")]), None),
    (said("/latest", PRIVATE, entities=[mention("/latest", "/latest", "bot_command")]), None),
    (said("/latest", PRIVATE, forward_origin=ORIGIN), Question("/latest")),
    (said("/путь", PRIVATE), Question("/путь")),
    (said("/", PRIVATE), Question("/")),
    (said("ask me /ask", PRIVATE), Question("ask me /ask")),
]

COMMANDS = [
    (said(f"/ask {Q}"), command(Q)),
    (said(f"/ASK@CLIPDESK_bot\n\n{Q} "), command(Q)),
    (said(f"/ask@robot {Q}"), None),
    (said(f"/ask@clipdesk_bot_2 {Q}"), None),
    (said(f"/ask@ {Q}"), None),
    (said(f"/asks {Q}"), None),
    (said(f"/ask_{Q}"), None),
    (said(f"/ask,{Q}"), command(Q)),
    (said(f"/ask: {Q}"), command(Q)),
    (said(f"/ask燈塔@robot {Q}"), command(f"燈塔@robot {Q}")),
    (said(f"/ask@clipdesk_bot燈塔 {Q}"), command(f"燈塔 {Q}")),
    (said(f"/ask {Q}", forward_origin=ORIGIN), None),
    (said(f" /ask {Q}"), None),
    (said(f"/ask {Q}", **{"from": ROBOT}), None),
    (said(f"/ask {Q}", **{"from": BOT}), None),
    (said(f"/ask {Q}", **{"from": ANONYMOUS}, sender_chat=GROUP), command(Q)),
    (said(f"/ask {Q}", **{"from": CHANNEL_BOT}, sender_chat=CHANNEL), command(Q)),
    (said(f"/ask {Q}", is_automatic_forward=True, sender_chat=CHANNEL), None),
    (said(None, caption=f"/ask {Q}"), command(Q)),
    (said("/ask"), command("")),
    (said("/ask", reply_to_message=of_ada()), command(Q)),
    (said("/ask  ", reply_to_message=of_ada(text=None, caption=f" {Q} ")), command(Q)),
    (said("/ask", reply_to_message=of_ada(text=None)), command("")),
    (
        said("/ask", reply_to_message=of_ada(), quote={"text": "燈塔", "position": 6}),
        command("燈塔"),
    ),
    (
        said("/ask", reply_to_message=of_ada(forum_topic_created={"name": "x", "icon_color": 1})),
        command(""),
    ),
    (said("/ask Why?", reply_to_message=of_ada()), command("Why?")),
]

MENTIONS = [
    (with_mention(f"@clipdesk_bot {Q}"), Question(Q)),
    (with_mention(f"@CLIPDESK_BOT {Q}", "@CLIPDESK_BOT"), Question(Q)),
    (with_mention("🌉🌉 燈塔 @clipdesk_bot متى"), Question("🌉🌉 燈塔 متى")),
    (with_mention(f"{Q} @clipdesk_bot"), Question(Q)),
    (with_mention("@clipdesk_bot"), Question("")),
    (with_mention("@clipdesk_bot", reply_to_message=of_ada()), Question(Q)),
    (with_mention(f"@robot {Q}", "@robot"), None),
    (with_mention(f"@clipdesk_bot {Q}", forward_origin=ORIGIN), None),
    (with_mention(f"@clipdesk_bot {Q}", **{"from": ROBOT}), None),
    (said(f"@clipdesk_bot {Q}"), None),  # no mention to Telegram: of code, or of an address
    (
        said(f"Bot {Q}", entities=[mention(f"Bot {Q}", "Bot", "text_mention", user=BOT)]),
        Question(Q),
    ),
    (said(f"Ada {Q}", entities=[mention(f"Ada {Q}", "Ada", "text_mention", user=ADA)]), None),
    (
        said(
            None,
            caption=f"@clipdesk_bot {Q}",
            caption_entities=[mention(f"@clipdesk_bot {Q}", "@clipdesk_bot")],
        ),
        Question(Q),
    ),
]

REPLIES = [
    (said(Q, reply_to_message=of_bot()), Question(Q)),
    (said(Q, reply_to_message=of_ada()), None),
    (said(Q, reply_to_message=of_bot(**{"from": ROBOT})), None),
    (said(Q, reply_to_message=of_bot(forum_topic_created={"name": "x", "icon_color": 1})), None),
    (said(Q, reply_to_message=of_bot(), forward_origin=ORIGIN), None),
    (said(Q, reply_to_message=of_bot(), via_bot=BOT), None),
    (said("/latest", reply_to_message=of_bot()), None),
    (said("", reply_to_message=of_bot()), None),
    (said(None, reply_to_message=of_bot()), None),
    (said(None, reply_to_message=of_bot(), caption=Q), Question(Q)),
    (said(Q, reply_to_message=of_bot(), **{"from": ANONYMOUS}, sender_chat=GROUP), Question(Q)),
]

CHATTER = [
    (said(Q), None),
    (said(None), None),
    (said("", new_chat_title="x"), None),
    (said(Q, forward_origin=ORIGIN), None),
]


@pytest.mark.parametrize(
    ("message", "question"), [*IN_PRIVATE, *COMMANDS, *MENTIONS, *REPLIES, *CHATTER]
)
def test_the_question_in_a_message(message: Message, question: Question | None) -> None:
    assert question_in(message, ME) == question


@pytest.mark.parametrize("message", [message for message, _ in (*COMMANDS, *MENTIONS, *REPLIES)])
def test_a_bot_without_a_name_breaks_on_nothing(message: Message) -> None:
    question_in(message, User(100, "Clipdesk", is_bot=True))


@pytest.mark.parametrize(
    ("message", "number"),
    [
        (said(Q), 7),
        (said(Q, **{"from": ANONYMOUS}, sender_chat=GROUP), -1005),
        (said(Q, **{"from": CHANNEL_BOT}, sender_chat=CHANNEL), -1006),
        (Message.de_json({"message_id": 1, "date": 1, "chat": CHANNEL}, None), 0),
    ],
)
def test_who_speaks(message: Message, number: int) -> None:
    assert sender_id(message) == number


def test_a_reply_to_nobody_is_no_reply_to_the_bot() -> None:
    original = {"message_id": 1, "date": 1, "chat": CHANNEL, "sender_chat": CHANNEL}

    assert not replied_to_bot(said(Q, reply_to_message=original), ME)
    assert not replied_to_bot(said(Q), ME)
