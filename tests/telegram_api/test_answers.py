"""Answers to buttons and inline queries, and commands: what is taken and what refused."""

import pytest

ONE = {"inline_keyboard": [[{"text": "More", "callback_data": "more:1"}]]}


def test_a_pressed_button_is_answered_once(fake, api, chat):
    api("sendMessage", chat_id=7, text="one", reply_markup=ONE)
    query = fake.press(fake.messages(chat)[0].message, "More", fake.user(7))

    assert api("answerCallbackQuery", callback_query_id=query, text="x" * 200)["ok"]
    assert fake.answered(query).params["text"] == "x" * 200
    again = api("answerCallbackQuery", callback_query_id=query)
    assert "query is too old and response timeout expired" in again["description"]
    assert len(fake.complaints) == 1
    unknown = api("answerCallbackQuery", callback_query_id="1")
    assert "query ID is invalid" in unknown["description"]
    assert "200" in api("answerCallbackQuery", callback_query_id="1", text="x" * 201)["description"]


def article(number, html="<b>x</b>", **more):
    content = {"message_text": html, "parse_mode": "HTML"}
    return {
        "type": "article",
        "id": str(number),
        "title": "t",
        "input_message_content": content,
        **more,
    }


def test_an_inline_query_is_answered(fake, api):
    query = fake.ask_inline(fake.user(7), "漢")
    long = article(1, html=f"<b>{'x' * 4096}</b>", reply_markup=ONE)

    reply = api(
        "answerInlineQuery",
        inline_query_id=query,
        results=[long, *map(article, range(2, 51))],
        next_offset="50",
        button={"text": "Ask in private", "start_parameter": "ask-1_A"},
    )

    assert reply == {"ok": True, "result": True}
    assert fake.answered(query).ok
    assert fake.complaints == []


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"results": [article(n) for n in range(51)]}, "RESULTS_TOO_MUCH"),
        ({"results": [article(1), article(1)]}, "RESULT_ID_DUPLICATE"),
        ({"results": [article("漢" * 22)]}, "66 bytes"),
        ({"results": [article(1, html="<p>")]}, "can't parse entities"),
        ({"results": [article(1, html="x" * 4097)]}, "message is too long"),
        ({"results": [article(1, thumb_url="x")]}, "thumb_url: unknown"),
        ({"results": [{"type": "article", "id": "1", "title": "t"}]}, "missing"),
        ({"results": [], "next_offset": "x" * 65}, "NEXT_OFFSET_INVALID"),
        ({"results": [], "button": {"text": "x", "start_parameter": "a b"}}, "START_PARAM_INVALID"),
        ({"results": [], "button": {"text": "x"}}, "one action"),
    ],
)
def test_an_inline_answer_that_telegram_refuses_is_refused(fake, api, params, words):
    query = fake.ask_inline(fake.user(7), "x")

    reply = api("answerInlineQuery", inline_query_id=query, **params)

    assert words in reply["description"]
    assert len(fake.complaints) == 1


def command(name="ask", description="Ask"):
    return {"command": name, "description": description}


def test_commands_are_kept_by_scope_and_language(fake, api, chat):
    api("setMyCommands", commands=[command()])
    api("setMyCommands", commands=[command("x")], scope={"type": "all_private_chats"})
    api("setMyCommands", commands=[command("y")], scope={"type": "chat", "chat_id": 7})
    api("setMyCommands", commands=[command("z")], language_code="ru")
    api("deleteMyCommands", language_code="ru")

    assert {key: one[0]["command"] for key, one in fake.commands.items()} == {
        "default/": "ask",
        "all_private_chats/": "x",
        "chat:7/": "y",
    }
    assert api("getMyCommands")["result"] == [command()]
    assert api("setMyDescription", description="d", language_code="es")["ok"]
    assert api("getMyDescription", language_code="es")["result"] == {"description": "d"}
    assert fake.complaints == []


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"commands": [command("Ask")]}, "BOT_COMMAND_INVALID"),
        ({"commands": [command("a" * 33)]}, "33 characters"),
        ({"commands": [command(description="")]}, "0 characters"),
        ({"commands": [command(description="x" * 257)]}, "257 characters"),
        ({"commands": [command()] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": [command()], "language_code": "zh-Hant"}, "invalid language code"),
        ({"commands": [command()], "scope": {"type": "moon"}}, "scope"),
        ({"commands": [command()], "scope": {"type": "chat"}}, "chat_id: missing"),
    ],
)
def test_commands_that_telegram_refuses_are_refused(fake, api, params, words):
    assert words in api("setMyCommands", **params)["description"]
    assert len(fake.complaints) == 1
