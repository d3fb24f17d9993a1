"""A terminal that draws into memory, and quotes to draw on it."""

import io
import re

from rich.console import Console

from bot.messages import Messages
from bot.render.screen import Screen
from bot.render.terminal import Terminal, open_terminal
from retrieval.types import Article, Context, Hit, Passage, Quote, Sentence, Span

EN = Messages("en")
CODES = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\")


class Paper:
    """A terminal that draws into memory: a pipe, or a screen of some columns."""

    def __init__(self, columns: int | None = None) -> None:
        self.file = io.StringIO()
        if columns is None:
            self.terminal = open_terminal(EN, self.file)
        else:
            console = Console(
                file=self.file,
                width=columns,
                force_terminal=True,
                color_system="standard",
                highlight=False,
                legacy_windows=False,
            )
            self.terminal = Terminal(Screen(console), EN)

    @property
    def raw(self) -> str:
        return self.file.getvalue()

    @property
    def seen(self) -> str:
        return CODES.sub("", self.raw)


def quote_of(article: Article, words: str, answer: str | None = None, **more: object) -> Quote:
    start = article.text.index(words)
    found = None
    if answer is not None:
        at = article.text.index(answer, start)
        found = Span(at, at + len(answer))
    return Quote(article, Span(start, start + len(words)), 1, 2.0, found, **more)


def context_of(article: Article, rank: int, score: float) -> Context:
    span = Span(0, len(article.text))
    return Context(Hit(rank, score, rank), article, Passage(span, (Sentence(span, 1),)))
