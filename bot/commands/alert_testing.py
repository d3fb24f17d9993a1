"""``clipdesk alerts test``: what a query would have brought, and whether an article matches it."""

from __future__ import annotations

import sys
from typing import Any

import click

from bot.alerts.backtest import Backtest, TooMany, backtest
from bot.alerts.calibration import calibrate
from bot.alerts.quoting import quote_of
from bot.alerts.watcher import utc_now
from bot.messages import Messages
from bot.render.records import json_line, moment
from bot.render.terminal import Terminal, open_terminal
from bot.repl.alerts import draw_backtest, draw_match, draw_problem
from bot.services import open_desk
from bot.settings import Settings
from retrieval.desk import Desk
from retrieval.errors import QueryError
from retrieval.percolator import Match, Percolator
from retrieval.query import StandingQuery, parse_standing
from retrieval.types import Article


def run_test(
    settings: Settings, query: str, *, article: str | None, days: int, as_json: bool
) -> int:
    """Back-test a query, or match it with an article; 1 if it cannot be read or does not match."""
    now = utc_now()
    terminal = open_terminal(Messages(settings.language))
    try:
        parsed = parse_standing(query, now)
    except QueryError as e:
        draw_problem(open_terminal(terminal.messages, sys.stderr), query, e)
        return 1
    with open_desk(settings) as desk:
        least = calibrate(desk, parsed, now=now)
        if article is not None:
            found = _match(desk, parsed, desk.article(article))
            return _tell_match(terminal, desk.article(article), found, parsed, least, as_json)
        tested = backtest(desk, parsed, least=least, now=now, days=days)
    if as_json:
        click.echo(json_line({"query": query} | backtest_object(tested)))
    else:
        draw_backtest(terminal, tested, query)
    return 0


def _match(desk: Desk, query: StandingQuery, article: Article) -> Match | None:
    """How near the article is, also if it is not near enough."""
    percolator = Percolator(desk.index.idf)
    percolator.add(0, query, least=0.0)
    return next(iter(percolator.match_all(article)), None)


def _tell_match(
    terminal: Terminal,
    article: Article,
    match: Match | None,
    query: StandingQuery,
    least: float,
    as_json: bool,
) -> int:
    matches = match is not None and (match.score is None or match.score >= least)
    score = None if match is None else match.score
    if as_json:
        found = {
            "query": query.text,
            "article_id": article.id,
            "matches": matches,
            "score": score,
            "least": least if query.is_topic else None,
            "words": [] if match is None else [span.of(article.text) for span in match.spans],
            "title_words": []
            if match is None
            else [span.of(article.title or "") for span in match.title_spans],
        }
        click.echo(json_line(found))
    elif match is None:
        click.echo("does not match")
    else:
        near = "" if score is None else f", score {score:.2f} of at least {least:.2f}"
        click.echo(f"{'matches' if matches else 'does not match'}{near}")
        terminal.screen.blank()
        draw_match(terminal, article, match, query.text)
    return 0 if matches else 1


def backtest_object(tested: Backtest) -> dict[str, Any]:
    """As JSON."""
    proposal = tested.proposal
    found: dict[str, Any] = {
        "messages": tested.messages,
        "articles": tested.articles,
        "per_day": round(tested.per_day, 3),
        "days": tested.days,
        "until": moment(tested.until),
        "looked_at": tested.looked_at,
        "is_estimate": tested.is_estimate,
        "examples": [
            {
                "article_id": example.article.id,
                "title": example.article.title,
                "source": example.article.source,
                "published": moment(example.article.published),
                "quote": quote_of(example.article, example.match).text,
                "score": example.match.score,
            }
            for example in tested.examples
        ],
    }
    if isinstance(proposal, TooMany):
        found["narrower"] = [
            {"query": one.query, "way": one.way, "per_day": round(one.per_day, 3)}
            for one in proposal.narrower
        ]
    elif proposal is not None:
        found["missing"] = [
            {"word": one.text, "is_nowhere": one.is_nowhere, "near": one.near}
            for one in proposal.missing
        ]
        found["loosened"] = [
            {"without": one.without, "articles": one.articles} for one in proposal.loosened
        ]
    return found
