import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from paper import EN, Paper, context_of, quote_of
from toy_desk import BRIDGE, BRIDGE_AGAIN, PARK, UNTITLED

from bot.render.terminal import open_terminal
from retrieval.store import SourceSummary
from retrieval.types import Answer

SECOND = quote_of(BRIDGE_AGAIN, "The harbour bridge reopened on Monday, the port said.")
THIRD = quote_of(UNTITLED, "Fishermen say the bridge works drove the herring away.")
CLEAR = Answer("When?", (SECOND, THIRD), 0.9, ())


@pytest.fixture
def pipe() -> Paper:
    return Paper()


def test_why_lists_the_features_by_their_share(pipe: Paper) -> None:
    quote = replace(
        SECOND, features={"length": -0.5, "coverage": 2.25, "lead": -0.0001, "new_one": 0.25}
    )
    reply = Answer(
        "?", (quote,), 0.834, (context_of(BRIDGE, 1, 9.5), context_of(BRIDGE_AGAIN, 2, 4.25))
    )

    pipe.terminal.why(1, quote, reply)

    assert [line.rstrip() for line in pipe.raw.splitlines()] == [
        "Feature    Share",
        "coverage  +2.250  ━━━━━━━━  the question's words, rare ones first",
        "length    -0.500  ━━        how much the sentence says",
        "new_one   +0.250  ━",
        "lead       0.000            near the top of an article about it",
        "Score     +2.000",
        "",
        "Its passage was found at rank 2 of 2, with a BM25 score of 4.25.",
        "Probability that quote 1 answers the question: 83%.",
    ]


def test_why_without_features(pipe: Paper) -> None:
    pipe.terminal.why(2, SECOND, CLEAR)

    assert pipe.raw == "No feature has a share in this quote's score.\n"


def test_why_with_shares_of_nothing(pipe: Paper) -> None:
    pipe.terminal.why(2, replace(SECOND, features={"lead": 0.0}), CLEAR)

    assert "lead      0.000" in pipe.raw


def test_explain_puts_the_features_under_each_quote(pipe: Paper) -> None:
    quotes = tuple(replace(quote, features={"lead": 1.0}) for quote in (SECOND, THIRD))

    pipe.terminal.answer(replace(CLEAR, quotes=quotes), explain=True)

    assert pipe.raw.count("Feature") == 2
    assert pipe.raw.count("answers the question: 90%") == 1


SUMMARIES = [
    SourceSummary(
        "The Daily Quay",
        1200,
        datetime(2004, 4, 4, tzinfo=UTC),
        datetime(2025, 1, 9, tzinfo=UTC),
        ("en", "es"),
    ),
    SourceSummary(None, 3, None, None, ()),
    SourceSummary(
        "港口日報",
        1,
        datetime(2023, 11, 20, tzinfo=UTC),
        datetime(2023, 11, 20, tzinfo=UTC),
        ("zh-Hant",),
    ),
]


def test_sources_are_a_table_with_an_as_of_line(pipe: Paper) -> None:
    pipe.terminal.sources(SUMMARIES)

    assert [line.rstrip() for line in pipe.raw.splitlines()] == [
        "Source          Articles        First         Last  Languages",
        "The Daily Quay     1,200   4 Apr 2004   9 Jan 2025  en es",
        "(not named)            3            –            –",
        "港口日報               1  20 Nov 2023  20 Nov 2023  zh-Hant",
        "",
        "1,204 articles from 2 sources, dated 4 Apr 2004 to 9 Jan 2025.",
    ]


@pytest.mark.parametrize(
    ("wanted", "last_line"),
    [
        ("QUAY", "1,200 articles from 1 source, dated 4 Apr 2004 to 9 Jan 2025."),
        ("港口", "1 article from 1 source, dated 20 Nov 2023."),
        ("not named", "3 articles from no named source; none has a date."),
        ("[red]x", "No source has [red]x in its name."),
    ],
)
def test_sources_can_be_filtered(pipe: Paper, wanted: str, last_line: str) -> None:
    pipe.terminal.sources(SUMMARIES, wanted)

    assert pipe.raw.splitlines()[-1] == last_line


def test_an_empty_corpus_has_no_sources(pipe: Paper) -> None:
    pipe.terminal.sources([])

    assert pipe.raw == "No articles yet. Read some in with: clipdesk ingest PATH\n"


def test_passages_are_ranked_and_begin_with_where_they_stand(pipe: Paper) -> None:
    pipe.terminal.passages([context_of(PARK, 1, 12.345), context_of(UNTITLED, 2, 3.0)])

    assert pipe.raw == (
        '1.  港口日報 · 20 Nov 2023 · "公園重新開放" · ¶1 · BM25 12.35\n'
        f"    {PARK.text}\n"
        "\n"
        "2.  untitled, line 17 of dump.txt · ¶1 · BM25 3.00\n"
        f"    {UNTITLED.text}\n"
    )


def test_a_width_that_is_asked_for_is_kept() -> None:
    file = io.StringIO()

    open_terminal(EN, file, width=44).sources(SUMMARIES[:1])

    assert max(map(len, file.getvalue().splitlines()[:3])) <= 44


def test_no_passages_is_said(pipe: Paper) -> None:
    pipe.terminal.passages([])

    assert pipe.raw == "No passage was found.\n"
