"""A question set asked of a desk, and the figures of what came back."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from retrieval.evaluation.metrics import (
    auroc,
    calibration_error,
    holds_any,
    lies_in_any,
    percentile,
)
from retrieval.evaluation.questions import GoldQuestion
from retrieval.types import Answer, Context, NoAnswer, Quote

Ask = Callable[[str], Answer | NoAnswer]


@dataclass(slots=True)
class Score:
    """
    Counts that grow with each question; the figures are percentages of them.

    Attributes:
        q1: Answerable questions whose first quote holds a gold answer (where there
            are no answer strings: lies in a gold sentence).
        q3: The same for any of the first three quotes.
        p1: The first passage is of a gold article, where those are known, and holds a gold
            answer.
        p10: The same for any of the first ten.
        highlightable: First quotes that are right, where answer strings are known.
        highlights: Those that have a highlighted answer.
        right_highlights: Those whose highlighted words overlap a gold answer.
    """

    answerable: int = 0
    unanswerable: int = 0
    q1: int = 0
    q3: int = 0
    p1: int = 0
    p10: int = 0
    refused_answerable: int = 0
    refused_unanswerable: int = 0
    quotes: int = 0
    verbatim: int = 0
    highlightable: int = 0
    highlights: int = 0
    right_highlights: int = 0
    characters: list[int] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    confidences: list[float] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)  # beside confidences
    confidences_unanswerable: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """The figures by name, in percent, characters and milliseconds."""
        shown = {
            "n": float(self.answerable),
            "q1": _percent(self.q1, self.answerable),
            "q3": _percent(self.q3, self.answerable),
            "p1": _percent(self.p1, self.answerable),
            "p10": _percent(self.p10, self.answerable),
            "false_abst": _percent(self.refused_answerable, self.answerable),
        }
        if self.unanswerable:
            shown["abst"] = _percent(self.refused_unanswerable, self.unanswerable)
        sure = [c for c, right in zip(self.confidences, self.right, strict=True) if right]
        if (area := auroc(sure, self.confidences_unanswerable)) is not None:
            shown["auroc"] = round(area, 3)
        outcomes = self.right + [False] * len(self.confidences_unanswerable)
        if (
            gap := calibration_error(self.confidences + self.confidences_unanswerable, outcomes)
        ) is not None:
            shown["ece"] = round(gap, 3)
        shown["verbatim"] = _percent(self.verbatim, self.quotes)
        if self.highlights:
            shown["span"] = _percent(self.right_highlights, self.highlights)
            shown["spans"] = _percent(self.highlights, self.highlightable)
        shown["chars"] = round(sum(self.characters) / max(len(self.characters), 1))
        shown["ms_p50"] = round(percentile(self.milliseconds, 0.5), 1)
        shown["ms_p95"] = round(percentile(self.milliseconds, 0.95), 1)
        return shown

    def add(self, gold: GoldQuestion, reply: Answer | NoAnswer, milliseconds: float) -> None:
        """Count one reply."""
        quotes = reply.quotes if isinstance(reply, Answer) else reply.nearest
        self.milliseconds.append(milliseconds)
        self.quotes += len(quotes)
        self.verbatim += sum(q.article.text.count(q.text) > 0 for q in quotes)
        if not gold.answerable:
            self.unanswerable += 1
            self.refused_unanswerable += isinstance(reply, NoAnswer)
            self.confidences_unanswerable.append(reply.confidence)
            return
        right = [_is_right(gold, quote) for quote in quotes[:3]]
        first_is_right = right[:1] == [True]
        self.answerable += 1
        self.q1 += first_is_right
        self.q3 += any(right)
        self.refused_answerable += isinstance(reply, NoAnswer)
        self.confidences.append(reply.confidence)
        self.right.append(first_is_right)
        self.characters += [len(quote.text) for quote in quotes[:1]]
        self.highlightable += first_is_right and bool(gold.answers)
        if first_is_right and gold.answers and (answer := quotes[0].answer) is not None:
            self.highlights += 1
            words = answer.of(quotes[0].article.text)
            self.right_highlights += holds_any(words, gold.answers) or lies_in_any(
                words, gold.answers
            )
        passages = [_is_gold(gold, context) for context in reply.contexts[:10]]
        self.p1 += passages[:1] == [True]
        self.p10 += any(passages)


def score(questions: Sequence[GoldQuestion], ask: Ask, on_step: Callable[[int], None]) -> Score:
    """Ask all questions in order; *on_step* is told how many are done."""
    result = Score()
    for done, gold in enumerate(questions, start=1):
        started = time.perf_counter()
        reply = ask(gold.question)
        result.add(gold, reply, (time.perf_counter() - started) * 1000)
        on_step(done)
    return result


def _is_right(gold: GoldQuestion, quote: Quote) -> bool:
    if gold.answers:
        return holds_any(quote.text, gold.answers)
    return lies_in_any(quote.text, gold.evidence)


def _is_gold(gold: GoldQuestion, context: Context) -> bool:
    if gold.article_ids and context.article.id not in gold.article_ids:
        return False
    return not gold.answers or holds_any(
        context.passage.span.of(context.article.text), gold.answers
    )


def _percent(count: int, of: int) -> float:
    return round(100 * count / of, 1) if of else 0.0
