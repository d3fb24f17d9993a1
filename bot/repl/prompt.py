"""
The line editor of the chat: history, completion of commands and sources, pasting.

Imports prompt_toolkit, so it is itself imported only when a terminal is there.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.styles import Style

from bot.render.lines import visible_line
from bot.render.terminal import PROMPT
from bot.repl.commands import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from bot.conversation import Conversation
    from bot.messages import Messages

log = logging.getLogger(__name__)

FILTERS = ("source:", "after:", "before:", "lang:")
NUMBERED = ("context", "open", "why")

_SOURCE_VALUE = re.compile(
    r'(?:^|\s)source:(?:"(?P<quoted>[^"]*)|(?P<bare>[^\s"]*))$', re.IGNORECASE
)
_LANG_VALUE = re.compile(r"(?:^|\s)lang:(?P<value>[^\s]*)$", re.IGNORECASE)
_WORD = re.compile(r"\S+$")


class Prompt:
    """Reads lines from a terminal."""

    def __init__(
        self, conversation: Conversation, messages: Messages, history_file: Path | None
    ) -> None:
        self._session: PromptSession[str] = PromptSession(
            history=_open_history(history_file),
            completer=ChatCompleter(conversation, messages),
            complete_while_typing=Condition(self._is_completed_while_typing),
            style=Style.from_dict({"prompt": "bold ansicyan"}),
            reserve_space_for_menu=6,
        )
        self.had_text = False

    def read(self) -> str:
        """
        The next line, or the several lines of a paste.

        Raises:
            KeyboardInterrupt: On Ctrl-C; ``had_text`` tells whether it cleared something.
            EOFError: On Ctrl-D.
        """
        try:
            return self._session.prompt(FormattedText([("class:prompt", PROMPT)]))
        except KeyboardInterrupt:
            self.had_text = bool(self._session.default_buffer.text)
            raise

    def _is_completed_while_typing(self) -> bool:
        """Commands and source names offer themselves; plain words wait for Tab."""
        before = self._session.default_buffer.document.text_before_cursor
        return before.startswith("/") or _SOURCE_VALUE.search(before) is not None


class ChatCompleter(Completer):
    """Completes commands, numbers of quotes, filters, and the names of sources."""

    def __init__(self, conversation: Conversation, messages: Messages) -> None:
        self._conversation = conversation
        self._messages = messages

    def get_completions(
        self,
        document: Document,
        complete_event: CompleteEvent,  # noqa: ARG002  # prompt_toolkit's signature
    ) -> Iterable[Completion]:
        """What may stand at the cursor."""
        before = document.text_before_cursor
        if before.startswith("/"):
            return self._in_command(before[1:])
        if value := _SOURCE_VALUE.search(before):
            return self._source_values(value["quoted"] or value["bare"] or "", value)
        if value := _LANG_VALUE.search(before):
            return _completions(self._langs(), value["value"])
        word = _WORD.search(before)
        return _completions(FILTERS, word[0]) if word else ()

    def _in_command(self, before: str) -> Iterator[Completion]:
        name, space, argument = before.partition(" ")
        if not space:
            for command in COMMANDS:
                if command.startswith(name.casefold()):
                    meaning = self._messages.text(f"help.command.{command}")
                    yield Completion(command, -len(name), f"/{command}", meaning)
        elif name == "sources":
            for source in self._names():
                if argument.casefold() in source.casefold():
                    yield Completion(source, -len(argument))
        elif name in NUMBERED and self._conversation.last is not None:
            for number, quote in enumerate(self._conversation.last.shown, 1):
                if str(number).startswith(argument):
                    meta = visible_line(quote.text)
                    yield Completion(str(number), -len(argument), display_meta=meta)

    def _source_values(self, typed: str, value: re.Match[str]) -> Iterator[Completion]:
        start = value.end() - value.start("bare" if value["quoted"] is None else "quoted")
        quote_mark = value["quoted"] is not None
        for name in self._names():
            if typed.casefold() in name.casefold():
                known = name.partition('"')[0]  # a filter's value cannot hold the mark that ends it
                written = f'"{known}"' if " " in known or quote_mark else known
                yield Completion(written, -(start + quote_mark), display=name)

    def _names(self) -> list[str]:
        names = (summary.source for summary in self._conversation.sources())
        return [visible_line(name) for name in names if name is not None]

    def _langs(self) -> list[str]:
        return sorted({lang for summary in self._conversation.sources() for lang in summary.langs})


def _completions(known: Iterable[str], typed: str) -> Iterator[Completion]:
    for word in known:
        if word.startswith(typed.casefold()):
            yield Completion(word, -len(typed))


def _open_history(file: Path | None) -> History:
    """Questions of earlier chats; only their owner may read them."""
    if file is None:
        return InMemoryHistory()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
    except OSError as e:
        log.warning("history not kept: %s", e)
        return InMemoryHistory()
    return FileHistory(file)
