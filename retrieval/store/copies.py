"""
Groups of copies: found when an article is saved, by its sketch, and confirmed by its text.

Every current article has a sketch; whoever is a copy of another is in a group with it.
What makes a copy is ``retrieval/copies.py``'s.
"""

# ruff: noqa: S608 (only names of columns and marks for parameters are put into SQL)

from __future__ import annotations

import json
import struct
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from retrieval.copies import is_copy, sketch_of
from retrieval.store.connection import Database, StorePart
from retrieval.store.rows import ARTICLE, article_out, text_in, text_out
from retrieval.types import Article

_STEP = 500

# Of the articles that hold a shingle, the last ones; "shr cts vs cts net" is in thousands.
_MOST_HOLDERS = 20
# Articles of which the texts are compared with one that is saved, those with most in common.
_MOST_CONFIRMED = 2
_LEAST_COMMON = 2

_CURRENT = f"""
    SELECT {ARTICLE} FROM articles a
    JOIN versions v ON v.article_key = a.key AND v.version = a.version
    JOIN texts t ON t.key = v.text_key
"""


class Written(NamedTuple):
    """
    An article whose current version was just written.

    Attributes:
        is_new: It has no sketch yet.
        sketch: Its own one, where it is known.
    """

    key: int
    article: Article
    is_new: bool
    sketch: tuple[int, ...] | None = None


class Copies(StorePart):
    """The part of the ``Store`` that knows copies."""

    def copies_of(self, article_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
        """
        The other current articles that are copies of each of these, the oldest in the store first.

        An article without any is left out.
        """
        found: dict[str, list[str]] = {}
        wanted = list(article_ids)
        for at in range(0, len(wanted), _STEP):
            ids = [text_in(article_id) for article_id in wanted[at : at + _STEP]]
            for mine, other in self.database.rows(
                f"""
                SELECT a.id, b.id FROM articles a
                JOIN sketches s ON s.article_key = a.key
                JOIN sketches t ON t.copies = s.copies AND t.article_key <> s.article_key
                JOIN articles b ON b.key = t.article_key
                WHERE a.id IN ({",".join("?" * len(ids))}) ORDER BY b.key
                """,
                ids,
            ):
                found.setdefault(text_out(mine) or "", []).append(text_out(other) or "")
        return {article_id: tuple(others) for article_id, others in found.items()}

    def sketch_older(self) -> int:
        """
        Find the copies among the articles that were stored before sketches were; how many articles.

        Batch by batch, so that others can write meanwhile; what a crash leaves is done the
        next time. Once all is done, it costs one look.
        """
        count = 0
        while self._has_older():
            with self.database.transaction():
                count += self._sketch_batch()
        return count

    def _has_older(self) -> bool:
        return self.database.row("SELECT 1 FROM sketching WHERE done < stop") is not None

    def _sketch_batch(self) -> int:
        done, stop = self.database.rows("SELECT done, stop FROM sketching")[0]
        keys = self.database.rows(
            "SELECT key FROM articles WHERE key > ? AND key <= ? ORDER BY key LIMIT ?",
            (done, stop, _STEP),
        )
        # Those that were saved since have theirs.
        written = [
            Written(key, article, is_new=True)
            for (key,) in keys
            if (article := _unsketched(self.database, key))
        ]
        settle(self.database, written)
        self.database.write("UPDATE sketching SET done = ?", (keys[-1][0] if keys else stop,))
        return len(written)


def settle(database: Database, written: Sequence[Written]) -> None:
    """Give these articles new sketches and groups; inside the transaction that saves them."""
    if not written:
        return
    leave(database, [one.key for one in written if not one.is_new])
    sketches = {
        one.key: sketch_of(one.article) if one.sketch is None else one.sketch for one in written
    }
    database.write_many(
        "INSERT INTO sketches (article_key, hashes) VALUES (?, ?)",
        [(key, _pack(hashes)) for key, hashes in sketches.items()],
    )
    database.write_many(
        "INSERT INTO sketch_hashes (hash, article_key) VALUES (?, ?)",
        sorted((value, key) for key, hashes in sketches.items() for value in hashes),
    )
    holders = _holders(database, sketches.values())
    articles = {one.key: one.article for one in written}
    for key, article in articles.items():
        others = [other for value in sketches[key] for other in holders[value] if other != key]
        least = min(_LEAST_COMMON, len(sketches[key]))
        if len(others) < least:
            continue
        for other, common in Counter(others).most_common(_MOST_CONFIRMED):
            if common < least:
                break
            if other in articles and other > key:  # of two saved together the later looks
                continue
            if is_copy(article, articles.get(other) or current(database, other)):
                _join(database, key, other)
                break


def leave(database: Database, keys: Sequence[int]) -> None:
    """Take the sketches of these articles away, and them out of their groups."""
    for key in keys:
        row = database.row("SELECT hashes, copies FROM sketches WHERE article_key = ?", (key,))
        if row is None:
            continue
        database.write_many(
            "DELETE FROM sketch_hashes WHERE hash = ? AND article_key = ?",
            [(value, key) for value in _unpack(row[0])],
        )
        database.write("DELETE FROM sketches WHERE article_key = ?", (key,))
        if row[1] is not None:  # nobody is a copy of nothing
            database.write(
                "UPDATE sketches SET copies = NULL WHERE copies = ?"
                " AND (SELECT count(*) FROM sketches WHERE copies = ?) = 1",
                (row[1], row[1]),
            )


def _join(database: Database, key: int, other: int) -> None:
    group = database.value("SELECT copies FROM sketches WHERE article_key = ?", (other,))
    if group is None:
        group = 1 + database.value(
            "SELECT coalesce(max(copies), 0) FROM sketches WHERE copies IS NOT NULL"
        )
    database.write(
        "UPDATE sketches SET copies = ? WHERE article_key IN (?, ?)", (group, key, other)
    )


def _holders(database: Database, sketches: Iterable[tuple[int, ...]]) -> dict[int, list[int]]:
    """Which articles hold each hash, the last ones."""
    found: dict[int, list[int]] = {value: [] for hashes in sketches for value in hashes}
    for value, key in database.rows(
        f"""
        SELECT wanted.value, held.article_key FROM json_each(?) wanted
        JOIN sketch_hashes held ON held.hash = wanted.value AND held.article_key IN (
            SELECT article_key FROM sketch_hashes WHERE hash = wanted.value
            ORDER BY article_key DESC LIMIT {_MOST_HOLDERS}
        )
        """,
        (json.dumps(sorted(found)),),
    ):
        found[value].append(key)
    return found


def _unsketched(database: Database, key: int) -> Article | None:
    row = database.row(
        f"{_CURRENT} LEFT JOIN sketches s ON s.article_key = a.key"
        " WHERE a.key = ? AND NOT a.is_deleted AND s.article_key IS NULL",
        (key,),
    )
    return None if row is None else article_out(row)


def current(database: Database, key: int) -> Article:
    """The current version of the article with this key, deleted or not."""
    return article_out(database.rows(f"{_CURRENT} WHERE a.key = ?", (key,))[0])


def _pack(hashes: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(hashes)}q", *hashes)


def _unpack(packed: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(packed) // 8}q", packed)
