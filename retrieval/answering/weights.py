"""
The one table of what each feature and each signal counts for.

How they were found: ``benchmarks/tune_answering.py SET...`` fits the sentence weights as a
softmax over the candidates of each question (every set counts the same), and the
confidence as a logistic model; it prints these tables and what each set scores when its
own weights were found without it. The figures here are rounded.
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
CONFIDENCE: dict[str, float] = {
    "bias": -1.7,
    "passage": 2.25,
    "sentence": 0.95,
    "article": 1.65,
    "ngrams": 0.45,
    "margin": 0.55,
    "breadth": -0.18,
    "lost": -3.8,
    "split": -7.0,
}
# Below it the corpus is said not to hold the answer: about one answerable question in ten
# is refused there, and nine in ten of those asked of another corpus.
THRESHOLD = 0.27
