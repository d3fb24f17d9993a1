"""Sentences that go with an outcome; that all of them are in every catalogue is tested there."""

from datetime import UTC, datetime
from typing import get_args

import pytest

from bot.messages import Messages, languages
from bot.render.wording import accounts, as_of, describe, pointed, query_problem, understood
from retrieval.errors import QueryError, QueryProblem
from retrieval.types import Account, Answer, Article, Filters, NoAnswer, Quote, Span

MONDAY = datetime(2022, 3, 7, tzinfo=UTC)
TUESDAY = datetime(2022, 3, 8, tzinfo=UTC)
NOON = datetime(2022, 3, 7, 12, tzinfo=UTC)
APRIL = datetime(2022, 4, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lang", "filters", "said"),
    [
        ("en", Filters(), ""),
        ("en", Filters(after=MONDAY), "published from 7 Mar 2022"),
        ("en", Filters(before=MONDAY), "published before 7 Mar 2022"),
        ("en", Filters(after=MONDAY, before=APRIL), "published 7 Mar 2022 to 31 Mar 2022"),
        ("en", Filters(after=MONDAY, before=TUESDAY), "published on 7 Mar 2022"),
        ("en", Filters(after=MONDAY, before=NOON), "published on 7 Mar 2022"),
        (
            "en",
            Filters(sources=("bbc", "港口"), after=APRIL, before=MONDAY, langs=("zh",)),
            (
                "source bbc or 港口; published from 1 Apr 2022; published before 7 Mar 2022;"
                " language zh"
            ),
        ),
        ("es", Filters(after=MONDAY, before=APRIL), "publicados del 7 mar 2022 al 31 mar 2022"),
        ("es", Filters(after=MONDAY, before=TUESDAY), "publicados el 7 mar 2022"),
        ("ru", Filters(after=MONDAY, before=APRIL), "с 7 марта 2022 по 31 марта 2022"),
        ("ru", Filters(after=MONDAY, before=TUESDAY), "за 7 марта 2022"),
        ("zh-Hant", Filters(after=MONDAY, before=APRIL), "2022年3月7日至2022年3月31日刊登"),
        ("zh-Hans", Filters(after=MONDAY, before=TUESDAY), "2022年3月7日发布"),
    ],
)
def test_filters_are_said_in_words(lang: str, filters: Filters, said: str) -> None:
    assert describe(filters, Messages(lang)) == said


def test_a_corpus_without_articles_says_so() -> None:
    assert as_of([], Messages("en")) == "There are no articles yet."


def test_only_where_something_follows_is_it_said_to_be_of_other_dates() -> None:
    quote = Quote(Article(id="a", text="It opened."), Span(0, 10), 1, 1.0)
    within, messages = Filters(after=MONDAY), Messages("en")

    found = understood(None, Answer("", (quote,), 0.9, ()), Filters(), within, messages)
    nothing = understood(None, NoAnswer("", "no_match"), Filters(), within, messages)

    assert found[0].endswith("What follows is not limited to those dates.")
    assert nothing == ["Nothing answers among these articles: published from 7 Mar 2022."]


def told_by(article_id: str, source: str | None, published: datetime | None) -> Quote:
    article = Article(id=article_id, text="Nine died.", source=source, published=published)
    return Quote(article, Span(0, 10), 1, 1.0, Span(0, 4))


@pytest.mark.parametrize(
    ("lang", "told", "said"),
    [
        ("en", (), None),
        (
            "en",
            (
                Account("9", (told_by("a", "The Post", TUESDAY), told_by("b", "קול", None))),
                Account("4", (told_by("c", None, MONDAY),)),
            ),
            "Accounts differ: 9 (The Post, 8 Mar 2022; קול) – 4 (c, 7 Mar 2022)",
        ),
        (
            "en",
            (Account("9", (told_by("a", "The\u202ePost", TUESDAY), told_by("b", "港灣時報", MONDAY))),),
            "2 outlets say 9: The\ufffdPost, 8 Mar 2022; 港灣時報, 7 Mar 2022",
        ),
        (
            "zh-Hant",
            (Account("9", (told_by("a", "港灣時報", TUESDAY),)), Account("4", (told_by("c", "郵報 🌏", None),))),
            "各家說法不一：9（港灣時報, 2022年3月8日） – 4（郵報 🌏）",
        ),
    ],
)  # fmt: skip
def test_accounts_are_said_with_who_gives_them(
    lang: str, told: tuple[Account, ...], said: str | None
) -> None:
    reply = Answer("how many?", (told_by("a", "The Post", TUESDAY),), 0.9, (), told)

    assert accounts(reply, Messages(lang)) == said


def test_no_answer_has_no_accounts() -> None:
    assert accounts(NoAnswer("how many?", "no_match"), Messages("en")) is None


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("problem", get_args(QueryProblem))
def test_every_problem_of_a_query_has_words(problem: str, lang: str) -> None:
    error = QueryError("wrong", 3, problem=problem, name="after", value="soon")

    assert len(query_problem(error, Messages(lang))) > 10


@pytest.mark.parametrize(
    ("text", "position", "shown"),
    [
        ("(flood", 0, ("(flood", 0)),
        ("地震 (flood", 3, ("地震 (flood", 5)),
        ("a\nb (", 4, ("a b (", 4)),
        ("", 0, ("", 0)),
        ("x" * 100, 50, ("x" * 56, 28)),
        ("🌊 (", 2, ("🌊 (", 3)),
    ],
)
def test_pointed_at(text: str, position: int, shown: tuple[str, int]) -> None:
    assert pointed(text, position) == shown
