"""Fetching over real HTTP on loopback: what is refused, what ends it, what it is called."""

import contextlib
import gzip
import socket
import ssl
import subprocess
import sys
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterator, Sequence
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from importlib import metadata
from pathlib import Path
from typing import Any

import brotli
import httpcore
import pytest
import zstandard
from web_site import HOST, Answer, Site, answer, serving

from retrieval.errors import FetchError, SourceError
from retrieval.sources.fetch import Fetched, FetchPolicy, Validators, fetch

PUBLIC = "93.184.215.14"
CERTIFICATE = Path(__file__).parents[2] / "data" / "self_signed.pem"


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


def get(site: Site, path: str, **options: Any) -> Fetched:
    of_fetch = {
        name: options.pop(name) for name in ("accept", "check", "validators") if name in options
    }
    policy = FetchPolicy(allow_hosts=frozenset((site.host,)), **options)
    return fetch(site.url(path), policy=policy, **of_fetch)


def why_not(site: Site, path: str, **limits: Any) -> str:
    with pytest.raises(SourceError) as caught:
        get(site, path, **limits)
    assert caught.value.location == site.url(path)
    return caught.value.message


def looked_up(*addresses: str) -> Any:
    return lambda _host, _port: addresses


def unknown(host: str, port: int) -> Sequence[str]:
    raise socket.gaierror(-2, "Name or service not known")


def refused(url: str, *, resolve: Any = None, **limits: Any) -> str:
    with pytest.raises(SourceError) as caught:
        fetch(url, policy=FetchPolicy(**limits), resolve=resolve)
    return caught.value.message


# --- what comes back ----------------------------------------------------------------


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


# --- what is refused ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://127.0.0.1:8080/", "host 127.0.0.1 is not public"),
        ("http://10.0.0.1/", "host 10.0.0.1 is not public"),
        ("http://169.254.169.254/latest/meta-data/", "host 169.254.169.254 is not public"),
        ("http://0.0.0.0/", "host 0.0.0.0 is not public"),
        ("http://[::1]/", "host ::1 is not public"),
        ("http://[fd00:ec2::254]/", "host fd00:ec2::254 is not public"),
        ("http://[::ffff:169.254.169.254]/", "host ::ffff:169.254.169.254 is not public"),
        ("http://[64:ff9b::7f00:1]/", "host 64:ff9b::7f00:1 is not public"),
        ("http://[2002:7f00:1::]/", "host 2002:7f00:1:: is not public"),
        ("http://localhost:8080/", "host localhost is not public"),
        ("http://127。0。0。1/", "host 127.0.0.1 is not public"),
        ("http://2130706433/", "host 2130706433 is neither a name nor an address of four numbers"),
        ("http://0x7f.1/", "host 0x7f.1 is neither a name nor an address of four numbers"),
        ("http://0x7F000001/", "host 0x7f000001 is neither a name nor an address of four numbers"),
        ("http://0177.0.0.1/", "address is not a web address"),
        ("http://127.1/", "host 127.1 is neither a name nor an address of four numbers"),
        ("http://0/", "host 0 is neither a name nor an address of four numbers"),
        ("http://017700000001/", "host 017700000001 is neither a name nor an address of four nu"),
        ("http://0x7f.0x0.0x0.0x1/", "host 0x7f.0x0.0x0.0x1 is neither a name nor an address of"),
        ("http://127.0.0.1./", "host 127.0.0.1. is neither a name nor an address of four numbers"),
        ("http://[::127.0.0.1]/", "host ::127.0.0.1 is not public"),
        ("http://[0:0:0:0:0:ffff:7f00:1]/", "host 0:0:0:0:0:ffff:7f00:1 is not public"),
        ("http://[::ffff:0:127.0.0.1]/", "host ::ffff:0:127.0.0.1 is not public"),
        ("http://[64:ff9b:1::7f00:1]/", "host 64:ff9b:1::7f00:1 is not public"),
        ("http://[::]/", "host :: is not public"),
        ("http://LOCALHOST./", "host localhost. is not public"),
        ("http://desk.localhost/", "host desk.localhost is not public"),
        ("http://①②⑦.⓪.⓪.①/", "address is not a web address"),
        ("http://127.0.0.1%00.example/", "address is not a web address"),
        ("http://127.0.0.1#@8.8.8.8/", "host 127.0.0.1 is not public"),
        ("http:127.0.0.1/", "address is neither http nor https"),
        ("http://[FE80::1]/", "host FE80::1 is not public"),
        ("http://[fe80::1%25lo]/", "address is not a web address"),
        ("http://%31%32%37.0.0.1/", "address is not a web address"),
        ("http://8.8.8.8:22/", "port 22 is not one of web pages"),
        ("http://8.8.8.8:70000/", "address has a port that does not exist"),
        ("http://8.8.8.8:0/", "address has a port that does not exist"),
        ("http://8.8.8.8:x/", "address is not a web address"),
        ("http://１２７.0.0.1/", "address is not a web address"),
        ("http://a.example/\ud800", "address is not a web address"),
        ("http://a.example/\n", "address is not a web address"),
        ("http://[::1", "address is not a web address"),
        (f"http://{'a' * 64}.example/", f"host {'a' * 64}.example is not known"),
        ("file:///etc/passwd", "address is neither http nor https"),
        ("ftp://a.example/", "address is neither http nor https"),
        ("https:///path", "address is neither http nor https"),
        ("a.example/page", "address is neither http nor https"),
        ("http://ann:secret@a.example/", "address holds a user name or password; leave it out"),
        ("http://a.example\\@127.0.0.1/", "address holds a user name or password; leave it out"),
    ],
)
def test_fetch_refuses(url: str, message: str) -> None:
    """With the system's resolver, which is never asked for more than numbers."""
    assert refused(url).startswith(message)


@pytest.mark.parametrize(
    "place", ["news.example:99999/", "news.example/", "[::1", "news.example:x"]
)
def test_fetch_never_tells_a_password(place: str) -> None:
    with pytest.raises(SourceError) as caught:
        fetch(f"http://ann:secret@{place}")

    assert "secret" not in repr(caught.value)
    assert caught.value.location == f"http://{place}"


@pytest.mark.parametrize(
    "addresses", [("127.0.0.1",), (PUBLIC, "10.0.0.1"), ("::1", PUBLIC), (PUBLIC, "fe80::1%lo")]
)
def test_fetch_refuses_a_name_any_of_whose_addresses_is_not_public(
    addresses: Sequence[str],
) -> None:
    message = refused("http://news.example/", resolve=looked_up(*addresses))

    assert message == "host news.example is not public"


def test_fetch_of_a_name_that_is_not_known() -> None:
    assert refused("http://news.example/", resolve=unknown) == "host news.example is not known"
    assert refused("http://news.example/", resolve=looked_up()) == "cannot be reached (no address)"


def test_fetch_connects_to_the_address_that_it_checked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: a second look-up would give another address, and there is none."""
    site.answers["/a"] = answer(b"from the public host")
    dialled, asked = [], []
    real = httpcore.SyncBackend.connect_tcp

    def connect(self: Any, host: str, port: int, timeout: Any, **options: Any) -> Any:
        dialled.append((host, port))
        return real(self, HOST, site.port, timeout, **options)

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append((host, port))
        return (PUBLIC,) if len(asked) == 1 else (HOST,)

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    page = fetch("http://News.example:8080/a", resolve=resolve)

    assert page.body == b"from the public host"
    assert (asked, dialled) == ([("news.example", 8080)], [(PUBLIC, 8080)])
    assert site.asked[0][1]["Host"] == "news.example:8080"


def test_a_redirect_looks_its_host_up_anew_and_checks_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding between two hops of one host."""
    site.answers["/a"] = answer(status=302, location="/b")
    real = httpcore.SyncBackend.connect_tcp
    answers = iter(((PUBLIC,), (HOST,)))

    def connect(self: Any, host: str, port: int, timeout: Any, **options: Any) -> Any:
        return real(self, HOST, site.port, timeout, **options)

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    message = refused("http://news.example:8080/a", resolve=lambda *_: next(answers))

    assert message == "host news.example is not public"
    assert site.paths() == ["/a"]


def test_the_environments_proxies_are_not_asked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.answers["/a"] = answer(b"here")
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nothing listens there

    assert get(site, "/a").body == b"here"


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("http://127.0.0.1:{other}/", "host 127.0.0.1 is not public"),
        ("http://localhost:{port}/", "host localhost is not public"),
        ("http://[::ffff:7f00:1]:{port}/", "host ::ffff:7f00:1 is not public"),
        ("http://2130706433:{port}/", "host 2130706433 is neither a name nor an address"),
        ("//169.254.169.254/", "host 169.254.169.254 is not public"),
        ("http://8.8.8.8:22/", "port 22 is not one of web pages"),
        ("file:///etc/passwd", "address that it redirects to is neither http nor https"),
        ("javascript:alert(1)", "address that it redirects to is neither http nor https"),
        ("http://[", "address that it redirects to is not a web address"),
        ("http://127.0.0.1:{port}0000/", "address that it redirects to has a port that does not"),
    ],
)
def test_fetch_refuses_redirects(site: Site, target: str, message: str) -> None:
    with serving() as other:
        other.answers["/"] = answer(b"inside")
        place = target.format(port=site.port, other=other.port)
        site.answers["/a"] = answer(status=302, location=place)

        assert why_not(site, "/a").startswith(message)

    assert (site.paths(), other.paths()) == (["/a"], [])


def test_fetch_refuses_a_redirect_with_a_password_and_does_not_tell_it(site: Site) -> None:
    site.answers["/a"] = answer(status=302, location=f"http://ann:secret@{site.host}/b")

    with pytest.raises(SourceError, match="holds a user name or password") as caught:
        get(site, "/a")

    assert "secret" not in str(caught.value)
    assert site.paths() == ["/a"]


@pytest.mark.parametrize("contact", ["a\r\nX: y", "ü@desk.example"])
def test_a_contact_that_is_no_header_is_refused(contact: str) -> None:
    with pytest.raises(ValueError, match="contact does not fit into a header"):
        FetchPolicy(contact=contact)


# --- what ends it -------------------------------------------------------------------

MB = 1 << 20


def chunked(body: bytes, **headers: str) -> Answer:
    """An answer that does not say how long it is."""
    framed = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)

    def write(request: BaseHTTPRequestHandler) -> None:
        request.protocol_version = "HTTP/1.1"
        answer(framed, transfer_encoding="chunked", content_length="0", **headers)(request)

    return write


def bomb(unpacked: int) -> bytes:
    """Gzip of so many zeros, made quickly: one MB packed, repeated, and no end."""
    packer = zlib.compressobj(9, wbits=16 + zlib.MAX_WBITS)
    first = packer.compress(bytes(MB)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(MB)) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + again * (unpacked // MB - 1)


@pytest.mark.parametrize("headers", [{"content_encoding": "gzip"}, {}])
def test_a_bomb_costs_no_more_than_may_be_held(site: Site, headers: dict[str, str]) -> None:
    packed = bomb(1024 * MB)
    assert len(packed) < 2 * MB
    site.answers["/bomb"] = answer(packed, **headers)
    get_nothing = why_not(site, "/missing")  # what is imported on use is not counted
    tracemalloc.start()

    try:
        message = why_not(site, "/bomb", max_bytes=4 * MB)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert get_nothing.startswith("status 404")
    assert message == "page is larger than 4 MB"
    # The cap, the packed page that the second case holds beside it, and chunks on the way.
    assert peak < 4 * MB * 9 / 8 + 2 * len(packed) + MB


MEASURE = """
import re, sys
from pathlib import Path
from retrieval.errors import FetchError
from retrieval.sources.fetch import FetchPolicy, fetch

def peak_mb():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024

def why_not(path):
    try:
        fetch(site + path, policy=policy)
    except FetchError as error:
        return error.message

site = sys.argv[1]
policy = FetchPolicy(allow_hosts=frozenset((site.removeprefix("http://"),)), max_bytes=4 << 20)
for name in ("gzip", "deflate", "br", "zstd"):
    why_not("/small/" + name)  # imports and warms up
before = peak_mb()
for name in ("gzip", "deflate", "br", "zstd"):
    print(why_not("/bomb/" + name), round(peak_mb() - before))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is Linux's")
def test_a_bomb_of_any_packer_costs_a_process_little(site: Site) -> None:
    zeros = bytes(60 * MB)
    deflate = zlib.compress(zeros)
    packed = {
        "gzip": gzip.compress(zeros),
        "deflate": deflate,
        "br": brotli.compress(zeros, quality=4),
        "zstd": zstandard.compress(zeros),
    }
    assert len(packed["gzip"]) < 62_000
    for name, bomb_of_it in packed.items():
        site.answers[f"/small/{name}"] = answer(b"x", content_encoding=name)
        site.answers[f"/bomb/{name}"] = answer(bomb_of_it, content_encoding=name)

    done = subprocess.run(
        [sys.executable, "-c", MEASURE, f"http://{site.host}"],
        capture_output=True,
        text=True,
        check=True,
    )

    lines = done.stdout.splitlines()
    assert [line.rpartition(" ")[0] for line in lines] == ["page is larger than 4 MB"] * 4
    # The cap, a step beyond it, and what the packers look back at.
    assert max(int(line.rpartition(" ")[2]) for line in lines) <= 24, lines


def test_what_says_that_it_is_too_large_is_not_read(site: Site) -> None:
    site.answers["/a"] = answer(b"x", content_length=str(MB + 1))
    site.answers["/b"] = answer(bytes(MB))

    assert why_not(site, "/a", max_bytes=MB) == "page is larger than 1 MB"
    assert len(get(site, "/b", max_bytes=MB).body) == MB
    assert why_not(site, "/b", max_bytes=MB - 1).startswith("page is larger than 0.99")


def test_what_does_not_say_its_size_is_cut_off(site: Site) -> None:
    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        while True:
            request.wfile.write(bytes(1 << 16))

    site.answers["/a"] = endless

    assert why_not(site, "/a", max_bytes=MB) == "page is larger than 1 MB"


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_slow_drip_ends_at_the_deadline(site: Site, part: str) -> None:
    def drip(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"\r\n" if part == "body" else b"X-"))
        while True:
            request.wfile.write(b"a")
            time.sleep(0.01)

    site.answers["/a"] = drip
    start = time.monotonic()

    assert why_not(site, "/a", deadline_s=0.3) == "took longer than 0.3 s"
    assert 0.3 <= time.monotonic() - start < 2


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"timeout_s": 0.1}, "did not answer within 0.1 s"),
        ({"timeout_s": 5, "deadline_s": 0.2}, "took longer than 0.2 s"),
        ({"deadline_s": 0}, "took longer than 0 s"),
    ],
)
def test_silence_ends(site: Site, limits: dict[str, float], message: str) -> None:
    leave = threading.Event()
    site.answers["/a"] = lambda _request: leave.wait(10) and None

    start = time.monotonic()

    try:
        assert why_not(site, "/a", **limits) == message
        assert time.monotonic() - start < 2
    finally:
        leave.set()


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"timeout_s": 0.1}, "did not answer within 0.1 s"),
        ({"deadline_s": 0.2}, "took longer than 0.2 s"),
    ],
)
def test_a_look_up_that_hangs_ends(limits: dict[str, float], message: str) -> None:
    leave = threading.Event()
    start = time.monotonic()

    try:
        assert refused("http://a.example/", resolve=lambda *_: leave.wait(10), **limits) == message
        assert time.monotonic() - start < 2
    finally:
        leave.set()


@pytest.mark.parametrize("line", [b"X-A: " + b"a" * (1 << 19) + b"\r\n", b"X-A: a\r\n" * 99999])
def test_headers_end(site: Site, line: bytes) -> None:
    site.answers["/a"] = lambda request: (
        request.wfile.write(b"HTTP/1.1 200 OK\r\n" + line + b"\r\nx") and None
    )

    assert why_not(site, "/a") == "answer broke off, or is not that of a web server"


def test_packed_nothing_without_an_end_ends(site: Site) -> None:
    """Empty members of gzip unpack to no byte, however many arrive."""
    site.answers["/a"] = chunked(gzip.compress(b"") * (1 << 16), content_encoding="gzip")

    assert why_not(site, "/a", max_bytes=MB) == "page is larger than 1 MB"


def test_redirects_end(site: Site) -> None:
    site.answers["/a"] = answer(status=302, location="/b")
    site.answers["/b"] = answer(status=302, location="/a")

    assert why_not(site, "/a") == "is redirected more than 5 times"
    assert site.paths() == ["/a", "/b"] * 3
    assert why_not(site, "/a", max_redirects=0) == "is redirected more than 0 times"


# --- what it is called --------------------------------------------------------------


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


def test_the_next_address_is_tried(site: Site) -> None:
    site.answers["/a"] = answer(b"here")
    url = f"http://news.example:{site.port}/a"
    policy = FetchPolicy(allow_hosts=frozenset(("news.example",)))

    # Nothing listens at 127.0.0.2.
    assert fetch(url, policy=policy, resolve=looked_up("127.0.0.2", HOST)).body == b"here"
    message = refused(
        url, resolve=looked_up("127.0.0.2", "127.0.0.3"), allow_hosts=policy.allow_hosts
    )
    assert message == "cannot be reached (Connection refused)"


def test_the_systems_resolver_is_asked(site: Site) -> None:
    site.answers["/a"] = answer(b"here")
    policy = FetchPolicy(allow_hosts=frozenset(("localhost",)))

    assert fetch(f"http://localhost:{site.port}/a", policy=policy).body == b"here"


def test_a_certificate_that_is_not_valid_is_told_of(site: Site) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)

    def listen(server: socket.socket) -> None:
        with server.accept()[0] as connection, contextlib.suppress(ssl.SSLError):
            context.wrap_socket(connection, server_side=True)

    with socket.create_server((HOST, 0)) as server:
        thread = threading.Thread(target=listen, args=(server,))
        thread.start()
        message = refused(
            f"https://news.example:{server.getsockname()[1]}/",
            resolve=looked_up(HOST),
            allow_hosts=frozenset(("news.example",)),
        )
        thread.join()

    assert message == "certificate is not valid (self-signed certificate)"
    message = refused(site.url("/").replace("http", "https"), allow_hosts=frozenset((site.host,)))
    assert message == "cannot be reached (wrong version number)"


def test_tls_asks_for_the_name_and_not_the_address() -> None:
    hello = b""

    def listen() -> None:
        nonlocal hello
        connection, _ = server.accept()
        with connection:
            hello = connection.recv(1 << 14)

    with socket.create_server((HOST, 0)) as server:
        thread = threading.Thread(target=listen)
        thread.start()
        message = refused(
            f"https://news.example:{server.getsockname()[1]}/",
            resolve=looked_up(HOST),
            allow_hosts=frozenset(("news.example",)),
        )
        thread.join()

    assert b"news.example" in hello
    assert message.startswith("cannot be reached (")


def test_a_certificate_that_nobody_vouches_for_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the server, TLS is checked: by name, against known authorities."""
    made: list[ssl.SSLContext] = []
    real = ssl.SSLContext.wrap_socket

    def wrap(self: ssl.SSLContext, *args: Any, **options: Any) -> ssl.SSLSocket:
        made.append(self)
        return real(self, *args, **options)

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", wrap)
    test_tls_asks_for_the_name_and_not_the_address()

    assert [(c.verify_mode, c.check_hostname) for c in made] == [(ssl.CERT_REQUIRED, True)]


def test_nothing_is_imported_before_something_is_fetched() -> None:
    code = (
        "import sys, retrieval.desk, retrieval.sources.reading, bot.commands.ingesting;"
        "print([m for m in ('httpx', 'httpcore') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_threads_that_fetch_first_share_one_tls_context() -> None:
    code = """
import threading
from concurrent.futures import ThreadPoolExecutor
from retrieval.sources.dialing import tls_context
together = threading.Barrier(4)
def context(_):
    together.wait()
    return id(tls_context())
with ThreadPoolExecutor(4) as threads:
    print(len(set(threads.map(context, range(4)))))
"""
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True
    )
    assert done.stdout == "1\n"
