"""
The words inside a quote that answer, where the kind asked for can be seen.

Right nearly always, or nothing: a wrong highlight misleads more than a missing one. So
each kind has a rule of what makes an item the one asked for, and where several are as good
none is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from retrieval.answering.candidates import QuestionView
from retrieval.answering.features import new_items
from retrieval.answering.named import person, place
from retrieval.answering.numbered import amount, number, time
from retrieval.answering.quoted import Quoted
from retrieval.language.questions import Kind
from retrieval.types import Article, Span

_Chooser = Callable[[Quoted, Sequence[Span]], Span | None]

# Kinds whose items are the answer itself, not a sign that one is near.
_CHOOSERS: dict[Kind, _Chooser] = {
    Kind.PERSON: person,
    Kind.TIME: time,
    Kind.PLACE: place,
    Kind.NUMBER: number,
    Kind.MONEY: amount,
    Kind.PERCENT: amount,
}
# Kinds whose items answer in the sentence beside the chosen one too, more often than not.
_IN_NEIGHBOURS = frozenset({Kind.TIME, Kind.MONEY, Kind.PERCENT})


def answer_span(
    view: QuestionView, article: Article, sentence: Span, quote: Span | None = None
) -> Span | None:
    """
    The item of the asked kind that answers; None if that is unclear.

    Args:
        view: The question.
        article: That is quoted.
        sentence: The sentence that was chosen; its items come first.
        quote: All that is quoted, the sentence with its neighbours.
    """
    choose = _CHOOSERS.get(view.asked.kind)
    if choose is None or not view.asked.is_sure:
        return None
    if quote is None or view.asked.kind not in _IN_NEIGHBOURS:
        quote = sentence
    for span in dict.fromkeys((sentence, quote)):
        quoted = Quoted(view, article, span)
        places = new_items(view, quoted.text, article.lang)
        if places and (quoted.is_told or view.asked.kind is Kind.NUMBER):
            found = choose(quoted, places)
            return found.shifted(span.start) if found is not None else None
    return None
