"""``clipdesk eval``: question sets scored, beside a peer, and gated by floors."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from bot.demo import demo_path
from bot.errors import UsageProblem
from bot.render.progress import progress_bar
from bot.settings import Settings
from retrieval.desk import Desk
from retrieval.evaluation.peer import Peer
from retrieval.evaluation.questions import QuestionSet, read_question_set
from retrieval.evaluation.scoring import Ask, score

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options of ``clipdesk eval``."""

    limit: int | None
    peer: bool
    floor: tuple[str, ...]
    as_json: bool

    def floors(self) -> Figures:
        """Least values by the figure's name."""
        floors = {}
        for written in self.floor:
            name, _, least = written.partition("=")
            try:
                floors[name] = float(least)
            except ValueError:
                raise UsageProblem(f"no floor: {written!r}; write for example q1=74") from None
        return floors


def run_eval(settings: Settings, sets: Sequence[str], wanted: Wanted) -> int:
    """
    Print each set's figures.

    Returns:
        1 if a figure is below its floor, else 0.
    """
    floors = wanted.floors()
    is_met = True
    folders = [Path(folder) for folder in sets] or [demo_path()]
    for folder in folders:
        questions = read_question_set(folder, wanted.limit)
        for system, figures in _measure(questions, settings, peer=wanted.peer).items():
            _print_figures(questions, system, figures, as_json=wanted.as_json)
            if system == "clipdesk":
                is_met &= _meets(questions.name, figures, floors)
    return 0 if is_met else 1


def _measure(questions: QuestionSet, settings: Settings, *, peer: bool) -> dict[str, Figures]:
    """Figures by system, all over the same passages."""
    with (
        tempfile.TemporaryDirectory(prefix="clipdesk-eval-") as folder,
        Desk.open(folder, engine=settings.engine) as desk,
    ):
        report = desk.add([questions.articles])
        if report.failed.count:
            raise UsageProblem(
                f"articles of {questions.name!r} cannot be read: {report.failed.first[0]}"
            )
        measured = {"clipdesk": _figures(questions, desk.ask)}
        if peer:
            held = [
                (article, stored.passage)
                for article in desk.store.iter_articles()
                for stored in desk.store.article_passages(article.id)
            ]
            measured["rank-bm25"] = _figures(questions, Peer(held).ask)
        return measured


def _figures(questions: QuestionSet, ask: Ask) -> Figures:
    with progress_bar(questions.name) as on_step:
        total = len(questions.questions)
        result = score(questions.questions, ask, lambda done: on_step(done, total, ""))
    return result.figures()


def _print_figures(questions: QuestionSet, system: str, figures: Figures, *, as_json: bool) -> None:
    if as_json:
        shown = {"set": questions.name, "digest": questions.digest, "system": system} | figures
        click.echo(json.dumps(shown))
        return
    row = "  ".join(f"{name} {value:g}" for name, value in figures.items())
    click.echo(f"{questions.name:16} {system:10} {row}")


def _meets(name: str, figures: Figures, floors: Figures) -> bool:
    is_met = True
    for figure, least in floors.items():
        if figure not in figures:
            raise UsageProblem(f"{name} has no figure {figure!r}, only {', '.join(figures)}")
        if figures[figure] < least:
            click.echo(
                f"clipdesk: {name}: {figure} is {figures[figure]}, floor {least:g}", err=True
            )
            is_met = False
    return is_met
