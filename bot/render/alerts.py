"""
Alerts as messages for Telegram: one message each, within its limits.

An alert is a quote that shows why it matched; a digest lists stories. What is shown of
subscriptions, of a back-test and of what was missed is drawn in alert_lists.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.render import alert_lists
from bot.render.cited import NAME_MAX, PLACE, Citations, around
from bot.render.lists import listed
from bot.render.markup import (
    ENTITIES_MAX,
    LIMIT,
    Html,
    entities,
    escape,
    folded,
    joined,
    name,
    one_line,
    shown_length,
    tag,
)
from bot.render.reported import heading, quotation, struck_quotation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.alerts.values import ChatSettings
    from bot.alerts.views import (
        AlertView,
        DigestView,
        Missed,
        OverBudget,
        Report,
        StoryView,
        SubscriptionView,
        Why,
    )
    from bot.messages import Messages
    from retrieval.types import Quote

BLANK_LINE = "\n\n"

QUOTE_MAX = 800
"""UTF-16 units of an alert's quote: what fits a phone's screen."""

OTHERS_MAX = 8
"""Further outlets that are named."""

QUERIES_MAX = 4
QUERY_MAX = 120
"""UTF-16 units of a query that is repeated."""

WORDS_MAX = 20
REASONS_MAX = 12

TOP_STORIES = 5
"""Stories of a digest that are seen at once; the others of the message are folded."""

STORY_OUTLETS_MAX = 4
OVER_MAX = 5
PAGE_NOTES_MAX = 120
"""UTF-16 units that the count of the stories that follow may take, in any language."""


class AlertRenderer:
    """
    Draws in the words of one catalogue.

    Args:
        messages: The words to use.
        link_to: A link for a quote whose article has no web address, or None.
    """

    def __init__(
        self,
        messages: Messages,
        link_to: Callable[[Quote], str | None] = lambda _: None,
    ) -> None:
        self._messages = messages
        self._citations = Citations(messages, link_to)

    # --- an alert ---------------------------------------------------------------

    def alert(self, view: AlertView) -> str:
        """The quote that shows why it matched, where it is from, who else tells it, and for what."""
        lead = view.lead
        is_withdrawn = lead.standing == "withdrawn"
        quoted = struck_quotation if is_withdrawn else quotation
        story = joined(
            [
                self._small("alert.withdrawn") if is_withdrawn else Html(""),
                heading(lead, self._citations),
                quoted(lead, QUOTE_MAX),
                self._citations.line(lead.quote, is_named=False),
                self._small("alert.corrected") if lead.standing == "corrected" else Html(""),
                self._also(view.others),
            ],
            "\n",
        )
        small = [
            *self._for(view.reasons),
            self._small("alert.repeat") if view.may_be_repeat else Html(""),
        ]
        return joined([story, joined(small, "\n")], BLANK_LINE)

    def why(self, view: AlertView) -> str:
        """What each subscription asked for, and which words, or how near a topic, met it."""
        head = tag("b", escape(self._messages.text("alert.why.title")))
        reasons = [self._why(reason) for reason in view.reasons[:REASONS_MAX]]
        if not reasons:
            return joined([head, escape(self._messages.text("alert.why.gone"))], "\n")
        return listed(head, reasons, BLANK_LINE, self._messages)

    def _also(self, others: Sequence[Report]) -> Html:
        """``also: B, C (corrected), D and 4 more``."""
        if not others:
            return Html("")
        say = self._messages.text
        names = joined(map(self._other, others[:OTHERS_MAX]), say("chat.list_comma"))
        rest = len(others) - OTHERS_MAX
        if rest > 0:
            more = say("alert.more_outlets", outlets=PLACE, count=self._messages.number(rest))
            names = around(more, names)
        return around(say("alert.also", outlets=PLACE), names)

    def _other(self, report: Report) -> Html:
        if report.standing == "current":
            return self._citations.brief(report.quote)
        if report.standing == "corrected":
            said = self._messages.text("alert.other_corrected", outlet=PLACE)
            return around(said, self._citations.brief(report.quote))
        said = self._messages.text("alert.other_withdrawn", outlet=PLACE)
        article = report.article
        return around(said, name(article.source or article.title or article.id, NAME_MAX))

    def _for(self, reasons: Sequence[Why]) -> list[Html]:
        """That a story is followed; the queries that matched."""
        queries = [
            one_line(reason.subscription.query, QUERY_MAX)
            for reason in reasons
            if reason.subscription.story is None
        ]
        lines = []
        if len(queries) < len(reasons):
            lines.append(self._small("alert.followed"))
        if queries:
            shown = " · ".join(queries[:QUERIES_MAX])
            rest = len(queries) - QUERIES_MAX
            if rest > 0:
                count = self._messages.number(rest)
                shown = self._messages.text("alert.more_queries", queries=shown, count=count)
            lines.append(self._small("alert.queries", queries=shown))
        return lines

    def _why(self, reason: Why) -> Html:
        say = self._messages.text
        subscription = reason.subscription
        head = tag("b", name(subscription.query, QUERY_MAX))
        lines = [head]
        if subscription.story is not None:
            lines.append(escape(say("alert.why.story")))
        for key, words in (("words", reason.words), ("title_words", reason.title_words)):
            if words:
                shown = say("chat.list_comma").join(
                    one_line(w, NAME_MAX) for w in words[:WORDS_MAX]
                )
                lines.append(escape(say(f"alert.why.{key}", words=shown)))
        if reason.score is not None:
            score, least = _percent(reason.score), _percent(subscription.least)
            lines.append(escape(say("alert.why.score", score=score, least=least)))
        if len(lines) == 1:
            lines.append(escape(say("alert.why.filters")))
        return joined(lines, "\n")

    # --- a digest ---------------------------------------------------------------

    def digest(self, view: DigestView, page: int = 0) -> str:
        """
        Stories, those that most articles tell first.

        Args:
            view: What is in it.
            page: From 0; one that is not there gives the nearest.
        """
        pages = self._pages(view)
        page = min(max(page, 0), len(pages) - 1)
        stories = pages[page]
        top = stories[:TOP_STORIES] if page == 0 else stories
        rest = sum(len(later) for later in pages[page + 1 :])
        more = escape(self._messages.count("digest.more", rest)) if rest else Html("")
        return joined(
            [
                self._digest_head(view, page),
                *top,
                folded(joined(stories[len(top) :], BLANK_LINE)),
                more,
            ],
            BLANK_LINE,
        )

    def digest_pages(self, view: DigestView) -> int:
        """How many messages its stories fill, at least 1."""
        return len(self._pages(view))

    def _pages(self, view: DigestView) -> list[list[Html]]:
        pages: list[list[Html]] = []
        room = formats = -1
        for story in view.stories:
            entry = self._story(story)
            room -= shown_length(entry) + len(BLANK_LINE)
            formats -= entities(entry)
            if room < 0 or formats < 0:
                head = self._digest_head(view, len(pages))
                room = LIMIT - shown_length(head) - PAGE_NOTES_MAX
                room -= shown_length(entry) + len(BLANK_LINE)
                formats = ENTITIES_MAX - entities(head) - 1 - entities(entry)
                pages.append([])
            pages[-1].append(entry)
        return pages

    def _digest_head(self, view: DigestView, page: int) -> Html:
        say = self._messages.text
        day = alert_lists.local_day(view.note.created, view.chat.zone, self._messages)
        if page:
            title = say("digest.continued", day=day, page=self._messages.number(page + 1))
            return tag("b", escape(title))
        stories = self._messages.count("digest.stories", len(view.stories))
        reports = sum(len(story.reports) for story in view.stories)
        said = say("digest.title", day=day, stories=stories, reports=self._reports(reports))
        small = [self._over(over) for over in view.over[:OVER_MAX]]
        if view.may_be_repeat:
            small.append(self._small("alert.repeat"))
        return joined([tag("b", escape(said)), *small], "\n")

    def _over(self, over: OverBudget) -> Html:
        subscription = over.subscription
        said = self._messages.count(
            "digest.over_budget",
            over.count,
            budget=self._messages.number(subscription.budget),
            query=one_line(subscription.query, NAME_MAX),
        )
        return tag("i", escape(said))

    def _story(self, story: StoryView) -> Html:
        """The title, linked; under it the outlets, and how many reports where they are more."""
        lead = story.reports[0]
        title = self._citations.called(lead.article)
        outlets: dict[str, str] = {}
        for report in story.reports:
            if (report.article.source or "").strip():
                outlets.setdefault(report.outlet, report.article.source or "")
        comma = self._messages.text("chat.list_comma")
        shown = list(outlets.values())[:STORY_OUTLETS_MAX]
        names = joined((name(outlet, NAME_MAX) for outlet in shown), comma)
        rest = len(outlets) - STORY_OUTLETS_MAX
        if rest > 0:
            count = self._messages.number(rest)
            more = self._messages.text("alert.more_outlets", outlets=PLACE, count=count)
            names = around(more, names)
        several = len(story.reports) > 1
        count = escape(self._reports(len(story.reports))) if several else Html("")
        return joined([title, joined([names, count], " · ")], "\n")

    def _reports(self, count: int) -> str:
        return self._messages.count("digest.reports", count)

    # --- lists --------------------------------------------------------------------

    def alerts_list(
        self, views: Sequence[SubscriptionView], chat: ChatSettings, now: datetime, first: int = 1
    ) -> str:
        """The subscriptions of a chat, numbered from *first*, one entry each."""
        return alert_lists.subscriptions(views, chat, now, first, self._messages)

    def card(self, view: SubscriptionView, now: datetime) -> str:
        """All about one subscription."""
        return alert_lists.card(view, now, self._messages)

    def missed(
        self, found: Sequence[Missed], chat: ChatSettings, since: datetime, now: datetime
    ) -> str:
        """What was not told from *since* on, newest first, and why."""
        return alert_lists.missed(found, chat, since, now, self._citations, self._messages)

    def settings(self, chat: ChatSettings, now: datetime) -> str:
        """The time zone, the quiet hours and the digest of a chat."""
        return alert_lists.settings(chat, now, self._messages)

    def _small(self, key: str, **values: str) -> Html:
        return tag("i", escape(self._messages.text(key, **values)))


def _percent(score: float) -> str:
    return str(round(100 * score))
