"""Standing queries: how they are read, and what is said of those that cannot be."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import QueryError
from retrieval.query import (
    AllOf,
    NoneOf,
    Prefix,
    StandingQuery,
    Topic,
    Where,
    Words,
    parse_standing,
)
from retrieval.types import Filters, Span

NOW = datetime(2026, 3, 9, 15, 30, tzinfo=UTC)


def parsed(text):
    return parse_standing(text, NOW).matcher


def shape(node):
    """A tree without its places, to be compared at a glance."""
    if isinstance(node, Words):
        mark = '"' if node.is_phrase else ""
        return f"{'title:' if node.in_title else ''}{mark}{node.text}{mark}"
    if isinstance(node, Prefix):
        return f"{'title:' if node.in_title else ''}{node.text}*"
    if isinstance(node, Where):
        return node.filters
    if isinstance(node, NoneOf):
        return ("not", shape(node.node))
    if isinstance(node, Topic):
        return ("about", node.text, node.filters)
    return ("all" if isinstance(node, AllOf) else "any", *map(shape, node.nodes))


def since(year, month):
    return Filters(after=datetime(year, month, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("NATO", "NATO"),
        ("flood Valencia", ("all", "flood", "Valencia")),
        ("flood AND Valencia", ("all", "flood", "Valencia")),
        ("flood && Valencia", ("all", "flood", "Valencia")),
        ("flood OR storm", ("any", "flood", "storm")),
        ("flood | storm || hail", ("any", "flood", "storm", "hail")),
        ("flood or storm", ("all", "flood", "storm")),  # in small letters it is a word
        ("flood -football", ("all", "flood", ("not", "football"))),
        ("flood NOT football", ("all", "flood", ("not", "football"))),
        ("flood NOT NOT storm", ("all", "flood", "storm")),
        ("flood OR storm hail", ("any", "flood", ("all", "storm", "hail"))),
        ("(flood OR storm) hail", ("all", ("any", "flood", "storm"), "hail")),
        ("((flood))", "flood"),
        ("flood -(storm OR hail)", ("all", "flood", ("not", ("any", "storm", "hail")))),
        ('"joint patrol" Estonia', ("all", '"joint patrol"', "Estonia")),
        ("“joint patrol”", '"joint patrol"'),
        ("«совместный патруль»", '"совместный патруль"'),
        ("「花蓮地震」 賴清德", ("all", '"花蓮地震"', "賴清德")),
        ("tanker* Hormuz", ("all", "tanker*", "Hormuz")),
        ("title:NATO", "title:NATO"),
        ('title:"open door"', 'title:"open door"'),
        ("title:tank*", "title:tank*"),
        ("NATO source:bbc", ("all", "NATO", Filters(sources=("bbc",)))),
        (
            'NATO (source:bbc OR source:"El Faro")',
            ("all", "NATO", ("any", Filters(sources=("bbc",)), Filters(sources=("El Faro",)))),
        ),
        ("source:bbc", Filters(sources=("bbc",))),
        ("source:bbc -football", ("all", Filters(sources=("bbc",)), ("not", "football"))),
        ("NATO after:2022-02", ("all", "NATO", since(2022, 2))),
        ("NATO lang：zh", ("all", "NATO", Filters(langs=("zh",)))),
        ("（洪水 OR 風暴）", ("any", "洪水", "風暴")),
        ("the flood", "flood"),  # every article holds the first word
        ("Bahnhof-Viertel", "Bahnhof-Viertel"),
        ("flood - Valencia", ("all", "flood", "Valencia")),
        ("G20", "G20"),
        ("حلف الناتو", ("all", "حلف", "الناتو")),
        ("🌊 flood", "flood"),
    ],
)
def test_reads_queries_of_words(text, tree):
    assert shape(parsed(text)) == tree


@pytest.mark.parametrize(
    ("text", "topic", "filters"),
    [
        ("anything about NATO and the Baltic states", "NATO and the Baltic states", Filters()),
        ("news on flood relief", "flood relief", Filters()),
        ("Tell me when there is news about Luna", "news about Luna", Filters()),
        ("When will the bridge reopen?", "When will the bridge reopen?", Filters()),
        ("repairs to the harbour bridge", "repairs to the harbour bridge", Filters()),
        (
            "bridge repairs harbour reopening source:bbc",
            "bridge repairs harbour reopening",
            Filters(sources=("bbc",)),
        ),
        ("noticias sobre las inundaciones", "las inundaciones", Filters()),
        ("всё о наводнении", "наводнении", Filters()),
        ("花蓮地震的災後重建", "花蓮地震的災後重建", Filters()),
        ("关于花莲地震的新闻", "花莲地震", Filters()),
    ],
)
def test_reads_topics(text, topic, filters):
    assert parse_standing(text, NOW) == StandingQuery(text, Topic(topic, filters))
    assert parse_standing(text, NOW).is_topic


def test_a_sign_makes_it_a_query_of_words():
    for text in (
        "repairs to the harbour -bridge",
        "repairs to the harb*",
        "title:repairs to the harbour",
    ):
        assert not parse_standing(text, NOW).is_topic


def test_words_know_their_place():
    node = parsed('flood "joint  patrol"')

    assert node.nodes[0].span == Span(0, 5)
    assert node.nodes[1].span == Span(6, 21)


@pytest.mark.parametrize(
    ("text", "position", "problem", "message"),
    [
        ("", 0, "no_word", "the query holds no word; write those"),
        (" \n", 0, "no_word", "the query holds no word"),
        ("-flood", 0, "only_not", "only says what must not be there"),
        ("flood OR -storm", 0, "only_not", "only says what must not be there"),
        ("the of", 0, "only_stop_words", "every article holds these words"),
        ("the OR a", 0, "only_stop_words", "every article holds these words"),
        ("flood OR", 8, "no_operand", "a word is missing behind OR"),
        ("flood AND", 9, "no_operand", "a word is missing behind AND"),
        ("OR flood", 0, "no_operand", "a word is missing before OR"),
        ("flood OR OR storm", 9, "no_operand", "a word is missing before OR"),
        ("flood NOT", 9, "no_operand", "a word is missing behind NOT"),
        ("flood (storm OR)", 15, "no_operand", r"a word is missing before \)"),
        ('flood "joint patrol', 6, "unclosed_quote", "quotation mark is not closed"),
        ("flood (storm", 6, "unclosed_bracket", "bracket is not closed"),
        ("flood) storm", 5, "stray_bracket", "bracket closes none"),
        ("flood ()", 6, "empty_brackets", "nothing in these brackets"),
        ("st*", 0, "short_prefix", "at least 3 letters"),
        ("flood title:st*", 6, "short_prefix", "at least 3 letters"),
        ('flood ""', 6, "no_word", "this is no word"),
        ("flood source:", 13, "no_value", "source: has no value"),
        ("flood after:soon", 12, "no_date", "after is no date"),
        ("a flood of water lang:中文", 22, "no_lang", "lang is no language code"),
        ("🌊 !", 0, "no_word", "the query holds no word"),
        ("flood " * 60, 300, "too_long", "too many parts"),
        ("x" * 501, 500, "too_long", "501 characters"),
    ],
)
def test_error_points_at_the_character(text, position, problem, message):
    with pytest.raises(QueryError, match=message) as caught:
        parse_standing(text, NOW)

    assert (caught.value.position, caught.value.problem) == (position, problem)


@given(st.text(alphabet=' ab"()*-:OR|&«」source花', max_size=40))
def test_any_text_is_a_query_or_an_error_within_it(text):
    position = 0
    try:
        query = parse_standing(text, NOW)
    except QueryError as e:
        position = e.position
    else:
        assert query.text == text

    assert 0 <= position <= len(text)
