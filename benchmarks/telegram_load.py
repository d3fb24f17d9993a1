"""
200 chats ask at once: how long until each has its answer, and what Telegram would say.

::

    python benchmarks/telegram_load.py [--chats 200] [--rounds 1]

The installed program answers over real HTTP from a Bot API server on loopback, which
stamps each message as it arrives and, with its limits in force, refuses what Telegram
would refuse: more than one message a second to a person, 30 a second in all. Beside it,
in the same run, a plain python-telegram-bot application with the same desk and the same
work, but neither queue nor limits of its own.

The second table asks one question at a time: from the question to its answer over the wire,
and of that what the handler takes itself: from the arrival of the update to the request that
answers, without the desk's answering; asking Telegram and being asked are not its own.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from telegram import Update  # noqa: E402  # found by the lines above
from telegram.ext import Application, MessageHandler, filters  # noqa: E402
from telegram_api import FakeTelegram, Program, Sent  # noqa: E402

from bot.demo import corpus_path  # noqa: E402
from retrieval.desk import Desk  # noqa: E402

QUESTIONS = (
    "When did Finland join NATO?",
    "When did Notre-Dame reopen?",
    "At what rate was the Bulgarian lev fixed against the euro?",
    "How many people died in the Hualien earthquake?",
    "What was the ship that hit the Baltimore bridge called?",
)
HANDLER_S = 0.010  # what the handler may take of its own, at the median
SETTLE_S = 3.0  # nothing more comes after so long without a message
PATIENCE_S = 120.0
BEGINNING = 60  # characters


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it; seconds from the update to the arrival of its answer."""

    waits_s: list[float]
    asked: int
    lost: int
    disordered: int
    refused: int
    violations: int


Start = Callable[[FakeTelegram, Path], AbstractContextManager[object]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--chats", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=1, help="questions of each chat")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        desk_folder = Path(folder) / "desk"
        with Desk.open(desk_folder) as desk:
            desk.add([corpus_path()])
        print(f"{options.chats} chats ask {options.rounds} question(s) each, at once\n")
        print(
            f"{'':24} {'median s':>9} {'p95 s':>7} {'lost':>5} {'order':>6} {'429':>5} {'limits':>7}"
        )
        for name, start in (("clipdesk serve", clipdesk), ("plain handler", peer)):
            copy = Path(folder) / name.replace(" ", "-")
            shutil.copytree(desk_folder, copy)
            with FakeTelegram() as fake, start(fake, copy):
                fake.wait_call("getUpdates", timeout=60)
                fake.enforce_limits = True
                load = measure(fake, options.chats, options.rounds)
            tell(name, load)
        print("\nlost: questions without an answer; order: answers before an earlier one of their")
        print(
            "chat; 429: refusals; limits: seconds or minutes over a limit, by the server's clock\n"
        )
        overhead(desk_folder, Path(folder) / "one")


def clipdesk(fake: FakeTelegram, folder: Path) -> Program:
    """The program, as it is installed."""
    return Program(folder, environment(fake))


def environment(fake: FakeTelegram) -> dict[str, str]:
    return {
        "CLIPDESK_TELEGRAM_TOKEN": fake.token,
        "CLIPDESK_TELEGRAM_BASE_URL": fake.base_url,
        "CLIPDESK_TELEGRAM_QUESTIONS_PER_MINUTE": "600",
    }


# Runs the program, and writes down of each answer what the handler took of its own
_TIMED = """
import os, time
from telegram.request import HTTPXRequest
from bot.cli import main
from retrieval.desk import Desk

path = os.environ.pop("TIMINGS")
clocks = time.perf_counter, time.process_time
asking = time.perf_counter, time.thread_time
received, asked = (0.0, 0.0), [0.0, 0.0]
request, ask = HTTPXRequest.do_request, Desk.ask

async def timed_request(self, url, *args, **kwargs):
    global received, asked
    if url.endswith("/sendMessage"):
        own = (clock() - begun - less for clock, begun, less in zip(clocks, received, asked))
        with open(path, "a") as file:
            print(*own, file=file)
    result = await request(self, url, *args, **kwargs)
    if url.endswith("/getUpdates"):
        received, asked = tuple(clock() for clock in clocks), [0.0, 0.0]
    return result

def timed_ask(self, *args, **kwargs):
    begun = [clock() for clock in asking]
    try:
        return ask(self, *args, **kwargs)
    finally:
        for n, clock in enumerate(asking):
            asked[n] += clock() - begun[n]

HTTPXRequest.do_request, Desk.ask = timed_request, timed_ask
main()
"""


class Timed(Program):
    """The program with a clock in it; the handler's own seconds go to the file *timings*."""

    def __init__(self, fake: FakeTelegram, folder: Path, *, timings: Path) -> None:
        super().__init__(folder, {**environment(fake), "TIMINGS": str(timings)})
        self._command[:1] = [sys.executable, "-c", _TIMED]


class peer(AbstractContextManager[None]):  # noqa: N801  # stands beside `clipdesk`
    """The plain bot at the end of this file."""

    def __init__(self, fake: FakeTelegram, folder: Path) -> None:
        command = [sys.executable, __file__, "--peer", fake.token, fake.base_url, str(folder)]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)


def measure(fake: FakeTelegram, chats: int, rounds: int) -> Load:
    """Everybody asks at once; then wait until nothing more comes."""
    begins = beginnings(fake)
    rooms = []
    for n in range(chats):
        user = fake.user(10_000 + n)
        rooms.append((user, fake.private(user)))
    begun: dict[int, list[tuple[float, str]]] = {}
    for round_ in range(rounds):
        for user, chat in rooms:
            question = QUESTIONS[(round_ + chat["id"]) % len(QUESTIONS)]
            begun.setdefault(chat["id"], []).append((time.monotonic(), question))
            fake.say(chat, user, question)
    wait_until_still(fake, len(begins) + chats * rounds)
    waits, lost, disordered = [], 0, 0
    for _, chat in rooms:
        sent = fake.messages(chat)
        lost += max(rounds - len(sent), 0)
        waits += [m.at - at for m, (at, _) in zip(sent, begun[chat["id"]], strict=False)]
        disordered += not in_order(sent, [q for _, q in begun[chat["id"]]], begins)
    refused = sum(call.error is not None and "Too Many" in call.error for call in fake.calls)
    return Load(waits, chats * rounds, lost, disordered, refused, len(fake.violations()))


def beginnings(fake: FakeTelegram) -> dict[str, str]:
    """How the answer to each question begins, asked alone: by that the others are told apart."""
    found = {}
    for n, question in enumerate(QUESTIONS):
        user = fake.user(9_000 + n)
        chat = fake.private(user)
        fake.say(chat, user, question)
        [sent] = fake.wait_messages(chat)
        found[question] = sent.text[:BEGINNING]
    if len(set(found.values())) < len(QUESTIONS):
        raise SystemExit("two answers begin alike, so that their order cannot be told")
    return found


def in_order(sent: Sequence[Sent], asked: Sequence[str], begins: Mapping[str, str]) -> bool:
    """Whether the answers of a chat stand in the order of its questions; some may be lost."""
    waiting = iter(begins[question] for question in asked)
    return all(message.text[:BEGINNING] in waiting for message in sent)  # takes what it passes


def wait_until_still(fake: FakeTelegram, expected: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        calls = [c for c in fake.calls if c.method == "sendMessage"]
        is_still = bool(calls) and time.monotonic() - calls[-1].at > SETTLE_S
        if sum(call.ok for call in calls) >= expected or is_still:
            return
        time.sleep(0.1)


def tell(name: str, load: Load) -> None:
    waits = sorted(load.waits_s) or [float("nan")]
    p95 = waits[min(int(0.95 * len(waits)), len(waits) - 1)]
    print(
        f"{name:24} {statistics.median(waits):9.2f} {p95:7.2f} {load.lost:5} {load.disordered:6} "
        f"{load.refused:5} {load.violations:7}"
    )


def overhead(desk_folder: Path, folder: Path) -> None:
    """One chat after the other, so that no limit is met."""
    shutil.copytree(desk_folder, folder)
    with Desk.open(folder) as desk:
        desk.ask(QUESTIONS[0])
        asked = []
        for n in range(50):
            begun = time.perf_counter()
            desk.ask(QUESTIONS[n % len(QUESTIONS)])
            asked.append(time.perf_counter() - begun)
    timings = folder.with_name("timings")
    rows: dict[str, Sequence[float]] = {
        "desk.ask alone": asked,
        "clipdesk serve": one_by_one(clipdesk, folder),
        "plain handler": one_by_one(peer, folder),
    }
    fresh = folder.with_name("fresh")  # another server's updates have the same numbers
    shutil.copytree(desk_folder, fresh)
    one_by_one(partial(Timed, timings=timings), fresh)
    own, busy = zip(*(map(float, s.split()) for s in timings.read_text().splitlines()), strict=True)
    rows |= {"the handler's own": own, "of it, on the processor": busy}
    for name, seconds in rows.items():
        ordered = sorted(seconds)
        print(
            f"{name:24} {1000 * statistics.median(ordered):6.1f} ms median "
            f"{1000 * ordered[int(0.95 * len(ordered))]:7.1f} ms p95"
        )
    if statistics.median(busy) > HANDLER_S:  # the rest of the time others had the processor
        raise SystemExit(f"the handler takes more than {1000 * HANDLER_S:.0f} ms of its own")


def one_by_one(start: Start, folder: Path) -> list[float]:
    """Seconds from update to answer, each in a chat of its own."""
    waits = []
    with FakeTelegram() as fake, start(fake, folder):
        fake.wait_call("getUpdates", timeout=60)
        time.sleep(2.0)  # its start is over, its commands are registered
        for n in range(50):
            user = fake.user(50_000 + n)
            chat = fake.private(user)
            begun = time.monotonic()
            fake.say(chat, user, QUESTIONS[n % len(QUESTIONS)])
            [sent] = fake.wait_messages(chat)
            waits.append(sent.at - begun)
            time.sleep(0.05)  # below 30 a second
    return waits


def run_peer(token: str, base_url: str, folder: str) -> None:
    """What a bot looks like that trusts the library with everything."""
    desk = Desk.open(folder)

    async def answer(update: Update, _: object) -> None:
        message = update.effective_message
        if message is None:
            return
        reply = await asyncio.to_thread(desk.ask, message.text or "")
        quotes = getattr(reply, "quotes", None) or getattr(reply, "nearest", ())
        await message.reply_text("\n\n".join(q.text for q in quotes)[:4096] or "No answer.")

    application = (
        Application.builder()
        .token(token)
        .base_url(f"{base_url}/bot")
        .concurrent_updates(True)
        .build()
    )
    application.add_handler(MessageHandler(filters.TEXT, answer))
    application.run_polling()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peer"]:
        run_peer(*sys.argv[2:])
    else:
        main()
