"""What a query would have brought, over a real desk."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.alerts.backtest import TooMany, backtest
from bot.alerts.calibration import HIGHEST, LOWEST, MOST_A_DAY, calibrate
from bot.alerts.nearmisses import Loosened, Missing, NearMisses
from bot.alerts.recent import find, window
from bot.messages import Messages
from bot.render.forecast import advice, summary
from retrieval.desk import Desk
from retrieval.percolator import LEAST
from retrieval.query import parse_standing
from retrieval.segment import segment
from retrieval.types import Article, Span

NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
PLACES = ("Riga", "Tartu", "Kaunas", "Narva", "Pärnu", "Vilnius", "Liepāja", "Tallinn")


@pytest.fixture
def desk(tmp_path):
    with Desk.open(tmp_path) as opened:
        yield opened


def publish(desk, *articles, at=NOW):
    """Store (text, title, days ago), or texts of today."""
    rows = [(one, None, 0) if isinstance(one, str) else one for one in articles]
    made = [
        Article(
            id=f"{desk.store.last_seq()}-{n}",
            text=text,
            title=title,
            published=None if ago is None else at - timedelta(days=ago),
            lang="ar"
            if "\u0600" < text[0] < "\u06ff"
            else "zh-Hant"
            if text[0] > "\u4e00"
            else "en",
        )
        for n, (text, title, ago) in enumerate(rows)
    ]
    desk.store.save([(one, segment(one)) for one in made])
    desk.follow()


def outcome(desk, query, **given):
    return backtest(desk, parse_standing(query, NOW), least=LEAST, now=NOW, **given)


def test_stories_are_counted_and_the_last_ones_shown(desk):
    publish(
        desk,
        ("The harbour bridge reopened on Friday after eleven months of repairs.", "Open", 3),
        ("The harbour bridge reopened, after eleven months of repairs.", "Bridge open", 2.9),
        ("A bridge of ice carried skaters over the lake in Finland.", "Ice", 1),
        ("Voters in Andorra return to the ballot boxes.", None, 1),
        ("The old bridge burned.", "Too old", 8),
        ("The bridge of tomorrow.", "Not yet", -1),
        ("The bridge without a date.", "Undated", None),
    )

    got = outcome(desk, "bridge")

    assert (got.messages, got.articles, got.looked_at, got.days) == (2, 3, 4, 7)
    assert got.per_day == pytest.approx(2 / 7)
    assert (got.until, got.is_estimate, got.proposal) == (NOW, False, None)
    assert [example.article.title for example in got.examples] == ["Ice", "Open"]
    assert [s.of(got.examples[0].article.text) for s in got.examples[0].match.spans] == ["bridge"]


def test_old_corpus_is_looked_at_before_its_newest_article(desk):
    publish(desk, ("The bridge reopened.", None, 400), ("Rain fell on the bridge.", None, 401))

    got = outcome(desk, "bridge")

    assert (got.messages, got.until) == (2, NOW - timedelta(days=400))


@pytest.mark.parametrize("articles", [(), (("A bridge without a date.", None, None),)])
def test_nothing_can_be_said_of_no_articles(desk, articles):
    publish(desk, *articles)

    got = outcome(desk, "bridge")

    assert (got.messages, got.looked_at, got.per_day, got.examples) == (0, 0, 0.0, ())
    assert summary(got, Messages("en")) == [
        "No article is of these days, so nothing can be said of it."
    ]
    assert advice(got, Messages("en")) == []


@pytest.mark.parametrize("query", ["brid*", "lang:en", "bridge -ferry", "source:x OR bridge"])
def test_queries_without_a_word_to_look_up_are_tested_as_well(desk, query):
    publish(desk, "The bridge reopened in the harbour.", ("Older bridge.", None, 9))

    assert outcome(desk, query).messages == 1


def test_estimates_where_there_is_too_much_to_read(desk):
    publish(
        desk,
        *((f"Rain fell on {place} {n}.", None, n / 100) for n in range(40) for place in PLACES),
    )
    query, within = parse_standing("rain", NOW), window(desk, NOW, 7)

    found = find(desk, query, within, most=100)
    everything = find(desk, query, within)

    assert (found.read, found.candidates, found.scale) == (50, 320, 6.4)
    assert len(found.matches) == 50
    newest = found.matches[0][0].published
    assert newest == NOW
    assert (everything.read, everything.scale, len(everything.matches)) == (320, 1.0, 320)


# --- too many -----------------------------------------------------------------------


def flooded(desk):
    words = ("tunnel", "school", "harbour", "airport", "museum")
    publish(
        desk,
        *(
            (f"The {word} of {place} lost a vote about money {n}.", f"{place} {word} vote", n / 10)
            for n, (word, place) in enumerate((w, p) for p in PLACES for w in words)
        ),
        ("Money for the vote of the opera.", "Opera", 0),
    )


def test_too_many_are_narrowed_by_the_word_that_keeps_most(desk):
    flooded(desk)

    got = outcome(desk, "money", budget=1)

    assert isinstance(got.proposal, TooMany)
    assert got.per_day > got.proposal.budget == 1
    rates = [one.per_day for one in got.proposal.narrower]
    assert rates == sorted(rates, reverse=True)
    assert all(0 < rate <= 1 for rate in rates)
    for one in got.proposal.narrower:
        assert outcome(desk, one.query).per_day == pytest.approx(one.per_day, abs=0.5)
    assert {one.way for one in got.proposal.narrower} == {"word"}


@pytest.mark.parametrize(
    ("query", "narrower"),
    [
        ("opera", None),
        ("vote", "title:vote"),
        ("vote money", '"vote money"'),
        ("money OR vote", "(money OR vote) opera"),
    ],
)
def test_ways_to_narrow(desk, query, narrower):
    publish(
        desk,
        *(
            (f"A vote in {place} decides about money.", place, n / 5)
            for n, place in enumerate(PLACES)
        ),
        ("The opera got its vote money.", "Opera vote", 0.1),
    )

    got = outcome(desk, query, budget=1)

    found = [] if got.proposal is None else [one.query for one in got.proposal.narrower]
    assert found == [] if narrower is None else narrower in found


def test_topic_is_not_narrowed_by_words(desk):
    flooded(desk)

    got = outcome(desk, "anything about the vote", budget=1)

    assert got.proposal == TooMany(1, ())


# --- none -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "missing"),
    [
        ("bridge zeppelin", [Missing("zeppelin", Span(7, 15), True, None)]),
        ("brigde", [Missing("brigde", Span(0, 6), True, "bridge")]),
        ("harbor", [Missing("harbor", Span(0, 6), True, "harbour")]),
        ("volcano", [Missing("volcano", Span(0, 7), False, None)]),
        ('"bridge volcano"', [Missing("bridge volcano", Span(0, 16), False, None)]),
        ("zeppelin -bridge", [Missing("zeppelin", Span(0, 8), True, None)]),
        (
            "zeppelin OR airship",
            [
                Missing("zeppelin", Span(0, 8), True, None),
                Missing("airship", Span(12, 19), True, None),
            ],
        ),
        ("anything about zeppelins", [Missing("zeppelins", None, True, None)]),
        ("海嘯", [Missing("海嘯", Span(0, 2), True, None)]),
        ("زلزال", [Missing("زلزال", Span(0, 5), True, None)]),
        ("brid", [Missing("brid", Span(0, 4), True, "bridge")]),
    ],
)
def test_words_that_no_article_holds(desk, query, missing):
    publish(
        desk,
        "The harbour bridge reopened on Friday.",
        "地震已造成九人死亡，列車停駛。",
        "هطل المطر على المدينة أمس.",
        ("A volcano woke on the island.", None, 30),
    )

    got = outcome(desk, query)

    assert got.messages == 0
    assert got.proposal == NearMisses(tuple(missing), ())


def test_words_that_no_article_holds_together(desk):
    publish(desk, "The bridge reopened.", "The bridge is long.", "Rain fell on the tunnel.")

    got = outcome(desk, "bridge tunnel")

    assert got.proposal == NearMisses((), (Loosened("tunnel", 2), Loosened("bridge", 1)))
    assert advice(got, Messages("en")) == [
        "Each of the words is in some article of these days, but none holds all that is asked for.",
        "Without tunnel it would have matched 2 articles.",
        "Without bridge it would have matched one article.",
    ]


def test_only_words_are_left_out(desk):
    publish(desk, "The bridge reopened.")

    assert outcome(desk, "bridge lang:fr").proposal == NearMisses((), ())
    assert outcome(desk, "title:bridge").proposal == NearMisses((), ())


# --- in words ---------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "es", "ru", "zh-Hans", "zh-Hant"])
def test_every_outcome_has_words(desk, lang):
    flooded(desk)
    messages = Messages(lang)

    many = outcome(desk, "money", budget=1)
    assert len(summary(many, messages)) == 1
    assert len(advice(many, messages)) == 2 + len(many.proposal.narrower)
    none = outcome(desk, "zeppelin mony")
    assert len(summary(none, messages)) == 1
    assert len(advice(none, messages)) == 2


def test_words_of_a_summary(desk):
    publish(
        desk, *(f"The bridge of {place} reopened for {n} trucks." for n, place in enumerate(PLACES))
    )
    got = outcome(desk, "Riga")

    assert summary(got, Messages("en")) == [
        "In the 7 days before 9 Mar 2026 this would have sent one message (0.1 a day)."
    ]


# --- calibration ------------------------------------------------------------------------


def score_of(desk, topic, text):
    found = find(desk, parse_standing(topic, NOW), window(desk, NOW, 30), least=0.01)
    return next(match.score for article, match in found.matches if article.text == text)


def test_words_have_the_usual_score_and_so_has_a_topic_without_articles(desk):
    assert calibrate(desk, parse_standing("bridge", NOW), now=NOW) == LEAST
    assert calibrate(desk, parse_standing("news about bridges", NOW), now=NOW) == LEAST


@pytest.mark.parametrize(("words", "is_highest"), [(1, True), (100, False)])
def test_flood_raises_the_score_and_not_without_bound(desk, words, is_highest):
    topic = "bridges and tunnels of the coast"
    near = [f"Bridges, tunnels, coast {n}." + " More." * (n % words) for n in range(200)]
    publish(desk, *((text, None, n % 29) for n, text in enumerate(near)))
    publish(desk, *((f"It rained in {place} {n}.", None, 1) for n in range(40) for place in PLACES))

    least = calibrate(desk, parse_standing(topic, NOW), now=NOW)

    assert LEAST < least <= HIGHEST
    assert (least == HIGHEST) is is_highest
    if not is_highest:
        found = find(desk, parse_standing(topic, NOW), window(desk, NOW, 30), least=least)
        assert 0.9 * MOST_A_DAY * 30 <= len(found.matches) <= 1.1 * MOST_A_DAY * 30


def test_silence_lowers_the_score_to_what_comes_nearest(desk):
    topic = "bridges tunnels ferries trains"
    # Two of four words, in a text of some length
    text = "Bridges and tunnels " + " ".join(f"w{n}" for n in range(16)) + "."
    publish(
        desk,
        text,
        "A ferry sank.",
        "A train burned.",
        *(f"It rained in {place}." for place in PLACES),
    )
    score = score_of(desk, topic, text)
    assert LOWEST <= score < LEAST, "the text is to be near, and not near enough"

    assert calibrate(desk, parse_standing(topic, NOW), now=NOW) == score
