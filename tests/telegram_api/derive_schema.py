"""
Makes ``schema.json`` from the Bot API's schema in the source distribution of aiogram (MIT).

    pip download --no-deps --no-binary aiogram aiogram==3.28.2
    tar xzf aiogram-3.28.2.tar.gz
    python tests/telegram_api/derive_schema.py aiogram-3.28.2/.butcher/schema/schema.json

Its prose says what a limit, a constant, a union and a result are; only those facts are
kept. The form of the file is told in `schema.py`.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

Item = dict[str, Any]

TARGET = Path(__file__).with_name("schema.json")
_LIMIT = re.compile(
    r"\b([0-9]+)-([0-9]+) (characters|bytes)( after entities? parsing)?", re.IGNORECASE
)
_CONSTANT = re.compile(r"must be ([a-z0-9_]+)$")
_LISTED = re.compile(r"^ *- (\w+)$", re.MULTILINE)
_PLAIN = {"Int": "Integer", "Integer": "Integer", "String": "String", "True": "Boolean"}


def derive(source: Item) -> Item:
    """The schema as `schema.py` reads it."""
    items = [item for group in source["items"] for item in group["children"]]
    methods = [item for item in items if item["category"] == "methods"]
    types = [item for item in items if item["category"] == "types"]
    names = {item["name"] for item in types}
    return {
        "api": source["api"],
        "methods": {item["name"]: _fields(item) for item in methods},
        "returns": {item["name"]: _result(item["description"], names) for item in methods},
        "subtypes": {item["name"]: members for item in types if (members := _members(item, names))},
        "types": {item["name"]: _fields(item) for item in types},
    }


def _fields(item: Item) -> Item:
    return {field["name"]: _field(field) for field in item["annotations"]}


def _field(field: Item) -> list[Any]:
    limit = _LIMIT.search(field["description"])
    constant = (
        _CONSTANT.search(field["description"]) if field["name"] in ("type", "source") else None
    )
    return [
        _types(field["type"]),
        field["required"],
        [int(limit[1]), int(limit[2]), limit[3].lower(), bool(limit[4])] if limit else None,
        constant[1] if constant else None,
    ]


def _types(words: str) -> list[str]:
    arrays, _, names = words.rpartition("Array of ")
    prefix = f"{arrays}Array of " if "Array of " in words else ""
    return [prefix + name for name in re.split(r", | or | and ", names)]


def _members(item: Item, names: set[str]) -> list[str]:
    """The types that a union is of, which it lists; empty for a type with fields."""
    if item["annotations"]:
        return []
    return [name for name in _LISTED.findall(item["description"]) if name in names]


def _result(description: str, names: set[str]) -> list[str]:
    """What a method gives, by the first type that a sentence about its result names."""
    sentences = re.split(r"(?<=[.,])\s", description)
    for sentence in (
        one for one in sentences if re.search(r"\breturn(s|ed)\b", one, re.IGNORECASE)
    ):
        for word in re.findall(r"\w+", sentence):
            if word in _PLAIN or word in names:
                array = (
                    "Array of " if re.search(rf"\barray of {word}", sentence, re.IGNORECASE) else ""
                )
                return [array + _PLAIN.get(word, word)]
    raise ValueError(f"no result in {description!r}")


def _text(schema: Item) -> str:
    """As JSON, a line for each method and type, so that a change can be read."""
    sections = []
    for name, section in sorted(schema.items()):
        lines = [f"{_compact(key)}: {_compact(value)}" for key, value in sorted(section.items())]
        sections.append(f"{_compact(name)}: {{\n" + ",\n".join(lines) + "\n}")
    return "{\n" + ",\n".join(sections) + "\n}\n"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def main() -> None:
    source = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    TARGET.write_text(_text(derive(source)), encoding="utf-8")


if __name__ == "__main__":
    main()
