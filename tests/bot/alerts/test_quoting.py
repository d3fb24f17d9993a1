"""The quoted sentence shows why an article matched, whatever its script."""

from datetime import UTC, datetime

import pytest

from bot.alerts.quoting import quote_of, words_in
from retrieval.percolator import Match, Percolator
from retrieval.query import parse_standing
from retrieval.types import Article, Span

NOW = datetime(2026, 3, 9, tzinfo=UTC)

PATROL = """\
Weather

TALLINN — Ministers met on Monday to talk about the sea.

Ships of Estonia and Latvia began a joint patrol of the gulf. Estonia had asked for it twice.

Latvia pays for the fuel."""


def matched(article, query):
    percolator = Percolator(lambda term: float(len(term)))
    percolator.add(1, parse_standing(query, NOW))
    [match] = percolator.match(article)
    return match


@pytest.mark.parametrize(
    ("text", "lang", "query", "quoted"),
    [
        (
            PATROL,
            "en",
            '"joint patrol" (Estonia OR Latvia)',
            "Ships of Estonia and Latvia began a joint patrol of the gulf.",
        ),
        # Said twice counts once: of equals the first
        (
            "Rain fell. The flood, the flood, they cried in the town. Floods are wet.",
            "en",
            "flood",
            "The flood, the flood, they cried in the town.",
        ),
        # A heading holds the word as well, and tells nothing
        (
            "Floods\n\nThe army brought water by boat. Floods cut off the villages of the valley.",
            "en",
            "floods",
            "Floods cut off the villages of the valley.",
        ),
        (
            "花蓮縣外海發生強烈地震。列車停駛，地震已造成九人死亡。",
            "zh-Hant",
            "地震 死亡",
            "列車停駛，地震已造成九人死亡。",
        ),
        (
            "هطل المطر على المدينة. فاضت الأنهار في الوادي أمس.",
            "ar",
            "الوادي",
            "فاضت الأنهار في الوادي أمس.",
        ),
        (
            "🚢 left. 🌊 The wave 🌊 took the pier in Riga with it.",
            "en",
            "pier",
            "🌊 The wave 🌊 took the pier in Riga with it.",
        ),
    ],
)
def test_quotes_the_sentence_with_most_of_what_matched(text, lang, query, quoted):
    article = Article(id="a", text=text, lang=lang)

    assert quote_of(article, matched(article, query)).text == quoted


def test_title_only_match_quotes_the_lead_and_not_its_heading():
    article = Article(id="a", text=PATROL, title="Baltic watch", lang="en")

    quote = quote_of(article, matched(article, "title:Baltic"))

    assert quote.text == "TALLINN — Ministers met on Monday to talk about the sea."
    assert (quote.paragraph, quote.answer) == (2, None)


def test_fragment_is_quoted_only_where_there_is_nothing_else():
    teaser = Article(id="a", text="Floods cut off the", lang="en", is_truncated=True)
    longer = Article(
        id="b", text="The army brought water. Floods cut off the", lang="en", is_truncated=True
    )

    assert quote_of(teaser, matched(teaser, "floods")).text == "Floods cut off the"
    assert quote_of(longer, matched(longer, "floods")).text == "The army brought water."


def test_text_without_a_letter_is_quoted_as_it_is():
    assert quote_of(Article(id="a", text="\n ★★★ \n!"), Match(1)).text == "★★★"
    with pytest.raises(ValueError, match="no text: 'a'"):
        quote_of(Article(id="a", text=" \n"), Match(1))


def test_score_of_a_topic_is_the_quotes():
    article = Article(id="a", text="Floods cut off villages in the valley.", lang="en")

    assert quote_of(article, Match(1, score=0.42)).score == 0.42


def test_words_within_a_quote_are_those_to_be_marked():
    article = Article(id="a", text=PATROL, lang="en")
    match = matched(article, "estonia latvia")
    quote = quote_of(article, match)

    assert [span.of(article.text) for span in words_in(quote, match.spans)] == [
        "Estonia",
        "Latvia",
    ]
    assert words_in(quote, [Span(0, 0), Span(0, 4)]) == ()
