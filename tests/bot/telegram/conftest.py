"""Clipdesk's bot as a process of its own, against a fake Bot API server."""

import itertools
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from hasty import HastyProgram, environment
from telegram_api import FakeTelegram, Json, Program, Sent

from bot.demo import corpus_path
from retrieval.desk import Desk

ADMIN = 999_001
START_S = 30.0  # about 3 s on an idle machine; several processes share it with the tests

_ids = itertools.count(5_000)


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo corpus in it; copy it, do not use it."""
    folder = tmp_path_factory.mktemp("demo") / "desk"
    with Desk.open(folder) as desk:
        desk.add([corpus_path()])
    return folder


@dataclass
class Served:
    """A running bot, the server that it talks to, and new people for each test."""

    fake: FakeTelegram
    program: Program
    folder: Path

    def person(self, **fields: object) -> tuple[Json, Json]:
        """A user nobody has seen before, and their private chat."""
        user = self.fake.user(next(_ids), **fields)
        return user, self.fake.private(user)

    def group(self, **fields: object) -> Json:
        return self.fake.supergroup(-1_001_000_000_000 - next(_ids), **fields)

    def ask(self, chat: Json, user: Json, text: str, **options: object) -> Sent:
        """Say *text*, and the bot's next message in the chat."""
        before = len(self.fake.messages(chat))
        self.fake.say(chat, user, text, **options)
        return self.fake.wait_messages(chat, before + 1)[-1]


Serve = Callable[..., Served]


@pytest.fixture
def serve(demo_folder: Path, tmp_path: Path) -> Iterator[Serve]:
    """Starts a bot over a copy of the demo corpus: for tests that end or break it."""
    from contextlib import ExitStack

    with ExitStack() as stack:

        def start(
            fake: FakeTelegram | None = None,
            folder: Path | None = None,
            hasty: Mapping[str, float] | None = None,
            log_level: str = "debug",
            **settings: str,
        ) -> Served:
            if fake is None:
                fake = stack.enter_context(FakeTelegram())
            if folder is None:
                folder = tmp_path / f"desk{next(_ids)}"
                shutil.copytree(demo_folder, folder)
            polls = len(fake.calls)
            program = stack.enter_context(
                HastyProgram(folder, environment(fake, log_level, **settings), hasty or {})
            )
            await_start(fake, settings, polls)
            return Served(fake, program, folder)

        yield start


def await_start(fake: FakeTelegram, settings: Mapping[str, str], after: int = 0) -> None:
    """Return once the bot takes updates, and let them reach it."""
    if settings.get("MODE") == "webhook":
        fake.proxy = f"http://127.0.0.1:{settings['PORT']}"
        fake.wait_call("setWebhook", after=after, timeout=START_S)
    else:
        fake.wait_call("getUpdates", after=after, timeout=START_S)


@pytest.fixture(scope="module")
def served(
    request: pytest.FixtureRequest, demo_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """
    One bot for all tests of a module; each brings its own people and groups.

    A module may have settings in ``SETTINGS``, and change constants in ``HASTY``.
    """
    folder = tmp_path_factory.mktemp("served") / "desk"
    shutil.copytree(demo_folder, folder)
    hasty = getattr(request.module, "HASTY", {})
    settings = {"ADMINS": str(ADMIN), **getattr(request.module, "SETTINGS", {})}
    with (
        FakeTelegram() as fake,
        HastyProgram(folder, environment(fake, **settings), hasty) as program,
    ):
        await_start(fake, settings)
        yield Served(fake, program, folder)


@pytest.fixture(autouse=True)
def nothing_to_complain_about(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test with `served`: the bot did nothing that Telegram forbids."""
    yield
    if "served" in request.fixturenames:
        fake = request.getfixturevalue("served").fake
        assert fake.complaints == []
        assert fake.violations() == []
