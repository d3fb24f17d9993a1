"""What is kept about a person, in every chat: telling it, and forgetting it."""

from __future__ import annotations

from bot.ledger.part import LedgerPart
from bot.ledger.values import Forgotten


class People(LedgerPart):
    """The part of the ``Ledger`` that forgets."""

    def about_user(self, user_id: int) -> Forgotten:
        """How much is kept about a user; what ``forget_user`` would delete."""
        row = self._database.rows(
            """
            SELECT (SELECT count(*) FROM bot_answers WHERE user_id = ?1),
                   (SELECT count(*) FROM bot_ratings WHERE user_id = ?1 OR asker_id = ?1),
                   (SELECT count(*) FROM bot_links WHERE user_id = ?1),
                   (SELECT count(*) FROM bot_chats WHERE chat_id = ?1 AND lang IS NOT NULL),
                   (SELECT count(*) FROM bot_inbox WHERE user_id = ?1)
            """,
            (user_id,),
        )[0]
        return Forgotten(*row)

    def forget_user(self, user_id: int) -> Forgotten:
        """
        Delete all that is kept about a user, and say how much that was.

        Answers to the user, ratings by the user and by others of the user's questions,
        links that the user was the first to save, the settings of the private chat (whose
        id is the user's), updates in the inbox. Telegram's messages stay.
        """
        with self._database.transaction():
            forgotten = self.about_user(user_id)
            for deletion in (
                "DELETE FROM bot_ratings WHERE user_id = ?1 OR asker_id = ?1",
                # 0: what the private chat was told without being asked
                "DELETE FROM bot_answers WHERE user_id = ?1 OR (chat_id = ?1 AND user_id = 0)",
                "DELETE FROM bot_links WHERE user_id = ?1",
                "DELETE FROM bot_chats WHERE chat_id = ?1",
                # Their numbers stay, as of what was done: delivered again they are not new.
                """
                UPDATE bot_inbox SET user_id = NULL, json = NULL, reason = NULL,
                    ended_at = coalesce(ended_at, kept_at) WHERE user_id = ?1
                """,
            ):
                self._database.write(deletion, (user_id,))
        return forgotten
