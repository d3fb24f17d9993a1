"""``clipdesk alerts run``: this terminal's alerts, as they come."""

from __future__ import annotations

import threading
from collections.abc import Callable

import click

from bot.alerts.terminal import TerminalAlerts
from bot.alerts.watcher import utc_now
from bot.messages import Messages
from bot.render.terminal import open_terminal
from bot.repl.alerts import draw_told
from bot.services import open_desk
from bot.settings import Settings

LOOK_EVERY_S = 1.0
"""How often the store is asked for changes: one look-up of an index."""


def run_run(
    settings: Settings, *, once: bool, wait: Callable[[float], object] | None = None
) -> int:
    """
    Tell what comes until Ctrl-C, or *once* what is there by now.

    Args:
        settings: Of the program.
        once: End when all is told.
        wait: Waits so many seconds; None for the real clock.
    """
    pause = threading.Event().wait if wait is None else wait
    terminal = open_terminal(Messages(settings.language))
    told = 0

    def part() -> None:
        """An empty line between two messages."""
        nonlocal told
        if told:
            terminal.screen.blank()
        told += 1

    with open_desk(settings) as desk:
        alerts = TerminalAlerts(desk)
        alerts.recover()
        if not once:
            count = len(alerts.own())
            click.echo(f"{count:,} subscriptions here; Ctrl-C ends it", err=True)
        try:
            while True:
                alerts.follow(utc_now())
                draw_told(terminal, alerts.iter_told(utc_now()), part)
                if once:
                    break
                pause(LOOK_EVERY_S)
        except KeyboardInterrupt:
            click.echo(f"{told:,} told", err=True)
    return 0
