"""Articles and quotes that hold whatever may stand in a text, to draw; and what is left of them."""

from __future__ import annotations

from datetime import UTC, datetime

import regex
from hypothesis import strategies as st

from retrieval.types import Article, Location, Quote, Span

LONG = 8_000
"""Code points: twice what fits a message; longer ones have a test of their own."""

CLEAN = [
    *("<", ">", "&", '"', "'", "<b>", "</b>", "</blockquote>", "<a href='x'>", "&amp;", "&#60;"),
    *("&lt", "&nbsp;", "…", " …", "… "),
    *("👩‍👩‍👧‍👦", "🇺🇦", "👍🏽", "⚓️", "𝒳", "e\u0301", "n" + "\u0301" * 40, "क्षि"),
    *("港口於星期一重新開放，", "工程", "。", "ミナト", "한국어"),
    *("الميناء مفتوح ", "נמל ", "\u2067", "\u2069", "\u061c", "\u200f"),
    *("word ", "longer words here. ", "1,234 ", "a", "\n", "\n\n", " ", "\u00a0", "\u3000"),
    *("https://quay.example/x?a=1&b=2 ", "@name ", "/start ", "#tag ", "{place} %s \\n "),
]
DIRTY = [
    *("\r", "\r\n", "\t", "\x00", "\x1b[31m", "\x07", "\x0b", "\x7f", "\x85", "\u2028", "\u2029"),
    *("\u202a", "\u202e", "\u202c", "A\u030a", "м\u030a", "\u030a", "\u0333", "\u033f"),
    *("\u200e\u200e", "\u200f\u200e\u200f", "\ud800", "\udfff", "\ufffe", "\U0010ffff", "\ufdd0"),
    *("\ufeff", "\u200b", "\u200d", "\U000e0041", "\ufff9"),
]


def texts(fragments: list[str], most: int = 30) -> st.SearchStrategy[str]:
    """Fragments in a row, now and then many times over."""
    short = st.lists(st.sampled_from(fragments), min_size=1, max_size=most).map("".join)
    return st.one_of(
        short,
        st.text(min_size=1) if fragments is not CLEAN else short,
        st.builds(lambda text, times: (text * times)[:LONG], short, st.integers(2, 1000)),
    )


CLEAN_TEXTS = texts(CLEAN)
ANY_TEXTS = texts(CLEAN + DIRTY)
NAMES = st.one_of(st.none(), st.just(""), st.just("<<<>>>&&&"), ANY_TEXTS)
ADDRESSES = st.one_of(
    st.none(),
    st.sampled_from(["javascript:alert(1)", "tg://user?id=1", "https://quay.example/a b'\"<>&c"]),
    ANY_TEXTS.map(lambda path: f"https://quay.example/{path}"),
    ANY_TEXTS,
)


def bounds(text: str) -> list[int]:
    return [0, *(found.end() for found in regex.finditer(r"\X", text))]


@st.composite
def articles(draw: st.DrawFn, words: st.SearchStrategy[str] = ANY_TEXTS) -> Article:
    has_date = draw(st.booleans())
    path = draw(st.one_of(st.none(), ANY_TEXTS))
    return Article(
        id=draw(ANY_TEXTS),
        text=draw(words),
        title=draw(NAMES),
        source=draw(NAMES),
        url=draw(ADDRESSES),
        author=draw(NAMES),
        published=datetime(2024, 3, 4, tzinfo=UTC) if has_date else None,
        published_origin=draw(st.sampled_from([None, "feed:updated", "<new>"])),
        location=None if path is None else Location(path, draw(st.sampled_from([None, 3])), 9),
        agencies=tuple(draw(st.lists(ANY_TEXTS, max_size=3))),
        is_truncated=draw(st.booleans()),
        is_suspect=draw(st.booleans()),
    )


@st.composite
def quotes(draw: st.DrawFn, words: st.SearchStrategy[str] = ANY_TEXTS) -> Quote:
    article = draw(articles(words))
    places = bounds(article.text)
    begin = draw(st.one_of(st.just(0), st.integers(0, len(places) - 2)))
    end = draw(st.one_of(st.just(len(places) - 1), st.integers(begin + 1, len(places) - 1)))
    answer = None
    if draw(st.booleans()):
        first = draw(st.integers(begin, end))
        last = draw(st.integers(first, min(first + 20, end)))
        answer = Span(places[first], places[last])
    also = ()
    if draw(st.booleans()):
        also = (Quote(draw(articles(st.just("also"))), Span(0, 4), 1, 1.0),) * draw(
            st.sampled_from([1, 4, 400])
        )
    paragraph = draw(st.sampled_from([1, 12345]))
    span = Span(places[begin], places[end])
    return Quote(article, span, paragraph, 1.0, answer, also_in=also)


def is_cut_from(seen: str, quote: Quote) -> bool:
    """Whether *seen* is the quote, or a stretch of whole characters of it between ellipses."""
    if seen == quote.text:
        return True
    edges = set(bounds(quote.text))
    for before in ("", "…", "… "):
        for behind in ("", "…", " …"):
            if not (before or behind) or not (seen.startswith(before) and seen.endswith(behind)):
                continue
            core = seen[len(before) : len(seen) - len(behind)]
            at = quote.text.find(core)
            while at >= 0:
                is_start = not before and at == 0
                is_stop = not behind and at + len(core) == len(quote.text)
                if {at, at + len(core)} <= edges and (before or is_start) and (behind or is_stop):
                    return True
                at = quote.text.find(core, at + 1) if core else -1
    return False


def is_clean(quote: Quote) -> bool:
    """Telegram drops no mark of a row, and the outer white space of a quotation is ours."""
    text = quote.text
    return text == text.strip() and not regex.search("[\u200e\u200f]{2}", text)
