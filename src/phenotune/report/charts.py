"""Small charts for reports: a value that is named, drawn as a PNG on a dark or on a light ground."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from phenotune.report.style import SOURCE_COLOURS, png_figure, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE_INCHES = (5.4, 3.0)
DPI = 160
"""With letters of ten points, a chart can still be read on a telephone that is held upright."""

N_NAME_LETTERS = 28
N_LEGEND_INSIDE = 3
LIGHT_INK, LIGHT_FAINT, LIGHT_GRID, LIGHT_PANEL, LIGHT_GROUND = (
    "#16181d", "#4b5060", "#d9dce3", "#f7f8fa", "#ffffff",
)  # fmt: skip
LIGHT_COLOURS = ("#0072b2", "#c25700", "#00795a", "#a8497e", "#5b5fc7", "#7a6a00")
"""Okabe and Ito's palette again, dark enough for a light ground."""

LIGHT_STYLE: Any = {
    "text.color": LIGHT_INK,
    "axes.labelcolor": LIGHT_FAINT,
    "axes.edgecolor": LIGHT_GRID,
    "axes.facecolor": LIGHT_PANEL,
    "axes.titlecolor": LIGHT_INK,
    "xtick.color": LIGHT_FAINT,
    "ytick.color": LIGHT_FAINT,
    "grid.color": LIGHT_GRID,
    "figure.facecolor": LIGHT_GROUND,
    "savefig.facecolor": LIGHT_GROUND,
}


@dataclass(frozen=True, slots=True)
class Series:
    """One curve, one set of bars, or one row of marks.

    Parameters
    ----------
    name
        For the legend; of marks, for the row.
    y
        The values; of marks, where they lie along the axis.
    x
        Where the values lie; counted from 1 when empty. Bars and marks have none.
    """

    name: str
    y: tuple[float, ...]
    x: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """What a chart shows.

    Parameters
    ----------
    title, x_label, y_label
        In words, with units.
    series
        At least one.
    kind
        ``lines``; ``bars``, side by side for each of ``names``; or ``marks``, a row of strokes for each series.
    names
        What the bars stand for.
    is_log_x, is_log_y
        Whether an axis goes by factors of ten. Values that are not positive have no place on it, and are left out.
    span
        From where to where the axis of x goes; as the values need it when None.
    """

    title: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    kind: Literal["lines", "bars", "marks"] = "lines"
    names: tuple[str, ...] = ()
    is_log_x: bool = False
    is_log_y: bool = False
    span: tuple[float, float] | None = None


def chart_png(chart: Chart, *, is_dark: bool) -> bytes:
    """Draw a chart; the same arguments give the same bytes.

    Parameters
    ----------
    chart
        What to draw.
    is_dark
        For a dark ground or for a light one.
    """
    draw = {"lines": _draw_lines, "bars": _draw_bars, "marks": _draw_marks}[chart.kind]
    styles = () if is_dark else (LIGHT_STYLE,)
    out = io.BytesIO()
    with png_figure(out, SIZE_INCHES, *styles, dpi=DPI, layout="constrained") as figure:
        panel = figure.add_subplot()
        panel.set_title(chart.title)
        panel.set_xlabel(chart.x_label)
        panel.set_ylabel(chart.y_label)
        panel.grid(linewidth=0.6)
        panel.set_axisbelow(True)
        draw(panel, chart, SOURCE_COLOURS if is_dark else LIGHT_COLOURS)
        _scale(panel, chart)
    return out.getvalue()


def _scale(panel: Axes, chart: Chart) -> None:
    from matplotlib.ticker import MaxNLocator, NullFormatter

    if chart.is_log_x:
        panel.set_xscale("log")
    if chart.is_log_y:
        panel.set_yscale("log")
    for axis in [panel.xaxis] * chart.is_log_x + [panel.yaxis] * chart.is_log_y:
        axis.set_major_formatter(lambda value, _: f"{value:,g}")
        axis.set_minor_formatter(NullFormatter())
    if chart.kind == "lines" and not chart.is_log_x:
        panel.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    if chart.kind == "lines" and not chart.is_log_y and _is_positive(chart):
        panel.set_ylim(bottom=0.0)
    if chart.span is not None:
        panel.set_xlim(*chart.span)
    if len(chart.series) > 1 and chart.kind != "marks":
        if len(chart.series) <= N_LEGEND_INSIDE:
            panel.legend(frameon=False, fontsize=8.5)
        else:
            panel.figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)


def _is_positive(chart: Chart) -> bool:
    return all(value >= 0.0 for series in chart.series for value in series.y)


def _draw_lines(panel: Axes, chart: Chart, colours: Sequence[str]) -> None:
    for number, series in enumerate(chart.series):
        x = series.x or tuple(range(1, len(series.y) + 1))
        marker = "o" if len(series.y) <= 16 else None
        panel.plot(
            x,
            series.y,
            label=shortened(series.name, N_NAME_LETTERS),
            color=colours[number % len(colours)],
            linewidth=1.7,
            marker=marker,
            markersize=4,
        )


def _draw_bars(panel: Axes, chart: Chart, colours: Sequence[str]) -> None:
    width = 0.8 / len(chart.series)
    for number, series in enumerate(chart.series):
        places = [i - 0.4 + width * (number + 0.5) for i in range(len(series.y))]
        colour = colours[number % len(colours)]
        panel.bar(places, series.y, width * 0.94, label=series.name, color=colour)
    names = [shortened(name, N_NAME_LETTERS).replace(", ", ",\n") for name in chart.names]
    panel.set_xticks(range(len(names)), names)
    panel.grid(visible=False, axis="x")


def _draw_marks(panel: Axes, chart: Chart, colours: Sequence[str]) -> None:
    rows = list(range(len(chart.series)))[::-1]
    for number, (row, series) in enumerate(zip(rows, chart.series, strict=True)):
        panel.eventplot(
            list(series.y),
            lineoffsets=row,
            linelengths=0.7,
            linewidths=1.1,
            colors=colours[number % len(colours)],
        )
    panel.set_yticks(rows, [shortened(series.name, N_NAME_LETTERS) for series in chart.series])
    panel.set_ylim(-0.6, len(rows) - 0.4)
    panel.grid(visible=False, axis="y")
