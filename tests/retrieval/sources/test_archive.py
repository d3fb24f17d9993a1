"""ZIP archives: what is in them, and what may not get out of them."""

import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest

from retrieval.errors import SourceError
from retrieval.sources import archive
from retrieval.sources.encoding import READABLE
from retrieval.sources.reading import FileLocation, iter_locations, read_articles
from retrieval.types import Article

WORDS = "The ferry to the island runs again, the harbour office said on Monday."


def packed(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as out:
        for name, data in members:
            out.writestr(name, data)
    return file.getvalue()


def read(path: Path, data: bytes) -> list[tuple[str, str]]:
    """(member, text) of articles, (member, !message) of errors."""
    path.write_bytes(data)
    told = []
    for found in read_articles(FileLocation(str(path))):
        if isinstance(found, Article):
            assert found.location is not None
            told.append((found.location.path.removeprefix(str(path)), found.text))
        else:
            told.append((found.location.removeprefix(str(path)), f"!{found.message}"))
    return told


def test_read_zip_reads_each_member_as_it_is_named(tmp_path: Path) -> None:
    page = f"<html><body><article><p>{WORDS}</p></article></body></html>".encode()
    mail = b"Subject: x\n\n" + WORDS.encode()
    record = json.dumps({"text": WORDS}).encode()
    members = [
        ("a.txt", WORDS.encode()),
        ("deep/er/b.html", page),
        ("c.jsonl.gz", gzip.compress(record + b"\n")),
        ("d.eml", mail),
        ("e.mbox", b"From - Mon Jan 01 00:00:00 2024\n" + mail),
        ("渡輪.txt", WORDS.encode()),
        ("noname", record),
    ]

    found = read(tmp_path / "a.zip", packed(*members))

    assert found == [(f"/{name}", WORDS) for name, _ in members]


def test_read_zip_reads_an_archive_inside_and_none_in_that(tmp_path: Path) -> None:
    text = ("a.txt", WORDS.encode())
    inner = packed(text, ("in.zip", packed(text)))

    assert read(tmp_path / "A.ZIP", packed(("b.zip", inner), text)) == [
        ("/b.zip/a.txt", WORDS),
        ("/b.zip/in.zip", "!is an archive in an archive in an archive; unpack it first"),
        ("/a.txt", WORDS),
    ]


def test_read_zip_skips_what_a_folder_s_walk_skips(tmp_path: Path) -> None:
    members = [
        (name, b"\xff\xd8\xff\xe0")
        for name in (".hidden.txt", "a/.git/b.txt", "__MACOSX/c.txt", "d.jpg", "e.css", "f/")
    ]

    found = read(tmp_path / "a.zip", packed(*members, ("a.txt", WORDS.encode())))

    assert found == [("/a.txt", WORDS)]
    assert read(tmp_path / "b.zip", packed(*members)) == [
        ("", "!holds no file to read; put articles into it or remove the file")
    ]


def test_read_zip_takes_paths_for_names(tmp_path: Path) -> None:
    names = ("../../evil.txt", "/etc/passwd.txt")

    found = read(tmp_path / "a.zip", packed(*((name, WORDS.encode()) for name in names)))

    assert [member for member, _ in found] == [f"/{name}" for name in names]
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [("Паром вернулся.txt", "utf-8"), ("フェリーが再開しました.txt", "cp932"), ("é.txt", "cp437")],
)
def test_read_zip_with_names_in_other_code_pages(tmp_path: Path, raw: str, encoding: str) -> None:
    name = raw.encode(encoding)
    data = packed(("x" * len(name), WORDS.encode())).replace(b"x" * len(name), name)

    ((member, text),) = read(tmp_path / "a.zip", data)

    assert text == WORDS
    if encoding != "cp437":
        assert member == f"/{raw}"


def encrypted(data: bytes) -> bytes:
    """The same with the first member marked as encrypted, in both of its headers."""
    marked = bytearray(data)
    marked[6] |= 1
    marked[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(marked)


def test_read_zip_goes_on_after_a_bad_member(tmp_path: Path) -> None:
    good = ("b.txt", WORDS.encode())
    stored = packed(("a.txt", b"y" * 40), good, method=zipfile.ZIP_STORED)
    method = bytearray(stored)
    method[8] = method[stored.index(b"PK\x01\x02") + 10] = 99

    unpack = "!is encrypted; unpack it with its password first"
    assert read(tmp_path / "a.zip", encrypted(stored)) == [("/a.txt", unpack), ("/b.txt", WORDS)]
    crc = "!is damaged and cannot be unpacked (Bad CRC-32 for file 'a.txt')"
    assert read(tmp_path / "b.zip", stored.replace(b"y" * 40, b"z" * 40)) == [
        ("/a.txt", crc),
        ("/b.txt", WORDS),
    ]
    assert read(tmp_path / "c.zip", bytes(method)) == [
        ("/a.txt", "!is packed in a way that cannot be unpacked here; pack it anew"),
        ("/b.txt", WORDS),
    ]
    assert read(tmp_path / "d.zip", packed(("a.txt", b""), ("c.jsonl.gz", b"x"), good)) == [
        ("/a.txt", "!is empty; add an article or remove the file"),
        ("/c.jsonl.gz", "!is named .gz but is not packed so; rename it or fetch it again"),
        ("/b.txt", WORDS),
    ]


@pytest.mark.parametrize("cut", [0, 30, -30])
def test_read_zip_that_is_no_archive(tmp_path: Path, cut: int) -> None:
    data = packed(("a.txt", WORDS.encode()))[:cut]

    assert read(tmp_path / "a.zip", data) == [
        ("", "!is no ZIP archive, or a part of one; fetch it again")
    ]


def test_read_zip_bounds_what_it_unpacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "FREE_BYTES", 100_000)
    monkeypatch.setattr(archive, "MAX_MEMBER_BYTES", 400_000)
    monkeypatch.setattr(archive, "MAX_INNER_BYTES", 300_000)
    good = ("b.txt", WORDS.encode())
    lines = b"".join(b'{"text": "%x"}\n' % pow(3, n + 9, 1 << 900) for n in range(4000))

    assert read(tmp_path / "a.zip", packed(("a.txt", bytes(9 << 20)), good))[-2:] == [
        ("/a.txt", f"!is a binary file; what is read is {READABLE}"),
        ("/b.txt", WORDS),
    ]
    assert read(tmp_path / "b.zip", packed(("a.txt", b" " * 300_000), good)) == [
        ("/a.txt", "!is more than 200 times as large as packed, as no text is"),
        ("/b.txt", WORDS),
    ]
    assert read(tmp_path / "c.zip", packed(("a.jsonl", lines), good))[-2:] == [
        ("/a.jsonl", "!holds more than 0 GB; split it"),
        ("/b.txt", WORDS),
    ]
    inner = packed(("a.jsonl", lines[:350_000]), method=zipfile.ZIP_STORED)
    assert read(tmp_path / "d.zip", packed(("a.zip", inner), good)) == [
        ("/a.zip", "!is an inner archive of more than 0 MB; unpack it"),
        ("/b.txt", WORDS),
    ]


def test_read_zip_bounds_all_members_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_ARCHIVE_BYTES", 250)
    inner = packed(*((f"{n}.txt", f"{n} {WORDS}".encode()) for n in range(9)))
    data = packed(*((f"{n}.txt", f"{n} {WORDS}".encode()) for n in range(9)))

    found = read(tmp_path / "a.zip", data)

    assert [member for member, _ in found] == ["/0.txt", "/1.txt", "/2.txt", ""]
    assert found[-1] == ("", "!holds more than 0 GB, unpacked; split it")
    assert read(tmp_path / "b.zip", packed(("in.zip", inner)))[-1][0] == ""


def test_read_zip_tells_how_many_bytes_it_read(tmp_path: Path) -> None:
    members = [(f"{n}.txt", WORDS.encode()) for n in range(5)]
    (tmp_path / "a.zip").write_bytes(packed(*members, method=zipfile.ZIP_STORED))
    counted: list[int] = []

    assert len(list(read_articles(FileLocation(str(tmp_path / "a.zip")), counted.append))) == 5
    assert sum(counted) == 5 * len(WORDS)


def test_a_zip_under_another_name_is_told_what_to_do(tmp_path: Path) -> None:
    message = "!is a ZIP archive or an office document; an archive is read as a file named .zip"

    assert read(tmp_path / "a.txt", packed(("a.txt", b"x"))) == [("", message)]


def test_a_zip_that_is_gone(tmp_path: Path) -> None:
    (error,) = read_articles(FileLocation(str(tmp_path / "a.zip")))

    assert isinstance(error, SourceError)
    assert error.message == "no such file or folder; check the path"


def test_a_folder_gives_archives_and_mail(tmp_path: Path) -> None:
    names = ["a.warc", "b.warc.gz", "c.zip", "d.mbox", "e.eml"]
    for name in names:
        (tmp_path / name).write_bytes(b"\x00")
    (tmp_path / "f.docx").write_bytes(b"PK\x03\x04")

    found = [x.path for x in iter_locations([str(tmp_path)]) if isinstance(x, FileLocation)]

    assert found == [str(tmp_path / name) for name in names]
