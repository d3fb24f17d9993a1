"""What people, pages and other programs do to a running bot; the others are served meanwhile."""

from __future__ import annotations

import http.server
import os
import random
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from telegram_api import FakeTelegram

from bot.messages import Messages
from retrieval.desk import STORE_FILE

if TYPE_CHECKING:
    from conftest import Serve, Served
    from telegram_api import Json

ADMIN = 999_001
NOTRE_DAME = "When did Notre-Dame reopen?"
FINLAND = "When did Finland join NATO?"

GRACE_S = 1.0
BRIEF = {"bot.telegram.service.GRACE_S": GRACE_S, "bot.telegram.service.OVERTIME_S": 1.0}
WATCHFUL = {"bot.telegram.watch.WATCH_EVERY_S": 0.2}


@pytest.fixture(scope="module")
def dripping() -> Iterator[str]:
    """The address of a page that comes a few letters a second, and never ends."""

    class Drip(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            with suppress(OSError):
                while True:
                    self.wfile.write(b"<p>x ")
                    self.wfile.flush()
                    time.sleep(0.3)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Drip)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def boss_of(served: Served) -> tuple[Json, Json]:
    """The admin, who has written to the bot, and their chat."""
    boss = served.fake.user(ADMIN)
    chat = served.fake.private(boss)
    served.ask(chat, boss, "/about")
    return boss, chat


def catches(pid: int, number: int) -> bool:
    """Whether the process has a handler of its own for the signal."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


def stop(served: Served, within_s: float) -> None:
    start = time.monotonic()
    assert served.program.terminate() == 0
    assert time.monotonic() - start < within_s


# --- hostile questions ----------------------------------------------------------------------


def test_questions_that_cost_much_delay_nobody_else(serve: Serve) -> None:
    served = serve(log_level="warning")
    signs = random.Random(1)
    scribble = "".join(chr(signs.randint(0x4E00, 0x9FA5)) for _ in range(4000))
    for _ in range(4):
        eve, chat = served.person()
        for text in ("上週三月" * 1000, scribble, "And when?", "Who is he?"):
            served.fake.say(chat, eve, text)

    ada, other = served.person()
    start = time.monotonic()
    answer = served.ask(other, ada, NOTRE_DAME)

    assert "Notre-Dame swung open" in answer.text
    assert time.monotonic() - start < 6


def test_a_flood_of_one_chat_is_told_once_and_delays_nobody_else(serve: Serve) -> None:
    served = serve(log_level="warning", QUESTIONS_PER_MINUTE="600", hasty=BRIEF)
    fake = served.fake
    eve, chat = served.person()
    for _ in range(600):
        fake.say(chat, eve, FINLAND)

    ada, other = served.person()
    start = time.monotonic()
    assert "swung open" in served.ask(other, ada, NOTRE_DAME).text
    assert time.monotonic() - start < 6

    full = Messages("en").text("ask.full")
    fake.wait_call("sendMessage", lambda call: call.params["text"] == full)
    assert [sent.text for sent in fake.messages(chat)].count(full) == 1
    assert served.program.output().count("updates are dropped") == 1
    stop(served, GRACE_S + 2)


def test_what_is_no_question_counts_towards_the_quota(serve: Serve) -> None:
    served = serve(QUESTIONS_PER_MINUTE="3", log_level="warning")
    ada, chat = served.person()

    for text in ("/help", "thanks", "/forget", "/ask", "/about", "/latest", "hello", "/start"):
        served.fake.say(chat, ada, text)
    bob, other = served.person()
    served.ask(other, bob, NOTRE_DAME)

    told = [sent.text for sent in served.fake.wait_messages(chat, 4)]
    assert len(told) == 4
    assert "Ask again in" in told[3]


def test_a_bare_mention_of_a_stranger_is_refused_once(serve: Serve) -> None:
    served = serve(ALLOWED_CHATS="5", log_level="warning")
    served.fake.privacy_mode = False
    eve, chat = served.person()
    group = served.group()

    for _ in range(3):
        served.fake.say(group, eve, "@clipdesk_bot")
        served.fake.say(chat, eve, "/ask")
    served.ask(served.fake.private(served.fake.user(5)), served.fake.user(5), NOTRE_DAME)

    empty = Messages("en").text("ask.empty")
    for place in (group, chat):
        assert [s.text.split()[0] for s in served.fake.wait_messages(place)] == ["This"]
        assert empty not in [s.text for s in served.fake.messages(place)]


# --- stopping in the middle -----------------------------------------------------------------


def test_a_slow_page_delays_neither_its_admin_nor_the_end(serve: Serve, dripping: str) -> None:
    served = serve(ADMINS=str(ADMIN), log_level="warning", hasty=BRIEF)
    boss, chat = boss_of(served)
    served.program.terminate()
    served.program.wait()
    served.program._environment["CLIPDESK_FETCH_ALLOW_HOSTS"] = "127.0.0.1"  # noqa: SLF001

    with served.program:
        served.ask(chat, boss, f"/ingest {dripping}")
        assert "Updates arrive" in served.ask(chat, boss, "/status").text
        stop(served, GRACE_S + 2)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="tells from /proc")
def test_a_stop_during_the_loading_is_no_failure(demo_folder: Path) -> None:
    from hasty import environment
    from telegram_api import Program

    with FakeTelegram() as fake, Program(demo_folder, environment(fake)) as program:
        while not catches(program.pid, signal.SIGTERM):
            assert program.is_running()
            time.sleep(0.01)
        assert program.terminate() == 0
        assert fake.calls == []


# --- the store ------------------------------------------------------------------------------


def test_a_damaged_store_ends_it_with_one_line(serve: Serve) -> None:
    served = serve(log_level="error", hasty=BRIEF | WATCHFUL)
    ada, chat = served.person()
    served.ask(chat, ada, FINLAND)
    store = served.folder / STORE_FILE
    size = store.stat().st_size
    with store.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(size - 4096))
    for log in served.folder.glob("*-wal"):
        os.truncate(log, 0)

    served.fake.say(chat, ada, NOTRE_DAME)

    assert served.program.wait() == 1
    assert served.program.output().splitlines()[-1].startswith("Error: store ")


def test_a_store_that_another_program_holds_is_told_to_the_admins(serve: Serve) -> None:
    served = serve(
        ADMINS=str(ADMIN),
        log_level="error",
        hasty=WATCHFUL
        | {"bot.telegram.health.STORE_ALARM_S": 0, "retrieval.store.BUSY_TIMEOUT_S": 0.5},
    )
    _, own = boss_of(served)
    ada, chat = served.person()
    with closing(sqlite3.connect(served.folder / STORE_FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        served.fake.say(chat, ada, NOTRE_DAME)
        told = served.fake.wait_messages(own, 2, timeout=20)[1]
        other.execute("ROLLBACK")

    assert "store is busy" in told.text
    assert "swung open" in served.fake.wait_messages(chat)[0].text
