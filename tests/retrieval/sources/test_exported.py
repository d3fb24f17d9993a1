"""A record that was written here is taken back as it was."""

import json
from datetime import UTC, datetime

import pytest

from retrieval.sources.exported import MARK, article_of, record_of
from retrieval.sources.files import ByteStream
from retrieval.sources.records import read_jsonl
from retrieval.types import Article, Location

PLACE = Location("x.jsonl", 1, 1)
AT = datetime(1066, 10, 14, 9, 0, 0, 123, tzinfo=UTC)
ODD = {
    "title": ["a", "list"],
    "id": None,
    "clipdesk": {"format": 1, "extra": {"a": 1}},
    "Title": "in capitals",
    "headline": "\ud83c lone",
    "pubDate": 5,
    "": {"": [None, True, 1.5, 10**30, "\u2028\x00\x85"]},
    "عنوان": "雨",
}

ARTICLES = [
    Article(id="a", text="Rain."),
    Article(
        id=" 雨\n", text="  أُعيد فتح الجسر 🌉\r\n\r\n\u2028x\x00 ", title=" two  spaces\u00a0 "
    ),
    Article(id="\udc80", text="lone \ud83c surrogate", title="\ud83c", kicker="\udfff"),
    Article(
        id="7",
        text="Rain.",
        title="",
        source="BBC\n",
        url="javascript:alert(1)",
        published=AT,
        published_origin="html:meta",
        lang="yue",
        author="A, B",
        kicker="KICKER",
        is_truncated=True,
        is_suspect=True,
        extra=ODD,
    ),
]


def read(line):
    (item,) = read_jsonl(ByteStream("x.jsonl", iter((line.encode("utf-8", "surrogatepass"),))))
    return item


@pytest.mark.parametrize("article", ARTICLES, ids=lambda a: repr(a.id))
def test_round_trip(article):
    record = json.loads(json.dumps(record_of(article)))
    got = article_of(record, PLACE)

    assert got == Article(**{**fields(article), "location": PLACE})
    assert json.dumps(record_of(got)) == json.dumps(record_of(article))
    assert read(json.dumps(record)) == got


def fields(article):
    return {name: getattr(article, name) for name in article.__slots__}


def test_what_is_not_known_is_left_out():
    assert record_of(Article(id="a", text="Rain.")) == {
        "id": "a",
        "text": "Rain.",
        MARK: {"format": 1},
    }


def test_the_keys_are_those_that_the_reader_knows_and_the_source_gave():
    article = Article(id="a", text="Rain.", published=AT, extra={"section": "uk", "url": 5})

    assert record_of(article) == {
        "id": "a",
        "text": "Rain.",
        "published": "1066-10-14T09:00:00.000123Z",
        "section": "uk",
        MARK: {"format": 1, "extra": {"url": 5}},
    }


@pytest.mark.parametrize(
    "change",
    [
        {MARK: None},
        {MARK: "1"},
        {MARK: {"format": 2}},
        {MARK: {"format": 1, "extra": []}},
        {"id": 5},
        {"id": ""},
        {"text": None},
        {"title": 5},
        {"is_suspect": 1},
        {"published": 5},
        {"published": "yesterday"},
        {"published": "2024-01-01"},
        {"published": "2024-01-01T00:00:00+01:00"},
    ],
    ids=repr,
)
def test_a_record_that_is_not_ours_or_was_altered_is_read_like_any_other(change):
    record = record_of(Article(id="a", text="Rain.", title="T")) | change

    assert article_of(record, PLACE) is None


def test_an_altered_text_keeps_the_rest():
    record = record_of(Article(id="a", text="Rain.", title=" T ")) | {"published": "2024-01-01"}

    article = read(json.dumps(record))

    assert (article.title, article.published) == ("T", datetime(2024, 1, 1, tzinfo=UTC))


def test_a_blank_text_is_an_error():
    record = record_of(Article(id="a", text="Rain.")) | {"text": " \n"}

    assert "article has no text" in str(read(json.dumps(record)))
