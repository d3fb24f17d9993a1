"""Fetching over real HTTP on loopback: what a failure is called."""

import gzip
from datetime import timedelta

import pytest
from fetching import get, unknown, why_not
from web_site import Site, answer

from retrieval.errors import FetchError
from retrieval.sources.fetch import fetch


@pytest.mark.parametrize(
    ("status", "headers", "message"),
    [
        (404, {}, "status 404 (not found)"),
        (404, {"retry_after": "5"}, "status 404 (not found)"),
        (500, {}, "status 500 (internal server error)"),
        (301, {}, "status 301 (moved permanently)"),
        (304, {"location": "/b"}, "status 304 (not modified)"),
        (799, {}, "status 799"),
        (429, {}, "status 429 (too many requests)"),
        (429, {"retry_after": "120"}, "status 429 (too many requests); try again in 120 s"),
        (503, {"retry_after": "60"}, "status 503 (service unavailable); try again in 60 s"),
        (503, {"retry_after": "Tue, 03 Mar 2020 10:30:00 GMT"}, "status 503 (service unavailable)"),
        (503, {"retry_after": "soon"}, "status 503 (service unavailable)"),
        (
            *(503, {"retry_after": "9" * 5000}),
            "status 503 (service unavailable); try again in 86400 s",
        ),
    ],
)
def test_a_status_is_told_in_words(
    site: Site, status: int, headers: dict[str, str], message: str
) -> None:
    site.answers["/a"] = answer(status=status, **headers)

    assert why_not(site, "/a") == message


@pytest.mark.parametrize(
    ("body", "headers", "message"),
    [
        (b"x", {"content_encoding": "compress"}, "is packed as 'compress', which was not"),
        (b"x", {"content_encoding": "br"}, "is packed, and damaged or cut off"),
        (b"no zstd", {"content_encoding": "zstd"}, "is packed, and damaged or cut off"),
        (b"x", {"content_encoding": "gzip, gzip"}, "is packed as 'gzip, gzip', which was not"),
        (b"no gzip", {"content_encoding": "gzip"}, "is packed, and damaged or cut off"),
        (gzip.compress(b"x" * 99)[:-9], {"content_encoding": "gzip"}, "is packed, and damaged"),
        (gzip.compress(b"x" * 99)[:-9], {}, "is packed, and damaged or cut off"),
        (b"x", {"content_length": "5"}, "answer broke off, or is not that of a web server"),
        (b"x", {"content_length": "many"}, "answer broke off, or is not that of a web server"),
        (b"x", {"content_length": "-1"}, "answer broke off, or is not that of a web server"),
        (b"x", {"content_length": "9" * 19}, "page is larger than 10 MB"),
        (b"x", {"content_length": "9" * 5000}, "answer broke off, or is not that of a web serv"),
        (b"zz\r\nx", {"transfer_encoding": "chunked"}, "answer broke off, or is not that of a web"),
        (b"5\r\nx", {"transfer_encoding": "chunked"}, "answer broke off, or is not that of a web"),
    ],
)
def test_what_cannot_be_unpacked_or_breaks_off(
    site: Site, body: bytes, headers: dict[str, str], message: str
) -> None:
    site.answers["/a"] = answer(body, **headers)

    assert why_not(site, "/a").startswith(message)


@pytest.mark.parametrize(
    "sent",
    [
        *(
            b"SSH-2.0-OpenSSH_9\r\n",
            b"",
            b"\r\n",
            b"HTTP/1.1 abc OK\r\n\r\n",
            b"HTTP/2 200\r\n\r\n",
        ),
        *(
            b"<html>hello</html>",
            b"HTTP/1.1 20 OK\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nno colon\r\n\r\nx",
        ),
        *(
            b"HTTP/1.1 100 Continue\r\n\r\n",
            b"\x15\x03\x01\x00\x02\x02\x50",
            b"HTTP/1.1 200 OK\r\n",
        ),
    ],
)
def test_what_is_no_web_server(site: Site, sent: bytes) -> None:
    site.answers["/a"] = lambda request: request.wfile.write(sent) and None

    assert why_not(site, "/a") == "answer broke off, or is not that of a web server"


def test_an_old_web_server_is_one(site: Site) -> None:
    site.answers["/a"] = lambda request: request.wfile.write(b"HTTP/1.0 200\r\n\r\nhere") and None
    page = get(site, "/a")

    assert (page.body, page.content_type, page.encoding) == (b"here", "", None)


@pytest.mark.parametrize(
    ("status", "headers", "wait_s"),
    [
        (410, {}, None),
        (404, {"retry_after": "9"}, None),
        (429, {"retry_after": "90"}, 90),
        (503, {"retry_after": "864000"}, 86400),
    ],
)
def test_a_no_tells_status_and_when_to_ask_again(
    site: Site, status: int, headers: dict[str, str], wait_s: int | None
) -> None:
    site.answers["/a"] = answer(status=status, **headers)

    with pytest.raises(FetchError) as caught:
        get(site, "/a")

    assert caught.value.status == status
    assert caught.value.retry_after == (None if wait_s is None else timedelta(seconds=wait_s))


def test_what_did_not_answer_has_no_status() -> None:
    with pytest.raises(FetchError, match="is not known") as caught:
        fetch("http://a.example/", resolve=unknown)

    assert (caught.value.status, caught.value.retry_after) == (None, None)
