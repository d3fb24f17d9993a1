"""
The one table of what each feature and each signal counts for.

How they were found: a softmax over the candidates of each question (every set counts the
same) for the sentences, a logistic model for the confidence, on the twelve question sets
of the development, then rounded. ``benchmarks/tune_answering.py SET...`` fits both in the
same way, and prints what each set scores with weights found without it; its samples
differ, so its figures come near these and are not the same.
"""

from __future__ import annotations

SENTENCE: dict[str, float] = {
    "coverage": 3.5,
    "local_coverage": 1.7,
    "predicate": 0.6,
    "passage": 10.5,
    "before": 2.3,
    "after": 1.5,
    "title": 4.5,
    "lead": 2.9,
    "ngrams": 3.9,
    "kind": 0.85,
    "year": 0.95,
    "agreement": 0.6,
    "length": 0.9,
    "question_like": -2.8,
    "definition": 2.0,
}
# "lost" and "split" are set by hand, above their fitted -3.4 and -4.7: an answer made of
# two articles is worse than a question refused.
CONFIDENCE: dict[str, float] = {
    "bias": -3.55,
    "passage": 2.7,
    "sentence": 1.55,
    "article": 1.1,
    "ngrams": 0.65,
    "margin": 0.46,
    "breadth": -0.19,
    "words": 0.83,
    "lost": -3.8,
    "split": -6.5,
}
# Below it the corpus is said not to hold the answer: about one answerable question in ten
# is refused there, and nine in ten of those asked of another corpus.
THRESHOLD = 0.27
