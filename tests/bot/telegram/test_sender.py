"""The sender against the fake Bot API: what is sent, edited and refused."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sender_world import KEYBOARD, World, run
from telegram.error import BadRequest, ChatMigrated, InvalidToken
from telegram_api import FakeTelegram

from bot.render.markup import visible_text
from bot.telegram.sender import Place


@pytest.fixture
def fake() -> Iterator[FakeTelegram]:
    with FakeTelegram() as fake:
        yield fake


@pytest.fixture
def ann(fake: FakeTelegram) -> Any:
    return fake.user(7)


@pytest.fixture
def chat(fake: FakeTelegram, ann: Any) -> Any:
    return fake.private(ann)


# What is sent


def test_a_message_is_sent_with_all_that_belongs_to_it(
    fake: FakeTelegram, ann: Any, chat: Any
) -> None:
    question = fake.say(chat, ann, "When?")

    async def play(world: World) -> None:
        message = await world.sender.send(
            Place(7, reply_to=question["message_id"]),
            "On <b>Monday</b> &amp; 星期一 😀",
            keyboard=KEYBOARD,
            silent=True,
        )
        assert message is not None
        assert message.text == "On Monday & 星期一 😀"

    run(fake, play)

    (sent,) = fake.messages(chat)
    assert sent.html == "On <b>Monday</b> &amp; 星期一 😀"
    assert sent.reply_to == question["message_id"]
    assert sent.buttons == [[("More", "m:1")]]
    assert sent.silent
    assert sent.message["link_preview_options"] == {"is_disabled": True}
    assert fake.complaints == []


def test_a_preview_is_shown_of_the_link_asked_for(fake: FakeTelegram, chat: Any) -> None:
    async def play(world: World) -> None:
        await world.sender.send(Place(7), "x", preview_url="https://example.org/a")

    run(fake, play)

    (sent,) = fake.messages(chat)
    assert sent.message["link_preview_options"] == {
        "is_disabled": False,
        "url": "https://example.org/a",
    }


def test_an_answer_is_sent_though_the_question_is_gone(fake: FakeTelegram, chat: Any) -> None:
    async def play(world: World) -> None:
        await world.sender.send(Place(7, reply_to=99), "x")

    run(fake, play)

    assert [m.reply_to for m in fake.messages(chat)] == [None]


# What Telegram refuses


def test_a_chat_that_blocks_us_is_told_and_not_tried_again(fake: FakeTelegram, chat: Any) -> None:
    fake.block(7)

    async def play(world: World) -> None:
        assert await world.sender.send(Place(7), "x") is None
        assert await world.sender.edit(7, 1, "x") is False

    world = run(fake, play)

    assert world.refused == [(7, "Forbidden: bot was blocked by the user")] * 2
    assert len(fake.calls) == 2
    assert world.pauses == []


@pytest.mark.parametrize(
    "reason",
    [
        "chat not found",
        "not enough rights to send text messages to the chat",
        "have no rights to send a message",
        "Have no write access to the chat",
        "need administrator rights in the channel chat",
        "CHAT_WRITE_FORBIDDEN",
    ],
)
@pytest.mark.parametrize("method", ["sendMessage", "editMessageText"])
def test_a_chat_without_rights_is_told(
    fake: FakeTelegram, chat: Any, reason: str, method: str
) -> None:
    fake.fail(method, code=400, description=f"Bad Request: {reason}")

    async def play(world: World) -> None:
        if method == "sendMessage":
            assert await world.sender.send(Place(7), "x") is None
        else:
            assert await world.sender.edit(7, 1, "x") is False

    world = run(fake, play)

    assert [chat_id for chat_id, _ in world.refused] == [7]
    assert world.refused[0][1].lower() == reason.lower()
    assert len(fake.calls) == 1


def test_a_group_is_followed_into_its_supergroup(fake: FakeTelegram, ann: Any) -> None:
    group = fake.group(-42)
    question = fake.say(group, ann, "/ask when?")
    supergroup = fake.migrate(group, -1000000000042, ann)

    async def play(world: World) -> None:
        place = Place(group["id"], reply_to=question["message_id"])
        message = await world.sender.send(place, "On Monday")
        assert message is not None
        assert message.chat.id == supergroup["id"]

    world = run(fake, play)

    assert world.migrated == [(group["id"], supergroup["id"])]
    (sent,) = fake.messages(supergroup)
    assert sent.reply_to is None  # that number would be another message's


def test_a_group_that_moves_without_end_is_an_error(fake: FakeTelegram, ann: Any) -> None:
    fake.fail(
        "sendMessage",
        code=400,
        description="Bad Request: group chat was upgraded to a supergroup chat",
        parameters={"migrate_to_chat_id": -1000000000042},
        times=2,
    )

    async def play(world: World) -> None:
        with pytest.raises(ChatMigrated):
            await world.sender.send(Place(-5), "x")

    assert run(fake, play).migrated == [(-5, -1000000000042)]


def test_a_topic_s_message_goes_to_the_topic(fake: FakeTelegram) -> None:
    forum = fake.supergroup(-1000000000043, is_forum=True)
    topic = fake.topic(forum)

    async def play(world: World) -> None:
        assert await world.sender.send(Place(forum["id"], topic), "x")

    run(fake, play)

    assert [m.thread_id for m in fake.messages(forum)] == [topic]


def test_a_lost_topic_s_message_goes_to_the_chat(fake: FakeTelegram, ann: Any) -> None:
    forum = fake.supergroup(-1000000000043, is_forum=True)
    topic = fake.topic(forum)
    fake.close_topic(forum["id"], topic)

    async def play(world: World) -> None:
        assert await world.sender.send(Place(forum["id"], topic, reply_to=1), "x")

    world = run(fake, play)

    assert [m.thread_id for m in fake.messages(forum)] == [None]
    assert world.refused == []


@pytest.mark.parametrize("place", [Place(7, thread_id=3), Place(7, reply_to=3)])
def test_a_closed_topic_s_message_goes_to_the_chat(
    fake: FakeTelegram, chat: Any, place: Place
) -> None:
    fake.fail("sendMessage", code=400, description="Bad Request: TOPIC_CLOSED")

    async def play(world: World) -> None:
        assert await world.sender.send(place, "x")

    world = run(fake, play)

    assert "message_thread_id" not in fake.calls[1].params
    assert "reply_parameters" not in fake.calls[1].params
    assert world.refused == []


def test_a_chat_whose_main_topic_is_closed_is_told(fake: FakeTelegram, chat: Any) -> None:
    fake.fail("sendMessage", code=400, description="Bad Request: TOPIC_CLOSED", times=2)

    async def play(world: World) -> None:
        assert await world.sender.send(Place(7, thread_id=3), "x") is None

    world = run(fake, play)

    assert world.refused == [(7, "Topic_closed")]
    assert len(fake.calls) == 2


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<b>a</i> &lt;b&gt; &amp;amp;", "a <b> &amp;"),
        ("1 &lt; 2 <b>and</b></i> 3 &gt; 2", "1 < 2 and 3 > 2"),
        ('<a href="https://example.org/?a=1&amp;b=2">來源</b> مرحبا 😀', "來源 مرحبا 😀"),
        ("<p>paragraph</p> <blockquote expandable>x", "paragraph x"),
    ],
)
def test_what_telegram_cannot_parse_is_sent_as_plain_text(
    fake: FakeTelegram, chat: Any, html: str, shown: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def play(world: World) -> None:
        assert await world.sender.send(Place(7), html, keyboard=KEYBOARD)

    run(fake, play)

    (sent,) = fake.messages(chat)
    assert sent.text == shown
    assert sent.buttons == [[("More", "m:1")]]
    assert [r.levelname for r in caplog.records if r.name == "bot.telegram.sender"] == ["ERROR"]


@pytest.mark.parametrize("html", ["<b>" + "😀" * 3000 + "</b>", "<b>" + "新" * 5000])
def test_what_is_too_long_is_sent_cut(
    fake: FakeTelegram, chat: Any, html: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def play(world: World) -> None:
        assert await world.sender.send(Place(7), html)

    run(fake, play)

    (sent,) = fake.messages(chat)
    assert visible_text(html).startswith(sent.text.removesuffix("…"))
    assert sent.text.endswith("…")
    assert len(sent.text.encode("utf-16-le")) // 2 in (4095, 4096)
    assert "sent cut" in caplog.text


@pytest.mark.parametrize("method", ["sendMessage", "editMessageText"])
@pytest.mark.parametrize(
    ("reason", "tries"),
    [("message is too long", 2), ("can't parse entities: no", 2), ("BUTTON_DATA_INVALID", 1)],
)
def test_other_refusals_are_the_caller_s(
    fake: FakeTelegram, chat: Any, method: str, reason: str, tries: int
) -> None:
    fake.fail(method, code=400, description=f"Bad Request: {reason}", times=9)

    async def play(world: World) -> None:
        with pytest.raises(BadRequest, match="(?i)" + reason):
            await (
                world.sender.send(Place(7), "x")
                if method == "sendMessage"
                else world.sender.edit(7, 1, "x")
            )

    world = run(fake, play)

    assert len(fake.calls) == tries
    assert world.pauses == []


def test_a_wrong_token_is_the_caller_s(fake: FakeTelegram, chat: Any) -> None:
    fake.revoke()

    async def play(world: World) -> None:
        with pytest.raises(InvalidToken):
            await world.sender.send(Place(7), "x")

    assert run(fake, play).pauses == []


# Edits


def test_a_message_is_edited_and_left_as_it_is(fake: FakeTelegram, chat: Any) -> None:
    async def play(world: World) -> None:
        message = await world.sender.send(Place(7), "x", keyboard=KEYBOARD)
        assert message is not None
        for _ in range(2):  # the second changes nothing, which Telegram refuses
            assert await world.sender.edit(7, message.message_id, "<b>y</b>") is True
        assert await world.sender.edit_keyboard(7, message.message_id, KEYBOARD) is True

    world = run(fake, play)

    (sent,) = fake.messages(chat)
    assert (sent.text, sent.buttons, sent.edits) == ("y", [[("More", "m:1")]], 2)
    assert sent.message["link_preview_options"] == {"is_disabled": True}
    assert world.refused == []


@pytest.mark.parametrize(
    "reason",
    ["message to edit not found", "message can't be edited", "MESSAGE_ID_INVALID", "TOPIC_CLOSED"],
)
@pytest.mark.parametrize("is_text", [True, False])
def test_a_message_that_cannot_be_edited_is_told_by_the_result(
    fake: FakeTelegram, chat: Any, reason: str, is_text: bool
) -> None:
    fake.fail(None, code=400, description=f"Bad Request: {reason}")

    async def play(world: World) -> None:
        if is_text:
            assert await world.sender.edit(7, 1, "x") is False
        else:
            assert await world.sender.edit_keyboard(7, 1, None) is False

    assert run(fake, play).refused == []


def test_a_message_is_not_edited_in_the_supergroup(fake: FakeTelegram, ann: Any) -> None:
    group = fake.group(-42)
    fake.migrate(group, -1000000000042, ann)

    async def play(world: World) -> None:
        assert await world.sender.edit(group["id"], 1, "x") is False

    world = run(fake, play)

    assert world.migrated == [(group["id"], -1000000000042)]
    assert len(fake.calls) == 1


def test_an_edit_that_telegram_cannot_parse_shows_plain_text(fake: FakeTelegram, chat: Any) -> None:
    async def play(world: World) -> None:
        message = await world.sender.send(Place(7), "x")
        assert message is not None
        assert await world.sender.edit(7, message.message_id, "<b>y &lt; z")

    run(fake, play)

    assert [m.text for m in fake.messages(chat)] == ["y < z"]


# Typing signs


def test_typing_is_shown_and_never_fails(fake: FakeTelegram, ann: Any, chat: Any) -> None:
    forum = fake.supergroup(-1000000000043, is_forum=True)
    topic = fake.topic(forum)
    faults: list[Callable[[], None]] = [
        lambda: fake.reset("sendChatAction"),
        lambda: fake.bad_gateway("sendChatAction"),
        lambda: fake.fail("sendChatAction", code=400, description="Bad Request: no"),
        lambda: fake.fail("sendChatAction", code=403, description="Forbidden: no"),
        lambda: fake.fail(
            "sendChatAction", code=429, description="no", parameters={"retry_after": 5}
        ),
    ]

    async def play(world: World) -> None:
        await world.sender.typing(Place(forum["id"], topic))
        for fault in faults:
            fault()
            await world.sender.typing(Place(7))

    world = run(fake, play)

    assert fake.calls[0].params == {
        "chat_id": forum["id"],
        "action": "typing",
        "message_thread_id": topic,
    }
    assert len(fake.calls) == 1 + len(faults)
    assert (world.refused, world.pauses) == ([], [])


# What is left of a text
