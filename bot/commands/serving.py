"""``clipdesk serve``: the bot in Telegram, until it is stopped."""

from __future__ import annotations

import asyncio

import click

from bot.redaction import log_uncaught
from bot.services import open_desk
from bot.settings import Settings, check_telegram
from bot.telegram.service import Service
from retrieval.desk import Desk


def run_serve(settings: Settings) -> int:
    """
    Answer until SIGTERM or Ctrl-C; gives the exit code.

    Raises:
        UsageProblem: If a setting is missing, or Telegram refuses the token.
    """
    check_telegram(settings)
    log_uncaught()
    with open_desk(settings) as desk:
        asyncio.run(_serve(settings, desk))
    return 0


async def _serve(settings: Settings, desk: Desk) -> None:
    # Made inside the loop, to which its parts belong
    await Service(settings, desk, on_ready=_tell_ready).run()


def _tell_ready(name: str) -> None:
    click.echo(f"Answering as @{name}; Ctrl-C ends.", err=True)
