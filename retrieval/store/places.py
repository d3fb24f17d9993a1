"""
Articles by the file that they were read from: found when it is deleted, kept when it moves.

A file's articles are those read from it and, where it is an archive, from its members
(``FILE.zip/member``); a folder's are those of all files in it.
"""

from __future__ import annotations

from retrieval.store.connection import StorePart
from retrieval.store.rows import text_in, text_out

# The character behind "/" ends the range of what begins with the path and a "/".
_AT = "(v.path = ? OR (v.path >= ? AND v.path < ?))"
IDS_AT = f"""
    SELECT a.id FROM articles a
    JOIN versions v ON v.article_key = a.key AND v.version = a.version
    WHERE {_AT} AND NOT a.is_deleted ORDER BY a.key
"""  # noqa: S608  # only the condition above is put into SQL
MOVE = f"UPDATE versions AS v SET path = ? || substr(v.path, ?) WHERE {_AT}"  # noqa: S608  # as above


class Places(StorePart):
    """The part of the ``Store`` that knows articles by their places."""

    def ids_at(self, path: str) -> list[str]:
        """Ids of the articles, deleted ones left out, whose current version was read at *path*."""
        return [text_out(row[0]) or "" for row in self.database.rows(IDS_AT, _bounds(path))]

    def move(self, old: str, new: str) -> None:
        """
        The file at *old* is at *new* now: what was read from it is of the same file still.

        No new version, as nothing about an article itself changed.
        """
        with self.database.transaction():
            self.database.write(MOVE, (text_in(new), len(old) + 1, *_bounds(old)))


def _bounds(path: str) -> tuple[object, object, object]:
    return text_in(path), text_in(f"{path}/"), text_in(f"{path}0")
