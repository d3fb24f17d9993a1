"""Neither the token nor the webhook's secret is written anywhere, whatever happens."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx
import pytest
from hasty import HastyProgram, environment
from telegram_api import FakeTelegram
from telegram_api.program import ROOT
from telegram_api.state import TOKEN

from bot.errors import UsageProblem
from bot.settings import Settings, read_settings
from bot.telegram.service import Service
from retrieval.desk import STORE_FILE, Desk

if TYPE_CHECKING:
    from conftest import Serve

ADMIN = 999_001
NOTRE_DAME = "When did Notre-Dame reopen?"
SECRET = "hook-Secret_0042"  # noqa: S105  # opens the bots of these tests only
WATCHFUL = {"bot.telegram.watch.WATCH_EVERY_S": 0.2, "bot.telegram.watch.REFUSED_AGAIN_S": 0.1}


@pytest.fixture(name="fake")
def make_fake() -> Iterator[FakeTelegram]:
    with FakeTelegram() as fake:
        yield fake


@pytest.fixture
def folder(demo_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demo_folder, tmp_path / "desk"))


def leaks(text: str | bytes, token: str) -> list[str]:
    """The spellings of the secrets that are in *text*."""
    seen = text if isinstance(text, bytes) else text.encode()
    spelled = {token, token.partition(":")[2], SECRET}
    spelled |= {quote(one, safe="") for one in spelled}
    return [one for one in spelled if one.encode() in seen]


def assert_kept(program: HastyProgram, folder: Path, token: str) -> str:
    """The output, when no secret is in it, nor in any file of the data folder."""
    output = program.output()
    assert leaks(output, token) == []
    for path in folder.rglob("*"):
        assert not path.is_file() or leaks(path.read_bytes(), token) == [], path
    return output


def break_store(folder: Path) -> None:
    """Another program takes a table away, so that handlers fail."""
    with closing(sqlite3.connect(folder / STORE_FILE, timeout=10)) as store:
        store.execute("ALTER TABLE bot_answers RENAME TO taken_away")
        store.commit()


def test_a_hard_day_by_polling_leaks_nothing(fake: FakeTelegram, serve: Serve) -> None:
    fake.bad_gateway("getMe")
    served = serve(fake, hasty=WATCHFUL, ADMINS=str(ADMIN), SECRET=SECRET)
    ada, chat = served.person()
    answer = served.ask(chat, ada, NOTRE_DAME)
    fake.answered(fake.press(answer.message, "Sources", ada))
    fake.answered(fake.ask_inline(ada, NOTRE_DAME))
    boss = fake.user(ADMIN)
    served.ask(fake.private(boss), boss, "/status")
    fake.bad_gateway("getUpdates")
    fake.reset("sendMessage")
    served.ask(chat, ada, NOTRE_DAME)
    fake.fail(
        "sendMessage", code=404, description="Not Found", chat_id=chat["id"]
    )  # "InvalidToken"
    fake.say(chat, ada, NOTRE_DAME)
    fake.wait_call("sendMessage", lambda call: call.error == "Not Found")
    break_store(served.folder)
    served.ask(chat, ada, NOTRE_DAME)

    fake.revoke()
    served.program.wait()

    output = assert_kept(served.program, served.folder, fake.token)
    for expected in ("[secret]/sendMessage", "Traceback", "taken", "refuses the bot's token"):
        assert expected.replace("taken", "no such table") in output


@pytest.mark.parametrize(
    "is_given",
    [True, False],
)
def test_a_hard_day_by_webhook_leaks_nothing(
    fake: FakeTelegram, serve: Serve, is_given: bool
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"SECRET": SECRET} if is_given else {}
    served = serve(
        fake, MODE="webhook", WEBHOOK_URL="https://bot.example/x", PORT=str(port), **settings
    )
    ada, chat = served.person()
    served.ask(chat, ada, NOTRE_DAME)
    for secret in ("", "wrong", fake.webhook["secret_token"]):
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret, "Content-Type": "application/json"}
        httpx.post(f"{fake.proxy}/x", content=b'{"update_id": []}', headers=headers)
    break_store(served.folder)
    served.ask(chat, ada, NOTRE_DAME)

    assert served.program.terminate() == 0
    output = assert_kept(served.program, served.folder, fake.token)
    assert fake.webhook["secret_token"] not in output


@pytest.mark.parametrize(
    "base_url", ["http://127.0.0.1:9", "http://xn--/", "http://nobody.invalid"]
)
def test_no_way_to_telegram_leaks_nothing(fake: FakeTelegram, folder: Path, base_url: str) -> None:
    variables = environment(fake, BASE_URL=base_url, SECRET=SECRET)
    with HastyProgram(folder, variables, {}) as program:
        while "trying again" not in program.output():
            assert program.is_running()
        assert program.terminate() == 0

    assert_kept(program, folder, fake.token)


def run(folder: Path, variables: Mapping[str, str], *arguments: str) -> str:
    """What a command of clipdesk's says."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("CLIPDESK_")}
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "--data-dir", folder, *arguments],
        env={**clean, "PYTHONPATH": str(ROOT), "CLIPDESK_LOG_LEVEL": "debug", **variables},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "spoilt"),
    [
        ("TOKEN", "{token} x"),
        ("TOKEN", "bot{token}"),
        ("TOKEN", "{half}"),
        ("SECRET", "{half}!"),
        ("ADMINS", "{token}"),
        ("PORT", "{token}"),
        ("MODE", "{token}"),
        ("BASE_URL", "ftp://{token}"),
    ],
)
def test_a_wrong_setting_is_told_without_its_value(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, spoilt: str
) -> None:
    monkeypatch.chdir(tmp_path)  # no .env is found there
    value = spoilt.format(token=TOKEN, half=TOKEN.partition(":")[2])
    monkeypatch.setenv("CLIPDESK_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv(f"CLIPDESK_TELEGRAM_{name}", value)

    with pytest.raises(UsageProblem, match=f"CLIPDESK_TELEGRAM_{name}: ") as problem:
        read_settings()

    assert leaks(str(problem.value), TOKEN) == []


@pytest.mark.parametrize("command", ["serve", "doctor"])
def test_a_wrong_token_is_told_without_it(tmp_path: Path, command: str) -> None:
    said = run(tmp_path, {"CLIPDESK_TELEGRAM_TOKEN": f"bot{TOKEN}"}, command)

    assert "CLIPDESK_TELEGRAM_TOKEN: not a bot token" in said
    assert leaks(said, TOKEN) == []


def test_doctor_tells_no_secret(fake: FakeTelegram, folder: Path) -> None:
    said = run(folder, environment(fake, SECRET=SECRET), "doctor")

    assert "settings" in said
    assert leaks(said, fake.token) == []


def test_nothing_shows_a_secret_when_it_is_printed(fake: FakeTelegram, folder: Path) -> None:
    settings = Settings(
        telegram_token=fake.token, telegram_secret=SECRET, data_dir=folder, _env_file=None
    )

    async def shown(desk: Desk) -> list[str]:
        service = Service(settings, desk)
        application = service._application  # noqa: SLF001  # nothing else shows it
        things = (settings, service, application.bot, application, application.updater)
        await application.bot.shutdown()
        return [spell(thing) for thing in things for spell in (repr, str)]

    with Desk.open(folder) as desk:
        for text in [*asyncio.run(shown(desk)), settings.model_dump_json()]:
            assert leaks(text, fake.token) == []
