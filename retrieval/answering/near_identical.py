"""
Which sentences say nearly the same, word for word: the same wire copy in two papers.

Sentences that report the same in other words are not the matter of this module.
"""

from __future__ import annotations

from retrieval.answering.candidates import AnalysedText

# Share of the terms of both that both hold. Two sentences of one agency text that
# an editor touched share four fifths; two sentences about one subject, half at most.
SAME = 0.75


def say_the_same(one: AnalysedText, other: AnalysedText) -> bool:
    """Whether one is the other but for a few words."""
    if not one.terms or not other.terms:
        return False
    shared = len(one.terms & other.terms)
    return shared >= SAME * len(one.terms | other.terms)
