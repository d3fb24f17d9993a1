"""
Every sentence that a user can see, one catalogue a language beside this file.

A catalogue is TOML: tables nest keys (``reason.no_match``), a value is a template
with named places (``{count}``), and a table of plural forms (``one``, ``other``)
is read with `count`. Log and error text of the library is not here: it is written
where it is raised.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files


def _russian(n: int) -> str:
    if n % 10 == 1 and n % 100 != 11:
        return "one"
    if n % 10 in {2, 3, 4} and n % 100 not in {12, 13, 14}:
        return "few"
    return "many"


PLURAL_RULES: Mapping[str, Callable[[int], str]] = {
    "en": lambda n: "one" if n == 1 else "other",
    "es": lambda n: "one" if n == 1 else "other",
    "ru": _russian,
    "zh-Hans": lambda _: "other",
    "zh-Hant": lambda _: "other",
}
"""
Which form a whole number takes, by language (Unicode CLDR's cardinal rules).

Two of CLDR's forms are left out: Spanish ``many`` is for round millions ("un millón de
artículos"), which nothing counted here comes to; Russian ``other`` is for fractions.
"""


class Messages:
    """
    The catalogue of one language, read at the first look-up.

    A missing key is a KeyError; places and values that do not match are a ValueError:
    both are bugs, and tests/bot/test_messages.py finds them in every call of `bot`.
    """

    def __init__(self, lang: str = "en") -> None:
        self.lang = lang

    def text(self, key: str, /, **values: object) -> str:
        """The sentence under *key* with its places filled; *values* must be exactly those."""
        template = _catalogue(self.lang)[key]
        wanted = places(template)
        if wanted != values.keys():
            raise ValueError(f"{key!r} takes {sorted(wanted)}, not {sorted(values)}")
        return template.format_map(values)

    def count(self, key: str, n: int, /, **values: object) -> str:
        """
        The form of *key* for *n* things.

        ``{count}`` is *n* with its digits grouped; a form may do without it ("one article").
        """
        form = f"{key}.{PLURAL_RULES[self.lang](n)}"
        if "count" in places(_catalogue(self.lang)[form]):
            values["count"] = self.number(n)
        return self.text(form, **values)

    def find(self, key: str) -> str | None:
        """The sentence under *key*, None where the catalogue has none (names of features grow)."""
        return _catalogue(self.lang).get(key)

    def places(self, key: str) -> set[str]:
        """The names of the places in the sentence under *key*."""
        return places(_catalogue(self.lang)[key])

    def number(self, n: int) -> str:
        """*n* with its thousands grouped."""
        return f"{n:,}".replace(",", self.text("number.group"))

    def month(self, month: int) -> str:
        """The short name of *month*, 1 to 12."""
        return self.text("date.months").split()[month - 1]


def languages() -> tuple[str, ...]:
    """The languages that have a catalogue, sorted."""
    names = (entry.name for entry in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def places(template: str) -> set[str]:
    """The names of the places in *template*."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


@cache
def _catalogue(lang: str) -> Mapping[str, str]:
    raw = files(__name__).joinpath(f"{lang}.toml").read_text(encoding="utf-8")
    return dict(_flat(tomllib.loads(raw), ""))


def _flat(table: Mapping[str, object], prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            found += _flat(value, f"{prefix}{key}.")
        elif isinstance(value, str):
            found.append((prefix + key, value))
        else:
            raise TypeError(f"a message must be text: {prefix + key!r} is {value!r}")
    return found
