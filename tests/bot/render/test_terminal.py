import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import Paper, context_of, quote_of
from toy_desk import ARTICLES, BRIDGE, BRIDGE_AGAIN, PARK, UNTITLED, ToyDesk

from bot.render import lines
from bot.render.terminal import QUOTE_MAX_CHARS
from bot.render.wording import CLEAR_CONFIDENCE
from retrieval.store import SourceSummary
from retrieval.types import (
    Answer,
    Article,
    Filters,
    NoAnswer,
    Reason,
    Span,
)

REOPENED = "The harbour bridge reopened on Monday after eight months of repairs."
FIRST = quote_of(BRIDGE, REOPENED, "Monday")
SECOND = quote_of(BRIDGE_AGAIN, "The harbour bridge reopened on Monday, the port said.")
THIRD = quote_of(UNTITLED, "Fishermen say the bridge works drove the herring away.")
CLEAR = Answer("When?", (FIRST, SECOND, THIRD), 0.9, ())


@pytest.fixture
def pipe() -> Paper:
    return Paper()


def test_an_answer_in_a_pipe_is_whole_lines_without_codes(pipe: Paper) -> None:
    pipe.terminal.answer(CLEAR)

    assert pipe.raw == (
        "    The harbour bridge reopened on Monday after eight months of repairs.\n"
        '[1] The Daily Quay · 4 Mar 2024 · "Harbour bridge opens again" · ¶1\n'
        "    https://quay.example/news/bridge?page=2#story:~:text=The%20harbour%20bridge%20reopened"
        "%20on%20Monday%20after%20eight%20months%20of%20repairs.\n"
        "\n"
        "    The harbour bridge reopened on Monday, the port said.\n"
        '[2] Northern Wire · 5 Mar 2024 · "Bridge back in use" · ¶1\n'
        "\n"
        "    Fishermen say the bridge works drove the herring away.\n"
        "[3] untitled, line 17 of dump.txt · ¶1\n"
    )


def test_an_answer_on_a_terminal_is_broken_to_its_width() -> None:
    paper = Paper(50)

    paper.terminal.answer(CLEAR)

    assert paper.seen == (
        "│ The harbour bridge reopened on Monday after\n"
        "│ eight months of repairs.\n"
        '[1] The Daily Quay · 4 Mar 2024 · "Harbour bridge\n'
        '    opens again" · ¶1 ↗\n'
        "\n"
        "│ The harbour bridge reopened on Monday, the port\n"
        "│ said.\n"
        '[2] Northern Wire · 5 Mar 2024 · "Bridge back in\n'
        '    use" · ¶1\n'
        "\n"
        "│ Fishermen say the bridge works drove the herring\n"
        "│ away.\n"
        "[3] untitled, line 17 of dump.txt · ¶1\n"
    )


def test_on_a_terminal_the_answer_stands_out_and_the_title_is_a_link() -> None:
    paper = Paper(80)

    paper.terminal.answer(CLEAR)

    assert "reopened on \x1b[1;32mMonday\x1b[0m after" in paper.raw
    assert (
        r";https://quay.example/news/bridge?page=2#story:~:text=The%20harbour%20bridge%20reopened"
        '%20on%20Monday%20after%20eight%20months%20of%20repairs.\x1b\\"Harbour bridge opens again"'
    ) in paper.raw


@pytest.mark.parametrize(
    ("confidence", "is_doubted"), [(0.0, True), (CLEAR_CONFIDENCE, False), (1.0, False)]
)
def test_confidence_is_said_only_when_it_is_low(
    pipe: Paper, confidence: float, is_doubted: bool
) -> None:
    pipe.terminal.answer(replace(CLEAR, confidence=confidence))

    assert pipe.raw.startswith("Closest passages; none of them clearly answers.\n\n") is is_doubted


def test_no_answer_marks_the_nearest_quotes_as_none() -> None:
    reply = NoAnswer("When?", "low_confidence", (FIRST,), 0.2)
    paper = Paper(80)

    paper.terminal.answer(reply)

    assert paper.seen == (
        "No answer: the articles do not seem to say.\n"
        "Closest passages, NOT an answer:\n"
        "\n"
        "┆ The harbour bridge reopened on Monday after eight months of repairs.\n"
        '[1] The Daily Quay · 4 Mar 2024 · "Harbour bridge opens again" · ¶1 ↗\n'
    )
    assert "\x1b[1;32m" not in paper.raw


@pytest.mark.parametrize(
    ("reason", "filters", "said"),
    [
        (
            "empty_corpus",
            Filters(),
            (
                "No answer: nothing has been ingested yet. Read some articles in with:"
                " clipdesk ingest PATH\n"
            ),
        ),
        (
            "no_terms",
            Filters(),
            (
                "No answer: the question holds no word to look up. Name a person, a place or a"
                " thing.\n"
            ),
        ),
        ("no_match", Filters(), "No answer: no article shares a word with the question.\n"),
        ("low_confidence", Filters(), "No answer: the articles do not seem to say.\n"),
        (
            "filters",
            Filters(
                sources=("bbc", "港口"),
                after=datetime(2022, 2, 1, tzinfo=UTC),
                before=datetime(2023, 1, 1, tzinfo=UTC),
                langs=("zh",),
            ),
            (
                "No answer: nothing within the filters (source bbc or 港口; published 1 Feb 2022"
                " to 31 Dec 2022; language zh) shares a word with the question.\n"
            ),
        ),
    ],
)
def test_no_answer_says_why(pipe: Paper, reason: Reason, filters: Filters, said: str) -> None:
    pipe.terminal.answer(NoAnswer("?", reason), filters)

    assert pipe.raw == said


def test_quotes_in_other_sources_are_named(pipe: Paper) -> None:
    elsewhere = (SECOND, THIRD, quote_of(PARK, "濱海公園"), FIRST, FIRST)

    pipe.terminal.quotes([replace(SECOND, also_in=elsewhere)], 7, is_answer=True)

    assert pipe.raw == (
        "    The harbour bridge reopened on Monday, the port said.\n"
        '[7] Northern Wire · 5 Mar 2024 · "Bridge back in use" · ¶1\n'
        "    also in Northern Wire · 5 Mar 2024; untitled, line 17 of dump.txt · ¶1;"
        " 港口日報 · 20 Nov 2023 and 2 more\n"
    )


def test_the_addresses_of_other_sources_are_written_out(pipe: Paper) -> None:
    pipe.terminal.quotes([replace(SECOND, also_in=(FIRST,))], 1, is_answer=True)

    assert pipe.raw.splitlines()[2:] == [
        "    also in The Daily Quay · 4 Mar 2024",
        (
            "    https://quay.example/news/bridge?page=2#story:~:text=The%20harbour%20bridge%20reopened"
            "%20on%20Monday%20after%20eight%20months%20of%20repairs."
        ),
    ]


def test_a_long_quote_is_shortened_on_a_terminal_and_whole_in_a_pipe(pipe: Paper) -> None:
    text = "Rain fell. " * 100 + "It stopped on 3 May. " + "Rain fell. " * 100
    quote = quote_of(Article(id="a", text=text.strip()), text.strip(), "3 May")
    paper = Paper(80)

    paper.terminal.quotes([quote], 1, is_answer=True)
    pipe.terminal.quotes([quote], 1, is_answer=True)

    assert text.strip() in pipe.raw
    assert paper.seen.startswith("│ … ")
    assert "3 May" in paper.seen
    assert QUOTE_MAX_CHARS < len(paper.seen) < QUOTE_MAX_CHARS + 100


def test_the_context_shows_the_paragraphs_and_what_is_left_out(pipe: Paper) -> None:
    text = "One.\n\nTwo. Quoted here. After.\n\nThree.\nFour."
    article = Article(
        id="a", text=text, title="T", author="Ana\nB", agencies=("AFP", "時事"), is_truncated=True
    )
    quote = quote_of(article, "Quoted here.", "here")
    around = [Span(6, 30), Span(32, 38)]
    paper = Paper(40)

    pipe.terminal.context(2, quote, around)
    paper.terminal.context(2, quote, around)

    assert pipe.raw == (
        '[2] "T" · ¶1\n'
        "    by Ana B · cites AFP, 時事 · the text breaks off\n"
        "\n  …\n"
        "\n│ Two. Quoted here. After.\n"
        "\n  Three.\n"
        "\n  …\n"
    )
    assert "\x1b[2mTwo. \x1b[0mQuoted \x1b[1;32mhere\x1b[0m.\x1b[2m After.\x1b[0m" in paper.raw
    assert paper.seen.splitlines()[:3] == [
        '[2] "T" · ¶1',
        "    by Ana B · cites AFP, 時事 · the",
        "    text breaks off",
    ]


def test_the_context_of_a_quote_across_paragraphs(pipe: Paper) -> None:
    article = Article(id="a", text="He came.\nHe saw. He won.")
    quote = quote_of(article, "He came.\nHe saw.", "came")

    pipe.terminal.context(1, quote, [Span(0, 8), Span(9, 24)])

    assert pipe.raw == "[1] untitled, a · ¶1\n\n│ He came.\n\n│ He saw. He won.\n"


def test_the_caret_stands_under_the_place() -> None:
    paper = Paper(80)

    paper.terminal.point_at("港口 bridge source:", 17)

    assert paper.seen == "  港口 bridge source:\n" + " " * (2 + 19) + "^\n"


ATTACK = "\x1b[2J\x1b]0;title\x07\x9b5n[bold]x[/bold] \u202eevil\x00 {0} :smile: \ud800"


def test_nothing_in_an_article_reaches_the_terminal_raw() -> None:
    article = Article(
        id="a",
        text=f"{ATTACK} Monday. {ATTACK}",
        title=ATTACK,
        source=ATTACK,
        author=ATTACK,
        agencies=(ATTACK,),
        url=f"https://a.example/{ATTACK}",
    )
    quote = replace(
        quote_of(article, article.text, "Monday", features={ATTACK: 1.0}),
        also_in=(quote_of(article, article.text),),
    )
    for paper in (Paper(), Paper(60)):
        terminal = paper.terminal
        terminal.answer(Answer(ATTACK, (quote,), 0.1, ()), explain=True)
        terminal.context(1, quote, [Span(0, len(article.text))])
        terminal.passages([context_of(article, 1, 1.0)])
        terminal.sources([SourceSummary(ATTACK, 1, None, None, (ATTACK,))])
        terminal.sources([SourceSummary(None, 1, None, None, ())], ATTACK)
        terminal.echo(ATTACK)
        terminal.point_at(ATTACK, 5)

        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", paper.seen)
        assert "[bold]x[/bold]" in paper.seen
        assert ":smile:" in paper.seen


@settings(max_examples=40, deadline=None)
@given(st.integers(24, 130))
def test_no_line_is_wider_than_the_terminal(columns: int) -> None:
    paper = Paper(columns)
    desk = ToyDesk(ARTICLES)

    for question in ("When did the harbour bridge reopen?", "公園費用", "zeppelin bridge a b cde"):
        reply = desk.ask(question)
        paper.terminal.answer(reply)
        for number, quote in enumerate(reply.quotes if isinstance(reply, Answer) else ()):
            paper.terminal.context(number, quote, desk.around(quote))
    paper.terminal.passages(reply.contexts)

    assert max(map(lines.width, paper.seen.splitlines())) <= columns


@given(st.text(min_size=1).filter(lambda text: text.strip()))
def test_a_pipe_gets_every_visible_character_of_a_quote(text: str) -> None:
    pipe = Paper()

    pipe.terminal.quotes([quote_of(Article(id="a", text=text), text)], 1, is_answer=True)

    drawn = "".join(pipe.raw.splitlines(keepends=True)[:-1])
    assert "".join(drawn.split()) == "".join(lines.visible(text).split())
