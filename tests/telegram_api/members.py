"""What somebody is in a chat, as ChatMember objects, and the 403 that the bot's own brings."""

from __future__ import annotations

from telegram_api.records import Json

_ADMIN_RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
_MEMBER_RIGHTS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)

# (what the bot is now, the chat's type) -> Telegram's words
REFUSALS = {
    ("kicked", "private"): "Forbidden: bot was blocked by the user",
    ("left", "private"): "Forbidden: bot was blocked by the user",
    ("kicked", "group"): "Forbidden: bot was kicked from the group chat",
    ("left", "group"): "Forbidden: bot is not a member of the group chat",
    ("kicked", "supergroup"): "Forbidden: bot was kicked from the supergroup chat",
    ("left", "supergroup"): "Forbidden: bot is not a member of the supergroup chat",
    ("kicked", "channel"): "Forbidden: bot was kicked from the channel chat",
    ("left", "channel"): "Forbidden: bot is not a member of the channel chat",
}


def chat_member(user: Json, status: str, *, channel: bool = False) -> Json:
    """
    The ChatMember of that status.

    Raises:
        ValueError: If there is no such status.
    """
    member: Json = {"user": user, "status": status}
    match status:
        case "creator":
            return member | {"is_anonymous": False}
        case "administrator":
            rights = dict.fromkeys(_ADMIN_RIGHTS, False) | {"can_manage_chat": True}
            if channel:
                rights |= {"can_post_messages": True, "can_edit_messages": True}
            return member | rights
        case "restricted":
            rights = dict.fromkeys(_MEMBER_RIGHTS, True) | {"is_member": True}
            return member | rights | {"until_date": 0}
        case "kicked":
            return member | {"until_date": 0}
        case "member" | "left":
            return member
    raise ValueError(f"no status of a member: {status!r}")
