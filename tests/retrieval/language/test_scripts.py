import unicodedata

import pytest

from retrieval.language.scripts import (
    base_language,
    class_of,
    combining_marks,
    count_scripts,
    script_of,
    scripts_of,
)


@pytest.mark.parametrize(
    ("chars", "script"),
    [
        ("aZéşŻấẞ", "Latn"),
        ("αΩάἀς", "Grek"),
        ("яЁїґқ", "Cyrl"),
        ("אםּ", "Hebr"),
        ("عگیة", "Arab"),
        ("हिँ", "Deva"),
        ("東东㐀𠀀々", "Hani"),
        ("のん", "Hira"),
        ("ロー", "Kana"),
        ("가ᄀㅏ", "Hang"),
        ("กิ์", "Thai"),
        ("ກ", "Laoo"),
        ("កា", "Khmr"),
        ("မြ", "Mymr"),
        ("ქ", "Geor"),
        ("0٣५ .,。・😀\u0301\x00๑", "Zyyy"),
    ],
)
def test_script_of(chars, script):
    assert {script_of(char) for char in chars} == {script}


def test_count_scripts_leaves_out_what_has_none():
    assert count_scripts("NATO 与 Россия, 2025 😀") == {"Latn": 4, "Hani": 1, "Cyrl": 6}


def test_count_scripts_of_nothing():
    assert count_scripts("") == {}


@pytest.mark.parametrize(
    ("tag", "base"),
    [
        ("en", "en"),
        ("en-US", "en"),
        ("zh-Hant-TW", "zh"),
        ("PT_br", "pt"),
        ("und", None),
        ("", None),
        (None, None),
    ],
)
def test_base_language(tag, base):
    assert base_language(tag) == base


def test_scripts_of():
    assert scripts_of("ja") == ("Hani", "Hira", "Kana")
    assert scripts_of("uk") == ("Cyrl",)
    assert scripts_of("sw") == ("Latn",)


def test_class_of_is_the_inside_of_a_character_class():
    assert class_of("Thai") == "ก-ฺเ-๎"


def test_combining_marks_are_all_marks_of_the_scripts_of_news():
    ranges = combining_marks()
    covered = {
        chr(code)
        for first, last in zip(ranges[::3], ranges[2::3], strict=True)
        for code in range(ord(first), ord(last) + 1)
    }
    marks = {
        chr(code)
        for code in range(0x0300, 0xFE30)
        if unicodedata.category(chr(code)).startswith("M")
    }

    assert {char for char in covered if ord(char) < 0xFE30} == marks
