"""Web archives that warcio wrote, and what crawls and broken disks make of them."""

import gzip
import io
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import brotli
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from retrieval.errors import SourceError
from retrieval.sources import warc
from retrieval.sources.reading import FileLocation, read_articles
from retrieval.types import Article

WORDS = "The ferry to the island runs again, the harbour office said on Monday."
HAN = "渡輪星期一恢復航行，港務處表示，船上裝了新的引擎，票價不變，每天早上六點開出第一班。"
CUT = "is cut off; what was whole has been read, fetch the archive again for the rest"


def page(words: str = WORDS, head: str = "") -> bytes:
    return (
        f"<html><head><title>Ferry</title>{head}</head>"
        f"<body><article><p>{words}</p></article></body></html>"
    ).encode()


class Writer(WARCWriter):  # type: ignore[misc]
    """Without temporary files, which warcio leaves open."""

    _create_temp_file = staticmethod(io.BytesIO)


Record = Callable[[WARCWriter], Any]


def response(
    url: str, body: bytes = b"", status: str = "200 OK", kind: str = "response", **headers: str
) -> Record:
    said = {"Content-Type": "text/html"} | {k.replace("_", "-"): v for k, v in headers.items()}
    return lambda writer: writer.create_warc_record(
        url,
        kind,
        payload=io.BytesIO(body),
        http_headers=StatusAndHeaders(status, list(said.items()), protocol="HTTP/1.1"),
        warc_headers_dict={"WARC-Date": "2020-01-02T03:04:05Z"},
    )


def block(url: str, body: bytes, kind: str, content_type: str, **headers: str) -> Record:
    return lambda writer: writer.create_warc_record(
        url,
        kind,
        payload=io.BytesIO(body),
        warc_content_type=content_type,
        warc_headers_dict={k.replace("_", "-"): v for k, v in headers.items()},
    )


def archive(*records: Record, is_packed: bool = False) -> bytes:
    file = io.BytesIO()
    writer = Writer(file, gzip=is_packed)
    writer.write_record(writer.create_warcinfo_record("x.warc", {"software": "test"}))
    for record in records:
        writer.write_record(record(writer))
    return file.getvalue()


def read(path: Path, data: bytes) -> list[Article | SourceError]:
    path.write_bytes(data)
    return list(read_articles(FileLocation(str(path))))


def told(found: list[Article | SourceError], path: Path) -> list[tuple[str, str]]:
    """(address, text) of articles, (place, message) of errors."""
    return [
        (x.location.removeprefix(str(path)), x.message)
        if isinstance(x, SourceError)
        else (x.url or "", x.text)
        for x in found
    ]


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz", "a"])
def test_read_warc_gives_the_page_and_no_date_of_capture(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    data = archive(response("https://p.example/1", page()), is_packed=name.endswith("gz"))

    (found,) = read(path, data)

    assert isinstance(found, Article)
    assert (found.id, found.url, found.title) == (
        "https://p.example/1",
        "https://p.example/1",
        "Ferry",
    )
    assert (found.text, found.published, found.published_origin) == (WORDS, None, None)
    assert found.location is not None
    assert found.location.path == f"{path}/record 2"


def test_read_warc_takes_the_canonical_address_and_the_page_s_own_date(tmp_path: Path) -> None:
    head = (
        '<link rel="canonical" href="https://www.p.example/ferry">'
        '<meta property="article:published_time" content="2024-03-05T07:00:00Z">'
    )

    (found,) = read(
        tmp_path / "a.warc", archive(response("https://p.example/1?x", page(head=head)))
    )

    assert isinstance(found, Article)
    assert found.id == "https://www.p.example/ferry"
    assert str(found.published) == "2024-03-05 07:00:00+00:00"


def chunked(body: bytes) -> bytes:
    halves = body[: len(body) // 2], body[len(body) // 2 :]
    return b"".join(b"%x\r\n%s\r\n" % (len(half), half) for half in halves) + b"0\r\n\r\n"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (gzip.compress(page()), {"Content_Encoding": "gzip"}),
        (brotli.compress(page()), {"Content_Encoding": "br"}),
        (chunked(page()), {"Transfer_Encoding": "chunked"}),
        (chunked(gzip.compress(page())), {"Transfer_Encoding": "Chunked", "Content_Encoding": "gzip"}),
        (page(), {"Transfer_Encoding": "chunked", "Content_Encoding": "gzip"}),  # unpacked by the archiver
        (page(), {"Content_Encoding": "br"}),
        (page(), {"Content_Encoding": "compress"}),
        (page(HAN).decode().encode("big5"), {"Content_Type": "text/html; charset=big5"}),
        (WORDS.encode(), {"Content_Type": "text/plain"}),
        (WORDS.encode(), {"Content_Type": ""}),
        (b"", {"Content_Encoding": "gzip"}),
    ],
)  # fmt: skip
def test_read_warc_unpacks_bodies(tmp_path: Path, body: bytes, headers: dict[str, str]) -> None:
    path = tmp_path / "a.warc"

    found = told(read(path, archive(response("https://p.example/1", body, **headers))), path)

    if body:
        words = HAN if "big5" in str(headers) else WORDS
        assert found == [("https://p.example/1", words)]
    else:
        assert found == [("/record 2", "page is empty")]


def test_read_warc_reads_feeds_records_resources_and_conversions(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    feed = (
        "<rss version='2.0'><channel><item><guid>g1</guid><link>https://p.example/f</link>"
        f"<description>{WORDS}</description></item></channel></rss>"
    ).encode()
    lines = [{"id": n, "text": f"{n} {WORDS}"} for n in range(3)]
    found = read(
        path,
        archive(
            response("https://p.example/rss", feed, Content_Type="application/rss+xml"),
            response(
                "https://p.example/api",
                json.dumps(lines).encode(),
                Content_Type="application/json",
            ),
            block("https://p.example/r", page(), "resource", "text/html"),
            block("https://p.example/c", HAN.encode(), "conversion", "text/plain"),
        ),
    )

    assert [x.id for x in found if isinstance(x, Article)] == [
        "g1",
        "0",
        "1",
        "2",
        "https://p.example/r",
        "https://p.example/c",
    ]
    assert len(found) == 6


def test_read_warc_passes_over_what_is_no_page(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    found = read(
        path,
        archive(
            response("https://p.example/404", page(), status="404 Not Found"),
            response("https://p.example/301", page(), status="301 Moved"),
            response("https://p.example/x.png", b"\x89PNG\r\n\x00", Content_Type="image/png"),
            response("https://p.example/x.zip", b"PK\x03\x04", Content_Type="application/zip"),
            response("https://p.example/robots.txt", b"User-agent: *", Content_Type="text/plain"),
            response("https://p.example/1", page(), kind="revisit"),
            block("https://p.example/s", page(), "resource", "image/png"),
            block("urn:pageinfo:1", page(), "resource", "text/html"),
            block("https://[bad", page(), "resource", "text/html"),
            block("dns:p.example", b"1.2.3.4", "response", "text/dns"),
            block("https://p.example/1", b"a: b", "metadata", "application/warc-fields"),
            response("https://p.example/ok", page()),
        ),
    )

    assert told(found, path) == [("https://p.example/ok", WORDS)]


def test_read_warc_that_holds_no_page(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"

    assert told(read(path, archive()), path) == [
        ("", "holds no page, feed or text that was fetched with success")
    ]


def test_read_warc_goes_on_after_bad_records(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    good = archive(response("https://p.example/1", page()))
    start = good.index(b"WARC/1.0", 9)
    before, record = good[:start], good[start:]
    url = b"WARC-Target-URI: https://p.example/1"
    data = b"".join(
        [
            before,
            record.replace(b"Content-Length: ", b"Content-Length: x"),
            record.replace(b"Content-Length: ", b"Content-Length: -"),
            record.replace(url, b"WARC-Target-URI: <https://u:p@p.example/2 b#frag>"),
            b"garbage\nmore garbage\n",
            record.replace(b"HTTP/1.1 200", b"GOPHER 200!!"),
            record.replace(b"WARC/1.0", b"WARC/7.7"),
            b"WARC/1.0\r\n" + b"a: b\r\n" * 200_000,
            record.replace(b"<article>", b"<article/"),
            record.replace(WORDS.encode(), b" " * len(WORDS)),
            record,
        ]
    )

    found = told(read(path, data), path)

    assert found == [
        ("/record 2", "has a broken header"),
        ("/record 3", "has a broken header"),
        ("https://p.example/2%20b", WORDS),
        ("/record 5", "is no WARC record, or the one before it has a wrong length"),
        ("/record 6", "holds no answer of a web server"),
        ("/record 7", "has a broken header"),
        ("/record 8", "has headers without an end"),
        ("https://p.example/1", WORDS),
        ("/record 10", "no story was found on the page; save its text instead"),
        ("https://p.example/1", WORDS),
    ]


@pytest.mark.parametrize("is_packed", [False, True])
def test_read_warc_when_the_last_record_is_cut_off(tmp_path: Path, is_packed: bool) -> None:
    path = tmp_path / ("a.warc.gz" if is_packed else "a.warc")
    urls = [f"https://p.example/{n}" for n in range(3)]
    data = archive(*(response(url, page()) for url in urls), is_packed=is_packed)

    found = told(read(path, data[:-60]), path)

    whole = [(url, WORDS) for url in urls[:2]]
    if is_packed:
        message = "is cut off; what was whole has been read, fetch it again for the rest"
        assert found == [*whole, ("", message)]
    else:
        assert found == [*whole, ("/record 4", CUT)]


def test_read_warc_when_a_record_that_is_passed_over_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    data = archive(
        response("https://p.example/1", page()), block("dns:p", b"x" * 99, "response", "a/b")
    )

    assert told(read(path, data[:-50]), path)[1:] == [("/record 3", CUT)]


def test_read_warc_in_one_gzip_member(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    data = gzip.compress(archive(*(response(f"https://p.example/{n}", page()) for n in range(3))))

    assert len(read(path, data)) == 3


def test_read_warc_marks_what_the_archiver_cut(tmp_path: Path) -> None:
    record = block("https://p.example/1", page(), "resource", "text/html", WARC_Truncated="length")

    (found,) = read(tmp_path / "a.warc", archive(record))

    assert isinstance(found, Article)
    assert found.is_truncated


def test_read_warc_bounds_what_a_record_may_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warc, "MAX_BLOCK_BYTES", 100_000)
    path = tmp_path / "a.warc"
    bomb = gzip.compress(bytes(30 << 20))
    data = archive(
        response("https://p.example/large", bytes(200_000)),
        response("https://p.example/bomb", bomb, Content_Encoding="gzip"),
        response("https://p.example/cut", gzip.compress(page() * 99)[:-9], Content_Encoding="gzip"),
        response("https://p.example/1", page()),
    )

    tracemalloc.start()
    found = told(read(path, data), path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert found == [
        ("/record 2", "holds more than 0 MB"),
        ("/record 3", "page is larger than 0 MB"),
        ("/record 4", "page is packed, and damaged or cut off"),
        ("https://p.example/1", WORDS),
    ]
    assert peak < 16 << 20


def test_read_warc_from_a_server(tmp_path: Path) -> None:
    """Lines longer than a read, and a text with several articles, keep their own ids."""
    path = tmp_path / "a.warc"
    two = json.dumps([{"text": WORDS}, {"text": HAN}]).encode()

    found = read(
        path,
        archive(
            response("https://p.example/two", two, Content_Type="application/json"),
            response("https://p.example/1", page(), X_Long="y" * 200_000),
        ),
    )

    assert [isinstance(x, Article) and x.id.startswith("https") for x in found] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("address", "content_type"),
    [
        ("https://p.example/x.zip", ""),
        ("https://p.example/x", "text/plain"),
        ("https://p.example/x.mbox", "text/plain"),
    ],
)
def test_read_warc_enters_no_archive_whatever_it_is_called(
    tmp_path: Path, address: str, content_type: str
) -> None:
    inner = archive(response("https://p.example/inner", page()))
    if address.endswith(".zip"):
        packed = io.BytesIO()
        with ZipFile(packed, "w") as file:
            file.writestr("a.html", page())
        inner = packed.getvalue()
    data = archive(response(address, inner, Content_Type=content_type))

    found = told(read(tmp_path / "a.warc", data), tmp_path / "a.warc")

    message = "is an archive in an archive of the web; unpack it first"
    assert [error for _, error in found] == [message]
