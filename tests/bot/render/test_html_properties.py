"""Whatever an article, a title, an outlet or a question holds: messages parse, fit and quote."""

import unicodedata
from collections.abc import Iterator
from dataclasses import replace

import pytest
import regex
from chat_paper import shown
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_articles import ANY_TEXTS, CLEAN_TEXTS, bounds, is_clean, is_cut_from, quotes

from bot.messages import Messages
from bot.render.html import ChatRenderer, Numbered, escape, utf16_length, visible_text
from retrieval.store import SourceSummary
from retrieval.types import Answer, Article, Filters, NoAnswer, Quote, Span

EN = Messages("en")
CHAT = ChatRenderer(EN, link_to=lambda quote: f"https://t.me/desk_bot?start=q{quote.span.start}")


def spans_around(quote: Quote) -> list[Span]:
    """Paragraphs, as the desk cuts them: without the white space around them."""
    found = [Span(*m.span()) for m in regex.finditer(r"[^\n]+", quote.article.text)]
    inside = [n for n, span in enumerate(found) if span.overlaps(quote.span)]
    return found[max(inside[0] - 1, 0) : inside[-1] + 2] if inside else []


def messages_for(found: list[Quote], asked: str) -> Iterator[str]:
    """Every message that a chat may be sent about *found*."""
    filters = Filters(sources=(asked,))
    first = found[0]
    yield CHAT.answer(Answer(asked, tuple(found), 0.9, ()), filters, as_of="Corpus as of today")
    yield CHAT.answer(Answer(asked, tuple(found), 0.1, ()), filters, understood=[asked, asked])
    yield CHAT.answer(NoAnswer(asked, "low_confidence", tuple(found)), filters, as_of=asked)
    yield CHAT.answer(NoAnswer(asked, "filters"), filters, understood=[asked])
    yield CHAT.page(found, 999, is_answer=True, question=asked)
    yield CHAT.page(found, 4, is_answer=False, question=asked)
    yield CHAT.context(Numbered(first, 3), spans_around(first))
    yield CHAT.context(Numbered(first, 3), [])
    yield CHAT.article_at(first, spans_around(first))
    yield CHAT.sources_of(found, 1)
    yield CHAT.latest([quote.article for quote in found] * 9, asked, Filters())
    yield CHAT.inline(Numbered(first, 1), asked).html
    date = first.article.published
    summary = SourceSummary(first.article.source, 12, date, date, ("en",))
    yield CHAT.corpus_sources([summary] * 30, "")
    yield CHAT.corpus_sources([summary], asked)
    yield CHAT.say(asked)


@settings(max_examples=30)
@given(st.lists(quotes(), min_size=1, max_size=3), ANY_TEXTS)
def test_any_text_makes_messages_that_parse_and_fit(found: list[Quote], asked: str) -> None:
    for html in messages_for(found, asked):
        seen = shown(html)

        # Telegram changed nothing: no character was dropped, replaced or reordered
        assert seen.text == visible_text(html).strip(" \n")
        assert all(link and link.startswith(("http://", "https://")) for link in seen.links)
        assert all(len(link or "") <= 2048 for link in seen.links)


@given(st.lists(quotes(), min_size=1, max_size=3), ANY_TEXTS)
@settings(max_examples=30)
def test_names_leave_no_direction_open(found: list[Quote], asked: str) -> None:
    """What a title or an outlet turns round ends with it: quotes are paragraphs of their own."""
    seen = shown(CHAT.answer(Answer(asked, tuple(found), 0.9, ()), Filters()))
    cited = seen.text
    for quotation in sorted(seen.quotations, key=len, reverse=True):
        cited = cited.replace(quotation, "")

    assert cited.count("\u2068") == cited.count("\u2069")
    assert not set(cited) & set("\u061c\u200e\u200f\u202a\u202b\u202d\u202e\u2066\u2067")


@settings(max_examples=100)
@given(quotes(CLEAN_TEXTS).filter(is_clean))
def test_a_clean_quote_is_given_back_exactly(quote: Quote) -> None:
    seen = shown(CHAT.answer(Answer("?", (quote,), 0.9, ()), Filters()))
    (quotation,) = seen.quotations

    assert is_cut_from(quotation, quote)
    if utf16_length(quote.text) <= 2000:
        assert quotation == quote.text
    if quote.answer is not None and (answer := quote.answer.of(quote.article.text)).strip():
        # In bold as a whole, but for the white space that Telegram takes off the front
        assert answer.lstrip(" \n") in seen.of("bold")


@settings(max_examples=30)
@given(quotes(CLEAN_TEXTS).filter(is_clean))
def test_a_quote_is_whole_in_its_context(quote: Quote) -> None:
    seen = shown(CHAT.context(Numbered(quote, 1), spans_around(quote)))
    if utf16_length(quote.text) <= 2500:
        assert quote.text in seen.of("bold")
    else:
        assert any("…" in q or quote.text in q for q in seen.quotations)


@settings(max_examples=30)
@given(st.lists(quotes(CLEAN_TEXTS).filter(is_clean), min_size=2, max_size=3))
def test_each_of_several_quotes_is_given_back(found: list[Quote]) -> None:
    seen = shown(CHAT.answer(Answer("?", tuple(found), 0.9, ()), Filters()))

    assert len(seen.quotations) == len(found)
    for quotation, quote in zip(seen.quotations, found, strict=True):
        assert is_cut_from(quotation, quote)


@settings(max_examples=30)
@given(st.lists(quotes(CLEAN_TEXTS).filter(is_clean), min_size=1, max_size=3))
def test_the_nearest_are_given_back_and_not_marked(found: list[Quote]) -> None:
    reply = NoAnswer("?", "low_confidence", tuple(found))
    seen = shown(CHAT.answer(reply, Filters()))

    assert [kind for kind, _, _ in seen.stretches if "quote" in kind] == ["expandable_blockquote"]
    assert seen.of("bold") == [
        "Closest passages, NOT an answer:",
        *map(str, range(1, len(found) + 1)),
    ]
    if sum(utf16_length(quote.text) for quote in found) <= 600:
        assert all(quote.text in seen.quotations[0] for quote in found)


@given(ANY_TEXTS)
def test_escaping_keeps_what_telegram_keeps(text: str) -> None:
    from telegram_api.entities import clean

    said = visible_text(escape(text))
    cleaned, _ = clean(said, [])

    assert cleaned == said.strip(" \n")
    said.encode()  # no lone surrogate is left
    kept = [c for c in text if unicodedata.category(c)[0] in "LNPS" and c != "\ufffd"]
    assert [c for c in said if unicodedata.category(c)[0] in "LNPS" and c != "\ufffd"] == [
        unicodedata.normalize("NFC", c) for c in kept
    ] or "\u030a" in text


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
    ],
    ids=lambda text: ascii(text[:4]),
)
def test_a_hundred_thousand_characters(text: str) -> None:
    article = Article(id="a", text=text, title=text, source=text)
    characters = len(bounds(text)) - 1
    end = characters and len(text) * (characters - 1) // characters  # before the last one
    whole = Quote(article, Span(0, len(text)), 1, 1.0)
    for quote in (
        whole,
        replace(whole, answer=Span(end, len(text))),
        replace(whole, answer=whole.span),
    ):
        seen = shown(CHAT.answer(Answer(text, (quote, whole), 0.9, ()), Filters()))

        assert all(is_cut_from(quotation, quote) for quotation in seen.quotations)
        assert len(seen.text) > 1500 or characters == 1
    for html in messages_for([replace(whole, answer=Span(end, len(text)))], text):
        shown(html)
