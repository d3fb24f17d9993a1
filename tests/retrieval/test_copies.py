"""What is a copy of a text, and what only looks like one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from retrieval.copies import is_copy, sketch_of
from retrieval.types import Article

NOON = datetime(2024, 4, 3, 12, tzinfo=UTC)
DAY = timedelta(days=1)
REPORT = " ".join(f"The ministers of country{n} met and agreed on bridge{n}." for n in range(12))
ZH = "花蓮縣外海三日上午發生規模7.2強烈地震，全台各地都感受到劇烈搖晃。中央氣象署表示，震源深度15.5公里，這是台灣二十五年來規模最大的一次地震。"


def article(text: str, title: str | None = None, published: datetime | None = NOON) -> Article:
    return Article(id="a", text=text, title=title, published=published)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (article(REPORT), article(REPORT), True),
        (article(REPORT, "One title"), article(REPORT, "Another"), True),
        (article(REPORT), article(REPORT.upper().replace(" ", "\n")), True),
        (article(REPORT), article("HARBOUR CITY (AP) - " + REPORT), True),
        (article(REPORT), article(REPORT.replace("country5", "country50")), False),  # a figure
        (article(f"{REPORT} Nine died."), article(f"{REPORT} At least four died."), True),
        (article(f"{REPORT} 9 died."), article(f"{REPORT} 4 died."), False),
        (article(f"{REPORT} 9 died."), article(REPORT), True),  # left out is not contradicted
        (article(REPORT), article(REPORT[: len(REPORT) // 2]), False),
        (article(ZH), article(ZH), True),
        (article(ZH), article("【港灣時報】" + ZH), True),
        (article(ZH), article(ZH.replace("15.5", "10")), False),
        # With days between, only the same words; dates may be unknown.
        (article(REPORT), article(REPORT, published=NOON + 30 * DAY), True),
        (article(REPORT), article("Again: " + REPORT, published=NOON + 30 * DAY), False),
        (article(REPORT), article("Again: " + REPORT, published=None), True),
        # A short text is compared with its title.
        (article("A choice of this week's pictures."), article("A choice of this week's pictures."), True),
        (
            article("A choice of this week's pictures.", "Week in pictures: 8 to 14 January"),
            article("A choice of this week's pictures.", "Week in pictures: 15 to 21 January"),
            False,
        ),
        (article("Qtly div 22 cts. Pay April 10. Record March 30", "ABC CORP PAYOUT"),
         article("Qtly div 22 cts. Pay April 10. Record March 30", "XYZ INC SETS DIVIDEND"), False),
        (article(""), article("", "Title"), False),
    ],
)  # fmt: skip
def test_is_copy(one: Article, other: Article, expected: bool) -> None:
    assert is_copy(one, other) is expected
    assert is_copy(other, one) is expected


@pytest.mark.parametrize("text", ["", "🌧", "- - -", "1234 5678", "Photo: A. Writer"])
def test_a_stub_has_no_sketch(text: str) -> None:
    assert sketch_of(article(text)) == ()


def test_a_short_text_is_sketched_with_its_title() -> None:
    assert sketch_of(article("Rain closed the old bridge today.")) != sketch_of(
        article("Rain closed the old bridge today.", "Rain closes bridge in harbour city")
    )


def test_a_long_text_is_sketched_without_its_title() -> None:
    assert sketch_of(article(REPORT, "One")) == sketch_of(article(REPORT, "Other"))
