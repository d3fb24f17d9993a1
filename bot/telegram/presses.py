"""
What stands behind a button: a short text that Telegram hands back when it is pressed.

Anybody can send any text, so `parse` takes nothing that `data` did not make, and the
handlers check that the answer belongs to the chat where the button was pressed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Action = Literal["answer", "context", "more", "sources", "good", "bad", "follow", "tell"]

_LETTERS: dict[Action, str] = {
    "answer": "a",
    "context": "c",
    "more": "m",
    "sources": "s",
    "good": "g",
    "bad": "b",
    "follow": "o",
    "tell": "t",
}
_ACTIONS = {letter: action for action, letter in _LETTERS.items()}
_DATA = re.compile(r"([acmsgbot]):([0-9]{1,18}):([0-9]{1,4}):([0-9]{1,2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Press:
    """
    A button under an answer.

    Attributes:
        answer_id: The ledger's.
        place: Which quote (context) or page (more), from 1; 0 where it says nothing.
        width: Paragraphs around (context).
    """

    action: Action
    answer_id: int
    place: int = 0
    width: int = 0

    @property
    def data(self) -> str:
        """At most 30 bytes of the 64 that Telegram takes."""
        return f"{_LETTERS[self.action]}:{self.answer_id}:{self.place}:{self.width}"

    @classmethod
    def parse(cls, data: str) -> Press | None:
        """The press behind *data*; None if it is none of ours."""
        found = _DATA.fullmatch(data)
        if found is None:
            return None
        letter, *numbers = found.groups()
        return cls(_ACTIONS[letter], *map(int, numbers))
