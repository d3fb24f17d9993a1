"""The queue of updates: kept until confirmed, filtered by kind. Knows no HTTP."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from telegram_api.records import Json

_ON_REQUEST_ONLY = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass(slots=True)
class UpdateQueue:
    """Updates that the bot has not confirmed; each is kept as the JSON text to serve."""

    pending: dict[int, str] = field(default_factory=dict)  # update id -> JSON, in order
    allowed: list[str] = field(default_factory=list)  # empty: all but those on request only
    last_id: int = 700_000_000

    def push(self, update: Json) -> int:
        """Queue the update unless its kind is not asked for; its id."""
        self.last_id += 1
        (kind,) = update
        if kind in self.allowed or (not self.allowed and kind not in _ON_REQUEST_ONLY):
            text = json.dumps({"update_id": self.last_id, **update}, ensure_ascii=False)
            self.pending[self.last_id] = text
        return self.last_id

    def take(self, offset: int, limit: int) -> list[str]:
        """
        The oldest updates from *offset* on, as JSON; those before it are confirmed.

        A negative offset counts from the end; 0 confirms nothing.
        """
        ids = list(self.pending)
        if offset < 0:
            offset = ids[max(0, len(ids) + offset)] if ids else 0
        for update_id in ids:
            if update_id < offset:
                del self.pending[update_id]
        return list(self.pending.values())[:limit]

    def confirm(self, update_id: int) -> None:
        """Drop one update, as a webhook does that took it."""
        self.pending.pop(update_id, None)
