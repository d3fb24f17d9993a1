"""``clipdesk repl``: a conversation in the terminal."""

from __future__ import annotations

from contextlib import ExitStack

from bot import repl
from bot.alerts.terminal import TerminalAlerts
from bot.alerts.watcher import utc_now
from bot.commands.demo import offered_demo, open_demo
from bot.conversation import Conversation
from bot.messages import Messages
from bot.render.terminal import open_terminal
from bot.repl.alerts import OwnAlerts
from bot.services import open_desk
from bot.settings import Settings


def run_repl(settings: Settings, *, demo: bool) -> int:
    """Talk until the user leaves; gives the exit code."""
    with ExitStack() as stack:
        if demo:
            desk = stack.enter_context(open_demo(settings))
        else:
            own = stack.enter_context(open_desk(settings))
            desk = stack.enter_context(offered_demo(settings, own))
        terminal = open_terminal(Messages(settings.language))
        return repl.run(
            Conversation(desk, page=settings.quotes),
            terminal,
            history_file=settings.data_dir / "history",
            alerts=OwnAlerts(TerminalAlerts(desk), terminal, utc_now),
        )
