"""
What an error from Telegram or from the network means. Pure: what is done about it is `sender`'s.
"""

from __future__ import annotations

from enum import Enum, auto

import httpx
from telegram.error import BadRequest, NetworkError, TelegramError, TimedOut

# What Telegram's 400s are about, in small letters: PTB changes the case of their words.
NO_THREAD = ("message thread not found", "topic_closed", "topic_deleted")
NO_ENTRY = (
    "chat not found",
    "not enough rights",
    "have no rights",
    "no write access",
    "need administrator rights",
    "chat_write_forbidden",
    "chat_admin_required",
    "chat_restricted",
    "chat_send_plain_forbidden",
    "channel_private",
    "peer_id_invalid",
    "user_banned_in_channel",
    *NO_THREAD,  # where no thread was asked for, the chat itself is closed to us
)
UNCHANGED = ("message is not modified",)
NOT_EDITABLE = ("message to edit not found", "message can't be edited", "message_id_invalid")
WRONG_HTML = ("can't parse entities",)
TOO_LONG = ("message is too long", "message_too_long")


def is_about(error: BadRequest, phrases: tuple[str, ...]) -> bool:
    """Whether Telegram's reason holds one of *phrases*."""
    message = error.message.lower()
    return any(phrase in message for phrase in phrases)


class Failure(Enum):
    """What is known of a request that got no answer from Telegram itself."""

    NOT_SENT = auto()
    UNKNOWN = auto()
    SERVER = auto()


RESENDS = {
    Failure.NOT_SENT: None,  # nothing can be doubled: as long as patience lasts
    # The message may have arrived. A lost answer is worse than a doubled one, and two doubles
    # are worse than an error that is seen.
    Failure.UNKNOWN: 1,
    # Telegram's front says that its back did not take the request (502 and the like); in
    # practice nothing was done, and such minutes pass. Not for ever, since nobody promises it.
    Failure.SERVER: 4,
}
"""How often a request is made again after each kind of failure; None is without a limit."""


def failure_of(error: NetworkError) -> Failure | None:
    """What is known; None if it is no failure of the network: a 400, a closed bot, a bug."""
    if isinstance(error, BadRequest):  # a NetworkError by name only
        return None
    match error.__cause__:  # PTB chains what httpx said
        case (
            httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout() | httpx.ProxyError()
        ):
            return Failure.NOT_SENT
        case httpx.TransportError():
            return Failure.UNKNOWN
        case None if isinstance(error, TimedOut):
            return Failure.UNKNOWN
        case None | TelegramError():  # a status that is an error, with or without JSON
            return Failure.SERVER
        case _:
            return None
