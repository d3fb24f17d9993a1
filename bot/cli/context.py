"""What the commands share: the settings, read once and with logging set up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.settings import Settings


def settings_of(ctx: click.Context) -> Settings:
    """
    The settings of the environment, ``.env`` and the program's own options.

    Raises:
        UsageProblem: If one of them is wrong.
    """
    # imported on use: --help needs neither
    from bot.redaction import start_logging  # noqa: PLC0415
    from bot.settings import read_settings  # noqa: PLC0415

    settings = read_settings(**ctx.obj)
    start_logging(settings.log_level, settings.secrets)
    return settings
