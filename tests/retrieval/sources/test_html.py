"""HTML pages: the story, what the page states of it, and where its date stands."""

import gc
import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from retrieval.errors import SourceError
from retrieval.sources.files import ByteStream
from retrieval.sources.html import html_to_text, read_html
from retrieval.types import Article, Location, content_id


def read(page: str | bytes) -> Sequence[Article | SourceError]:
    data = page if isinstance(page, bytes) else page.encode()
    return list(read_html(ByteStream("a.html", iter((data,)))))


STORY = (
    "The old bridge over the harbour reopened on Tuesday after two years of work.\n"
    "Mayor Jo Field said that the repairs had cost 12 million, and that the tram would follow."
)


def page(head: str = "", story: str = STORY, above: str = "", lang: str = "") -> str:
    paragraphs = "".join(f"<p>{line}</p>" for line in story.split("\n"))
    return (
        f"<!DOCTYPE html><html{lang}><head>{head}</head><body><nav><a href='/'>Home</a></nav>"
        f"<article>{above}{paragraphs}</article><footer>Copyright 2019</footer></body></html>"
    )


def article(**fields: Any) -> Article:
    return Article(
        **{"id": content_id(STORY), "text": STORY, "location": Location("a.html")} | fields
    )


def test_read_html_takes_what_the_page_states() -> None:
    head = (
        "<title>Bridge reopens | Harbour Post</title>"
        '<meta property="og:title" content="Bridge reopens">'
        '<meta property="og:site_name" content="Harbour Post">'
        '<meta name="author" content="Ann Lee">'
        '<link rel="canonical" href="https://harbour.example/bridge">'
        '<meta property="article:published_time" content="2024-03-05T23:15:00-05:00">'
        '<meta property="article:modified_time" content="2024-03-07T01:00:00Z">'
    )

    assert read(page(head, above="<h1>Bridge reopens</h1>", lang=' lang="en-GB"')) == [
        article(
            title="Bridge reopens",
            source="Harbour Post",
            url="https://harbour.example/bridge",
            published=datetime(2024, 3, 6, 4, 15, tzinfo=UTC),
            published_origin="html:meta",
            lang="en",
            author="Ann Lee",
        )
    ]


def test_read_html_invents_nothing() -> None:
    assert read(page()) == [article()]


def test_read_html_of_a_page_with_only_an_address_has_no_source() -> None:
    head = '<link rel="canonical" href="https://harbour.example/bridge">'

    assert read(page(head)) == [article(url="https://harbour.example/bridge")]


JSONLD = '<script type="application/ld+json">{}</script>'


@pytest.mark.parametrize(
    ("head", "above", "published", "origin"),
    [
        ('<meta name="date" content="1903-12-17">', "", (1903, 12, 17), "html:meta"),
        (JSONLD.format('[{"dateModified": "2024-03-05T12:00:00Z", "n": 1, "datePublished": "2024-03-05T10:11:00Z"}]'), "", (2024, 3, 5, 10, 11), "html:jsonld"),
        (JSONLD.format('{"datePublished": "2024-03-05" no JSON'), "", (2024, 3, 5), "html:jsonld"),
        (JSONLD.format('{"about": "no date"}') + '<link rel="canonical" href="https://h.example/2024/03/06/bridge">', "", (2024, 3, 6), "html:url"),
        ("", '<time datetime="2024-02-01T05:00:00+01:00">1 Feb</time>', (2024, 2, 1, 4), "html:text"),
        ("", '<div class="date">6 May 2021</div>', (2021, 5, 6), "html:text"),
    ],
)  # fmt: skip
def test_read_html_says_where_the_date_stands(
    head: str, above: str, published: tuple[int, ...], origin: str
) -> None:
    (found,) = read(page(head, above=above))

    assert isinstance(found, Article)
    expected = datetime(*published, tzinfo=UTC)  # type: ignore[arg-type, misc]  # parts of a date
    assert (found.published, found.published_origin) == (expected, origin)


@pytest.mark.parametrize(
    ("story", "encoding"),
    [
        ("港口的舊橋經過兩年維修後，於星期二重新開放予市民使用。\n市長表示，維修工程耗資一千二百萬元，電車稍後亦會恢復行駛。", "big5"),
        ("Старый мост через гавань открылся во вторник после двух лет работ.\nМэр сообщил, что ремонт стоил 12 миллионов.", "koi8-r"),
        ("أعيد فتح الجسر القديم فوق الميناء يوم الثلاثاء بعد عامين من العمل.\nقال رئيس البلدية إن الإصلاحات كلفت ١٢ مليونا.", "utf-16"),
        ("The bridge 🌉 over the harbour is open again, and people 👍🏽 are glad of it.\nThe tram will follow soon.", "utf-8"),
    ],
)  # fmt: skip
def test_read_html_in_its_encoding(story: str, encoding: str) -> None:
    whole = page(f'<meta charset="{encoding}">', story)

    assert read(whole.encode(encoding)) == [article(id=content_id(story), text=story)]


def test_read_html_of_xhtml() -> None:
    whole = '<?xml version="1.0" encoding="utf-8"?>' + page(lang=' xml:lang="fr"')

    assert read(whole) == [article(lang="fr")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty; save the page again"),
        (" \n", "is empty; save the page again"),
        ("<!-- -->", "no story was found on the page; save its text instead"),
        ("<html><body></body></html>", "no story was found on the page; save its text instead"),
        (
            "<html><body><script>x()</script></body></html>",
            "no story was found on the page; save its text instead",
        ),
    ],
)
def test_read_html_when_there_is_no_story(text: str, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(text)

    assert (caught.value.location, caught.value.message) == ("a.html", message)


def test_read_html_resets_the_extractor_s_caches() -> None:
    from trafilatura.utils import trim

    sizes = []
    for _ in range(2):  # 500 pages hold one reset, wherever the count stands
        for number in range(250):
            read(page(story=f"Page {number}. {STORY}"))
            sizes.append(trim.cache_info().currsize)
    gc.collect()

    assert any(later < earlier for earlier, later in itertools.pairwise(sizes))


@pytest.mark.parametrize(
    ("fragment", "text"),
    [
        ("", ""),
        ("plain", "plain"),
        ("a &lt; b &amp; c&nbsp;d", "a < b & c d"),
        ("<p>One\n <b>two</b>.</p><p>Three</p>tail", "One two.\nThree\ntail"),
        ("a<br>b<br/><br>c", "a\nb\nc"),
        ("<ul><li>燈塔</li><li>منارة 🗼</li></ul>", "燈塔\nمنارة 🗼"),
        ("a<script>x()</script>b<style>p{}</style><!-- c -->d", "abd"),
        ("<p>broken <b>markup", "broken markup"),
        ("</div></div>a<td>b", "a\nb"),
        ("\ud800 \x00", "\ufffd \ufffd"),
    ],
)
def test_html_to_text_of(fragment: str, text: str) -> None:
    assert html_to_text(fragment) == text
