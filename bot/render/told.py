"""
Alerts, digests and back-tests drawn in a terminal; what is told is put together elsewhere.

Values come first, in the words of the library; drawing is below.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.render.citation import SEPARATOR, cite, cite_briefly, day
from bot.render.highlight import pieces
from bot.render.lines import visible_line
from bot.render.screen import QUIET, Margin
from bot.render.terminal import ANSWER, INDENT, QUOTE_MAX_CHARS, QUOTED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rich.text import Text

    from bot.render.terminal import Terminal
    from retrieval.types import Quote, Span

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


@dataclass(frozen=True, slots=True)
class ToldStory:
    """
    A story as it is told.

    Attributes:
        quote: Of its best article; ``also_in`` are the others.
        marks: The words in it that matched, in the article's text, in order.
        reasons: At least one.
    """

    quote: Quote
    marks: tuple[Span, ...]
    reasons: tuple[Reason, ...]


def draw_story(terminal: Terminal, story: ToldStory, number: int | None = None) -> None:
    """A story: the quote with its matched words, where it is from, who else tells it, why."""
    screen, messages = terminal.screen, terminal.messages
    screen.write(_marked(terminal, story), margin=QUOTED if screen.is_terminal else INDENT)
    citation = cite(story.quote, messages)
    margin = Margin() if number is None else Margin.hanging(f"[{number}] ", "bold cyan")
    screen.write(terminal.cited(citation), margin=margin)
    terminal.written_out(citation)
    if story.quote.also_in:
        briefs = [str(cite_briefly(other, messages)) for other in story.quote.also_in]
        outlets = list(dict.fromkeys(visible_line(brief) for brief in briefs))
        said = "; ".join(outlets[:OUTLETS_MAX])
        if len(outlets) > OUTLETS_MAX:
            rest = messages.number(len(outlets) - OUTLETS_MAX)
            said = messages.text("answer.also_in_more", citations=said, count=rest)
        screen.write(messages.text("told.also", outlets=said), QUIET, INDENT)
    for reason in story.reasons:
        screen.write(_reason(terminal, reason), QUIET, INDENT)


def draw_digest(terminal: Terminal, stories: Sequence[ToldStory], when: datetime) -> None:
    """Stories that are told together, numbered."""
    messages = terminal.messages
    heading = messages.text("told.digest", day=day(when, messages))
    count = messages.count("told.stories", len(stories))
    terminal.screen.write(heading + SEPARATOR + count, "bold")
    for number, story in enumerate(stories, start=1):
        terminal.screen.blank()
        draw_story(terminal, story, number)


def _reason(terminal: Terminal, reason: Reason) -> str:
    say = terminal.messages.text
    query = visible_line(reason.query)
    words = [visible_line(word) for word in reason.words[:WORDS_MAX]]
    if reason.score is not None:
        words.append(say("told.score", score=f"{reason.score:.2f}"))
    if not words:
        return query
    return say("told.asked", query=query, words=", ".join(words))


def _marked(terminal: Terminal, story: ToldStory) -> Text:
    """The quote, with the words that matched in bold; a long one is cut around the first."""
    screen, quote = terminal.screen, story.quote
    limit = QUOTE_MAX_CHARS if screen.is_terminal else None
    shown = screen.text("")
    for piece in pieces(replace(quote, answer=story.marks[0] if story.marks else None), limit):
        if piece.kind == "elided":
            shown.append_text(screen.text(piece.text, QUIET))
            continue
        at = piece.span.start
        for mark in story.marks:
            start, stop = max(mark.start, at), min(mark.stop, piece.span.stop)
            if start < stop:
                shown.append_text(screen.text(quote.article.text[at:start]))
                shown.append_text(screen.text(quote.article.text[start:stop], WORD_STYLE))
                at = stop
        shown.append_text(screen.text(quote.article.text[at : piece.span.stop]))
    return shown
