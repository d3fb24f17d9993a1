"""What is written behind the commands of alerts, and the data behind their buttons."""

from __future__ import annotations

from datetime import time

import pytest

from bot.alerts.hours import DigestTime, Quiet
from bot.telegram.alert_presses import _LETTERS, AlertAction, AlertPress
from bot.telegram.handlers.alert_words import read_digest, read_hours, split_chat, split_number


@pytest.mark.parametrize(
    ("text", "chat", "rest"),
    [
        ("@wire flood", "@wire", "flood"),
        ("  @wire", "@wire", ""),
        ("t.me/wire flood", "@wire", "flood"),
        ("https://t.me/wire flood OR storm", "@wire", "flood OR storm"),
        ("-1001234567890 flood", -1001234567890, "flood"),
        ("-1234567 flood", -1234567, "flood"),
        ("-football flood", None, "-football flood"),
        ("-2024 flood", None, "-2024 flood"),
        ("@we flood", None, "@we flood"),
        ("@wire-x flood", None, "@wire-x flood"),
        ("@проба flood", None, "@проба flood"),
        ("https://t.me/+secret flood", None, "https://t.me/+secret flood"),
        ('"joint patrol"  Riga\nflood', None, '"joint patrol"  Riga\nflood'),
        ("漢字 😀", None, "漢字 😀"),
        ("مطر", None, "مطر"),
        ("", None, ""),
    ],
)
def test_a_chat_is_named_before_the_rest(text: str, chat: str | int | None, rest: str) -> None:
    assert split_chat(text) == (chat, rest)


@pytest.mark.parametrize(
    ("text", "number", "rest"),
    [
        ("2 flood", 2, "flood"),
        ("2", 2, ""),
        ("3 flood", None, "3 flood"),
        ("0 flood", None, "0 flood"),
        ("2024 flood", None, "2024 flood"),
        ("2nd flood", None, "2nd flood"),
        ("٢ flood", None, "٢ flood"),
        ("", None, ""),
    ],
)
def test_a_number_of_the_list_is_told_from_words(text: str, number: int | None, rest: str) -> None:
    assert split_number(text, 2) == (number, rest)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("daily 08:00", DigestTime(time(8))),
        ("08:30", DigestTime(time(8, 30))),
        ("8 pm", DigestTime(time(20))),
        ("weekly mon 08:00", DigestTime(time(8), 0)),
        ("Weekly Sunday 8", DigestTime(time(8), 6)),
        ("fri 18:00", DigestTime(time(18), 4)),
        ("еженедельно пт 18:00", DigestTime(time(18), 4)),
        ("semanal miércoles 9", DigestTime(time(9), 2)),
        ("每週 週三 9:00", DigestTime(time(9), 2)),
        ("off", "off"),
        ("выкл", "off"),
        ("关", "off"),
        ("weekly 08:00", None),
        ("weekly", None),
        ("daily", None),
        ("daily 25:00", None),
        ("noon", None),
        ("😀", None),
        ("", None),
    ],
)
def test_the_time_of_a_digest_is_read(text: str, found: object) -> None:
    assert read_digest(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("22:00-07:00", Quiet(time(22), time(7))),
        ("22 to 7 silent", Quiet(time(22), time(7), is_silent=True)),
        ("22:00–07:00 静音", Quiet(time(22), time(7), is_silent=True)),
        ("22:00 - 07:00 Silencio", Quiet(time(22), time(7), is_silent=True)),
        ("OFF", "off"),
        ("silent", None),
        ("22:00", None),
        ("22:00-22:00", None),
        ("", None),
    ],
)
def test_quiet_hours_are_read(text: str, found: object) -> None:
    assert read_hours(text) == found


@pytest.mark.parametrize("action", _LETTERS)
def test_data_comes_back_as_the_press_and_fits(action: AlertAction) -> None:
    press = AlertPress(action, -(2**63), 2**63 - 1)

    assert AlertPress.parse(press.data) == press
    assert len(press.data.encode()) <= 64
    assert press.data.startswith("w:")


def test_letters_are_different() -> None:
    assert len(set(_LETTERS.values())) == len(_LETTERS)


@pytest.mark.parametrize(
    "data",
    [
        *("", "w:", "w:o", "w:o:1", "w:o:1:", "w:o::1", "w:o:1:1:1", "w:?:1:1", "w:j:1:1"),
        *("a:1:0:0", "w:o:1:-1", "w:o:--1:1", "w:o:١:1", "w:o:1:1\n", "W:o:1:1", "w:o:0x1:1"),
        *(f"w:o:{2**63}:0", f"w:o:0:{2**63}", f"w:o:-{2**63 + 1}:0", "漢字", "w:o:1e3:1"),
    ],
)
def test_data_of_another_making_is_none(data: str) -> None:
    assert AlertPress.parse(data) is None
