"""The schema: its file, what it finds wrong, and how a form's text becomes values."""

import pytest

from telegram_api import load_schema, utf16_length
from telegram_api.api import METHODS
from telegram_api.records import Upload

USER = {"id": 7, "is_bot": False, "first_name": "Ada"}
CHAT = {"id": -5, "type": "group"}
MESSAGE = {"message_id": 1, "date": 0, "chat": CHAT}


def test_the_file_is_whole():
    schema = load_schema()
    primitives = {"Integer", "String", "Boolean", "Float", "True"}
    named = {
        name.removeprefix("Array of ").removeprefix("Array of ")
        for fields in (*schema.methods.values(), *schema.types.values())
        for types, *_ in fields.values()
        for name in types
    }

    assert (len(schema.methods), len(schema.types)) == (176, 303)
    assert named <= schema.types.keys() | primitives
    assert schema.methods.keys() == schema.returns.keys()
    assert schema.methods.keys() > METHODS.keys()


@pytest.mark.parametrize(
    ("value", "types", "words"),
    [
        (USER, ["User"], []),
        (USER | {"id": 2**52}, ["User"], []),
        (USER | {"id": "7"}, ["User"], ["User.id: '7' is no Integer"]),
        (USER | {"id": True}, ["User"], ["User.id: True is no Integer"]),
        (USER | {"is_premium": False}, ["User"], ["User.is_premium: False is no True"]),
        (USER | {"age": 7}, ["User"], ["User.age: unknown in User"]),
        ({"id": 7, "is_bot": False}, ["User"], ["User.first_name: missing"]),
        ([USER], ["User"], ["User: no object of type User"]),
        ([USER, 1], ["Array of User"], ["User[1]: no object of type User"]),
        (7, ["Integer", "String"], []),
        (7.5, ["Integer", "String"], ["User: 7.5 is no Integer"]),
        (MESSAGE, ["MaybeInaccessibleMessage"], []),
        ({"user": USER, "status": "left"}, ["ChatMember"], []),
        ({"type": "chat"}, ["BotCommandScope"], ["User.chat_id: missing"]),
        ({"command": "", "description": "漢"}, ["BotCommand"], ["User.command: 0 characters"]),
        (
            {"text": "x", "callback_data": "😀" * 17},
            ["InlineKeyboardButton"],
            ["User.callback_data: 68 bytes, not 1 to 64"],
        ),
    ],
)
def test_what_does_not_fit_is_found(value, types, words):
    problems = load_schema().problems(value, types, "User")

    assert len(problems) == len(words)
    for problem, expected in zip(problems, words, strict=True):
        assert problem.startswith(expected)


def test_the_text_of_a_form_becomes_values():
    given = {
        "chat_id": "-5",
        "document": "attach://a",
        "disable_notification": "true",
        "caption": "7",
        "caption_entities": '[{"type": "bold", "offset": 0, "length": 1}]',
    }
    upload = Upload("a.txt", "text/plain", b"x")

    params, problems = load_schema().decode("sendDocument", given, {"a": upload})

    assert problems == []
    assert params == {
        "chat_id": -5,
        "document": upload,
        "disable_notification": True,
        "caption": "7",
        "caption_entities": [{"type": "bold", "offset": 0, "length": 1}],
    }


def test_a_name_of_a_chat_stays_text_and_half_a_value_is_told():
    given = {"chat_id": "@wire", "message_id": "seven", "text": "x", "entities": "["}

    params, problems = load_schema().decode("editMessageText", given, {})

    assert params["chat_id"] == "@wire"
    assert problems == [
        "editMessageText.message_id: 'seven' is no Integer",
        "editMessageText.entities: no array",
    ]


@pytest.mark.parametrize(
    ("text", "units"), [("", 0), ("a漢ש", 3), ("😀", 2), ("e\u0301", 2), ("👩‍🚀", 5)]
)
def test_lengths_are_in_utf16_units(text, units):
    assert utf16_length(text) == units
