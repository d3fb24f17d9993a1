"""
A trend as a picture for a chat: bars, one a day, with the outlets one on the other.

Drawn for a phone, where a thousand pixels are as wide as a thumb is long: large letters, few
dates, and an opaque light ground, so that it looks the same in a dark and in a light theme.
"""

# ruff: noqa: PLC0415  # imported on use: matplotlib takes most of a second to load

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import regex

from bot.render.markup import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

    from bot.alerts.trend import Trend
    from bot.messages import Messages

WIDTH, PLOT_HEIGHT = 1000, 430
"""Pixels; the title and the legend stand above the plot and add to the height."""

_DPI = 100
_LINE = 40  # pixels of a line of the legend
_TITLE = 58
_EDGE = 24
_BOTTOM = 50
_DIGIT = 17  # pixels of a small one
_SMALL, _LARGE = 19, 23  # points: 26 and 32 pixels, and on a phone a third of that
_TITLE_MAX, _NAME_MAX = 60, 24

GROUND, _INK, _GRID = "#fafaf7", "#22252a", "#d9d9d4"
# Okabe and Ito's colours, which the colour-blind tell apart, without the yellow and the black;
# dark and light by turns, as outlets stand one on the other.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
REST_COLOUR = "#8c8c8c"

# Letters that stand as they are written, one after the other; in others, such as the Arabic,
# they join, turn or change places, which a chart's text does not do.
_SIMPLE = regex.compile(
    r"[\p{Latin}\p{Cyrillic}\p{Greek}\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}"
    r"\p{Armenian}\p{Georgian}[\p{Common}--\p{C}]]*",
    regex.VERSION1,
)

# Where a machine has one of these, it has Chinese, Japanese and mostly Korean; looked for first,
# since to open every font of a machine takes long.
EASTERN = (
    *("Noto Sans CJK SC", "Noto Sans CJK TC", "Noto Sans CJK JP", "Noto Sans SC", "Noto Sans TC"),
    *("Source Han Sans SC", "Source Han Sans CN", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei"),
    *("PingFang SC", "PingFang TC", "Hiragino Sans GB", "Microsoft YaHei", "Microsoft JhengHei"),
    *("Droid Sans Fallback", "Arial Unicode MS", "SimHei", "AR PL UMing CN", "Unifont"),
)


@dataclass(frozen=True, slots=True)
class Chart:
    """
    A picture, and what has to be said beside it.

    Attributes:
        png: The picture.
        numbered: Outlets that no font of this machine can write: they stand in the legend as
            1, 2, …, and are to be named in the caption in this order.
    """

    png: bytes
    numbered: tuple[str, ...]


def chart(trend: Trend, query: str, messages: Messages) -> Chart | None:
    """
    Draw *trend*; None where there is nothing to draw, which is said in a sentence.

    The title is left out where no font of this machine can write *query*.
    """
    if not trend.total:
        return None
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    entries, numbered = _entries(trend, messages)
    figure = Figure((WIDTH / _DPI, PLOT_HEIGHT / _DPI), _DPI, facecolor=GROUND)
    FigureCanvasAgg(figure)
    title = _title(figure, query, messages)
    has_title = title is not None
    lines = _lines(figure, [label for label, _ in entries] if len(entries) > 1 or numbered else [])
    above = _EDGE + _TITLE * has_title + _LINE * len(lines) + (12 if lines else 0)
    height = PLOT_HEIGHT + above
    figure.set_size_inches(WIDTH / _DPI, height / _DPI)
    if title is not None:
        _write(figure, _EDGE, height - _EDGE, title, _LARGE, "top")
    _draw_legend(figure, lines, [colour for _, colour in entries], height - above + _LINE / 2 + 6)
    _draw_bars(figure, trend, PLOT_HEIGHT / height, messages)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", facecolor=GROUND)
    return Chart(buffer.getvalue(), numbered)


def caption(trend: Trend, query: str, numbered: Sequence[str], messages: Messages) -> str:
    """What is counted and over which days, and who the numbers in the legend are; plain text."""
    shown = one_line(query, 200)
    if not trend.total:
        days = messages.count("backtest.days", trend.days)
        return messages.text("trend.none", days=days, query=shown)
    first, last = (
        messages.text("date.day", day=day.day, month=messages.month(day.month), year=day.year)
        for day in (trend.first, trend.last)
    )
    said = messages.text(
        "trend.caption",
        query=shown,
        articles=messages.count("sources.articles_count", trend.total),
        range=messages.text("date.range", first=first, last=last),
    )
    named = [
        messages.text("trend.numbered", number=number, outlet=one_line(outlet, 80))
        for number, outlet in enumerate(numbered, 1)
    ]
    return "\n".join([said, *named])


def _title(figure: Figure, query: str, messages: Messages) -> str | None:
    """The title with as much of *query* as there is room for; None if it cannot be written."""
    if not is_writable(_composed(query)):
        return None
    for most in range(_TITLE_MAX, 0, -4):
        title = messages.text("trend.title", query=_composed(one_line(query, most)))
        if _width(figure, title, _LARGE) <= WIDTH - 2 * _EDGE:
            return title if is_writable(title) else None
    return None


def _entries(trend: Trend, messages: Messages) -> tuple[list[tuple[str, str]], tuple[str, ...]]:
    """The legend's labels with their colours, and what is written there as a number only."""
    names = [
        (outlet.outlet or messages.text("trend.unnamed"), outlet.total) for outlet in trend.outlets
    ]
    colours = list(COLOURS[: len(names)])
    if trend.rest:
        names.append((messages.text("trend.rest"), sum(trend.rest)))
        colours.append(REST_COLOUR)
    numbered: list[str] = []
    labels = []
    for named, total in names:
        label = _composed(one_line(named, _NAME_MAX))
        if not is_writable(label):
            numbered.append(named)
            label = f"[{len(numbered)}]"
        labels.append(f"{label}  {messages.number(total)}")
    return list(zip(labels, colours, strict=True)), tuple(numbered)


def _lines(figure: Figure, labels: Sequence[str]) -> list[list[tuple[str, float]]]:
    """*labels* in lines as wide as the picture, each with its left edge in pixels."""
    lines: list[list[tuple[str, float]]] = []
    x = float(WIDTH)
    for label in labels:
        width = (
            _width(figure, label, _SMALL) + 40 + 34
        )  # with the square before and the space behind
        if not lines or x + width > WIDTH:
            lines.append([])
            x = _EDGE
        lines[-1].append((label, x))
        x += width
    return lines


def _width(figure: Figure, label: str, size: int) -> float:
    text = _write(figure, 0, 0, label, size, "center")
    width = text.get_window_extent().width
    text.remove()
    return float(width)


def _draw_legend(
    figure: Figure, lines: Sequence[Sequence[tuple[str, float]]], colours: Iterable[str], y: float
) -> None:
    from matplotlib.patches import Rectangle

    height = figure.get_size_inches()[1] * _DPI
    remaining = iter(colours)
    for number, line in enumerate(lines):
        at = y + _LINE * (len(lines) - 1 - number)
        for label, x in line:
            square = Rectangle(
                (x / WIDTH, (at - 12) / height),
                24 / WIDTH,
                24 / height,
                transform=figure.transFigure,
                facecolor=next(remaining),
            )
            figure.add_artist(square)
            _write(figure, x + 36, at, label, _SMALL, "center")


def _draw_bars(figure: Figure, trend: Trend, share: float, messages: Messages) -> None:
    from matplotlib.ticker import MaxNLocator

    days = range(trend.days)
    rows = [(outlet.counts, colour) for outlet, colour in zip(trend.outlets, COLOURS, strict=False)]
    if trend.rest:
        rows.append((trend.rest, REST_COLOUR))
    most = max(map(sum, zip(*(counts for counts, _ in rows), strict=True)))
    height = figure.get_size_inches()[1] * _DPI
    bottom, left = _BOTTOM / height, (_EDGE + 10 + _DIGIT * len(str(most))) / WIDTH
    axes = figure.add_axes((left, bottom, 1 - left - _EDGE / WIDTH, share - bottom - 12 / height))
    axes.set_facecolor(GROUND)
    below = [0] * trend.days
    for counts, colour in rows:
        axes.bar(
            days,
            counts,
            0.82,
            bottom=below,
            color=colour,
            edgecolor=GROUND,
            linewidth=0.8,
            zorder=2,
        )
        below = [sum(pair) for pair in zip(below, counts, strict=True)]
    axes.set_xlim(-0.6, trend.days - 0.4)
    axes.set_ylim(0, most * 1.05)
    # Nothing is written at the ground line, where the first date stands
    levels = MaxNLocator(4, integer=True, min_n_ticks=1).tick_values(0, most)
    axes.set_yticks([level for level in levels if 0 < level <= most])
    axes.grid(axis="y", color=_GRID, linewidth=1.2, zorder=0)
    shown = [n for n in days if n % date_step(trend.days) == 0]
    axes.set_xticks(shown, [_date(trend, n, messages) for n in shown])
    axes.tick_params(colors=_INK, length=0, pad=8)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(_font(_SMALL))
        label.set_parse_math(False)
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_INK)


def date_step(days: int) -> int:
    """Days from one date to the next: at most five are written."""
    return next((step for step in (1, 2, 7, 14, 30) if days / step <= 5), days)


def _date(trend: Trend, n: int, messages: Messages) -> str:
    day = trend.day(n)
    month = messages.text("trend.months").split()[day.month - 1]
    said = messages.text("trend.day", day=day.day, month=month)
    return said if is_writable(said) else f"{day:%m-%d}"


def _write(figure: Figure, x: float, y: float, text: str, size: int, align: str) -> Any:
    """*text* at pixels from the left and from below."""
    height = figure.get_size_inches()[1] * _DPI
    return figure.text(
        x / WIDTH,
        y / height,
        text,
        fontproperties=_font(size),
        color=_INK,
        verticalalignment=align,
        parse_math=False,  # "$" is no formula
    )


# --- fonts -------------------------------------------------------------------------


def _font(size: int) -> FontProperties:
    from matplotlib.font_manager import FontProperties

    return FontProperties(family=[family for family, _ in fonts()], size=size)


def _composed(text: str) -> str:
    """An accent in one character with its letter: a font seldom sets it right by itself."""
    return unicodedata.normalize("NFC", text)


def is_writable(text: str) -> bool:
    """Whether the fonts of this machine have all of *text*, and letters alone make its words."""
    if not _SIMPLE.fullmatch(text):
        return False
    return all(
        character.isspace() or any(ord(character) in known for _, known in fonts())
        for character in text
    )


@cache
def fonts() -> tuple[tuple[str, frozenset[int]], ...]:
    """The font that comes with matplotlib, and one of the East if this machine has any."""
    from matplotlib.font_manager import fontManager, get_font

    own = ["DejaVu Sans"]
    files = {entry.name: entry.fname for entry in reversed(fontManager.ttflist)}
    families = own + [family for family in EASTERN if family in files][:1]
    return tuple((family, frozenset(get_font(files[family]).get_charmap())) for family in families)
