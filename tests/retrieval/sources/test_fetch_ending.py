"""Fetching over real HTTP on loopback: what ends that is large, slow or endless."""

import gzip
import subprocess
import sys
import threading
import time
import tracemalloc
import zlib
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import brotli
import pytest
import zstandard
from fetching import get, refused, why_not
from web_site import Answer, Site, answer

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
