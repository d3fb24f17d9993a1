"""
The surface that terminal rendering draws on: a rich console, made safe.

Every character passes `lines.visible` on its way in. On a terminal, text is broken
to the width; elsewhere a paragraph stays one line, so that it can be searched for.
What is drawn is `terminal`'s matter.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from bot.render import lines

if TYPE_CHECKING:
    from collections.abc import Container

    from rich.console import Console, RenderableType
    from rich.table import Table
    from rich.text import Text

TEXT_MAX_COLUMNS = 96
"""Lines of text are no longer than this on a wide terminal; longer ones are hard to read."""

WIDE_COLUMNS = 80

PIPE_COLUMNS = 100_000
"""Outside a terminal nothing is broken or cut, tables neither."""

QUIET = "dim"


@dataclass(frozen=True, slots=True)
class Margin:
    """What stands before the first line of a block and before the others, equally wide."""

    first: str = ""
    rest: str = ""
    style: str = QUIET

    @classmethod
    def hanging(cls, label: str, style: str = QUIET) -> Margin:
        """*label*, which is ours and safe, before the first line; as much room before the others."""
        return cls(label, " " * lines.width(label), style)


def open_screen(file: TextIO | None = None, width: int | None = None) -> Screen:
    """
    A screen on *file* (standard output) that colours only a terminal.

    Args:
        file: Where to write.
        width: Columns; None takes the terminal's.
    """
    from rich.console import Console  # noqa: PLC0415  # imported on use: rich

    class PatientConsole(Console):
        """Leaves a closed pipe to the caller, who knows how to end the program."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError(
                errno.EPIPE, os.strerror(errno.EPIPE)
            )  # click looks at the number

    console = PatientConsole(file=file, highlight=False, markup=False, emoji=False)
    if width is not None:
        console.width = width
    elif not console.is_terminal:
        console.width = PIPE_COLUMNS
    return Screen(console)


class Screen:
    """Writes styled, safe text to a console."""

    def __init__(self, console: Console) -> None:
        self.console = console

    @property
    def is_terminal(self) -> bool:
        """Whether someone reads along, in lines of a known width."""
        return self.console.is_terminal

    @property
    def has_links(self) -> bool:
        """Whether a link can be put under a word."""
        return self.console.is_terminal and self.console.color_system is not None

    @property
    def columns(self) -> int:
        """The width for text."""
        return min(self.console.width, TEXT_MAX_COLUMNS)

    def text(self, content: str, style: str = "", *, link: str | None = None) -> Text:
        """*content* made safe; *link* is an address from `citation.web_address`."""
        from rich.text import Text  # noqa: PLC0415  # imported on use: rich

        text = Text(lines.visible(content), style=style, end="")
        if link is not None:
            text.stylize(f"link {link}")
        return text

    def write(self, content: Text | str, style: str = "", margin: Margin | None = None) -> None:
        """A paragraph behind *margin*, broken to the width of a terminal."""
        from rich.text import Text  # noqa: PLC0415  # imported on use: rich

        content = self.text(content, style) if isinstance(content, str) else content
        margin = Margin() if margin is None else margin
        columns = max(self.columns - lines.width(margin.rest), 1)
        lead = margin.first
        for block in content.split("\n", allow_blank=True):
            breaks = lines.break_line(block.plain, columns) if self.is_terminal else []
            for line in block.divide(breaks):
                line.rstrip()
                whole = Text(end="").append(lead, margin.style)
                whole.append_text(line)
                self.console.print(whole, soft_wrap=True)
                lead = margin.rest

    def write_line(self, content: str, indent: int = 0) -> None:
        """One line that is never broken: an address that is to be copied."""
        self.console.print(" " * indent, self.text(content), sep="", soft_wrap=True)

    @property
    def is_wide(self) -> bool:
        """Whether there is room for a column that can be done without."""
        return self.console.width >= WIDE_COLUMNS

    def blank(self) -> None:
        """An empty line."""
        self.console.print()

    def table(self, *headings: str, numbers: Container[int] = ()) -> Table:
        """An empty table with quiet *headings* and no lines; columns of *numbers* to the right."""
        from rich.table import Table  # noqa: PLC0415  # imported on use: rich

        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=QUIET)
        for n, heading in enumerate(headings):
            table.add_column(
                self.text(heading),
                justify="right" if n in numbers else "left",
                no_wrap=n in numbers,
                overflow="fold",
            )
        return table

    def draw(self, table: RenderableType) -> None:
        """A table, as wide as it needs."""
        self.console.print(table)


def survive_encoding() -> None:
    """Let standard output replace what its encoding lacks: no article may stop an answer."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def hush_closed_pipe() -> None:
    """After a BrokenPipeError: let the interpreter's last flush go nowhere, without a word."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())
    os.close(devnull)
