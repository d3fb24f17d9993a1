"""Alerts to draw, made by hand."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.alerts.quoting import quote_of
from bot.alerts.values import ChatSettings, Note, Place, Subscription
from bot.alerts.views import AlertView, Report, Why
from retrieval.percolator import Match
from retrieval.types import Article, Span

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
CHAT = ChatSettings(chat_id=77, zone=ZoneInfo("Asia/Taipei"))
NOTE = Note(
    id=4,
    place=Place(77),
    kind="story",
    key="bridge",
    state="sending",
    reason=None,
    created=NOON,
    not_before=NOON,
    is_silent=False,
    attempts=1,
    was_unsure=False,
    revision=1,
    shown=0,
    message_id=None,
    answer_id=None,
    sent=None,
)
SUBSCRIPTION = Subscription(
    id=3, place=Place(77), user_id=5, created=NOON, query="bridge repairs", least=0.35
)
BRIDGE = Article(
    id="bridge",
    text="The harbour bridge reopened after eleven months of repairs. Trams follow in May.",
    title="Harbour bridge: repairs done",
    source="Courier",
    url="https://courier.example/bridge",
    published=NOON,
    lang="en",
)


def spans_of(text, *words):
    return tuple(Span(text.index(w), text.index(w) + len(w)) for w in words if w in text)


def report(article=BRIDGE, *words, standing="current", title_words=()):
    """*article* with *words* matched in its text."""
    spans = spans_of(article.text, *words)
    return Report(
        article=article,
        quote=quote_of(article, Match(0, spans)),
        words=spans,
        title_words=spans_of(article.title or "", *title_words),
        standing=standing,
    )


def of_outlet(name, standing="current"):
    article = replace(BRIDGE, id=name, source=name, url=f"https://{name.lower()}.example/a")
    return report(article, "bridge", standing=standing)


def why(query="bridge repairs", words=("bridge", "repairs"), score=None, story=None, titles=()):
    return Why(
        subscription=replace(SUBSCRIPTION, query=query, story=story),
        words=words,
        title_words=titles,
        score=score,
    )


def view(lead=None, *others, reasons=None, may_be_repeat=False):
    return AlertView(
        note=NOTE,
        chat=CHAT,
        lead=lead or report(BRIDGE, "bridge", "repairs"),
        others=others,
        reasons=(why(),) if reasons is None else reasons,
        may_be_repeat=may_be_repeat,
    )
