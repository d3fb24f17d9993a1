"""Copies of one text in an answer: read once, quoted with all of their sources."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from retrieval import Desk
from retrieval.types import Answer, Filters

REPORT = (
    "The bridge over the Kessel reopened on Tuesday after four years of work, the ministry said."
    " Engineers had found cracks in two of its piers and closed it to all traffic."
    "\n\nThe repair cost far more than was planned, and the shops of the old town lost their guests."
    " A ferry carried people across in the meantime, and schools began an hour later."
)
OTHER = "Walkers say that the bridge over the Kessel looks as it did when it was built."
ASKED = "When did the bridge over the Kessel reopen?"


@pytest.fixture
def ask(tmp_path: Path) -> Any:
    """Asks a desk of articles that are given as (id, text, day)."""

    def ask(
        *articles: tuple[str, str, int | None], question: str = ASKED, **options: Any
    ) -> Answer:
        rows = [
            {"id": name, "text": text, "source": f"Paper {name}", "lang": "en"}
            | ({} if at is None else {"published": f"2024-04-{at:02}T12:00:00Z"})
            for name, text, at in articles
        ]
        path = tmp_path / "articles.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        with Desk.open(tmp_path / "desk") as desk:
            desk.add([path])
            reply = desk.ask(question, **options)
        assert isinstance(reply, Answer)
        return reply

    return ask


def quoted(reply: Answer) -> list[list[str]]:
    """The articles of each quote: its own, then those that it is also in."""
    return [[q.article.id, *(o.article.id for o in q.also_in)] for q in reply.quotes]


def test_copies_are_quoted_once_with_all_their_sources(ask: Any) -> None:
    reply = ask(("b", REPORT, 3), ("a", REPORT, 2), ("c", "AP - " + REPORT, 4), ("d", OTHER, 4))

    first = reply.quotes[0]
    assert quoted(reply)[0] == ["a", "b", "c"]  # of equal rank the earliest, then by date
    assert {other.text for other in first.also_in} == {first.text}
    assert [other.paragraph for other in first.also_in] == [first.paragraph] * 2


def test_copies_do_not_crowd_out_other_stories(ask: Any) -> None:
    copies = [(f"c{n:02}", REPORT, 3) for n in range(12)]

    reply = ask(*copies, ("other", OTHER, 4))

    assert "other" in [quote.article.id for quote in reply.quotes]
    assert len(reply.quotes[0].also_in) == 11  # also those that are not among the ranked
    assert len(reply.contexts) == 10
    assert {context.article.id for context in reply.contexts} <= {name for name, *_ in copies}


def test_a_copy_outside_of_the_filters_is_not_named(ask: Any) -> None:
    articles = (("a", REPORT, 2), ("b", REPORT, 3), ("c", REPORT, None))
    named = {
        Filters(sources=("Paper a",)): ["a"],
        Filters(articles=("a", "b")): ["a", "b"],
        Filters(): ["a", "b", "c"],
    }

    for filters, expected in named.items():
        assert quoted(ask(*articles, filters=filters))[0] == expected


@pytest.mark.parametrize(
    ("filters", "expected"),
    [("after", ["b"]), ("before", ["a"])],
)
def test_a_copy_outside_of_the_dates_is_not_named(
    ask: Any, filters: str, expected: list[str]
) -> None:
    from datetime import UTC, datetime

    noon = datetime(2024, 4, 3, tzinfo=UTC)

    reply = ask(("a", REPORT, 2), ("b", REPORT, 3), filters=Filters(**{filters: noon}))

    assert quoted(reply)[0] == expected


def test_an_edited_sentence_is_named_where_it_stands(ask: Any) -> None:
    edited = REPORT.replace("after four years of work", "after four long years of work")

    reply = ask(("a", REPORT, 2), ("b", edited, 3))

    others = [other for quote in reply.quotes for other in quote.also_in]
    assert any("four" in other.text and other.article.id == "b" for other in others) or (
        quoted(reply)[0][0] == "b"
    )


def test_a_copy_without_the_sentence_is_not_named(ask: Any) -> None:
    longer = REPORT + " Nobody remembers who drew the bridge's first plan; a museum asks for help."

    reply = ask(
        ("a", REPORT, 2),
        ("b", longer, 3),
        question="Who asks for help about the bridge's first plan?",
    )

    assert quoted(reply)[0] == ["b"]
