"""The entry point: each file to its reader, and no bad input raises."""

import gzip
import io
import json
import sys
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.errors import SourceError
from retrieval.sources.encoding import READABLE
from retrieval.sources.reading import FileLocation, iter_locations, read_articles
from retrieval.types import Article

WORDS = "The ferry to the island runs again, the harbour office said on Monday."


def read(path: Path) -> list[str]:
    """The texts, and for errors ``!message``."""
    found = read_articles(FileLocation(str(path)))
    return [f"!{x.message}" if isinstance(x, SourceError) else x.text for x in found]


RECORD = json.dumps({"text": WORDS})
PAGE = (
    f"<html><head><title>Ferry</title></head><body><article><p>{WORDS}</p></article></body></html>"
)
FEED = (
    f"<rss version='2.0'><channel><item><description>{WORDS}</description></item></channel></rss>"
)
JSON_FEED = json.dumps(
    {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": 1, "content_text": WORDS}]}
)
CSV = f'title,text\nFerry,"{WORDS}"\n'
PROLOG = '<?xml version="1.0"?>\n<!-- by hand -->\n<!DOCTYPE x [<!ENTITY a "b">]>\n'


@pytest.mark.parametrize(
    ("name", "data"),
    [
        *[(name, WORDS) for name in ("a.txt", "a", "a.TEXT", "a.log", "a.md", "a.htm", "2004.04.04")],
        *[(name, PAGE) for name in ("a.html", "a", "a.txt", "a.xml", "a.xhtml")],
        ("a.txt", f"<!DOCTYPE html>{PAGE}"),
        ("a.xml", PROLOG + PAGE),
        ("a.html", f"<p>{WORDS}</p>"),
        *[(name, FEED) for name in ("a.rss", "a.xml", "a", "a.atom", "a.html", "a.txt")],
        *[(name, PROLOG + FEED) for name in ("a.rss", "a.xml", "a")],
        ("a.rss", f"a warning\n{FEED}"),
        *[(name, f"{RECORD}\n") for name in ("a.jsonl", "a.ndjson", "a.json", "a", "a.txt")],
        *[(name, f"[{RECORD}]") for name in ("a.json", "a", "a.txt")],
        ("a", f'{{"articles": [{RECORD}]}}'),
        ("a", json.dumps({"text": WORDS}, indent=2)),
        *[(name, JSON_FEED) for name in ("a.json", "a", "a.txt")],
        ("a.json", JSON_FEED.replace("/", "\\/")),
        *[(name, CSV) for name in ("a.csv", "a", "a.txt")],
        *[(name, CSV.replace(",", "\t", 1).replace(",", "\t", 1)) for name in ("a.tsv", "a.tab", "a")],
    ],
)  # fmt: skip
@pytest.mark.parametrize("pack", ["", ".gz", ".zst"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_read_articles_picks_the_reader(
    tmp_path: Path, name: str, data: str, pack: str, encoding: str
) -> None:
    packers = {"": bytes, ".gz": gzip.compress, ".zst": zstandard.compress}
    (tmp_path / (name + pack)).write_bytes(packers[pack](data.encode(encoding)))

    assert [text.replace("\t", ",") for text in read(tmp_path / (name + pack))] == [WORDS]


def test_read_articles_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(RECORD.encode())))

    (location,) = iter_locations(["-"])
    assert isinstance(location, FileLocation)
    (found,) = read_articles(location)

    assert isinstance(found, Article)
    assert (found.text, found.location and found.location.path) == (WORDS, "-")


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.txt", b"", "is empty; add an article or remove the file"),
        ("a.jsonl.gz", gzip.compress(b""), "is empty; add an article or remove the file"),
        ("a.txt", b"\xff\xd8\xff\xe0", f"is an image; what is read is {READABLE}"),
        ("a.md", b"%PDF-1.7", f"is a PDF; what is read is {READABLE}"),
        ("a.tar.gz", gzip.compress(b"x" * 257 + b"ustar\x0000"), f"is a tar archive; what is read is {READABLE}"),
        ("a.xml", b"<opml><body/></opml>", "is XML, but neither a feed nor a page; convert it to JSONL"),
        ("a", b"<?xml version='1.0'?><opml/>", "is XML, but neither a feed nor a page; convert it to JSONL"),
        ("a", b'{"a":', "is not JSON (expecting value at column 6)"),
        ("a.txt", bytes(range(1, 32)) * 30 + b"\x81\x8d\x8f\x90\x9d\xff", "is in no known encoding; convert it to UTF-8"),
        ("a.txt.gz", gzip.compress(WORDS.encode())[:-9], "is cut off; what was whole has been read, fetch it again for the rest"),
    ],
)  # fmt: skip
def test_read_articles_when_a_file_cannot_be_read(
    tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(data)

    assert read(tmp_path / name) == [f"!{message}"]


def test_read_articles_when_the_file_is_gone(tmp_path: Path) -> None:
    assert read(tmp_path / "a.txt") == ["!no such file or folder; check the path"]


@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_read_articles_of_a_cut_archive_gives_what_was_whole(
    tmp_path: Path, suffix: str, pack: object
) -> None:
    assert callable(pack)
    # Texts that do not pack, so that half of the file is half of the records.
    texts = [f"{n} {hash((n, 'seed')):x} {pow(3, n + 9999):x}" for n in range(200)]
    lines = [json.dumps({"text": text}) if suffix == ".jsonl" else text for text in texts]
    packed = pack("\n".join([*(["text"] if suffix == ".csv" else []), *lines]).encode())
    (tmp_path / f"a{suffix}").write_bytes(packed[: len(packed) // 2])

    *whole, error = read(tmp_path / f"a{suffix}")

    assert whole == texts[: len(whole)]
    assert len(whole) > 50
    assert error == "!is cut off; what was whole has been read, fetch it again for the rest"


def test_read_articles_of_a_short_cut_archive_gives_what_was_whole(tmp_path: Path) -> None:
    members = [gzip.compress(f"{RECORD}\n".encode()) for _ in range(3)]
    (tmp_path / "a.jsonl.gz").write_bytes(b"".join(members)[:-5])

    assert read(tmp_path / "a.jsonl.gz") == [
        *[WORDS] * 3,
        "!is cut off; what was whole has been read, fetch it again for the rest",
    ]


def test_read_articles_counts_the_stored_bytes(tmp_path: Path) -> None:
    packed = gzip.compress((RECORD + "\n").encode() * 5000)
    (tmp_path / "a.gz").write_bytes(packed)
    counted: list[int] = []

    assert len(list(read_articles(FileLocation(str(tmp_path / "a.gz")), counted.append))) == 5000
    assert sum(counted) == len(packed)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
@given(
    data=st.binary(max_size=200)
    | st.sampled_from([b"<html>", b"<rss>", b'[{"', b"\x1f\x8b\x08", b"---\n"])
)
@pytest.mark.parametrize(
    "name", ["a", "a.html", "a.rss", "a.md", "a.csv", "a.jsonl", "a.json", "a.zst"]
)
def test_read_articles_never_raises(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)

    assert all(found for found in read(tmp_path / name))
