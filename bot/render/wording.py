"""
Which sentence of the catalogue goes with an outcome, on every platform.

Nothing here draws: these are plain sentences, not yet escaped.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.render.citation import day
from bot.render.lines import visible, visible_line, width
from retrieval.types import Answer, Filters, NoAnswer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.messages import Messages
    from retrieval.errors import QueryError
    from retrieval.store import SourceSummary
    from retrieval.types import Account

CLEAR_CONFIDENCE = 0.5
"""Below it the first quote is more likely wrong than right, and the reader is told."""


def is_clear(reply: Answer | NoAnswer) -> bool:
    """Whether the quotes may be shown as the answer, without a warning."""
    return isinstance(reply, Answer) and reply.confidence >= CLEAR_CONFIDENCE


def verdict(reply: Answer | NoAnswer, filters: Filters, messages: Messages) -> str | None:
    """What to say before the quotes: None for a clear answer, else a doubt or a reason."""
    if isinstance(reply, Answer):
        return None if is_clear(reply) else messages.text("answer.unclear")
    if reply.reason == "filters":
        return messages.text("reason.filters", filters=describe(filters, messages))
    return messages.text(f"reason.{reply.reason}")


def describe(filters: Filters, messages: Messages) -> str:
    """*filters* in words."""
    alternatives = messages.text("filters.or")
    said = []
    if filters.sources:
        said.append(messages.text("filters.source", names=alternatives.join(filters.sources)))
    said.extend(_dates(filters.after, filters.before, messages))
    if filters.langs:
        said.append(messages.text("filters.lang", langs=alternatives.join(filters.langs)))
    return messages.text("filters.and").join(said)


_A_MOMENT = timedelta(microseconds=1)


def _dates(after: datetime | None, before: datetime | None, messages: Messages) -> list[str]:
    """Both bounds as one stretch with its last day, as people say it: "1 to 28 February"."""
    if after is not None and before is not None and after < before:
        first, last = day(after, messages), day(before - _A_MOMENT, messages)
        if first == last:
            return [messages.text("filters.on", day=first)]
        return [messages.text("filters.between", first=first, last=last)]
    said = []
    if after is not None:
        said.append(messages.text("filters.after", day=day(after, messages)))
    if before is not None:
        said.append(messages.text("filters.before", day=day(before, messages)))
    return said


def understood(
    question: str | None,
    reply: Answer | NoAnswer,
    filters: Filters,
    widened: Filters | None,
    messages: Messages,
) -> list[str]:
    """
    The small print of a reply: how what was asked has been understood.

    Args:
        question: A follow-up as it was made whole; None where it was asked as it stands.
        reply: What was found; that filters are the reason of a refusal is said there.
        filters: Those that the reply keeps to.
        widened: Those within which nothing answers.
        messages: The words to use.

    Returns:
        Whole sentences; none where nothing had to be understood.
    """
    said = []
    if question is not None:
        said.append(messages.text("followup.question", question=question))
    is_reason = isinstance(reply, NoAnswer) and reply.reason == "filters"
    kept = "" if is_reason else describe(filters, messages)
    if widened is not None:
        key = "widened" if isinstance(reply, Answer) else "not_within"
        said.append(messages.text(f"understood.{key}", filters=describe(widened, messages)))
    if kept:
        said.append(messages.text("understood.filters", filters=kept))
    return said


def partial(reply: Answer | NoAnswer, messages: Messages) -> str | None:
    """That a part of the index did not answer; None where all of it did."""
    return messages.text("answer.partial") if reply.is_partial else None


def accounts(reply: Answer | NoAnswer, messages: Messages) -> str | None:
    """
    ``Accounts differ: 9 (The Meridian Post, 3 Apr 2024) – 4 (Harbour Courier, 3 Apr 2024)``, or
    how many outlets say the same; None where nothing can be told of that.
    """
    if isinstance(reply, NoAnswer) or not reply.accounts:
        return None
    if len(reply.accounts) > 1:
        told = [
            messages.text("answer.account", value=account.value, origin=_origins(account, messages))
            for account in reply.accounts
        ]
        return messages.text("answer.accounts_differ", accounts=" – ".join(told))
    (account,) = reply.accounts
    return messages.text(
        "answer.accounts_agree",
        count=messages.number(len(account.quotes)),
        value=account.value,
        outlets=_origins(account, messages),
    )


def _origins(account: Account, messages: Messages) -> str:
    """Who gives it and when, as far as it is known; the newest first."""
    return "; ".join(
        ", ".join(
            part
            for part in (
                visible_line(article.source or article.title or article.id),
                None if article.published is None else day(article.published, messages),
            )
            if part
        )
        for article in (quote.article for quote in account.quotes)
    )


POINT_MAX_CHARS = 28
"""Of a query, shown on either side of the place that is pointed at."""


def query_problem(error: QueryError, messages: Messages) -> str:
    """What is wrong with a filter or a standing query, and what to write instead."""
    facts = {"name": error.name, "value": error.value}
    wanted = messages.places(f"query.{error.problem}")
    return messages.text(f"query.{error.problem}", **{place: facts[place] for place in wanted})


def pointed(text: str, position: int) -> tuple[str, int]:
    """What stands around *position* of *text*, on one line, and the column that it has there."""
    before = visible(text[:position]).replace("\n", " ")[-POINT_MAX_CHARS:]
    behind = visible(text[position:]).replace("\n", " ")[:POINT_MAX_CHARS]
    return before + behind, width(before)


def date_range(first: datetime | None, last: datetime | None, messages: Messages) -> str | None:
    """``3 Jan 2022 to 5 Nov 2025``, one day alone, None where no date is known."""
    days = [day(instant, messages) for instant in (first, last) if instant is not None]
    if not days:
        return None
    if days[0] == days[-1]:
        return days[0]
    return messages.text("date.range", first=days[0], last=days[-1])


def as_of(summaries: Sequence[SourceSummary], messages: Messages) -> str:
    """``25 articles from 6 sources, dated 3 Jan 2022 to 5 Nov 2025.``"""
    if not summaries:
        return messages.text("chat.empty")
    articles = messages.count("sources.articles_count", sum(s.articles for s in summaries))
    named = sum(summary.source is not None for summary in summaries)
    sources = messages.text("sources.no_source")
    if named:
        sources = messages.count("sources.sources_count", named)
    dated = date_range(
        min((s.first for s in summaries if s.first is not None), default=None),
        max((s.last for s in summaries if s.last is not None), default=None),
        messages,
    )
    if dated is None:
        return messages.text("sources.undated", articles=articles, sources=sources)
    return messages.text("sources.as_of", articles=articles, sources=sources, range=dated)


def as_of_day(summaries: Sequence[SourceSummary], messages: Messages) -> str | None:
    """``Corpus as of 5 Nov 2025``: the newest article's day; None where there are no articles."""
    if not any(summary.articles for summary in summaries):
        return None
    newest = max((s.last for s in summaries if s.last is not None), default=None)
    if newest is None:
        return messages.text("chat.as_of_undated")
    return messages.text("chat.as_of", day=day(newest, messages))
