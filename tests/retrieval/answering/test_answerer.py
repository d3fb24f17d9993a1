"""Passages in, quotes out: what is quoted, what is refused, and that nothing breaks it."""

import math
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.answering import Answerer
from retrieval.answering.confidence import (
    Estimate,
    Evidence,
    estimate,
    held_signals,
    is_enough,
    place_signals,
)
from retrieval.answering.near_identical import say_the_same
from retrieval.answering.ranking import rank
from retrieval.answering.weights import HELD, LEAST_RIGHT, PLACE, SENTENCE, THRESHOLD
from retrieval.language.analysis import query_terms, terms
from retrieval.segment import segment
from retrieval.types import Answer, Article, Context, Hit, NoAnswer, Passage, Sentence, Span

K1, B = 1.2, 0.75


class Corpus:
    """A few articles, searched by BM25 as the memory index does."""

    def __init__(self, *articles: Article) -> None:
        self.passages = [(a, p) for a in articles for p in segment(a)]
        self.bags = [
            Counter(terms(f"{a.title or ''}\n{p.span.of(a.text)}", a.lang))
            for a, p in self.passages
        ]

    def idf(self, term: str) -> float:
        df = sum(term in bag for bag in self.bags)
        return math.log(1 + (len(self.bags) - df + 0.5) / (df + 0.5))

    def contexts(self, question: str) -> list[Context]:
        wanted = query_terms(question, sorted({a.lang for a, _ in self.passages if a.lang}))
        mean = sum(bag.total() for bag in self.bags) / max(len(self.bags), 1)
        scored = []
        for number, bag in enumerate(self.bags):
            norm = K1 * (1 - B + B * bag.total() / mean)
            score = sum(self.idf(t) * bag[t] * (K1 + 1) / (bag[t] + norm) for t in wanted)
            if score > 0:
                scored.append((score, number))
        ranked = sorted(scored, key=lambda pair: (-pair[0], pair[1]))[:10]
        return [
            Context(Hit(number, score, i), *self.passages[number])
            for i, (score, number) in enumerate(ranked, start=1)
        ]

    def ask(self, question: str, *, quotes: int = 3) -> Answer | NoAnswer:
        return Answerer().answer(question, self.contexts(question), self, quotes=quotes)


BRIDGE = Article(
    id="bridge",
    title="Harbour bridge open again",
    lang="en",
    published=datetime(2021, 5, 3, tzinfo=UTC),
    text=(
        "The harbour bridge in Port Ellery reopened on 4 May 2021 after two years of repairs.\n"
        "Engineers found rust in forty cables during an inspection. The repairs were held up "
        "because the foundry that cast the cables had gone bankrupt.\n"
        "Mayor Ada Brook cut the ribbon. She said that the toll would be scrapped within a month.\n"
        "Who will pay for the bridge?"
    ),
)
FERRY = Article(
    id="ferry",
    title="Ferry strike",
    lang="en",
    text=(
        "Ferry crews led by Tomas Reyl walked off the docks in Salt Haven on Tuesday. "
        "The crews want eleven percent more pay. "
        "The strike cost the line $3.5 million in its first week."
    ),
)
COPY = Article(
    id="copy",
    lang="en",
    text=(
        "Port news in brief. "
        "The harbour bridge in Port Ellery reopened on 4 May 2021 after two years of repairs."
    ),
)
SECOND_COPY = Article(id="second", lang="en", text=COPY.text.replace("brief", "short"))
LANTERN = Article(
    id="lantern",
    lang="zh-Hant",
    text="燈會將於三月五日在海港公園開幕。市長林小橋（Lin Xiaoqiao）表示，今年將點亮三百盞燈。門票全免。",
)
CORPUS = Corpus(BRIDGE, FERRY, LANTERN)

ANSWERED = [
    ("When did the harbour bridge reopen?", "bridge", "4 May 2021"),
    ("when did the harbor bridge in port ellery reopen", "bridge", "4 May 2021"),
    ("How many cables had rust?", "bridge", "forty"),
    ("Why were the repairs held up?", "bridge", "bankrupt"),
    ("Who led the ferry crews?", "ferry", "Tomas Reyl"),
    ("How much did the strike cost the line?", "ferry", "$3.5 million"),
    ("Who is Ada Brook?", "bridge", "Ada Brook"),
    ("林小橋是誰？", "lantern", "市長林小橋"),
    ("林小桥是谁", "lantern", "市長林小橋"),
    ("燈會在哪裡開幕？", "lantern", "海港公園"),
]


@pytest.mark.parametrize(("question", "article_id", "words"), ANSWERED)
def test_answer_quotes_the_sentence_that_answers(question, article_id, words):
    got = CORPUS.ask(question)

    assert isinstance(got, Answer)
    assert got.quotes[0].article.id == article_id
    assert words in got.quotes[0].text
    assert 0.5 < got.confidence <= 1


HIGHLIGHTED = [
    ("When did the harbour bridge reopen?", "4 May 2021"),
    ("How many cables had rust?", "forty"),
    ("How much did the strike cost the line?", "$3.5 million"),
    ("Where did the ferry crews walk off the docks?", "Salt Haven"),
    ("Why were the repairs held up?", None),
]


@pytest.mark.parametrize(("question", "words"), HIGHLIGHTED)
def test_answer_highlights_what_is_plainly_of_the_kind(question, words):
    quote = CORPUS.ask(question).quotes[0]

    assert (quote.answer and quote.answer.of(quote.article.text)) == words


REFUSED = [
    "Who won the chess olympiad in Tirana?",
    "What is the price of saffron?",
    "What did Ada Brook say about Tomas Reyl?",
    "When did Tomas Reyl cut the ribbon?",
    "When did Ada Brook join the ferry strike?",
    "誰贏得了西洋棋比賽？",
]


@pytest.mark.parametrize("question", REFUSED)
def test_answer_refuses_what_the_corpus_does_not_hold(question):
    got = CORPUS.ask(question)

    assert isinstance(got, NoAnswer)
    assert got.confidence < THRESHOLD


def test_no_answer_names_the_nearest():
    got = CORPUS.ask("What did Ada Brook say about Tomas Reyl?")

    assert isinstance(got, NoAnswer)
    assert got.reason == "low_confidence"
    assert got.nearest
    assert got.contexts


def test_answer_without_passages_is_no_match():
    assert Answerer().answer("bridge?", [], CORPUS) == NoAnswer("bridge?", "no_match")


def test_answer_without_terms_says_so():
    contexts = CORPUS.contexts("bridge")

    assert Answerer().answer("?!…", contexts, CORPUS) == NoAnswer(
        "?!…", "no_terms", contexts=tuple(contexts)
    )


def test_answer_joins_the_sentence_before_one_that_opens_with_a_pronoun():
    got = CORPUS.ask("When will the toll be scrapped?")

    first = got.quotes[0] if isinstance(got, Answer) else got.nearest[0]
    assert first.text == (
        "Mayor Ada Brook cut the ribbon. She said that the toll would be scrapped within a month."
    )


def test_near_identical_quotes_become_one_with_every_source():
    got = Corpus(BRIDGE, COPY, SECOND_COPY).ask("When did the harbour bridge reopen?")

    assert isinstance(got, Answer)
    same = [q for q in got.quotes if "4 May 2021" in q.text]
    assert len(same) == 1
    sources = {same[0].article.id, *(other.article.id for other in same[0].also_in)}
    assert sources == {"bridge", "copy", "second"}


def test_repetition_within_one_article_is_quoted_once():
    line = "The harbour bridge reopened on 4 May after repairs."
    article = Article(id="twice", lang="en", text=f"{line}\nThe tide was low.\n{line}")

    got = Corpus(article).ask("When did the harbour bridge reopen?")

    quotes = got.quotes if isinstance(got, Answer) else got.nearest
    assert sum(line in q.text for q in quotes) == 1
    assert quotes[0].also_in == ()


def test_fragments_are_never_quoted():
    text = "The dam will be finished in June. The dam was planned by Ines Marlow and the"
    whole, fragment = Span(0, 33), Span(34, len(text))
    article = Article(id="dam", text=text, lang="en", is_truncated=True)
    passage = Passage(
        Span(0, len(text)), (Sentence(whole, 1), Sentence(fragment, 1, is_complete=False))
    )

    got = Answerer().answer(
        "Who planned the dam?", [Context(Hit(1, 2.0, 1), article, passage)], CORPUS
    )

    quotes = got.quotes if isinstance(got, Answer) else got.nearest
    assert [q.text for q in quotes] == ["The dam will be finished in June."]


def test_only_a_fragment_is_no_match():
    article = Article(id="cut", text="The dam was planned by", lang="en")
    passage = Passage(Span(0, 22), (Sentence(Span(0, 22), 1, is_complete=False),))

    got = Answerer().answer("Who?", [Context(Hit(1, 2.0, 1), article, passage)], CORPUS)

    assert isinstance(got, NoAnswer)
    assert got.reason == "no_match"


def test_questions_rank_below_statements():
    quotes = CORPUS.ask("Who will pay for the bridge?").contexts
    ranked = rank("bridge pay", quotes, CORPUS)

    question = next(i for i, c in enumerate(ranked.candidates) if c.text.startswith("Who will"))
    assert ranked.shares[question][list(SENTENCE).index("question_like")] < 0


def test_a_year_of_the_question_counts_for_and_against():
    for question, sign in (("the bridge in 2021", 1), ("the bridge in 2019", -1)):
        ranked = rank(question, CORPUS.contexts(question), CORPUS)
        share = ranked.shares[:, list(SENTENCE).index("year")]
        dated = [s for s, c in zip(share, ranked.candidates, strict=True) if c.article is BRIDGE]
        assert dated
        assert all(s * sign > 0 for s in dated)


def test_an_undated_article_speaks_against_a_year_only_by_another_year():
    article = Article(id="old", lang="en", text="The mill burned in 1911. The mill was brick.")
    ranked = rank("the mill in 1950", Corpus(article).contexts("the mill in 1950"), CORPUS)

    share = ranked.shares[:, list(SENTENCE).index("year")]
    assert [float(s) for s in share] == [-SENTENCE["year"], 0.0]


def test_sentences_without_words_say_nothing_new():
    article = Article(id="dots", lang="en", text="The weir broke.\n* * *\n? ! ?\nThe weir held.")
    passage = Passage(
        Span(0, len(article.text)),
        tuple(Sentence(Span(*at), n) for n, at in enumerate([(0, 15), (16, 21), (22, 27)], 1)),
    )

    got = rank("the weir", [Context(Hit(1, 1.0, 1), article, passage)], CORPUS)

    assert [c.text for c in got.candidates] == ["The weir broke.", "* * *", "? ! ?"]
    assert [float(s) for s in got.shares[:, list(SENTENCE).index("agreement")]] == [0.0, 0.0, 0.0]
    assert not say_the_same(got.candidates[1].analysis, got.candidates[2].analysis)


def test_sentences_with_text_between_them_are_no_neighbours():
    article = Article(id="gap", lang="en", text="The weir broke. Nobody saw. The weir held.")
    parts = (Sentence(Span(0, 15), 1), Sentence(Span(28, 42), 1))
    contexts = [Context(Hit(1, 1.0, 1), article, Passage(Span(0, 42), parts))]

    first, second = rank("the weir", contexts, CORPUS).candidates

    assert (first.after, second.before) == (None, None)


def test_features_sum_to_the_score():
    quote = CORPUS.ask("When did the harbour bridge reopen?").quotes[0]

    assert sum(quote.features.values()) == pytest.approx(quote.score)
    assert set(quote.features) <= set(SENTENCE)


def test_tables_hold_every_feature_and_every_signal():
    e = evidence("bridge")

    assert ["bias", *held_signals(e)] == list(HELD)
    assert ["bias", *place_signals(e)] == list(PLACE)


def evidence(question: str, corpus: Corpus = CORPUS) -> Evidence:
    return Evidence(rank(question, corpus.contexts(question), corpus))


MISSING = [
    ("When did the harbour bridge reopen?", {}),
    ("When did the harbour bridge reopen in Salt Haven?", {"salt": 1.0, "haven": 1.0}),
    ("Which mayor wants the tolls gone?", {"want": 1.0}),
    ("Which bridge did the foundryman repair?", {"foundryman": 0.67}),
    ("燈會的鞭炮在哪裡？", dict.fromkeys(("的鞭", "鞭", "鞭炮", "炮", "炮在"), 1.0)),
]


@pytest.mark.parametrize(("question", "expected"), MISSING)
def test_missing_are_the_terms_that_the_article_lacks(question, expected):
    assert evidence(question).missing == pytest.approx(expected, abs=0.01)


NAMES = [
    ("What did Ada Brook say about Tomas Reyl?", [["ada", "brook"]]),
    ("Did Mayor Ada Brook walk the harbour?", []),
    ("who led the crews", []),
]


@pytest.mark.parametrize(("question", "lost"), NAMES)
def test_lost_names_are_those_of_which_the_article_lacks_every_term(question, lost):
    assert evidence(question).lost_names == lost


def test_another_article_of_the_same_event_is_no_rival():
    question = "When did the harbour bridge reopen?"
    alone, with_copy = Corpus(BRIDGE, FERRY), Corpus(BRIDGE, COPY, FERRY)

    got = held_signals(evidence(question, with_copy))["event"]

    assert got == pytest.approx(held_signals(evidence(question, alone))["event"], abs=0.05)


ENOUGH = [
    (THRESHOLD, LEAST_RIGHT, True),
    (1.0, LEAST_RIGHT - 0.01, False),
    (THRESHOLD - 0.01, THRESHOLD - 0.01, False),
]


@pytest.mark.parametrize(("held", "right", "expected"), ENOUGH)
def test_an_answer_needs_a_corpus_that_holds_it_and_a_likely_place(held, right, expected):
    assert is_enough(Estimate(held, right)) is expected


def test_confidence_is_at_most_that_the_corpus_holds_an_answer():
    question = "When did the harbour bridge reopen?"

    got = estimate(rank(question, CORPUS.contexts(question), CORPUS))

    assert THRESHOLD < got.held <= 1
    assert 0 < got.right < got.held


ODD = [
    "",
    " ",
    "?",
    "the of and",
    "🚢🚢🚢",
    "bridge " * 1500,
    "橋" * 10_000,
    "Wann wurde die Brücke geöffnet?",
    "متى فتح الجسر؟ bridge",
    "\x00\x01 bridge \ufeff",
    "((((bridge",
]


@pytest.mark.parametrize("question", ODD)
@pytest.mark.parametrize("corpus", [CORPUS, Corpus(FERRY), Corpus(LANTERN)])
def test_answer_never_raises(question, corpus):
    contexts = corpus.contexts("bridge 燈會 crews")

    got = Answerer().answer(question, contexts, corpus)

    assert isinstance(got, Answer | NoAnswer)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.integers(1, 4))
def test_quotes_are_verbatim_few_and_apart(question, count):
    contexts = CORPUS.contexts(f"{question} bridge crews 燈會")

    got = Answerer().answer(f"{question} bridge crews 燈會", contexts, CORPUS, quotes=count)

    quotes = got.quotes if isinstance(got, Answer) else got.nearest
    assert len(quotes) <= count
    for i, quote in enumerate(quotes):
        assert quote.text == quote.article.text[quote.span.start : quote.span.stop]
        assert quote.paragraph >= 1
        for other in quotes[i + 1 :]:
            assert other.article.id != quote.article.id or not other.span.overlaps(quote.span)


def test_a_question_of_words_that_the_corpus_does_not_know_is_refused():
    got = CORPUS.ask("When did the opera reopen?")

    assert isinstance(got, NoAnswer)
    assert got.reason == "low_confidence"
