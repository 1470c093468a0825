"""What a run shows on standard error while it goes: a live panel on a terminal, plain lines anywhere else."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from phenotune.cli.interrupts import write_now
from phenotune.cli.lines import STOPPING, figures, lines_about
from phenotune.cli.progress import BLOCKS, LETTERS, RunProgress
from phenotune.run.events import (
    Event,
    KernelsCompiling,
    ReadingSounds,
    RunStarted,
    TempoFound,
    Warned,
)

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

PLAIN_EVERY_S = 5.0
ABOUT_THE_START = (RunStarted, TempoFound, KernelsCompiling, ReadingSounds)
"""Events that the panel itself has a line for."""

ECHO_COLUMNS = 4
"""Room for what a terminal itself writes behind the panel at Ctrl-C, ``^C``, twice: were its last line to wrap, the
panel would be cleared away a line too low."""


class Display(Protocol):
    """Something that shows the progress of a run."""

    def __enter__(self) -> Self:
        """Begin to show."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the terminal as it was found."""
        ...

    def take(self, event: Event) -> None:
        """Show what an event changes."""
        ...

    def stopping(self) -> None:
        """Show that the run will stop at the end of its cycle; called from within a signal handler."""
        ...


class PlainDisplay:
    """A line when something happens, and one every few seconds.

    Parameters
    ----------
    progress
        The state of the run; this display tells it the events.
    every_s
        Seconds between two lines of figures; infinity for none.
    is_verbose
        Whether each cycle and each file that cannot be used gets a line as well.
    """

    def __init__(
        self, progress: RunProgress, every_s: float = PLAIN_EVERY_S, is_verbose: bool = False
    ) -> None:
        self._progress = progress
        self._every_s = every_s
        self._is_verbose = is_verbose
        self._next_s = 0.0

    def __enter__(self) -> Self:
        """Begin to show."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing is left to be put right."""

    def take(self, event: Event) -> None:
        """Print a line if the event deserves one, or if it is time for one."""
        self._progress.take(event)
        for line in lines_about(event, self._progress, self._is_verbose):
            print(line, file=sys.stderr, flush=True)
        if isinstance(event, RunStarted):
            self._next_s = self._every_s
        elif self._progress.started and self._progress.elapsed_s >= self._next_s:
            self._next_s = self._progress.elapsed_s + self._every_s
            print(figures(self._progress), file=sys.stderr, flush=True)

    def stopping(self) -> None:
        """Say so, past Python's buffers, which the signal may have interrupted."""
        write_now(STOPPING)


class LiveDisplay:
    """A few lines that are drawn anew four times a second.

    Parameters
    ----------
    progress
        The state of the run; this display tells it the events.
    console
        Where to draw: standard error.
    is_verbose
        Whether each cycle and each file that cannot be used gets a line above the panel.
    """

    def __init__(self, progress: RunProgress, console: Console, is_verbose: bool = False) -> None:
        from rich.live import Live

        self._progress = progress
        self._console = console
        self._is_verbose = is_verbose
        self._is_stopping = False
        self._live = Live(
            console=console, get_renderable=self._draw, refresh_per_second=4, transient=True
        )

    def __enter__(self) -> Self:
        """Begin to draw."""
        self._live.start(refresh=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Clear the panel away and show the cursor again."""
        self._live.stop()

    def take(self, event: Event) -> None:
        """Take the event into the panel, and print a line above it if it deserves one."""
        self._progress.take(event)
        for line in lines_about(event, self._progress, self._is_verbose):
            if not isinstance(event, ABOUT_THE_START):
                self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def stopping(self) -> None:
        """Say so at the next drawing."""
        self._is_stopping = True

    def _draw(self) -> RenderableType:
        from rich.constrain import Constrain

        from phenotune.cli.panel import panel

        marks = BLOCKS if self._console.encoding.startswith("utf") else LETTERS
        width = max(self._console.width - ECHO_COLUMNS, 1)
        drawn = panel(
            self._progress,
            width,
            marks,
            is_stopping=self._is_stopping,
            is_verbose=self._is_verbose,
        )
        return Constrain(drawn, width)


class SilentDisplay:
    """Nothing but warnings and the answer to Ctrl-C."""

    def __enter__(self) -> Self:
        """Begin to show nothing."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing is left to be put right."""

    def take(self, event: Event) -> None:
        """Say what people should know of even where they asked for quiet."""
        if isinstance(event, Warned):
            print(f"warning: {event.message}", file=sys.stderr, flush=True)

    def stopping(self) -> None:
        """Say that the key was heard."""
        write_now(STOPPING)


def open_display(progress: RunProgress, *, is_quiet: bool, is_verbose: bool) -> Display:
    """The display that suits where standard error goes."""
    if is_quiet:
        return SilentDisplay()
    if not sys.stderr.isatty():
        return PlainDisplay(progress, is_verbose=is_verbose)
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal or console.is_dumb_terminal:
        return PlainDisplay(progress, is_verbose=is_verbose)
    return LiveDisplay(progress, console, is_verbose)
