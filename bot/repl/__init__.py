"""
The terminal chat: reads lines, runs commands and questions, prints replies.

With a terminal on both sides `prompt` reads the lines; else standard input is read
line by line, so that ``echo question | clipdesk repl`` works. What the commands do
is in `commands`.
"""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, TextIO

from bot.render.screen import hush_closed_pipe, survive_encoding
from bot.render.wording import as_of
from bot.repl.commands import Commands, split_pasted
from retrieval.errors import RetrievalError

if TYPE_CHECKING:
    from pathlib import Path

    from bot.conversation import Conversation
    from bot.render.terminal import Terminal
    from bot.repl.alerts import OwnAlerts
    from bot.repl.commands import OpenLink
    from bot.repl.prompt import Prompt

INTERRUPTED = 130
"""What a shell calls the exit code of a program that Ctrl-C ended."""


def run(
    conversation: Conversation,
    terminal: Terminal,
    *,
    history_file: Path | None = None,
    stdin: TextIO | None = None,
    open_link: OpenLink | None = None,
    alerts: OwnAlerts | None = None,
) -> int:
    """
    Chat until the end of input; gives the exit code.

    Args:
        conversation: Where questions go.
        terminal: Where replies are drawn.
        history_file: Where questions are kept from one chat to the next; None keeps none.
        stdin: Where lines come from; None is standard input.
        open_link: Opens an address in a browser and tells whether it could; None is
            the platform's browser, and only from a terminal.
        alerts: The terminal's own, shown between questions; None has none.
    """
    survive_encoding()
    source = sys.stdin if stdin is None else stdin
    try:
        if source is sys.stdin and source.isatty() and terminal.screen.is_terminal:
            from bot.repl.prompt import Prompt  # noqa: PLC0415  # imported on use: prompt_toolkit

            commands = Commands(conversation, terminal, open_link or _browse, alerts)
            _welcome(conversation, terminal)
            prompt = Prompt(conversation, terminal.messages, history_file)
            return _chat(prompt, commands, terminal, alerts)
        commands = Commands(conversation, terminal, open_link, alerts)
        return _answer_lines(source, commands, terminal, alerts)
    except BrokenPipeError:  # the reader has seen enough: `clipdesk repl < questions | head`
        hush_closed_pipe()
        return 0


def _welcome(conversation: Conversation, terminal: Terminal) -> None:
    summaries = conversation.sources()
    if summaries:
        terminal.hint(as_of(summaries, terminal.messages))
    terminal.hint(terminal.messages.text("repl.welcome"))


def _chat(prompt: Prompt, commands: Commands, terminal: Terminal, alerts: OwnAlerts | None) -> int:
    while True:
        _show_new(alerts, terminal)
        terminal.screen.blank()
        try:
            typed = prompt.read()
        except EOFError:
            return 0
        except KeyboardInterrupt:
            if not prompt.had_text:
                terminal.hint(terminal.messages.text("repl.leave"))
            continue
        questions = split_pasted(typed)
        for question in questions:
            if len(questions) > 1:
                terminal.screen.blank()
                terminal.echo(question)
            terminal.screen.blank()
            try:
                if not commands.run(question):
                    return 0
            except KeyboardInterrupt:
                terminal.hint(terminal.messages.text("repl.cancelled"))
                break


def _show_new(alerts: OwnAlerts | None, terminal: Terminal) -> None:
    """What matched meanwhile; that it cannot be looked up is no reason to end the chat."""
    if alerts is None:
        return
    try:
        alerts.show_new()
    except RetrievalError as e:
        terminal.fail(terminal.messages.text("repl.failed", detail=str(e)))


def _answer_lines(
    source: TextIO, commands: Commands, terminal: Terminal, alerts: OwnAlerts | None
) -> int:
    if isinstance(source, io.TextIOWrapper):
        source.reconfigure(errors="replace")  # a wrong byte costs a letter, not the chat
    is_first = True
    try:
        for line in source:
            question = line.strip().lstrip("\ufeff")
            if not question:
                continue
            if not is_first:
                terminal.screen.blank()
            is_first = False
            terminal.echo(question)
            terminal.screen.blank()
            if not commands.run(question):
                break
            _show_new(alerts, terminal)
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def _browse(link: str) -> bool:
    import webbrowser  # noqa: PLC0415  # imported on use: only /open needs it

    return webbrowser.open(link)
