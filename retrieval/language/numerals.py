"""
Numbers as people write them, read into one form: ``1,234.5``, ``1.234,5``, ``1 234,5``.

Amounts in words and units of measure are not read here; see questions.py for kinds of
numbers.
"""

from __future__ import annotations

import re

_DECIMAL_COMMA = (
    "be bg ca cs da de el es et eu fi fr gl hr hu id is it lt lv nb nl nn no pl pt ro ru sk sl sr"
    " sv tr uk vi"
)
_SPACED_GROUPS = "be bg cs et fi fr hu lt lv nb nn no pl ru sk sv uk"

# What may be written without a space behind a number: 10km, $5bn, 8am.
_UNITS = "am bn cm ft gb gw kg khz km kmh kw lb m mb mhz mm mn mph mw pm tn"


def has_decimal_comma(lang: str | None) -> bool:
    """Whether a language writes 1.234,5 for what is 1,234.5 in English."""
    return lang in _DECIMAL_COMMA.split()


def has_spaced_groups(lang: str | None) -> bool:
    """Whether a language writes 10 000 with a space, be it one that does not break or a common one."""
    return lang in _SPACED_GROUPS.split()


def is_unit(suffix: str) -> bool:
    """Whether *suffix* is a unit that is written without a space behind a number."""
    return suffix.casefold() in _UNITS.split()


def _join_groups(groups: list[str]) -> str | None:
    """The digits, if these are the groups that a large number is written in."""
    first, others = groups[0], groups[1:]
    is_number = len(first) <= 3 and not first.startswith("0") and {len(g) for g in others} == {3}
    return "".join(groups) if is_number else None


def read_number(raw: str, *, decimal_comma: bool) -> str | None:
    """
    The number without group separators and with a decimal point.

    Args:
        raw: ASCII digits with single ``.``, ``,`` or ``'`` between them.
        decimal_comma: How a single separator is read where both readings are possible
            (``1.300``).

    Returns:
        None for what is several numbers (``1999,2000``); what is neither, as versions
        and addresses are (``192.168.0.1``), as it stands.
    """
    groups = re.split("[.,']", raw)
    separators = re.sub(r"\d", "", raw)
    if len(separators) == 1:
        return _read_single(groups, separators, decimal_comma=decimal_comma)
    kinds = len(set(separators))
    if kinds == 2 and len(set(separators[:-1])) == 1:  # 1,234,567.8
        whole = _join_groups(groups[:-1])
        return None if whole is None else f"{whole}.{groups[-1]}"
    if kinds == 1:  # 1,234,567
        return _join_groups(groups) or (raw if separators[0] == "." else None)
    return None if kinds else raw


def _read_single(groups: list[str], separator: str, *, decimal_comma: bool) -> str | None:
    may_group = separator in {"'", "." if decimal_comma else ","}
    whole = _join_groups(groups) if may_group else None
    if whole is not None:
        return whole
    # A comma between more than two digits parts two numbers in English.
    is_list = separator == "'" or (separator == "," and not decimal_comma and len(groups[1]) > 2)
    return None if is_list else ".".join(groups)


def read_day(raw: str) -> str | None:
    """``24.11.2025`` as ``2025-11-24``; None if there is no such day or month."""
    day, month, year = raw.split(".")
    if 1 <= int(day) <= 31 and 1 <= int(month) <= 12:
        return f"{year}-{int(month):02}-{int(day):02}"
    return None
