"""Updates: what people do becomes one, and how the bot gets and confirms them."""

import json
import threading
import time
from datetime import UTC, datetime

import pytest


@pytest.fixture(name="poll")
def make_poll(api):
    def poll(**params):
        reply = api("getUpdates", **params)
        return reply["result"] if reply["ok"] else reply["description"]

    return poll


@pytest.fixture(name="send")
def make_send(api):
    def send(**params):
        return api("sendMessage", **params)

    return send


def only(updates, kind):
    """The one update, without its id, which is of that kind."""
    (update,) = updates
    assert set(update) == {"update_id", kind}
    return update[kind]


def test_updates_are_kept_until_they_are_confirmed(fake, poll):
    chat = fake.private(fake.user(7))
    for text in ("one", "two", "three"):
        fake.say(chat, fake.user(7), text)

    first = poll(limit=1)
    assert [update["message"]["text"] for update in poll()] == ["one", "two", "three"]
    rest = poll(offset=first[0]["update_id"] + 1)
    assert [update["message"]["text"] for update in rest] == ["two", "three"]
    assert [update["message"]["text"] for update in poll(offset=-1)] == ["three"]
    assert poll(offset=rest[-1]["update_id"] + 1) == []
    assert "limit" in poll(limit=101)


def test_a_long_poll_ends_with_the_next_update_or_with_its_time(fake, poll):
    chat = fake.private(fake.user(7))
    threading.Timer(0.05, fake.say, (chat, fake.user(7), "now")).start()

    start = time.monotonic()
    assert only(poll(timeout=10), "message")["text"] == "now"
    assert time.monotonic() - start < 5
    assert poll(timeout=0, offset=-1)
    assert fake.queue.pending


def test_the_older_of_two_polls_is_ended(fake, poll):
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.append(poll(timeout=10)))
    thread.start()
    fake.wait_call("getUpdates")

    assert poll() == []
    thread.join()
    assert "terminated by other getUpdates request" in outcomes[0]


def test_allowed_updates_are_remembered(fake, poll):
    ada = fake.user(7)
    chat = fake.private(ada)
    poll(allowed_updates=["message"])
    fake.edit(fake.say(chat, ada, "x"), "y")
    poll()
    fake.ask_inline(ada, "x")

    assert only(poll(), "message")["text"] == "x"
    poll(allowed_updates=[], offset=-1)
    fake.ask_inline(ada, "z", offset="50")
    assert poll()[-1]["inline_query"]["offset"] == "50"


def test_what_is_said_is_cleaned_and_marked(fake, poll):
    ada = fake.user(7, username="ada")
    fake.now = lambda: datetime(2024, 3, 4, tzinfo=UTC)
    chat = fake.private(ada)
    fake.say(chat, ada, "  /ask 漢字\t😀\r\n", date=datetime(2024, 3, 3, tzinfo=UTC))

    assert only(poll(), "message") == {
        "message_id": 1,
        "date": 1709424000,
        "chat": {"id": 7, "type": "private", "first_name": "Ada", "username": "ada"},
        "from": ada,
        "text": "/ask 漢字 😀",
        "entities": [{"type": "bot_command", "offset": 0, "length": 4}],
    }
    for impossible in ("", " \u200b\n", "x" * 4097):
        with pytest.raises(ValueError, match="no client can send that"):
            fake.say(chat, ada, impossible)


def test_stand_ins_speak_for_chats(fake, poll):
    ada = fake.user(7)
    group = fake.supergroup(-1001)
    channel = fake.channel(-1002, linked=group)
    fake.say(group, ada, "x", sender_chat=group)
    fake.say(group, ada, "y", sender_chat=channel)
    fake.forwarded(fake.post(channel, "news"), group)
    fake.say(group, ada, "z", forward_from=channel, via_bot=fake.user(9, is_bot=True))

    anonymous, as_channel, post, forward, other = poll()
    assert anonymous["message"]["from"]["username"] == "GroupAnonymousBot"
    assert anonymous["message"]["sender_chat"] == group
    assert as_channel["message"]["from"]["username"] == "Channel_Bot"
    assert "from" not in post["channel_post"]
    assert forward["message"]["is_automatic_forward"] is True
    assert forward["message"]["forward_origin"]["message_id"] == 1
    assert other["message"]["forward_origin"]["chat"] == channel
    assert other["message"]["via_bot"]["id"] == 9


def test_topics_keep_their_threads(fake, poll):
    ada = fake.user(7)
    forum = fake.supergroup(-1001, is_forum=True)
    thread = fake.topic(forum)
    fake.say(forum, ada, "in a topic", thread_id=thread)
    fake.say(forum, ada, "in another", thread_id=77)
    fake.say(forum, ada, "in general")

    opened, first, second, general = (update["message"] for update in poll())
    assert opened["forum_topic_created"]["name"] == "General news"
    assert (first["message_thread_id"], first["is_topic_message"]) == (thread, True)
    assert "forum_topic_created" in first["reply_to_message"]
    assert second["message_thread_id"] == 77
    assert "message_thread_id" not in general


def test_the_bots_answer_to_a_topic_stays_there_until_the_topic_is_lost(fake, send):
    forum = fake.supergroup(-1001, is_forum=True)
    thread = fake.topic(forum)

    sent = send(chat_id=-1001, text="x", message_thread_id=thread)["result"]
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (thread, True)
    assert fake.messages(forum)[0].thread_id == thread
    refused = send(chat_id=-1001, text="x", message_thread_id=1)
    assert refused["description"] == "Bad Request: message thread not found"
    fake.close_topic(-1001, thread)
    lost = send(chat_id=-1001, text="x", message_thread_id=thread)
    assert lost["description"] == "Bad Request: message thread not found"
    assert fake.complaints == []


def test_replies_and_edits_carry_what_they_are_about(fake, poll, send):
    ada = fake.user(7)
    chat = fake.private(ada)
    answer = send(chat_id=7, text="answer")["result"]
    reply = fake.say(chat, ada, "and when?", reply_to=answer)
    fake.edit(reply, "and where?")

    said, edited = poll()
    assert said["message"]["reply_to_message"]["text"] == "answer"
    assert edited["edited_message"]["text"] == "and where?"
    assert edited["edited_message"]["message_id"] == said["message"]["message_id"]


def test_a_chain_of_replies_is_a_thread_that_nothing_can_be_sent_to(fake, poll, send):
    ada = fake.user(7)
    group = fake.supergroup(-1001)
    fake.say(group, ada, "reply", reply_to=fake.say(group, ada, "root"))

    _, reply = (update["message"] for update in poll())
    assert reply["message_thread_id"] == 1
    assert "is_topic_message" not in reply
    refused = send(chat_id=-1001, text="x", message_thread_id=1)
    assert refused["description"] == "Bad Request: message thread not found"


def test_buttons_are_pressed_and_data_is_forged(fake, poll, send):
    ada = fake.user(7)
    chat = fake.private(ada)
    keys = [[{"text": "More", "callback_data": "m:1"}, {"text": "Read", "url": "http://a.example"}]]
    message = send(chat_id=7, text="x", reply_markup={"inline_keyboard": keys})["result"]

    fake.press(message, "More", ada)
    fake.press(message, "m:1", ada)
    fake.callback(message, "admin:漢", ada)
    fake.callback({"chat": chat, "message_id": 99}, "gone", ada)
    queries = [update["callback_query"] for update in poll()]

    assert [query["data"] for query in queries] == ["m:1", "m:1", "admin:漢", "gone"]
    assert queries[0]["message"]["text"] == "x"
    assert queries[3]["message"]["date"] == 0
    assert len({query["id"] for query in queries}) == 4
    for button in ("Read", "Less"):
        with pytest.raises(ValueError, match="no button"):
            fake.press(message, button, ada)
    with pytest.raises(ValueError, match="no client can send that data"):
        fake.callback(message, "x" * 65, ada)


def test_a_group_becomes_a_supergroup(fake, poll, send):
    group = fake.group(-5, "Desk")
    new = fake.migrate(group, -1005)

    assert new == {"id": -1005, "type": "supergroup", "title": "Desk"}
    left, entered = (update["message"] for update in poll())
    assert (left["chat"]["id"], left["migrate_to_chat_id"]) == (-5, -1005)
    assert (entered["chat"]["id"], entered["migrate_from_chat_id"]) == (-1005, -5)
    refused = send(chat_id=-5, text="x")
    assert refused["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert refused["parameters"] == {"migrate_to_chat_id": -1005}
    assert send(chat_id=-1005, text="x")["ok"]
    assert fake.complaints == []


def test_the_bot_is_thrown_out_and_comes_back(fake, poll, send):
    ada = fake.user(7)
    group = fake.group(-5)
    fake.my_chat_member(group, ada, "member", "kicked")
    refused = send(chat_id=-5, text="x")
    fake.my_chat_member(group, ada, "kicked", "administrator")

    assert refused["error_code"] == 403
    assert refused["description"] == "Forbidden: bot was kicked from the group chat"
    out, back = (update["my_chat_member"] for update in poll())
    assert out["new_chat_member"]["status"] == "kicked"
    assert back["new_chat_member"]["status"] == "administrator"
    assert send(chat_id=-5, text="x")["ok"]
    with pytest.raises(ValueError, match="no status"):
        fake.member(group, ada, "king")


def test_privacy_mode_hides_what_is_not_for_the_bot(fake, poll, send):
    fake.privacy_mode = True
    ada = fake.user(7)
    group = fake.supergroup(-1001)
    fake.say(group, ada, "chatter")
    fake.say(group, ada, "@clipdesk_bot who?")
    fake.say(group, ada, "/ask early")
    fake.say(group, ada, "😀 /ask@Clipdesk_bot named")
    answer = send(chat_id=-1001, text="answer")["result"]
    fake.say(group, ada, "/ask late")
    fake.say(group, ada, "reply", reply_to=answer)
    fake.say(group, fake.user(9, is_bot=True), "/ask from a bot")
    fake.say(group, ada, "/ask after another bot")

    assert [update["message"]["text"] for update in poll()] == [
        "😀 /ask@Clipdesk_bot named",
        "/ask late",
        "reply",
    ]
    fake.member(group, fake.bot, "administrator")
    fake.say(group, ada, "seen by an admin")
    assert poll()[-1]["message"]["text"] == "seen by an admin"


def test_every_update_is_what_the_schema_says(fake, poll):
    with pytest.raises(AssertionError, match="unknown in Update"):
        fake.push({"massage": {}})
    raw = {"id": "1", "from": fake.user(7), "query": "x", "offset": ""}
    update_id = fake.push({"inline_query": raw})

    assert poll() == [{"update_id": update_id, "inline_query": raw}]
    assert json.dumps(fake.complaints).count("Update") > 0
