"""What the fake answers and what it refuses, by raw calls over HTTP."""

import json

import pytest


def keyboard(*rows):
    return {"inline_keyboard": [list(row) for row in rows]}


def button(text="More", data="more:1"):
    return {"text": text, "callback_data": data}


ONE = keyboard([button()])


def test_a_message_is_returned_as_it_stands_in_the_chat(fake, api, chat):
    said = fake.say(chat, fake.user(7), "who? 漢字 😀")

    reply = api(
        "sendMessage",
        chat_id=7,
        text="<b>she</b> &amp; 😀 he",
        parse_mode="HTML",
        reply_markup=ONE,
        disable_notification=True,
        reply_parameters={"message_id": said["message_id"], "quote": "漢字"},
    )

    assert reply["ok"]
    assert reply["result"]["text"] == "she & 😀 he"
    assert reply["result"]["quote"] == {"text": "漢字", "position": 5, "is_manual": True}
    (sent,) = fake.messages(chat)
    assert sent.entities == [{"type": "bold", "offset": 0, "length": 3}]
    assert sent.html == "<b>she</b> &amp; 😀 he"
    assert sent.buttons == [[("More", "more:1")]]
    assert (sent.reply_to, sent.silent, sent.edits) == (1, True, 0)
    assert fake.complaints == []


@pytest.mark.parametrize("style", ["get", "form", "json", "multipart"])
def test_parameters_may_come_in_every_form(fake, client, chat, style):
    url = f"{fake.base_url}/bot{fake.token}/sendMessage"
    plain = {"chat_id": 7, "text": "漢", "reply_markup": ONE}
    form = {"chat_id": "7", "text": "漢", "reply_markup": json.dumps(ONE)}
    how = {
        "get": lambda: client.get(url, params=form),
        "form": lambda: client.post(url, data=form),
        "json": lambda: client.post(url, json=plain),
        "multipart": lambda: client.post(url, data=form, files={"x": b""}),
    }

    assert how[style]().json()["ok"]
    assert fake.calls[0].params == plain


FAULTS = [
    ({"text": "<p>x</p>", "parse_mode": "HTML"}, "can't parse entities: Unsupported start tag"),
    ({"text": "<b><i>x</b></i>", "parse_mode": "HTML"}, "Unmatched end tag"),
    ({"text": "*x*", "parse_mode": "MarkdownV2"}, "not in this fake"),
    ({"text": "x", "parse_mode": "TeX"}, "unsupported parse_mode"),
    ({"text": "x" * 4097}, "message is too long"),
    ({"text": "😀" * 2049}, "message is too long"),
    ({"text": " \n\u200b "}, "message text is empty"),
    ({"text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
    ({"text": "x", "colour": "red"}, "colour: unknown"),
    ({"text": "x", "disable_notification": "maybe"}, "is no Boolean"),
    ({"text": "x", "reply_markup": "{"}, "no object"),
    ({"text": "x", "reply_markup": keyboard([button(data="漢" * 22)])}, "BUTTON_DATA_INVALID"),
    ({"text": "x", "reply_markup": keyboard([button(data="")])}, "BUTTON_DATA_INVALID"),
    ({"text": "x", "reply_markup": keyboard([button(text=" ")])}, "text is empty"),
    ({"text": "x", "reply_markup": keyboard([{"text": "x"}])}, "Text buttons are unallowed"),
    (
        {"text": "x", "reply_markup": keyboard([button() | {"url": "https://a.example"}])},
        "more than one action",
    ),
    (
        {"text": "x", "reply_markup": keyboard([{"text": "x", "url": "javascript:1"}])},
        "Wrong HTTP URL",
    ),
    ({"text": "x", "reply_markup": keyboard([button()] * 9)}, "reply markup is too long"),
    ({"text": "x", "reply_markup": keyboard(*[[button()]] * 101)}, "reply markup is too long"),
    (
        {"text": "x", "entities": [{"type": "bold", "offset": 0, "length": 2}]},
        "outside of the text",
    ),
    ({"text": "x", "link_preview_options": {"is_off": True}}, "is_off: unknown"),
    ({}, "sendMessage.text: missing"),
]


@pytest.mark.parametrize(("params", "words"), FAULTS)
def test_what_the_bot_does_wrong_is_refused_and_complained_of(fake, api, chat, params, words):
    reply = api("sendMessage", chat_id=7, **params)

    assert (reply["ok"], reply["error_code"]) == (False, 400)
    assert words in reply["description"]
    (complaint,) = fake.complaints
    assert words in complaint
    assert fake.messages(chat) == []


def test_the_longest_text_is_taken(fake, api, chat):
    text = "😀" * 2048

    reply = api("sendMessage", chat_id=7, text=f"<b>{text}</b>", parse_mode="HTML")

    assert reply["result"]["text"] == text
    assert fake.complaints == []


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"chat_id": 8}, "chat not found"),
        ({"chat_id": "@nobody"}, "chat not found"),
        ({"chat_id": 7, "message_thread_id": 5}, "message thread not found"),
        ({"chat_id": 7, "reply_parameters": {"message_id": 5}}, "message to be replied not found"),
    ],
)
def test_what_the_bot_cannot_know_is_refused_without_complaint(fake, api, chat, params, words):
    reply = api("sendMessage", text="x", **params)

    assert words in reply["description"]
    assert fake.complaints == []


def test_a_reply_to_nothing_is_sent_where_that_is_allowed(api, chat):
    reply = api(
        "sendMessage",
        chat_id=7,
        text="x",
        reply_parameters={"message_id": 5, "allow_sending_without_reply": True},
    )

    assert "reply_to_message" not in reply["result"]


@pytest.mark.parametrize(("quote", "mode"), [("nine", "HTML"), ("<i>four</i>", "HTML")])
def test_a_quote_that_is_not_in_the_message_is_refused(fake, api, chat, quote, mode):
    api("sendMessage", chat_id=7, text="three <b>four</b> five", parse_mode="HTML")
    reply = {"message_id": 1, "quote": quote, "quote_parse_mode": mode}

    assert "QUOTE" in api("sendMessage", chat_id=7, text="x", reply_parameters=reply)["description"]


def test_an_edit_changes_the_message_and_drops_a_keyboard_that_it_does_not_name(fake, api, chat):
    api("sendMessage", chat_id=7, text="one", reply_markup=ONE)

    reply = api("editMessageText", chat_id=7, message_id=1, text="<i>two</i>", parse_mode="HTML")

    assert reply["result"]["text"] == "two"
    assert "edit_date" in reply["result"]
    (sent,) = fake.messages(chat)
    assert (sent.text, sent.html, sent.buttons, sent.edits) == ("two", "<i>two</i>", [], 1)


def test_an_edit_that_changes_nothing_is_refused(api, chat):
    same = {"chat_id": 7, "text": "<b>one</b>", "parse_mode": "HTML", "reply_markup": ONE}
    api("sendMessage", **same)

    reply = api("editMessageText", message_id=1, **same)

    assert reply["description"] == (
        "Bad Request: message is not modified: specified new message content and reply markup "
        "are exactly the same as a current content and reply markup of the message"
    )


def test_edits_of_what_is_not_the_bots_are_refused(fake, api, chat):
    fake.say(chat, fake.user(7), "mine")

    edits = [
        api("editMessageText", chat_id=7, message_id=1, text="x"),
        api("editMessageText", chat_id=7, message_id=2, text="x"),
        api("editMessageText", text="x"),
        api("editMessageReplyMarkup", inline_message_id="x"),
        api("deleteMessage", chat_id=7, message_id=1),
        api("deleteMessage", chat_id=7, message_id=2),
    ]

    assert [edit["description"].removeprefix("Bad Request: ") for edit in edits] == [
        "message can't be edited",
        "message to edit not found",
        "message identifier is not specified",
        "MESSAGE_ID_INVALID",
        "message can't be deleted",
        "message to delete not found",
    ]


def test_a_keyboard_is_changed_alone_and_a_message_removed(fake, api, chat):
    api("sendMessage", chat_id=7, text="one", reply_markup=ONE)
    api("editMessageReplyMarkup", chat_id=7, message_id=1)

    assert fake.messages(chat)[0].buttons == []
    assert api("deleteMessage", chat_id=7, message_id=1)["result"] is True
    assert fake.messages(chat) == []


def test_files_are_sent_with_captions_of_their_own_length(fake, api, chat):
    files = {"document": ("a.txt", b"hello", "text/plain")}
    document = api("sendDocument", chat_id=7, caption="<b>c</b>", parse_mode="HTML", files=files)
    attached = api("sendPhoto", chat_id=7, photo="attach://p", files={"p": ("p.png", b"x")})
    too_long = api("sendDocument", chat_id=7, caption="x" * 1025, files=files)
    missing = api("sendPhoto", chat_id=7, photo="attach://q")

    assert document["result"]["document"]["file_size"] == 5
    assert document["result"]["caption"] == "c"
    assert attached["ok"]
    assert "message caption is too long" in too_long["description"]
    assert "there is no file in the request" in missing["description"]


def test_messages_are_forwarded_and_copied(fake, api, chat):
    group = fake.group(-5)
    fake.say(group, fake.user(7), "<3")

    forwarded = api("forwardMessage", chat_id=7, from_chat_id=-5, message_id=1)
    copied = api("copyMessage", chat_id=7, from_chat_id=-5, message_id=1)

    assert forwarded["result"]["forward_origin"]["type"] == "user"
    assert [sent.text for sent in fake.messages(chat)] == ["<3", "<3"]
    assert copied["result"] == {"message_id": 2}


def test_chats_and_members_are_told(fake, api):
    ada = fake.user(7)
    group = fake.supergroup(-1001, "Desk")
    fake.channel(-1002, linked=group)
    fake.member(group, ada, "administrator")
    fake.member(group, fake.user(8, "Bo"), "left")

    assert api("getChat", chat_id=-1001)["result"]["linked_chat_id"] == -1002
    assert api("getChatMember", chat_id=-1001, user_id=8)["result"]["status"] == "left"
    admins = api("getChatAdministrators", chat_id=-1001)["result"]
    assert [one["user"]["id"] for one in admins] == [7]
    assert api("getChatMemberCount", chat_id=-1001)["result"] == 2
    assert api("leaveChat", chat_id=-1001)["ok"]
    gone = api("sendMessage", chat_id=-1001, text="x")
    assert gone["error_code"] == 403
    assert fake.complaints == []


def test_chat_actions_are_checked(fake, api, chat):
    fake.channel(-1002)

    assert api("sendChatAction", chat_id=7, action="typing")["ok"]
    assert not api("sendChatAction", chat_id=7, action="dancing")["ok"]
    assert not api("sendChatAction", chat_id=-1002, action="typing")["ok"]


def test_a_reaction_is_one_at_most(fake, api, chat):
    fake.say(chat, fake.user(7), "x")
    thumb = {"type": "emoji", "emoji": "👍"}

    assert api("setMessageReaction", chat_id=7, message_id=1, reaction=[thumb])["ok"]
    assert not api("setMessageReaction", chat_id=7, message_id=1, reaction=[thumb, thumb])["ok"]


def test_other_methods_tokens_and_paths_are_refused(fake, client, api):
    assert "not in this fake" in api("sendDice", chat_id=7)["description"]
    assert api("sendTelegram")["error_code"] == 404
    assert client.get(f"{fake.base_url}/bot1:x/getMe").json()["error_code"] == 401
    assert client.get(f"{fake.base_url}/").status_code == 404
    assert api("getMe")["result"]["username"] == "clipdesk_bot"


def test_text_that_is_no_utf8_is_refused(fake, client):
    url = f"{fake.base_url}/bot{fake.token}/sendMessage?chat_id=7&text=%ff"

    assert client.get(url).json()["error_code"] == 400
    assert len(fake.complaints) == 1


def test_an_object_that_is_none_is_never_served(fake):
    with pytest.raises(AssertionError, match="colour: unknown"):
        fake.user(7, colour="red")
    with pytest.raises(AssertionError, match=r"message\.date: missing"):
        fake.push({"message": {"message_id": 1, "chat": {"id": 1, "type": "private"}}})

    assert len(fake.complaints) == 2


def test_formatting_that_gets_lost_is_complained_of(fake, api, chat):
    html = '<a href="http://localhost">x</a>'

    assert api("sendMessage", chat_id=7, text=html, parse_mode="HTML")["ok"]
    assert "a link to 'http://localhost'" in fake.complaints[0]


def test_a_document_that_is_sent_can_be_fetched(fake, api, chat, client):
    said = fake.say(chat, fake.user(7), "/import", document=("alerts.json", "{漢}".encode()))
    assert said["document"]["file_name"] == "alerts.json"
    assert said["document"]["mime_type"] == "application/json"
    assert said["caption_entities"] == [{"type": "bot_command", "offset": 0, "length": 7}]
    assert "text" not in said

    found = api("getFile", file_id=said["document"]["file_id"])["result"]
    url = f"{fake.base_url}/file/bot{fake.token}/{found['file_path']}"

    assert found["file_size"] == 5
    assert client.get(url).content == "{漢}".encode()
    assert client.get(url.replace(fake.token, "1:wrong")).status_code == 404
    assert client.get(f"{url}x").status_code == 404
    assert fake.complaints == []
    assert not api("getFile", file_id="nothing")["ok"]


def test_what_the_bot_sent_can_be_fetched(fake, api, chat, client):
    url = f"{fake.base_url}/bot{fake.token}/sendDocument"
    sent = client.post(url, data={"chat_id": "7"}, files={"document": ("a.json", b"{}")}).json()

    found = api("getFile", file_id=sent["result"]["document"]["file_id"])["result"]

    assert client.get(f"{fake.base_url}/file/bot{fake.token}/{found['file_path']}").content == b"{}"


def test_a_channel_lets_only_its_admins_post_and_look(fake, api):
    channel = fake.channel(-1001234, username="wire")
    ada = fake.user(7)
    fake.member(channel, ada, "administrator", can_post_messages=False)

    member = api("getChatMember", chat_id="@wire", user_id=7)["result"]
    assert member["can_post_messages"] is False
    assert api("sendMessage", chat_id=-1001234, text="x")["ok"]
    fake.member(channel, fake.bot, "administrator", can_post_messages=False)
    assert not api("sendMessage", chat_id=-1001234, text="x")["ok"]
    fake.member(channel, fake.bot, "member")

    refused = api("getChatMember", chat_id=-1001234, user_id=7)
    assert refused["description"] == "Bad Request: member list is inaccessible"
    assert (
        "need administrator rights" in api("sendMessage", chat_id=-1001234, text="x")["description"]
    )
    assert fake.complaints == []
