"""Files on their way to the bot: getFile, and what its link leads to."""

from __future__ import annotations

from telegram_api.records import Json, Upload, bad_request, bot_fault
from telegram_api.state import State

MAX_DOWNLOAD = 20 * 2**20  # bytes that a bot may fetch
_FOLDER = "documents"


def get_file(state: State, params: Json) -> Json:
    """What a file is and where it can be fetched."""
    file_id = params["file_id"]
    upload = state.files.get(file_id)
    if upload is None:
        raise bot_fault("wrong file_id or the file is temporarily unavailable")
    if len(upload.body) > MAX_DOWNLOAD:
        raise bad_request("file is too big")
    return {
        "file_id": file_id,
        "file_unique_id": file_id.removeprefix("AgAD"),
        "file_size": len(upload.body),
        "file_path": f"{_FOLDER}/{file_id}",
    }


def file_at(state: State, path: str) -> Upload | None:
    """The file behind the *path* that getFile gave; None if there is none."""
    folder, _, file_id = path.partition("/")
    return state.files.get(file_id) if folder == _FOLDER else None
