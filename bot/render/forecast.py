"""What a back-test came to, in sentences of the catalogue; the same on every platform."""

from __future__ import annotations

from collections.abc import Iterator

from bot.alerts.backtest import Backtest, TooMany
from bot.alerts.nearmisses import NearMisses
from bot.messages import Messages
from bot.render.citation import day
from bot.render.lines import visible_line

_LOOSENED_SHOWN = 2


def summary(backtest: Backtest, messages: Messages) -> list[str]:
    """How much it would have been; not what it was."""
    until = day(backtest.until, messages)
    if not backtest.looked_at:
        return [messages.text("forecast.no_articles")]
    if backtest.messages:
        said = messages.count(
            "forecast.messages",
            backtest.messages,
            days=backtest.days,
            until=until,
            rate=rate(backtest.per_day, messages),
        )
    else:
        said = messages.text("forecast.none", days=backtest.days, until=until)
    return [said, messages.text("forecast.estimate")] if backtest.is_estimate else [said]


def advice(backtest: Backtest, messages: Messages) -> list[str]:
    """What could be asked for instead; nothing where it is well as it is."""
    proposal = backtest.proposal
    if isinstance(proposal, TooMany):
        return list(_too_many(proposal, messages))
    if isinstance(proposal, NearMisses) and backtest.looked_at:
        return list(_none(proposal, messages))
    return []


def rate(per_day: float, messages: Messages) -> str:
    """``2``, ``0.4``: with a decimal where it is few."""
    return f"{per_day:.1f}" if per_day < 10 else messages.number(round(per_day))


def _too_many(proposal: TooMany, messages: Messages) -> Iterator[str]:
    say = messages.text
    yield say("forecast.too_many", budget=messages.number(proposal.budget))
    for one in proposal.narrower:
        query = visible_line(one.query)
        yield say(f"forecast.narrower.{one.way}", rate=rate(one.per_day, messages), query=query)
    yield say("forecast.use_digest")


def _none(proposal: NearMisses, messages: Messages) -> Iterator[str]:
    say = messages.text
    for one in proposal.missing:
        word = visible_line(one.text)
        if one.near is not None:
            yield say("forecast.near", word=word, near=visible_line(one.near))
        else:
            yield say("forecast.nowhere" if one.is_nowhere else "forecast.missing", word=word)
    if not proposal.missing:
        yield say("forecast.together")
    for loosened in proposal.loosened[:_LOOSENED_SHOWN]:
        articles = messages.count("forecast.articles", loosened.articles)
        yield say("forecast.loosened", word=visible_line(loosened.without), articles=articles)
