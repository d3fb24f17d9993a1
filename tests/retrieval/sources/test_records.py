"""JSON Lines, JSON, CSV and TSV: every way that a record can be right or wrong."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import SourceError
from retrieval.sources.encoding import READABLE
from retrieval.sources.fields import field_of, lang_tag, storable, web_address
from retrieval.sources.files import MAX_RECORD_BYTES, ByteStream
from retrieval.sources.records import read_csv, read_json, read_jsonl
from retrieval.types import Article, Location, content_id

Read = Callable[[ByteStream], Iterator[Article | SourceError]]


def read(reader: Read, data: str | bytes) -> list[Article | tuple[str, str]]:
    """What the reader gives, errors as ``(location, message)``."""
    stream = ByteStream("a", iter((data if isinstance(data, bytes) else data.encode(),)))
    return [
        (found.location, found.message) if isinstance(found, SourceError) else found
        for found in reader(stream)
    ]


def jsonl(*records: Any) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def test_read_jsonl_takes_every_field() -> None:
    record = {
        "id": 17,
        "title": " Ferry\n runs again ",
        "text": "  Two \r\n lines\u2028 and 🚢\n",
        "source": {"id": "hp", "name": "Harbour Post"},
        "url": "https://harbour.example/17",
        "published": "2004-04-04T10:00:00+02:00",
        "lang": "en-GB",
        "author": ["Ann Lee", {"name": "Bo Ek"}],
        "section": {"deep": ["x\ud800"]},
    }

    assert read(read_jsonl, "\n" + jsonl(record)) == [
        Article(
            id="17",
            title="Ferry runs again",
            text="  Two \r\n lines\u2028 and 🚢\n",
            source="Harbour Post",
            url="https://harbour.example/17",
            published=datetime(2004, 4, 4, 8, tzinfo=UTC),
            published_origin="record",
            lang="en",
            author="Ann Lee, Bo Ek",
            location=Location("a", 2, 2),
            extra={"section": {"deep": ["x\ufffd"]}},
        )
    ]


def article(text: str = "words", **fields: Any) -> Article:
    """An article of one-line input as its reader should give it."""
    fields.setdefault("id", content_id(text))
    fields.setdefault("location", Location("a", 1, 1))
    if "published" in fields:
        fields.setdefault("published_origin", "record")
    return Article(text=text, **fields)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"text": "words"}, {}),
        ({"text": "words", "id": None, "title": "", "extra": None}, {"extra": {"extra": None}}),
        ({"text": "words", "id": ""}, {}),
        ({"text": "words", "id": 1.5}, {"id": "1.5"}),
        ({"body": "words", "headline": "H", "link": "http://x.example/"}, {"title": "H", "url": "http://x.example/"}),
        ({"Content": "words", "pubDate": "2004-04-04"}, {"published": datetime(2004, 4, 4, tzinfo=UTC)}),
        ({"text": "words", "publishedAt": 1081072800}, {"published": datetime(2004, 4, 4, 10, tzinfo=UTC)}),
        ({"text": "words", "Published at": "Sunday"}, {"extra": {"Published at": "Sunday"}}),
        ({"text": "words", "body": "more", "title": "T", "headline": "H"}, {"title": "T", "extra": {"body": "more", "headline": "H"}}),
        ({"headline": "H", "title": "T", "text": "words"}, {"title": "T", "extra": {"headline": "H"}}),
        ({"text": None, "body": "words"}, {}),
        ({"text": "words", "title": 1984}, {"title": "1984"}),
        ({"text": "words", "title": True, "source": [], "author": [], "lang": "English"}, {"extra": {"title": True, "source": [], "author": [], "lang": "English"}}),
        ({"text": "words", "author": ["Ann", None]}, {"extra": {"author": ["Ann", None]}}),
        ({"text": "words", "url": "javascript:alert(1)"}, {"extra": {"url": "javascript:alert(1)"}}),
        ({"text": "words\udcff", "id": "\ud800", "title": "\udfff"}, {"text": "words\ufffd", "id": "\ufffd", "title": "\ufffd"}),
    ],
)  # fmt: skip
def test_read_jsonl_of_a_record(record: dict[str, Any], expected: dict[str, Any]) -> None:
    assert read(read_jsonl, jsonl(record)) == [article(**expected)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "is not JSON (expecting property name enclosed in double quotes at column 2)"),
        ('{"text": "x"} {}', "is not JSON (extra data at column 15)"),
        ("[1]", "record is a list, not an object with a text"),
        ("null", "record is null, not an object with a text"),
        ('"text"', "record is a string, not an object with a text"),
        ("7", "record is a number, not an object with a text"),
        ("false", "record is true or false, not an object with a text"),
        ("{}", "article has no text; give it one or remove it"),
        ('{"text": " \\n\\u3000"}', "article has no text; give it one or remove it"),
        ('{"text": {"a": 1}}', "text is an object, not a string"),
        ('{"text": "x", "id": [1]}', "id is neither text nor a number: [1]"),
        ('{"text": "x", "id": true}', "id is neither text nor a number: True"),
        ("[" * 100_000, "is JSON nested a thousand deep; flatten it"),
        ("1" * 5000, "holds a number of thousands of digits; write it as a string"),
    ],
)
def test_read_jsonl_when_a_line_is_bad_goes_on(line: str, message: str) -> None:
    assert read(read_jsonl, f"{line}\n" + jsonl({"text": "words"})) == [
        ("a:1", message),
        article(location=Location("a", 2, 2)),
    ]


def test_read_jsonl_when_a_line_is_not_in_the_encoding_goes_on() -> None:
    good = jsonl({"text": "words"}).encode()

    found = read(read_jsonl, good * 10_000 + b'{"text": "\xff"}\n' + good)

    assert found[10_000][0] == "a:10001"  # type: ignore[index]  # an error, as two strings
    assert len(found) == 10_002


values = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
records = st.dictionaries(st.text(), values | st.lists(values) | st.dictionaries(st.text(), values))


@given(records, st.text().filter(str.strip), st.booleans())
def test_any_text_goes_through_jsonl_unchanged(
    record: Mapping[str, Any], text: str, is_ascii: bool
) -> None:
    record = {key: value for key, value in record.items() if field_of(key) != "id"} | {"text": text}
    line = json.dumps(record, ensure_ascii=is_ascii)
    # ESC $ opens an encoding of its own, which JSON escapes.
    (found,) = read(read_jsonl, line + "\n")

    assert isinstance(found, Article)
    assert found.text == text
    unknown = {key: value for key, value in record.items() if field_of(key) is None}
    assert {key: found.extra[key] for key in unknown} == unknown


ONE = {"id": "1", "text": "words"}
TWO = {"id": "2", "text": "more words"}
BOTH = [
    Article(id="1", text="words", location=Location("a")),
    Article(id="2", text="more words", location=Location("a")),
]


@pytest.mark.parametrize(
    ("whole", "expected"),
    [
        ([ONE, TWO], BOTH),
        ({"items": [], "articles": [ONE, TWO]}, BOTH),
        ({"status": "ok", "data": [ONE, TWO]}, BOTH),
        ({"version": 1, "ferries": [ONE, TWO], "tags": ["a"], "none": []}, BOTH),
        (ONE, BOTH[:1]),
        (ONE | {"items": [TWO]}, [Article(id="1", text="words", location=Location("a"), extra={"items": [TWO]})]),
        ([{}, TWO], [("a record 1", "article has no text; give it one or remove it"), BOTH[1]]),
    ],
)  # fmt: skip
def test_read_json_finds_the_articles(whole: Any, expected: list[Any]) -> None:
    assert read(read_json, json.dumps(whole, indent=1)) == expected


def test_read_json_of_json_lines() -> None:
    assert read(read_json, "\n" + jsonl(ONE, TWO)) == [
        Article(id="1", text="words", location=Location("a", 2, 2)),
        Article(id="2", text="more words", location=Location("a", 3, 3)),
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("[]", "holds an empty list of articles"),
        ('{"articles": []}', "holds an empty list of articles"),
        ("7", "holds a number, not articles"),
        ("{}", "article has no text; give it one or remove it"),
        ('{"a": [{}], "b": [{}]}', "article has no text; give it one or remove it"),
        ("[1,\n2", "is not JSON (expecting ',' delimiter at line 2 column 2)"),
        ('{"text": "x"}\n7', "is not JSON (extra data at line 2 column 1)"),
        ('{"text": "x"}\n{', "is not JSON (extra data at line 2 column 1)"),
        ("", "is not JSON (expecting value at column 1)"),
        ("%PDF", f"is a PDF; what is read is {READABLE}"),
    ],
)
def test_read_json_when_there_are_no_articles(data: str, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(read_json, data)

    assert (caught.value.location, caught.value.message) == ("a", message)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_read_csv_with_any_delimiter(delimiter: str) -> None:
    written = io.StringIO()
    rows = csv.writer(written, delimiter=delimiter)
    rows.writerows(
        [
            ["ID", " Title ", "Body", "pubDate", "Ward"],
            ["1", "", 'Two\r\nlines, "quoted"; 燈塔\t🗼|\n', "2004-04-04", "7"],
            [],
            ["2", "T", "שורה", ""],
            ["3", "T", "x", "", "", ""],
        ]
    )

    assert read(read_csv, "\n" + written.getvalue()) == [
        Article(
            id="1",
            text='Two\r\nlines, "quoted"; 燈塔\t🗼|\n',
            published=datetime(2004, 4, 4, tzinfo=UTC),
            published_origin="record",
            location=Location("a", 3, 5),
            extra={"Ward": "7"},
        ),
        Article(id="2", title="T", text="שורה", location=Location("a", 7, 7)),
        Article(id="3", title="T", text="x", location=Location("a", 8, 8)),
    ]


def test_read_csv_of_one_column_and_of_a_huge_cell() -> None:
    text = "wave " * 100_000

    assert read(read_csv, f"text\n{text}\n") == [article(text, location=Location("a", 2, 2))]


def test_read_csv_when_a_row_is_bad_goes_on() -> None:
    rows = 'id,text\n1,a\n2,"b" c\n3,d,e\n4,\n5,f\n6,"g\n7,h\n'

    assert read(read_csv, rows) == [
        Article(id="1", text="a", location=Location("a", 2, 2)),
        ("a:3", "row is broken (',' expected after '\"'); check its quotes"),
        ("a:4", "row has 3 cells for 2 columns; check its quotes"),
        ("a:5", "article has no text; give it one or remove it"),
        Article(id="5", text="f", location=Location("a", 6, 6)),
        ("a:7", "row is broken (unexpected end of data); check its quotes"),
    ]


def test_read_csv_when_a_line_is_not_in_the_encoding_drops_its_row() -> None:
    good = b"1,words\n" * 10_000

    found = read(read_csv, b"id,text\n" + good + b'2,"a\n\xff\nb"\n3,c\n')

    message = "line is not utf-8 as the lines before it; convert the file to UTF-8"
    assert found[10_000:] == [
        ("a:10003", message),
        Article(id="3", text="c", location=Location("a", 10_005, 10_005)),
    ]


@pytest.mark.parametrize(
    ("data", "location", "message"),
    [
        ("", "a", "has no column for the text, only []; name one 'text' in the first row"),
        ("id,words\n1,x\n", "a", "has no column for the text, only ['id', 'words']; name one 'text' in the first row"),
        ("id,text\r1,x\r", "a:1", "first row, with the names of the columns, is broken (new-line character seen in unquoted field - do you need to open the file in universal-newline mode?); check its quotes"),
        ('"id"x,text\n', "a:1", "first row, with the names of the columns, is broken (',' expected after '\"'); check its quotes"),
    ],
)  # fmt: skip
def test_read_csv_when_no_column_holds_the_text(data: str, location: str, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(read_csv, data)

    assert (caught.value.location, caught.value.message) == (location, message)


@pytest.mark.parametrize("reader", [read_jsonl, read_csv])
def test_line_formats_hold_one_record_at_a_time(reader: Read) -> None:
    given_out = 0

    def endless() -> Iterator[bytes]:
        nonlocal given_out
        yield b"text\n" if reader is read_csv else b"\n"
        while True:
            given_out += 1
            yield b'{"text": "x"}\n' * 5000

    found = reader(ByteStream("a", endless()))

    for _ in range(20_000):
        assert isinstance(next(found), Article)
    assert given_out <= 5


def test_read_jsonl_when_a_line_never_ends_lets_it_go() -> None:
    part = b"x" * (MAX_RECORD_BYTES // 4)

    found = list(read_jsonl(ByteStream("a", iter([*[part] * 9, b'\n{"text": "words"}']))))

    assert [str(error) for error in found[:1]] == ["line is longer than 64 MB; split it: 'a:1'"]
    assert found[1:] == [article(location=Location("a", 2, 2))]


@pytest.mark.parametrize(
    ("stated", "tag"),
    [
        *[("en", "en"), ("EN-us", "en"), (" pt_BR ", "pt"), ("he", "he")],
        *[("zh-TW", "zh-Hant"), ("zh_HK", "zh-Hant"), ("zh-Hant-CN", "zh-Hant")],
        *[("zh-CN", "zh-Hans"), ("zh-Hans", "zh-Hans"), ("zh-Hans-HK", "zh-Hans"), ("zh", None)],
        *[("English", None), ("eng", None), ("", None), (None, None), (7, None), ("en us", None)],
    ],
)
def test_lang_tag_of(stated: object, tag: str | None) -> None:
    assert lang_tag(stated) == tag


@pytest.mark.parametrize(
    ("stated", "address"),
    [
        (" https://a.example/é?q=1#x ", "https://a.example/é?q=1#x"),
        ("HTTP://a.example", "HTTP://a.example"),
        *[(bad, None) for bad in ("", "a.example", "ftp://a", "https://a b", 'https://a"', "https://", 7)],
    ],
)  # fmt: skip
def test_web_address_of(stated: object, address: str | None) -> None:
    assert web_address(stated) == address


def test_storable_mends_keys_and_depths() -> None:
    assert storable({"\ud800": ["\udfff", ("x",), 1, None]}) == {
        "\ufffd": ["\ufffd", ["x"], 1, None]
    }
