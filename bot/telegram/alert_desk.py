"""
The alerts as a chat works with them: tried beforehand, shown, taken back.

Blocking work, for a thread; nothing here talks to Telegram.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.alerts.backtest import Backtest, backtest
from bot.alerts.calibration import calibrate
from bot.alerts.following import Following, topic_of, topic_of_quote
from bot.alerts.nearmisses import NearMisses
from bot.alerts.outbox import Handed, Outbox
from bot.alerts.subscriptions import MOST_A_CHAT, Subscriptions
from bot.alerts.trend import Trend, trend
from bot.alerts.values import ChatSettings, Mode, Note, Place, Subscription
from bot.alerts.viewing import AlertViews
from bot.alerts.views import AlertView, DigestView
from bot.ledger import AnswerRecord, Ledger
from bot.messages import Messages
from bot.render.alerts import AlertRenderer
from bot.render.trial import trial
from bot.telegram import alert_keyboards as keyboards
from bot.telegram.answering import Answering, View
from retrieval.desk import Desk
from retrieval.query import StandingQuery, parse_standing
from retrieval.types import Quote

MISSED_FOR = timedelta(days=7)
MISSED_MOST = 100

_PROPOSALS_MAX = 3


class TooManySubscriptions(Exception):
    """The chat has as many as it may have."""


@dataclass(frozen=True, slots=True)
class Tried:
    """
    A query and what it would have brought.

    Attributes:
        least: The score from which an article is about it, if it is a topic.
        proposals: Queries that bring more, or less.
    """

    query: str
    least: float
    found: Backtest
    proposals: tuple[str, ...]


class AlertDesk:
    """
    The alerts of all chats, in the words of each. Usable from several threads.

    Args:
        desk: Whose articles.
        ledger: Knows the chats.
        answering: Makes links into the bot.
        lang: Of the bot's words where nobody has chosen.
    """

    def __init__(self, desk: Desk, ledger: Ledger, answering: Answering, *, lang: str) -> None:
        self._desk = desk
        self._ledger = ledger
        self._answering = answering
        self._lang = lang
        self.subscriptions = Subscriptions.open(desk.store)
        self.outbox = Outbox(desk.store)
        self._views = AlertViews(desk.store, self.subscriptions, self.outbox)
        self._following = Following(desk.store)

    def renderer(self, lang: str) -> AlertRenderer:
        """Draws in the words of *lang*, with links into this bot."""
        return AlertRenderer(Messages(lang), self._answering.link_to)

    def language(self, chat_id: int) -> str:
        """The language of what the bot says in a chat unasked."""
        record = self._ledger.chat(chat_id)
        chosen = None if record is None else record.lang
        return chosen or self.subscriptions.chat(chat_id).lang or self._lang

    def set_language(self, chat_id: int, lang: str | None) -> None:
        """What is told in a chat that has alerts is told in *lang* from now on."""
        subscriptions = self.subscriptions
        if chat_id in subscriptions.chats():
            subscriptions.set_chat(replace(subscriptions.chat(chat_id), lang=lang))

    # --- setting up -------------------------------------------------------------

    def try_out(self, text: str, now: datetime) -> Tried:
        """
        What a query would have brought.

        Raises:
            QueryError: If it is none.
        """
        query = parse_standing(text, now)
        least = calibrate(self._desk, query, now=now)
        found = backtest(self._desk, query, least=least, now=now)
        return Tried(text, least, found, tuple(_proposals(text, found)))

    def try_again(self, subscription: Subscription, now: datetime) -> Tried:
        """
        What a subscription would have brought lately, by its own score.

        Raises:
            QueryError: If its query was written by another version of the program.
        """
        # Relative dates count from when it was asked for
        query = parse_standing(subscription.query, subscription.created)
        found = backtest(
            self._desk, query, least=subscription.least, now=now, budget=subscription.budget
        )
        return Tried(subscription.query, subscription.least, found, ())

    def draw_trial(self, tried: Tried, lang: str) -> str:
        """The back-test, drawn."""
        return trial(tried.query, tried.found, Messages(lang), self._answering.link_to)

    def save(self, subscription: Subscription, lang: str) -> Subscription:
        """
        Keep a new subscription; its chat is told in *lang* unless it has chosen.

        Raises:
            TooManySubscriptions: If the chat has ``MOST_A_CHAT`` already.
        """
        subscriptions = self.subscriptions
        chat_id = subscription.place.chat_id
        before = subscriptions.of_chat(chat_id)
        is_known = any(_is_same(one, subscription) for one in before)
        if len(before) >= MOST_A_CHAT and not is_known:
            raise TooManySubscriptions
        settings = subscriptions.chat(chat_id)
        if settings.lang is None:
            subscriptions.set_chat(replace(settings, lang=lang))
        return subscriptions.add(subscription)

    def rewrite(self, subscription_id: int, query: str, least: float, mode: Mode | None) -> bool:
        """Put another query in the place of one; False if it is gone."""
        found = self.subscriptions.get(subscription_id)
        if found is None:
            return False
        changed = replace(found, query=query, least=least, mode=mode or found.mode)
        self.subscriptions.change(changed)
        return True

    def follow(self, record: AnswerRecord, user_id: int, now: datetime) -> Subscription | None:
        """
        A subscription, not yet kept, to the story that an answer quotes or, of no answer, to
        what was asked; None if neither can be said in words.
        """
        story = None
        if record.answered:
            quote = _first(ref.resolve(self._desk) for ref in record.quotes)
            if quote is None:
                return None
            query = topic_of_quote(quote, now)
            story = self._following.story_of(quote.article.id)
        else:
            query = topic_of(record.question, now)
        if query is None:
            return None
        least = calibrate(self._desk, parse_standing(query, now), now=now)
        place = Place(record.chat_id, record.thread_id or 0)
        return Subscription(
            id=0,
            place=place,
            user_id=user_id,
            created=now,
            query=query,
            least=least,
            story=story,
        )

    def is_kept(self, subscription: Subscription) -> bool:
        """Whether the chat has it already, in the same place."""
        return any(
            _is_same(one, subscription)
            for one in self.subscriptions.of_chat(subscription.place.chat_id)
        )

    # --- showing ------------------------------------------------------------------

    def listing(self, chat_id: int, page: int, lang: str, now: datetime) -> View:
        """A page, from 0, of a chat's subscriptions; one that is not there gives the nearest."""
        found = self._views.of_chat(chat_id, now)
        page = min(page, max(len(found) - 1, 0) // keyboards.LIST_PAGE)
        first = page * keyboards.LIST_PAGE
        chat = self.subscriptions.chat(chat_id)
        html = self.renderer(lang).alerts_list(
            found[first : first + keyboards.LIST_PAGE], chat, now, first + 1
        )
        listed = [view.subscription for view in found]
        return View(html, keyboards.subscriptions(Messages(lang), chat_id, listed, page))

    def card(self, subscription: Subscription, lang: str, now: datetime) -> View:
        """All about one subscription."""
        html = self.renderer(lang).card(self._views.subscription(subscription, now), now)
        muted = subscription.muted_until
        keyboard = keyboards.card(
            Messages(lang),
            subscription,
            self._page_of(subscription),
            is_muted=muted is not None and muted > now,
        )
        return View(html, keyboard)

    def _page_of(self, subscription: Subscription) -> int:
        ids = [s.id for s in self.subscriptions.of_chat(subscription.place.chat_id)]
        at = ids.index(subscription.id) if subscription.id in ids else 0
        return at // keyboards.LIST_PAGE

    def missed(self, place: Place, lang: str, now: datetime) -> str:
        """What matched and was not told, and why."""
        since = now - MISSED_FOR
        found = self._views.missed(place, since, MISSED_MOST, now)
        chat = self.subscriptions.chat(place.chat_id)
        return self.renderer(lang).missed(found, chat, since, now)

    def settings(self, chat: ChatSettings, lang: str, now: datetime) -> str:
        """When a chat is told."""
        return self.renderer(lang).settings(chat, now)

    def trend(self, query: StandingQuery, chat_id: int, now: datetime) -> Trend:
        """Articles a day that match."""
        least = calibrate(self._desk, query, now=now)
        zone = self.subscriptions.chat(chat_id).zone
        store, rarity = self._desk.store, self._desk.index.idf
        return trend(store, query, now, zone=zone, rarity=rarity, least=least)

    # --- alerts that were sent ------------------------------------------------------

    def view_of(self, handed: Handed) -> AlertView | DigestView | None:
        """What an alert or a digest says; None if nothing is left of what it tells of."""
        return self._views.of_note(handed)

    def drawn(self, handed: Handed, *, page: int = 0) -> View | None:
        """The same, drawn."""
        view = self.view_of(handed)
        return None if view is None else self.draw(handed.note, view, page=page)

    def draw(
        self,
        note: Note,
        view: AlertView | DigestView,
        *,
        answer_id: int | None = None,
        page: int = 0,
    ) -> View:
        """
        An alert, or a page of a digest.

        Args:
            note: The message.
            view: What it says.
            answer_id: The ledger's answer that stands for it, where the note has none yet.
            page: Of a digest, from 0.
        """
        messages = Messages(self.language(note.place.chat_id))
        renderer = self.renderer(messages.lang)
        if isinstance(view, AlertView):
            chat = self._ledger.chat(note.place.chat_id)
            is_channel = chat is not None and chat.kind == "channel"
            keyboard = keyboards.alert(
                messages,
                note.id,
                answer_id or note.answer_id,
                in_channel=self._answering.link_to(view.lead.quote) if is_channel else None,
                is_muted=self.outbox.is_story_muted(note.place, note.key),
            )
            return View(renderer.alert(view), keyboard)
        pages = renderer.digest_pages(view)
        page = min(page, pages - 1)
        return View(renderer.digest(view, page), keyboards.digest(messages, note.id, page, pages))

    @staticmethod
    def quotes_of(view: AlertView | DigestView) -> list[Quote]:
        """The quotes that a message shows."""
        if isinstance(view, AlertView):
            return [report.quote for report in (view.lead, *view.others)]
        return [story.reports[0].quote for story in view.stories]

    def why(self, handed: Handed) -> View | None:
        """Why an alert was sent; None of a digest, or if nothing is left of it."""
        view = self._views.of_note(handed)
        if not isinstance(view, AlertView):
            return None
        lang = self.language(handed.note.place.chat_id)
        keyboard = keyboards.why(Messages(lang), handed.note.id)
        return View(self.renderer(lang).why(view), keyboard)

    def subscriptions_of(self, handed: Handed) -> list[Subscription]:
        """Those that brought an alert, are still kept and do not rest."""
        numbers = dict.fromkeys(match.subscription_id for match in handed.matches)
        found = (self.subscriptions.get(number) for number in numbers)
        return [one for one in found if one is not None and one.paused is None]

    def change(self, subscription: Subscription) -> None:
        """Keep what was changed of a subscription."""
        self.subscriptions.change(subscription)


def _is_same(one: Subscription, other: Subscription) -> bool:
    return (one.place, one.query, one.story) == (other.place, other.query, other.story)


def _first(quotes: Iterable[Quote | None]) -> Quote | None:
    return next((quote for quote in quotes if quote is not None), None)


def _proposals(text: str, found: Backtest) -> list[str]:
    """Queries to try instead, where this one brings far too much, or nothing."""
    proposal = found.proposal
    if proposal is None:
        return []
    if not isinstance(proposal, NearMisses):
        return [narrower.query for narrower in proposal.narrower[:_PROPOSALS_MAX]]
    corrected = text
    # From the last on, so that the places of those before it stay
    for missing in reversed(proposal.missing):
        if missing.near is not None and missing.span is not None:
            span = missing.span
            corrected = corrected[: span.start] + missing.near + corrected[span.stop :]
    return [corrected] if corrected != text else []
