"""A back-test as a message: what a query would have sent, the last of it, what to ask instead."""

from __future__ import annotations

from collections.abc import Callable

from bot.alerts.backtest import Backtest
from bot.alerts.viewing import report_of
from bot.messages import Messages
from bot.render.cited import Citations
from bot.render.forecast import advice, summary
from bot.render.lists import listed
from bot.render.markup import LIMIT, Html, escape, joined, name, one_line, tag
from bot.render.reported import heading, quotation
from retrieval.types import Quote

QUERY_MAX = 500
"""UTF-16 units of a query that is tried: all of it."""

HEADS_MAX = 500
"""UTF-16 units that are left free above it: for which chat it is, and instead of which query."""

LINE_MAX = 300
QUOTE_MAX = 300


def trial(
    query: str, found: Backtest, messages: Messages, link_to: Callable[[Quote], str | None]
) -> Html:
    """How much it would have been, the last ones, and a proposal where that is far off."""
    citations = Citations(messages, link_to)
    said = [one_line(line, LINE_MAX) for line in summary(found, messages)]
    proposed = [one_line(line, LINE_MAX) for line in advice(found, messages)]
    entries = [
        joined(
            [
                heading(report, citations),
                quotation(report, QUOTE_MAX),
                citations.line(report.quote, is_named=False),
            ],
            "\n",
        )
        for report in (report_of(one.article, one.match) for one in found.examples)
    ]
    last = escape(messages.text("forecast.examples")) if entries else Html("")
    head = joined(
        [
            joined([tag("b", name(query, QUERY_MAX)), *map(escape, said)], "\n"),
            joined([*map(escape, proposed)], "\n"),
            last,
        ],
        "\n\n",
    )
    return listed(head, entries, "\n\n", messages, LIMIT - HEADS_MAX)
