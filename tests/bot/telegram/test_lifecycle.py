"""Starting without Telegram, stopping in the middle, dying, and coming back: nothing is lost."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hasty import HastyProgram, environment
from telegram_api import FakeTelegram

from bot.telegram.watch import TOKEN_REFUSED

if TYPE_CHECKING:
    from conftest import Serve, Served
    from telegram_api import Json

ADMIN = 999_001
NOTRE_DAME = "When did Notre-Dame reopen?"
FINLAND = "When did Finland join NATO?"

SERVICE = "bot.telegram.service"
READY = "Answering as @clipdesk_bot; Ctrl-C ends.\n"
WATCH = "bot.telegram.watch"
WATCHFUL = {f"{WATCH}.WATCH_EVERY_S": 0.2, f"{WATCH}.REFUSED_AGAIN_S": 0.1}
GRACE_S = 1.0
BRIEF = {f"{SERVICE}.GRACE_S": GRACE_S}


@pytest.fixture(name="fake")
def make_fake() -> Iterator[FakeTelegram]:
    with FakeTelegram() as fake:
        yield fake
        assert fake.complaints == []
        assert fake.violations() == []


@pytest.fixture
def folder(demo_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demo_folder, tmp_path / "desk"))


def swung_open(served: Served, chat: Json) -> int:
    return sum("Notre-Dame swung open" in sent.text for sent in served.fake.messages(chat))


def stop(served: Served, within_s: float) -> None:
    """SIGTERM ends it well, and in time."""
    start = time.monotonic()
    assert served.program.terminate() == 0
    assert time.monotonic() - start < within_s
    assert "Traceback" not in served.program.output()


# --- starting -------------------------------------------------------------------------------


def test_it_waits_for_telegram_at_the_start(fake: FakeTelegram, serve: Serve) -> None:
    fake.bad_gateway("getMe")
    fake.reset("getMe")
    fake.reset("deleteWebhook")

    served = serve(fake)
    ada, chat = served.person()

    assert "Notre-Dame swung open" in served.ask(chat, ada, NOTRE_DAME).text
    assert served.program.output().count("Telegram cannot be reached, trying again in") == 2


@pytest.mark.parametrize("method", ["getMe", "deleteWebhook"])
@pytest.mark.parametrize("fault", ["reset", "black_hole"])
def test_it_can_be_stopped_while_it_waits(
    fake: FakeTelegram, folder: Path, method: str, fault: str
) -> None:
    if fault == "reset":
        fake.reset(method, times=1000)
    else:
        fake.black_hole(method, 30)
    with HastyProgram(folder, environment(fake, "warning"), BRIEF) as program:
        fake.wait_call(method)
        start = time.monotonic()

        assert program.terminate() == 0

        assert time.monotonic() - start < GRACE_S + 1.5
        assert "Traceback" not in program.output()


def test_a_wrong_token_is_told_in_one_line(fake: FakeTelegram, folder: Path) -> None:
    fake.revoke()
    with HastyProgram(folder, environment(fake, "warning"), {}) as program:
        assert program.wait() == 1

    assert program.output() == f"Error: {TOKEN_REFUSED}\n"


def test_a_token_that_goes_during_the_start_is_told_in_one_line(
    fake: FakeTelegram, folder: Path
) -> None:
    fake.fail("deleteWebhook", code=401, description="Unauthorized", times=1000)
    with HastyProgram(folder, environment(fake, "warning"), WATCHFUL) as program:
        fake.wait_call("getMe")
        fake.revoke()
        assert program.wait() == 1

    assert program.output() == f"Error: {TOKEN_REFUSED}\n"


def test_a_revoked_token_ends_it_with_one_line(fake: FakeTelegram, serve: Serve) -> None:
    served = serve(fake, log_level="error", hasty=WATCHFUL)
    ada, chat = served.person()
    served.ask(chat, ada, NOTRE_DAME)

    fake.revoke()

    assert served.program.wait() == 1
    assert served.program.output() == f"{READY}Error: {TOKEN_REFUSED}\n"


def test_the_watch_outlives_an_admin_who_cannot_be_told(fake: FakeTelegram, serve: Serve) -> None:
    served = serve(fake, log_level="error", ADMINS=str(ADMIN), hasty=WATCHFUL)
    boss = fake.user(ADMIN)
    own = fake.private(boss)
    served.ask(own, boss, "/about")
    fake.fail("sendMessage", code=400, description="Bad Request: no", chat_id=ADMIN)
    fake.conflict()
    fake.wait_call("sendMessage", lambda call: not call.ok)

    fake.revoke()

    assert served.program.wait() == 1
    assert served.program.output().endswith(f"Error: {TOKEN_REFUSED}\n")


def test_polling_that_falls_silent_is_started_anew(fake: FakeTelegram, serve: Serve) -> None:
    quick = {"bot.telegram.intake.POLL_S": 1, "bot.telegram.health.STALL_S": 2.5}
    served = serve(fake, log_level="error", hasty=WATCHFUL | quick)
    ada, chat = served.person()
    served.ask(chat, ada, FINLAND)
    fake.black_hole("getUpdates", 60)
    fake.wait_call("getUpdates", lambda call: call.error == "no answer")
    start = time.monotonic()

    assert "Notre-Dame swung open" in served.ask(chat, ada, NOTRE_DAME).text

    assert 1 < time.monotonic() - start < 4
    assert served.program.output().count("polling starts anew") == 1


# --- stopping -------------------------------------------------------------------------------


def test_what_waits_at_the_stop_is_answered_once_after_it(fake: FakeTelegram, serve: Serve) -> None:
    served = serve(fake, log_level="warning", hasty=BRIEF)
    ada, chat = served.person()
    fake.flood(chat["id"], 60)
    fake.say(chat, ada, FINLAND)
    fake.wait_call("sendMessage", lambda call: not call.ok)
    fake.say(chat, ada, NOTRE_DAME)
    confirmed = dict(fake.queue.pending)
    bob, other = served.person()
    served.ask(other, bob, "/about")

    stop(served, GRACE_S + 1.5)
    assert fake.messages(chat) == []
    assert "2 updates are kept for the next start" in served.program.output()

    fake.queue.pending |= confirmed  # what Telegram would deliver again, were it not confirmed
    again = serve(fake, served.folder)
    first, second = fake.wait_messages(chat, 2)
    assert "Finland" in first.text
    assert "Notre-Dame swung open" in second.text
    again.ask(other, bob, "/about")
    assert [len(fake.messages(each)) for each in (chat, other)] == [2, 2]


def test_what_is_begun_is_ended_at_the_stop(fake: FakeTelegram, serve: Serve) -> None:
    served = serve(fake, log_level="warning")
    ada, chat = served.person()
    fake.flood(chat["id"], 1)
    fake.say(chat, ada, NOTRE_DAME)
    fake.wait_call("sendMessage", lambda call: not call.ok)

    stop(served, 3)

    assert swung_open(served, chat) == 1


def test_it_stops_in_time_when_telegram_is_gone(fake: FakeTelegram, serve: Serve) -> None:
    served = serve(fake, log_level="warning", hasty=BRIEF)
    ada, chat = served.person()
    fake.black_hole("sendMessage", 30)
    fake.say(chat, ada, NOTRE_DAME)
    fake.wait_call("sendMessage")
    fake.black_hole("getUpdates", 30, times=10)
    fake.wait_call("getUpdates", lambda call: call.error == "no answer")

    stop(served, GRACE_S + 1.5)


def test_it_stops_in_time_while_polling_pauses_after_failures(
    fake: FakeTelegram, serve: Serve
) -> None:
    served = serve(fake, log_level="warning", hasty=BRIEF)
    fake.reset("getUpdates", times=2)
    fake.black_hole("getUpdates", 30)  # the last poll, which is to confirm
    fake.wait_call("getUpdates", lambda _: failed_polls(fake) == 2)
    time.sleep(0.3)  # until the program knows it; it pauses for 1.5 s then

    stop(served, GRACE_S + 1.5)


def test_ctrl_c_ends_it_well(fake: FakeTelegram, serve: Serve) -> None:
    served = serve(fake, log_level="warning")

    served.program.process.send_signal(signal.SIGINT)

    assert served.program.wait() == 0
    assert served.program.output() == READY


# --- dying ----------------------------------------------------------------------------------


@pytest.mark.parametrize("sent", [0, 12])
def test_a_kill_loses_no_question_and_doubles_none_twice(
    fake: FakeTelegram, serve: Serve, sent: int
) -> None:
    served = serve(fake)
    people = [served.person() for _ in range(30)]
    for ada, chat in people:
        fake.say(chat, ada, NOTRE_DAME)
    if sent:
        fake.wait_call("sendMessage", lambda _: count(fake, "sendMessage") >= sent)
    else:
        polls = count(fake, "getUpdates")
        fake.wait_call("getUpdates", lambda _: count(fake, "getUpdates") > polls)
    served.program.kill()
    before = [swung_open(served, chat) for _, chat in people]

    serve(fake, served.folder)
    for _, chat in people:
        fake.wait_messages(chat)
    fake.idle(1.2)

    assert sum(before) < 30, "killed too late to tell anything"
    after = [swung_open(served, chat) for _, chat in people]
    assert set(after) <= {1, 2}


def failed_polls(fake: FakeTelegram) -> int:
    return sum(call.method == "getUpdates" and call.error is not None for call in fake.calls)


def count(fake: FakeTelegram, method: str) -> int:
    return sum(call.method == method for call in fake.calls)
