"""How long things take, so that a run that has a time limit ends in time rather than late."""

from __future__ import annotations

from dataclasses import dataclass

N_TIMED = 6
"""Cycles whose time is remembered; the longest of them tells what the next may take."""


@dataclass
class Pace:
    """Times cycles, and apart from them the solving anew of all gains, which comes seldom and takes long."""

    _began_s: float | None = None
    _cycles_s: tuple[float, ...] = ()
    _refit_s: float = 0.0
    _refit_in_cycle_s: float = 0.0

    def begin_cycle(self, now_s: float) -> None:
        """Note that a cycle begins, and how long the last one took."""
        if self._began_s is not None:
            took_s = now_s - self._began_s - self._refit_in_cycle_s
            self._cycles_s = (*self._cycles_s[1 - N_TIMED :], took_s)
        self._began_s, self._refit_in_cycle_s = now_s, 0.0

    def note_refit(self, took_s: float) -> None:
        """Note how long it took to solve all gains anew."""
        self._refit_s = self._refit_in_cycle_s = took_s

    def next_cycle_s(self, refit_is_near: bool) -> float:
        """About what one more cycle would take."""
        return max(self._cycles_s, default=0.0) + (self._refit_s if refit_is_near else 0.0)
