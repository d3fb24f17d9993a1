"""Words that people say to a bot as they would to a person, and that ask nothing."""

from __future__ import annotations

import re
from typing import Literal

Courtesy = Literal["greeting", "thanks", "more", "help"]

_WORDS: dict[Courtesy, str] = {
    "greeting": (
        r"hi|hello|hey|how are you|good (?:morning|day|afternoon|evening)|hola|qué tal|cómo estás|buen[oa]s (?:días|tardes|noches)"
        r"|привет|здравствуйте?|добрый (?:день|вечер)|доброе утро|你好|您好|嗨|哈囉|哈啰|早安|早上好|晚上好|как дела|你好[嗎吗]"
    ),
    "thanks": (
        r"(?:many )?thanks(?: a lot)?|thank you(?: very much| so much)?|thx|ok(?:ay)?|great|(?:muchas )?gracias"
        r"|vale|(?:большое )?спасибо(?: большое)?|благодарю|謝謝(?:你|您)?|谢谢(?:你|您)?|多謝|多谢|感謝|感谢|好的"
    ),
    "more": (
        r"(?:tell me |show me )?more(?: please)?|what else|anything else|(?:dime |cuéntame )?m[aá]s|¿?qué más"
        r"|(?:расскажи |покажи )?ещ[её]|что ещ[её]|更多|還有[嗎吗呢]|还有[嗎吗呢]|再多一[點点]"
    ),
    "help": (
        r"help|what can you do|who are you|what are you|how do(?:es)? (?:you|this|it) work|ayuda|¿?qué (?:puedes|sabes) hacer"
        r"|¿?quién eres|помощь|что ты умеешь|кто ты|你[會会能]做什[麼么]|你是[誰谁]|怎[麼么]用|[說说]明"
    ),
}
_COURTESY = {
    said: re.compile(rf"\W*(?:{words})(?:[ ,]+(?:bot|clipdesk))?\W*", re.IGNORECASE)
    for said, words in _WORDS.items()
}


def courtesy(text: str) -> Courtesy | None:
    """What *text* is, if it is nothing but such words, in our five languages."""
    for said, pattern in _COURTESY.items():
        if pattern.fullmatch(text):
            return said
    return None
