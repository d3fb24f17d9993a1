import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from bot.render.highlight import Piece, pieces
from retrieval.types import Article, Quote, Span


def quote_of(text: str, answer: str | None = None, span: Span | None = None) -> Quote:
    found = None
    if answer is not None:
        start = text.index(answer)
        found = Span(start, start + len(answer))
    return Quote(
        Article(id="a", text=text), Span(0, len(text)) if span is None else span, 1, 1.0, found
    )


def drawn(quote: Quote, max_chars: int | None) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in pieces(quote, max_chars)]


STORY = "The old mill by the river opened in 1902 and it closed again before the war."


@pytest.mark.parametrize(
    ("quote", "max_chars", "expected"),
    [
        (quote_of("Rain."), None, [("plain", "Rain.")]),
        (quote_of("Rain."), 5, [("plain", "Rain.")]),
        (quote_of("Rain.", "Rain."), 1, [("answer", "Rain.")]),
        (
            quote_of(STORY, "1902"),
            None,
            [
                ("plain", "The old mill by the river opened in "),
                ("answer", "1902"),
                ("plain", " and it closed again before the war."),
            ],
        ),
        (
            quote_of(STORY, "1902"),
            48,
            [
                ("plain", "The old mill by the river opened in "),
                ("answer", "1902"),
                ("plain", " and it"),
                ("elided", " …"),
            ],
        ),
        (
            quote_of(STORY, "1902"),
            20,
            [
                ("elided", "… "),
                ("plain", "in "),
                ("answer", "1902"),
                ("plain", " and it"),
                ("elided", " …"),
            ],
        ),
        (
            quote_of(STORY, "the war."),
            20,
            [("elided", "… "), ("plain", "before "), ("answer", "the war.")],
        ),
        (
            quote_of(STORY, "1902"),
            0,
            [("elided", "… "), ("answer", "1902"), ("elided", " …")],
        ),
        (quote_of(STORY), 12, [("plain", "The old mill"), ("elided", " …")]),
        (quote_of(STORY), 13, [("plain", "The old mill"), ("elided", " …")]),
        (quote_of(STORY), 14, [("plain", "The old mill"), ("elided", " …")]),
        (
            quote_of("濱海公園於十一月二十日重新開放", "十一月二十日"),
            9,
            [
                ("elided", "…"),
                ("plain", "於"),
                ("answer", "十一月二十日"),
                ("plain", "重新"),
                ("elided", "…"),
            ],
        ),
        (quote_of("👩‍👩‍👧" * 30), 7, [("plain", "👩‍👩‍👧"), ("elided", "…")]),
        (quote_of("e\u0301" * 40), 3, [("plain", "e\u0301"), ("elided", "…")]),
        (
            quote_of("أعيد فتح الجسر يوم الاثنين"),
            15,
            [("plain", "أعيد فتح الجسر"), ("elided", " …")],
        ),
    ],
)
def test_pieces(quote: Quote, max_chars: int | None, expected: list[tuple[str, str]]) -> None:
    assert drawn(quote, max_chars) == expected


def test_pieces_name_their_place_in_the_article() -> None:
    quote = quote_of("Before. It rained here. After.", "here", Span(8, 23))

    assert pieces(quote) == (
        Piece("plain", Span(8, 18), "It rained "),
        Piece("answer", Span(18, 22), "here"),
        Piece("plain", Span(22, 23), "."),
    )


def test_an_empty_answer_is_no_answer() -> None:
    quote = Quote(Article(id="a", text="Rain."), Span(0, 5), 1, 1.0, Span(2, 2))

    assert drawn(quote, None) == [("plain", "Rain.")]


@st.composite
def quotes(draw: st.DrawFn) -> Quote:
    letters = st.one_of(st.sampled_from("ab  é港👩‍👧\u0301\n。ت"), st.characters())
    text = draw(st.text(letters, min_size=1, max_size=120))
    start = draw(st.integers(0, len(text) - 1))
    stop = draw(st.integers(start + 1, len(text)))
    cuts = sorted([draw(st.integers(start, stop)), draw(st.integers(start, stop))])
    answer = Span(*cuts) if draw(st.booleans()) else None
    return Quote(Article(id="a", text=text), Span(start, stop), 1, 1.0, answer)


@given(quotes(), st.none() | st.integers(0, 130))
def test_pieces_cover_the_quote_verbatim_and_never_cut_the_answer(
    quote: Quote, max_chars: int | None
) -> None:
    made = pieces(quote, max_chars)
    edges = [quote.span.start, *(piece.span.stop for piece in made)]

    assert edges[-1] == quote.span.stop
    for edge, piece in zip(edges, made, strict=False):
        assert piece.span.start == edge
        assert len(piece.span) > 0
        if piece.kind == "elided":
            assert piece.text.strip() == "…"
        else:
            assert piece.text == piece.span.of(quote.article.text)
    if quote.answer is not None and len(quote.answer):
        assert [piece.span for piece in made if piece.kind == "answer"] == [quote.answer]
    shown = sum(len(piece.span) for piece in made if piece.kind != "elided")
    if max_chars is not None:
        assert shown <= max(max_chars, len(quote.answer or ()))


@given(quotes(), st.integers(0, 130))
def test_a_cut_never_tears_a_character(quote: Quote, max_chars: int) -> None:
    whole = {quote.span.start + found.start() for found in regex.finditer(r"\X", quote.text)}
    whole |= {quote.span.stop}
    if quote.answer is not None:  # where the answer begins is the answerer's choice
        whole |= {quote.answer.start, quote.answer.stop}

    made = pieces(quote, max_chars)

    assert all(p.span.start in whole and p.span.stop in whole for p in made if p.kind == "elided")
