"""Privacy mode: which messages of a group reach a bot that is no admin there. Pure."""

from __future__ import annotations

from telegram_api.records import Json, Room, shown_entities, shown_text

_SERVICE = (
    "forum_topic_created",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "new_chat_members",
    "left_chat_member",
    "pinned_message",
    "new_chat_title",
    "group_chat_created",
    "supergroup_chat_created",
)


def arrives(message: Json, room: Room, bot: Json, *, privacy: bool) -> bool:
    """
    Whether Telegram tells the bot of *message*.

    It never does of what other bots say. In privacy mode it does of service messages, ``/command@bot``, ``/command`` if it was the last bot to
    speak, messages through it, and replies to it; a plain mention does not arrive.
    """
    if room.kind in ("private", "channel"):
        return True
    if message.get("from", {}).get("is_bot") and not _is_stand_in(message):
        return False
    if not privacy or room.members.get(bot["id"]) == "administrator":
        return True
    return _is_meant(message, room, bot)


def _is_meant(message: Json, room: Room, bot: Json) -> bool:
    replied = message.get("reply_to_message", {})
    return (
        any(name in message for name in _SERVICE)
        or message.get("via_bot", {}).get("id") == bot["id"]
        or replied.get("from", {}).get("id") == bot["id"]
        or any(
            _names(command, bot) or ("@" not in command and room.last_bot == bot["id"])
            for command in _commands(message)
        )
    )


def _names(command: str, bot: Json) -> bool:
    return command.partition("@")[2].lower() == str(bot["username"]).lower()


def _commands(message: Json) -> list[str]:
    units = shown_text(message).encode("utf-16-le")
    return [
        units[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le")
        for e in shown_entities(message)
        if e["type"] == "bot_command"
    ]


def _is_stand_in(message: Json) -> bool:
    """Whether a chat speaks, or Telegram itself, through an account that counts as a bot."""
    return "sender_chat" in message or any(name in message for name in _SERVICE)
