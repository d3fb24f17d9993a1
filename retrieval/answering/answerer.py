"""
Ranked passages in, quotes out: the order of the work, and nothing of what it counts for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from retrieval.answering import confidence
from retrieval.answering.accounts import accounts
from retrieval.answering.candidates import QuestionView, TermStats
from retrieval.answering.choice import Pick, choose
from retrieval.answering.features import FEATURES
from retrieval.answering.highlight import answer_span
from retrieval.answering.ranking import Ranking, rank
from retrieval.types import Answer, Context, NoAnswer, Quote, Span

# Quotes that are looked at for what they say of the figure; later ones seldom answer.
_WITNESSES = 6


class Answerer:
    """Chooses the sentences that answer, or says that none does well enough."""

    def answer(
        self,
        question: str,
        contexts: Sequence[Context],
        stats: TermStats,
        *,
        quotes: int = 3,
        strict: bool = False,
    ) -> Answer | NoAnswer:
        """
        At most *quotes* quotations from *contexts*, best first.

        Args:
            question: As it was asked; of any length and in any language.
            contexts: Ranked passages, best first; about ten.
            stats: Of the corpus that the passages come from.
            quotes: At most so many, at least one.
            strict: Answer only from an article that holds every name of the question.
        """
        ranked = rank(question, contexts, stats)
        kept = tuple(contexts)
        if not ranked.order:
            return NoAnswer(question, "no_match", contexts=kept)
        if not any(scene.view.weights for scene in ranked.scene_of):
            return NoAnswer(question, "no_terms", contexts=kept)
        picks = choose(ranked, max(quotes, _WITNESSES))
        told = tuple(_quote(ranked, pick) for pick in picks)
        found = told[:quotes]
        sure = confidence.estimate(ranked, strict=strict)
        if not found or not confidence.is_enough(sure):
            return NoAnswer(question, "low_confidence", found, sure.right, kept)
        view = ranked.scene_of[picks[0].index].view
        agreed = accounts(view, told, stats)
        figures = {q.article.id: q for account in agreed for q in account.quotes}
        found = tuple(_with_figure(quote, figures.get(quote.article.id)) for quote in found)
        return Answer(question, found, sure.right, kept, agreed)


def _with_figure(quote: Quote, told: Quote | None) -> Quote:
    """What two articles count alike is surer than what stands nearest to the question's words."""
    return quote if told is None or told.span != quote.span else replace(quote, answer=told.answer)


def _quote(ranked: Ranking, pick: Pick) -> Quote:
    index, article = pick.index, pick.candidate.article
    return Quote(
        article=article,
        span=pick.span,
        paragraph=pick.paragraph,
        score=ranked.score(index),
        answer=_answer(ranked.scene_of[index].view, pick),
        features={n: float(s) for n, s in zip(FEATURES, ranked.shares[index], strict=True) if s},
        also_in=tuple(_quote(ranked, other) for other in pick.others),
    )


def _answer(view: QuestionView, pick: Pick) -> Span | None:
    """In the sentence that was chosen, or else in the one quoted with it."""
    c = pick.candidate
    return answer_span(view, c.article, c.sentence.span, pick.span)
