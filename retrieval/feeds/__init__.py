"""
Feeds that are polled: which there are, when each is due, and what it brings.

``book.py`` keeps them, ``schedule.py`` says when, ``poller.py`` runs the polls,
``polling.py`` does one, ``documents.py`` gets what a feed says, ``entries.py`` decides what
is new, ``listed.py`` remembers it, ``pages.py`` reads the pages that entries link to,
``adding.py`` finds a feed to add.
"""

from retrieval.feeds.adding import FoundFeed, find_feed
from retrieval.feeds.book import FeedBook
from retrieval.feeds.documents import Tools
from retrieval.feeds.listed import Listed
from retrieval.feeds.poller import Poller
from retrieval.feeds.values import FeedOptions, FeedRecord, Polled

__all__ = [
    "FeedBook",
    "FeedOptions",
    "FeedRecord",
    "FoundFeed",
    "Listed",
    "Polled",
    "Poller",
    "Tools",
    "find_feed",
]
