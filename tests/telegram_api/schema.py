"""
The Bot API as a schema: what a method takes, what an object holds, how long a string may be.

``schema.json`` lists every method and type of Bot API 10.0 without prose: a field is
``[types, required, limit, constant]``, a limit ``[low, high, "characters" or "bytes",
after entities are parsed]`` or null. `derive_schema.py` beside it makes it from the
schema in the source distribution of aiogram 3.28.2 (MIT).

What Telegram demands beyond the schema (markup, keyboards, state) is not here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from telegram_api.records import Upload

Field = tuple[list[str], bool, list[Any] | None, str | None]

# Bot API says "1-4096 characters", and parses it as it parses sendMessage's text.
_MEASURED_AFTER_PARSING = {("InputTextMessageContent", "message_text")}
_ARRAY = "Array of "
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,19}")
_INT64 = 2**63


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, the unit of every offset and limit of Telegram's."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(frozen=True)
class Schema:
    """The Bot API's methods and types; see the module for the form of a field."""

    methods: Mapping[str, Mapping[str, Field]]
    returns: Mapping[str, list[str]]
    types: Mapping[str, Mapping[str, Field]]
    subtypes: Mapping[str, list[str]]

    def decode(
        self, method: str, given: Mapping[str, Any], files: Mapping[str, Upload]
    ) -> tuple[dict[str, Any], list[str]]:
        """
        The parameters of a call as values, and what is wrong with them.

        Args:
            method: A method of the schema.
            given: The fields of the request: text as a form has it, or JSON values.
            files: The files of a multipart request, by field.
        """
        fields = self.methods[method]
        params: dict[str, Any] = {}
        for name, value in given.items():
            types = fields[name][0] if name in fields else ["String"]
            params[name] = _file(_value(value, types), types, files)
        for name, upload in files.items():
            if name in fields:
                params.setdefault(name, upload)
        return params, self._object_problems(params, method, fields, method)

    def problems(self, value: Any, types: Sequence[str], where: str) -> list[str]:
        """In words, why *value* is of none of *types*; empty if it is of one."""
        if len(types) == 1 and types[0] not in self.subtypes:
            return self._problems(value, types[0], where)
        tried = [self._problems(value, kind, where) for kind in self._members(value, types)]
        return min(tried, key=len) if tried else [f"{where}: of no type of {list(types)}"]

    def _members(self, value: Any, types: Sequence[str]) -> list[str]:
        """The types without unions, those first whose constant fields agree with *value*."""
        flat = [kind for name in types for kind in self.subtypes.get(name, [name])]
        if not isinstance(value, dict):
            return flat
        agreeing = [
            kind
            for kind in flat
            if all(
                value.get(name) == field[3]
                for name, field in self.types.get(kind, {}).items()
                if field[3] is not None
            )
        ]
        return agreeing or flat

    def _problems(self, value: Any, kind: str, where: str) -> list[str]:
        if kind.startswith(_ARRAY):
            if not isinstance(value, list):
                return [f"{where}: no array"]
            inner = [kind.removeprefix(_ARRAY)]
            return [
                problem
                for at, item in enumerate(value)
                for problem in self.problems(item, inner, f"{where}[{at}]")
            ]
        if kind == "InputFile":
            return [] if isinstance(value, Upload) else [f"{where}: no file"]
        if kind in self.types:
            if not isinstance(value, dict):
                return [f"{where}: no object of type {kind}"]
            return self._object_problems(value, kind, self.types[kind], where)
        return [] if _is_primitive(value, kind) else [f"{where}: {value!r:.60} is no {kind}"]

    def _object_problems(
        self, value: Mapping[str, Any], kind: str, fields: Mapping[str, Field], where: str
    ) -> list[str]:
        problems = [
            f"{where}.{name}: missing"
            for name, field in fields.items()
            if field[1] and name not in value
        ]
        for name, item in value.items():
            if name not in fields:
                problems.append(f"{where}.{name}: unknown in {kind}")
                continue
            types, _, limit, constant = fields[name]
            problems += self.problems(item, types, f"{where}.{name}")
            if constant is not None and item != constant:
                problems.append(f"{where}.{name}: {item!r:.60} is not {constant!r}")
            if limit and isinstance(item, str) and (kind, name) not in _MEASURED_AFTER_PARSING:
                problems += _limit_problems(item, limit, f"{where}.{name}")
        return problems


@cache
def load_schema() -> Schema:
    """The schema beside this module."""
    data = json.loads(Path(__file__).with_name("schema.json").read_text(encoding="utf-8"))
    return Schema(data["methods"], data["returns"], data["types"], data["subtypes"])


def _limit_problems(text: str, limit: Sequence[Any], where: str) -> list[str]:
    low, high, unit, after_entities = limit
    if after_entities:
        return []  # measured where the entities are parsed
    size = len(text.encode()) if unit == "bytes" else utf16_length(text)
    return [] if low <= size <= high else [f"{where}: {size} {unit}, not {low} to {high}"]


def _is_primitive(value: Any, kind: str) -> bool:
    match kind:
        case "Integer":
            return type(value) is int and -_INT64 <= value < _INT64
        case "Float":
            return type(value) in {int, float}
        case "Boolean":
            return type(value) is bool
        case "True":
            return value is True
        case "String":
            return isinstance(value, str)
    raise ValueError(f"no type of the schema: {kind!r}")


def _value(value: Any, types: Sequence[str]) -> Any:
    """A form's text as the value that *types* ask for; unchanged where it is none."""
    if not isinstance(value, str):
        return value
    if "Integer" in types and _WHOLE_NUMBER.fullmatch(value):
        return int(value)
    if "String" in types:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _file(value: Any, types: Sequence[str], files: Mapping[str, Upload]) -> Any:
    if "InputFile" in types and isinstance(value, str) and value.startswith("attach://"):
        return files.get(value.removeprefix("attach://"), value)
    return value
