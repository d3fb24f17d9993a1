import pytest
from telegram import Update

from bot.telegram.access import Access, is_own

BOSS, EVE, FRIEND = 1, 2, 3
ALLOWED_GROUP, OTHER_GROUP = -1001, -1002

ADA = {"id": EVE, "is_bot": False, "first_name": "Eve"}
ADMIN_OF_GROUP = {"id": 1087968824, "is_bot": True, "first_name": "Group"}


def user(number: int) -> dict:
    return ADA | {"id": number}


def chat(number: int) -> dict:
    return {"id": number, "type": "private" if number > 0 else "supergroup", "title": "x"}


def said(chat_id: int, sender: dict | None, kind: str = "message", **fields: object) -> Update:
    message = {"message_id": 1, "date": 1, "chat": chat(chat_id), "text": "/status", **fields}
    if sender is not None:
        message["from"] = sender
    return Update.de_json({"update_id": 1, kind: message}, None)


def pressed(chat_id: int, sender: dict) -> Update:
    under = {"message_id": 1, "date": 1, "chat": chat(chat_id), "from": user(BOSS), "text": "x"}
    query = {"id": "1", "from": sender, "chat_instance": "1", "data": "x", "message": under}
    return Update.de_json({"update_id": 1, "callback_query": query}, None)


def typed(sender: dict) -> Update:
    query = {"id": "1", "from": sender, "query": "x", "offset": ""}
    return Update.de_json({"update_id": 1, "inline_query": query}, None)


@pytest.mark.parametrize(
    ("update", "may_ask"),
    [
        (said(FRIEND, user(FRIEND)), True),
        (said(BOSS, user(BOSS)), True),
        (said(EVE, user(EVE)), False),
        (said(ALLOWED_GROUP, user(EVE)), True),
        (said(ALLOWED_GROUP, ADMIN_OF_GROUP, sender_chat=chat(ALLOWED_GROUP)), True),
        (said(OTHER_GROUP, user(EVE)), False),
        (said(OTHER_GROUP, user(FRIEND)), True),
        (said(OTHER_GROUP, ADMIN_OF_GROUP, sender_chat=chat(OTHER_GROUP)), False),
        (said(OTHER_GROUP, None), False),
        (said(EVE, user(EVE), "edited_message"), False),
        (pressed(EVE, user(EVE)), False),
        (pressed(ALLOWED_GROUP, user(EVE)), True),
        (pressed(OTHER_GROUP, user(EVE)), False),
        (typed(user(FRIEND)), True),
        (typed(user(EVE)), False),
        (Update(1), False),
        (
            said(
                EVE,
                user(EVE),
                forward_origin={"type": "user", "date": 1, "sender_user": user(BOSS)},
            ),
            False,
        ),
    ],
)
def test_who_may_ask_when_there_is_a_list(update: Update, may_ask: bool) -> None:
    assert Access.of([BOSS], [FRIEND, ALLOWED_GROUP]).may_ask(update) is may_ask
    assert Access.of([BOSS], []).may_ask(update)


@pytest.mark.parametrize(
    ("update", "is_admin"),
    [
        (said(BOSS, user(BOSS)), True),
        (said(OTHER_GROUP, user(BOSS)), True),
        (said(EVE, user(EVE)), False),
        (said(BOSS, user(BOSS), "edited_message"), False),
        (said(BOSS, user(BOSS), "channel_post"), False),
        (said(OTHER_GROUP, ADMIN_OF_GROUP, sender_chat=chat(OTHER_GROUP)), False),
        (said(OTHER_GROUP, user(BOSS), sender_chat=chat(OTHER_GROUP)), False),
        (said(OTHER_GROUP, user(BOSS), is_automatic_forward=True), False),
        (said(BOSS, user(BOSS), via_bot=ADMIN_OF_GROUP), False),
        (said(OTHER_GROUP, None), False),
        (pressed(BOSS, user(BOSS)), False),
        (typed(user(BOSS)), False),
        (Update(1), False),
        *(
            (said(BOSS, user(BOSS), forward_origin=origin), False)
            for origin in (
                {"type": "user", "date": 1, "sender_user": user(EVE)},
                {"type": "hidden_user", "date": 1, "sender_user_name": "Eve"},
                {"type": "chat", "date": 1, "sender_chat": chat(OTHER_GROUP)},
                {"type": "channel", "date": 1, "chat": chat(OTHER_GROUP), "message_id": 1},
            )
        ),
    ],
)
def test_who_is_an_admin(update: Update, is_admin: bool) -> None:
    assert Access.of([BOSS], []).is_admin(update) is is_admin
    assert not Access.of([], [BOSS]).is_admin(update)


def test_what_is_said_in_the_own_name_is_own() -> None:
    message = said(BOSS, user(BOSS)).message

    assert message is not None
    assert is_own(message)
