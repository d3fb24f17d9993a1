"""The chat in the README is what the bot says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Serve
    from telegram_api import Sent

README = Path(__file__).parents[3] / "README.md"


def drawn(sent: Sent) -> str:
    """A message as the README shows it: its text, then its buttons."""
    rows = [" ".join(f"[{text}]" for text, _ in row) for row in sent.buttons]
    lines = "\n".join([sent.text, *rows]).split("\n")
    return "\n".join(f"  {line}" if line else "" for line in lines)


def test_the_chat_of_the_readme(serve: Serve, demo_folder: Path, tmp_path: Path) -> None:
    [block] = re.findall(r"^```chat\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)
    turns = [turn.partition("\n\n") for turn in block.split("Ada ▸ ")[1:]]
    assert len(turns) >= 3
    folder = tmp_path / "desk"
    shutil.copytree(demo_folder, folder)
    (folder / ".env").write_text("CLIPDESK_QUOTES=1\n")
    served = serve(folder=folder)
    ada, chat = served.person()

    for question, _, answer in turns:
        assert drawn(served.ask(chat, ada, question)) == answer.rstrip("\n"), question
