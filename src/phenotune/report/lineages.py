"""The picture of lineages: whose descendants the population consists of, generation by generation, and who landed.

Premature convergence shows as one colour that fills the panel. A run of thousands of generations is drawn in as many
columns as the eye can tell apart, each the mean of its generations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from phenotune.report.style import (
    FAINT,
    GRID,
    INK,
    OTHERS_COLOUR,
    SOURCE_COLOURS,
    png_figure,
    shortened,
)
from phenotune.whole_files import whole_file
from phenotune.words import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE_INCHES = (14.0, 9.0)
LEFT, WIDTH = 0.055, 0.75
DPI = 120
N_COLUMNS = 700
N_NAMED = len(SOURCE_COLOURS)
LEADERS_COLOUR, REST_COLOUR = OTHERS_COLOUR, "#3a4050"
MAX_MARKED_CYCLES = 40
"""More boundaries of cycles than this would be a hatching."""


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation as the picture shows it.

    Parameters
    ----------
    cycle
        The cycle that it belongs to.
    n_lineages
        Lineages in the population.
    largest_share
        Share of the biggest, 0 to 1.
    shares
        The biggest lineages with their shares of the population, the biggest first.
    landed
        Lineages of the clips that landed after it and before the next, one for each clip.
    """

    cycle: int
    n_lineages: int
    largest_share: float
    shares: tuple[tuple[int, float], ...] = ()
    landed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Layers:
    """What the areas of the picture are made of.

    Parameters
    ----------
    named
        The lineages that are shown in a colour of their own, those first that had the largest share of all generations.
    shares
        float64 (n_named + 1, n_columns): mean share of each of them in the population, and last that of whichever other
        lineage was the biggest of its generation.
    landed
        float64 (n_named + 1, n_columns): clips that had landed by the end of each column, of each of them and of all
        others.
    edges
        float64 (n_columns + 1,): where the columns begin and end, in generations.
    is_of_ends
        Whether the shares are those at the ends of cycles alone.
    """

    named: tuple[int, ...]
    shares: NDArray[np.float64]
    landed: NDArray[np.float64]
    edges: NDArray[np.float64]
    is_of_ends: bool = False


def draw_lineages(
    path: str | Path,
    generations: Sequence[Generation],
    *,
    name: str,
    founders: Mapping[int, str],
) -> None:
    """Draw ``out/lineages.png``; the same arguments give the same bytes.

    Parameters
    ----------
    path
        The PNG to write, whole or not at all.
    generations
        In their order; may be empty.
    name
        The song's name, for the title.
    founders
        What people call a lineage, by its number: the name of the source that it was cut from. Those that never landed,
        or were gone before their cycle was over, need not be there.

    Raises
    ------
    RunFolderError
        If the disk refuses.
    """
    with whole_file(path) as temporary, png_figure(temporary, SIZE_INCHES, dpi=DPI) as figure:
        panels = _panels(figure)
        layers = layers_of(generations)
        _draw_title(figure, name, generations)
        _draw_shares(panels["shares"], layers)
        _draw_legend(panels["shares"], layers, founders)
        _draw_range(panels["share"], layers, [each.largest_share for each in generations])
        _as_share(panels["share"], 1.04)  # a line at 100% is not to lie under the frame
        _draw_range(panels["number"], layers, [each.n_lineages for each in generations])
        _draw_landed(panels["landed"], layers)
        _finish(panels, generations)


def layers_of(generations: Sequence[Generation], n_columns: int = N_COLUMNS) -> Layers:
    """Gather generations into columns, of which there are never more than generations.

    A column that holds whole cycles shows how they ended: a mean with their fresh populations would hide who took over.
    """
    n = len(generations)
    n_columns = max(1, min(n_columns, n))
    column = np.arange(n) * n_columns // max(n, 1)
    shown = _shown(generations, column, n_columns)
    rows = [
        (at, lineage, share, i == 0)
        for at in np.flatnonzero(shown).tolist()
        for i, (lineage, share) in enumerate(generations[at].shares)
    ]
    named = _biggest(rows)
    row_of = {lineage: row for row, lineage in enumerate(named)}
    shares = np.zeros((len(named) + 1, n_columns))
    for at, lineage, share, leads in rows:
        row = row_of.get(lineage, len(named))
        if leads or row < len(named):
            shares[row, column[at]] += share
    landed = np.zeros_like(shares)
    for at, each in enumerate(generations):
        for lineage in each.landed:
            landed[row_of.get(lineage, len(named)), column[at]] += 1.0
    n_in_column = np.maximum(np.bincount(column[shown], minlength=n_columns), 1)
    return Layers(
        named=named,
        shares=shares / n_in_column,
        landed=np.cumsum(landed, axis=1),
        edges=np.append(np.searchsorted(column, np.arange(n_columns)), n) + 0.5,
        is_of_ends=not shown.all(),
    )


def _shown(
    generations: Sequence[Generation], column: NDArray[np.intp], n_columns: int
) -> NDArray[np.bool_]:
    """The generations that end a cycle, if there is one in each of fewer columns than generations; else all."""
    cycles = np.array([each.cycle for each in generations], np.int64)
    is_end = np.append(cycles[1:] != cycles[:-1], True)[: len(generations)]
    has_end = np.bincount(column[is_end], minlength=n_columns) > 0
    return is_end if has_end.all() and n_columns < len(generations) else np.ones_like(is_end)


def _biggest(rows: Sequence[tuple[int, int, float, bool]]) -> tuple[int, ...]:
    """The lineages with the largest shares, summed over the generations; of equals, the older first."""
    if not rows:
        return ()
    lineages, index = np.unique([row[1] for row in rows], return_inverse=True)
    sums = np.bincount(index, weights=[row[2] for row in rows])
    order = np.lexsort((lineages, -sums))[:N_NAMED]
    return tuple(int(lineage) for lineage in lineages[order])


def _panels(figure: Figure) -> dict[str, Axes]:
    shares = figure.add_axes((LEFT, 0.5, WIDTH, 0.385))
    panels = {
        "shares": shares,
        "share": figure.add_axes((LEFT, 0.355, WIDTH, 0.095), sharex=shares),
        "number": figure.add_axes((LEFT, 0.21, WIDTH, 0.095), sharex=shares),
        "landed": figure.add_axes((LEFT, 0.065, WIDTH, 0.095), sharex=shares),
    }
    panels["shares"].set_title("the population, by lineage")
    panels["share"].set_title("share of the biggest lineage")
    panels["number"].set_title("lineages in the population")
    panels["landed"].set_title("clips that have landed, by lineage")
    panels["landed"].set_xlabel("generation")
    for panel in panels.values():
        panel.tick_params(length=3, width=0.6)
        panel.set_axisbelow(True)
    return panels


def _draw_title(figure: Figure, name: str, generations: Sequence[Generation]) -> None:
    n_cycles = len({each.cycle for each in generations})
    facts = counted(len(generations), "generation") + f" in {counted(n_cycles, 'cycle')}"
    figure.text(LEFT, 0.943, f"{shortened(name, 44)}: lineages", fontsize=18, weight="bold")
    right: dict[str, Any] = {"x": LEFT + WIDTH, "ha": "right"}
    figure.text(y=0.917, s=facts, fontsize=10, color=FAINT, **right)
    if generations:
        last = generations[-1]
        left = f"{counted(last.n_lineages, 'lineage')} at the end, the biggest {last.largest_share:.0%}"
        figure.text(y=0.943, s=left, fontsize=14, weight="bold", **right)


def _draw_shares(panel: Axes, layers: Layers) -> None:
    colours = [*SOURCE_COLOURS[: len(layers.named)], LEADERS_COLOUR]
    if layers.is_of_ends:
        panel.set_title("the population at the ends of cycles, by lineage")
    panel.set_facecolor(REST_COLOUR)
    _draw_areas(panel, layers.edges, layers.shares, colours)
    _as_share(panel, 1.0)


def _as_share(panel: Axes, top: float) -> None:
    panel.set_ylim(0.0, top)
    panel.set_yticks([0.0, 0.5, 1.0], ["0%", "50%", "100%"])


def _draw_landed(panel: Axes, layers: Layers) -> None:
    colours = [*SOURCE_COLOURS[: len(layers.named)], REST_COLOUR]
    _draw_areas(panel, layers.edges, layers.landed, colours)
    panel.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    panel.set_ylim(0.0, max(1.0, float(layers.landed[:, -1].sum()) * 1.05))


def _draw_areas(
    panel: Axes,
    edges: NDArray[np.float64],
    values: NDArray[np.float64],
    colours: Sequence[str],
) -> None:
    """Areas over one another, constant over each column."""
    panel.stackplot(
        np.repeat(edges, 2)[1:-1], np.repeat(values, 2, axis=1), colors=list(colours), linewidth=0
    )


def _draw_range(panel: Axes, layers: Layers, values: Sequence[float]) -> None:
    """The mean of each column as a line, over the range from its least to its greatest value."""
    if values:
        first = np.round(layers.edges[:-1] - 0.5).astype(int)
        numbers = np.array(values, np.float64)
        n_in_column = np.diff(np.append(first, numbers.size))
        mean = np.add.reduceat(numbers, first) / n_in_column
        low, high = np.minimum.reduceat(numbers, first), np.maximum.reduceat(numbers, first)
        x = np.repeat(layers.edges, 2)[1:-1]
        if (n_in_column > 1).any():
            panel.fill_between(
                x, np.repeat(low, 2), np.repeat(high, 2), color=INK, alpha=0.25, linewidth=0
            )
        panel.plot(x, np.repeat(mean, 2), color=INK, linewidth=1.2)
    panel.grid(axis="y", linewidth=0.6)
    panel.set_ylim(0.0, 1.08 * (max(values, default=0.0) or 1.0))


def _draw_legend(panel: Axes, layers: Layers, founders: Mapping[int, str]) -> None:
    clips = layers.landed[:, -1].astype(int)
    rows: list[tuple[str, str, str]] = []
    for number, colour, n_clips in zip(layers.named, SOURCE_COLOURS, clips, strict=False):
        came_from = founders.get(number, "soon gone" if n_clips else "never landed")
        rows.append((colour, f"{number}  {came_from}", f"{n_clips:,}"))
    rows.append((LEADERS_COLOUR, "the biggest of its time", ""))
    rows.append((REST_COLOUR, "all others", f"{clips[-1]:,}"))
    place: dict[str, Any] = {"transform": panel.transAxes, "va": "center", "clip_on": False}
    panel.text(1.03, 0.96, "lineage, its first source", fontsize=9, color=FAINT, **place)
    panel.text(1.25, 0.96, "landed", fontsize=9, color=FAINT, ha="right", **place)
    for i, (colour, text, n_clips) in enumerate(rows):
        y = 0.89 - i * 0.07
        panel.text(1.012, y, "■", color=colour, fontsize=11, **place)
        panel.text(1.03, y, shortened(text, 26), fontsize=9, **place)
        panel.text(1.25, y, n_clips, fontsize=9, color=FAINT, ha="right", **place)


def _finish(panels: Mapping[str, Axes], generations: Sequence[Generation]) -> None:
    """Give all panels the time of the run, and mark where cycles begin where that can be told apart."""
    from matplotlib.ticker import MaxNLocator

    cycles = [each.cycle for each in generations]
    begins = [i for i in range(1, len(cycles)) if cycles[i] != cycles[i - 1]]
    is_marked = len(begins) <= MAX_MARKED_CYCLES and len(begins) < len(cycles) - 1
    for panel in panels.values():
        panel.set_xlim(0.5, max(len(cycles), 1) + 0.5)
        panel.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        panel.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        panel.tick_params(labelbottom=panel is panels["landed"])
        for begin in begins if is_marked else ():
            panel.axvline(begin + 0.5, color=GRID, linewidth=0.8)
