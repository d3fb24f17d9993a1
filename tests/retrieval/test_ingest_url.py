"""Articles from the web into the store: which reader, which address, and when it is the same."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from web_site import Site, answer, serving

from retrieval.desk import Desk
from retrieval.errors import SourceError
from retrieval.ingest import IngestReport
from retrieval.sources.encoding import READABLE, recoded
from retrieval.sources.fetch import FetchPolicy
from retrieval.sources.files import ByteStream, FileLocation, iter_locations
from retrieval.sources.html import read_html
from retrieval.sources.reading import read_articles
from retrieval.types import Answer, Article, Location, content_id

STORY = (
    "The old bridge over the harbour reopened on Tuesday after two years of work.",
    "Mayor Jo Field said that the repairs had cost 12 million, and that the tram would follow.",
)
EDITED = (*STORY, "Correction: the repairs cost 13 million.")
OTHER = (
    "Two cats were rescued from the roof of the customs house by neighbours with a ladder.",
    "Both are well, and their owner brought a cake to the fire station the next morning.",
)


def page(*lines: str, head: str = "", lang: str = "en") -> bytes:
    paragraphs = "".join(f"<p>{line}</p>" for line in lines)
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><title>Bridge</title>{head}</head><body>'
        f"<article><h1>Bridge</h1>{paragraphs}</article></body></html>"
    ).encode()


def canonical(address: str) -> str:
    return f'<link rel="canonical" href="{address}">'


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


Take = Callable[..., IngestReport]


@pytest.fixture
def web_desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk.open(tmp_path / "desk") as desk:
        yield desk


@pytest.fixture
def take(web_desk: Desk, site: Site) -> Take:
    def take(*paths: str, **limits: Any) -> IngestReport:
        policy = FetchPolicy(allow_hosts=frozenset((site.host,)), **limits)
        return web_desk.add([site.url(path) for path in paths], fetch_policy=policy)

    return take


def counts(report: IngestReport) -> tuple[int, int, int, int]:
    assert report.failed.count == 0, report.failed
    return report.new, report.changed, report.same, report.conflicts.count


def held(desk: Desk) -> list[tuple[str, int]]:
    return [(article.id, article.version) for article in desk.store.iter_articles()]


# --- one page -----------------------------------------------------------------------


def test_a_page_is_taken_answers_and_is_cited_by_its_address(
    site: Site, web_desk: Desk, take: Take
) -> None:
    site.answers["/old"] = answer(status=301, location="/2024/03/05/bridge")
    site.answers["/2024/03/05/bridge"] = answer(page(*STORY), content_type="text/html")

    assert counts(take("/old")) == (1, 0, 0, 0)
    reply = web_desk.ask("What did the repairs of the bridge cost?")

    assert isinstance(reply, Answer)
    found = reply.quotes[0].article
    assert found.id == found.url == site.url("/2024/03/05/bridge")
    assert found.location == Location(site.url("/old"))
    assert (found.title, found.lang) == ("Bridge", "en")
    assert (found.published, found.published_origin) == (
        datetime(2024, 3, 5, tzinfo=UTC),
        "html:url",
    )
    assert counts(take("/old")) == (0, 0, 1, 0)


@pytest.mark.parametrize("after", [EDITED, OTHER], ids=["edited", "rewritten"])
def test_a_page_that_changed_is_a_new_version(
    site: Site, web_desk: Desk, take: Take, after: tuple[str, ...]
) -> None:
    for lines in (STORY, after):
        site.answers["/a"] = answer(page(*lines), content_type="text/html")
        take("/a")

    assert held(web_desk) == [(site.url("/a"), 2)]
    assert web_desk.article(site.url("/a"), 1).text == "\n".join(STORY)
    assert counts(take("/a")) == (0, 0, 1, 0)


def test_a_page_at_two_addresses_is_one_article(site: Site, web_desk: Desk, take: Take) -> None:
    head = canonical("/bridge#top")
    site.answers["/bridge?from=mail"] = answer(page(*STORY, head=head), content_type="text/html")
    site.answers["/amp/bridge"] = answer(page(*EDITED, head=head), content_type="text/html")

    assert counts(take("/bridge?from=mail", "/amp/bridge")) == (1, 1, 0, 0)
    assert held(web_desk) == [(site.url("/bridge"), 2)]
    assert web_desk.article(site.url("/bridge")).url == site.url("/bridge")
    # The first still has the older text: an earlier version, not news.
    assert counts(take("/bridge?from=mail")) == (0, 0, 1, 0)


def test_two_pages_that_claim_one_address_are_two_articles(
    site: Site, web_desk: Desk, take: Take
) -> None:
    head = canonical("/bridge")
    site.answers["/a"] = answer(page(*STORY, head=head), content_type="text/html")
    site.answers["/b"] = answer(page(*OTHER, head=head), content_type="text/html")

    assert counts(take("/a", "/b")) == (2, 0, 0, 1)
    assert counts(take("/a", "/b")) == (0, 0, 2, 1)


def test_a_page_that_was_deleted_stays_deleted(site: Site, web_desk: Desk, take: Take) -> None:
    site.answers["/a"] = answer(page(*STORY), content_type="text/html")
    take("/a")
    web_desk.store.delete(site.url("/a"))
    site.answers["/a"] = answer(page(*OTHER), content_type="text/html")

    assert take("/a").deleted == 1
    assert held(web_desk) == []


@pytest.mark.parametrize(
    ("stated", "address", "url"),
    [
        ("https://news.example/b", "https://news.example/a", "https://news.example/b"),
        ("https://NEWS.example/b", "http://news.example/a", "https://news.example/b"),
        ("/b?at_medium=RSS&id=1", "https://news.example/a", "https://news.example/b?id=1"),
        ("https://news.example:443/b", "https://news.example/a", "https://news.example/b"),
        ("https://www.news.example/b", "https://m.news.example/a", "https://www.news.example/b"),
        ("https://news.example/b", "https://amp.news.example/a", "https://news.example/b"),
        (" /b?id=1#x ", "https://news.example/a", "https://news.example/b?id=1"),
        ("//news.example/b", "https://news.example/a", "https://news.example/b"),
        ("https://news.example/?p=7", "https://news.example/a", "https://news.example/?p=7"),
        ("/", "https://news.example/", "https://news.example/"),
        ("/b c", "https://news.example/a", "https://news.example/b%20c"),
        # What it may not say:
        ("https://reuters.example/b", "https://news.example/a", None),
        ("https://other.news.example/b", "https://news.example/a", None),
        ("https://news.example:8443/b", "https://news.example/a", None),
        ("https://news.example.evil.example/b", "https://news.example/a", None),
        ("https://m.example/b", "https://www.example/a", None),
        ("https://news.example/", "https://news.example/a", None),
        ("https://news.example/?utm_source=x", "https://news.example/a", None),
        ("https://news.example", "https://news.example/a?b", None),
        ("javascript:alert(1)", "https://news.example/a", None),
        ("https://[news.example/b", "https://news.example/a", None),
        ("https://news.example:x/b", "https://news.example/a", None),
        ("", "https://news.example/a", None),
    ],
)
def test_a_page_speaks_for_its_own_site_only(stated: str, address: str, url: str | None) -> None:
    stream = ByteStream("the page", iter((page(*STORY, head=canonical(stated)),)))

    [article] = read_html(stream, address=address)

    assert isinstance(article, Article)
    assert article.id == article.url == (address if url is None else url)
    assert article.location == Location("the page")


def test_the_first_address_that_it_may_give_counts() -> None:
    head = canonical("https://other.example/b") + canonical("/c") + canonical("/d")
    stream = ByteStream("the page", iter((page(*STORY, head=head),)))

    [article] = read_html(stream, address="https://news.example/a")

    assert isinstance(article, Article)
    assert article.url == "https://news.example/c"


def test_a_file_keeps_the_id_of_its_text() -> None:
    [article] = read_html(ByteStream("a.html", iter((page(*STORY, head=canonical("/b")),))))

    assert isinstance(article, Article)
    assert (article.id, article.url) == (content_id(article.text), None)


# --- other documents ----------------------------------------------------------------

FEED = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>Post</title>'
    b"<item><guid>g1</guid><link>https://news.example/1</link><description>Cats.</description></item>"
    b"<item><guid>g2</guid><description>Dogs.</description></item></channel></rss>"
)
RECORDS = (
    b'{"id": "r1", "text": "Cats."}\n{"id": "r2", "text": "Dogs.", "url": "https://a.example/"}\n'
)
MARKDOWN = b"# Cats\n\nTwo cats were rescued.\n"
PROSE = b"Two cats were rescued from a roof."


@pytest.mark.parametrize(
    ("path", "content_type", "body", "found"),
    [
        ("/f", "application/rss+xml", FEED, [("g1", "https://news.example/1"), ("g2", None)]),
        ("/f", "text/xml; charset=utf-8", FEED, [("g1", "https://news.example/1"), ("g2", None)]),
        ("/f", "text/html", FEED, [("g1", "https://news.example/1"), ("g2", None)]),
        ("/f", "", FEED, [("g1", "https://news.example/1"), ("g2", None)]),
        ("/r", "application/x-ndjson", RECORDS, [("r1", None), ("r2", "https://a.example/")]),
        ("/r", "application/json", RECORDS, [("r1", None), ("r2", "https://a.example/")]),
        ("/r.jsonl", "text/plain", RECORDS, [("r1", None), ("r2", "https://a.example/")]),
        (
            *("/r.jsonl.gz?x=1", "application/gzip", gzip.compress(RECORDS)),
            [("r1", None), ("r2", "https://a.example/")],
        ),
        ("/r", "text/csv", b"id,text\nc1,Cats.\n", [("c1", None)]),
        ("/r", "text/tab-separated-values", b"id\ttext\nc1\tCats.\n", [("c1", None)]),
        ("/cats", "text/markdown", MARKDOWN, [(content_id("Two cats were rescued."), "/cats")]),
        ("/cats.md", "", MARKDOWN, [(content_id("Two cats were rescued."), "/cats.md")]),
        (
            "/cats.php?a=b.html",
            "text/plain",
            PROSE,
            [(content_id(PROSE.decode()), "/cats.php?a=b.html")],
        ),
        (
            "/cats",
            "text/plain",
            b"ID: c\nURL: https://a.example/\n\nCats.",
            [("c", "https://a.example/")],
        ),
        ("/page.md", "text/html", page(*STORY), [("/page.md", "/page.md")]),
        ("/page", "application/xhtml+xml", page(*STORY), [("/page", "/page")]),
        ("/page", "text/plain", page(*STORY), [("/page", "/page")]),
    ],
)
def test_the_content_type_asks_for_the_reader(
    site: Site,
    web_desk: Desk,
    take: Take,
    path: str,
    content_type: str,
    body: bytes,
    found: list[tuple[str, str | None]],
) -> None:
    site.answers[path] = answer(body, content_type=content_type)

    assert counts(take(path)) == (len(found), 0, 0, 0)
    assert counts(take(path)) == (0, 0, len(found), 0)

    def whole(address: str | None) -> str | None:
        return site.url(address) if address is not None and address.startswith("/") else address

    articles = list(web_desk.store.iter_articles())
    assert [(a.id, a.url) for a in articles] == [(whole(id_), whole(url)) for id_, url in found]
    assert {a.location.path for a in articles if a.location} == {site.url(path)}


@pytest.mark.parametrize(
    ("content_type", "body", "message"),
    [
        ("text/html", b"", "page is empty"),
        ("application/pdf", b"%PDF-1.7", f"is application/pdf; what is read is {READABLE}"),
        ("image/svg+xml", b"<svg/>", f"is image/svg+xml; what is read is {READABLE}"),
        ("text/css", b"p {}", f"is text/css; what is read is {READABLE}"),
        ("text/html", b"%PDF-1.7", f"is a PDF; what is read is {READABLE}"),
        ("text/html", b"<html><body></body></html>", "no story was found on the page"),
        ("text/xml", b"<?xml version='1.0'?><a/>", "is XML, but neither a feed nor a page"),
    ],
)
def test_what_cannot_be_read_is_an_error_of_its_address(
    site: Site, web_desk: Desk, take: Take, content_type: str, body: bytes, message: str
) -> None:
    site.answers["/a"] = answer(body, content_type=content_type)
    site.answers["/b"] = answer(page(*STORY), content_type="text/html")

    report = take("/a", "/missing", "/b")

    first, second = report.failed.first
    assert (first.location, second.location) == (site.url("/a"), site.url("/missing"))
    assert first.message.startswith(message)
    assert second.message == "status 404 (not found)"
    assert held(web_desk) == [(site.url("/b"), 1)]


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [
        ("; charset=big5", "big5hkscs"),
        ("; charset=UTF-16", "utf-16-le"),
        ("; charset=utf-8", "utf-8"),
        ("; charset=iso-8859-1", "utf-8"),  # a server that says it of everything
        ("; charset=utf-8", "gb18030"),  # a server that is wrong
        ("; charset=no-such", "gb18030"),
        ("; charset=base64", "utf-8"),
    ],
)
def test_the_servers_charset_is_believed_where_it_fits(
    site: Site, web_desk: Desk, take: Take, charset: str, encoding: str
) -> None:
    text = (
        "大橋於星期二重新開放。市長表示修復工程耗資一千二百萬元，電車將隨後恢復行駛，居民深感欣慰。"
        * 3
    )
    site.answers["/a"] = answer(text.encode(encoding), content_type=f"text/plain{charset}")

    take("/a")

    [article] = web_desk.store.iter_articles()
    assert article.text == text


def test_a_mark_comes_before_the_servers_charset() -> None:
    marked = "Brücke".encode("utf-16")

    assert recoded(marked, "iso-8859-1") == marked
    assert recoded("Brücke".encode("cp1252"), "ISO-8859-1") == "Brücke".encode()
    assert recoded("Brücke".encode("cp1252"), None) == "Brücke".encode("cp1252")


# --- the way there ------------------------------------------------------------------


def test_iter_locations_knows_web_addresses() -> None:
    found = list(iter_locations(["HTTPS://News.example/A", "http://ann:secret@news.example/"]))

    assert found[0] == FileLocation("https://News.example/A")
    assert isinstance(found[1], SourceError)
    assert found[1].location == "http://news.example/"
    assert FileLocation("https:/folder/a.txt").is_web is False


def test_without_a_policy_nothing_private_is_fetched(site: Site, web_desk: Desk) -> None:
    [error] = web_desk.add([site.url("/a")]).failed.first
    [same] = read_articles(FileLocation(site.url("/a")))

    assert isinstance(same, SourceError)
    assert error.message == same.message == "host 127.0.0.1 is not public"
    assert site.asked == []


def test_read_articles_fetches_by_its_policy(site: Site) -> None:
    site.answers["/a"] = answer(page(*STORY), content_type="text/html")
    policy = FetchPolicy(allow_hosts=frozenset((site.host,)))

    [article] = read_articles(FileLocation(site.url("/a")), fetch_policy=policy)

    assert isinstance(article, Article)
    assert (article.id, article.text) == (site.url("/a"), "\n".join(STORY))


def test_a_page_that_robots_txt_forbids_is_not_read(site: Site, web_desk: Desk, take: Take) -> None:
    site.answers |= {
        "/robots.txt": answer(b"User-agent: *\nDisallow: /private\n"),
        "/a": answer(page(*STORY), content_type="text/html"),
        "/old": answer(status=302, location="/private/b"),
    }

    report = take("/a", "/private/b", "/old")

    forbidden = "may not be read by programs, says the site's robots.txt"
    assert [(e.location, e.message) for e in report.failed.first] == [
        (site.url("/private/b"), forbidden)
    ] * 2
    assert held(web_desk) == [(site.url("/a"), 1)]
    assert site.paths() == ["/robots.txt", "/a", "/old"]  # asked for once a run


@pytest.mark.parametrize("kind", ["application/zip", "application/octet-stream"])
def test_an_archive_from_the_web(site: Site, web_desk: Desk, take: Take, kind: str) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as out:
        out.writestr("a.txt", " ".join(STORY))
    site.answers["/a.zip"] = answer(file.getvalue(), content_type=kind)

    assert counts(take("/a.zip")) == (1, 0, 0, 0)
    assert counts(take("/a.zip")) == (0, 0, 1, 0)
    (article,) = web_desk.store.iter_articles()
    assert article.location == Location(f"{site.url('/a.zip')}/a.txt")


def test_progress_counts_what_was_fetched(site: Site, web_desk: Desk, tmp_path: Path) -> None:
    body = page(*STORY)
    site.answers["/a"] = answer(
        gzip.compress(body), content_type="text/html", content_encoding="gzip"
    )
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "Cats."}))
    told = []

    web_desk.add(
        [site.url("/a"), tmp_path / "a.jsonl"],
        fetch_policy=FetchPolicy(allow_hosts=frozenset((site.host,))),
        on_progress=told.append,
    )

    assert [(p.location, p.bytes_read, p.bytes_total) for p in told] == [
        (site.url("/a"), len(body), None),
        (str(tmp_path / "a.jsonl"), len(body) + 17, None),
    ]
