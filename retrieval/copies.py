"""
Which articles are copies of one text: the same wire report in two papers; pure.

Not a copy, however much alike: a report off the same template (earnings, auctions, market
calls) and a later edition with other figures. Both differ in their figures, and templates
come back after days.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import regex

from retrieval.shingles import Shingles, shared, shingles, sketch
from retrieval.types import Article

# Dice of the shingles. Samples of some 60 pairs of newswire reports were read: with the same
# figures and within days, pairs from here on were copies, edited at most, but for short ones
# off one template at about .8; with other figures, most were not, even at .9.
COPY = 0.75
COPY_OF_SHORT = 0.85
# A shorter text tells too little: its title is compared as well.
_SHORT = 40
_APART = timedelta(days=7)
# What is looked at of a text: a book takes some MB then, and no more.
_MOST_CHARACTERS = 50_000
# A sketch is made of the opening: an eighth of the time of an ingest at most.
_SKETCHED_CHARACTERS = 800
_WORDS_AT_LEAST = 5  # in a row of letters; less is no text but a caption or a stub

_FIGURE = regex.compile(r"\d+(?:[.,:/-]\d+)*")
_LETTERS = regex.compile(r"\p{L}+")


def sketch_of(article: Article) -> tuple[int, ...]:
    """By which copies of *article* are looked up; empty where it is too short to have any."""
    found, count = sketch(article.text[:_SKETCHED_CHARACTERS])
    if count >= _SHORT:
        return found
    both = _with_title(article)
    return sketch(both)[0] if len(_LETTERS.findall(both)) >= _WORDS_AT_LEAST else ()


def is_copy(one: Article, other: Article) -> bool:
    """Whether the two are one text but for an edit."""
    first, second = _compared(one), _compared(other)
    least = COPY_OF_SHORT if min(len(first[1]), len(second[1])) < _SHORT else COPY
    if shared(first[1], second[1]) < least:
        return False
    if one.published and other.published and abs(one.published - other.published) > _APART:
        return first[0].split() == second[0].split()
    shorter, longer = sorted((first[0], second[0]), key=len)
    return Counter(_FIGURE.findall(shorter)) <= Counter(_FIGURE.findall(longer))


def _compared(article: Article) -> tuple[str, Shingles]:
    text = article.text[:_MOST_CHARACTERS]
    found = shingles(text)
    if len(found) < _SHORT:
        text = _with_title(article)
        found = shingles(text)
    return text, found


def _with_title(article: Article) -> str:
    return f"{article.title or ''}\n{article.text[:_MOST_CHARACTERS]}".strip()
