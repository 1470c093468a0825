"""When a run stops: by time, cycles, explained, plateau, or because somebody asked; whichever comes first."""

from __future__ import annotations

import math
from dataclasses import dataclass

from phenotune.run.settings import RunGroup

PLATEAU_SHARE = 0.001
"""Explained must rise by a tenth of a percent within ``plateau_s``, or the run has come to its plateau."""


@dataclass(frozen=True, slots=True)
class Reached:
    """Where a run stands at the end of a cycle.

    Parameters
    ----------
    cycle
        Cycles so far, over all sessions of the run.
    elapsed_s
        Time since this session began.
    explained
        Share explained.
    ahead_s
        What one more cycle and the end would take, so that the time is not overrun.
    """

    cycle: int
    elapsed_s: float
    explained: float
    ahead_s: float = 0.0


class Stops:
    """Watches a run's progress.

    Cycles and explained are counted over the whole life of a run, time and plateau from the start of this session.
    """

    def __init__(self, settings: RunGroup, time_limit_s: float | None = None) -> None:
        self.follow(settings, time_limit_s)
        self._risen_at_s = 0.0
        self._risen_to = -math.inf

    def follow(self, settings: RunGroup, time_limit_s: float | None = None) -> None:
        """Watch for other stops from now on; what has been seen so far counts.

        Parameters
        ----------
        settings
            The stops.
        time_limit_s
            The time after which to stop, where it is another than theirs.
        """
        self._settings = settings
        self._time_limit_s = settings.time_limit_s if time_limit_s is None else time_limit_s

    def reached(self, progress: Reached) -> str | None:
        """Name of the stop that has been reached: ``time``, ``cycles``, ``explained`` or ``plateau``; else None."""
        settings = self._settings
        if progress.explained >= self._risen_to + PLATEAU_SHARE:
            self._risen_to, self._risen_at_s = progress.explained, progress.elapsed_s
        if settings.cycles and progress.cycle >= settings.cycles:
            return "cycles"
        if settings.until_percent and 100.0 * progress.explained >= settings.until_percent:
            return "explained"
        if progress.elapsed_s + progress.ahead_s >= self._time_limit_s:
            return "time"
        if settings.plateau_s and progress.elapsed_s - self._risen_at_s >= settings.plateau_s:
            return "plateau"
        return None
