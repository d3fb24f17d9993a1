"""
Made articles of any number: topic words by Zipf's law in sentence frames of our own.

    python benchmarks/made_corpus.py COUNT > articles.jsonl

The words are made of syllables and mean nothing; how often each stands, how they come
together in an article, and the small words between them are as in real news, which is what
the cost of an index depends on. The same count gives the same articles.
"""

from __future__ import annotations

import json
import random
import sys
from bisect import bisect
from collections.abc import Iterator
from itertools import accumulate

_WORDS = 60_000
# Zipf's law as Mandelbrot has it, 1 / (rank + offset) ** exponent: without the offset the
# first of the words of a topic would be as common as "the", which the frames hold already.
_EXPONENT = 1.05
_OFFSET = 30
_TOPIC = 40  # words that an article is about, from which half of its words are drawn
SENTENCES = 12  # an article: some 240 words, in three or four passages

_ONSETS = [
    "b",
    "br",
    "c",
    "ch",
    "d",
    "dr",
    "f",
    "fl",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "l",
    "m",
    "n",
    "p",
    "pl",
    "pr",
    "r",
    "s",
    "sh",
    "st",
    "t",
    "th",
    "tr",
    "v",
    "w",
]
_VOWELS = ["a", "e", "i", "o", "u", "ai", "ea", "ee", "ou"]
_CODAS = ["", "", "", "l", "m", "n", "r", "s", "t", "nd", "rk"]
_SOURCES = [
    f"{place} {kind}"
    for place in ("Harbour", "Valley", "Northern", "Capital", "Island")
    for kind in ("Courier", "Post", "Observer", "Times")
]
_FRAMES = (
    "The {0} of the {1} will be moved to the {2} before the end of the year, {N} said on {D}.",
    "{N}, who has led the {0} since it was founded, told reporters that the {1} had been a {2}.",
    "According to a report that was made public on {D}, more than {n} {0} were lost to {1} and {2}.",
    "But in {P} there was little sign of the {0} that the {1} had promised for the {2}.",
    "“We have never seen a {0} like this,” said {N}, a {1} at the institute of {2} in {P}.",
    "The {0} cost {n} million crowns, twice as much as the {1} and the {2} of last year together.",
    "It was not clear on {D} whether {N} would take the {0} to the {1}, or wait for a new {2}.",
    "Officials in {P} closed the {0} for {n} days after a {1} was found near the {2}.",
    "With {n} votes against the {0}, the council sent the {1} back to a committee on {2}.",
    "What the {0} needs is not another {1} but people who know what a {2} is for, {N} wrote.",
)  # fmt: skip
_NO_MARKS = str.maketrans(dict.fromkeys(".,“”{}", " "))
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def frame_words() -> frozenset[str]:
    """The words that every article has, in lower case."""
    return frozenset(" ".join((*_FRAMES, *_DAYS)).lower().translate(_NO_MARKS).split())


class Words:
    """Made words; ``draw`` gives the common ones often."""

    def __init__(self) -> None:
        chance = random.Random(7)
        made: dict[str, None] = {}
        while len(made) < _WORDS:
            made["".join(_syllable(chance) for _ in range(chance.choice((1, 2, 2, 3))))] = None
        self.words = sorted(made, key=len)  # common words are short
        self._sums = [*accumulate((rank + _OFFSET) ** -_EXPONENT for rank in range(1, _WORDS + 1))]

    def draw(self, chance: random.Random) -> str:
        """A word, by Zipf's law."""
        return self.words[min(bisect(self._sums, chance.random() * self._sums[-1]), _WORDS - 1)]


def _syllable(chance: random.Random) -> str:
    return chance.choice(_ONSETS) + chance.choice(_VOWELS) + chance.choice(_CODAS)


def articles(count: int, first: int = 0) -> Iterator[dict[str, str]]:
    """Articles *first* to *first* + *count*, as JSONL has them."""
    words = Words()
    for number in range(first, first + count):
        chance = random.Random(number)
        topic = [words.draw(chance) for _ in range(_TOPIC)]
        names = [words.words[-chance.randrange(1, 20_000)].title() for _ in range(4)]

        def word(chance: random.Random = chance, topic: list[str] = topic) -> str:
            return chance.choice(topic) if chance.random() < 0.5 else words.draw(chance)

        sentences = [
            chance.choice(_FRAMES).format(
                word(),
                word(),
                word(),
                N=chance.choice(names),
                P=chance.choice(names),
                D=chance.choice(_DAYS),
                n=chance.randrange(2, 999),
            )
            for _ in range(SENTENCES)
        ]
        paragraphs = [" ".join(sentences[at : at + 3]) for at in range(0, SENTENCES, 3)]
        yield {
            "id": f"made-{number}",
            "title": f"{names[0]} and the {topic[0]} of {names[1]}",
            "text": "\n\n".join(paragraphs),
            "source": chance.choice(_SOURCES),
            "published": f"20{10 + number % 15}-{1 + number % 12:02}-{1 + number % 28:02}",
            "lang": "en",
        }


def questions(count: int, articles_of: int) -> Iterator[str]:
    """Questions with three or four content words of one of the first *articles_of* articles."""
    words = Words()
    for number in range(count):
        chance = random.Random(number * 7919 % articles_of)
        topic = [words.draw(chance) for _ in range(_TOPIC)]
        name = words.words[-chance.randrange(1, 20_000)].title()
        one, two, three = topic[0], *random.Random(number).sample(topic[1:], 2)
        yield f"What did {name} say about the {one} of the {two} and the {three}?"


if __name__ == "__main__":
    for article in articles(int(sys.argv[1])):
        print(json.dumps(article, ensure_ascii=False))
