"""
Clipdesk as a process of its own, against a fake Bot API server, with constants to change:
what takes minutes in the world takes seconds in a test.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from telegram_api import FakeTelegram, Program

_ENTRY = """
import json, os
from importlib import import_module

for place, value in json.loads(os.environ.pop("HASTY")).items():
    module, _, name = place.rpartition(".")
    getattr(import_module(module), name)  # one that is gone must not go unnoticed
    setattr(import_module(module), name, value)

from bot.cli import main
main()
"""


class HastyProgram(Program):
    """
    `Program` with other constants.

    Args:
        data_dir: As in `Program`.
        environment: As in `Program`.
        hasty: Names of constants with their modules, and values:
            ``{"bot.telegram.watch.WATCH_EVERY_S": 0.2}``.
    """

    def __init__(
        self, data_dir: Path, environment: Mapping[str, str], hasty: Mapping[str, float]
    ) -> None:
        super().__init__(data_dir, {**environment, "HASTY": json.dumps(dict(hasty))})
        self._command[:1] = [sys.executable, "-c", _ENTRY]


def environment(fake: FakeTelegram, log_level: str = "debug", **settings: str) -> dict[str, str]:
    """
    Variables of a bot that talks to *fake*.

    *settings* are named without ``CLIPDESK_TELEGRAM_``, or whole.
    """
    telegram = {"TOKEN": fake.token, "BASE_URL": fake.base_url, **settings}
    named = {
        name if name.startswith("CLIPDESK_") else f"CLIPDESK_TELEGRAM_{name}": value
        for name, value in telegram.items()
    }
    return named | {"CLIPDESK_LOG_LEVEL": log_level}
