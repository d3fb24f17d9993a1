"""Which language the bot speaks to whom."""

from __future__ import annotations

from bot.messages import languages

_CHINESE_TRADITIONAL = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")


def spoken(code: str | None, default: str) -> str:
    """
    The catalogue for a user whose Telegram is set to *code* (IETF tag); *default* where
    there is none for it.
    """
    if code is None:
        return default
    code = code.casefold().replace("_", "-")
    if code.startswith("zh"):
        return "zh-Hant" if code.startswith(_CHINESE_TRADITIONAL) else "zh-Hans"
    language = code.partition("-")[0]
    return language if language in languages() else default


def telegram_code(lang: str) -> str | None:
    """
    The two letters under which Telegram files *lang*; None where another has them.

    Telegram knows no scripts here: Simplified Chinese is ``zh``, Traditional goes without.
    """
    return {"zh-Hans": "zh", "zh-Hant": None}.get(lang, lang)
