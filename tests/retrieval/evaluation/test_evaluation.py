"""Question sets, the figures over them, and the peer."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import SourceError
from retrieval.evaluation.metrics import (
    auroc,
    calibration_error,
    holds_any,
    lies_in_any,
    percentile,
)
from retrieval.evaluation.peer import Peer
from retrieval.evaluation.questions import GoldQuestion, read_question_set
from retrieval.evaluation.scoring import Score, score
from retrieval.types import Answer, Article, Context, Hit, NoAnswer, Passage, Quote, Sentence, Span

TEXT = "The ferry sank at dawn. 渡輪在黎明沉沒。 Nine people swam ashore."
FERRY = Article(id="ferry", text=TEXT)
SPANS = (Span(0, 23), Span(24, 32), Span(33, 57))
PASSAGE = Passage(Span(0, len(TEXT)), tuple(Sentence(span, 1) for span in SPANS))


def write_set(folder: Path, questions: list[dict[str, Any] | str], *, packed: bool) -> Path:
    folder.mkdir()
    lines = "".join(f"{q if isinstance(q, str) else json.dumps(q)}\n" for q in questions).encode()
    articles = json.dumps({"id": "ferry", "title": "", "text": TEXT}).encode()
    for stem, data in (("questions", lines), ("articles", articles)):
        if packed:
            (folder / f"{stem}.jsonl.gz").write_bytes(gzip.compress(data, mtime=0))
        else:
            (folder / f"{stem}.jsonl").write_bytes(data)
    return folder


FULL = {
    "id": 1,
    "question": "how many swam?",
    "answerable": True,
    "answers": ["Nine"],
    "article_ids": ["ferry"],
    "evidence": [],
}
BARE = {"id": "u", "question": "why?", "answerable": False}
UNJUDGED = {"id": "x", "question": "what?", "answerable": None}


@pytest.mark.parametrize("packed", [False, True])
def test_read_question_set(tmp_path: Path, *, packed: bool) -> None:
    folder = write_set(tmp_path / "ferries", [FULL, BARE, UNJUDGED], packed=packed)

    got = read_question_set(folder)

    assert got.name == "ferries"
    assert got.questions == (
        GoldQuestion("1", "how many swam?", True, ("Nine",), frozenset({"ferry"})),
        GoldQuestion("u", "why?", False),
    )
    assert len(got.digest) == 12


def test_digest_is_of_every_file(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "ferries", [FULL], packed=False)
    (folder / "articles.jsonl").unlink()
    (folder / "corpus" / "deep").mkdir(parents=True)
    (folder / "corpus" / "deep" / "a.txt").write_text("one")
    before = read_question_set(folder)

    (folder / "corpus" / "deep" / "a.txt").write_text("two")

    assert read_question_set(folder).digest != before.digest
    assert before.articles == folder / "corpus"


def test_limit_is_always_the_same_sample(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "many", [FULL | {"id": n} for n in range(50)], packed=False)

    first = read_question_set(folder, limit=5).questions

    assert len(first) == 5
    assert read_question_set(folder, limit=5).questions == first
    assert len(read_question_set(folder, limit=500).questions) == 50


@pytest.mark.parametrize("line", ["{", "[]", '{"id": 1}', '{"id": 1, "answerable": true}'])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    folder = write_set(tmp_path / "bad", [FULL, line], packed=False)

    with pytest.raises(SourceError, match=r"questions\.jsonl:2"):
        read_question_set(folder)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no articles\.jsonl or .* here"):
        read_question_set(tmp_path)


@pytest.mark.parametrize(
    ("text", "golds", "expected"),
    [
        ("It sank at ６ a.m.", ["6 A.M"], True),
        ("渡輪在黎明沉沒。", ["黎明"], True),
        ("a  b\nc", ["a b c"], True),
        ("anything", ["", " . "], False),
        ("anything", [], False),
        ("", ["x"], False),
    ],
)
def test_holds_any(text: str, golds: list[str], *, expected: bool) -> None:
    assert holds_any(text, golds) is expected


def test_lies_in_any_looks_both_ways() -> None:
    assert lies_in_any("sank at dawn", ["The ferry sank at dawn."])
    assert lies_in_any("The ferry sank at dawn, they said", ["sank at dawn"])
    assert not lies_in_any("sank at noon", ["sank at dawn", ""])


scores = st.lists(st.integers(0, 5), min_size=1, max_size=12)


@given(scores, scores)
def test_auroc_is_the_share_of_ordered_pairs(positives: list[int], negatives: list[int]) -> None:
    pairs = [(p > n) + (p == n) / 2 for p in positives for n in negatives]

    assert auroc(positives, negatives) == pytest.approx(sum(pairs) / len(pairs))


def test_auroc_of_one_side_is_unknown() -> None:
    assert auroc([], [1.0]) is None
    assert auroc([1.0], []) is None


def test_calibration_error() -> None:
    assert calibration_error([], []) is None
    assert calibration_error([0.75, 0.75, 0.75, 0.75], [True, True, True, False]) == 0
    assert calibration_error([1.0, 0.0], [False, True]) == 1
    assert calibration_error([0.5, 0.5], [True, True]) == 0.5


def test_percentile() -> None:
    assert percentile([], 0.5) == 0
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile([3, 1, 2], 1) == 3


def quote(number: int, answer: Span | None = None) -> Quote:
    return Quote(FERRY, SPANS[number], 1, 1.0, answer=answer)


def test_score_counts_each_outcome() -> None:
    gold = GoldQuestion("1", "how many", True, ("Nine",), frozenset({"ferry"}))
    by_evidence = GoldQuestion("2", "when", True, (), frozenset({"ferry"}), (TEXT[:23],))
    nothing = GoldQuestion("3", "why", False)
    elsewhere = GoldQuestion("4", "who", True, ("Nine",), frozenset({"other"}))
    contexts = (Context(Hit(1, 2.0, 1), FERRY, PASSAGE),)
    replies = {
        "how many": Answer("", (quote(2, Span(33, 37)), quote(0)), 0.8, contexts),
        "when": NoAnswer("", "low_confidence", (quote(1), quote(0)), 0.2, contexts),
        "why": NoAnswer("", "no_match"),
        "who": Answer("", (quote(2, Span(50, 54)),), 0.6, contexts),
    }
    steps: list[int] = []

    result = score([gold, by_evidence, nothing, elsewhere], replies.__getitem__, steps.append)
    figures = result.figures()

    assert steps == [1, 2, 3, 4]
    expected = {
        "n": 3, "q1": 66.7, "q3": 100, "p1": 66.7, "p10": 66.7, "false_abst": 33.3, "abst": 100,
        "auroc": 1, "verbatim": 100, "span": 50, "spans": 100, "chars": 19,
    }  # fmt: skip
    assert {name: figures[name] for name in expected} == expected
    assert list(figures)[-2:] == ["ms_p50", "ms_p95"]
    assert "auroc" not in Score().figures()


def test_peer_gives_the_sentence_of_most_overlap() -> None:
    other = Article(id="museum", text="The museum opened.")
    passage = Passage(Span(0, 18), (Sentence(Span(0, 18), 1),))
    third = Article(id="comet", text="A comet passed.")
    peer = Peer(
        [
            (FERRY, PASSAGE),
            (other, passage),
            (third, Passage(Span(0, 15), (Sentence(Span(0, 15), 1),))),
        ]
    )

    reply = peer.ask("How many people swam ashore?")

    assert isinstance(reply, Answer)
    assert reply.quotes[0].text == "Nine people swam ashore."
    assert [c.article.id for c in reply.contexts] == ["ferry"]
    assert peer.ask("zebra") == NoAnswer("zebra", "no_match")
