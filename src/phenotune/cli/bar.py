"""How far a piece of work is that takes more than a moment: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE_S = 1.0
"""Work that is over within this is not spoken of."""

PLAIN_EVERY_S = 5.0
"""Seconds between two lines where there is no terminal."""


class Bar:
    """Shows on standard error what share of a piece of work is done.

    Work that takes long is given :meth:`update` as its ``progress``::

        with Bar("rendering") as bar:
            mosaic.write(path, progress=bar.update)

    Nothing is shown within the first second, so that quick work leaves no trace. On a terminal a bar is drawn by rich,
    which honours ``NO_COLOR``, and cleared away at the end; elsewhere there is a plain line at most every five seconds.

    Parameters
    ----------
    label
        What is being done, ``"rendering"``; of a file's name, no more than a name.
    quiet
        Whether nothing is to be shown at all.
    clock
        Seconds that never run backwards; for tests.
    """

    def __init__(
        self, label: str, *, quiet: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._label = label
        self._is_quiet = quiet
        self._clock = clock
        self._share = 0.0
        self._next_s = self._began_s = clock()
        self._drawn: tuple[Progress, TaskID] | None = None

    @property
    def share(self) -> float:
        """The share that was told last, from 0 to 1; it never falls."""
        return self._share

    def __enter__(self) -> Self:
        """Begin to wait."""
        self._began_s = self._clock()
        self._next_s = self._began_s + PATIENCE_S
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Clear the bar away and show the cursor again, whatever has happened."""
        if self._drawn is not None:
            self._drawn[0].stop()
            self._drawn = None

    def update(self, share: float) -> None:
        """Take what share of the work is done.

        Parameters
        ----------
        share
            From 0 to 1; less than what was told before is taken for that.
        """
        self._share = min(max(share, self._share), 1.0)
        now_s = self._clock()
        if self._is_quiet or (self._drawn is None and now_s < self._next_s):
            return
        if self._drawn is None and _is_terminal():
            self._drawn = _draw(self._label)
        if self._drawn is not None:
            bar, task = self._drawn
            bar.update(task, completed=self._share)
        elif self._share < 1.0:
            self._next_s = now_s + PLAIN_EVERY_S
            print(self._line(now_s - self._began_s), file=sys.stderr, flush=True)

    def _line(self, elapsed_s: float) -> str:
        left = ""
        if self._share > 0.0:
            left = f", about {elapsed_s * (1.0 / self._share - 1.0):.0f} s left"
        return f"{self._label}: {self._share:.0%}{left}"


def _is_terminal() -> bool:
    """Whether standard error can draw a bar over itself."""
    if not sys.stderr.isatty():
        return False
    from rich.console import Console

    console = Console(stderr=True)
    return console.is_terminal and not console.is_dumb_terminal


def _draw(label: str) -> tuple[Progress, TaskID]:
    """A bar that is drawn from now on, and its one task."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
    from rich.progress import TimeRemainingColumn as LeftColumn

    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        LeftColumn(compact=True),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task(label, total=1.0)
    bar.start()
    return bar, task
