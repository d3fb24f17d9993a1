"""Plain text: what the header says, and where the articles lie in the file."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from retrieval.errors import SourceError
from retrieval.sources.dump import split_dump
from retrieval.sources.encoding import READABLE
from retrieval.sources.files import ByteStream
from retrieval.sources.plaintext import read_plaintext, split_header
from retrieval.types import Article, Location, content_id


def read(text: str | bytes) -> Sequence[Article | SourceError]:
    data = text if isinstance(text, bytes) else text.encode()
    return list(read_plaintext(ByteStream("a.txt", iter((data,)))))


STORY = (
    "The lighthouse on the northern pier was lit again on Monday, the harbour office said.\n"
    "It had been dark since a storm broke its lamp in the winter."
)

# As a page that lists others below its story, each in one line that breaks off.
DUMP = (
    f"{STORY}\nThe keeper said that the new lamp uses a tenth of the power.\n"
    "‘EMPTY NETS’: Cod was sold for twice last year’s price, and the buyers said that they had "
    "never paid as much for so little Cod was sold for twice last year’s price at an auction in "
    "Eastport yesterday, as boats stayed in because of the wind, traders there said. Only four "
    "crews put out in the whole of the week, and two of them came home without a single box. "
    "Restaurants in the capital have taken fish off their menus, their association said in a "
    "statement. “We cannot ask 40 crowns for a fillet,” its chairwoman Ida Holm told reporters, "
    "adding that farmed salmon had bec\n"
    "A painter’s letters have been found in a wall of the town hall of Westhaven, where workers "
    "who were changing the heating opened a room that no plan shows. The 31 letters were written "
    "to his sister between 1871 and 1889, the museum of the province said, and describe journeys "
    "that no biography mentions. “He was in Lisbon when we all thought that he was ill at home,” "
    "curator Per Lund said on Wednesday. The museum hopes to show them next spring, if the paper "
    "can be dried without losing the ink, which has alr\n"
)


@pytest.mark.parametrize("text", [STORY, "燈塔於星期一重新亮起。", "أُضيئت المنارة من جديد.", "🗼"])
def test_read_plaintext_of_one_story(text: str) -> None:
    assert read(text + "\n") == [
        Article(id=content_id(text), text=text, location=Location("a.txt"))
    ]


def test_read_plaintext_takes_line_ends_for_the_file_s() -> None:
    assert [
        found.text for found in read(STORY.replace("\n", "\r\n")) if isinstance(found, Article)
    ] == [STORY]


def test_read_plaintext_with_a_header() -> None:
    header = "TITLE: Light again\nSource: Harbour Post\nDate: 4 April 2004\nURL: https://h.example/1\nAuthor:\nWard: 7\n"

    assert read(f"{header} \n{STORY}\n") == [
        Article(
            id=content_id(STORY),
            text=STORY,
            title="Light again",
            source="Harbour Post",
            url="https://h.example/1",
            published=datetime(2004, 4, 4, tzinfo=UTC),
            published_origin="header",
            location=Location("a.txt", 8, 9),
            extra={"Ward": "7"},
        )
    ]


def test_read_plaintext_of_a_dump_gives_each_piece_its_lines() -> None:
    found = read("Title: Light again\nSource: Harbour Post\nLang: en\n\n" + DUMP)

    pieces = split_dump(DUMP)
    assert len(pieces) > 1
    assert found == [
        Article(
            id=content_id(piece.text),
            text=piece.text,
            title=title,
            source="Harbour Post",
            lang="en",
            kicker=piece.kicker,
            is_truncated=piece.is_truncated,
            is_suspect=piece.is_suspect,
            location=Location("a.txt", piece.first_line + 4, piece.last_line + 4),
        )
        for piece, title in zip(pieces, ["Light again", *[None] * len(pieces)], strict=False)
    ]
    assert [piece.location for piece in read(DUMP) if isinstance(piece, Article)] == [
        Location("a.txt", piece.first_line, piece.last_line) for piece in pieces
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty; add the text or remove the file"),
        (" \n\u3000\n", "is empty; add the text or remove the file"),
        ("Title: x\n\n", "holds a header and no text below it; add the text or remove the file"),
        ("\x00\x01", f"is a binary file; what is read is {READABLE}"),
    ],
)  # fmt: skip
def test_read_plaintext_when_there_is_no_text(text: str, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(text)

    assert (caught.value.location, caught.value.message) == ("a.txt", message)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Title: A: b\nDate:\n\nBody", ({"Title": "A: b", "Date": ""}, 3)),
        ("Title: A\nWard: 7\n\nBody", ({"Title": "A", "Ward": "7"}, 3)),
        ("Published at: 2004\n\n", ({"Published at": "2004"}, 2)),
        ("Title: A\nWard: 7\nTide: high\n\nBody", ({}, 0)),
        ("Note: the ferry is late.\n\nBody", ({}, 0)),
        ("Text: the ferry is late.\n\nBody", ({}, 0)),
        ("Title: A\nBody", ({}, 0)),
        ("Title:A\n\nBody", ({}, 0)),
        ("\nTitle: A\n\nBody", ({}, 0)),
        ("Title: A\n" * 40 + "\nBody", ({}, 0)),
        ("", ({}, 0)),
    ],
)
def test_split_header_of(text: str, expected: tuple[dict[str, str], int]) -> None:
    assert split_header(text) == expected
