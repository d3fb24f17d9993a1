"""Which words of a quote are shown as the answer, on a labelled set of our own sentences."""

import json
from pathlib import Path

import pytest

from retrieval.answering.candidates import view
from retrieval.answering.highlight import answer_span
from retrieval.answering.quoted import Quoted
from retrieval.types import Article, Span

LABELLED = Path(__file__).parents[2] / "data" / "highlights.jsonl"
CASES = [json.loads(line) for line in LABELLED.read_text().splitlines()]


class AllAlike:
    """Every word as telling as any other."""

    def idf(self, term: str) -> float:
        return 9.0 if term == "\0" else 1.0


def shown(question: str, text: str, lang: str, sentence: Span | None = None) -> str | None:
    article = Article(id="a", text=text, lang=lang)
    whole = Span(0, len(text))
    found = answer_span(view(question, lang, AllAlike()), article, sentence or whole, whole)
    return None if found is None else found.of(text)


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['lang']} {c['question']}")
def test_highlight_is_right_or_missing(case):
    got = shown(case["question"], case["text"], case["lang"])

    assert got == case["answer"]


@pytest.mark.parametrize(
    ("question", "text", "words"),
    [
        ("When was the mill sold?", "The mill was sold. That was in 1907.", "1907"),
        ("Who sold the mill?", "The mill was sold. Ada Brook sold it.", None),
        ("Where was the mill sold?", "The mill was sold. It was sold in Varn.", None),
    ],
)
def test_only_dates_and_sums_are_looked_for_in_the_next_sentence(question, text, words):
    assert shown(question, text, "en", Span(0, text.index(".") + 1)) == words


def test_number_words_are_those_of_the_language():
    text = "The rush on the harbour sank boats"

    assert shown("How many boats sank?", text, "en") is None
    assert shown("How many boats sank?", text.replace(" on ", " ten "), "en") == "ten"


@pytest.mark.parametrize("text", ["", "🚢", "ab", "—", "CITY — ", "（"])
@pytest.mark.parametrize(
    "question", ["Who sank?", "When?", "How many?", "多少？", "Where?", "How tall?"]
)
def test_little_text_shows_nothing(question, text):
    assert shown(question, text, "en") is None


@pytest.mark.parametrize(
    ("text", "dateline"),
    [
        ("CAIRO — Three days", "CAIRO — "),
        ("NEW PORT, Jan 5 (Wire) - The doors", "NEW PORT, Jan 5 (Wire) - "),
        ("(CNN) - The doors", "(CNN) - "),
        ("The doors — all of them — opened", ""),
        ("A well-known man", ""),
    ],
)
def test_dateline(text, dateline):
    quoted = Quoted(view("Who?", "en", AllAlike()), Article(id="a", text=text), Span(0, len(text)))

    assert quoted.dateline.of(text) == dateline


@pytest.mark.parametrize(
    ("text", "word", "is_opening"),
    [
        ("Some came.", "Some", True),
        ("It came. Some left.", "Some", True),
        ("He said: “Some left.”", "Some", True),
        ("CAIRO — Some left.", "Some", True),
        ("We met Some there.", "Some", False),
        ("Mr Some there.", "Some", False),
    ],
)
def test_opening(text, word, is_opening):
    quoted = Quoted(view("Who?", "en", AllAlike()), Article(id="a", text=text), Span(0, len(text)))

    assert quoted.is_opening(text.index(word)) is is_opening
