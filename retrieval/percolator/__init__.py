"""
Standing queries against new articles: which of many thousand match, and by which words.

Pure: no store, no clock, no chat. ``matching.py`` finds the queries that an article may match,
``document.py`` is the article as they look at it, ``words.py`` tries queries of words,
``topics.py`` how near an article is to a topic.
"""

from retrieval.percolator.matching import Match, Percolator
from retrieval.percolator.topics import LEAST

__all__ = ["LEAST", "Match", "Percolator"]
