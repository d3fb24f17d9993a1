"""
What a line of the chat does: a question is asked, a command is looked up and run.

Reading lines is `prompt`'s work, drawing `render.terminal`'s.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.conversation import NoSuchQuote
from bot.render.citation import cite
from retrieval.errors import QueryError, RetrievalError

if TYPE_CHECKING:
    from bot.conversation import Conversation
    from bot.render.terminal import Terminal
    from bot.repl.alerts import OwnAlerts

OpenLink = Callable[[str], bool]

ALERT_COMMANDS = ("alerts", "subscribe", "unsubscribe")

COMMANDS = ("help", "sources", "context", "more", "open", "why", "new", *ALERT_COMMANDS, "quit")
"""In the order of /help."""

OPEN_NEIGHBOURS = 4
"""Paragraphs on both sides that /open shows of an article without a link: about a screen."""

NEAR_CUTOFF = 0.5
"""Likeness (difflib's ratio) from which a command is suggested: "/quti" and "/src" find theirs."""

_QUESTION_MARKS = ("?", "？", "؟", ";", "՞", "።")  # Greek asks with ";" (U+037E or a semicolon)


class Commands:
    """Runs the lines of one chat."""

    def __init__(
        self,
        conversation: Conversation,
        terminal: Terminal,
        open_link: OpenLink | None,
        alerts: OwnAlerts | None = None,
    ) -> None:
        self._conversation = conversation
        self._terminal = terminal
        self._messages = terminal.messages
        self._open_link = open_link
        self._handlers: dict[str, Callable[[str], None]] = {
            "help": self._help,
            "sources": self._sources,
            "context": self._context,
            "more": self._more,
            "open": self._open,
            "why": self._why,
            "new": self._new,
        }
        if alerts is not None:
            self._handlers |= {
                "alerts": lambda _: alerts.show_list(),
                "subscribe": alerts.subscribe,
                "unsubscribe": alerts.unsubscribe,
            }

    def run(self, line: str) -> bool:
        """Do what *line* asks for; False when it asks to leave."""
        try:
            if not line.startswith("/"):
                self._ask(line)
                return True
            name, _, argument = line[1:].partition(" ")
            if name.casefold() in {"quit", "exit", "q"}:
                return False
            self._command(name.casefold(), argument.strip())
        except QueryError as e:
            self._terminal.fail(self._messages.text("repl.failed", detail=str(e)))
            self._terminal.point_at(line, e.position)
        except RetrievalError as e:
            self._terminal.fail(self._messages.text("repl.failed", detail=str(e)))
        except NoSuchQuote as e:
            self._terminal.fail(self._no_such_quote(e))
        return True

    def _ask(self, question: str) -> None:
        turn = self._conversation.ask(question)
        whole = None if turn.completion is None else turn.completion.question
        self._terminal.understood(whole, turn.reply, turn.filters, turn.widened)
        self._terminal.answer(turn.reply, turn.filters)

    def _command(self, name: str, argument: str) -> None:
        handler = self._handlers.get(name)
        if handler is not None:
            handler(argument)
            return
        known = (*self._handlers, "quit")
        near = difflib.get_close_matches(name, known, n=1, cutoff=NEAR_CUTOFF)
        near = [one for one in known if name and one.startswith(name)][:1] or near
        said = self._messages.text("repl.unknown", command=f"/{name}")
        if near:
            said = self._messages.text("repl.unknown_near", command=f"/{name}", near=f"/{near[0]}")
        self._terminal.fail(said)

    def _help(self, _: str) -> None:
        rows = []
        for name in (*self._handlers, "quit"):
            argument = self._messages.find(f"help.argument.{name}")
            usage = f"/{name}" if argument is None else f"/{name} {argument}"
            rows.append((usage, self._messages.text(f"help.command.{name}")))
        keys = ("help.numbers", "help.filters", "help.ask", "help.keys")
        self._terminal.commands(rows, [self._messages.text(key) for key in keys])

    def _sources(self, wanted: str) -> None:
        self._terminal.sources(self._conversation.sources(), wanted)

    def _context(self, argument: str) -> None:
        number = self._number("context", argument)
        if number is not None:
            quote = self._conversation.quote(number)
            self._terminal.context(number, quote, self._conversation.around(quote))

    def _more(self, _: str) -> None:
        page = self._conversation.more()
        if not page.quotes:
            self._terminal.say(self._messages.text("more.none"))
            return
        if not page.is_answer:
            self._terminal.hint(self._messages.text("more.not_answer"))
            self._terminal.screen.blank()
        self._terminal.quotes(page.quotes, page.first, is_answer=page.is_answer)

    def _open(self, argument: str) -> None:
        number = self._number("open", argument)
        if number is None:
            return
        quote = self._conversation.quote(number)
        link = cite(quote, self._messages).link
        if link is None:
            self._terminal.hint(self._messages.text("open.no_link"))
            self._terminal.screen.blank()
            around = self._conversation.around(quote, OPEN_NEIGHBOURS)
            self._terminal.context(number, quote, around)
        elif self._open_link is not None and self._open_link(link):
            self._terminal.hint(self._messages.text("open.opened"))
        else:
            self._terminal.screen.write_line(link)

    def _why(self, argument: str) -> None:
        number = self._number("why", argument)
        if number is not None:
            quote = self._conversation.quote(number)
            last = self._conversation.last
            if last is not None:
                self._terminal.why(number, quote, last.reply)

    def _new(self, _: str) -> None:
        self._conversation.forget()
        self._terminal.say(self._messages.text("repl.new"))

    def _number(self, command: str, argument: str) -> int | None:
        """The number of a quote, 1 where none is given, None (and a word about it) if it is none."""
        written = argument.strip("[]# ")
        if not argument:
            return 1
        if written.isdecimal() and len(written) <= 6:  # int() refuses thousands of digits
            return int(written)
        self._terminal.fail(self._messages.text("repl.needs_number", command=f"/{command}"))
        return None

    def _no_such_quote(self, error: NoSuchQuote) -> str:
        if error.count is None:
            return self._messages.text("quote.nothing_asked")
        if error.count == 0:
            return self._messages.text("quote.none")
        return self._messages.count("quote.out_of_range", error.count)


def split_pasted(typed: str) -> list[str]:
    """
    The questions in what was typed or pasted.

    Several lines are one question, as when a paragraph is pasted from a page; they are
    one each when every line is whole by itself: a command, or ended by a question mark.
    """
    found = [line.strip() for line in typed.splitlines() if line.strip()]
    if all(line.startswith("/") or line.endswith(_QUESTION_MARKS) for line in found):
        return found
    return ["\n".join(found)]
