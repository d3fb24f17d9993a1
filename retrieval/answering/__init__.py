"""
Which sentences of the retrieved passages answer a question, and how surely.

``candidates`` gathers sentences, ``features`` says what speaks for them, ``weights`` how
much, ``choice`` what is quoted, ``highlight`` where in it the answer stands,
``confidence`` whether to answer at all. Finding passages is the retriever's.
"""

from retrieval.answering.answerer import Answerer
from retrieval.answering.candidates import TermStats

__all__ = ["Answerer", "TermStats"]
