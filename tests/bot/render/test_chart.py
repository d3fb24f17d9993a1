"""The picture of a trend: its size, what is written in it, and what is left to the caption."""

import io
from datetime import date

import pytest
from matplotlib.image import imread

from bot.alerts.trend import OutletDays, Trend
from bot.messages import Messages, languages
from bot.render import chart as charts
from bot.render.chart import caption, chart

EN = Messages("en")
FIRST = date(2026, 2, 9)


def trend_of(*names, rest=False, days=30, each=2):
    return Trend(
        FIRST,
        days,
        tuple(OutletDays(name, tuple(each for _ in range(days))) for name in names),
        (1,) * days if rest else (),
    )


def pixels_of(png):
    """Rows of pixels, each red, green, blue and how opaque, from 0 to 1."""
    return imread(io.BytesIO(png), format="png")


def holds(pixels, colour):
    """Whether a pixel has *colour*, as #rrggbb."""
    wanted = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    return bool((abs(pixels[:, :, :3] - wanted).max(axis=2) < 0.01).any())


SIX = ("Baltic Ledger", "The Daily Quay", "Northern Wire", "Новая волна", "_$x$", "O" * 90)


@pytest.mark.parametrize(
    ("trend", "colours"),
    [
        (trend_of("Baltic Ledger"), 1),
        (trend_of(*SIX, rest=True), 7),
        (trend_of(None, days=1, each=1), 1),
        (trend_of("A", "B", days=7, each=99_999), 2),
    ],
)
def test_a_picture_is_opaque_and_holds_each_outlets_colour(trend, colours):
    pixels = pixels_of(chart(trend, "NATO", EN).png)
    height, width, _ = pixels.shape
    every = [*charts.COLOURS, charts.REST_COLOUR]
    drawn = every if trend.rest else every[: len(trend.outlets)]

    assert width == 1000
    assert 430 <= height <= 700
    assert pixels.shape[2] == 3 or (pixels[:, :, 3] == 1).all()
    assert holds(pixels, charts.GROUND)
    assert len(drawn) == colours
    assert [colour for colour in drawn if not holds(pixels, colour)] == []


def test_nothing_stands_at_the_edges():
    for query in ("NATO", "W" * 200, "НАТО и страны Балтии " * 9, "$_^{\\frac"):
        pixels = pixels_of(chart(trend_of(*SIX, rest=True, each=4000), query, EN).png)
        ground = pixels[0, 0]
        for edge in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]):
            assert (abs(edge - ground) < 0.01).all(), query


@pytest.mark.parametrize("lang", languages())
def test_where_nothing_matches_there_is_a_sentence_instead(lang):
    nothing = Trend(FIRST, 30)

    assert chart(nothing, "NATO", Messages(lang)) is None
    assert "NATO" in caption(nothing, "NATO", (), Messages(lang))


@pytest.fixture
def without_eastern_fonts(monkeypatch):
    monkeypatch.setattr(charts, "EASTERN", ())
    charts.fonts.cache_clear()
    yield
    charts.fonts.cache_clear()


def test_what_no_font_can_write_is_left_to_the_caption(without_eastern_fonts):
    trend = trend_of("中央社", "Taipei Times", "الجزيرة", rest=True)
    messages = Messages("zh-Hant")
    drawn = chart(trend, "北約", messages)
    titled = chart(trend, "NATO", EN)

    assert drawn.numbered == ("中央社", "الجزيرة", "其他")
    assert titled.numbered == ("中央社", "الجزيرة")
    assert len(pixels_of(drawn.png)) < len(pixels_of(titled.png))  # it has no title
    assert caption(trend, "北約", drawn.numbered, messages).splitlines() == [
        "北約：210篇報導，2026年2月9日至2026年3月10日",
        "1：中央社",
        "2：\u2068الجزيرة\u2069",
        "3：其他",
    ]


@pytest.mark.parametrize(
    ("text", "is_writable"),
    [
        ("NATO: articles a day", True),
        ("Новая волна, Ελλάδα", True),
        ("café", True),
        ("", True),
        ("北約", False),
        ("الجزيرة", False),  # DejaVu has the letters, and a chart would not join them
        ("नेटो", False),
        ("👩‍👩‍👧‍👦", False),
        ("a\u202eb", False),
        ("a\nb", False),
    ],
)
def test_what_can_be_written(without_eastern_fonts, text, is_writable):
    assert charts.is_writable(text) is is_writable


@pytest.mark.parametrize("days", [1, 2, 5, 7, 30, 60, 365])
def test_dates_are_few(days):
    step = charts.date_step(days)

    assert 1 <= len(range(0, days, step)) <= 5


def test_a_picture_is_drawn_without_pyplot():
    import sys

    chart(trend_of("A"), "x", EN)

    assert "matplotlib.pyplot" not in sys.modules
