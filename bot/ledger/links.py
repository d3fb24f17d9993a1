"""Saved links: what the start parameter of a deep link stands for."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.ledger.part import LedgerPart
from bot.ledger.schema import LINK_KEY
from bot.ledger.values import Link, LinkKind
from retrieval.store.rows import text_in, time_in

_TOKEN_BYTES = 24  # 192 bits, 32 characters: leaves half of Telegram's 64 for the handler
_SAVED_STEP = timedelta(days=1)  # saved again sooner, a link is not written


class Links(LedgerPart):
    """The part of the ``Ledger`` that knows saved links."""

    def save_link(
        self, kind: LinkKind, body: Mapping[str, Any], user_id: int, now: datetime
    ) -> str:
        """
        A token of 32 characters (``A-Za-z0-9_-``) that stands for *body*, which is JSON.

        The same body has the same token, and stays its first owner's. Nobody can guess
        the token of a body without the ledger's key.
        """
        self.save_links(kind, [body], user_id, now)
        return self.link_token(kind, body)

    def save_links(
        self, kind: LinkKind, bodies: Iterable[Mapping[str, Any]], user_id: int, now: datetime
    ) -> None:
        """Save many as ``save_link`` does; those that were saved today cost no transaction."""
        tokens = {self.link_token(kind, body): body for body in bodies}
        stale = [
            (token, kind, _text(body), user_id, time_in(now))
            for token, body in tokens.items()
            if not self._is_fresh(token, now)
        ]
        if not stale:
            return
        with self._database.transaction():
            self._database.write_many(
                """
                INSERT INTO bot_links (token, kind, body, user_id, saved_at) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (token) DO UPDATE SET saved_at = max(saved_at, excluded.saved_at)
                """,
                stale,
            )

    def link_token(self, kind: LinkKind, body: Mapping[str, Any]) -> str:
        """The token of *body*, which stands for nothing until it is saved."""
        digest = hmac.digest(self._key(), f"{kind}\n{_text(body)}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:_TOKEN_BYTES]).decode()

    def save_typed(self, text: str, user_id: int, now: datetime) -> str:
        """
        A token for the question *text*, which takes the place of the user's last one.

        What is typed inline comes with every key; only where it led to last is kept.
        """
        digest = hmac.digest(self._key(), f"typed\n{user_id}".encode(), hashlib.sha256)
        token = base64.urlsafe_b64encode(digest[:_TOKEN_BYTES]).decode()
        self._write(
            """
            INSERT INTO bot_links (token, kind, body, user_id, saved_at)
            VALUES (?, 'question', ?, ?, ?)
            ON CONFLICT (token) DO UPDATE SET body = excluded.body, saved_at = excluded.saved_at
            """,
            (token, json.dumps({"text": text}), user_id, time_in(now)),
        )
        return token

    def link(self, token: str) -> Link | None:
        """What *token*, which may be anything, stands for; None if it stands for nothing."""
        row = self._database.row(
            "SELECT kind, body FROM bot_links WHERE token = ?", (text_in(token),)
        )
        return None if row is None else Link(row[0], json.loads(row[1]))

    def _key(self) -> bytes:
        text = self._database.value("SELECT text FROM bot_facts WHERE name = ?", (LINK_KEY,))
        return bytes.fromhex(text)

    def _is_fresh(self, token: str, now: datetime) -> bool:
        row = self._database.row(
            "SELECT 1 FROM bot_links WHERE token = ? AND saved_at > ?",
            (token, time_in(now - _SAVED_STEP)),
        )
        return row is not None


def _text(body: Mapping[str, Any]) -> str:
    return json.dumps(dict(body), sort_keys=True)
