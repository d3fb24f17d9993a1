"""Fetching over real HTTP on loopback: what comes back."""

import gzip
import zlib
from datetime import timedelta
from importlib import metadata

import brotli
import pytest
import zstandard
from fetching import get
from web_site import Site, answer

from retrieval.errors import SourceError
from retrieval.sources.fetch import Fetched, Validators


def test_fetch_gives_the_body_and_what_the_server_said(site: Site) -> None:
    page = "Die Brücke ist offen.".encode("cp1252")
    site.answers["/story"] = answer(
        gzip.compress(page),
        content_encoding="gzip",
        content_type='Text/HTML; a=b; charset="Windows-1252"',
        etag='"v1"',
        last_modified="Mon, 02 Mar 2026 10:00:00 GMT",
        cache_control="public, max-age=600",
    )

    assert get(site, "/story#top") == Fetched(
        url=site.url("/story"),
        status=200,
        content_type="text/html",
        encoding="Windows-1252",
        body=page,
        validators=Validators('"v1"', "Mon, 02 Mar 2026 10:00:00 GMT"),
        is_unchanged=False,
        moved_to=None,
        fresh_for=timedelta(minutes=10),
    )


def test_fetch_asks_plainly(site: Site) -> None:
    site.answers["/%E6%A9%8B?q=%C3%BC"] = answer(b"x")

    get(site, "/橋?q=ü")
    get(site, "/橋?q=ü", contact="https://desk.example/about")

    version = metadata.version("clipdesk")
    assert [headers["User-Agent"] for _, headers in site.asked] == [
        f"Clipdesk/{version}",
        f"Clipdesk/{version} (+https://desk.example/about)",
    ]
    for _, headers in site.asked:
        assert headers["Host"] == site.host
        assert headers["Accept-Encoding"] == "gzip, br, zstd"
        assert set(headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding"}


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, b"plain"),
        ({"content_encoding": "identity"}, b"plain"),
        ({"content_encoding": "X-GZip"}, gzip.compress(b"plain")),
        ({}, gzip.compress(b"plain")),  # a file that is packed
        ({"content_encoding": "gzip"}, gzip.compress(gzip.compress(b"plain"))),
        ({"content_encoding": "utf-8"}, b"plain"),
        ({"content_encoding": "deflate"}, zlib.compress(b"plain")),
        ({"content_encoding": "br"}, brotli.compress(b"plain")),
        ({"content_encoding": "zstd"}, zstandard.compress(b"plain")),
        ({"content_encoding": "br"}, brotli.compress(zstandard.compress(b"plain"))),
    ],
)
def test_fetch_unpacks(site: Site, headers: dict[str, str], body: bytes) -> None:
    site.answers["/a"] = answer(body, **headers)

    page = get(site, "/a")

    assert (page.body, page.content_type, page.encoding) == (b"plain", "", None)
    assert (page.validators, page.fresh_for) == (Validators(), None)


def test_an_unchanged_document_is_not_sent_again(site: Site) -> None:
    known = Validators('W/"v1"', "Mon, 02 Mar 2026 10:00:00 GMT")
    site.answers["/a"] = answer(status=304, etag='W/"v2"', cache_control="max-age=60")

    page = get(site, "/a", validators=known, accept="application/atom+xml")

    asked = site.asked[0][1]
    assert asked["Accept"] == "application/atom+xml"
    assert (asked["If-None-Match"], asked["If-Modified-Since"]) == (
        known.etag,
        known.last_modified,
    )
    assert (page.is_unchanged, page.status, page.body) == (True, 304, b"")
    assert page.validators == Validators('W/"v2"', known.last_modified)
    assert page.fresh_for == timedelta(minutes=1)


@pytest.mark.parametrize(
    ("statuses", "is_moved"),
    [
        ((), False),
        ((301,), True),
        ((308, 301), True),
        ((302,), False),
        ((301, 302), False),
        ((307, 301), False),
        ((303, 308), False),
    ],
)
def test_a_document_has_moved_where_all_redirects_are_permanent(
    site: Site, statuses: tuple[int, ...], is_moved: bool
) -> None:
    for number, status in enumerate(statuses):
        site.answers[f"/{number}"] = answer(status=status, location=f"/{number + 1}#a")
    end = f"/{len(statuses)}"
    site.answers[end] = answer(b"x")

    assert get(site, "/0").moved_to == (site.url(end) if is_moved else None)


def test_each_address_is_checked_before_it_is_asked(site: Site) -> None:
    site.answers["/a"] = answer(status=302, location="/b")
    checked = []

    def check(url: str) -> None:
        checked.append((url, site.paths()))
        if url.endswith("/b"):
            raise SourceError(url, "not this one")

    with pytest.raises(SourceError, match="not this one"):
        get(site, "/a", check=check)
    assert checked == [(site.url("/a"), []), (site.url("/b"), ["/a"])]


def test_a_page_that_is_too_large_can_be_cut_off(site: Site) -> None:
    site.answers["/a"] = answer(b"abcdef")
    site.answers["/b"] = answer(gzip.compress(b"abcdef" * 9), content_encoding="gzip")

    assert get(site, "/a", max_bytes=4, cuts_off=True).body == b"abcd"
    assert get(site, "/a", max_bytes=6, cuts_off=True).body == b"abcdef"
    assert get(site, "/b", max_bytes=8, cuts_off=True).body == b"abcdefab"


def test_fetch_follows_redirects(site: Site) -> None:
    site.answers |= {
        "/1": answer(status=301, location="2?a=b"),
        "/2?a=b": answer(b"moved", status=302, location=site.url("/3#part")),
        "/3": answer(status=307, location=f"//{site.host}/4"),
        "/4": answer(status=308, location="/5"),
        "/5": answer(status=303, location="/6"),
        "/6": answer(b"here"),
    }

    page = get(site, "/1")

    assert (page.url, page.body) == (site.url("/6"), b"here")
    assert site.paths() == ["/1", "/2?a=b", "/3", "/4", "/5", "/6"]
