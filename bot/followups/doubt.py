"""
Whether a quote bears out what was put into a follow-up: it may be about something else.

"And in Tainan?" shares all but one word with the question before, so what answered that
one is found again, and looks as sure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrieval.language.analysis import analyze
from retrieval.language.folding import fold_han
from retrieval.language.items import items
from retrieval.language.questions import Kind, asked
from retrieval.language.references import references

if TYPE_CHECKING:
    from bot.followups.rules import Completion
    from retrieval.types import Quote

_MEASURED = (Kind.TIME, Kind.NUMBER, Kind.MONEY, Kind.PERCENT)
"""Kinds whose answers have a form: a quote without one does not answer."""


def is_borne_out(completion: Completion, quote: Quote) -> bool:
    """
    Whether *quote* names what *completion* put in, and holds what is asked of it.

    That is a date or a number where one is asked for, and otherwise a word of the question
    beside the name. True where nothing was put in.
    """
    name = completion.name
    if name is None:
        return True
    table = references(completion.question)
    lang = "und" if table is None else table.lang
    said = f"{quote.article.title or ''}\n{quote.text}"
    if not _is_named(name, said, lang):
        return False
    wanted = asked(completion.question, (lang,))
    if wanted.kind in _MEASURED:
        return _holds(quote, wanted.kind)
    words = "" if wanted.words is None else wanted.words.of(completion.question)
    own = _terms(completion.question, lang) - _terms(name, lang) - _terms(words, lang)
    return not own or not own.isdisjoint(_terms(said, lang))


def _is_named(name: str, said: str, lang: str) -> bool:
    """Whether half of the words of *name* are there, or all of it, in unspaced scripts."""
    if fold_han(name).casefold() in fold_han(said).casefold():
        return True
    if lang == "zh":
        return False
    wanted = _terms(name, lang)
    return 2 * len(wanted & _terms(said, lang)) >= max(len(wanted), 1)


def _holds(quote: Quote, kind: Kind) -> bool:
    """Whether an item of *kind* stands in *quote*; a year is no number of anything."""
    found = items(quote.text, kind)
    if kind is Kind.TIME:
        return bool(found)
    dates = items(quote.text, Kind.TIME)
    return any(not any(span.overlaps(date) for date in dates) for span in found)


def _terms(text: str, lang: str) -> set[str]:
    return {term.text for term in analyze(text, lang) if not term.is_stop}
