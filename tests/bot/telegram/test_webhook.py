"""Webhook mode: what Telegram posts is answered, what others post is not."""

from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from hasty import HastyProgram, environment
from telegram_api import FakeTelegram

from bot.errors import UsageProblem
from bot.settings import Settings, check_telegram

if TYPE_CHECKING:
    from conftest import Serve, Served

NOTRE_DAME = "When did Notre-Dame reopen?"
SECRET = "the-secret_of-the-hook-42"  # noqa: S105  # opens the bots of these tests only
PATH = "/hook/x+y(z"  # no pattern


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def hooked(port: int | None = None) -> dict[str, str]:
    return {
        "MODE": "webhook",
        "WEBHOOK_URL": f"https://bot.example{PATH}",
        "PORT": str(port or free_port()),
        "SECRET": SECRET,
    }


SETTINGS = hooked()
HASTY = {
    "bot.telegram.watch.WATCH_EVERY_S": 0.1,
    "bot.telegram.webhook.CHECK_EVERY_S": 1,
}


def post(content: bytes | str, *, path: str = PATH, **headers: str) -> int:
    """The status of a request to the bot's own port, as anybody behind the proxy can make it."""
    headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": SECRET} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    headers = {name: value for name, value in headers.items() if value}
    url = f"http://127.0.0.1:{SETTINGS['PORT']}{path}"
    return httpx.post(url, content=content, headers=headers, timeout=10).status_code


def update(served: Served, text: str = NOTRE_DAME) -> tuple[dict, str]:
    """A chat, and a question of its owner's as Telegram would post it, but never did."""
    ada, chat = served.person()
    message = {"message_id": 5, "date": 1_750_000_000, "chat": chat, "from": ada, "text": text}
    return chat, json.dumps({"update_id": 900_000_000 + chat["id"], "message": message})


def test_questions_and_presses_are_answered(served: Served) -> None:
    ada, chat = served.person()

    answer = served.ask(chat, ada, NOTRE_DAME)
    served.fake.press(answer.message, "Sources", ada)

    assert "Notre-Dame swung open" in answer.text
    served.fake.wait_edit(chat, answer.message_id)
    assert not [call for call in served.fake.calls if call.method == "getUpdates"]


@pytest.mark.parametrize("secret", ["", "wrong", SECRET[:-1], SECRET + "x", SECRET.upper()])
def test_whoever_does_not_know_the_secret_is_kept_out(served: Served, secret: str) -> None:
    chat, body = update(served)

    assert post(body, X_Telegram_Bot_Api_Secret_Token=secret) == 403

    assert post(body) == 200
    assert len(served.fake.wait_messages(chat)) == 1


@pytest.mark.parametrize("path", ["/", "/hook", "/hook/x/y", "/hook/../hook/x/z", f"/{SECRET}"])
def test_another_path_leads_nowhere(served: Served, path: str) -> None:
    chat, body = update(served)

    assert post(body, path=path) == 404

    ada, other = served.person()
    served.ask(other, ada, NOTRE_DAME)
    assert served.fake.messages(chat) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b"[" * 100_000,
        b"null",
        b"7",
        b"[]",
        b'"text"',
        b"{}",
        b'{"update_id": null}',
        b'{"update_id": "x", "message": []}',
        b'{"update_id": 123456789012345678901234567890}',
        b'{"update_id": true}',
        b'{"update_id": -1}',
        b" " * 1_000_000,
    ],
    ids=lambda content: ascii(content[:20]),
)
def test_what_is_no_update_does_no_harm(served: Served, content: bytes) -> None:
    assert post(content) == 400

    ada, chat = served.person()
    assert "Notre-Dame swung open" in served.ask(chat, ada, NOTRE_DAME).text


def test_an_update_that_cannot_be_read_does_not_come_back(served: Served) -> None:
    chat, body = update(served, "a secret of somebody's")
    broken = json.loads(body)
    broken["message"]["entities"] = [{"type": "bold"}]

    assert [post(json.dumps(broken)), post(json.dumps(broken))] == [200, 200]

    ada, other = served.person()
    served.ask(other, ada, NOTRE_DAME)
    output = served.program.output()
    assert f"update {broken['update_id']} cannot be read" in output
    assert "a secret of" not in output
    assert "Traceback" not in output
    assert served.fake.messages(chat) == []


def test_a_large_body_is_not_read(served: Served) -> None:
    """Whoever does not know the secret must not fill the memory."""
    address = ("127.0.0.1", int(SETTINGS["PORT"]))
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 90000000\r\n\r\n"

    with socket.create_connection(address, timeout=5) as connection:
        connection.sendall(head.encode() + b"x" * 1000)

        assert connection.recv(100).startswith(b"HTTP/1.1 400")


def test_an_update_that_comes_twice_is_answered_once(served: Served) -> None:
    chat, body = update(served)

    assert [post(body) for _ in range(3)] == [200, 200, 200]
    served.fake.wait_messages(chat)
    assert post(body) == 200

    ada, other = served.person()
    served.ask(other, ada, NOTRE_DAME)
    assert len(served.fake.messages(chat)) == 1


@pytest.mark.parametrize("changed", [{"url": "https://other.example/x"}, {"secret_token": "other"}])
def test_a_webhook_that_was_changed_elsewhere_is_set_anew(served: Served, changed: dict) -> None:
    with served.fake.changed:
        served.fake.webhook |= changed
    if "url" in changed:  # posts go elsewhere
        served.fake.proxy = None
    ada, chat = served.person()
    calls = len(served.fake.calls)
    served.fake.say(chat, ada, NOTRE_DAME)
    served.fake.wait_call("setWebhook", after=calls)
    served.fake.proxy = f"http://127.0.0.1:{SETTINGS['PORT']}"

    assert len(served.fake.wait_messages(chat)) == 1


# --- programs of their own ------------------------------------------------------------------


def test_a_kill_between_acceptance_and_answer_loses_nothing(serve: Serve) -> None:
    settings = hooked()
    served = serve(**settings)
    fake = served.fake
    ada, chat = served.person()
    fake.flood(chat["id"], 60)
    fake.say(chat, ada, NOTRE_DAME)
    fake.wait_call("sendMessage", lambda call: not call.ok)
    assert fake.queue.pending == {}
    served.program.kill()
    fake.say(chat, ada, "/about")

    again = serve(fake, served.folder, **settings)

    first, second = fake.wait_messages(chat, 2)
    assert "Notre-Dame swung open" in first.text
    assert second.text.startswith("Clipdesk")
    assert again.program.terminate() == 0
    assert fake.complaints == []


def refused(fake: FakeTelegram, folder: Path, **settings: str) -> str:
    """What a program says that does not start."""
    with HastyProgram(folder, environment(fake, "warning", **settings), {}) as program:
        assert program.wait() == 1
    return program.output()


def test_a_port_in_use_is_told_before_the_webhook_is_touched(
    served: Served, tmp_path: Path
) -> None:
    calls = len(served.fake.calls)

    said = refused(served.fake, tmp_path / "desk", **hooked(int(SETTINGS["PORT"])))

    assert said == (
        f"Error: cannot listen on 127.0.0.1:{SETTINGS['PORT']} (Address already in use); "
        "set CLIPDESK_TELEGRAM_LISTEN and CLIPDESK_TELEGRAM_PORT\n"
    )
    assert "setWebhook" not in [call.method for call in served.fake.calls[calls:]]


@pytest.mark.parametrize("address", ["192.0.2.77", "no.such.host.invalid"])
def test_an_address_that_is_not_ours_is_told(tmp_path: Path, address: str) -> None:
    with FakeTelegram() as fake:
        said = refused(fake, tmp_path / "desk", LISTEN=address, **hooked())
        assert fake.calls == []

    assert said.startswith(f"Error: cannot listen on {address}:")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"telegram_webhook_url": None}, "CLIPDESK_TELEGRAM_WEBHOOK_URL is not set"),
        ({"telegram_webhook_url": "http://bot.example/x"}, "https addresses only"),
    ],
)
def test_a_missing_or_plain_address_is_told(settings: dict, said: str) -> None:
    given = {"telegram_token": "1:x", "telegram_mode": "webhook", "_env_file": None}

    with pytest.raises(UsageProblem, match=said):
        check_telegram(Settings(**given, **settings))


def test_a_local_bot_api_server_may_post_to_a_plain_address() -> None:
    given = {"telegram_token": "1:x", "telegram_mode": "webhook", "_env_file": None}
    addresses = {
        "telegram_webhook_url": "http://127.0.0.1:8080/x",
        "telegram_base_url": "http://127.0.0.1:8081",
    }

    check_telegram(Settings(**given, **addresses))


def test_a_missing_address_stops_the_program(demo_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(demo_folder, tmp_path / "desk")
    with FakeTelegram() as fake:
        said = refused(fake, folder, MODE="webhook")

    assert said.startswith("Error: CLIPDESK_TELEGRAM_WEBHOOK_URL is not set")
    assert said.count("\n") == 1
