"""
Quotes and their sources in a chat's markup: the words, the line under them, the links.

Each of these has a bounded length, so that html.py can tell beforehand what fits a message.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from bot.render.citation import SEPARATOR, Part, cite, cite_briefly, day, web_address
from bot.render.highlight import ELLIPSIS, Piece, pieces
from bot.render.markup import (
    LIMIT,
    Html,
    anchor,
    escape,
    joined,
    name,
    tag,
    utf16_length,
)
from retrieval.types import Quote, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.messages import Messages
    from retrieval.types import Article

TITLE_MAX = 160
"""UTF-16 units of a title: past two lines on a phone nobody reads on."""

NAME_MAX = 80
"""UTF-16 units of an outlet, an author or any other name."""

LINK_MAX_BYTES = 2000
"""Telegram's servers and browsers cut or refuse longer addresses; a broken link is worse than none."""

ALSO_IN_MAX = 3

OPENING_MAX = 120
"""UTF-16 units of an article's first words, where it has no title to be called by."""

UNTITLED_MAX = 60
"""UTF-16 units of the first words in a citation, where they stand for the title."""

OUT_OF_REACH = 2 * LIMIT
"""Characters before and behind an answer; less than the half of them are ever shown."""

ELLIPSES_UNITS = 2 * utf16_length(ELLIPSIS + " ")


class Citations:
    """Citation lines in the words of a catalogue, with links for what has no web address."""

    def __init__(self, messages: Messages, link_to: Callable[[Quote], str | None]) -> None:
        self._messages = messages
        self._link_to = link_to

    def line(self, quote: Quote, number: int | None = None, *, is_named: bool = True) -> Html:
        """
        ``1 Baltic Ledger · 8 Jul 2025 · "Title" · ¶1``, linked where it names the article.

        Args:
            quote: What is cited.
            number: Set before it in bold.
            is_named: False under a `heading`, which names the article and is the link.
        """
        parts = cite(quote, self._messages).parts
        link = self.link(quote)
        shown = [self._part(part, quote, link) for part in parts if is_named or not _names(part)]
        cited = joined(shown, SEPARATOR)
        return cited if number is None else joined([tag("b", escape(str(number))), cited], " ")

    def heading(self, quote: Quote) -> Html:
        """The title without quotation marks or, where there is none, what stands for it; linked."""
        link = self.link(quote)
        title = name(quote.article.title or "", TITLE_MAX)
        if title:
            return anchor(link, title)
        return joined(
            self._part(part, quote, link)
            for part in cite(quote, self._messages).parts
            if _names(part)
        )

    def also_in(self, quote: Quote) -> Html:
        """``also in Northern Wire, The Daily Quay and 2 more``; empty where it stands alone."""
        if not quote.also_in:
            return Html("")
        say = self._messages.text
        names = joined(
            (self.brief(other) for other in quote.also_in[:ALSO_IN_MAX]), say("chat.list_comma")
        )
        rest = len(quote.also_in) - ALSO_IN_MAX
        if rest > 0:
            more = say("answer.also_in_more", citations=PLACE, count=self._messages.number(rest))
            names = around(more, names)
        return around(say("answer.also_in", citations=PLACE), names)

    def brief(self, quote: Quote) -> Html:
        """The outlet, linked to the quote; an article that names none as `cite_briefly` has it."""
        first, *_ = cite_briefly(quote, self._messages).parts
        named = name(first.text, NAME_MAX)
        if first.kind != "source" or not named:
            named = name(str(cite_briefly(quote, self._messages)), NAME_MAX)
        return anchor(self.link(quote), named)

    def called(self, article: Article) -> Html:
        """The title or, where there is none, the first words; linked to the page."""
        link = web_address(article.url or "")
        if not _is_taken(link) and article.text:
            start = Quote(article, Span(0, 1), 1, 0.0)
            link = web_address(self._link_to(start) or "")
        shown = name(article.title or "", TITLE_MAX) or name(article.text, OPENING_MAX)
        return anchor(link if _is_taken(link) else None, shown)

    def origin(self, article: Article) -> Html:
        """``Baltic Ledger · 8 Jul 2025``, as far as it is known."""
        source = name(article.source or "", NAME_MAX)
        if article.published is None:
            return source
        return joined([source, escape(day(article.published, self._messages))], SEPARATOR)

    def link(self, quote: Quote) -> str | None:
        """To the quote in its page, else to the page, else where the platform shows it."""
        address = cite(quote, self._messages).link
        if not _is_taken(address):
            address = web_address(quote.article.url or "")
        if not _is_taken(address):
            address = web_address(self._link_to(quote) or "")
        return address if _is_taken(address) else None

    def _part(self, part: Part, quote: Quote, link: str | None) -> Html:
        if part.kind == "title":
            # Cut before it is put between quotation marks, so that both are there
            title = name(quote.article.title or "", TITLE_MAX)
            said = self._messages.text("citation.title", title=PLACE)
            return anchor(link, around(said, title))
        if part.kind != "place":
            return name(part.text, NAME_MAX)
        opening = name(quote.article.text, UNTITLED_MAX)
        if not opening:
            return anchor(link, name(part.text, TITLE_MAX))
        # Readers know no files: the first words tell more than where the text was read
        said = self._messages.text("chat.untitled", words=PLACE)
        return anchor(link, around(said, opening))


PLACE = "\0"
"""Stands in a sentence of the catalogue for markup; no catalogue and no number holds one."""


def around(sentence: str, inside: Html) -> Html:
    """*sentence* with *inside* where its `PLACE` is."""
    before, _, behind = sentence.partition(PLACE)
    return joined([escape(before), inside, escape(behind)])


def _names(part: Part) -> bool:
    return part.kind in {"title", "place"}


def _is_taken(address: str | None) -> bool:
    """Whether Telegram makes a link of *address*: none of ``http://wiki/`` or ``http://[::1]/``."""
    if address is None or len(address) > LINK_MAX_BYTES:  # ASCII by now
        return False
    host = urlsplit(address).netloc
    return "." in host and not host.startswith("[")


def drawn(shown: Iterable[Piece], answer: Literal["b", "u"] = "b") -> Html:
    """Pieces of a quote, with the answer in bold (or underlined, where all is bold)."""
    return joined(
        tag(answer, escape(piece.text)) if piece.kind == "answer" else escape(piece.text)
        for piece in shown
    )


def fitted(quote: Quote, max_units: int) -> Sequence[Piece]:
    """
    *quote* in pieces that take no more than *max_units* UTF-16 units (at least 8).

    An answer that alone is longer is not set apart, since what is set apart is never cut.
    """
    if utf16_length(quote.text) <= max_units:
        return pieces(quote)
    room = max_units - ELLIPSES_UNITS
    if quote.answer is not None and utf16_length(quote.answer.of(quote.article.text)) > room:
        quote = replace(quote, answer=None)
    quote = _near(quote)
    max_chars = room
    cuts = pieces(quote, max_chars)
    # Units are one or two a character: one round, seldom two; with no room only the answer is left
    while max_chars > 0 and (over := _units(cuts) - max_units) > 0:
        max_chars = max(max_chars - over, 0)
        cuts = pieces(quote, max_chars)
    return cuts


def _units(shown: Sequence[Piece]) -> int:
    return sum(utf16_length(piece.text) for piece in shown)


def _near(quote: Quote) -> Quote:
    """*quote* without what no message can reach: to tell its characters apart takes long."""
    answer = quote.answer or Span(quote.span.start, quote.span.start)
    start = max(quote.span.start, answer.start - OUT_OF_REACH)
    return replace(quote, span=Span(start, min(quote.span.stop, answer.stop + OUT_OF_REACH)))
