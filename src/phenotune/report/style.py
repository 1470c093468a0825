"""What the panels of a picture share: colours, letters, and how time is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from phenotune.words import clock

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TIME_STEPS_S = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)
GROUND, PANEL, INK, FAINT, GRID = "#14161c", "#0b0c10", "#e8e6e3", "#a3a7b3", "#2b2f3a"
OTHERS_COLOUR = "#7c8294"
SOURCE_COLOURS = ("#56b4e9", "#e69f00", "#2bbf92", "#f0e442", "#e3692b", "#d58bb5", "#7f8cff")
"""Okabe and Ito's palette for all kinds of colour vision, some a little lighter for the dark ground."""

STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "text.color": INK,
    "axes.labelcolor": FAINT,
    "axes.edgecolor": GRID,
    "axes.facecolor": PANEL,
    "axes.titlecolor": INK,
    "axes.titlesize": 10.5,
    "axes.titlelocation": "left",
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "grid.color": GRID,
    "figure.facecolor": GROUND,
    "savefig.facecolor": GROUND,
    "text.parse_math": False,
}


@contextmanager
def png_figure(
    out: Path | BinaryIO, size_inches: tuple[float, float], *styles: Mapping[str, Any], **more: Any
) -> Iterator[Figure]:
    """A figure to draw on, which is written as a PNG at the end; what is drawn alike gives the same bytes.

    Parameters
    ----------
    out
        Where to.
    size_inches
        Width and height.
    *styles
        Laid over :data:`STYLE`, one after the other.
    **more
        Whatever else a figure is made with.
    """
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        for style in (STYLE, *styles):
            matplotlib.rcParams.update(style)
        figure = Figure(figsize=size_inches, **more)
        FigureCanvasAgg(figure)
        yield figure
        figure.savefig(out, format="png", metadata={"Software": None})


def mark_time(panel: Axes, duration_s: float) -> None:
    """Mark a time axis at steps that a clock has."""
    step_s = next((step for step in TIME_STEPS_S if duration_s <= 12 * step), duration_s)
    panel.set_xticks(np.arange(0.0, duration_s + step_s * 1e-6, step_s))
    panel.xaxis.set_major_formatter(lambda value, _: clock(value))


def shortened(text: str, n_characters: int) -> str:
    """Text of limited length in characters that the font has; others show as a question mark."""
    from matplotlib.font_manager import findfont, get_font

    known = get_font(findfont("DejaVu Sans")).get_charmap()
    shown = "".join(letter if ord(letter) in known else "?" for letter in text)
    return shown if len(shown) <= n_characters else shown[: n_characters - 1] + "…"
