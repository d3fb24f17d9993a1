"""Whatever an article, a title, an outlet or a query holds: alerts parse, fit and quote."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import regex
from alert_paper import CHAT, NOON, NOTE, SUBSCRIPTION
from chat_paper import shown
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_articles import (
    ANY_TEXTS,
    CLEAN_TEXTS,
    LONG,
    articles,
    bounds,
    is_clean,
    is_cut_from,
    quotes,
)

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
from bot.render.alerts import QUOTE_MAX, AlertRenderer
from bot.render.markup import utf16_length, visible_text
from retrieval.types import Article, Quote, Span

CHATS = [
    AlertRenderer(Messages(lang), lambda quote: f"https://t.me/b?start=q{quote.span.start}")
    for lang in ("en", "ru")
]
STANDINGS = st.sampled_from(["current", "corrected", "withdrawn"])


@st.composite
def spans(draw: st.DrawFn, text: str, most: int = 60) -> tuple[Span, ...]:
    """Words that matched: whole characters, in order, none in the other."""
    if not text:
        return ()
    places = bounds(text)
    cuts = draw(st.lists(st.integers(0, len(places) - 1), max_size=2 * most, unique=True))
    cuts = sorted(cuts[: len(cuts) // 2 * 2])
    pairs = zip(cuts[::2], cuts[1::2], strict=True)
    return tuple(Span(places[a], places[b]) for a, b in pairs)


@st.composite
def reports(draw: st.DrawFn, words: st.SearchStrategy[str] = ANY_TEXTS) -> Report:
    quote = replace(draw(quotes(words)), answer=None, also_in=())
    return Report(
        article=quote.article,
        quote=quote,
        words=draw(spans(quote.article.text)),
        title_words=draw(spans(quote.article.title or "")),
        standing=draw(STANDINGS),
    )


def messages_for(
    found: list[Report], asked: str, chats: Sequence[AlertRenderer] = CHATS
) -> Iterator[str]:
    """Every message that a chat may be sent about *found*."""
    subscription = replace(SUBSCRIPTION, query=asked)
    resting = replace(subscription, paused=NOON, muted_until=NOON + timedelta(days=1))
    story = replace(subscription, story="s")
    reasons = [
        Why(subscription=s, words=(asked,) * 60, title_words=(asked,) * 60, score=0.7)
        for s in (subscription, story)
    ]
    alert = AlertView(
        note=NOTE,
        chat=CHAT,
        lead=found[0],
        others=tuple(found * 10),
        reasons=tuple(reasons * 8),
        may_be_repeat=True,
    )
    digest = DigestView(
        note=NOTE,
        chat=CHAT,
        stories=tuple(StoryView(reports=tuple(found * n)) for n in (1, 6)) * 12,
        over=(OverBudget(subscription=subscription, count=9),) * 50,
        may_be_repeat=True,
    )
    lost = replace(CHAT, suspended=NOON, suspended_for=asked)
    cards = [
        SubscriptionView(
            subscription=s, chat=lost, told=2, matched=3, last=NOON, title=asked, is_topic=True
        )
        for s in (subscription, resting, story)
    ]
    missed = [
        Missed(
            article=one.article,
            subscription=subscription,
            reason=reason,
            matched=NOON,
            detail=asked,
        )
        for one in found
        for reason in ("failed", "held")
    ]
    for chat in chats:
        yield chat.alert(alert)
        yield chat.alert(replace(alert, reasons=(), others=(), may_be_repeat=False))
        yield chat.why(alert)
        for page in range(2):
            yield chat.digest(digest, page)
        yield chat.alerts_list(cards * 12, lost, NOON)
        yield from (chat.card(card, NOON) for card in cards)
        yield chat.missed(missed * 6, CHAT, NOON, NOON)
        yield chat.settings(lost, NOON)


@settings(max_examples=5, deadline=None)
@given(st.lists(reports(), min_size=1, max_size=3), ANY_TEXTS)
def test_any_text_makes_messages_that_parse_and_fit(found: list[Report], asked: str) -> None:
    for html in messages_for(found, asked):
        seen = shown(html)

        # Telegram changed nothing: no character was dropped, replaced or reordered
        assert seen.text == visible_text(html).strip(" \n")
        assert all(link and link.startswith(("http://", "https://")) for link in seen.links)


@settings(max_examples=40, deadline=None)
@given(reports(CLEAN_TEXTS).filter(lambda one: is_clean(one.quote)))
def test_a_clean_quote_is_given_back_exactly(report: Report) -> None:
    view = AlertView(note=NOTE, chat=CHAT, lead=report)
    seen = shown(CHATS[0].alert(view))
    (quotation,) = seen.quotations

    assert is_cut_from(quotation, report.quote)
    if utf16_length(report.quote.text) <= QUOTE_MAX:
        assert quotation == report.quote.text


@settings(max_examples=15, deadline=None)
@given(articles(CLEAN_TEXTS))
def test_a_title_is_whole_whatever_is_underlined(article: Article) -> None:
    title = article.title or ""
    words = tuple(Span(*found.span()) for found in regex.finditer(r"\w+", title))
    plain = Report(article=article, quote=Quote(article, Span(0, len(article.text)), 1, 0.0))
    first, second = (
        shown(CHATS[0].alert(AlertView(note=NOTE, chat=CHAT, lead=one)))
        for one in (plain, replace(plain, title_words=words))
    )

    if utf16_length(title) <= 140:
        assert first.text == second.text


@pytest.mark.parametrize(
    "text",
    [
        "x" * 100_000,
        "港" * 100_000,
        "<&>" * 33_000,
        "مرحبا " * 17_000,
        "👩‍👩‍👧‍👦" * 9000,
        "a" + "\u0301" * 50_000,
        "Words, and a line.\n" * 5000,
        "\ufdd0a\ufdd1b" * 5000,
    ],
    ids=lambda text: ascii(text[:4]),
)
def test_a_hundred_thousand_characters(text: str) -> None:
    article = Article(
        id="a", text=text, title=text, source=text, published=datetime(2026, 3, 9, tzinfo=UTC)
    )
    middle = len(text) // 2
    words = (Span(middle, middle + 1), Span(middle + 2, len(text)))
    report = Report(
        article=article,
        quote=Quote(article, Span(0, len(text)), 1, 0.0),
        words=words,
        title_words=words,
    )
    for html in messages_for([report], text[:LONG], CHATS[:1]):
        shown(html)
