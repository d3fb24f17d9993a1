"""``clipdesk ask``: one question, or a batch of them."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NoReturn

import click

from bot.commands.demo import offered_demo
from bot.commands.filtering import FilterOptions
from bot.errors import UsageProblem
from bot.render.records import json_line, reply_object
from bot.services import open_desk
from bot.settings import Settings
from retrieval.asking import Found, ask_parsed
from retrieval.desk import Desk
from retrieval.errors import SourceError
from retrieval.query import ParsedQuestion, parse_question, read_period
from retrieval.types import Answer, Filters, NoAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted(FilterOptions):
    """The options of ``clipdesk ask``."""

    as_json: bool
    batch: str | None
    k: int
    quotes: int | None
    explain: bool


def run_ask(settings: Settings, question: str, wanted: Wanted) -> int:
    """
    Print the answers.

    Returns:
        0, or 2 when a line of the batch was no question. That the corpus holds no
        answer is an outcome, not a failure.

    Raises:
        UsageProblem: If there is no question, or both a question and a batch.
        QueryError: If a filter does not parse.
    """
    if not question.strip() and wanted.batch is None:
        raise UsageProblem('no question given; write clipdesk ask "QUESTION" or --batch FILE')
    if question.strip() and wanted.batch is not None:
        raise UsageProblem("give a question or --batch FILE, not both")
    now = datetime.now(UTC)
    asking = _Asking(settings, wanted, wanted.filters(now), now)
    if wanted.batch is not None:
        with open_desk(settings) as desk:
            return asking.ask_batch(desk, wanted.batch)
    parsed = _within(parse_question(question, now), asking.filters)
    with open_desk(settings) as own, offered_demo(settings, own) as desk:
        found, elapsed_ms = asking.ask(desk, parsed)
        if wanted.as_json:
            asking.print_json(found.reply, parsed.question, None, elapsed_ms)
        else:
            # Imported on use: rich, which JSON does not need.
            from bot.messages import Messages  # noqa: PLC0415
            from bot.render.screen import survive_encoding  # noqa: PLC0415
            from bot.render.terminal import open_terminal  # noqa: PLC0415

            survive_encoding()
            terminal = open_terminal(Messages(settings.language))
            terminal.understood(None, found.reply, found.filters, found.widened)
            terminal.answer(found.reply, found.filters, explain=wanted.explain)
    return 0


def _within(parsed: ParsedQuestion, options: Filters) -> ParsedQuestion:
    """*parsed* within what the options ask for as well."""
    narrowed = parsed.narrowed
    if narrowed is not None:
        narrowed = replace(narrowed, filters=_joined(options, narrowed.filters))
    return replace(parsed, filters=_joined(options, parsed.filters), narrowed=narrowed)


def _joined(options: Filters, written: Filters) -> Filters:
    """Filters of the options and of the question; a date in the question comes first."""
    return Filters(
        sources=options.sources + written.sources,
        after=written.after or options.after,
        before=written.before or options.before,
        langs=options.langs + written.langs,
    )


@dataclass(frozen=True, slots=True)
class _Asking:
    settings: Settings
    wanted: Wanted
    filters: Filters
    now: datetime

    def ask(self, desk: Desk, parsed: ParsedQuestion) -> tuple[Found, float]:
        """What was found, and how many milliseconds it took."""
        started = time.perf_counter()
        found = ask_parsed(
            desk, parsed, k=self.wanted.k, quotes=self.wanted.quotes or self.settings.quotes
        )
        return found, (time.perf_counter() - started) * 1000

    def ask_batch(self, desk: Desk, path: str) -> int:
        """Print one JSON object a question as it is answered; 2 if a line was none."""
        failed = 0
        for item in _read_batch(path):
            if isinstance(item, SourceError):
                click.echo(f"clipdesk: {item}", err=True)
                failed += 1
                continue
            question_id, question = item
            # a line of a batch is all question: what looks like a filter in it is none
            parsed = read_period(question, self.filters, self.now)
            found, elapsed_ms = self.ask(desk, parsed)
            self.print_json(found.reply, question, question_id, elapsed_ms)
        return 2 if failed else 0

    def print_json(
        self, reply: Answer | NoAnswer, question: str, question_id: Any, elapsed_ms: float
    ) -> None:
        """Print one JSON object on one line, with the question as it was put."""
        shown = reply_object(
            replace(reply, question=question),
            question_id=question_id,
            elapsed_ms=elapsed_ms,
            explain=self.wanted.explain,
        )
        click.echo(json_line(shown))


def _read_batch(path: str) -> Iterator[tuple[Any, str] | SourceError]:
    """(id, question) of each line; an error for a line that is no question."""
    for number, line in enumerate(_batch_lines(path), start=1):
        if isinstance(line, SourceError):
            yield line
        elif line.strip():
            yield _parse_batch_line(line, f"{path}:{number}")


def _batch_lines(path: str) -> Iterator[str | SourceError]:
    # imported on use: only a batch reads a file
    from retrieval.sources.files import (  # noqa: PLC0415
        STANDARD_INPUT,
        FileLocation,
        open_location,
    )
    from retrieval.sources.lines import iter_lines  # noqa: PLC0415

    if path == STANDARD_INPUT:  # line by line: a program may wait for each answer
        for line in sys.stdin.buffer:
            yield line.decode("utf-8-sig", "replace")
        return
    with open_location(FileLocation(path)) as stream:
        yield from iter_lines(stream)


def _parse_batch_line(line: str, place: str) -> tuple[Any, str] | SourceError:
    try:
        fields = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError):  # brackets nested a thousand deep
        return SourceError(place, "not JSON")
    if not isinstance(fields, dict) or not isinstance(fields.get("question"), str):
        return SourceError(place, 'not an object with a "question" in it')
    return fields.get("id"), fields["question"]


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"not JSON: {constant}")  # Python would take NaN, and print it again
