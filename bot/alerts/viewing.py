"""
Makes what a chat is to see of its alerts from what the store and the outbox hold.

Articles are shown as they stand now: one that was edited since it matched with the words that
match there, one that was withdrawn as what it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.alerts.digest import by_story
from bot.alerts.outbox import Handed, Outbox
from bot.alerts.part import AlertsPart
from bot.alerts.planning import next_digest
from bot.alerts.quoting import quote_of
from bot.alerts.subscriptions import Subscriptions
from bot.alerts.values import ChatSettings, MatchRecord, NoteState, Place, Subscription
from bot.alerts.views import (
    AlertView,
    DigestView,
    Missed,
    MissedReason,
    OverBudget,
    Report,
    Standing,
    StoryView,
    SubscriptionView,
    Why,
)
from retrieval.errors import NoSuchArticle, QueryError
from retrieval.percolator import Match, Percolator
from retrieval.query import StandingQuery, parse_standing
from retrieval.store import Store
from retrieval.store.rows import time_in, time_out
from retrieval.types import Article, Span

COUNTED = timedelta(days=7)
"""Over which a subscription's alerts are counted."""


class AlertViews(AlertsPart):
    """Makes views of what the store and the outbox hold."""

    def __init__(self, store: Store, subscriptions: Subscriptions, outbox: Outbox) -> None:
        super().__init__(store)
        self._subscriptions = subscriptions
        self._outbox = outbox

    # --- messages -------------------------------------------------------------

    def of_note(self, handed: Handed) -> AlertView | DigestView | None:
        """
        What a message says; None if no text of what it tells of is kept any more.

        Articles are shown in their current versions, with the words that match there.
        """
        return (self._alert if handed.note.kind == "story" else self._digest)(handed)

    def _alert(self, handed: Handed) -> AlertView | None:
        by_article: dict[str, list[MatchRecord]] = {}
        for match in handed.matches:
            by_article.setdefault(match.article_id, []).append(match)
        found = [(self._report(own), own) for own in by_article.values()]
        reports = [report for report, _ in found if report is not None]
        if not reports:
            return None
        reports.sort(key=lambda report: report.standing == "withdrawn")  # stable
        lead, *rest = reports
        others: dict[str, Report] = {}
        for report in rest:
            if report.outlet != lead.outlet:
                others.setdefault(report.outlet, report)
        note = handed.note
        return AlertView(
            note=note,
            chat=self._subscriptions.chat(note.place.chat_id),
            lead=lead,
            others=tuple(others.values()),
            reasons=self._reasons(
                handed.matches, {report.article.id: report for report in reports}
            ),
            may_be_repeat=note.was_unsure,
        )

    def _digest(self, handed: Handed) -> DigestView | None:
        stories = []
        for line in by_story(handed.matches):
            found = [self._report([match]) for match in line.matches]
            told = [r for r in found if r is not None and r.standing != "withdrawn"]
            if told:
                stories.append(StoryView(reports=tuple(told)))
        if not stories:
            return None
        over = Counter(m.subscription_id for m in handed.matches if m.outcome == "over_budget")
        return DigestView(
            note=handed.note,
            chat=self._subscriptions.chat(handed.note.place.chat_id),
            stories=tuple(stories),
            over=tuple(
                OverBudget(subscription=subscription, count=count)
                for number, count in sorted(over.items())
                if (subscription := self._subscriptions.get(number)) is not None
            ),
            may_be_repeat=handed.note.was_unsure,
        )

    def _report(self, matches: Sequence[MatchRecord]) -> Report | None:
        """The article of *matches*, one a subscription; None without its text."""
        first = matches[0]
        article, standing = self._standing(first)
        if article is None:
            return None
        evidence = [self._evidence(match, article) for match in matches]
        words = _united(span for one in evidence for span in one.spans)
        return Report(
            article=article,
            quote=quote_of(article, Match(0, words)),
            words=words,
            title_words=_united(span for one in evidence for span in one.title_spans),
            standing=standing,
        )

    def _standing(self, match: MatchRecord) -> tuple[Article | None, Standing]:
        """The article as it is to be shown, and what became of it since it matched."""
        article = self.store.find(match.article_id)
        matched = self._version(match.article_id, match.version)
        if article is not None:
            is_same = matched is None or _says_the_same(article, matched)
            return article, "current" if is_same else "corrected"
        head = self.store.find_head(match.article_id)
        # What has expired was not taken back by anybody
        if head is None or not head.is_deleted or head.is_expired:
            return matched, "current"
        return self._version(match.article_id, head.version) or matched, "withdrawn"

    def _version(self, article_id: str, version: int) -> Article | None:
        try:
            return self.store.get_version(article_id, version)
        except NoSuchArticle:
            return None

    def _evidence(self, match: MatchRecord, article: Article) -> Match:
        """What matches in *article*, which may be a later version than that which matched."""
        if match.version != article.version:
            matched = self._version(match.article_id, match.version)
            if matched is None or not _says_the_same(article, matched):
                subscription = self._subscriptions.get(match.subscription_id)
                return Match(0) if subscription is None else evidence_of(subscription, article)
        return Match(0, match.spans, match.title_spans)

    def _reasons(
        self, matches: Sequence[MatchRecord], reports: dict[str, Report]
    ) -> tuple[Why, ...]:
        reasons: dict[int, Why] = {}
        for match in matches:
            report = reports.get(match.article_id)
            subscription = self._subscriptions.get(match.subscription_id)
            if match.subscription_id in reasons or report is None or subscription is None:
                continue
            # The words as they were when it matched, if that text is still kept
            article = self._version(match.article_id, match.version)
            reasons[match.subscription_id] = Why(
                subscription=subscription,
                words=() if article is None else _written(match.spans, article.text),
                title_words=()
                if article is None
                else _written(match.title_spans, article.title or ""),
                score=match.score,
            )
        return tuple(reasons.values())

    # --- subscriptions ----------------------------------------------------------

    def of_chat(self, chat_id: int, now: datetime) -> list[SubscriptionView]:
        """All subscriptions of a chat, the oldest first."""
        return [self.subscription(one, now) for one in self._subscriptions.of_chat(chat_id)]

    def subscription(self, subscription: Subscription, now: datetime) -> SubscriptionView:
        """A subscription with what it brought in the last seven days."""
        since = time_in(now - COUNTED)
        told, matched, last = self._rows(
            "SELECT count(DISTINCT CASE WHEN matched >= ?2 THEN note_id END),"
            " coalesce(sum(matched >= ?2), 0), max(matched)"
            " FROM alert_matches WHERE subscription_id = ?1",
            (subscription.id, since),
        )[0]
        story = None if subscription.story is None else self.store.find(subscription.story)
        return SubscriptionView(
            subscription=subscription,
            chat=self._subscriptions.chat(subscription.place.chat_id),
            told=told,
            matched=matched,
            last=time_out(last),
            title=None if story is None else story.title,
            is_topic=is_topic(subscription),
        )

    # --- what was missed --------------------------------------------------------

    def missed(self, place: Place, since: datetime, limit: int, now: datetime) -> list[Missed]:
        """What matched for a place from *since* on and was not told, newest first, with why."""
        chat = self._subscriptions.chat(place.chat_id)
        found: dict[str, Missed] = {}
        for match in self._outbox.untold(place, since, limit):
            article, _ = self._standing(match)
            if article is None or match.article_id in found:
                continue
            reason, until, detail = self._reason(match, chat, now)
            found[match.article_id] = Missed(
                article=article,
                subscription=self._subscriptions.get(match.subscription_id),
                reason=reason,
                matched=match.matched,
                until=until,
                detail=detail,
            )
        return list(found.values())

    def _reason(
        self, match: MatchRecord, chat: ChatSettings, now: datetime
    ) -> tuple[MissedReason, datetime | None, str | None]:
        """Why a match is not told, until when, and in Telegram's words."""
        if match.outcome == "muted":
            return "muted", None, None
        number = match.digest_id if match.note_id is None else match.note_id
        handed = None if number is None else self._outbox.note(number)
        note = None if handed is None else handed.note
        if note is not None and note.state in _ENDED:
            return _ENDED[note.state], None, note.reason
        if chat.suspended is not None:
            return "suspended", None, chat.suspended_for
        if note is None:
            reason: MissedReason = "over_budget" if match.outcome == "over_budget" else "digest"
            return reason, max(next_digest(chat, match.matched), now), None
        is_held = note.not_before > now and not note.attempts
        return ("held", note.not_before, None) if is_held else ("waiting", None, note.reason)


_ENDED: Mapping[NoteState, MissedReason] = {
    "failed": "failed",
    "unsure": "unsure",
    "expired": "expired",
    "withdrawn": "withdrawn",
}


def report_of(article: Article, match: Match) -> Report:
    """An article that has just been matched."""
    return Report(
        article=article,
        quote=quote_of(article, match),
        words=match.spans,
        title_words=match.title_spans,
    )


def is_topic(subscription: Subscription) -> bool:
    """Whether nearness decides what matches."""
    query = _query(subscription)
    return query is not None and query.is_topic


def evidence_of(subscription: Subscription, article: Article) -> Match:
    """The words of *article* that a subscription asks for; none where it matches no more."""
    query = _query(subscription)
    if query is None:
        return Match(0)
    # Which words they are hardly depends on how rare each is
    percolator = Percolator(lambda _: 1.0)
    percolator.add(0, query, least=0.0)
    return next(iter(percolator.match_all(article)), Match(0))


def _query(subscription: Subscription) -> StandingQuery | None:
    """None where it was written by another version of the program, or is a followed story's."""
    try:
        return parse_standing(subscription.query, subscription.created)
    except QueryError:
        return None


def _says_the_same(one: Article, other: Article) -> bool:
    return (one.title, one.text) == (other.title, other.text)


def _united(spans: Iterable[Span]) -> tuple[Span, ...]:
    """*spans* in order, those that touch or overlap as one."""
    united: list[Span] = []
    for span in sorted(spans):
        if united and span.start <= united[-1].stop:
            united[-1] = Span(united[-1].start, max(united[-1].stop, span.stop))
        elif len(span):
            united.append(span)
    return tuple(united)


def _written(spans: Iterable[Span], text: str) -> tuple[str, ...]:
    """The words at *spans*, each once whatever its case."""
    found: dict[str, str] = {}
    for span in spans:
        if span.stop <= len(text):
            word = span.of(text)
            found.setdefault(word.casefold(), word)
    return tuple(found.values())
