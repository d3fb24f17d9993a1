"""
Replies drawn in a terminal: quotes, citations, sources, and why a quote was chosen.

On a terminal long quotes are shortened and citations are links; anywhere else (a pipe,
a file) a quote is one whole line and links are written out. Safety and line breaks
are `screen`'s matter, words the catalogue's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.render import lines, wording
from bot.render.citation import SEPARATOR, Citation, cite, cite_briefly, day
from bot.render.highlight import ELLIPSIS, pieces
from bot.render.screen import QUIET, Margin, Screen, open_screen
from retrieval.types import Answer, Filters, Quote

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from rich.text import Text

    from bot.messages import Messages
    from retrieval.store import SourceSummary
    from retrieval.types import Article, Context, NoAnswer, Span

QUOTE_MAX_CHARS = 700
"""A quote on a terminal is shortened past this: about eight lines, three quotes a screen."""

PASSAGE_MAX_CHARS = 240
"""A passage in a ranked list shows its beginning only, on a terminal."""

PROMPT = "› "
ALSO_IN_MAX = 3
BAR_COLUMNS = 8

ANSWER = "bold green"
NUMBER = "bold cyan"
WARNING = "yellow"
ERROR = "red"
POSITIVE = "cyan"
NEGATIVE = "magenta"

INDENT = Margin("    ", "    ")
QUOTED = Margin("│ ", "│ ")
NEAREST = Margin("┆ ", "┆ ")
AROUND = Margin("  ", "  ")


class Terminal:
    """Draws on a screen, in the words of a catalogue."""

    def __init__(self, screen: Screen, messages: Messages) -> None:
        self.screen = screen
        self.messages = messages

    def say(self, sentence: str) -> None:
        """A sentence of the catalogue."""
        self.screen.write(sentence)

    def hint(self, sentence: str) -> None:
        """A sentence that stays in the background."""
        self.screen.write(sentence, QUIET)

    def fail(self, sentence: str) -> None:
        """A sentence that tells what went wrong."""
        self.screen.write(sentence, ERROR)

    def echo(self, question: str) -> None:
        """A question that was read from a pipe, so that the transcript can be followed."""
        margin = Margin.hanging(PROMPT, NUMBER)
        self.screen.write(lines.visible_line(question), "bold", margin)

    def point_at(self, text: str, position: int) -> None:
        """What stands around *position* of *text*, with a caret under it."""
        line, column = wording.pointed(text, position)
        self.screen.write_line(line, indent=2)
        self.screen.write_line("^", indent=2 + column)

    def understood(
        self,
        question: str | None,
        reply: Answer | NoAnswer,
        filters: Filters,
        widened: Filters | None,
    ) -> None:
        """The small print before a reply, see `wording.understood`."""
        for sentence in wording.understood(question, reply, filters, widened, self.messages):
            self.hint(sentence)
            self.screen.blank()

    def answer(
        self,
        reply: Answer | NoAnswer,
        filters: Filters = Filters(),  # noqa: B008  # frozen
        *,
        explain: bool = False,
    ) -> None:
        """
        The quotes that answer, or why there are none and what comes closest.

        Args:
            reply: What the desk gave.
            filters: What the question asked for, told when they are the reason.
            explain: A table of features under each quote.
        """
        said = wording.verdict(reply, filters, self.messages)
        is_answer = isinstance(reply, Answer)
        quotes = reply.quotes if isinstance(reply, Answer) else reply.nearest
        if said is not None:
            self.screen.write(said, WARNING)
        if quotes and not is_answer:
            self.hint(self.messages.text("no_answer.nearest"))
        if said is not None and quotes:
            self.screen.blank()
        self.quotes(quotes, 1, is_answer=is_answer, explained=reply if explain else None)
        told = wording.accounts(reply, self.messages)
        if told is not None:
            self.screen.blank()
            self.screen.write(told)
        lacking = wording.partial(reply, self.messages)
        if lacking is not None:
            self.screen.blank()
            self.screen.write(lacking, WARNING)

    def quotes(
        self,
        quotes: Sequence[Quote],
        first: int,
        *,
        is_answer: bool,
        explained: Answer | NoAnswer | None = None,
    ) -> None:
        """Quotes with their citations, numbered from *first*; why each was chosen on demand."""
        limit = QUOTE_MAX_CHARS if self.screen.is_terminal else None
        for number, quote in enumerate(quotes, first):
            if number > first:
                self.screen.blank()
            self.screen.write(
                self._quote(quote, limit, is_answer=is_answer),
                margin=(QUOTED if is_answer else NEAREST) if self.screen.is_terminal else INDENT,
            )
            self._citation(number, quote)
            if explained is not None:
                self.screen.blank()
                self.why(number, quote, explained)

    def context(self, number: int, quote: Quote, around: Sequence[Span]) -> None:
        """A quote in its place: the paragraphs *around*, with a bar beside those quoted from."""
        text = quote.article.text
        self._citation(number, quote)
        facts = self._facts(quote.article)
        if facts:
            self.screen.write(SEPARATOR.join(facts), QUIET, INDENT)
        if around and text[: around[0].start].strip():
            self.screen.blank()
            self.screen.write(ELLIPSIS, QUIET, AROUND)
        for span in around:
            self.screen.blank()
            self._paragraph(quote, span)
        if around and text[around[-1].stop :].strip():
            self.screen.blank()
            self.screen.write(ELLIPSIS, QUIET, AROUND)

    def why(self, number: int, quote: Quote, reply: Answer | NoAnswer) -> None:
        """The features of a quote's score with their shares, the largest first."""
        say = self.messages.text
        if quote.features:
            self._features(quote)
        else:
            self.hint(say("why.no_features"))
        found = _passage_of(quote, reply.contexts)
        if found is not None:
            rank, count = found.hit.rank, len(reply.contexts)
            self.hint(say("why.passage", rank=rank, count=count, score=f"{found.hit.score:.2f}"))
        if number == 1:
            self.hint(say("why.confidence", percent=f"{100 * reply.confidence:.0f}"))

    def sources(self, summaries: Sequence[SourceSummary], wanted: str = "") -> None:
        """A table of sources, those with *wanted* in the name, and the dates they span."""
        say = self.messages.text
        named = [(say("sources.unnamed") if s.source is None else s.source, s) for s in summaries]
        rows = [(name, s) for name, s in named if wanted.casefold() in name.casefold()]
        if not rows:
            said = say("sources.no_match", wanted=wanted) if named else say("sources.none")
            self.screen.write(said, WARNING)
            return
        headings = ("name", "articles", "first", "last", "langs")[
            : None if self.screen.is_wide else 4
        ]
        table = self.screen.table(*(say(f"sources.{h}") for h in headings), numbers=(1, 2, 3))
        for name, summary in rows:
            first, last = (
                say("sources.unknown") if date is None else day(date, self.messages)
                for date in (summary.first, summary.last)
            )
            cells = (
                self.screen.text(lines.visible_line(name), QUIET if summary.source is None else ""),
                self.messages.number(summary.articles),
                first,
                last,
                self.screen.text(" ".join(summary.langs)),
            )
            table.add_row(*cells[: len(headings)])
        self.screen.draw(table)
        self.screen.blank()
        self.hint(wording.as_of([summary for _, summary in rows], self.messages))

    def passages(self, contexts: Sequence[Context]) -> None:
        """Ranked passages: where each stands, its score, and how it begins."""
        if not contexts:
            self.screen.write(self.messages.text("passages.none"), WARNING)
        limit = PASSAGE_MAX_CHARS if self.screen.is_terminal else None
        for n, context in enumerate(contexts):
            if n:
                self.screen.blank()
            shown = Quote(
                article=context.article,
                span=context.passage.span,
                paragraph=context.passage.sentences[0].paragraph,
                score=context.hit.score,
            )
            rank = self.messages.text("passages.rank", rank=context.hit.rank)
            score = self.messages.text("passages.score", score=f"{context.hit.score:.2f}")
            heading = self.cited(cite(shown, self.messages))
            heading.append_text(self.screen.text(SEPARATOR + score, QUIET))
            self.screen.write(heading, margin=Margin.hanging(f"{rank:<{len(INDENT.rest)}}", NUMBER))
            self.screen.write(self._quote(shown, limit, is_answer=False), margin=INDENT)

    def commands(self, rows: Sequence[tuple[str, str]], notes: Sequence[str]) -> None:
        """The commands with what they do, and notes under them."""
        wide = max(lines.width(name) for name, _ in rows) + 2
        for name, meaning in rows:
            label = name + " " * (wide - lines.width(name))
            self.screen.write(meaning, margin=Margin.hanging(label, NUMBER))
        for note in notes:
            self.screen.blank()
            self.hint(note)

    def _quote(self, quote: Quote, limit: int | None, *, is_answer: bool) -> Text:
        styles = {"answer": ANSWER if is_answer else "", "elided": QUIET, "plain": ""}
        text = self.screen.text("")
        for piece in pieces(quote, limit):
            text.append_text(self.screen.text(piece.text, styles[piece.kind]))
        return text

    def _paragraph(self, quote: Quote, span: Span) -> None:
        """A paragraph; what is quoted stands out from the rest of it."""
        text = quote.article.text
        if not span.overlaps(quote.span):
            self.screen.write(span.of(text), QUIET, AROUND)
            return
        start, stop = max(span.start, quote.span.start), min(span.stop, quote.span.stop)
        shown = self.screen.text("")
        shown.append_text(self.screen.text(text[span.start : start], QUIET))
        for piece in pieces(quote):
            inside = text[max(piece.span.start, start) : min(piece.span.stop, stop)]
            shown.append_text(self.screen.text(inside, ANSWER if piece.kind == "answer" else ""))
        shown.append_text(self.screen.text(text[stop : span.stop], QUIET))
        self.screen.write(shown, margin=QUOTED)

    def _citation(self, number: int, quote: Quote) -> None:
        citation = cite(quote, self.messages)
        self.screen.write(self.cited(citation), margin=Margin.hanging(f"[{number}] ", NUMBER))
        self.written_out(citation)
        if not quote.also_in:
            return
        shown = [cite_briefly(other, self.messages) for other in quote.also_in[:ALSO_IN_MAX]]
        said = "; ".join(lines.visible_line(str(other)) for other in shown)
        if len(quote.also_in) > len(shown):
            rest = self.messages.number(len(quote.also_in) - len(shown))
            said = self.messages.text("answer.also_in_more", citations=said, count=rest)
        self.screen.write(self.messages.text("answer.also_in", citations=said), QUIET, INDENT)
        for other in shown:
            self.written_out(other)

    def cited(self, citation: Citation) -> Text:
        """The parts of a citation, with the title (or what stands for it) as the link."""
        styles = {"source": "", "title": "", "note": WARNING}
        line = self.screen.text("")
        for n, part in enumerate(citation.parts):
            if n:
                line.append(SEPARATOR, QUIET)
            link = citation.link if part.kind in {"title", "place"} else None
            shown = lines.visible_line(part.text)
            line.append_text(self.screen.text(shown, styles.get(part.kind, QUIET), link=link))
        if citation.link is not None and self.screen.has_links:
            line.append_text(self.screen.text(" ↗", QUIET, link=citation.link))
        return line

    def written_out(self, citation: Citation) -> None:
        """The address itself, where a link cannot be clicked."""
        if citation.link is not None and not self.screen.has_links:
            self.screen.write_line(citation.link, indent=len(INDENT.first))

    def _facts(self, article: Article) -> list[str]:
        """What else is known about an article, for the head of its text."""
        say = self.messages.text
        facts = []
        if article.author is not None:
            facts.append(say("article.author", author=lines.visible_line(article.author)))
        if article.agencies:
            facts.append(say("article.agencies", agencies=", ".join(article.agencies)))
        if article.is_truncated:
            facts.append(say("article.truncated"))
        if article.location is not None:
            facts.append(say("article.file", file=lines.visible_line(article.location.path)))
        return facts

    def _features(self, quote: Quote) -> None:
        say = self.messages.text
        table = self.screen.table(say("why.feature"), say("why.share"), "", "", numbers=(1,))
        largest = max(abs(share) for share in quote.features.values())
        for name, share in sorted(quote.features.items(), key=lambda item: -abs(item[1])):
            columns = round(BAR_COLUMNS * abs(share) / largest) if largest else 0
            meaning = self.messages.find(f"feature.{name}") if self.screen.is_wide else None
            table.add_row(
                self.screen.text(name),
                _signed(share),
                self.screen.text("━" * columns, POSITIVE if share >= 0 else NEGATIVE),
                self.screen.text(meaning or "", QUIET),
            )
        table.add_row(self.screen.text(say("why.total"), "bold"), _signed(quote.score), "", "")
        self.screen.draw(table)
        self.screen.blank()


def _signed(share: float) -> str:
    """``+0.420``, and no sign before a share that rounds to nothing."""
    written = f"{share:+.3f}"
    return written if float(written) else written[1:]


def _passage_of(quote: Quote, contexts: Sequence[Context]) -> Context | None:
    """The best ranked passage that holds the beginning of *quote*."""
    for context in contexts:
        span = context.passage.span
        is_same = (context.article.id, context.article.version) == (
            quote.article.id,
            quote.article.version,
        )
        if is_same and span.start <= quote.span.start < span.stop:
            return context
    return None


def open_terminal(
    messages: Messages, file: TextIO | None = None, width: int | None = None
) -> Terminal:
    """
    A terminal on *file* (standard output), that colours and breaks lines only for a reader.

    Args:
        messages: The words to use.
        file: Where to write.
        width: Columns; None takes the terminal's.
    """
    return Terminal(open_screen(file, width), messages)
