"""What is cut at the edges of a newsletter, and what looks like it and stays."""

import pytest

from retrieval.sources.newsletter import is_stub, joined_lines, without_machinery

STORY = "The ferry runs again.\n\nCaptain Brandt said that the engine is new."


@pytest.mark.parametrize(
    "line",
    [
        "View in browser",
        "View this email in your browser (https://x.example/v?a=b)",
        "View this email in your browser <https://x.example/v>",
        "[View online](https://x.example/v)",
        "*** Unsubscribe ***",
        "Unsubscribe from this list: https://x.example/u",
        "To unsubscribe, click here: https://x.example/u",
        "Unsubscribe | Manage preferences | Privacy policy",
        "You are receiving this email because you signed up at x.example.",
        "This email was sent to ada@x.example.",
        "Copyright © 2024 Harbour Courier. All rights reserved.",
        "© 2024 Harbour Courier",
        "Trouble viewing this email? View it online",
        "Ver este correo en el navegador",
        "Darse de baja",
        "Im Browser ansehen",
        "Voir en ligne",
        "Открыть письмо в браузере",
        "Отписаться от рассылки",
        "在瀏覽器中檢視",
        "取消订阅",
    ],
)
def test_without_machinery_cuts_it_at_both_edges_only(line: str) -> None:
    assert without_machinery(f"{line}\n\n{STORY}\n\n{line}\n") == STORY
    inside = STORY.replace("\n\n", f"\n{line}\n")
    assert without_machinery(inside) == inside


@pytest.mark.parametrize(
    "line",
    [
        "View from the harbour: the ferry returns",
        "Readers unsubscribe in thousands after the price rise",
        "Help is on its way",
        "Contact us",
        "Copyright law changes in March",
        "https://x.example/story",
        "-- ",
        "📰",
        "خدمة العبّارة تعود",
    ],
)
def test_without_machinery_leaves_what_may_be_news(line: str) -> None:
    text = f"{line}\n{STORY}\n{line}"

    assert without_machinery(text) == text.strip()


def test_without_machinery_passes_addresses_and_rules_on_the_way() -> None:
    text = f"https://x.example/logo\n-----\nView in browser\nhttps://x.example\n\n{STORY}\n====\nUnsubscribe\nhttps://x.example/u\n"

    assert without_machinery(text) == f"https://x.example\n\n{STORY}\n===="


def test_without_machinery_drops_the_filling_of_a_preview() -> None:
    assert without_machinery("\u034f \u200c \u00a0\n" + STORY + "\n\u200b") == STORY


@pytest.mark.parametrize("line", ["(" * 300_000, "-" * 300_000 + "x", "http://" * 50_000])
def test_without_machinery_in_long_lines_takes_no_time(line: str) -> None:
    assert without_machinery(line) == line
    assert is_stub(line, STORY) is True


@pytest.mark.parametrize("text", ["", "\n \n", "View in browser\nUnsubscribe", "Unsubscribe"])
def test_without_machinery_of_nothing_else(text: str) -> None:
    assert without_machinery(text) == ""


@pytest.mark.parametrize(
    ("plain", "page", "expected"),
    [
        ("", "", True),
        ("", "words", True),
        ("See the web version: https://x.example/" + "a" * 500, "words " * 60, True),
        ("words " * 30, "words " * 60, False),
        ("新聞" * 30, "新聞" * 30, False),
        ("words", "", False),
    ],
)
def test_is_stub(plain: str, page: str, expected: object) -> None:
    assert is_stub(plain, page) is expected


def test_joined_lines() -> None:
    text = "One line \ngoes on.\n\n> quoted \nown\n From here \n> quoted\n-- \nAda"

    assert joined_lines(text, is_spaced=True) == (
        "One line goes on.\n\n> quoted \nown\nFrom here \n> quoted\n-- \nAda"
    )
    assert joined_lines("渡輪 \n恢復", is_spaced=False) == "渡輪恢復"
