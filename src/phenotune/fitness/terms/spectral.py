"""The spectral term: the distance that the guided search uses, of the middle alone."""

from __future__ import annotations

import threading

import numpy as np

from phenotune.canvas.canvas import Canvas
from phenotune.fitness.gains import GainSolver
from phenotune.fitness.heard import Heard
from phenotune.fitness.settings import MixSettings
from phenotune.spectra.hearing import MIDDLE


class Spectral:
    """Error of the middle's bands after each law, over that of silence; its gains are solved by level.

    Parameters
    ----------
    canvas
        Keeps the errors.
    mix
        What is solved.
    """

    def __init__(self, canvas: Canvas, mix: MixSettings) -> None:
        self._canvas = canvas
        self._mix = mix
        target = canvas.target
        silence = np.zeros_like(canvas.powers[MIDDLE])
        errors = target.errors(MIDDLE, silence, 0, target.n_frames)
        self._scale = 1.0 / max(float(errors.sum()), 1e-30)
        self._threads = threading.local()

    def distance(self) -> float:
        """Distance of the canvas as it stands; silence has 1."""
        return float(self._canvas.errors[MIDDLE].sum()) * self._scale

    def fitness(self, heard: Heard, onset: int, gain: float) -> float:
        """Distance before minus distance after; see :meth:`phenotune.fitness.terms.term.Term.fitness`."""
        fit = self._solver().keep(self._canvas.channel(MIDDLE), heard.at(onset), gain)
        return 0.0 if fit is None else fit.fitness * self._scale

    def best_gain(self, heard: Heard, onset: int) -> float | None:
        """Fitted by level, then refined; see :class:`phenotune.fitness.gains.GainSolver`."""
        solver, channel, frames = self._solver(), self._canvas.channel(MIDDLE), heard.at(onset)
        fit = solver.rough(channel, frames)
        return None if fit is None else solver.refine(channel, frames, fit).gain

    def _solver(self) -> GainSolver:
        solver = getattr(self._threads, "solver", None)
        if solver is None:
            solver = self._threads.solver = GainSolver(self._canvas.target, self._mix)
        return solver
