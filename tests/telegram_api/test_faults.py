"""Faults on request, and Telegram's rates."""

import socket
import threading
import time
import urllib.request

import httpx
import pytest

from telegram_api import Call, FakeTelegram
from telegram_api.rates import find_violations, wait_needed


@pytest.fixture(autouse=True)
def chats(fake):
    fake.private(fake.user(7))
    fake.private(fake.user(8))


@pytest.fixture(name="call")
def make_call(ask):
    def call(method="sendMessage", **params):
        if method == "sendMessage":
            params = {"chat_id": 7, "text": "x", **params}
        return ask(method, **params)

    return call


def test_refusals_come_as_often_as_asked_for(fake, call):
    fake.fail("sendMessage", code=400, description="Bad Request: no", chat_id=7, times=2)

    codes = [call(chat_id=chat).status_code for chat in (8, 7, 7, 7)]

    assert codes == [200, 400, 400, 200]
    assert fake.complaints == []


def test_a_flood_holds_one_chat(fake, call):
    fake.flood(7, 3)

    assert call("sendChatAction", chat_id=7, action="typing").status_code == 200
    assert call(chat_id=8).status_code == 200
    assert call().json() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 3",
        "parameters": {"retry_after": 3},
    }
    assert call().status_code == 200


def test_a_blocked_chat_comes_back(fake, call):
    fake.block(7)
    blocked = call()
    fake.unblock(7)

    assert (blocked.status_code, blocked.json()["description"]) == (
        403,
        "Forbidden: bot was blocked by the user",
    )
    assert call().status_code == 200


@pytest.mark.parametrize(("after_work", "messages"), [(False, 0), (True, 1)])
def test_a_connection_is_reset_before_or_after_the_work(fake, after_work, messages, call):
    fake.reset("sendMessage", after_work=after_work)

    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        call()
    assert len(fake.messages({"id": 7})) == messages
    assert call().status_code == 200


def test_a_gateway_fails_with_html(fake, call):
    fake.bad_gateway(None)

    bad = call("getMe")

    assert (bad.status_code, bad.text[:6]) == (502, "<html>")
    assert call("getMe").status_code == 200


def test_a_black_hole_answers_nothing(fake, call):
    fake.black_hole("sendMessage", 0.1)

    start = time.monotonic()
    with pytest.raises(httpx.RemoteProtocolError):
        call()
    assert 0.1 <= time.monotonic() - start < 2
    assert fake.messages({"id": 7}) == []
    assert fake.calls[-1].error == "no answer"


def test_a_conflict_meets_the_poll_that_waits(fake, call):
    outcomes = []

    def poll_twice():
        outcomes.extend(call("getUpdates", timeout=5).status_code for _ in range(2))

    thread = threading.Thread(target=poll_twice)
    thread.start()
    fake.wait_call("getUpdates")
    fake.conflict()
    thread.join(5)

    assert outcomes == [200, 409]


def test_a_revoked_token_opens_nothing(fake, call):
    outcomes = []
    thread = threading.Thread(
        target=lambda: outcomes.append(call("getUpdates", timeout=5).status_code)
    )
    thread.start()
    fake.wait_call("getUpdates")
    fake.revoke()
    thread.join(5)

    assert outcomes == [401]
    assert call().json()["description"] == "Unauthorized"


def test_limits_are_enforced_on_request(fake, call):
    fake.enforce_limits = True

    assert call().status_code == 200
    assert call().json()["parameters"] == {"retry_after": 1}
    assert call(chat_id=8).status_code == 200
    assert fake.violations() == []


def made(*times, chat_id=7, method="sendMessage", ok=True):
    return [Call(method, {"chat_id": chat_id}, at=at, ok=ok) for at in times]


@pytest.mark.parametrize(
    ("calls", "count"),
    [
        ([], 0),
        (made(0, 1, 2), 0),
        (made(0, 0.999), 1),
        (made(0, 0.5, ok=False), 0),
        (made(0) + made(0.5, method="editMessageText"), 1),
        (made(0, 0.1, 0.2, method="sendChatAction"), 0),
        (made(*range(20), chat_id=-5), 0),
        (made(*range(21), chat_id=-5), 1),
        (made(*range(0, 63, 3), chat_id=-5), 0),
        ([one for chat in range(1, 31) for one in made(0, chat_id=chat)], 0),
        ([one for chat in range(1, 32) for one in made(0.01 * chat, chat_id=chat)], 1),
    ],
)
def test_rates_are_counted_over_time_stamps(calls, count):
    assert len(find_violations(calls)) == count


def test_a_tolerance_forgives_jitter():
    assert find_violations(made(0, 0.999), tolerance_s=0.01) == []


@pytest.mark.parametrize(
    ("before", "at", "chat_id", "wait_s"),
    [
        (made(0), 0.5, 7, 1),
        (made(0), 1.0, 7, 0),
        (made(0), 0.5, 8, 0),
        (made(*range(20), chat_id=-5), 20, -5, 40),
        ([one for chat in range(1, 31) for one in made(0, chat_id=chat)], 0.5, 99, 1),
    ],
)
def test_the_wait_until_a_message_is_allowed(before, at, chat_id, wait_s):
    assert wait_needed(before, made(at, chat_id=chat_id)[0]) == wait_s


def test_waiting_fails_with_the_calls_so_far(fake, call):
    call(text="漢字")

    with pytest.raises(AssertionError, match=r"(?s)in vain for 2 messages in chat 7.*漢字"):
        fake.wait_messages({"id": 7}, 2, timeout=0.01)
    with pytest.raises(AssertionError, match="in vain for a call of getMe"):
        fake.wait_call("getMe", timeout=0.01)
    with pytest.raises(AssertionError, match="in vain for edit 1"):
        fake.wait_edit({"id": 7}, 1, timeout=0.01)
    with pytest.raises(AssertionError, match="in vain for an answer to query 5"):
        fake.answered("5", timeout=0.01)


def test_idle_returns_after_silence(fake, call):
    call()

    fake.idle(0.05)

    assert time.monotonic() - fake.calls[-1].at >= 0.05


def test_the_server_survives_who_hangs_up_and_ends_with_its_block():
    with FakeTelegram() as fake:
        host = fake.base_url.removeprefix("http://")
        with socket.create_connection(host.split(":")) as raw:
            line = f"GET /bot{fake.token}/getUpdates?timeout=1 HTTP/1.1"
            raw.sendall(f"{line}\r\nHost: {host}\r\n\r\n".encode())
            fake.wait_call("getUpdates")
        with urllib.request.urlopen(f"{fake.base_url}/bot{fake.token}/getMe") as reply:  # noqa: S310  # http, on loopback
            assert reply.status == 200
        fake.black_hole("getMe", 60)
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(f"{fake.base_url}/bot{fake.token}/getMe", timeout=0.05)

    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{fake.base_url}/")
