"""What a run's events add up to: the figures that a display shows, whatever it looks like."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from phenotune.run.events import (
    ClipPlaced,
    CycleFinished,
    CycleStarted,
    Event,
    GainsRefitted,
    GenerationScored,
    KernelsCompiling,
    ReadingSounds,
    RunStarted,
    SettingsChanged,
    TargetChanged,
    TempoFound,
)

if TYPE_CHECKING:
    from phenotune.run.settings import RunGroup

RATE_WINDOW_S = 6.0
MAX_HISTORY = 2048
BLOCKS = "▁▂▃▄▅▆▇█"
LETTERS = "_.-=+*%#"


class RunProgress:
    """The state of a run, told event by event.

    Parameters
    ----------
    settings
        What will stop the run.
    clock
        Seconds that only grow; tests bring their own.
    """

    def __init__(self, settings: RunGroup, clock: Callable[[], float] = time.monotonic) -> None:
        self.settings = settings
        self.time_limit_s = settings.time_limit_s
        self.started: RunStarted | None = None
        self.is_compiling = False
        self.n_reading: int | None = None
        self.tempo: TempoFound | None = None
        self.cycle = 0
        self.generation = 0
        self.explained = 0.0
        self.n_placements = 0
        self.history: list[tuple[float, float]] = []
        self._clock = clock
        self._origin_s = clock()
        self._n_candidates = 0
        self._counts: deque[tuple[float, int]] = deque()
        self._cycle_ends_s: list[float] = []

    def take(self, event: Event) -> None:
        """Take one event into account."""
        now_s = self.elapsed_s
        if isinstance(event, RunStarted):
            self.started, self.is_compiling = event, False
            self.cycle, self.n_placements = event.resumed_at_cycle, event.n_placements
        elif isinstance(event, TempoFound):
            self.tempo = event
        elif isinstance(event, KernelsCompiling):
            self.is_compiling = True
        elif isinstance(event, ReadingSounds):
            # Compiling costs the run none of its time.
            self.is_compiling, self.n_reading = False, event.n_files
            self._origin_s = self._clock()
        elif isinstance(event, CycleStarted):
            self.cycle, self.generation = event.cycle, 0
        elif isinstance(event, GenerationScored):
            self.generation = event.generation
            self._note_candidates(now_s, event.n_candidates)
        elif isinstance(event, ClipPlaced):
            self.n_placements += 1
        elif isinstance(event, SettingsChanged):
            self._note_stops(event)
        elif isinstance(event, GainsRefitted | CycleFinished):
            self.n_placements = event.n_placements
        if isinstance(event, CycleFinished):
            self._cycle_ends_s.append(now_s)
        if isinstance(
            event,
            RunStarted
            | GenerationScored
            | ClipPlaced
            | GainsRefitted
            | TargetChanged
            | CycleFinished,
        ):
            self._note_explained(now_s, event.explained)

    @property
    def elapsed_s(self) -> float:
        """Seconds since the run was started, as its own clock counts them."""
        return self._clock() - self._origin_s

    @property
    def candidates_per_s(self) -> float:
        """Candidates scored a second, over the last few seconds; 0 as long as there is nothing to go by."""
        if len(self._counts) < 2:
            return 0.0
        (first_s, first), (last_s, last) = self._counts[0], self._counts[-1]
        return (last - first) / (last_s - first_s) if last_s > first_s else 0.0

    @property
    def left_s(self) -> float | None:
        """Seconds until the time or the cycles are over, whichever comes first; None if nobody can know."""
        left = [self.time_limit_s - self.elapsed_s]
        if self.settings.cycles and self._cycle_ends_s:
            n_left = self.settings.cycles - self.cycle + 1
            mean_s = self._cycle_ends_s[-1] / len(self._cycle_ends_s)
            left.append(n_left * mean_s - (self.elapsed_s - self._cycle_ends_s[-1]))
        soonest = min(left)
        return max(soonest, 0.0) if math.isfinite(soonest) else None

    def _note_stops(self, event: SettingsChanged) -> None:
        """Reckon with other stops from now on."""
        changed = {name.removeprefix("run."): value for name, value in event.changed.items()}
        update = {name: value for name, value in changed.items() if hasattr(self.settings, name)}
        self.settings = self.settings.model_copy(update=update)
        if "time_s" in update:
            self.time_limit_s = self.settings.time_limit_s

    def _note_candidates(self, now_s: float, n_candidates: int) -> None:
        self._n_candidates += n_candidates
        self._counts.append((now_s, self._n_candidates))
        while len(self._counts) > 2 and self._counts[1][0] < now_s - RATE_WINDOW_S:
            self._counts.popleft()

    def _note_explained(self, now_s: float, explained: float) -> None:
        self.explained = explained
        self.history.append((now_s, explained))
        if len(self.history) > MAX_HISTORY:
            del self.history[1::2]


def sparkline(history: Sequence[tuple[float, float]], n_columns: int, marks: str = BLOCKS) -> str:
    """A curve in one line of letters, from its lowest value to its highest.

    Parameters
    ----------
    history
        Time and value, in order of time; a value holds until the next.
    n_columns
        Letters to spread the time over.
    marks
        The letters, from low to high.

    Examples
    --------
    >>> sparkline([(0.0, 0.0), (1.0, 0.4), (2.0, 0.7), (4.0, 0.8)], 4)
    '▁▅▇█'
    """
    if not history or n_columns < 1:
        return ""
    values = _spread(history, n_columns)
    low, high = min(values), max(values)
    scale = (len(marks) - 1) / (high - low) if high > low else 0.0
    return "".join(marks[round((value - low) * scale)] for value in values)


def _spread(history: Sequence[tuple[float, float]], n_columns: int) -> list[float]:
    """The values in force at the ends of ``n_columns`` equal spans of time, the first being the first value."""
    start_s, end_s = history[0][0], history[-1][0]
    values, index = [], 0
    for column in range(n_columns):
        at_s = start_s + (end_s - start_s) * column / max(n_columns - 1, 1)
        while index + 1 < len(history) and history[index + 1][0] <= at_s:
            index += 1
        values.append(history[index][1])
    values[-1] = history[-1][1]
    return values
