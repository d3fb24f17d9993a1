"""The webhook: set over the API, updates posted through a proxy until they are taken."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

URL = "https://desk.example:8443/hook/a?b=c"
SECRET = "s_1"  # noqa: S105  # of this test


class Bot:
    """A webhook's server that answers with the given codes, then with 200."""

    def __init__(self):
        self.requests = []
        self.codes = []
        self.came = threading.Condition()
        self.gate = threading.Event()
        self.gate.set()
        bot = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with bot.came:
                    code = bot.codes.pop(0) if bot.codes else 200
                    bot.requests.append((self.path, dict(self.headers), body))
                    bot.came.notify_all()
                bot.gate.wait(5)
                self.send_response(code)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def wait(self, count):
        with self.came:
            assert self.came.wait_for(lambda: len(self.requests) >= count, 5), self.requests
            return self.requests


@pytest.fixture(name="bot")
def make_bot():
    bot = Bot()
    thread = threading.Thread(target=bot.server.serve_forever, args=(0.02,))
    thread.start()
    yield bot
    bot.gate.set()
    bot.server.shutdown()
    thread.join()
    bot.server.server_close()


def texts(requests):
    return [body["message"]["text"] for _, _, body in requests]


def test_updates_are_posted_with_path_and_secret(fake, bot, api):
    ada = fake.user(7)
    chat = fake.private(ada)
    assert api("setWebhook", url=URL, secret_token=SECRET, max_connections=2)["ok"]
    fake.proxy = bot.url
    fake.say(chat, ada, "one")

    ((path, headers, body),) = bot.wait(1)
    assert path == "/hook/a?b=c"
    assert headers["X-Telegram-Bot-Api-Secret-Token"] == SECRET
    assert headers["Host"] == "desk.example:8443"
    assert body["message"]["text"] == "one"
    assert fake.webhook == {
        "url": URL,
        "secret_token": SECRET,
        "allowed_updates": [],
        "max_connections": 2,
    }
    assert "webhook is active" in api("getUpdates")["description"]


def test_an_update_is_posted_until_it_is_taken_and_the_next_waits(fake, bot, api):
    ada = fake.user(7)
    chat = fake.private(ada)
    bot.codes = [500, 403, 302]
    api("setWebhook", url=URL)
    fake.say(chat, ada, "one")
    fake.say(chat, ada, "two")
    assert api("getWebhookInfo")["result"]["pending_update_count"] == 2
    fake.proxy = bot.url

    assert texts(bot.wait(5)) == ["one"] * 4 + ["two"]
    assert "302" in api("getWebhookInfo")["result"]["last_error_message"]


def test_a_refused_connection_is_tried_again(fake, bot, api):
    ada = fake.user(7)
    api("setWebhook", url=URL)
    fake.proxy = "http://127.0.0.1:1"
    fake.say(fake.private(ada), ada, "one")
    with fake.changed:
        assert fake.changed.wait_for(lambda: fake.webhook_error is not None, 5)
    fake.proxy = bot.url

    assert texts(bot.wait(1)) == ["one"]


def test_chats_are_served_at_once_and_each_in_order(fake, bot, api):
    people = [fake.user(number) for number in (7, 8, 9)]
    bot.gate.clear()
    api("setWebhook", url=URL, max_connections=2)
    fake.proxy = bot.url
    for text in ("first", "second"):
        for person in people:
            fake.say(fake.private(person), person, f"{person['id']} {text}")

    assert sorted(texts(bot.wait(2))) == ["7 first", "8 first"]
    bot.gate.set()
    got = texts(bot.wait(6))
    assert len(got) == 6
    for person in people:
        mine = [text for text in got if text.startswith(str(person["id"]))]
        assert mine == [f"{person['id']} first", f"{person['id']} second"]


def test_a_webhook_is_removed_with_what_waits(fake, api):
    ada = fake.user(7)
    api("setWebhook", url=URL, allowed_updates=["message"])
    fake.say(fake.private(ada), ada, "one")
    assert api("getWebhookInfo")["result"]["allowed_updates"] == ["message"]

    assert api("deleteWebhook", drop_pending_updates=True)["ok"]
    assert fake.webhook is None
    assert api("getUpdates")["result"] == []
    assert api("getWebhookInfo")["result"]["url"] == ""


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"url": "http://desk.example/"}, "An HTTPS URL must be provided"),
        ({"url": "https://desk.example:8080/"}, "ports 80, 88, 443 or 8443"),
        ({"url": URL, "secret_token": "a b"}, "unallowed characters"),
        ({"url": URL, "secret_token": "x" * 257}, "257 characters"),
        ({"url": URL, "max_connections": 101}, "max_connections"),
    ],
)
def test_a_webhook_that_telegram_refuses_is_refused(fake, params, words, api):
    assert words in api("setWebhook", **params)["description"]
    assert fake.webhook is None
    assert len(fake.complaints) == 1
