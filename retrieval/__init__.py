"""
Articles in, verbatim cited answers out: BM25 finds passages, sentences are chosen.

A library: synchronous, typed, no environment, no chat. ``Desk`` is its face::

    from retrieval import Desk

    with Desk.open("my-desk") as desk:
        desk.add(["articles/"])
        answer = desk.ask("When did the bridge reopen?")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retrieval.types import Answer, Article, Filters, NoAnswer, Quote, Span

if TYPE_CHECKING:
    from retrieval.desk import Desk as Desk

__all__ = ["Answer", "Article", "Desk", "Filters", "NoAnswer", "Quote", "Span"]


def __getattr__(name: str) -> Any:
    # Desk brings in numpy and SQLite; whoever wants only the values need not wait.
    if name == "Desk":
        from retrieval.desk import Desk  # noqa: PLC0415  # imported on use, see above

        return Desk
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
