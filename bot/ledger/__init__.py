"""
The ledger: what the bot itself remembers, in tables of its own in the store's file.

Chats and their settings, answers given (so that buttons, replies, edits and follow-ups
work after a restart), feedback, saved links, and the inbox of updates. Knows people and
messages by Telegram's numbers only and calls nobody. ``Ledger`` is put together here; its
parts are one module each, ``schema.py`` holds the tables, ``values.py`` what goes in and
comes out, ``rows.py`` the way between.
"""

from __future__ import annotations

from typing import Self

from bot.ledger.chats import Chats
from bot.ledger.feedback import Feedback
from bot.ledger.links import Links
from bot.ledger.people import People
from bot.ledger.schema import COMPONENT, MIGRATIONS
from bot.ledger.upkeep import (
    KEEP_ANSWERS_DAYS,
    KEEP_QUESTIONS_DAYS,
    KEEP_QUOTES_DAYS,
    Upkeep,
)
from bot.ledger.values import (
    AccountRef,
    AnswerRecord,
    ChatKind,
    ChatRecord,
    Failure,
    Forgotten,
    HasArticles,
    KeptRating,
    Label,
    LedgerCounts,
    Link,
    LinkKind,
    QuoteRef,
    RatedQuote,
    Rating,
)
from retrieval.store import Store

__all__ = [
    "KEEP_ANSWERS_DAYS",
    "KEEP_QUESTIONS_DAYS",
    "KEEP_QUOTES_DAYS",
    "AccountRef",
    "AnswerRecord",
    "ChatKind",
    "ChatRecord",
    "Failure",
    "Forgotten",
    "HasArticles",
    "KeptRating",
    "Label",
    "Ledger",
    "LedgerCounts",
    "Link",
    "LinkKind",
    "QuoteRef",
    "RatedQuote",
    "Rating",
]


class Ledger(Chats, Feedback, Links, People, Upkeep):
    """
    The bot's side of an open store; usable from any thread, beside other processes.

    Every method is one transaction, or joins the caller's ``Store.transaction()``, and
    raises ``StoreError`` if the file cannot be used. It is closed with the store.
    """

    @classmethod
    def open(cls, store: Store) -> Self:
        """
        The ledger of *store*, whose tables are made or brought up to date first.

        Raises:
            StoreError: If they are of a newer version than this program, or cannot be
                written.
        """
        store.database.migrate(COMPONENT, MIGRATIONS)
        return cls(store)
