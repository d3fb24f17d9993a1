"""Which of the turns before a follow-up explains it, and what is taken from that turn."""

import pytest
from followup_turns import (
    BRIDGE,
    BRIDGE_HANT,
    FAIR,
    FAIR_ES,
    FAIR_RU,
    NORDIC,
    ROAR,
    quoted,
)
from hypothesis import given
from hypothesis import strategies as st

from bot.followups import Completion, Earlier, complete
from retrieval.types import Quote

REPLIES = [
    (BRIDGE, "Who attended?", "Who attended (the harbour bridge)?"),
    (BRIDGE, "Who won?", "Who won (the harbour bridge)?"),
    (FAIR, "how many tickets sold?", "How many tickets sold (the Baltic Fair)?"),
    (BRIDGE_HANT, "誰出席？", "誰出席（大橋）？"),
    (FAIR, "Who is Olaf Strand?", None),
    (FAIR, "Thanks", None),
    (FAIR, "what did the tall man from the ferry line say afterwards?", None),
    (BRIDGE_HANT, "《大橋》誰演的？", None),
]


@pytest.mark.parametrize(("before", "reply", "whole"), REPLIES)
def test_a_reply_asks_about_what_it_replies_to(before, reply, whole) -> None:
    made = complete(reply, [Earlier(before[0], (before[1],), is_replied_to=True)])

    assert (made and made.question) == whole
    assert made is None or made.rule == "continued"


UNEXPLAINED = [
    (("When did the ferry sink?", None), "who is he?"),
    (("Кто победил вчера?", None), "Кто он?"),
    (("Who won yesterday?", None), "where is it?"),
    (("Quand le pont a-t-il rouvert ?", None), "who is he?"),
    (BRIDGE, "And when?"),  # the same again
    (ROAR, "when?"),  # neither a question nor a name
    (("How old is Norway?", None), "who is he?"),
    (("Кения? (Где Осло?)", None), "кто он?"),
    (("埃及博物馆什么时候重新开放？", None), "他是谁？"),
    (NORDIC, "And Norway?"),
]


@pytest.mark.parametrize(("before", "followup"), UNEXPLAINED)
def test_what_nothing_explains_is_left_alone(before, followup) -> None:
    question, quote = before

    assert complete(followup, [Earlier(question, () if quote is None else (quote,))]) is None


def test_nothing_was_asked_before() -> None:
    assert complete("And when?", []) is None


def test_a_turn_that_says_nothing_is_passed_over() -> None:
    turns = [Earlier("When did Norway join?"), Earlier("And who?"), Earlier("🌉")]

    made = complete("And why?", turns)

    assert made == Completion(
        "Why did Norway join?", "kind", ("Norway", "join"), (), back=3, name="Norway"
    )


def test_the_turn_before_explains_what_the_last_does_not() -> None:
    turns = [Earlier("Who is Ada Brook?"), Earlier("When did the ferry sink?")]

    made = complete("How old is she?", turns)

    assert made == Completion(
        "How old is Ada Brook?", "pronoun", ("Ada Brook",), (), back=2, name="Ada Brook"
    )


def test_a_turn_that_asks_nothing_is_passed_over() -> None:
    turns = [Earlier("When did Norway join?"), Earlier("lol that is wrong")]

    made = complete("And why?", turns)

    assert made is not None
    assert (made.question, made.back) == ("Why did Norway join?", 2)


@pytest.mark.parametrize(
    ("asked", "followup"),
    [("Where was Tesla born?", "How old is he?"), ("祖沖之在哪裡？", "他是誰？")],
)
def test_where_the_last_turn_may_name_a_person_no_other_is_taken(asked, followup) -> None:
    assert complete(followup, [Earlier("Who is Ada Brook?"), Earlier(asked)]) is None


def test_filters_alone_keep_what_a_completion_added() -> None:
    made = complete("", [Earlier("When? (Who opened the fair?)")], is_filtered=True)

    assert made is not None
    assert made.question == "When? (Who opened the fair?)"


@pytest.mark.parametrize("followup", ["Where was it going?", "How big is it?", "And when?"])
def test_what_the_last_turn_does_not_explain_is_not_sought_in_another_topic(followup) -> None:
    turns = [Earlier("Who opened the Baltic Fair?"), Earlier("When did a ferry sink?")]

    assert complete(followup, turns) is None


def test_older_turns_are_not_read() -> None:
    ferry = Earlier("When did the ferry sink?")

    assert complete("How old is she?", [Earlier("Who is Ada Brook?"), ferry, ferry]) is None


def test_nothing_leans_on_a_pasted_text_nor_past_it() -> None:
    pasted = Earlier("Who opened the fair? " + "The rain went on. " * 40)

    assert complete("And when?", [Earlier(FAIR[0], (FAIR[1],)), pasted]) is None


def test_articles_are_those_of_the_first_quote() -> None:
    twin = quoted("The fair was opened by Ada Brook.", article_id="twin")
    first = quoted("Ada Brook opened the fair.", "Ada Brook")
    joined = Quote(first.article, first.span, 1, 1.0, first.answer, also_in=(twin, twin))

    made = complete(
        "And why?", [Earlier("Who opened the fair?", (joined, quoted("No.", article_id="x")))]
    )

    assert made is not None
    assert made.articles == ("fair", "twin")


@pytest.mark.parametrize("question", ["", "And?", "¿Y?", "那？"])
def test_filters_alone_ask_the_same_again(question) -> None:
    turns = [Earlier("When did Norway join the pact?")]

    made = complete(question, turns, is_filtered=True)

    assert made is not None
    assert (made.rule, made.question) == ("again", "When did Norway join the pact?")
    assert complete(question, turns) is None


ANY = st.text(max_size=80)


@given(ANY, ANY, ANY, st.booleans())
def test_any_text_is_read(question: str, earlier: str, text: str, is_replied_to: bool) -> None:
    quotes = (quoted("a" + text.replace(".", "").replace("。", "") + "."),)

    made = complete(question, [Earlier(earlier, quotes, is_replied_to)])

    assert made is None or made.question.strip()


OPENINGS = st.sampled_from(
    ["And ", "what about ", "¿Y ", "А ", "那", "who is he ", "what did it ", "她"]
)


@given(OPENINGS, ANY, st.sampled_from([BRIDGE, FAIR, FAIR_ES, FAIR_RU, BRIDGE_HANT]))
def test_any_followup_is_read(opening: str, rest: str, before) -> None:
    made = complete(opening + rest, [Earlier(before[0], (before[1],))])

    assert made is None or made.question.strip()
