"""Shingles and sketches of texts; what they are used for has tests of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from retrieval.shingles import SKETCH, _Words, shared, shingles, sketch

WORDS = " ".join(f"word{n}" for n in range(60))


@pytest.mark.parametrize(
    "text", ["one two three four", "花蓮外海強震", "زلزال قوي يضرب هوالين", "🌧 rain", ""]
)
def test_hashes_are_the_same_in_every_process(text: str) -> None:
    code = "import sys; from retrieval.shingles import sketch; print(sketch(sys.argv[1])[0])"
    printed = subprocess.run(
        [sys.executable, "-c", code, text], capture_output=True, text=True, check=True
    ).stdout

    assert printed.strip() == str(sketch(text)[0])


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("🌧", 1),
        ("one", 1),
        ("one two three", 1),
        ("one two three four", 2),
        ("花蓮外海", 2),
        ("ก" * 13, 1),  # one shingle of twelve, and the same again
        ("กขคงจฉชซฌญฎฏฐฑ", 3),
        (WORDS, 58),
    ],
)
def test_number_of_shingles(text: str, count: int) -> None:
    assert len(shingles(text)) == count


def test_order_of_words_tells() -> None:
    assert shared(shingles("one two three"), shingles("three two one")) == 0
    assert shared(shingles("one two three"), shingles("ONE, two; three!")) == 1


def test_sketch_is_the_smallest_shingles() -> None:
    hashes, count = sketch(WORDS)

    assert count == 58
    assert len(hashes) == SKETCH
    assert {value % 2**64 for value in hashes} == set(sorted(shingles(WORDS))[:SKETCH])


def test_sketch_of_copies_has_much_in_common() -> None:
    edited = WORDS.replace("word30", "other")

    assert len(set(sketch(WORDS)[0]) & set(sketch(edited)[0])) >= SKETCH // 2
    assert not set(sketch(WORDS)[0]) & set(sketch(WORDS.replace("word", "term"))[0])


def test_a_repetitive_text_has_a_smaller_sketch() -> None:
    assert sketch("ha " * 50) == (sketch("ha ha ha")[0], 48)


def test_the_memory_of_words_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Words, "_MOST", 2)
    words = _Words()

    first = [words[word] for word in "abca"]

    assert first[0] == first[3]
    assert len(words) == 2
