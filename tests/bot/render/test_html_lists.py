from dataclasses import replace
from datetime import UTC, datetime

import pytest
from chat_paper import shown
from paper import quote_of
from toy_desk import BRIDGE, BRIDGE_AGAIN, PARK, UNTITLED

from bot.messages import Messages
from bot.render.html import ChatRenderer
from bot.render.wording import as_of_day
from retrieval.store import SourceSummary
from retrieval.types import Filters, Location

EN = Messages("en")
CHAT = ChatRenderer(EN)
WHEN = quote_of(BRIDGE, "The harbour bridge reopened on Monday after eight months of repairs.")
COST = quote_of(BRIDGE, "The repairs cost 12 million crowns.")
AGAIN = quote_of(BRIDGE_AGAIN, "Ferries kept running for a week.")
STUDY = quote_of(UNTITLED, "Fishermen say the bridge works drove the herring away.")


def test_the_sources_name_each_article_once_with_all_that_is_known() -> None:
    known = replace(BRIDGE, published_origin="feed:updated", agencies=("AP", "Reuters"))
    quotes = [
        replace(WHEN, article=known, also_in=(AGAIN, STUDY)),
        STUDY,
        replace(COST, article=known),
    ]

    assert shown(CHAT.sources_of(quotes, 4)).text == (
        "4, 6 Harbour bridge opens again\n"
        "The Daily Quay · 4 Mar 2024 (last updated, says the feed)\n"
        "by Ada Brook · cites AP, Reuters\n"
        'also in Northern Wire · 5 Mar 2024 · "Bridge back in use" · ¶1\n'
        'also in untitled: "Fishermen say the bridge works drove the herring away. A st…" · ¶1\n\n'
        '5 untitled: "Fishermen say the bridge works drove the herring away. A st…"\n'
        "the text breaks off"
    )
    assert CHAT.sources_of([], 1) == "There are no quotes to choose from."


@pytest.mark.parametrize(
    ("path", "lines", "place"),
    [
        ("/srv/desk/in/wire.jsonl", (3, 9), "wire.jsonl:3-9"),
        ("/srv/desk/in/wire.jsonl", (3, 3), "wire.jsonl:3"),
        ("page.html", (None, None), "page.html"),
        ("https://quay.example/feed", (None, None), "https://quay.example/feed"),
        ("-", (1, 2), "standard input"),
    ],
)
def test_a_file_is_named_without_its_folders(
    path: str, lines: tuple[int | None, int | None], place: str
) -> None:
    quote = replace(COST, article=replace(BRIDGE, location=Location(path, *lines)))

    assert shown(CHAT.sources_of([quote], 1)).text.endswith(f"4 Mar 2024\nby Ada Brook\n{place}")


def test_sources_that_stand_in_many_places_are_cut_with_a_count() -> None:
    quotes = [
        replace(WHEN, also_in=(AGAIN,) * 500),
        replace(STUDY, also_in=(AGAIN,) * 500),
    ]
    seen = shown(CHAT.sources_of(quotes, 1))

    assert seen.text.count("… and ") == 2
    assert "2 untitled" in seen.text


def test_the_outlets_are_listed_with_counts_and_dates() -> None:
    day = datetime(2024, 3, 4, tzinfo=UTC)
    summaries = [
        SourceSummary("The <Daily> Quay", 1200, datetime(2022, 1, 3, tzinfo=UTC), day, ("en",)),
        SourceSummary(None, 1, None, None, ()),
        SourceSummary("صحيفة", 2, day, day, ("ar",)),
    ]

    assert shown(CHAT.corpus_sources(summaries, "")).text == (
        "1,203 articles from 2 sources, dated 3 Jan 2022 to 4 Mar 2024.\n\n"
        "The <Daily> Quay · 1,200 articles · 3 Jan 2022 to 4 Mar 2024\n"
        "(not named) · 1 article\n"
        "\u2068صحيفة\u2069 · 2 articles · 4 Mar 2024"
    )
    assert "(not named)" not in CHAT.corpus_sources(summaries, "quay")
    assert CHAT.corpus_sources(summaries, "<b>\n") == "No source has &lt;b&gt; in its name."
    assert CHAT.corpus_sources([], "") == "There are no articles yet."


def test_outlets_past_the_limit_are_counted() -> None:
    day = datetime(2024, 3, 4, tzinfo=UTC)
    short = [SourceSummary("Q", 1, None, None, ())] * 1000
    long = [SourceSummary("x" * 90, 1, day, day, ())] * 1000

    for summaries in (short, long):
        seen = shown(CHAT.corpus_sources(summaries, ""))
        named = seen.text.count(" · 1 article")
        assert 30 < named < 1000
        assert seen.text.endswith(f"\n… and {1000 - named} more")


def test_the_latest_articles_are_links_with_their_origin() -> None:
    seen = shown(CHAT.latest([BRIDGE, UNTITLED, PARK], None, Filters()))

    assert seen.text == (
        "Latest articles\n\n"
        "Harbour bridge opens again\nThe Daily Quay · 4 Mar 2024\n\n"
        "Fishermen say the bridge works drove the herring away. A study of the harbour is to\n\n"
        "公園重新開放\n港口日報 · 20 Nov 2023"
    )
    assert seen.links == ["https://quay.example/news/bridge?page=2#story"]
    assert shown(CHAT.latest([PARK], "a\n&b", Filters())).text.startswith(
        "Latest articles about a &b\n\n"
    )
    assert CHAT.latest([], "<x>", Filters()) == "No article is about &lt;x&gt;."
    within = Filters(sources=("quay",))
    assert CHAT.latest([], None, within).startswith("No article is there within these filters.")
    assert shown(CHAT.latest([PARK], None, within)).text.endswith(
        "\n\nOnly these articles: source quay."
    )
    assert CHAT.latest([], None, Filters()) == "There are no articles yet."


def test_the_day_of_the_corpus_is_that_of_its_newest_article() -> None:
    old, new = datetime(2022, 1, 3, tzinfo=UTC), datetime(2025, 11, 5, tzinfo=UTC)
    dated = [SourceSummary("a", 2, old, new, ()), SourceSummary("b", 1, old, old, ())]
    undated = SourceSummary(None, 1, None, None, ())

    assert as_of_day([*dated, undated], EN) == "Corpus as of 5 Nov 2025"
    assert as_of_day([undated], EN) == "The articles of the corpus have no dates"
    assert as_of_day([], EN) is None
