"""Standing queries against articles: who matches, by which words, the same as brute force."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.percolator import LEAST, Match, Percolator
from retrieval.query import parse_standing
from retrieval.types import Article, Span

NOW = datetime(2026, 3, 9, 15, 30, tzinfo=UTC)

BRIDGE = Article(
    id="bridge",
    title="Harbour bridge reopens to joint patrols",
    text=(
        "The harbour bridge reopened on Friday after repairs.\n"
        "A joint patrol of both cities guards it; tankers may pass at night.\n"
        "The mayor of Tallinn thanked the engineers."
    ),
    source="Harbour Courier",
    url="https://courier.example/bridge",
    published=datetime(2026, 3, 6, tzinfo=UTC),
    lang="en",
)
FLOOD = Article(
    id="flood",
    title="Floods in the valley",
    text="Storms flooded the valley on Sunday. Patrols were joint efforts of the army and police.",
    source="Meridian Post",
    lang="en",
)
HUALIEN = Article(
    id="quake",
    title="花蓮外海強震 全台有感",
    text="花蓮縣外海三日上午發生強烈地震，全台各地都感受到劇烈搖晃。賴清德前往勘災。",
    source="港灣時報",
    lang="zh-Hant",
)
MOSCOW = Article(
    id="reka",
    title="Наводнение на реке",
    text="Наводнение затопило пригороды. Спасатели вывезли жителей на лодках.",
    lang="ru",
)
EMPTY = Article(id="bare", text="Live")
ARTICLES = (BRIDGE, FLOOD, HUALIEN, MOSCOW, EMPTY)


def rarity(term):
    return float(len(term))


def percolator(*queries, least=LEAST):
    made = Percolator(rarity)
    for number, query in enumerate(queries):
        made.add(number, parse_standing(query, NOW), least=least)
    return made


def matched(query, article):
    [*found] = percolator(query).match(article)
    assert found == percolator(query).match_all(article)
    return bool(found)


@pytest.mark.parametrize(
    ("query", "articles"),
    [
        ("bridge", {"bridge"}),
        ("BRIDGES", {"bridge"}),  # in any inflection
        ("flood", {"flood"}),
        ("bridge flood", set()),
        ("bridge OR flood", {"bridge", "flood"}),
        ("patrol -flood", {"bridge"}),
        ("patrol -title:bridge", {"flood"}),
        ('"joint patrol"', {"bridge"}),
        ('"patrol joint"', set()),
        ('"repairs A joint"', {"bridge"}),  # across a full stop it is a row all the same
        ('"patrols The harbour"', set()),  # but not from the title into the text
        ("joint patrol", {"bridge", "flood"}),
        ("tank*", {"bridge"}),
        ("TANKER*", {"bridge"}),
        ("xyz*", set()),
        ("title:tank*", set()),
        ("title:bridge", {"bridge"}),
        ("title:Tallinn", set()),
        ('title:"harbour bridge"', {"bridge"}),
        ("patrol source:meridian", {"flood"}),
        ("patrol source:courier.example", {"bridge"}),
        ("source:post", {"flood"}),
        ("patrol after:2026-03", {"bridge"}),  # the other has no date
        ("patrol before:2026-03", set()),
        ("patrol after:2026-03-06 before:2026-03-07", {"bridge"}),
        ("lang:zh OR lang:ru", {"quake", "reka"}),
        ("地震", {"quake"}),
        ("强震", {"quake"}),  # written the other way
        ('"外海強震"', {"quake"}),
        ('"強震外海"', set()),
        ("賴清德 地震 -颱風", {"quake"}),
        ("наводнения", {"reka"}),
        ("спасатель лодка", {"reka"}),
        ("спаса*", {"reka"}),
        ("live", {"bare"}),
        ("(bridge OR flood) (mayor OR army) -Sunday", {"bridge"}),
    ],
)
def test_queries_of_words(query, articles):
    assert {article.id for article in ARTICLES if matched(query, article)} == articles


@pytest.mark.parametrize(
    ("query", "articles"),
    [
        ("anything about repairs to the harbour bridge", {"bridge"}),
        ("When did the harbour bridge reopen?", {"bridge"}),
        ("anything about floods in the valley", {"flood"}),
        ("anything about floods source:courier", set()),
        ("anything about football in Tallinn and its stadium", set()),
        ("花蓮外海發生的地震", {"quake"}),
        ("всё о наводнении в пригородах", {"reka"}),
        ("anything about bridge before:2026", set()),
    ],
)
def test_topics(query, articles):
    assert {article.id for article in ARTICLES if matched(query, article)} == articles


def test_topic_matches_by_its_own_least_score():
    query = "anything about the harbour bridge of Narva"
    [[match]] = [percolator(query, least=0.01).match(BRIDGE)]

    assert match.score is not None
    assert percolator(query, least=match.score).match(BRIDGE) == [match]
    assert percolator(query, least=match.score + 1e-9).match(BRIDGE) == []


def test_topic_is_looked_for_in_one_place():
    far = "The harbour was quiet. " + "Nothing else happened there today at all. " * 60
    scattered = Article(id="far", text=f"{far} A bridge elsewhere. {far} Repairs.", lang="en")
    topic = parse_standing("anything about harbour bridge repairs", NOW)
    made = Percolator(rarity)
    made.add(1, topic, least=0.01)

    [near], [apart] = made.match(BRIDGE), made.match(scattered)

    assert near.score > 2 * apart.score


def test_match_tells_the_words():
    [match] = percolator('"joint patrol" OR tanker* OR title:harbour').match(BRIDGE)

    assert [span.of(BRIDGE.text) for span in match.spans] == ["joint", "patrol", "tankers"]
    assert [span.of(BRIDGE.title) for span in match.title_spans] == ["Harbour", "joint", "patrols"]
    assert match.score is None


def test_match_tells_words_in_other_scripts():
    [match] = percolator("地震").match(HUALIEN)

    assert [span.of(HUALIEN.text) for span in match.spans] == ["地震"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("花蓮", ["花蓮"]),  # goes on in the text, which is not what was asked for
        ("震", ["震"]),
        ("花蓮 OR 地震", ["花蓮", "地震"]),
        ('"強烈地震"', ["強烈地震"]),
        ("关于花蓮地震", ["花蓮", "地震"]),
    ],
)
def test_evidence_ends_where_the_words_of_the_query_do(query, words):
    [match] = percolator(query).match(HUALIEN)

    assert [span.of(HUALIEN.text) for span in match.spans] == words


def test_query_that_asks_for_no_word_has_no_evidence():
    assert percolator("source:post -bridge").match(FLOOD) == [Match(0)]


def test_add_replaces_and_remove_forgets():
    made = percolator("bridge", "tank*", "source:courier", "anything about the bridge")
    assert [match.query_id for match in made.match(BRIDGE)] == [0, 1, 2, 3]

    made.add(0, parse_standing("flood", NOW))
    made.add(7, parse_standing("mayor", NOW))
    for number in (1, 2, 3, 99):
        made.remove(number)

    assert len(made) == 2
    assert 7 in made
    assert 1 not in made
    assert [match.query_id for match in made.match(BRIDGE)] == [7]
    assert made.match_all(BRIDGE) == made.match(BRIDGE)


def test_without_queries_nothing_matches():
    assert Percolator(rarity).match(BRIDGE) == []


def test_evidence_is_bounded():
    many = Article(id="many", text="bridge " * 1000, lang="en")

    [match] = percolator("bridge").match(many)

    assert len(match.spans) == 60
    assert match.spans[0] == Span(0, 6)


WORDS = st.sampled_from(
    [
        "bridge",
        "flood",
        "patrol",
        "joint",
        "tankers",
        "valley",
        "地震",
        "花蓮",
        "наводнение",
        "the",
        "army",
    ]
)
LEAVES = st.one_of(
    WORDS,
    st.tuples(WORDS, WORDS).map(lambda pair: f'"{pair[0]} {pair[1]}"'),
    WORDS.map(lambda word: f"title:{word}"),
    st.sampled_from(["bri*", "tank*", "source:post", "lang:en", "after:2026-03"]),
)
QUERIES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: f"({two[0]} OR {two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} {two[1]})"),
        inner.map(lambda one: f"-({one})"),
    ),
    max_leaves=8,
)
TOPICS = st.lists(WORDS, min_size=1, max_size=5).map(
    lambda words: f"anything about {' '.join(words)}"
)


@settings(max_examples=300, deadline=None)
@given(st.lists(QUERIES | TOPICS, max_size=12), st.floats(0.01, 1.0))
def test_finds_what_comparing_with_every_query_finds(queries, least):
    from retrieval.errors import QueryError

    made = Percolator(rarity)
    for number, query in enumerate(queries):
        try:
            made.add(number, parse_standing(query, NOW), least=least)
        except QueryError:
            continue

    for article in ARTICLES:
        assert made.match(article) == made.match_all(article)


@pytest.mark.parametrize(
    ("query", "lang", "keys"),
    [
        ("tax engineers", "en", {"engin"}),
        ("flood OR storm", "en", {"flood", "storm"}),
        ("flood OR storm", None, {"flood", "storm"}),
        ("наводнение", "ru", {"наводнен"}),
        ("bridge tank*", "en", {"bridg"}),
        ("tank*", "en", None),
        ("tank* OR bridge", "en", None),
        ("source:bbc", "en", None),
        ("anything about Tallinn", "en-GB", {"tallinn"}),
    ],
)
def test_keys_are_what_an_article_must_hold_one_of(query, lang, keys):
    assert percolator(query).keys(0, lang) == keys
