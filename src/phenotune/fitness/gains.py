"""Solving the gain of a phenotype at an onset: level, polarity, and the place between the speakers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Bands, Spectra
from phenotune.canvas.canvas import Canvas
from phenotune.fitness.settings import MixSettings
from phenotune.genome.genes.equaliser import CROSSOVERS_HZ
from phenotune.kernels.scoring import (
    OCTET,
    cross_terms,
    errors_at_gains,
    fit_level,
    refine_gains,
)
from phenotune.units import db_to_amplitude

Gains = NDArray[np.float64]
BRACKET = 1.6
"""A gain is refined between itself divided and itself multiplied by this ratio, 4 dB; later rounds look nearer."""


LEVELS = (0.0, 0.2, 0.45, 0.7, 1.0, 1.5)
"""Levels of a group of bands that are tried, linear."""


@dataclass(frozen=True)
class Fit:
    """The best gains found for one onset.

    Parameters
    ----------
    fitness
        Distance before minus distance after.
    gains
        float64 (n_channels,).
    """

    fitness: float
    gains: Gains


class GainSolver:
    """Fits phenotypes to a canvas. Holds scratch memory, so each thread has its own.

    Parameters
    ----------
    canvas
        Read, never changed.
    settings
        What is solved, and the limits.
    """

    def __init__(self, canvas: Canvas, settings: MixSettings) -> None:
        target, layout = canvas.target, canvas.target.layout
        self._canvas = canvas
        self._solves = settings.solve_gain
        self._is_tied = not (settings.pan and settings.solve_gain)
        self._n_signs = 2 if settings.polarity else 1
        gains_db = (settings.min_gain_db, settings.max_gain_db)
        self._limits = np.array([db_to_amplitude(gain_db) for gain_db in gains_db])
        self._law = (target.compressed, target.weights, target.laws, target.floors)
        self._groups = layout.group_of_band(CROSSOVERS_HZ)
        self._n_groups = len(CROSSOVERS_HZ) + 1
        self._bins = np.empty(OCTET, np.float32)
        self._rows = np.empty((2, layout.n_bands), np.float32)
        self._lanes = np.empty((2, layout.n_bands), np.float64)
        self._cross = np.empty((target.n_channels, 0, layout.n_bands), np.float32)
        self._work = np.empty((9, target.n_channels))

    def rough(self, spectra: Spectra, powers: Bands, first_frame: int) -> Fit | None:
        """Fit by level, in both polarities; None where nothing is missing that the phenotype has.

        Parameters
        ----------
        spectra, powers
            The phenotype's frames and their band powers.
        first_frame
            The frame of the canvas under the phenotype's frame 0.
        """
        if not self._solves:
            return self.keep(spectra, powers, first_frame, np.ones(self._canvas.target.n_channels))
        touched = self._touched(spectra, first_frame)
        if touched is None:
            return None
        canvas, layout = self._canvas, self._canvas.target.layout
        fitness = fit_level(
            canvas.target.amplitudes, canvas.spectra, canvas.powers, canvas.errors, spectra, powers,
            *touched, layout.octets, *self._law, self._limits, self._is_tied, self._n_signs,
            self._bins, self._rows, self._lanes, self._cross, self._work,
        )  # fmt: skip
        return None if fitness == -np.inf else Fit(fitness, self._work[0].copy())

    def refine(
        self, spectra: Spectra, powers: Bands, first_frame: int, fit: Fit, n_rounds: int = 1
    ) -> Fit:
        """Improve a fit by parabolas through three gains; see :func:`phenotune.kernels.scoring.refine_gains`.

        It never comes out worse.
        """
        touched = self._touched(spectra, first_frame)
        if touched is None or not self._solves:
            return fit
        canvas, layout = self._canvas, self._canvas.target.layout
        self._work[0] = fit.gains
        fitness = refine_gains(
            canvas.spectra, canvas.powers, canvas.errors, spectra, powers,
            *touched, layout.octets, *self._law, self._limits, self._is_tied, n_rounds, BRACKET,
            self._bins, self._rows, self._lanes, self._cross, self._work,
        )  # fmt: skip
        return Fit(fitness, self._work[0].copy())

    def keep(self, spectra: Spectra, powers: Bands, first_frame: int, gains: Gains) -> Fit | None:
        """What these very gains are worth; None outside the canvas."""
        found = self._errors(spectra, powers, first_frame, gains[None])
        if found is None:
            return None
        before, errors = found
        return Fit(before - float(errors.sum()), gains)

    def equalise(
        self, spectra: Spectra, powers: Bands, first_frame: int, fit: Fit
    ) -> tuple[float, Gains]:
        """Solve a level for each group of bands, common to the channels, on top of the gains of a fit.

        Groups share no band, so each takes the best of the levels tried whatever the others do.

        Returns
        -------
        tuple
            The fitness with these levels, and the levels, linear, float64 (n_groups,). Both are exact for filters that
            end where the groups do; the sound itself must be scored again.
        """
        levels = np.array(LEVELS)
        found = self._errors(spectra, powers, first_frame, levels[:, None] * fit.gains)
        if found is None:
            return fit.fitness, np.ones(self._n_groups)
        before, errors = found
        by_level = errors.sum(axis=1)
        return before - float(by_level.min(axis=0).sum()), levels[by_level.argmin(axis=0)]

    def _touched(self, spectra: Spectra, first_frame: int) -> tuple[int, int, int] | None:
        """The frames inside the canvas: first there, first of the phenotype, how many; None if there is none."""
        first = max(0, -first_frame)
        n_frames = min(spectra.shape[1], self._canvas.target.n_frames - first_frame) - first
        if n_frames <= 0:
            return None
        if self._cross.shape[1] < n_frames:
            n_channels, _, n_bands = self._cross.shape
            self._cross = np.empty((n_channels, n_frames + 64, n_bands), np.float32)
        return first_frame + first, first, n_frames

    def _errors(
        self, spectra: Spectra, powers: Bands, first_frame: int, gains: Gains
    ) -> tuple[float, Gains] | None:
        """Error of the touched frames before, and at each gain by channel and group of bands."""
        touched = self._touched(spectra, first_frame)
        if touched is None:
            return None
        canvas, layout = self._canvas, self._canvas.target.layout
        cross_terms(
            canvas.spectra,
            touched[0],
            spectra,
            *touched[1:],
            layout.octets,
            self._bins,
            self._cross,
        )
        out = np.empty((*gains.shape, self._n_groups))
        errors_at_gains(
            canvas.powers, touched[0], self._cross, powers, *touched[1:], *self._law,
            gains, self._rows, self._lanes, self._groups, out,
        )  # fmt: skip
        at, _, n_frames = touched
        return float(canvas.errors[:, at : at + n_frames].sum()), out
