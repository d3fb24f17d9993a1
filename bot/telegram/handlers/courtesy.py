"""Words that people say to a bot as they would to a person, and that ask nothing."""

from __future__ import annotations

import re
from typing import Literal

Courtesy = Literal["greeting", "thanks"]

_WORDS: dict[Courtesy, str] = {
    "greeting": (
        r"hi|hello|hey|good (?:morning|day|afternoon|evening)|hola|buen[oa]s (?:días|tardes|noches)"
        r"|привет|здравствуйте?|добрый (?:день|вечер)|доброе утро|你好|您好|嗨|哈囉|哈啰|早安|早上好|晚上好"
    ),
    "thanks": (
        r"(?:many )?thanks(?: a lot)?|thank you(?: very much| so much)?|thx|ok(?:ay)?|great|(?:muchas )?gracias"
        r"|vale|(?:большое )?спасибо(?: большое)?|благодарю|謝謝(?:你|您)?|谢谢(?:你|您)?|多謝|多谢|感謝|感谢|好的"
    ),
}
_COURTESY = {
    said: re.compile(rf"\W*(?:{words})(?:[ ,]+(?:bot|clipdesk))?\W*", re.IGNORECASE)
    for said, words in _WORDS.items()
}


def courtesy(text: str) -> Courtesy | None:
    """What *text* is, if it is nothing but a greeting or a word of thanks, in our five languages."""
    for said, pattern in _COURTESY.items():
        if pattern.fullmatch(text):
            return said
    return None
