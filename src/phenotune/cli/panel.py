"""The live panel of a run, drawn by rich."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from phenotune.cli.lines import COMPILING, STOPPING, headline, reading, tempo_words
from phenotune.cli.progress import RunProgress, sparkline
from phenotune.words import clock, counted

if TYPE_CHECKING:
    from rich.console import RenderableType

MAX_WIDTH = 100


def panel(
    progress: RunProgress,
    width: int,
    marks: str,
    *,
    is_stopping: bool = False,
    is_verbose: bool = False,
) -> RenderableType:
    """The panel as it stands now.

    Parameters
    ----------
    progress
        The state of the run.
    width
        Columns that it may take.
    marks
        Letters of the sparkline, from low to high.
    is_stopping
        Whether Ctrl-C has been pressed once.
    is_verbose
        Whether the files that are skipped are told above the panel already.
    """
    width = min(width, MAX_WIDTH)
    lines: list[RenderableType] = []
    if progress.started:
        lines.append(_line(headline(progress.started), "dim"))
        if progress.started.n_skipped and not is_verbose:
            n_skipped = counted(progress.started.n_skipped, "file")
            lines.append(_line(f"{n_skipped} skipped; -v says which and why", "yellow"))
    if progress.tempo:
        lines.append(_line(tempo_words(progress.tempo), "dim"))
    if progress.is_compiling:
        lines.append(_line(COMPILING, "yellow"))
    elif progress.started is None:
        lines.append(_line(reading(progress.n_reading), "dim"))
    if progress.started and progress.cycle:
        lines += [_explained(progress, width, marks), _figures(progress), _time(progress, width)]
    if is_stopping:
        lines.append(_line(STOPPING, "bold yellow"))
    return Group(*lines)


def _line(text: str, style: str = "") -> Text:
    return Text(text, style=style, no_wrap=True, overflow="ellipsis")


def _explained(progress: RunProgress, width: int, marks: str) -> Text:
    line = _line(f"{progress.explained:6.1%} explained  ", "bold")
    line.append(sparkline(list(progress.history), max(width - len(line), 0), marks), "cyan")
    return line


def _figures(progress: RunProgress) -> Text:
    return _line(
        f"cycle {progress.cycle}, generation {progress.generation}, "
        f"{counted(progress.n_placements, 'clip')} placed, "
        f"{progress.candidates_per_s:,.0f} candidates/s"
    )


def _time(progress: RunProgress, width: int) -> RenderableType:
    elapsed_s, left_s = progress.elapsed_s, progress.left_s
    if left_s is None:
        until = progress.settings.until_percent
        stop = f"until {until:g}% are explained, or" if until else "until"
        return _line(f"{clock(round(elapsed_s))} gone, {stop} Ctrl-C", "dim")
    left = f"{clock(round(left_s))} left" if left_s > 0.0 else "finishing this cycle"
    words = f"{clock(round(elapsed_s))} gone, {left}"
    row = Table.grid(padding=(0, 2))
    row.add_row(
        ProgressBar(
            total=elapsed_s + left_s or 1.0, completed=elapsed_s, width=width - 2 - len(words)
        ),
        _line(words, "dim"),
    )
    return row
