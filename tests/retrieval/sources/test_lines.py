"""Lines of byte streams: decoded, numbered by their place, bounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import SourceError
from retrieval.sources.files import ByteStream
from retrieval.sources.lines import iter_lines

WORDS = "Пароход отошёл от причала в полдень, сообщил порт.\n汽船於正午離開碼頭。\n"


def lines_of(*chunks: bytes, max_bytes: int = 1 << 20) -> list[str]:
    """Lines, and errors as ``place message``."""
    found = iter_lines(ByteStream("a", iter(chunks)), max_bytes)
    return [f"{x.location} {x.message}" if isinstance(x, SourceError) else x for x in found]


@pytest.mark.parametrize(
    ("chunks", "lines"),
    [
        ([], []),
        ([b"\n"], [""]),
        ([b"a\nb"], ["a", "b"]),
        ([b"a", b"b\n", b"c\n"], ["ab", "c"]),
        ([b"a\r\nb\xe2\x80\xa8c\x0bd\n"], ["a\r", "b\u2028c\x0bd"]),
        ([b"\xef\xbb\xbfa\n\xef\xbb\xbfb\n"], ["a", "\ufeffb"]),
    ],
)
def test_iter_lines_ends_lines_at_line_feeds_only(chunks: list[bytes], lines: list[str]) -> None:
    assert lines_of(*chunks) == lines


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030"])
def test_iter_lines_in_other_encodings(encoding: str) -> None:
    data = (WORDS * 3).encode(encoding)

    assert lines_of(data[:5], data[5:8], data[8:]) == WORDS.split("\n")[:-1] * 3


def test_iter_lines_when_a_line_is_bad_goes_on() -> None:
    ascii_top = b"ok\n" * (1 << 15)

    assert lines_of(ascii_top, b"\xff\n", b"end")[-2:] == [
        "a:32769 line is not utf-8 as the lines before it; convert the file to UTF-8",
        "end",
    ]


def test_iter_lines_when_a_line_is_too_long_lets_it_go() -> None:
    chunks = (b"ab\nabc", b"def", b"g\nxy\nabcdef\nz\nabcd", b"efgh")

    assert lines_of(*chunks, max_bytes=3) == [
        "ab",
        "a:2 line is longer than 0 MB; split it",
        "xy",
        "a:4 line is longer than 0 MB; split it",
        "z",
        "a:6 line is longer than 0 MB; split it",
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"%PDF", "is a PDF"),
        (bytes(range(1, 32)) * 30 + b"\x81\x8d\x8f\x90\x9d\xff", "is in no known encoding"),
        ("ab\n".encode("utf-16") + b"\x00", "is not utf-16 throughout"),
    ],
)
def test_iter_lines_when_nothing_can_be_read(data: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        lines_of(data)


@given(
    st.lists(st.text(st.characters(exclude_characters="\n\x00\x1b", codec="utf-8")), min_size=1),
    st.integers(1, 9),
)
def test_iter_lines_gives_back_any_lines_however_they_are_cut(lines: list[str], step: int) -> None:
    data = b"\xef\xbb\xbf" + "".join(line + "\n" for line in lines).encode()

    assert lines_of(*(data[i : i + step] for i in range(0, len(data), step))) == lines
