"""Values to rows and back, for any article; digests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.store import Store, digest
from retrieval.store.rows import pack_sentences, passage_out, text_in, text_out, time_in, time_out
from retrieval.types import Alias, Article, Location, Passage, Sentence, Span

TEXTS = st.text(st.characters(exclude_categories=()), max_size=30)
SAID = st.none() | TEXTS
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)
MOMENTS = st.datetimes(timezones=st.just(UTC))


@st.composite
def articles(draw):
    return Article(
        id=draw(TEXTS.filter(len)),
        text=draw(TEXTS),
        title=draw(SAID),
        source=draw(SAID),
        url=draw(SAID),
        published=draw(st.none() | MOMENTS),
        published_origin=draw(SAID),
        lang=draw(SAID),
        author=draw(SAID),
        kicker=draw(SAID),
        location=draw(
            st.none()
            | st.builds(
                Location, TEXTS, st.none() | st.integers(1, 9), st.none() | st.integers(1, 9)
            )
        ),
        is_truncated=draw(st.booleans()),
        is_suspect=draw(st.booleans()),
        agencies=tuple(draw(st.lists(st.text(max_size=5), max_size=2))),
        aliases=tuple(
            draw(st.lists(st.builds(Alias, st.text(max_size=4), st.text(max_size=4)), max_size=2))
        ),
        extra=draw(st.dictionaries(st.text(max_size=4), JSON, max_size=2)),
    )


@st.composite
def passages_in(draw, length):
    bounds = sorted(draw(st.lists(st.integers(0, length), min_size=2, max_size=6)))
    sentences = tuple(
        Sentence(Span(start, stop), draw(st.integers(1, 300)), draw(st.booleans()))
        for start, stop in pairwise(bounds)
    )
    return Passage(Span(bounds[0], bounds[-1]), sentences)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with Store.open(tmp_path_factory.mktemp("rows") / "store.db") as store:
        yield store
        assert store.check() == []


@settings(max_examples=60, deadline=None)
@given(article=articles(), data=st.data())
def test_store_gives_back_what_it_was_given(store, article, data):
    passages = data.draw(st.lists(passages_in(len(article.text)), max_size=3))
    article = replace(article, id=f"{store.counts().articles} {article.id}")
    before = replace(article, text=f"{article.text}.")

    store.save([(before, []), (article, passages)])

    stored = store.get(article.id)
    assert stored == replace(article, version=2)
    assert stored.extra == article.extra
    assert store.get_version(article.id, 1) == replace(before, version=1)
    kept = store.article_passages(article.id)
    assert [p.passage for p in kept] == passages
    assert store.passages([p.id for p in kept]) == {p.id: p for p in kept}
    texts = [row.text for row in store.index_rows([p.id for p in kept])]
    assert texts == [p.passage.span.of(article.text) for p in kept]


@pytest.mark.parametrize(
    ("numbers", "size"),
    [
        ([(0, 0, 1)], 1 + 3),
        ([(0, 127, 1), (128, 255, 2)], 1 + 6),
        ([(0, 128, 1)], 1 + 6),
        ([(0, 10, 255)], 1 + 3),
        ([(0, 10, 256)], 1 + 6),
        ([(0, 40_000, 1)], 1 + 12),
        ([(0, 10, 70_000), (20, 30, 70_001)], 1 + 24),
        ([(0, 2**32, 1)], 1 + 24),
    ],
)
@pytest.mark.parametrize("start", [0, 5_000_000])
@pytest.mark.parametrize("is_complete", [True, False])
def test_sentences_are_packed_in_few_bytes(numbers, size, start, is_complete):
    sentences = tuple(
        Sentence(Span(start + first, start + stop), paragraph, is_complete)
        for first, stop, paragraph in numbers
    )
    passage = Passage(Span(start, sentences[-1].span.stop), sentences)

    packed = pack_sentences(passage)

    assert len(packed) == size
    row = (1, "a1", 1, passage.span.start, passage.span.stop, packed)
    assert passage_out(row).passage == passage


@pytest.mark.parametrize("packed", [b"", b"B", b"B\x00", b"Z\x00\x00\x00", b"H\x00\x00\x00", b"<"])
def test_sentences_that_are_damaged(packed):
    with pytest.raises(ValueError, match=r"damaged|does not hold"):
        passage_out((1, "a1", 1, 0, 5, packed))


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        (None, None),
        ("", ""),
        ("rain", "rain"),
        ("雨🌧", "雨🌧"),
        ("\x00", "\x00"),
        ("\ud83d", b"\xed\xa0\xbd"),
        ("雨\udc00", b"\xe9\x9b\xa8\xed\xb0\x80"),
    ],
)
def test_text_in_and_out(text, stored):
    assert text_in(text) == stored
    assert text_out(stored) == text


@given(MOMENTS)
def test_time_in_and_out(moment):
    assert time_out(time_in(moment)) == moment


def test_digest_is_the_same_on_every_machine():
    article = Article(id="橋", text="Rain.\ud800", published=datetime(2004, 4, 4, tzinfo=UTC))
    assert digest(article).hex() == "f36e188d85adbec05a8b685cda54af39"


@pytest.mark.parametrize("zone", [timezone(timedelta(0), "Z"), ZoneInfo("UTC")])
def test_digest_does_not_see_how_utc_is_called(zone):
    plain = Article(id="a1", text="Rain.", published=datetime(2004, 4, 4, tzinfo=UTC))

    assert digest(replace(plain, published=datetime(2004, 4, 4, tzinfo=zone))) == digest(plain)


def test_digest_does_not_see_place_version_or_order_of_keys():
    plain = Article(id="a1", text="Rain.", extra={"a": 1, "b": 2})
    other = replace(plain, location=Location("/x"), version=3, extra={"b": 2, "a": 1})

    assert digest(other) == digest(plain)


def test_digest_sees_where_a_value_stands():
    one = Article(id="a1", text="Rain.", title="x")
    other = Article(id="a1", text="Rain.", source="x")

    assert digest(one) != digest(other)
