"""Which articles tell the same story."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest

from retrieval.stories import Stories, fading, likeness, opening_terms, vector
from retrieval.types import Article

NOON = datetime(2024, 4, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

QUAKE = "A strong earthquake struck Hualien on the east coast of Taiwan, toppling buildings."
QUAKE_AGAIN = "Buildings toppled in Hualien after an earthquake off the coast of Taiwan."
EURO = "Bulgaria adopts the euro and gives up the lev after ministers fixed the rate."
FERRY = "A ferry company dismissed its seafarers, who refuse to leave the ships in port."


def terms(text: str, title: str | None = None, lang: str | None = "en") -> list[str]:
    return opening_terms(Article(id="a", text=text, title=title, lang=lang))


def told(*texts: str, stories: Stories | None = None, apart: timedelta = HOUR) -> list[str]:
    """The story of each text, numbered from 0, *apart* in time."""
    stories = Stories() if stories is None else stories
    return [stories.assign(str(n), terms(text), NOON + n * apart) for n, text in enumerate(texts)]


def test_two_tellings_of_one_event_are_one_story() -> None:
    assert told(QUAKE, EURO, QUAKE_AGAIN, FERRY) == ["0", "1", "0", "3"]


@pytest.mark.parametrize(
    ("lang", "first", "second", "other"),
    [
        ("zh-Hant", "花蓮外海發生強烈地震，多棟建築倒塌", "花蓮強震，全台有感，建築倒塌", "保加利亞將採用歐元取代列弗"),
        ("ja", "花蓮で強い地震、建物が倒壊", "台湾・花蓮の地震で建物倒壊", "ブルガリアがユーロを導入する"),
        ("th", "แผ่นดินไหวรุนแรงที่ฮวาเหลียน", "ฮวาเหลียนเกิดแผ่นดินไหวรุนแรง", "บัลแกเรียใช้เงินยูโร"),
        ("ar", "زلزال قوي يضرب هوالين في تايوان", "زلزال في هوالين بتايوان", "بلغاريا تعتمد اليورو"),
        ("ru", "Сильное землетрясение произошло у Хуаляня", "У Хуаляня землетрясение", "Болгария переходит на евро"),
    ],
)  # fmt: skip
def test_stories_are_told_in_every_script(lang: str, first: str, second: str, other: str) -> None:
    stories = Stories()

    got = [
        stories.assign(str(n), terms(text, lang=lang), NOON)
        for n, text in enumerate((first, other, second))
    ]

    assert got == ["0", "1", "0"]


def test_what_everybody_writes_of_joins_nothing() -> None:
    stories = Stories()
    for n in range(40):
        stories.assign(f"x{n}", ["djokovic", f"a{n}", f"b{n}", f"c{n}"], NOON)

    assert stories.assign("y", ["djokovic", "quite", "other", "news"], NOON) == "y"


def test_articles_further_apart_than_the_window_are_two_stories() -> None:
    assert told(QUAKE, QUAKE, apart=4 * DAY) == ["0", "1"]


def test_a_story_is_no_longer_than_the_window() -> None:
    assert told(QUAKE, QUAKE, QUAKE, apart=2 * DAY) == ["0", "0", "2"]


def test_an_article_that_comes_late_joins_by_its_own_date() -> None:
    stories = Stories()
    stories.assign("first", terms(QUAKE), NOON)

    assert stories.assign("late", terms(QUAKE), NOON - DAY) == "first"
    assert stories.assign("later", terms(QUAKE), NOON - 9 * DAY) == "later"


def test_an_article_about_two_events_does_not_chain_them() -> None:
    stories = Stories()
    for n in range(4):
        stories.assign(f"q{n}", terms(QUAKE), NOON)
        stories.assign(f"e{n}", terms(EURO), NOON)
    stories.assign("both", terms(f"{QUAKE} {EURO}"), NOON)

    assert stories.assign("q", terms(QUAKE), NOON) == "q0"
    assert stories.assign("e", terms(EURO), NOON) == "e0"


def test_a_story_whose_other_articles_are_unlike_is_refused_once() -> None:
    stories = Stories()
    for name, text, count in (("q", QUAKE, 2), ("e", EURO, 6), ("f", FERRY, 6)):
        for n in range(count):
            stories.assign(f"{name}{n}", terms(text), NOON, story="mixed")

    assert stories.assign("new", terms(QUAKE), NOON) == "new"


def test_the_likest_story_is_joined() -> None:
    stories = Stories()
    stories.assign("near", terms(QUAKE_AGAIN), NOON - HOUR, story="near")
    stories.assign("same", terms(QUAKE), NOON - HOUR, story="same")
    stories.assign("far", terms(f"{QUAKE} {FERRY}"), NOON - HOUR, story="far")

    assert stories.assign("new", terms(QUAKE), NOON) == "same"


def test_an_article_that_is_known_keeps_its_story() -> None:
    stories = Stories()
    stories.assign("a", terms(QUAKE), NOON)
    stories.assign("b", terms(QUAKE), NOON)

    assert stories.assign("b", terms(EURO), NOON + HOUR) == "a"
    assert len(stories) == 2


def test_stories_are_restored_with_their_names() -> None:
    stories = Stories()
    stories.assign("second", terms(QUAKE), NOON, story="first")  # which is out of the window

    assert stories.assign("third", terms(QUAKE_AGAIN), NOON + HOUR) == "first"


def test_what_lies_before_the_window_is_let_go() -> None:
    stories = Stories()
    for n in range(50):
        stories.assign(str(n), terms(QUAKE if n % 2 else EURO), NOON + n * DAY)

    assert len(stories) == 4


@pytest.mark.parametrize("text", ["", " ", "the of and", "🙂", "…"])
def test_an_opening_without_words_is_a_story_of_its_own(text: str) -> None:
    assert told(text, text) == ["0", "1"]


def test_a_given_idf_counts_as_much_as_the_window() -> None:
    def idf(term: str) -> float:
        return 9.0 if term == "hualien" else 0.1

    assert told("Hualien ferry news", "Hualien euro talk") == ["0", "1"]
    assert told("Hualien ferry news", "Hualien euro talk", stories=Stories(idf=idf)) == ["0", "0"]


def test_the_threshold_is_the_least_likeness() -> None:
    assert told(QUAKE, QUAKE_AGAIN, stories=Stories(threshold=0.9)) == ["0", "1"]


def test_common_terms_are_not_looked_up_where_rarer_ones_were_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("retrieval.stories._MOST_POSTINGS", 3)
    stories = Stories()
    for n in range(5):
        stories.assign(f"x{n}", ["common", f"other{n}"], NOON)
    stories.assign("rare", ["common", "rare"], NOON, story="rare")

    assert stories.assign("new", ["common", "rare"], NOON) == "rare"


def test_opening_terms_are_of_the_title_and_the_first_words() -> None:
    text = "Quake in Hualien. " + "filler words here " * 60 + "Bulgaria"

    got = terms(text, title="Taiwan shaken")

    assert got[:4] == terms("Taiwan shaken quake Hualien")
    assert "bulgaria" not in got
    assert 40 < len(got) < 90


def test_a_word_is_not_cut_in_two() -> None:
    assert set(terms("earthquake " * 100)) == set(terms("earthquake"))


def test_a_long_text_without_spaces_is_cut_all_the_same() -> None:
    assert len(terms("地震" * 300, lang="zh-Hant")) < 400
    assert len(terms("x" * 3000)) == 1


def test_vector_has_length_one() -> None:
    got = vector(["a", "b", "b", "none"], lambda term: 0.0 if term == "none" else 2.0)

    assert got.keys() == {"a", "b"}
    assert math.hypot(*got.values()) == pytest.approx(1)
    assert got["b"] / got["a"] == pytest.approx(1 + math.log(2))


def test_vector_is_empty_where_no_term_tells_anything() -> None:
    assert vector(["a"], lambda _term: 0.0) == {}
    assert vector([], lambda _term: 1.0) == {}


def test_likeness_is_the_cosine() -> None:
    assert likeness({"a": 1.0}, {"a": 0.6, "b": 0.8}) == pytest.approx(0.6)
    assert likeness({"a": 0.6, "b": 0.8}, {"a": 1.0}) == pytest.approx(0.6)
    assert likeness({}, {"a": 1.0}) == 0.0


def test_fading_is_one_at_once_and_the_same_both_ways() -> None:
    assert fading(timedelta(0)) == 1.0
    assert fading(-4 * DAY) == fading(4 * DAY) == pytest.approx(1 / math.e)
