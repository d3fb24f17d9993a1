"""
The environment's variables, as far as that is not the matter of one setting: which names
there are, and how lists, ids and hosts are written.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from dotenv.parser import parse_stream

_OF_KUBERNETES = re.compile(r"SERVICE_(?:HOST|PORT.*)|PORT(?:_[0-9].*)?")
"""What it sets for a service that is called clipdesk."""

_ID = re.compile(r"-?[0-9]{1,16}", re.ASCII)
_MOST_ID = 2**52
"""Telegram's ids have at most 52 significant bits."""

# A name or an address, with a port or without.
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|(?P<name>[^\s/@:\[\]]+))(?P<port>:[0-9]{1,5})?")


def names_in(path: Path, prefix: str) -> list[str]:
    """
    The names that the file at *path* sets; none if there is no file.

    Raises:
        OSError: If it cannot be read.
        ValueError: If a line that seems to be for us cannot; the library would leave it out,
            with a warning in words of its own.
    """
    if not path.is_file():
        return []
    with path.open(encoding="utf-8") as file:
        lines = list(parse_stream(file))
    logging.getLogger("dotenv").setLevel(logging.ERROR)  # of others' lines it need not warn
    for line in lines:
        if line.error and prefix in line.original.string.upper():
            raise ValueError(f"{path}, line {line.original.line}: not NAME=value; correct it")
    return [line.key for line in lines if line.key is not None]


def check_names(names: Iterable[str], prefix: str, fields: Iterable[str]) -> None:
    """
    Check that those of *names* that begin with *prefix* are settings of ours.

    Raises:
        ValueError: If one is not; with the one that may be meant.
    """
    known = [field.upper() for field in fields]
    for name in names:
        ours, _, rest = name.upper().partition(prefix)
        if ours or not rest or rest in known or _OF_KUBERNETES.fullmatch(rest):
            continue
        close = get_close_matches(rest, known, 1)
        advice = f"is {prefix}{close[0]} meant?" if close else "see .env.example"
        raise ValueError(f"{prefix}{rest}: there is no such setting; {advice}")


def split_list(text: str) -> Any:
    """A list written as JSON (``["a", "b"]``) or with commas (``a, b``)."""
    if text.lstrip().startswith("["):
        try:
            return json.loads(text)
        except ValueError as e:
            raise ValueError(f"not a JSON list: {text!r}") from e
    return [part.strip() for part in text.split(",") if part.strip()]


def read_ids(value: Any) -> list[int] | None:
    """
    Telegram's ids in *value*; None if it is anything else, or none at all.

    A list that was set holds somebody: an empty one of those who may ask means everyone.
    """
    try:
        parts = split_list(value) if isinstance(value, str) else value
    except ValueError:
        return None
    if not isinstance(parts, list | tuple) or (isinstance(value, str) and not parts):
        return None
    ids = []
    for part in parts:
        if isinstance(part, bool) or not _ID.fullmatch(str(part)):
            return None
        ids.append(int(part))
    return ids if all(0 < abs(each) < _MOST_ID for each in ids) else None


def is_host(text: str, *, with_port: bool = False) -> bool:
    """Whether *text* is a name that a name server can be asked for, or an address."""
    found = _HOST.fullmatch(text)
    if found is None or (found["port"] is not None and not with_port):
        return False
    try:
        return found["name"] is None or bool(found["name"].encode("idna"))
    except UnicodeError:  # a part that is empty, or too long
        return False
