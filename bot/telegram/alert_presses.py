"""
What stands behind the buttons of alerts, of their list and of what is asked back.

As in `presses`: anybody can send any data, so whoever handles a press looks at which chat
the message is in, and whether the one who pressed may do that there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

AlertAction = Literal[
    # under an alert or a digest; `number` is the note's
    "alert",
    "why",
    "ask",
    "mute_story",
    "unmute_story",
    "pause_one",
    "page",
    # under the list and a subscription; `number` is the chat's, then the subscription's
    "list",
    "open",
    "pause",
    "resume",
    "mute",
    "mode",
    "edit",
    "test",
    "delete",
    "delete_now",
    # under a back-test; `number` is a token
    "save",
    "save_digest",
    "instead",
    "cancel",
]

_LETTERS: dict[AlertAction, str] = {
    "alert": "a",
    "why": "y",
    "ask": "k",
    "mute_story": "m",
    "unmute_story": "M",
    "pause_one": "p",
    "page": "g",
    "list": "l",
    "open": "o",
    "pause": "z",
    "resume": "Z",
    "mute": "u",
    "mode": "d",
    "edit": "e",
    "test": "t",
    "delete": "x",
    "delete_now": "X",
    "save": "s",
    "save_digest": "S",
    "instead": "i",
    "cancel": "c",
}
_ACTIONS = {letter: action for action, letter in _LETTERS.items()}
_DATA = re.compile(r"w:([A-Za-z]):(-?[0-9]{1,19}):([0-9]{1,19})", re.ASCII)

PATTERN = r"w:"
"""What the data behind these buttons begins with."""


@dataclass(frozen=True, slots=True)
class AlertPress:
    """
    A button.

    Attributes:
        number: Of what it is about; see ``AlertAction``.
        value: What else there is to say: a subscription (pause_one), a page from 0 (page,
            list), hours (mute), a place in `MODES` (mode), a place among proposals (instead).
    """

    action: AlertAction
    number: int
    value: int = 0

    @property
    def data(self) -> str:
        """At most 44 bytes of the 64 that Telegram takes."""
        return f"w:{_LETTERS[self.action]}:{self.number}:{self.value}"

    @classmethod
    def parse(cls, data: str) -> AlertPress | None:
        """The press behind *data*; None if it is none of ours."""
        found = _DATA.fullmatch(data)
        if found is None or found[1] not in _ACTIONS:
            return None
        number, value = int(found[2]), int(found[3])
        if not (-_MOST <= number < _MOST and value < _MOST):  # what the store can hold
            return None
        return cls(_ACTIONS[found[1]], number, value)


_MOST = 2**63
