"""Values are valid by construction, or not made at all."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import NoSuchArticle, SourceError
from retrieval.types import Answer, Article, Filters, Passage, Quote, Sentence, Span, content_id

TEXT = "港灣 opened. 🚢 It closed."


@pytest.mark.parametrize(("start", "stop"), [(-1, 2), (3, 2), (-2, -1)])
def test_span_refuses_ranges_that_are_none(start: int, stop: int) -> None:
    with pytest.raises(ValueError, match="span is reversed or negative"):
        Span(start, stop)


def test_span_of_refuses_a_text_that_is_too_short() -> None:
    assert Span(3, 9).of(TEXT) == "opened"

    with pytest.raises(ValueError, match="span ends past the text"):
        Span(3, 99).of(TEXT)


@given(
    a=st.tuples(st.integers(0, 9), st.integers(0, 9)),
    b=st.tuples(st.integers(0, 9), st.integers(0, 9)),
)
def test_span_relations_are_those_of_sets(a: tuple[int, int], b: tuple[int, int]) -> None:
    one, other = Span(min(a), max(a)), Span(min(b), max(b))
    points, others = set(range(one.start, one.stop)), set(range(other.start, other.stop))

    assert one.overlaps(other) == bool(points & others)
    assert len(one) == len(points)
    if others:
        assert one.holds(other) == (others <= points)


def test_article_refuses_an_empty_id_and_a_local_time() -> None:
    with pytest.raises(ValueError, match="empty id"):
        Article(id="", text="x")
    with pytest.raises(ValueError, match="not in UTC"):
        Article(
            id="a", text="x", published=datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=8)))
        )
    with pytest.raises(ValueError, match="not in UTC"):
        Article(id="a", text="x", published=datetime(2024, 1, 1))  # noqa: DTZ001  # the point

    assert (
        Article(id="a", text="", published=datetime(2024, 1, 1, tzinfo=UTC)).published is not None
    )


def test_content_id_ignores_white_space_and_nothing_else() -> None:
    assert content_id("a b\n c") == content_id(" a  b c\r\n")
    assert content_id("a b") != content_id("ab")
    assert len(content_id("\ud800")) == 16


def test_passage_refuses_sentences_outside_itself() -> None:
    sentence = Sentence(Span(0, 10), 1)

    assert Passage(Span(0, 10), (sentence,)).sentences == (sentence,)
    with pytest.raises(ValueError, match="does not hold its sentences"):
        Passage(Span(1, 10), (sentence,))
    with pytest.raises(ValueError, match="does not hold its sentences"):
        Passage(Span(0, 10), ())


def test_quote_cannot_misquote() -> None:
    article = Article(id="a", text=TEXT)

    assert Quote(article, Span(11, 23), 1, 1.0, answer=Span(13, 15)).text == "🚢 It closed."[:12]
    for span in (Span(3, 3), Span(3, 99)):
        with pytest.raises(ValueError, match="empty or past its article"):
            Quote(article, span, 1, 1.0)
    with pytest.raises(ValueError, match="answer lies outside"):
        Quote(article, Span(0, 3), 1, 1.0, answer=Span(2, 4))


def test_answer_needs_a_quote() -> None:
    with pytest.raises(ValueError, match="use NoAnswer"):
        Answer("who?", (), 0.9, ())


def test_filters_are_false_when_they_ask_for_nothing() -> None:
    assert not Filters()
    assert Filters(langs=("zh",))


def test_errors_say_where() -> None:
    assert str(SourceError("a.jsonl:3", "not JSON")) == "not JSON: 'a.jsonl:3'"
    assert str(NoSuchArticle("x")) == "no such article: 'x'"
    assert str(NoSuchArticle("x", 2)) == "no such article: 'x' version 2"
