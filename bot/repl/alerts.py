"""Alerts in the terminal: drawn for the chat and for ``clipdesk alerts`` alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from bot.alerts.backtest import Backtest
from bot.alerts.terminal import TerminalAlerts
from bot.alerts.values import Subscription
from bot.alerts.viewing import report_of
from bot.alerts.views import AlertView, DigestView
from bot.errors import UsageProblem
from bot.render.forecast import advice, summary
from bot.render.lines import visible_line
from bot.render.terminal import WARNING, Terminal
from bot.render.told import Reason, draw_alert, draw_digest, draw_story
from bot.render.wording import query_problem
from retrieval.errors import QueryError
from retrieval.percolator import Match
from retrieval.types import Article


def draw_told(
    terminal: Terminal, told: Iterable[AlertView | DigestView], draw: Callable[[], None]
) -> int:
    """
    Messages, one after another; gives how many.

    Args:
        terminal: Where to draw.
        told: The messages.
        draw: Called before each, to part it from what stands above.
    """
    count = 0
    for view in told:
        draw()
        if isinstance(view, DigestView):
            draw_digest(terminal, view)
        else:
            draw_alert(terminal, view)
        count += 1
    return count


def draw_backtest(terminal: Terminal, backtest: Backtest, query: str) -> None:
    """How much it would have been, what to do about it, and the last of it."""
    messages = terminal.messages
    for sentence in summary(backtest, messages):
        terminal.say(sentence)
    for sentence in advice(backtest, messages):
        terminal.screen.write(sentence, WARNING)
    if backtest.examples:
        terminal.hint(messages.text("forecast.examples"))
    for example in backtest.examples:
        terminal.screen.blank()
        draw_match(terminal, example.article, example.match, query)


def draw_match(terminal: Terminal, article: Article, match: Match, query: str) -> None:
    """An article that matches *query*, as it would be told."""
    report = report_of(article, match)
    words = [span.of(article.title or "") for span in match.title_spans]
    words += [span.of(article.text) for span in match.spans]
    reason = Reason(query, tuple(dict.fromkeys(words)), match.score)
    draw_story(terminal, report, reasons=(reason,))


def draw_problem(terminal: Terminal, query: str, error: QueryError) -> None:
    """What is wrong with a query, and where."""
    terminal.fail(query_problem(error, terminal.messages))
    terminal.point_at(query, error.position)


def line_of(subscription: Subscription, terminal: Terminal) -> str:
    """``3  flood OR storm (both, at most 5 a day, paused)``."""
    say = terminal.messages.text
    facts = [
        say(f"told.mode.{subscription.mode}"),
        say("told.budget", count=terminal.messages.number(subscription.budget)),
    ]
    if subscription.paused is not None:
        facts.append(say("told.paused"))
    return f"{subscription.id}  {visible_line(subscription.query)} ({', '.join(facts)})"


class OwnAlerts:
    """The terminal's own alerts within a chat."""

    def __init__(
        self, alerts: TerminalAlerts, terminal: Terminal, clock: Callable[[], datetime]
    ) -> None:
        self._alerts = alerts
        self._terminal = terminal
        self._clock = clock
        alerts.recover()

    def show_new(self) -> int:
        """What has come since the last time; gives how many messages."""
        now = self._clock()
        self._alerts.follow(now)
        screen = self._terminal.screen
        return draw_told(self._terminal, self._alerts.iter_told(now), screen.blank)

    def show_list(self) -> None:
        """The subscriptions."""
        own = self._alerts.own()
        if not own:
            self._terminal.hint(self._terminal.messages.text("told.no_subscriptions"))
        for subscription in own:
            self._terminal.say(line_of(subscription, self._terminal))

    def subscribe(self, query: str) -> None:
        """Tell what *query* would have brought, and keep it."""
        now = self._clock()
        say = self._terminal.messages.text
        if not query:
            self._terminal.fail(say("told.usage"))
            return
        try:
            kept = self._alerts.subscribe(query, now=now)
        except QueryError as e:
            draw_problem(self._terminal, query, e)
            return
        except UsageProblem as e:
            self._terminal.fail(str(e))
            return
        draw_backtest(self._terminal, self._alerts.backtest(kept, now), query)
        self._terminal.screen.blank()
        self._terminal.say(say("told.subscribed", number=kept.id))

    def unsubscribe(self, argument: str) -> None:
        """Forget a subscription by its number."""
        say = self._terminal.messages.text
        known = {str(one.id): one.id for one in self._alerts.own()}
        number = known.get(argument.strip("#[] "))
        if number is None:
            self._terminal.fail(say("told.no_such"))
            return
        self._alerts.subscriptions.remove(number)
        self._terminal.say(say("told.unsubscribed", number=number))
