"""What several articles say a figure is, through a real desk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from retrieval import Desk
from retrieval.types import Account, Answer

FILLER = [
    "The harbour council met on Monday to discuss the new bridge over the river.",
    "Rain closed two roads in the valley, and farmers lost a part of their harvest.",
    "A choir from the north sang in the old market hall for three evenings.",
]
NINE = "Nine people died and more than 900 were hurt in the ferry fire off Kalmar on Wednesday."
FOUR = "A fire on a ferry off Kalmar killed four people on Wednesday and injured nearly 60."
ASKED = "How many people died in the ferry fire off Kalmar?"


def told(
    tmp_path: Path,
    *texts: str,
    question: str = ASKED,
    days: tuple[int, ...] = (3, 3, 3, 3),
    **more: str,
) -> list[tuple[str, list[str | None]]]:
    """The values that articles with these texts give, each with its outlets."""
    rows = [{"id": f"f{n}", "text": text} for n, text in enumerate(FILLER)]
    for n, text in enumerate(texts):
        row = {"id": f"a{n}", "text": text, "source": f"Paper {n}", "lang": "en"} | more
        if days[n]:
            row["published"] = f"2024-04-{days[n]:02}T{12 - n:02}:00:00Z"
        rows.append(row)
    path = tmp_path / "articles.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with Desk.open(tmp_path / "desk") as desk:
        desk.add([path])
        reply = desk.ask(question)
    assert isinstance(reply, Answer)
    for account in reply.accounts:
        for quote in account.quotes:
            assert quote.answer is not None
            assert quote.span.holds(quote.answer)
    return [(a.value, [q.article.source for q in a.quotes]) for a in reply.accounts]


def test_figures_that_differ_stand_side_by_side_newest_first(tmp_path: Path) -> None:
    assert told(tmp_path, NINE, FOUR) == [("9", ["Paper 0"]), ("4", ["Paper 1"])]


def test_outlets_that_agree_are_one_account(tmp_path: Path) -> None:
    agree = "In all 9 people are dead after the fire on the Kalmar ferry on Wednesday, police said."

    assert told(tmp_path, NINE, agree) == [("9", ["Paper 0", "Paper 1"])]


@pytest.mark.parametrize(
    "other",
    [
        # What counts other things, or is said of something else
        "The ferry fire off Kalmar on Wednesday injured four people, of whom none is in danger.",
        "After the ferry fire off Kalmar on Wednesday, in which many died, four ships helped.",
        "Four people were arrested on Wednesday at the ferry port of Kalmar after the fire.",
        # Two figures that may be the one asked for
        "Four people died in the ferry fire off Kalmar at once on Wednesday; seven people died later.",
        # No figure
        "Many people died in the ferry fire off Kalmar on Wednesday, the authorities said.",
        # A date
        "On 4 April people died in the ferry fire off Kalmar, after a Wednesday without wind.",
        # Nothing behind the figure, or a figure
        "People died in the ferry fire off Kalmar on Wednesday; the number was given as four.",
        "The dead of the ferry fire off Kalmar on Wednesday: four 5 people.",
        "The dead of the ferry fire off Kalmar on Wednesday: four, as the people of Kalmar say.",
        "Four or five people died in the ferry fire off Kalmar on Wednesday.",
    ],
)
def test_silence_is_better_than_a_false_conflict(tmp_path: Path, other: str) -> None:
    assert ("4", ["Paper 1"]) not in told(tmp_path, NINE, other)


def test_one_outlet_alone_is_no_account(tmp_path: Path) -> None:
    assert told(tmp_path, NINE) == []
    assert told(tmp_path, NINE, FOUR, source="The Paper") == []


def test_another_event_of_the_kind_is_no_account(tmp_path: Path) -> None:
    assert told(tmp_path, NINE, FOUR, days=(3, 20)) == []
    other = "Four people died in a mine near Zagreb, where an explosion brought a shaft down."
    assert told(tmp_path, NINE, other) == []


def test_articles_without_a_date_have_accounts_too(tmp_path: Path) -> None:
    assert told(tmp_path, NINE, FOUR, days=(0, 3)) == [("4", ["Paper 1"]), ("9", ["Paper 0"])]


def test_a_question_for_no_number_has_no_accounts(tmp_path: Path) -> None:
    assert told(tmp_path, NINE, FOUR, question="Where did the ferry fire kill people?") == []


def test_the_figure_that_two_articles_count_is_the_answer(tmp_path: Path) -> None:
    told(tmp_path, NINE, FOUR)

    with Desk.open(tmp_path / "desk") as desk:
        reply = desk.ask(ASKED, quotes=1)
        assert isinstance(reply, Answer)
        (quote,) = reply.quotes
        assert quote.answer is not None
        assert quote.answer.of(quote.article.text) == "Nine"
        assert len(reply.accounts) == 2


def test_account_needs_a_quote() -> None:
    with pytest.raises(ValueError, match="account without a quote: '9'"):
        Account("9", ())
