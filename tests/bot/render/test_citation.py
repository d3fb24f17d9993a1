from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_desk import BRIDGE, PARK, UNTITLED

from bot.messages import Messages
from bot.render.citation import (
    WHOLE_QUOTE_MAX_CHARS,
    cite,
    cite_briefly,
    link_with_fragment,
    web_address,
)
from retrieval.types import Article, Location, Quote, Span

EN = Messages("en")
PAGE = "https://quay.example/a"


def quote_of(article: Article, paragraph: int = 3) -> Quote:
    return Quote(article, Span(0, 10), paragraph, 1.0)


def at(path: str, first: int | None = None, last: int | None = None) -> Article:
    return Article(id="a17", text="Ten letters and more.", location=Location(path, first, last))


@pytest.mark.parametrize(
    ("article", "said"),
    [
        (BRIDGE, '[1] The Daily Quay · 4 Mar 2024 · "Harbour bridge opens again" · ¶3'),
        (PARK, '[1] 港口日報 · 20 Nov 2023 · "公園重新開放" · ¶3'),
        (replace(BRIDGE, published=None), '[1] The Daily Quay · "Harbour bridge opens again" · ¶3'),
        (replace(BRIDGE, source=None), '[1] 4 Mar 2024 · "Harbour bridge opens again" · ¶3'),
        (UNTITLED, "[1] untitled, line 17 of dump.txt · ¶3"),
        (at("dir/FILE", 3, 9), "[1] untitled, lines 3-9 of FILE · ¶3"),
        (at("FILE", 4), "[1] untitled, line 4 of FILE · ¶3"),
        (at("حبر/ملف.txt"), "[1] untitled, ملف.txt · ¶3"),
        (at("-", 1, 2), "[1] untitled, lines 1-2 of standard input · ¶3"),
        (at("https://a.example/x/"), "[1] untitled, https://a.example/x/ · ¶3"),
        (at("/"), "[1] untitled, / · ¶3"),
        (Article(id="a17", text="Ten letters and more."), "[1] untitled, a17 · ¶3"),
        (
            replace(UNTITLED, source="Wire", is_suspect=True),
            "[1] Wire · untitled, line 17 of dump.txt · ¶3 · may mix several articles",
        ),
    ],
)
def test_a_citation_says_what_is_known(article: Article, said: str) -> None:
    assert cite(quote_of(article), EN).numbered(1) == said


def test_an_empty_title_is_a_title() -> None:
    # The source said so: it is not for us to call it untitled.
    assert str(cite(quote_of(replace(BRIDGE, title="", source=None, published=None)), EN)) == (
        '"" · ¶3'
    )


def test_the_day_is_utc_whatever_the_zone_of_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    article = replace(BRIDGE, published=datetime(2004, 4, 4, tzinfo=UTC))

    assert "4 Apr 2004" in str(cite(quote_of(article), EN))


def test_a_brief_citation_is_source_and_date() -> None:
    assert str(cite_briefly(quote_of(BRIDGE), EN)) == "The Daily Quay · 4 Mar 2024"
    assert str(cite_briefly(quote_of(UNTITLED), EN)) == "untitled, line 17 of dump.txt · ¶3"


def test_a_citation_links_only_to_the_web() -> None:
    assert cite(quote_of(BRIDGE), EN).link == (
        "https://quay.example/news/bridge?page=2#story:~:text=The%20harbou"
    )
    assert cite(quote_of(replace(BRIDGE, url="file:///etc/passwd")), EN).link is None
    assert cite(quote_of(UNTITLED), EN).link is None


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://a.example/x", "https://a.example/x"),
        (" HTTP://a.example/x\n", "http://a.example/x"),
        ("https://Bücher.example:8080/ä", "https://xn--bcher-kva.example:8080/%C3%A4"),
        ("https://пример.рф?ы", "https://xn--e1afmkfd.xn--p1ai?%D1%8B"),
        ("http://[::1]:80/x", "http://[::1]:80/x"),
        ("http://wiki/x", "http://wiki/x"),
        ("http://bank.example@evil.example/", None),
        ("http://a:b@evil.example/", None),
        ("https://a.example\\@evil.example/", None),
        ("http://a.example:99999/", None),
        ("http://a b.example/", None),
        ("http://a..example/", None),
        ("http://" + "a" * 64 + ".example/", None),
        ("https://a.example/%C3%BC?q=1&r=2#s", "https://a.example/%C3%BC?q=1&r=2#s"),
        ("https://a.example/港口 1", "https://a.example/%E6%B8%AF%E5%8F%A3%201"),
        ("https://a.example/\x1b]8;;x\x07", "https://a.example/%1B]8;;x%07"),
        ("https://a.example/\ud800", "https://a.example/?"),
        ("https://[::1", None),
        ("https:///x", None),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("a.example/x", None),
        ("", None),
    ],
)
def test_a_web_address_is_printable_ascii_or_none(url: str, address: str | None) -> None:
    assert web_address(url) == address


LONG_LATIN = (
    "The first clause of this sentence opens the story, the second one goes on at length, "
    "and the third brings it to its well-earned end."
)
LONG_HAN = "港口於星期一重新開放，" + "工程人員檢查了所有的纜索，" * 12 + "市長說一切都很順利。"


@pytest.mark.parametrize(
    ("url", "quoted", "link"),
    [
        (PAGE, "It rained.", f"{PAGE}#:~:text=It%20rained."),
        (
            PAGE,
            "A well-known, 50% & more",
            f"{PAGE}#:~:text=A%20well%2Dknown%2C%2050%25%20%26%20more",
        ),
        (PAGE, "a #1 hit; so: yes/no?", f"{PAGE}#:~:text=a%20%231%20hit%3B%20so%3A%20yes%2Fno%3F"),
        (PAGE, "  two\t words ", f"{PAGE}#:~:text=two%20words"),
        (f"{PAGE}#top", "It rained.", f"{PAGE}#top:~:text=It%20rained."),
        (f"{PAGE}#:~:text=old", "It rained.", f"{PAGE}#:~:text=It%20rained."),
        (f"{PAGE}#top:~:text=old", "It rained.", f"{PAGE}#top:~:text=It%20rained."),
        (f"{PAGE}#", "It rained.", f"{PAGE}#:~:text=It%20rained."),
        (PAGE, "雨。", f"{PAGE}#:~:text=%E9%9B%A8%E3%80%82"),
        (PAGE, "مطر", f"{PAGE}#:~:text=%D9%85%D8%B7%D8%B1"),
        (PAGE, "⚓️", f"{PAGE}#:~:text=%E2%9A%93%EF%B8%8F"),
        (PAGE, "", PAGE),
        (f"{PAGE}#top:~:text=old", " \n", f"{PAGE}#top"),
        (
            PAGE,
            "One line.\n\nAnd another.",
            f"{PAGE}#:~:text=One%20line.,And%20another.",
        ),
        (
            PAGE,
            LONG_LATIN,
            (
                f"{PAGE}#:~:text=The%20first%20clause%20of%20this%20sentence%20opens,"
                "the%20third%20brings%20it%20to%20its%20well%2Dearned%20end."
            ),
        ),
        ("mailto:a@example", "It rained.", None),
    ],
)
def test_a_link_names_the_quoted_words(url: str, quoted: str, link: str | None) -> None:
    assert link_with_fragment(url, quoted) == link


def test_a_long_quote_without_spaces_is_cut_at_its_punctuation() -> None:
    start, _, end = str(link_with_fragment(PAGE, LONG_HAN)).partition("text=")[2].partition(",")

    assert LONG_HAN.startswith(unquote(start))
    assert LONG_HAN.endswith(unquote(end))
    assert unquote(start).endswith("，")
    assert len(unquote(start)) + len(unquote(end)) < WHOLE_QUOTE_MAX_CHARS


def test_a_long_quote_without_places_to_cut_is_named_whole() -> None:
    quoted = "港" * (WHOLE_QUOTE_MAX_CHARS + 1)

    assert unquote(str(link_with_fragment(PAGE, quoted))) == f"{PAGE}#:~:text={quoted}"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_the_named_words_stand_at_the_edges_of_the_quote(quoted: str) -> None:
    link = str(link_with_fragment(PAGE, quoted))
    folded = " ".join(quoted.split())
    _, _, directive = link.partition("#:~:text=")
    start, comma, end = directive.partition(",")

    assert link.isascii()
    assert link.isprintable()
    assert " " not in link
    assert not {"-", "&"} & set(directive)
    assert folded.startswith(unquote(start))
    assert folded.endswith(unquote(end if comma else start))
