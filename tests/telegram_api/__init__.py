"""
A fake Bot API server over real HTTP on loopback, as strict as Telegram.

It checks every call and every object that it serves against the schema of Bot API 10.0,
parses HTML as Telegram does, refuses what Telegram refuses, keeps time stamps and brings
faults on request; `FakeTelegram` is the way in, `Program` runs Clipdesk against it.
"""

from telegram_api.fake import FakeTelegram
from telegram_api.markup import Formatted, MarkupError, format_html
from telegram_api.program import Program
from telegram_api.records import ApiError, Call, Json, Sent
from telegram_api.schema import load_schema, utf16_length

__all__ = [
    "ApiError",
    "Call",
    "FakeTelegram",
    "Formatted",
    "Json",
    "MarkupError",
    "Program",
    "Sent",
    "format_html",
    "load_schema",
    "utf16_length",
]
