"""
Alerts and digests drawn in a terminal; what is told is put together in ``bot.alerts.viewing``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.alerts.quoting import words_in
from bot.render.citation import SEPARATOR, cite, cite_briefly, day
from bot.render.highlight import pieces
from bot.render.lines import visible_line
from bot.render.screen import QUIET, Margin
from bot.render.terminal import ANSWER, INDENT, QUOTE_MAX_CHARS, QUOTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from bot.alerts.views import AlertView, DigestView, Report, Why
    from bot.render.terminal import Terminal

OUTLETS_MAX = 5
WORDS_MAX = 6
WORD_STYLE = ANSWER


@dataclass(frozen=True, slots=True)
class Reason:
    """
    Why an article is told.

    Attributes:
        query: That matched it, as it was written.
        words: Of the article, in text order, each once.
        score: Of a topic.
    """

    query: str
    words: tuple[str, ...]
    score: float | None


def reasons_of(whys: Sequence[Why]) -> tuple[Reason, ...]:
    """Why an alert was told, a line a subscription."""
    return tuple(
        Reason(why.subscription.query, (*why.title_words, *why.words), why.score) for why in whys
    )


def draw_alert(terminal: Terminal, view: AlertView) -> None:
    """A message about a story."""
    draw_story(terminal, view.lead, view.others, reasons_of(view.reasons))


def draw_digest(terminal: Terminal, view: DigestView) -> None:
    """Stories that are told together, numbered."""
    messages = terminal.messages
    heading = messages.text("told.digest", day=day(view.note.created, messages))
    count = messages.count("told.stories", len(view.stories))
    terminal.screen.write(heading + SEPARATOR + count, "bold")
    for number, story in enumerate(view.stories, start=1):
        lead, *others = story.reports
        terminal.screen.blank()
        draw_story(terminal, lead, others, number=number)


def draw_story(
    terminal: Terminal,
    lead: Report,
    others: Sequence[Report] = (),
    reasons: Sequence[Reason] = (),
    *,
    number: int | None = None,
) -> None:
    """A story: the quote with its matched words, where it is from, who else tells it, why."""
    screen, messages = terminal.screen, terminal.messages
    if lead.standing == "corrected":
        screen.write(messages.text("alert.corrected"), QUIET, INDENT)
    elif lead.standing == "withdrawn":
        screen.write(messages.text("alert.withdrawn"), QUIET, INDENT)
    screen.write(_marked(terminal, lead), margin=QUOTED if screen.is_terminal else INDENT)
    citation = cite(lead.quote, messages)
    margin = Margin() if number is None else Margin.hanging(f"[{number}] ", "bold cyan")
    screen.write(terminal.cited(citation), margin=margin)
    terminal.written_out(citation)
    if others:
        briefs = [str(cite_briefly(other.quote, messages)) for other in others]
        outlets = list(dict.fromkeys(visible_line(brief) for brief in briefs))
        said = "; ".join(outlets[:OUTLETS_MAX])
        if len(outlets) > OUTLETS_MAX:
            rest = messages.number(len(outlets) - OUTLETS_MAX)
            said = messages.text("answer.also_in_more", citations=said, count=rest)
        screen.write(messages.text("told.also", outlets=said), QUIET, INDENT)
    for reason in reasons:
        screen.write(_reason(terminal, reason), QUIET, INDENT)


def _reason(terminal: Terminal, reason: Reason) -> str:
    say = terminal.messages.text
    query = visible_line(reason.query)
    words = [visible_line(word) for word in reason.words[:WORDS_MAX]]
    if reason.score is not None:
        words.append(say("told.score", score=f"{reason.score:.2f}"))
    if not words:
        return query
    return say("told.asked", query=query, words=", ".join(words))


def _marked(terminal: Terminal, lead: Report) -> Text:
    """The quote, with the words that matched in bold; a long one is cut around the first."""
    screen, quote = terminal.screen, lead.quote
    limit = QUOTE_MAX_CHARS if screen.is_terminal else None
    marks = words_in(quote, lead.words)
    shown = screen.text("")
    for piece in pieces(replace(quote, answer=marks[0] if marks else None), limit):
        if piece.kind == "elided":
            shown.append_text(screen.text(piece.text, QUIET))
            continue
        at = piece.span.start
        for mark in marks:
            start, stop = max(mark.start, at), min(mark.stop, piece.span.stop)
            if start < stop:
                shown.append_text(screen.text(quote.article.text[at:start]))
                shown.append_text(screen.text(quote.article.text[start:stop], WORD_STYLE))
                at = stop
        shown.append_text(screen.text(quote.article.text[at : piece.span.stop]))
    return shown
