from itertools import pairwise

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from bot.render.lines import CLOSING, break_line, visible, visible_line, width


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("", ""),
        ("Plain text.", "Plain text."),
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("\x1b]52;c;cm0=\x07", "␛]52;c;cm0=␇"),
        ("\x9b2J\x80", "�2J�"),
        ("\x00\x08\x7f", "␀␈␡"),
        ("abc\u202etxt.exe\u202c", "abc�txt.exe�"),
        ("\u2066a\u2069\u061c", "�a��"),
        ("\ud800", "�"),
        ("one\ntwo\r\nthree\rfour", "one two three four"),
        ("one \n\n two\r\n \r\n\r\nthree", "one\ntwo\nthree"),
        ("tab\there\u2028there", "tab here there"),
        ("a\x1cb\x1fc", "a␜b␟c"),
        ("עברית \u200f(א)\u200e", "עברית \u200f(א)\u200e"),
        ("می\u200cخواهم 👩\u200d🚀 濱海", "می\u200cخواهم 👩\u200d🚀 濱海"),
    ],
)
def test_what_a_terminal_would_act_on_is_shown_instead(text: str, seen: str) -> None:
    assert visible(text) == seen


def test_visible_line_has_no_line_break() -> None:
    assert visible_line("  a\n\n b ") == "a b"


@given(st.text(st.one_of(st.characters(), st.sampled_from("\x1b\x9b\u202e\ud800\n\r \x07[]"))))
def test_nothing_that_moves_the_cursor_is_left(text: str) -> None:
    seen = visible(text)

    assert not regex.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", seen)
    seen.encode("utf-8")
    assert "\n" not in visible_line(text)
    assert visible_line(visible_line(text)) == visible_line(text)


def broken(text: str, columns: int) -> list[str]:
    cuts = [0, *break_line(text, columns), len(text)]
    return [text[start:stop] for start, stop in pairwise(cuts)]


@pytest.mark.parametrize(
    ("text", "columns", "expected"),
    [
        ("", 10, [""]),
        ("short", 10, ["short"]),
        ("exactly it", 10, ["exactly it"]),
        ("exactly it is", 10, ["exactly it ", "is"]),
        ("one two three", 8, ["one two ", "three"]),
        ("incomprehensible", 6, ["incomp", "rehens", "ible"]),
        ("a incomprehensible", 6, ["a ", "incomp", "rehens", "ible"]),
        ("Itar-Tass said", 8, ["Itar-Tas", "s said"]),
        ("an Itar-Tass man", 11, ["an ", "Itar-Tass ", "man"]),
        ("gone—they said", 8, ["gone—", "they ", "said"]),
        ("1939—1945", 6, ["1939—1", "945"]),
        ("in 1939-1945 it", 8, ["in ", "1939-194", "5 it"]),
        ("濱海公園重新開放", 6, ["濱海公", "園重新", "開放"]),
        ("濱海公園重新開放", 7, ["濱海公", "園重新", "開放"]),
        ("濱海公園，重新開放", 8, ["濱海公", "園，重新", "開放"]),
        ("濱海「公園」開放", 6, ["濱海", "「公", "園」開", "放"]),
        ("see 濱海公園 now", 8, ["see 濱海", "公園 now"]),
        ("濱", 1, ["濱"]),
        ("濱海", 1, ["濱", "海"]),
        ("👩‍🚀👩‍🚀👩‍🚀", 4, ["👩‍🚀👩‍🚀", "👩‍🚀"]),
        ("أعيد فتح الجسر", 9, ["أعيد فتح ", "الجسر"]),
    ],
)
def test_lines_break_where_a_reader_expects(text: str, columns: int, expected: list[str]) -> None:
    assert broken(text, columns) == expected


@given(
    st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("ab -港，「」👩\u0301ي"))),
    st.integers(1, 40),
)
def test_no_line_is_too_wide_and_no_word_is_lost(text: str, columns: int) -> None:
    text = visible_line(text)

    made = broken(text, columns)

    assert "".join(made) == text
    for line in made:
        shown = line.rstrip()
        assert (
            sum(map(width, regex.findall(r"\X", shown))) <= columns
            or len(regex.findall(r"\X", shown)) == 1
        )


def test_a_closing_mark_begins_no_line() -> None:
    text = "濱海公園，重新開放。" * 20

    starts = {line[0] for n in range(4, 30) for line in broken(text, n)}

    assert not starts & CLOSING
