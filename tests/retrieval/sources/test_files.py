"""Locations and byte streams: real files, packed and damaged ones included."""

import gzip
import io
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import zstandard

from retrieval.errors import SourceError
from retrieval.sources.files import (
    ByteStream,
    FileLocation,
    SkippedFile,
    iter_locations,
    open_location,
)

TEXT = "The lighthouse was lit again. 燈塔 منارة 🗼\n".encode() * 400
NOBODY = 65534


@contextmanager
def unprivileged() -> Iterator[None]:
    """Root may read everything, so that a refusal needs another user."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def told(found: FileLocation | SourceError) -> tuple[str, str]:
    """A location or an error, for comparison."""
    if isinstance(found, SourceError):
        return found.location, found.message
    return found.path, "" if found.size is None else str(found.size)


def read(path: Path) -> bytes:
    with open_location(FileLocation(str(path))) as stream:
        return stream.read_all(1 << 20)


def test_iter_locations_enters_folders_in_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.jsonl.gz", "a/y", "c/d/e.md", "日.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"text")
    skipped: list[SkippedFile] = []

    found = [told(one) for one in iter_locations([str(tmp_path), "-"], skipped.append)]

    names = ("a/y", "a/z.jsonl.gz", "b.txt", "c/d/e.md", "日.txt")
    assert found == [*((str(tmp_path / name), "4") for name in names), ("-", "")]
    assert skipped == []


def test_iter_locations_skips_in_a_folder_what_holds_no_text(tmp_path: Path) -> None:
    files = {
        ".hidden": b"x",
        "a.txt": b"x",
        "b.jpg": b"\xff\xd8\xff\xe0",
        "c.css": b"p {}",
        "d": b"\x00\x01",
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / ".git").mkdir()
    os.mkfifo(tmp_path / "pipe.txt")
    skipped: list[SkippedFile] = []

    found = [told(one) for one in iter_locations([str(tmp_path)], skipped.append)]

    assert found == [(str(tmp_path / "a.txt"), "1")]
    assert skipped == [
        SkippedFile(str(tmp_path / name), reason)
        for name, reason in [
            (".git", "hidden"),
            (".hidden", "hidden"),
            ("b.jpg", "an image"),
            ("c.css", ".css files hold no articles"),
            ("d", "a binary file"),
            ("pipe.txt", "not a regular file"),
        ]
    ]


def test_iter_locations_logs_what_it_skips(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / ".hidden").write_text("x")
    caplog.set_level(logging.INFO)

    list(iter_locations([str(tmp_path)]))

    assert caplog.messages == [f"skipped {tmp_path}/.hidden reason='hidden'"]


def test_iter_locations_never_skips_what_was_named(tmp_path: Path) -> None:
    paths = [tmp_path / ".hidden.txt", tmp_path / "a.jpg"]
    for path in paths:
        path.write_bytes(b"\xff\xd8\xff")
    os.mkfifo(tmp_path / "pipe")

    found = [told(one) for one in iter_locations([*map(str, paths), str(tmp_path / "pipe")])]

    assert found == [*((str(path), "3") for path in paths), (str(tmp_path / "pipe"), "")]


def test_iter_locations_when_a_path_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "empty").mkdir()
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / ".x").write_text("x")
    names = ("missing", "gone", "self", "empty", "hidden", "a\x00b")

    found = [told(one) for one in iter_locations([str(tmp_path / name) for name in names])]

    assert found == [
        (str(tmp_path / name), message)
        for name, message in [
            ("missing", "no such file or folder; check the path"),
            ("gone", "is a link to a file that is gone; remove the link or restore the file"),
            ("self", "cannot be read (Too many levels of symbolic links)"),
            ("empty", "holds no file to read; put articles into it or name another folder"),
            (
                "hidden",
                "holds no file to read (1 skipped); put articles into it or name another folder",
            ),
            ("a\x00b", "cannot be a path (embedded null byte)"),
        ]
    ]


def test_iter_locations_when_links_are_broken_or_go_in_circles(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "inner"
    inner.mkdir(parents=True)
    (inner / "x.txt").write_text("x")
    (inner / "up").symlink_to(tmp_path)
    (tmp_path / "b").symlink_to(inner)
    (tmp_path / "c.txt").symlink_to(tmp_path / "nowhere")
    skipped: list[SkippedFile] = []

    found = [told(one) for one in iter_locations([str(tmp_path)], skipped.append)]

    assert found == [
        (str(inner / "up"), "links to a folder that it lies in; remove the link"),
        (str(inner / "x.txt"), "1"),
        (
            str(tmp_path / "c.txt"),
            "is a link to a file that is gone; remove the link or restore the file",
        ),
    ]
    assert skipped == [SkippedFile(str(tmp_path / "b"), "links to a folder that is read already")]


def test_iter_locations_when_permission_is_denied(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir()
    (tmp_path / "a").write_text("x")
    for path, mode in ((locked, 0), (tmp_path / "a", 0), (tmp_path, 0o755)):
        path.chmod(mode)
    for parent in list(tmp_path.parents)[:3]:
        parent.chmod(0o755)
    message = "may not be read; change its permissions (chmod u+r) or run as its owner"

    with unprivileged():
        found = [told(one) for one in iter_locations([str(tmp_path)])]
        with pytest.raises(SourceError) as caught:
            read(tmp_path / "a")
    locked.chmod(0o755)

    assert found == [(str(tmp_path / "a"), message), (str(locked), message)]
    assert (caught.value.location, caught.value.message) == (str(tmp_path / "a"), message)


def test_location_has_a_name_that_can_be_stored(tmp_path: Path) -> None:
    Path(os.fsdecode(bytes(tmp_path) + b"/caf\xe9.TXT.gz")).write_bytes(gzip.compress(b"x"))

    (location,) = iter_locations([str(tmp_path)])

    assert isinstance(location, FileLocation)
    assert (location.name, location.suffix) == (f"{tmp_path}/caf\ufffd.TXT.gz", ".txt")
    with open_location(location) as stream:
        assert stream.read_all(9) == b"x"


SKIPPABLE_FRAME = b"\x50\x2a\x4d\x18\x03\x00\x00\x00xyz"
PACKED = {
    "plain": TEXT,
    "a.gz": gzip.compress(TEXT),
    "two.gz": gzip.compress(TEXT[:99]) + gzip.compress(TEXT[99:]) + bytes(20),
    "a.zst": zstandard.compress(TEXT),
    "two.zst": zstandard.compress(TEXT[:99]) + SKIPPABLE_FRAME + zstandard.compress(TEXT[99:]),
    "gzip-by-content": gzip.compress(TEXT),
}


@pytest.mark.parametrize("name", PACKED)
def test_open_location_unpacks(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(PACKED[name])
    counted: list[int] = []

    with open_location(FileLocation(str(tmp_path / name)), counted.append) as stream:
        assert stream.head(5) == TEXT[:5]
        assert stream.read_all(len(TEXT)) == TEXT
    assert sum(counted) == len(PACKED[name])


@pytest.mark.parametrize("name", ["empty", "empty.gz", "empty.zst"])
def test_open_location_when_empty(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")

    assert read(tmp_path / name) == b""


def test_open_location_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    piped = io.BytesIO(gzip.compress(TEXT))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(piped))

    with open_location(FileLocation("-")) as stream:
        assert stream.read_all(len(TEXT)) == TEXT
    assert not piped.closed


NOISE = os.urandom(200_000)  # does not pack, so that a cut falls behind the first chunk


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.gz", b"no gzip", "is named .gz but is not packed so; rename it or fetch it again"),
        ("a.zst", gzip.compress(TEXT), "is named .zst but is not packed so; rename it or fetch it again"),
        ("b.gz", gzip.compress(NOISE)[:-5000], "is cut off; what was whole has been read, fetch it again for the rest"),
        ("b.zst", zstandard.compress(NOISE)[:-5000], "is cut off; what was whole has been read, fetch it again for the rest"),
        ("c.gz", gzip.compress(NOISE)[:-8] + bytes(8), "is damaged and cannot be unpacked (Error -3 while decompressing data: incorrect data check); fetch it again"),
        ("c.zst", zstandard.compress(NOISE) + b"junk", "is damaged and cannot be unpacked (zstd decompressor error: Unknown frame descriptor); fetch it again"),
    ],
)  # fmt: skip
def test_open_location_when_damaged_gives_what_was_whole(
    tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(data)
    whole = bytearray()

    def read_on() -> None:
        with open_location(FileLocation(str(tmp_path / name))) as stream:
            for chunk in stream.chunks():
                whole.extend(chunk)

    with pytest.raises(SourceError) as caught:
        read_on()

    assert (caught.value.location, caught.value.message) == (str(tmp_path / name), message)
    assert NOISE.startswith(bytes(whole))
    assert bool(whole) == (name[0] != "a")


def test_open_location_when_a_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"cannot be read \(Is a directory\)"):
        read(tmp_path)


def test_open_location_when_reading_fails_later() -> None:
    # Linux lets this file be opened and refuses to read its first page.
    with pytest.raises(SourceError, match=r"cannot be read \(Input/output error\)"):
        read(Path("/proc/self/mem"))


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_bomb_is_let_out_in_small_parts(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    (tmp_path / "bomb").write_bytes(pack(bytes(100 << 20)))

    with open_location(FileLocation(str(tmp_path / "bomb"))) as stream:
        chunks = stream.chunks()
        assert len(next(chunks)) <= 32 << 20
        with pytest.raises(SourceError, match="holds more than 4 MB in one document; split it"):
            stream.read_all(4 << 20)


def test_stream_head_stays_in_the_stream() -> None:
    stream = ByteStream("a", iter((b"ab", b"cd", b"ef")))

    assert (stream.head(3), stream.head(1), stream.head(9)) == (b"abc", b"a", b"abcdef")
    assert list(stream.chunks()) == [b"ab", b"cd", b"ef"]
    assert stream.head(3) == b""


def test_iter_locations_leaves_out_what_a_desk_keeps(tmp_path: Path) -> None:
    """A data folder may lie among the articles, or be their folder."""
    for folder in (tmp_path / "articles", tmp_path / "articles" / "data"):
        (folder / "index").mkdir(parents=True)
        for name in ("history", "index/memory.bin", "story.txt"):
            (folder / name).write_text("A ferry sailed.")
    (tmp_path / "articles" / "data" / "clipdesk.db").write_text("")
    skipped: list[SkippedFile] = []

    found = [told(x)[0] for x in iter_locations([str(tmp_path / "articles")], skipped.append)]

    names = ("data/story.txt", "history", "index/memory.bin", "story.txt")
    assert found == [str(tmp_path / "articles" / name) for name in names]
    assert {x.reason for x in skipped} == {"belongs to a data folder of Clipdesk"}
    assert [Path(x.path).name for x in skipped] == ["clipdesk.db", "history", "index"]
