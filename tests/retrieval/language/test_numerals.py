import pytest

from retrieval.language.numerals import (
    has_decimal_comma,
    has_spaced_groups,
    is_unit,
    read_day,
    read_number,
)


@pytest.mark.parametrize(
    ("raw", "with_point", "with_comma"),
    [
        ("7", "7", "7"),
        ("007", "007", "007"),
        ("1,234", "1234", "1.234"),
        ("1.234", "1.234", "1234"),
        ("1,234.5", "1234.5", "1234.5"),
        ("1.234,5", "1234.5", "1234.5"),
        ("1,234,567", "1234567", "1234567"),
        ("1,234,567.89", "1234567.89", "1234567.89"),
        ("3,5", "3.5", "3.5"),
        ("1.5", "1.5", "1.5"),
        ("0.300", "0.300", "0.300"),
        ("2001,300", None, "2001.300"),
        ("1999,2000", None, "1999.2000"),
        ("1,2,3", None, None),
        ("1.2.3", "1.2.3", "1.2.3"),
        ("192.168.0.1", "192.168.0.1", "192.168.0.1"),
        ("5'000", "5000", "5000"),
        ("5'00", None, None),
        ("1,2.3,4", None, None),
        ("12,34.5", None, None),
    ],
)
def test_read_number(raw, with_point, with_comma):
    assert read_number(raw, decimal_comma=False) == with_point
    assert read_number(raw, decimal_comma=True) == with_comma


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("24.11.2025", "2025-11-24"),
        ("1.2.2025", "2025-02-01"),
        ("32.1.2025", None),
        ("1.13.2025", None),
    ],
)
def test_read_day(raw, day):
    assert read_day(raw) == day


def test_habits_of_languages():
    assert [has_decimal_comma(lang) for lang in ("de", "en", "zh", None)] == [
        True,
        False,
        False,
        False,
    ]
    assert [has_spaced_groups(lang) for lang in ("ru", "de", "en", None)] == [
        True,
        False,
        False,
        False,
    ]
    assert [is_unit(suffix) for suffix in ("km", "KM", "rd", "")] == [True, True, False, False]
